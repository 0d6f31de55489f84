package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// errBehind means that the ledger knows more than this run of a batch.
var errBehind = errors.New("the ledger has more than this run knows of")

// news is what a filing must know besides its content when it starts.
type news struct {
	Versions []amended       // of reports that it names
	NotOwed  *sluss.Decision // it is not owed any more; nil: it is
	Look     bool            // others have changed the document: what is to be filed may be done already
}

// catchUp applies news.
func (f *filing) catchUp(ctx workflow.Context, n news) {
	for _, version := range n.Versions {
		f.receiptAmended(ctx, version)
	}
	if n.NotOwed != nil {
		workflow.GoNamed(ctx, "withdraw", func(ctx workflow.Context) { f.withdrawn(ctx, *n.NotOwed) })
	}
	f.changedByOthers = f.changedByOthers || n.Look
}

// begin opens the filing, and goes on from its state in the ledger. done is its end, if
// the ledger has one.
func (f *filing) begin(ctx workflow.Context) (done *FilingResult, err error) {
	var begun activities.Begun
	if err := f.recorded(ctx, act.BeginFiling, f.opened(ctx), "record what is owed", &begun); err != nil {
		return nil, err
	}
	s := begun.FilingSnapshot
	if !f.host.knows(s) {
		return nil, errBehind
	}
	if s.End != nil {
		result := FilingResult(*s.End)
		f.stage, f.waiting, f.receipt, f.clearance = result.Stage, "", result.Receipt, result.Clearance
		return &result, nil
	}
	if !s.Opened {
		f.looks(begun.Place)
		return nil, nil
	}
	f.content.Receipts = s.Receipts
	f.hash = f.content.Hash()
	f.overdue, f.number, f.stages, f.holding = s.Overdue, s.Number, s.Stages, s.Held
	if f.signature == nil { // it was not signed in the meantime
		f.signature = s.Signature
	}
	if f.signature != nil && f.signature.ContentHash != f.hash {
		f.signature = nil
	}
	if f.signature != nil {
		f.signs.handled = append(f.signs.handled, handledMessage[sluss.Signature, FilingState]{*f.signature, f.state()})
	}
	if !f.unsigned() {
		f.stage, f.waiting, f.rests = sluss.StageSending, "", false
	}
	f.looks(begun.Place)
	return nil, nil
}
