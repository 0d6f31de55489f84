package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// mayCorrect refuses a correction that makes the declaration invalid.
func (b *batch) mayCorrect(c sluss.Correction) error {
	if !b.begun { // it is not known yet what is to be corrected
		return nil
	}
	if c.By.Name == "" {
		return fmt.Errorf("a correction needs the name of the person who makes it")
	}
	if b.done() {
		return fmt.Errorf("every filing of the batch is accepted: there is nothing left to correct (`starter amend` corrects what was filed)")
	}
	corrected, err := obligations.Corrected(b.declaration, c)
	if err != nil {
		return err
	}
	if err := obligations.CheckCorrection(b.declaration, corrected, b.events); err != nil {
		return err
	}
	return obligations.Validate(corrected).Err()
}

// correct amends the declaration. Every filing that is not accepted yet goes on
// with the corrected content, and what the correction makes owed is started.
func (b *batch) correct(ctx workflow.Context, c sluss.Correction) (CorrectReply, error) {
	if err := workflow.Await(ctx, func() bool { return b.begun }); err != nil {
		return CorrectReply{}, err
	}
	if err := b.mayCorrect(c); err != nil {
		return CorrectReply{}, refusal(err)
	}
	corrected, err := obligations.Corrected(b.declaration, c)
	if err != nil {
		return CorrectReply{}, err
	}
	b.declaration = corrected
	b.corrections++
	record := sluss.CorrectionRecord{Batch: b.id, Number: b.corrections, Correction: c, Declaration: corrected}

	var arose, open []string
	for n := range b.events {
		for _, o := range obligations.For(b.declaration, b.events[:n+1]) {
			o = b.latest(o)
			if before := b.filings[o.ID]; before != nil && before.discharged && b.stale(before, o) {
				o = again(o)
			}
			switch before := b.filings[o.ID]; {
			case before == nil:
				b.owe(o)
				record.Obligations = append(record.Obligations, o)
				arose = append(arose, o.ID)
			case !before.discharged:
				before.state.Obligation = o
				before.grounds = grounds(b.declaration, o)
				open = append(open, o.ID)
			}
		}
	}
	if err := workflow.ExecuteActivity(afterAccepting(ctx, "record the correction"), act.RecordCorrection, record).Get(ctx, nil); err != nil {
		return CorrectReply{}, b.conflict(err)
	}
	reply := CorrectReply{}
	for _, id := range open {
		if o := b.filings[id]; o.runs() && !o.discharged {
			if err := tell(ctx, &o.awaited, contentSignal, b.content(id)); err == nil {
				reply.Filings = append(reply.Filings, o.state.Filing)
			}
		}
	}
	for _, id := range arose {
		workflow.GoNamed(ctx, id, func(ctx workflow.Context) { b.file(ctx, id) })
	}
	b.show(ctx)
	return reply, nil
}
