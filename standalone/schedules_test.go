package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/workflows"
)

// TestSchedules: a new installation has all schedules and starts each at once, also
// with encrypted payloads; a worker that starts again changes nothing; a person need
// not wait for the next time.
func TestSchedules(t *testing.T) {
	h, _ := openInstallation(t)
	schedules := h.Service.Temporal.ScheduleClient()
	ids := []string{workflows.RevivalID, workflows.QuarterlyID, workflows.ReferenceDataID(sluss.Avfallsregistret), workflows.ReferenceDataID(sluss.Trackdechets)}
	updated := map[string]time.Time{}
	for _, id := range ids {
		eventually(t, time.Minute, func(ctx context.Context) error {
			s, err := schedules.GetHandle(ctx, id).Describe(ctx)
			if err != nil {
				return err
			}
			updated[id] = s.Info.LastUpdateAt
			if len(s.Info.RecentActions) == 0 {
				return fmt.Errorf("%s has begun nothing", id)
			}
			return h.Service.Temporal.GetWorkflow(ctx, s.Info.RecentActions[0].StartWorkflowResult.WorkflowID, "").Get(ctx, nil)
		})
	}
	must(t, schedules.GetHandle(t.Context(), workflows.QuarterlyID).Pause(t.Context(), client.SchedulePauseOptions{Note: "inventory"}))
	paused, err := schedules.GetHandle(t.Context(), workflows.QuarterlyID).Describe(t.Context())
	must(t, err)
	updated[workflows.QuarterlyID] = paused.Info.LastUpdateAt
	h.stopEngine()
	h.startEngine(t)
	for _, id := range ids {
		s, err := schedules.GetHandle(t.Context(), id).Describe(t.Context())
		must(t, err)
		if !s.Info.LastUpdateAt.Equal(updated[id]) || s.Schedule.State.Paused != (id == workflows.QuarterlyID) {
			t.Errorf("%s: updated %s, before %s; %+v", id, s.Info.LastUpdateAt, updated[id], s.Schedule.State)
		}
	}
	before, err := h.Service.ReferenceData(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if before.CheckedAt.IsZero() {
		t.Errorf("nobody has looked: %+v", before)
	}
	now, err := h.Service.CheckReferenceData(t.Context(), sluss.Avfallsregistret)
	if err != nil || !now.CheckedAt.After(before.CheckedAt) || now.Error != "" {
		t.Errorf("asked: %+v, %v", now, err)
	}
}
