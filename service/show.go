package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Shown is everything about a batch.
type Shown struct {
	ledger.Batch
	Stage    string             `json:"stage"` // the latest event, declared before any, or closed
	Filings  []Filing           `json:"filings"`
	Events   []sluss.Event      `json:"events"`           // what happened, as corrected, in the order of the batch's life
	Kept     []KeptEvent        `json:"kept,omitempty"`   // reported before those that they follow, and not taken yet
	Owed     []sluss.Obligation `json:"owed,omitempty"`   // obligations of ours whose filings have not begun; none once it is closed
	Theirs   []Theirs           `json:"theirs,omitempty"` // obligations that the parties themselves discharge
	Reports  []FiledReport      `json:"reports"`          // what registries have accepted, each with its versions
	Timeline []TimelineLine     `json:"timeline"`
	Actions  []Action           `json:"actions,omitempty"` // the events that may come next; none once it is closed
	// Silent says why the batch's workflow did not answer; there are then no Actions.
	Silent   string       `json:"silent,omitempty"`
	Warnings sluss.Faults `json:"warnings,omitempty"` // they prevent nothing, but a person should know them
	Chain    Chain        `json:"chain,omitzero"`     // what it came from, and what it went into
	Outdated []Outdated   `json:"outdated,omitempty"` // reports that differ from the batch since it was corrected
	// Documents are the batch's at the registries, as they were last seen there,
	// whoever changed them.
	Documents []sluss.Document `json:"documents,omitempty"`
	// Prints are what is kept of them as the registries print them.
	Prints []sluss.Print `json:"prints,omitempty"`
}

// Possible are the events that may come next, then what may be done about the
// filings.
func (s *Shown) Possible() []Action {
	all := slices.Clone(s.Actions)
	for _, f := range s.Filings {
		all = append(all, f.Actions...)
	}
	return all
}

// Warn adds the warnings of an open batch.
func (s *Shown) Warn() {
	if s.Closed == "" {
		s.Warnings = append(obligations.Warn(s.Declaration, s.Events), s.adrift()...)
	}
}

func (s *Shown) happened(kind sluss.EventKind) bool {
	return slices.ContainsFunc(s.Events, func(e sluss.Event) bool { return e.Kind == kind })
}

// adrift are documents that others have ended without a corresponding event of the
// batch.
func (s *Shown) adrift() (warnings sluss.Faults) {
	refused := s.happened(sluss.WasteRefused)
	for _, d := range s.Documents {
		if slices.Contains(adriftAt, d.Status) && (!refused || d.Status != refusedThere) {
			warnings = append(warnings, sluss.Fault{
				Field: "documents", Problem: fmt.Sprintf("others made %s %s at %s, at %s", d.Number, d.Status, d.Registry, d.UpdatedAt.Format(time.RFC3339)),
				Remedy: "ask them why; then report what happened to the waste, or withdraw the open filings and declare the batch anew",
			})
		}
	}
	return warnings
}

// answerPatience is how long a batch's workflow may take to answer.
const answerPatience = 10 * time.Second

// Show is everything about a batch: what the ledger has and, if the batch is open and
// its workflow answers, the events that may come next.
func (sv *Service) Show(ctx context.Context, batch sluss.BatchID) (Shown, error) {
	s, err := sv.recorded(ctx, batch)
	if err != nil || s.Closed != "" {
		return s, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	state, err := sv.State(ctx, batch)
	if err != nil {
		s.Silent = err.Error()
		return s, nil // the ledger has all but what comes next
	}
	s.Stage = state.Stage
	s.Actions = slices.DeleteFunc(state.Actions, func(a Action) bool { return a.Kind != ActEvent })
	return s, nil
}

// recorded is what the ledger has of a batch.
func (sv *Service) recorded(ctx context.Context, batch sluss.BatchID) (s Shown, err error) {
	if s.Batch, err = sv.Ledger.Batch(ctx, batch); err != nil {
		return s, err
	}
	if !s.Declared {
		return s, noSuchBatch(batch)
	}
	filings, err := sv.Ledger.Filings(ctx, batch)
	if err != nil {
		return s, err
	}
	s.Filings = make([]Filing, len(filings))
	for i, f := range filings {
		s.Filings[i] = Seen(f)
	}
	if s.Reports, err = sv.Ledger.FiledReports(ctx, batch); err != nil {
		return s, err
	}
	if s.Timeline, err = sv.Ledger.Timeline(ctx, batch); err != nil {
		return s, err
	}
	if s.Events, err = sv.Ledger.Events(ctx, batch); err != nil {
		return s, err
	}
	if s.Kept, err = sv.Ledger.KeptEvents(ctx, batch, ""); err != nil {
		return s, err
	}
	if s.Theirs, err = sv.Ledger.Theirs(ctx, s.Declaration); err != nil {
		return s, err
	}
	if s.Documents, err = sv.Ledger.Documents(ctx, batch); err != nil {
		return s, err
	}
	if s.Chain, err = sv.Ledger.Chain(ctx, batch); err != nil {
		return s, err
	}
	if s.Corrections > 0 || s.Closed == string(sluss.Cancelled) || s.happened(sluss.Cancelled) {
		if s.Outdated, err = OutdatedNotes(ctx, sv.Ledger, batch, ""); err != nil {
			return s, err
		}
	}
	if s.Prints, err = sv.Ledger.Prints(ctx, batch); err != nil {
		return s, err
	}
	s.settle()
	if s.Closed == "" {
		doubts, warnings, err := sv.chained(ctx, s.Declaration)
		s.Warnings = append(append(s.Warnings, doubts...), warnings...)
		return s, err
	}
	return s, nil
}

// settle fills in the fields that follow from others.
func (s *Shown) settle() {
	s.Warn()
	if s.Closed != "" {
		s.Stage = "closed"
		return
	}
	s.Stage = "declared"
	if n := len(s.Events); n > 0 {
		s.Stage = string(s.Events[n-1].Kind)
	}
	for _, line := range s.Timeline {
		var o sluss.Obligation
		if line.Kind != "obligation" || json.Unmarshal(line.Detail, &o) != nil {
			continue
		}
		theirs := slices.ContainsFunc(s.Theirs, func(t Theirs) bool { return t.Obligation.ID == o.ID })
		if !theirs && !slices.ContainsFunc(s.Filings, func(f Filing) bool { return f.Obligation.ID == o.ID }) {
			s.Owed = append(s.Owed, o)
		}
	}
}

// State asks the batch's workflow for its state. It needs a running worker.
func (sv *Service) State(ctx context.Context, batch sluss.BatchID) (workflows.BatchState, error) {
	var state workflows.BatchState
	value, err := sv.Temporal.QueryWorkflow(ctx, string(batch), "", workflows.BatchQuery.Name)
	if err != nil {
		return state, explained(err, string(batch))
	}
	return state, value.Get(&state)
}

func (sv *Service) filings(ctx context.Context, batch sluss.BatchID) ([]ledger.Filing, error) {
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	if !known.Declared {
		return nil, noSuchBatch(batch)
	}
	return sv.Ledger.Filings(ctx, batch)
}

func noSuchBatch(batch sluss.BatchID) error {
	return fmt.Errorf("%w batch as %s: `starter list` shows what there is", ErrNoSuch, batch)
}
