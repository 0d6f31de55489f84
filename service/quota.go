package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"sluss/workflows"
)

// QuotaAct is what an operator does to a registry's quota, with the reason and
// the name that others will read.
type QuotaAct struct {
	Reason string   `json:"reason"`
	By     string   `json:"by"`
	Limits []string `json:"limits,omitempty"` // of lower: such as 500/1m; none take back what was set
}

// Quotas are those of all registries, with what would come of it if there were
// more calls.
func (sv *Service) Quotas(ctx context.Context, suppose WhatIf) ([]Quota, error) {
	return sv.Ledger.Quotas(ctx, suppose)
}

// Usage is who called a registry, or all if none is given, since then.
func (sv *Service) Usage(ctx context.Context, registry string, since time.Time) ([]Usage, error) {
	return sv.Ledger.Usage(ctx, registry, since)
}

// Pause lets nobody call the registry until Resume. What is on its way arrives;
// filings wait, and say why. The registry's task queue is stopped too, as can be
// seen in Temporal.
func (sv *Service) Pause(ctx context.Context, registry string, act QuotaAct) error {
	if err := sv.Ledger.PauseQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	return sv.rate(ctx, registry, &taskqueuepb.RateLimit{RequestsPerSecond: 0}, act.Reason)
}

// Resume ends a pause, and forgets that the registry asked to hold back.
func (sv *Service) Resume(ctx context.Context, registry string, act QuotaAct) error {
	if err := sv.Ledger.ResumeQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	if err := sv.rate(ctx, registry, nil, act.Reason); err != nil {
		return err
	}
	return sv.wake(ctx, registry)
}

// Lower sets limits that hold beside the registry's own, or takes them back.
func (sv *Service) Lower(ctx context.Context, registry string, act QuotaAct) error {
	if err := sv.Ledger.LowerQuota(ctx, registry, act.Limits, act.Reason, act.By); err != nil {
		return err
	}
	return sv.wake(ctx, registry)
}

// rate sets how many tasks a second the registry's queue gives out; nil: as many
// as there are.
func (sv *Service) rate(ctx context.Context, registry string, limit *taskqueuepb.RateLimit, reason string) error {
	_, err := sv.Temporal.WorkflowService().UpdateTaskQueueConfig(ctx, &workflowservice.UpdateTaskQueueConfigRequest{
		Namespace: sv.Namespace, TaskQueue: workflows.RegistryQueue(registry), TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{RateLimit: limit, Reason: reason},
	})
	if err != nil {
		return fmt.Errorf("the ledger has it, and no turn is given against it, but Temporal's task queue %s could not be told: %w", workflows.RegistryQueue(registry), err)
	}
	return nil
}

// wake lets a dispatcher look at what has changed. Where none runs, nobody waits.
func (sv *Service) wake(ctx context.Context, registry string) error {
	err := sv.Temporal.SignalWorkflow(ctx, workflows.DispatcherID(registry), "", workflows.WakeSignal.Name, "an operator changed the quota")
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return nil
	}
	return err
}
