package service

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
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

// Quotas are the quotas of all registries, with a forecast that includes the supposed
// calls.
func (sv *Service) Quotas(ctx context.Context, suppose WhatIf) ([]Quota, error) {
	return sv.Ledger.Quotas(ctx, suppose)
}

// Usage is who called a registry, or all if none is given, since then.
func (sv *Service) Usage(ctx context.Context, registry string, since time.Time) ([]Usage, error) {
	return sv.Ledger.Usage(ctx, registry, since)
}

// Pause stops all calls of the registry until Resume. Calls under way are finished.
// Filings wait, and say why. The registry's task queue is stopped too, which Temporal
// shows.
func (sv *Service) Pause(ctx context.Context, registry string, act QuotaAct) error {
	if err := sv.Ledger.PauseQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	return sv.rate(ctx, registry, &taskqueuepb.RateLimit{RequestsPerSecond: 0}, act.Reason)
}

// Resume ends a pause, and any pause that the registry asked for.
func (sv *Service) Resume(ctx context.Context, registry string, act QuotaAct) error {
	if err := sv.Ledger.ResumeQuota(ctx, registry, act.Reason, act.By); err != nil {
		return err
	}
	return sv.rate(ctx, registry, nil, act.Reason)
}

// Lower sets limits in addition to the registry's own, or removes them.
func (sv *Service) Lower(ctx context.Context, registry string, act QuotaAct) error {
	return sv.Ledger.LowerQuota(ctx, registry, act.Limits, act.Reason, act.By)
}

// rate limits the tasks per second of the registry's queue; nil removes the limit.
func (sv *Service) rate(ctx context.Context, registry string, limit *taskqueuepb.RateLimit, reason string) error {
	_, err := sv.Temporal.WorkflowService().UpdateTaskQueueConfig(ctx, &workflowservice.UpdateTaskQueueConfigRequest{
		Namespace: sv.Namespace, TaskQueue: workflows.RegistryQueue(registry), TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
		UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{RateLimit: limit, Reason: reason},
	})
	if err != nil {
		return fmt.Errorf("the ledger has the change, and reservations follow it, but Temporal's task queue %s could not be changed: %w", workflows.RegistryQueue(registry), err)
	}
	return nil
}
