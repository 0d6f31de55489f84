package workflows

import (
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// QuarterlyID is the id of the schedule that has quarterly results compiled, and
// the beginning of the ids of its workflows.
const QuarterlyID = "results"

// QuarterlyEvery is how often it checks, and QuarterlyAt the time of day, in UTC.
const (
	QuarterlyEvery = 24 * time.Hour
	QuarterlyAt    = 4 * time.Hour
)

// QuarterlyInput is what Quarterly is given.
type QuarterlyInput struct {
	Policy Policy `json:"policy"`
}

// Grace is how long after a quarter's end its results are compiled by
// themselves: until then what happened in it may be reported late. The law gives
// a month.
const Grace = 7 * 24 * time.Hour

// Quarterly checks once whether results of an ended quarter must be compiled, and
// starts the workflow of each site that has some. It also finds batches that were
// reported late. A schedule starts it every morning.
func Quarterly(ctx workflow.Context, in QuarterlyInput) error {
	now := workflow.Now(ctx)
	var sites []sluss.ResultSite
	summary := "look for batches that are in no result"
	if err := workflow.ExecuteActivity(afterAccepting(ctx, summary), compiling().UnreportedResults, obligations.QuarterOf(now.Add(-Grace))).Get(ctx, &sites); err != nil {
		return err
	}
	failed := 0
	for _, site := range sites {
		if err := startResults(ctx, site, in.Policy); err != nil {
			failed++
			workflow.GetLogger(ctx).Warn("results were not started: tomorrow again", "site", site.ID(), "error", err)
		}
	}
	text := fmt.Sprintf("%d sites had results to compile or settle on %s\n", len(sites), clock(now))
	if failed > 0 {
		text += fmt.Sprintf("\n**%d were not started**: the workers' logs say why; tomorrow again\n", failed)
	}
	workflow.SetCurrentDetails(ctx, text)
	return nil
}

// startResults starts the workflow of a site's results, or signals it to compile again.
func startResults(ctx workflow.Context, site sluss.ResultSite, policy Policy) error {
	options := workflow.WithChildOptions(detached(ctx), workflow.ChildWorkflowOptions{
		WorkflowID:            site.ID(),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         ResultsSummary(site),
		TypedSearchAttributes: ResultsAttributes(),
	})
	child := workflow.ExecuteChildWorkflow(options, Results, ResultsInput{Site: site, Policy: policy})
	err := child.GetChildWorkflowExecution().Get(ctx, nil)
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return workflow.SignalExternalWorkflow(ctx, site.ID(), "", CompileSignal.Name, "a new morning").Get(ctx, nil)
	}
	return err
}

// ResultsSummary is what the Temporal UI shows of a site's results.
func ResultsSummary(site sluss.ResultSite) string {
	return fmt.Sprintf("Results of treatment in %s at %s", site.Quarter, site.Site)
}

// ResultsAttributes are the search attributes with which a site's results start.
func ResultsAttributes() temporal.SearchAttributes {
	return temporal.NewSearchAttributes(Registry.ValueSet([]string{sluss.Avfallsregistret}), Country.ValueSet("SE"))
}
