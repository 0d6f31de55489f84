package workflows

import (
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// Pauses between two looks at a filing of another batch.
const (
	firstLook   = 5 * time.Second
	longestLook = 30 * time.Minute
)

// elsewhere are the filings of other batches that the obligation comes after
// and of which nothing is known yet.
func (o *owed) elsewhere() []string {
	return slices.DeleteFunc(slices.Clone(o.state.Obligation.After), func(after string) bool {
		_, known := o.links[after]
		_, _, err := sluss.SplitFilingID(after)
		return err != nil || known
	})
}

// look looks up what has come of the filings of other batches that the
// obligation comes after.
func (b *batch) look(ctx workflow.Context, o *owed) error {
	for _, filing := range o.elsewhere() {
		var link activities.Link
		if err := workflow.ExecuteActivity(afterAccepting(ctx, "look what has come of "+filing), act.Link, filing).Get(ctx, &link); err != nil {
			return err
		}
		if link.Receipt == nil && !link.Ended {
			continue
		}
		if o.links == nil {
			o.links = map[string]*sluss.Receipt{}
		}
		o.links[filing] = link.Receipt
	}
	return nil
}

// keepLooking looks every now and then until the context ends. Another batch may
// be declared later, or be another installation's: the ledger then knows nothing
// of it, and AfterUntil ends the wait.
func (b *batch) keepLooking(ctx workflow.Context, o *owed) {
	for pause := firstLook; ; pause = min(pause+pause/2, longestLook) {
		if workflow.Await(ctx, func() bool { return len(o.elsewhere()) > 0 }) != nil {
			return
		}
		wait := workflow.TimerOptions{Summary: "look again what has come of " + strings.Join(o.elsewhere(), ", ")}
		if workflow.NewTimerWithOptions(ctx, pause, wait).Get(ctx, nil) != nil || b.look(ctx, o) != nil {
			return
		}
	}
}
