package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// documentChanged stores that others have changed a document of the batch. Its filings may
// be done already.
func (b *batch) documentChanged(ctx workflow.Context, d sluss.Document) {
	known := slices.IndexFunc(b.documents, func(k sluss.Document) bool { return k.Registry == d.Registry && k.ID == d.ID })
	switch {
	case known < 0:
		b.documents = append(b.documents, d)
	case d.UpdatedAt.Before(b.documents[known].UpdatedAt):
		return
	default:
		b.documents[known] = d
	}
	b.lookAgain(d.Registry)
	for _, id := range b.order {
		if o := b.filings[id]; o.runs() && o.state.Obligation.Registry == d.Registry {
			o.filing.changedByOthers = true
		}
	}
	b.show(ctx)
}

// othersAhead tells whether others have changed a document of the batch at a registry
// after our last change.
func (b *batch) othersAhead(registry string) bool {
	return slices.ContainsFunc(b.documents, func(d sluss.Document) bool { return d.Registry == registry && !b.caughtUp(d) })
}

// caughtUp tells whether we have changed a document after others did. A person may have
// given its number as the receipt.
func (b *batch) caughtUp(d sluss.Document) bool {
	return slices.ContainsFunc(b.order, func(id sluss.ObligationID) bool {
		r := b.receipt(id)
		return r != nil && !b.filings[id].result.Others && r.Registry == d.Registry && (r.ID == d.ID || r.ID == d.Number) && !r.At.Before(d.UpdatedAt)
	})
}

// checkAtRegistry asks the registry whether others have done what this filing is to do. The
// outcome is Accepted if they have, and Rejected if it cannot be done any more. It is nil
// if it is still to be done, or if moved says that there is something else to do first.
func (f *filing) checkAtRegistry(ctx workflow.Context, moved func() bool) (*sluss.Outcome, error) {
	f.changedByOthers = false
	stage, waiting := f.stage, f.waiting
	for {
		found, asked, err := f.find(ctx, "others have changed the document: ask for its state", moved, func() {})
		switch {
		case err != nil:
			return nil, err
		case !asked || !found.Known || found.Absent:
			// The ledger has recorded a question, which would look like one about a lost
			// answer.
			f.stage, f.waiting = stage, waiting
			if !moved() {
				f.recordStage(ctx, "")
			}
			return nil, nil
		case found.Wait != nil:
			err = f.awaitReservation(ctx, *found.Wait, moved)
		case found.Outcome.Kind == sluss.Deferred:
			err = awaitUntil(ctx, found.Outcome.NotBefore, found.Outcome.Detail, moved)
		default:
			return &found.Outcome, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// awaitCorrection waits until a person has acted on a rejection. If others have done at
// the registry what was rejected, it returns Accepted.
func (f *filing) awaitCorrection(ctx workflow.Context, o sluss.Outcome) (*sluss.Outcome, error) {
	acted := func() bool { return f.decision != nil || f.hash != f.sent }
	for {
		f.reasons, f.clearance, f.detail = o.Reasons, o.Clearance, o.Detail
		if err := f.awaitPerson(ctx, sluss.StageRejected, func() bool { return acted() || f.changedByOthers }); err != nil || acted() {
			return nil, err
		}
		found, err := f.checkAtRegistry(ctx, acted)
		switch {
		case err != nil || acted():
			return nil, err
		case found != nil && found.Kind == sluss.Accepted:
			return found, nil
		case found != nil:
			o = *found
		}
	}
}
