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
		if o := b.filings[id]; b.onAnnulledBSDD(o) && o.runs() {
			o.filing.annulled(ctx, d)
		}
	}
	b.show(ctx)
}

// onAnnulledBSDD tells whether an obligation is a step of an annulled BSDD.
func (b *batch) onAnnulledBSDD(o *duty) bool {
	return b.annulment != nil && sluss.RegistryOf(o.state.Obligation.Registry).Document != ""
}

// recordNeverFiled records the filing of an obligation of an annulled BSDD, if that
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

// annulled ends a filing of an annulled BSDD, unless it has ended or was decided already.
func (f *filing) annulled(ctx workflow.Context, d sluss.Decision) {
	err := f.recorder.record(ctx, func() error {
		if f.ended() || f.decision != nil {
			return nil
		}
		if err := f.act(ctx, act.RecordDecision, sluss.DecisionRecord{Filing: f.id, Number: f.number, Decision: d}, "record that its BSDD is annulled", nil); err != nil {
			workflow.GetLogger(ctx).Warn("withdrawal not recorded", "error", err)
		}
		f.decision = &d
		return nil
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("withdrawal not recorded", "error", err)
	}
}
