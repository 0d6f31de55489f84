package workflows

import (
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// annulled is how a batch ends if its BSDD is annulled.
const annulled = "annulled"

// annul withdraws the filings of an annulled BSDD, open ones and later ones.
func (b *batch) annul(ctx workflow.Context, d sluss.Decision) {
	b.annulment = &d
	for _, id := range b.order {
		if o := b.filings[id]; b.notOwed(o) == &d && o.runs() {
			b.withdraw(ctx, o)
		}
	}
	b.show(ctx)
}

// notOwed is why an obligation is not owed any more: it is a step of an annulled BSDD, or
// the batch was changed. Nil: it is owed.
func (b *batch) notOwed(o *duty) *sluss.Decision {
	if b.annulment != nil && sluss.RegistryOf(o.state.Obligation.Registry).Document != "" {
		return b.annulment
	}
	return o.gone
}

// withdraw withdraws the running filing of an obligation.
func (b *batch) withdraw(ctx workflow.Context, o *duty) {
	f, d := o.filing, *b.notOwed(o)
	workflow.GoNamed(ctx, "withdraw", func(ctx workflow.Context) { f.withdrawn(ctx, d) })
}

// recordNeverFiled records the filing of an obligation that is not owed any more, if that
// filing was not started, as withdrawn.
func (b *batch) recordNeverFiled(ctx workflow.Context, o *duty, content sluss.Content) error {
	o.result = FilingResult{Stage: sluss.StageWithdrawn}
	return b.record(ctx, act.OpenFiling, sluss.FilingRecord{
		Filing: o.state.Filing, Batch: b.id, Content: content, Hash: content.Hash(), Stage: sluss.StageWithdrawn, At: workflow.Now(ctx),
	}, "record that "+string(o.state.Obligation.ID)+" is not owed any more")
}

// endsAnnulled tells whether a batch ends because its BSDD is annulled: it does if all
// of its route is within France.
func (b *batch) endsAnnulled() bool {
	legs := b.declaration.Legs
	return b.annulment != nil && len(legs) > 0 && legs[0].From.Country == "FR" && legs[0].To.Country == "FR"
}

// withdrawn ends a filing that is not owed any more, unless it has ended or was decided
// already. What may have reached the registry is settled first, except a step of a
// document, which is annulled as a whole: only whether there is one must be known.
func (f *filing) withdrawn(ctx workflow.Context, d sluss.Decision) {
	f.notOwed = &d
	o := f.content.Obligation
	document := sluss.RegistryOf(o.Registry).Document != "" && o.Report != sluss.ReportCreation && o.Report != sluss.ReportPickup
	settled := func() bool {
		return document || f.ended() || f.decision != nil || f.stage != sluss.StageUnknown && !f.calling
	}
	if workflow.Await(ctx, settled) != nil {
		return
	}
	err := f.recorder.record(ctx, func() error {
		if f.ended() || f.decision != nil {
			return nil
		}
		if err := f.act(ctx, act.RecordDecision, sluss.DecisionRecord{Filing: f.id, Number: f.number, Decision: d}, "record that it is not owed any more", nil); err != nil {
			workflow.GetLogger(ctx).Warn("withdrawal not recorded", "error", err)
		}
		f.decision = &d
		return nil
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("withdrawal not recorded", "error", err)
	}
}
