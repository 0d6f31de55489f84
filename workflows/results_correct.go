package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// mayCorrect refuses a correction that cannot be, or that leaves what it sets
// wrong; what it leaves out may still be missing.
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

// correct amends a result; its filing goes on with it, and sends nothing while
// the correction is being recorded.
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
	r.tell(ctx, c.Filing, rewording{Recording: &me})
	if err := workflow.ExecuteActivity(afterAccepting(ctx, "record the correction"), compiling().RecordResultCorrection, record).Get(ctx, nil); err != nil {
		r.tell(ctx, c.Filing, rewording{})
		return FilingState{}, err
	}
	o.corrections++
	content.Receipts = o.content.Receipts // which may have been looked up in the meantime
	o.content, o.state.Hash = content, content.Hash()
	r.tell(ctx, c.Filing, rewording{Content: &o.content})
	r.describe(ctx)
	return o.state, nil
}

// tell tells a filing of a correction. One that has not started yet starts with
// it; one that has ended will not take it, and its state says so.
func (r *results) tell(ctx workflow.Context, id string, news rewording) {
	o := r.owed[id]
	if o.settled || !o.runs() {
		return
	}
	if err := tell(ctx, &o.awaited, contentSignal, news); err != nil {
		workflow.GetLogger(ctx).Warn("the filing was not told of a correction", "filing", id, "error", err)
	}
}
