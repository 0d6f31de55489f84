package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/workflows"
)

// AmendingAll is a person's request to bring all reports of a batch up to date.
type AmendingAll struct {
	Reason string       `json:"reason"`
	By     sluss.Person `json:"by"`
}

// AmendedAll is the result of the request.
type AmendedAll struct {
	// Amendments of the batch that wait for a signature: those that were started now, and
	// those that waited already. One signature of a role may be on all of them.
	Amendments []Amended `json:"amendments"`
	// Left are the reports that no amendment can bring up to date, each with its remedy.
	Left []Outdated `json:"left,omitempty"`
}

// AmendAll starts an amendment of each report of a batch that is outdated: a correction if
// it is still owed, else an annulment. Each is a filing of its own and waits for its
// signature. What is up to date, or is being amended, is left as it is, so the request may
// be sent again. The error is Faults if the request is incomplete.
func (sv *Service) AmendAll(ctx context.Context, batch sluss.BatchID, request AmendingAll) (AmendedAll, error) {
	done := AmendedAll{Amendments: []Amended{}}
	outdated, err := OutdatedNotes(ctx, sv.Ledger, batch, "")
	if err != nil {
		return done, err
	}
	for _, o := range outdated {
		amending := Amending{Set: o.Set, Remove: o.Remove, Add: o.Add, Annul: o.Annul, Reason: request.Reason, By: request.By}
		if amending.change().Empty() && amending.Annul == "" {
			done.Left = append(done.Left, o)
			continue
		}
		amended, err := sv.Amend(ctx, o.Filing, amending)
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			o.Set, o.Remove, o.Add, o.Annul, o.Remedy = nil, nil, nil, "", refusal.Why
			done.Left = append(done.Left, o)
			continue
		}
		if err != nil {
			return done, err
		}
		done.Amendments = append(done.Amendments, amended)
	}
	pending, err := sv.pendingAmendments(ctx, batch)
	for _, p := range pending {
		if !slices.ContainsFunc(done.Amendments, func(a Amended) bool { return a.Filing == p.Filing }) {
			done.Amendments = append(done.Amendments, p)
		}
	}
	return done, err
}

func (a Amending) change() sluss.Correction {
	return sluss.Correction{Set: a.Set, Remove: a.Remove, Add: a.Add}
}

// pendingAmendments are the recorded ones of a batch that wait for a signature.
func (sv *Service) pendingAmendments(ctx context.Context, batch sluss.BatchID) ([]Amended, error) {
	filings, err := sv.filings(ctx, batch)
	if err != nil {
		return nil, err
	}
	list := []Amended{}
	for _, f := range filings {
		base, n := f.Obligation.ID.SplitAmendment()
		if n == 0 || !f.Open || f.Stage != sluss.StageSignature {
			continue
		}
		content, _, _, err := sv.Ledger.Content(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, Amended{Filing: f.ID, Note: batch.Filing(base), Receipt: content.Amends.Receipt, Hash: f.Hash, Waiting: f.Waiting})
	}
	return list, nil
}

// Cancelling is a person's request to cancel a batch.
type Cancelling struct {
	// NeverLeft: nothing of what was reported to have happened did. It is taken back
	// first, so that what was filed of it is not owed.
	NeverLeft bool         `json:"never_left,omitempty"`
	Reason    string       `json:"reason"`
	By        sluss.Person `json:"by"`
	// At is when the batch was cancelled, with zone; left out: now.
	At time.Time `json:"at,omitzero"`
}

// Cancel records that the waste of a batch does not go the planned way. What is not owed
// any more is withdrawn; of what was filed and is not owed any more, annulments are
// started, each of which waits for its signature. A transport that did start has started
// even if it turned round: its reports stay, unless the request says that it never left.
// A batch whose waste was received cannot be cancelled. The request may be sent again.
func (sv *Service) Cancel(ctx context.Context, batch sluss.BatchID, request Cancelling) (AmendedAll, error) {
	none := AmendedAll{Amendments: []Amended{}}
	if faults := request.faults(); len(faults) > 0 {
		return none, faults
	}
	events, err := sv.Ledger.Events(ctx, batch)
	if err != nil {
		return none, err
	}
	if len(events) > 0 && events[len(events)-1].Kind == sluss.Cancelled {
		return sv.AmendAll(ctx, batch, AmendingAll{Reason: request.Reason, By: request.By})
	}
	if request.NeverLeft && len(events) > 1 {
		if obligations.Closed(events) {
			return none, &Refusal{Why: string(batch) + " has ended: take back its last event with `starter correct --remove events.ID` while it is open"}
		}
		taken := sluss.Correction{Reason: request.Reason, By: request.By, At: request.At}
		for _, e := range slices.Backward(events[1:]) {
			taken.Remove = append(taken.Remove, "events."+string(e.ID()))
		}
		if _, err := sv.Correct(ctx, batch, taken); err != nil {
			return none, err
		}
	}
	e := sluss.Event{Kind: sluss.Cancelled, At: request.At, Reason: request.Reason, By: request.By}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	if _, err := sv.Event(ctx, batch, e); err != nil {
		return none, err
	}
	return sv.AmendAll(ctx, batch, AmendingAll{Reason: request.Reason, By: request.By})
}

func (c Cancelling) faults() (f sluss.Faults) {
	if c.Reason == "" {
		f = append(f, sluss.Fault{Field: "reason", Problem: "the reason is missing", Remedy: "say why the batch is cancelled"})
	}
	if c.By.Name == "" {
		f = append(f, sluss.Fault{Field: "by.name", Problem: "the person who cancels it is missing", Remedy: "give the name"})
	}
	return f
}

// together makes one item of an inbox of the outdated reports of each batch: the first of
// them names the others.
func together(outdated []Outdated) (list []Outdated) {
	first := map[sluss.BatchID]int{}
	for _, o := range outdated {
		batch, _, err := o.Filing.Split()
		at, known := first[batch]
		if err != nil || o.Kind != workflows.ActAmend || !known {
			first[batch] = len(list)
			list = append(list, o)
			continue
		}
		list[at].Others = append(list[at].Others, o)
	}
	return list
}

// documentLeft is a document that its batch does not need any more.
func documentLeft(filing sluss.FilingID, registry string) Outdated {
	return Outdated{
		Filing: filing, Kind: workflows.ActAmend, Annul: sluss.NotCarried,
		Why:    fmt.Sprintf("since the batch was cancelled, its %s is not owed any more", sluss.RegistryOf(registry).Document),
		Remedy: fmt.Sprintf("annul the %s as a whole", sluss.RegistryOf(registry).Document),
	}
}
