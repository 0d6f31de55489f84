package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"sluss"
	"sluss/ledger"
	"sluss/workflows"
)

// QuotaAct is what an operator does to a registry's quota, with the reason and
// the name that others will read.
type QuotaAct struct {
	Reason string   `json:"reason"`
	By     string   `json:"by"`
	Limits []string `json:"limits,omitempty"` // of lower: such as 500/1m; none take back what was set
}

// Pause lets nobody call the registry until Resume. What is on its way arrives;
// filings wait, and say why. The registry's task queue is stopped too, as can be
// seen in Temporal.
func (d *Desk) Pause(ctx context.Context, registry string, act QuotaAct) error {
	if err := d.Ledger.PauseQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	return d.rate(ctx, registry, &taskqueuepb.RateLimit{RequestsPerSecond: 0}, act.Reason)
}

// Resume ends a pause, and forgets that the registry asked to hold back.
func (d *Desk) Resume(ctx context.Context, registry string, act QuotaAct) error {
	if err := d.Ledger.ResumeQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	if err := d.rate(ctx, registry, nil, act.Reason); err != nil {
		return err
	}
	return d.wake(ctx, registry)
}

// Lower sets limits that hold beside the registry's own, or takes them back.
func (d *Desk) Lower(ctx context.Context, registry string, act QuotaAct) error {
	if err := d.Ledger.LowerQuota(ctx, registry, act.Limits, act.Reason, act.By); err != nil {
		return err
	}
	return d.wake(ctx, registry)
}

// rate sets how many tasks a second the registry's queue gives out; nil: as many
// as there are.
func (d *Desk) rate(ctx context.Context, registry string, limit *taskqueuepb.RateLimit, reason string) error {
	_, err := d.Temporal.WorkflowService().UpdateTaskQueueConfig(ctx, &workflowservice.UpdateTaskQueueConfigRequest{
		Namespace: d.Namespace, TaskQueue: workflows.RegistryQueue(registry), TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{RateLimit: limit, Reason: reason},
	})
	if err != nil {
		return fmt.Errorf("the ledger has it, and no turn is given against it, but Temporal's task queue %s could not be told: %w", workflows.RegistryQueue(registry), err)
	}
	return nil
}

// wake lets a governor look at what has changed. Where none runs, nobody waits.
func (d *Desk) wake(ctx context.Context, registry string) error {
	err := d.Temporal.SignalWorkflow(ctx, workflows.GovernorID(registry), "", workflows.GovernSignal.Name, "an operator changed the quota")
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return nil
	}
	return err
}

func (d *Desk) quotas(r *http.Request) (any, error) {
	suppose := ledger.WhatIf{Registry: r.FormValue("registry")}
	var faults sluss.Faults
	if text := r.FormValue("what_if"); text != "" {
		more, err := strconv.Atoi(text)
		if err != nil || more < 0 || more > mostSupposed {
			faults = append(faults, sluss.Fault{Field: "what_if", Problem: fmt.Sprintf("%q is not a number from 0 to %d", text, mostSupposed)})
		}
		suppose.More = more
	}
	if text := r.FormValue("due"); text != "" {
		due, err := time.Parse(time.RFC3339, text)
		if err != nil {
			faults = append(faults, sluss.Fault{Field: "due", Problem: fmt.Sprintf("%q is not a time", text), Remedy: "give it as 2026-11-24T17:00:00+01:00"})
		}
		suppose.Due = due
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return d.Ledger.Quotas(r.Context(), suppose)
}

// mostSupposed bounds what one request may suppose.
const mostSupposed = 1_000_000

func (d *Desk) usage(r *http.Request) (any, error) {
	since := time.Now().Add(-24 * time.Hour)
	if text := r.FormValue("since"); text != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, sluss.Faults{{Field: "since", Problem: fmt.Sprintf("%q is not a time", text), Remedy: "give it as 2026-11-24T00:00:00+01:00"}}
		}
	}
	return d.Ledger.Usage(r.Context(), r.FormValue("registry"), since)
}

// quotaAct serves one act on a quota, and answers with how things stand then.
func (d *Desk) quotaAct(act func(ctx context.Context, registry string, a QuotaAct) error) func(r *http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		return posted(r, func(a QuotaAct) (any, error) {
			if err := act(r.Context(), r.PathValue("registry"), a); err != nil {
				return nil, err
			}
			return d.Ledger.Quotas(r.Context(), ledger.WhatIf{})
		})
	}
}
