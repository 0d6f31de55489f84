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

// QuarterlyID is the workflow id of the one that sees to it that quarterly
// results are compiled.
const QuarterlyID = "results"

// QuarterlyInput starts it.
type QuarterlyInput struct {
	Policy Policy `json:"policy"`
}

// Grace is how long after a quarter's end its results are compiled by
// themselves: until then what happened in it may be reported late. The law gives
// a month.
const Grace = 7 * 24 * time.Hour

// Quarterly looks every morning whether results of an ended quarter are to be
// compiled, and has each treater's site compile its own. What is reported late
// is found the same way.
func Quarterly(ctx workflow.Context, in QuarterlyInput) error {
	for {
		now := workflow.Now(ctx)
		var sites []sluss.ResultSite
		summary := "look for batches that no result tells of"
		if err := workflow.ExecuteActivity(afterAccepting(ctx, summary), compiling().UnreportedResults, obligations.QuarterOf(now.Add(-Grace))).Get(ctx, &sites); err != nil {
			return err
		}
		for _, site := range sites {
			if err := startResults(ctx, site, in.Policy); err != nil {
				workflow.GetLogger(ctx).Warn("results were not started: tomorrow again", "site", site.ID(), "error", err)
			}
		}
		morning := time.Date(now.Year(), now.Month(), now.Day()+1, 4, 0, 0, 0, time.UTC)
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("%d sites had results to compile or settle on %s; looks again %s\n", len(sites), clock(now), clock(morning)))
		timer := workflow.TimerOptions{Summary: "look again tomorrow morning"}
		if err := workflow.NewTimerWithOptions(ctx, morning.Sub(now), timer).Get(ctx, nil); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, Quarterly, in)
		}
	}
}

// startResults has a site compile its results, or compile on where it does.
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
	return temporal.NewSearchAttributes(Registry.ValueSet(sluss.Avfallsregistret), Country.ValueSet("SE"))
}
