package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
)

// reviving starts again what was ended from outside.
func (e *Engine) reviving(log *slog.Logger, policy workflows.Policy, keep func(ctx context.Context) error) *activities.Reviving {
	return &activities.Reviving{Ledger: e.Ledger, Executions: executions{e.Temporal, policy}, Keep: keep, Log: log}
}

// revivalSchedule revives what was ended from outside.
func revivalSchedule() schedule {
	return schedule{
		id: workflows.RevivalID, workflow: workflows.Revive, every: workflows.ReviveEvery,
		summary: "Starts batches, results and amendments again that were ended from outside",
		note:    "pause it to keep a batch ended",
	}
}

// executions are the workflows as Temporal has them.
type executions struct {
	client.Client
	policy workflows.Policy
}

// The running workflows of the types that the ledger knows to be open.
const running = `ExecutionStatus = 'Running' AND WorkflowType IN ('Batch', 'Results', 'Amendment')`

// Running returns all running workflows of these types.
func (x executions) Running(ctx context.Context) (map[string]activities.Execution, error) {
	all := map[string]activities.Execution{}
	err := x.list(ctx, running, func(info *workflowpb.WorkflowExecutionInfo) {
		all[info.GetExecution().GetWorkflowId()] = execution(info)
	})
	return all, err
}

// execution is a run as Temporal describes it.
func execution(info *workflowpb.WorkflowExecutionInfo) activities.Execution {
	e := activities.Execution{Run: info.GetExecution().GetRunId(), Started: info.GetStartTime().AsTime()}
	if recorded, has := info.GetSearchAttributes().GetIndexedFields()[workflows.Recorded.GetName()]; has {
		_ = converter.GetDefaultDataConverter().FromPayload(recorded, &e.Recorded) // 0 if it is no number: it is looked up
	}
	return e
}

// list gives each what a query finds, page after page.
func (x executions) list(ctx context.Context, query string, each func(info *workflowpb.WorkflowExecutionInfo)) error {
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: 1000}
	for {
		page, err := x.ListWorkflow(ctx, request)
		if err != nil {
			return fmt.Errorf("list workflows where %s: %w", query, err)
		}
		for _, info := range page.GetExecutions() {
			each(info)
		}
		activity.RecordHeartbeat(ctx, len(page.GetExecutions()))
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return nil
		}
	}
}

// Latest is the state of the latest run of a workflow.
func (x executions) Latest(ctx context.Context, id string) (activities.Execution, error) {
	described, err := x.DescribeWorkflowExecution(ctx, id, "")
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return activities.Execution{Ended: "deleted"}, nil
	}
	if err != nil {
		return activities.Execution{}, fmt.Errorf("look whether %s runs: %w", id, err)
	}
	info := described.GetWorkflowExecutionInfo()
	e := execution(info)
	if info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return e, nil
	}
	e.Ended = words(info.GetStatus())
	e.EndedAt = info.GetCloseTime().AsTime()
	e.Reason = x.reason(ctx, id, e.Run)
	return e, nil
}

// words is a status in words: "timed out".
func words(status enumspb.WorkflowExecutionStatus) string {
	var b strings.Builder
	for i, r := range status.String() {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// reason is why somebody terminated a run, or how it failed, as far as its history
// tells.
func (x executions) reason(ctx context.Context, id, run string) string {
	last := x.GetWorkflowHistory(ctx, id, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	for last.HasNext() {
		event, err := last.Next()
		if err != nil {
			break
		}
		if terminated := event.GetWorkflowExecutionTerminatedEventAttributes(); terminated != nil {
			return terminated.GetReason()
		}
		if failed := event.GetWorkflowExecutionFailedEventAttributes(); failed != nil {
			return failed.GetFailure().GetMessage()
		}
	}
	return ""
}

// StartBatch starts a batch that goes on from the ledger.
func (x executions) StartBatch(ctx context.Context, d sluss.Declaration, produced sluss.Event, r sluss.Revival) (string, error) {
	return x.start(ctx, client.StartWorkflowOptions{
		ID: r.Workflow, StaticSummary: workflows.BatchSummary(d), StaticDetails: workflows.BatchDetails(d) + workflows.RevivalDetails(r),
		TypedSearchAttributes: workflows.BatchAttributes(d, produced),
	}, workflows.Batch, workflows.BatchInput{Declaration: d, Produced: produced, Policy: x.policy, Revival: &r})
}

// StartAmendment starts an amendment that goes on from the ledger.
func (x executions) StartAmendment(ctx context.Context, c sluss.Content, r sluss.Revival) (string, error) {
	o := c.Obligation
	return x.start(ctx, client.StartWorkflowOptions{
		ID: r.Workflow, StaticSummary: string(o.ID) + " (" + o.Registry + ")", StaticDetails: workflows.AmendmentDetails(r.Batch, o) + workflows.RevivalDetails(r),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.Stage.ValueSet(string(sluss.StageSending)), workflows.Registry.ValueSet([]string{o.Registry}), workflows.Country.ValueSet(o.Rule.Country),
			workflows.Blocked.ValueSet(false), workflows.Overdue.ValueSet(false)),
	}, workflows.Amendment, workflows.FilingInput{Batch: r.Batch, Content: c, Policy: x.policy})
}

// StartResults starts the results of a site, which go on from the ledger.
func (x executions) StartResults(ctx context.Context, site sluss.ResultSite, r sluss.Revival) (string, error) {
	return x.start(ctx, client.StartWorkflowOptions{
		ID: r.Workflow, StaticSummary: workflows.ResultsSummary(site), StaticDetails: strings.TrimSpace(workflows.RevivalDetails(r)),
		TypedSearchAttributes: workflows.ResultsAttributes(),
	}, workflows.Results, workflows.ResultsInput{Site: site, Policy: x.policy})
}

// start starts a workflow, unless it runs.
func (x executions) start(ctx context.Context, options client.StartWorkflowOptions, workflow, input any) (run string, err error) {
	options.TaskQueue = workflows.Queue
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	options.WorkflowExecutionErrorWhenAlreadyStarted = true
	started, err := x.ExecuteWorkflow(ctx, options, workflow, input)
	if already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil); errors.As(err, &already) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return started.GetRunID(), nil
}

// Reload has a batch, or the results of a site, read the ledger. One that has ended
// meanwhile need not.
func (x executions) Reload(ctx context.Context, id string) error {
	_, err := messenger{x.Client}.signal(ctx, id, workflows.ReloadSignal.Name, "the ledger may have more")
	return err
}
