package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// loadChanged stores what goes on the vehicles of a leg, which are looked up again if they
// were cleared for less.
func (b *batch) loadChanged(ctx workflow.Context, l sluss.LoadChange) {
	if b.loads == nil {
		b.loads = map[int]sluss.Mass{}
	}
	b.loads[l.Leg] = max(b.loads[l.Leg], l.Mass)
	b.clearAgain(ctx, l.Leg)
}

// clearAgain looks the vehicles of a leg up once more, if more goes on them than they were
// cleared for and they have not departed. The gate is shut until they are cleared anew.
func (b *batch) clearAgain(ctx workflow.Context, leg int) {
	err := b.recorder.record(ctx, func() error {
		before := b.clearedFor(leg)
		if before == nil { // a look-up that is under way may not know
			return nil
		}
		told := b.loads[leg]
		delete(b.loads, leg) // whatever is looked up from now on knows
		if before.result.Clearance.Load >= told {
			return nil
		}
		fresh := again(before.state.Obligation)
		record := sluss.OwedRecord{Batch: b.id, Obligations: []sluss.Obligation{fresh}, At: workflow.Now(ctx)}
		if err := b.record(ctx, act.RecordOwed, record, fmt.Sprintf("record that the vehicles of leg %d are looked up again", leg)); err != nil {
			return err
		}
		b.owe(fresh)
		workflow.GoNamed(ctx, string(fresh.ID), func(ctx workflow.Context) { b.file(ctx, fresh.ID) })
		b.show(ctx)
		return nil
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("vehicles were not looked up again for a larger load", "leg", leg, "error", err)
	}
}

// clearedFor is the latest look-up of a leg's vehicles, if it has ended with a clearance and
// the leg has not departed; otherwise nil.
func (b *batch) clearedFor(leg int) *duty {
	for _, e := range b.events {
		if e.ID() == sluss.Departure(leg) {
			return nil
		}
	}
	for _, id := range b.order {
		o := b.filings[id]
		owed := o.state.Obligation
		if owed.Report == sluss.ReportClearance && owed.Leg == leg && b.latest(owed).ID == id && o.discharged && o.result.Clearance != nil {
			return o
		}
	}
	return nil
}
