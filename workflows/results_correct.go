package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// mayCorrect refuses an impossible correction, or one with invalid values. Values that are
// not set yet may still be missing.
func (r *results) mayCorrect(_ workflow.Context, c ResultCorrection) error {
	_, err := r.corrected(c)
	return err
}

func (r *results) corrected(c ResultCorrection) (sluss.Content, error) {
	o := r.owed[c.Filing]
	switch {
	case o == nil:
		return sluss.Content{}, fmt.Errorf("there is no result %s of %s here", c.Filing, r.site.Quarter)
	case o.settled:
		return sluss.Content{}, fmt.Errorf("%s is %s: amend what was filed", c.Filing, o.state.Stage)
	case c.Correction.By.Name == "":
		return sluss.Content{}, fmt.Errorf("a correction needs the name of the person who makes it")
	}
	corrected, err := obligations.CorrectResult(o.content, c.Correction)
	if err == nil && corrected.Hash() == o.content.Hash() {
		err = sluss.Faults{{Field: "set", Problem: "the result says that already", Remedy: "give a value that differs"}}
	}
	return corrected, err
}

// correct corrects a result. Its filing goes on with the corrected result, and sends
// nothing while the correction is being recorded.
func (r *results) correct(ctx workflow.Context, c ResultCorrection) (FilingState, error) {
	content, err := r.corrected(c)
	if err != nil {
		return FilingState{}, err
	}
	o := r.owed[c.Filing]
	record := sluss.ResultCorrectionRecord{
		Filing: c.Filing, Number: o.corrections + 1, Correction: c.Correction, Result: *content.Result, At: workflow.Now(ctx),
	}
	me := workflow.GetInfo(ctx).WorkflowExecution
	r.tell(ctx, c.Filing, contentUpdate{Recording: &me})
	if err := workflow.ExecuteActivity(afterAccepting(ctx, "record the correction"), compiling().RecordResultCorrection, record).Get(ctx, nil); err != nil {
		r.tell(ctx, c.Filing, contentUpdate{})
		return FilingState{}, err
	}
	o.corrections++
	content.Receipts = o.content.Receipts // they may have been added in the meantime
	o.content, o.state.Hash = content, content.Hash()
	r.tell(ctx, c.Filing, contentUpdate{Content: &o.content})
	r.describe(ctx)
	return o.state, nil
}

// tell tells a filing of a correction. A filing that has not started yet starts with it.
func (r *results) tell(ctx workflow.Context, id sluss.FilingID, news contentUpdate) {
	o := r.owed[id]
	if o.settled || !o.runs() {
		return
	}
	if err := tell(ctx, &o.awaited, contentSignal, news); err != nil {
		workflow.GetLogger(ctx).Warn("the filing was not told of a correction", "filing", id, "error", err)
	}
}
