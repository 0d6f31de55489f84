package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// listed are the search attributes of a workflow that runs filings.
type listed struct {
	stage, waiting   string
	due              time.Time
	blocked, overdue bool
	recorded         int64
	registries       string // separated by spaces, in order
}

// listing keeps the search attributes. Each update of them is an event of the history,
// so they are updated once, when all else that a workflow task does is done, and only if
// they differ.
type listing struct {
	shown, now listed
}

// keep updates the attributes from now on, as long as the workflow runs. While busy, there
// is more to come.
func (l *listing) keep(ctx workflow.Context, busy func() bool) {
	has := workflow.GetTypedSearchAttributes(ctx)
	l.shown.stage, _ = has.GetKeyword(Stage)
	l.shown.waiting, _ = has.GetKeyword(WaitingFor)
	l.shown.due, _ = has.GetTime(Due)
	l.shown.due = l.shown.due.UTC()
	l.shown.blocked, _ = has.GetBool(Blocked)
	l.shown.overdue, _ = has.GetBool(Overdue)
	l.shown.recorded, _ = has.GetInt64(Recorded)
	registries, _ := has.GetKeywordList(Registry)
	l.shown.registries = strings.Join(registries, " ")
	l.now = l.shown
	workflow.GoNamed(ctx, "search attributes", func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return l.now != l.shown && !busy() }) == nil {
			l.update(ctx)
		}
	})
}

// set says what the attributes are to be.
func (l *listing) set(now listed) {
	now.due = now.due.UTC()
	l.now = now
}

// update updates the attributes that have changed.
func (l *listing) update(ctx workflow.Context) {
	var updates []temporal.SearchAttributeUpdate
	if l.now.stage != l.shown.stage {
		updates = append(updates, Stage.ValueSet(l.now.stage))
	}
	if l.now.blocked != l.shown.blocked {
		updates = append(updates, Blocked.ValueSet(l.now.blocked))
	}
	if l.now.overdue != l.shown.overdue {
		updates = append(updates, Overdue.ValueSet(l.now.overdue))
	}
	if l.now.recorded != l.shown.recorded {
		updates = append(updates, Recorded.ValueSet(l.now.recorded))
	}
	if l.now.registries != l.shown.registries {
		updates = append(updates, Registry.ValueSet(strings.Fields(l.now.registries)))
	}
	switch l.now.waiting {
	case l.shown.waiting:
	case "":
		updates = append(updates, WaitingFor.ValueUnset())
	default:
		updates = append(updates, WaitingFor.ValueSet(l.now.waiting))
	}
	switch {
	case l.now.due.Equal(l.shown.due):
	case l.now.due.IsZero():
		updates = append(updates, Due.ValueUnset())
	default:
		updates = append(updates, Due.ValueSet(l.now.due))
	}
	l.shown = l.now
	if len(updates) == 0 {
		return
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not updated", "error", err)
	}
}
