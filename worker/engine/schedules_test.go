package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets"
	"sluss/workflows"
)

// timetable is Temporal as far as it keeps schedules, and describes them as Temporal
// does: workflows by name, inputs encrypted.
type timetable struct {
	client.Client // nothing else is asked of it

	kept    map[string]*client.Schedule
	begun   map[string]int // workflows that were started at once
	updates int
}

func (t *timetable) ScheduleClient() client.ScheduleClient { return times{t: t} }

// times are the schedules of a timetable.
type times struct {
	client.ScheduleClient

	t *timetable
}

func (s times) Create(_ context.Context, o client.ScheduleOptions) (client.ScheduleHandle, error) {
	t := s.t
	if t.kept[o.ID] != nil {
		return nil, temporal.ErrScheduleAlreadyRunning
	}
	t.kept[o.ID] = described(client.Schedule{
		Spec: &o.Spec, Action: o.Action, Policy: &client.SchedulePolicies{Overlap: o.Overlap, CatchupWindow: o.CatchupWindow},
		State: &client.ScheduleState{Note: o.Note},
	})
	if o.TriggerImmediately {
		t.begun[o.ID]++
	}
	return nil, nil
}

func described(s client.Schedule) *client.Schedule {
	action, _ := s.Action.(*client.ScheduleWorkflowAction)
	as := *action
	as.Workflow, as.Args = workflowName(as.Workflow), []any{"encrypted"}
	s.Action = &as
	return &s
}

func (s times) GetHandle(_ context.Context, id string) client.ScheduleHandle {
	return entry{t: s.t, id: id}
}

type entry struct {
	client.ScheduleHandle

	t  *timetable
	id string
}

func (e entry) Update(_ context.Context, o client.ScheduleUpdateOptions) error {
	update, err := o.DoUpdate(client.ScheduleUpdateInput{Description: client.ScheduleDescription{Schedule: *e.t.kept[e.id]}})
	if err != nil { // the SDK takes ErrSkipScheduleUpdate for no error
		if err == temporal.ErrSkipScheduleUpdate { //nolint:errorlint // as the SDK does
			return nil
		}
		return err
	}
	e.t.updates++
	e.t.kept[e.id] = described(*update.Schedule)
	return nil
}

// TestSchedulesAreSetByEveryWorkerThatStarts: the first creates them, those after it
// change what differs, and nothing else: a pause stays.
func TestSchedulesAreSetByEveryWorkerThatStarts(t *testing.T) {
	temporal := &timetable{kept: map[string]*client.Schedule{}, begun: map[string]int{}}
	acts := &activities.Activities{Registries: map[string]activities.Registry{
		sluss.Avfallsregistret: (*avfallsregistret.Client)(nil), sluss.Trackdechets: trackdechets.New(trackdechets.Options{}),
	}}
	e := &Engine{Temporal: temporal, names: []string{sluss.Avfallsregistret, sluss.Trackdechets}}
	set := func(settle time.Duration) {
		t.Helper()
		must(t, e.setSchedules(t.Context(), acts, workflows.Policy{Settle: settle}))
	}
	set(time.Minute)
	for id, want := range map[string]struct {
		workflow   string
		every, off time.Duration
	}{
		workflows.RevivalID:                               {"Revive", 5 * time.Minute, 0},
		workflows.QuarterlyID:                             {"Quarterly", 24 * time.Hour, 4 * time.Hour},
		workflows.ReferenceDataID(sluss.Avfallsregistret): {"ReferenceData", time.Hour, 0},
		workflows.ReferenceDataID(sluss.Trackdechets):     {"ReferenceData", time.Hour, 0},
	} {
		s := temporal.kept[id]
		if s == nil {
			t.Errorf("there is no schedule %s", id)
			continue
		}
		action, _ := s.Action.(*client.ScheduleWorkflowAction)
		intervals := []client.ScheduleIntervalSpec{{Every: want.every, Offset: want.off}}
		if action.Workflow != want.workflow || action.TaskQueue != workflows.Queue || action.ID != id || !slices.Equal(s.Spec.Intervals, intervals) ||
			s.Policy.Overlap != enumspb.SCHEDULE_OVERLAP_POLICY_SKIP || s.Policy.CatchupWindow != want.every || temporal.begun[id] != 1 {
			t.Errorf("%s: %+v, %+v, %+v, begun %d", id, action, s.Spec, s.Policy, temporal.begun[id])
		}
	}
	if len(temporal.kept) != 4 {
		t.Errorf("%d schedules", len(temporal.kept))
	}
	temporal.kept[workflows.QuarterlyID].State = &client.ScheduleState{Paused: true, Note: "inventory"}
	set(time.Minute)
	if temporal.updates != 0 {
		t.Errorf("%d updates although nothing differs", temporal.updates)
	}
	set(time.Hour)
	paused := temporal.kept[workflows.QuarterlyID]
	if temporal.updates != 1 || !paused.State.Paused || paused.State.Note != "inventory" {
		t.Errorf("another policy: %d updates, %+v", temporal.updates, paused.State)
	}
	temporal.kept[workflows.RevivalID].Policy.Overlap = enumspb.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL
	temporal.kept[workflows.ReferenceDataID(sluss.Trackdechets)].Spec.Intervals[0].Every = time.Minute
	set(time.Hour)
	if temporal.updates != 3 || temporal.kept[workflows.RevivalID].Policy.Overlap != enumspb.SCHEDULE_OVERLAP_POLICY_SKIP {
		t.Errorf("what somebody has changed: %d updates", temporal.updates)
	}
	for id, begun := range temporal.begun {
		if begun != 1 {
			t.Errorf("%s was begun %d times", id, begun)
		}
	}
}
