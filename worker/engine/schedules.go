package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss/activities"
	"sluss/workflows"
)

// schedule has Temporal start a short workflow again and again. Its id is also the
// beginning of the ids of the workflows.
type schedule struct {
	id       string
	workflow any
	input    any // nil: none
	every    time.Duration
	at       time.Duration // since midnight UTC, or since the last multiple of every
	registry string        // empty: none
	summary  string
	note     string // to operators
}

// setSchedules makes sure that Temporal has all schedules, as they should be.
func (e *Engine) setSchedules(ctx context.Context, acts *activities.Activities, policy workflows.Policy) error {
	all := slices.Concat([]schedule{revivalSchedule()}, referenceDataSchedules(acts), e.quarterlySchedules(policy))
	for _, s := range all {
		if err := s.set(ctx, e.Temporal.ScheduleClient()); err != nil {
			return fmt.Errorf("set the schedule %q: %w", s.id, err)
		}
	}
	return nil
}

// set creates the schedule, or brings it up to date. A new one starts its first
// workflow at once; one that an operator has paused stays paused. No workflow is
// started while the previous one still runs. One that Temporal missed is started
// late, but only until the next is due.
func (s schedule) set(ctx context.Context, schedules client.ScheduleClient) error {
	action, err := s.action()
	if err != nil {
		return err
	}
	spec, policies := s.spec(), s.policies()
	_, err = schedules.Create(ctx, client.ScheduleOptions{
		ID: s.id, Spec: spec, Action: action, Overlap: policies.Overlap, CatchupWindow: policies.CatchupWindow, Note: s.note, TriggerImmediately: true,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return err
	}
	return schedules.GetHandle(ctx, s.id).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			there := in.Description.Schedule
			if s.is(there, action) { // workers that start together need not race
				return nil, temporal.ErrSkipScheduleUpdate
			}
			there.Spec, there.Action, there.Policy = &spec, action, &policies
			return &client.ScheduleUpdate{Schedule: &there}, nil
		},
	})
}

func (s schedule) spec() client.ScheduleSpec {
	return client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: s.every, Offset: s.at}}}
}

func (s schedule) policies() client.SchedulePolicies {
	return client.SchedulePolicies{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: s.every}
}

// action starts the workflow. Its details have the input, so that people see it, and
// so that a schedule with another input can be distinguished from this one: if
// payloads are encrypted, equal inputs look different.
func (s schedule) action() (*client.ScheduleWorkflowAction, error) {
	a := &client.ScheduleWorkflowAction{ID: s.id, Workflow: s.workflow, TaskQueue: workflows.Queue, StaticSummary: s.summary}
	if s.input != nil {
		input, err := json.Marshal(s.input)
		if err != nil {
			return nil, err
		}
		a.Args, a.StaticDetails = []any{s.input}, "Input: `"+string(input)+"`"
	}
	if s.registry != "" {
		a.TypedSearchAttributes = temporal.NewSearchAttributes(workflows.Registry.ValueSet([]string{s.registry}))
	}
	return a, nil
}

// is tells whether a schedule, as Temporal describes it, is the same as this one.
func (s schedule) is(there client.Schedule, action *client.ScheduleWorkflowAction) bool {
	a, is := there.Action.(*client.ScheduleWorkflowAction)
	return is && there.Spec != nil && there.Policy != nil &&
		a.Workflow == workflowName(s.workflow) && a.TaskQueue == action.TaskQueue && a.ID == action.ID &&
		a.StaticSummary == action.StaticSummary && a.StaticDetails == action.StaticDetails &&
		slices.Equal(there.Spec.Intervals, s.spec().Intervals) &&
		there.Policy.Overlap == s.policies().Overlap && there.Policy.CatchupWindow == s.policies().CatchupWindow
}

// workflowName is the name under which a worker registers a workflow function.
func workflowName(function any) string {
	name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
	return name[strings.LastIndex(name, ".")+1:]
}
