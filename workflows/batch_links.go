package workflows

import (
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// Pauses between two checks of another batch's filing.
const (
	firstLook   = 5 * time.Second
	longestLook = 30 * time.Minute
)

// elsewhere returns the filings of other batches that must come first and whose result
// is not known yet.
func (o *duty) elsewhere() (filings []sluss.FilingID) {
	for _, after := range o.state.Obligation.After {
		filing, err := sluss.ParseFilingID(after)
		if _, known := o.links[filing]; err == nil && !known {
			filings = append(filings, filing)
		}
	}
	return filings
}

func texts[ID ~string](ids []ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}

// look looks up the filings of other batches that must come first.
func (b *batch) look(ctx workflow.Context, o *duty) error {
	for _, filing := range o.elsewhere() {
		var link activities.Link
		if err := workflow.ExecuteActivity(afterAccepting(ctx, "look up the receipt of "+string(filing)), act.Link, filing).Get(ctx, &link); err != nil {
			return err
		}
		if link.Receipt == nil && !link.Ended {
			continue
		}
		if o.links == nil {
			o.links = map[sluss.FilingID]*sluss.Receipt{}
		}
		o.links[filing] = link.Receipt
	}
	return nil
}

// keepLooking checks regularly until the context ends. The other batch may be declared
// later, or belong to another installation. In that case the ledger never knows it, and
// AfterUntil ends the wait.
func (b *batch) keepLooking(ctx workflow.Context, o *duty) {
	for pause := firstLook; ; pause = min(pause+pause/2, longestLook) {
		if workflow.Await(ctx, func() bool { return len(o.elsewhere()) > 0 }) != nil {
			return
		}
		wait := workflow.TimerOptions{Summary: "look up again the receipts of " + strings.Join(texts(o.elsewhere()), ", ")}
		if workflow.NewTimerWithOptions(ctx, pause, wait).Get(ctx, nil) != nil || b.look(ctx, o) != nil {
			return
		}
	}
}
