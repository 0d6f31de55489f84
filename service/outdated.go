package service

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Outdated is a report that was filed, or a result that was compiled, before its data
// were corrected, or its batch was cancelled. It is not amended automatically: a person decides.
type Outdated struct {
	Filing sluss.FilingID `json:"filing"`
	Why    string         `json:"why"`
	// Set is the correction that brings it up to date; empty if no correction can.
	Set map[string]string `json:"set,omitempty"`
	// Remove and Add are the list items that this correction removes and adds.
	Remove []string                   `json:"remove,omitempty"`
	Add    map[string]json.RawMessage `json:"add,omitempty"`
	// Annul is why the report is to be annulled, if it is not owed any more.
	Annul sluss.AnnulReason `json:"annul,omitempty"`
	// Kind is the verb for it: amend for what a registry has, results for a result that
	// is not filed yet.
	Kind string `json:"kind"`
	// Remedy is what to do if no correction can bring it up to date.
	Remedy string `json:"remedy,omitempty"`
	// Others are the other reports of the batch that are outdated, in an inbox: all of
	// them are brought up to date together.
	Others []Outdated `json:"others,omitempty"`
}

// Corrected is the result of a correction.
type Corrected struct {
	workflows.CorrectReply
	// Outdated are the reports that were already filed and now differ.
	Outdated []Outdated `json:"outdated,omitempty"`
	// Readings are the values that were read as something else than their text.
	Readings []declarations.Reading `json:"readings,omitempty"`
}

// OutdatedNotes are the notes, and the steps of BSDDs, that differ from their batch, or are not owed any more,
// since it was corrected, what happened to it was corrected or taken back, or it was
// cancelled. If no batch is given, they are those of all batches, of one tenant or of all,
// of which that was in the last 400 days. A note that was amended after that is not
// outdated.
func OutdatedNotes(ctx context.Context, l *ledger.Ledger, batch sluss.BatchID, tenant string) ([]Outdated, error) {
	outdated, err := l.OutdatedFilings(ctx, batch, tenant)
	if err != nil {
		return nil, err
	}
	var list []Outdated
	for _, o := range outdated {
		s, outdated, err := outdatedNote(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Filing, err)
		}
		if outdated {
			list = append(list, s)
		}
	}
	documents, err := l.DocumentsOfCancelled(ctx, batch, tenant)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		list = append(list, documentLeft(d.Filing, d.Registry))
	}
	return list, nil
}

func outdatedNote(o ledger.OutdatedFiling) (Outdated, bool, error) {
	_, obligation, err := o.Filing.Split()
	if err != nil {
		return Outdated{}, false, err
	}
	obligation, _ = obligation.SplitAgain()
	s := Outdated{Filing: o.Filing, Kind: workflows.ActAmend}
	if !owed(o.Now, o.Events, obligation) {
		s.Why = "since the batch was corrected, it is not owed any more"
		cancelled := o.Events[len(o.Events)-1].Kind == sluss.Cancelled // nothing happens after that
		if cancelled {
			s.Why = "since the batch was cancelled, it is not owed any more"
		}
		if sluss.RegistryOf(o.Content.Obligation.Registry).Document != "" {
			var alone bool
			s.Remedy, alone = annulling(o)
			return s, alone && !cancelled, nil // of a cancelled batch the document is listed as a whole
		}
		s.Annul = sluss.WrongNote
		s.Remedy = fmt.Sprintf("annul the report (%s): there was nothing to report", s.Annul)
		return s, true, nil
	}
	now := later(o)
	differing := checksOf[o.Content.Obligation.Registry].differing
	if differing == nil {
		return s, false, fmt.Errorf("reports to %q cannot be compared with their batches", o.Content.Obligation.Registry)
	}
	change, err := differing(o.Content, now)
	if err != nil || change.Empty() {
		return s, false, err
	}
	s.Set, s.Remove, s.Add = change.Set, change.Remove, change.Add
	paths := slices.Concat(slices.Collect(maps.Keys(s.Set)), s.Remove, slices.Collect(maps.Keys(s.Add)))
	s.Why = "the batch was corrected since it was filed, and now differs in "
	if o.Now.Waste.Estimated && s.Set["waste.mass"] != "" {
		s.Why = "its mass was an estimate, and what was received is weighed: it now differs in "
	}
	s.Why += strings.Join(slices.Compact(slices.Sorted(slices.Values(paths))), ", ")
	s.impossible(o.Content, now)
	return s, true, nil
}

// annulling says how a step of a document is annulled that is not owed any more; false if another one
// is, which has it in it.
func annulling(o ledger.OutdatedFiling) (remedy string, alone bool) {
	command := "annul it: `starter annul " + o.Filing.Name()
	if o.Content.Obligation.Report == sluss.ReportCreation {
		return command + "`", true
	}
	return "no step of a BSDD is annulled alone: report what really happened, then amend the step; or annul the BSDD if the waste does not go that way",
		owed(o.Now, o.Events, obligations.Created) || o.Now.Paper || len(o.Now.Pickups) > 0
}

// later is the content of a report with what was corrected after it was made. Differences
// that an amendment made on purpose stay.
func later(o ledger.OutdatedFiling) sluss.Content {
	now := o.Content
	changes := o.Then.Changes(o.Now)
	if len(changes.Remove)+len(changes.Add) > 0 {
		if changed, err := now.Changed(changes); err == nil {
			now, changes.Set = changed, nil
		} else { // the amendment changed the same list
			now.Declaration, changes.Set = o.Now, nil
		}
	}
	values := sluss.EventDifferences(o.Happened, o.Events)
	maps.Copy(values, changes.Set)
	for _, path := range slices.Sorted(maps.Keys(values)) {
		if changed, err := now.Corrected(map[string]string{path: values[path]}); err == nil {
			now = changed
		}
	}
	if received, came := (sluss.Content{Events: o.Events}).Happened(sluss.EventID(sluss.Received)); came && o.Now.Waste.Estimated {
		now.Declaration.Waste.Mass, now.Declaration.Waste.Estimated = received.Mass, false // it was weighed
	}
	return now
}

// owed reports whether the events put the obligation on a party, and it still is.
func owed(d sluss.Declaration, events []sluss.Event, obligation sluss.ObligationID) bool {
	return slices.ContainsFunc(obligations.Owed(d, events), func(o sluss.Obligation) bool { return o.ID == obligation })
}

// impossible replaces a correction that is not possible by a remedy.
func (s *Outdated) impossible(filed, now sluss.Content) {
	_, err := obligations.Amend(filed, 1, sluss.Amendment{Set: s.Set, Remove: s.Remove, Add: s.Add, Reason: s.Why, By: sluss.Person{Name: "Sluss"}})
	if err != nil {
		s.Set, s.Remove, s.Add, s.Remedy = nil, nil, nil, err.Error()
		s.Annul = annulledAs(filed, now)
	}
}

// annulledAs is why a report is annulled that cannot become what it should be: it is by
// another party, or of other waste. Empty: neither.
func annulledAs(filed, now sluss.Content) sluss.AnnulReason {
	was, _ := filed.Declaration.Obliged(filed.Obligation)
	is, _ := now.Declaration.Obliged(now.Obligation)
	switch {
	case filed.Result != nil:
		return "" // its batches are reported in another one
	case was.ID != is.ID || was.Country != is.Country:
		return sluss.WrongOperator
	case filed.Declaration.Waste.Code != now.Declaration.Waste.Code:
		return sluss.WrongWaste
	}
	return ""
}

// OutdatedResults are the quarterly results that differ from their batches since those,
// or the notes of their reception, were corrected; of one tenant, or of all if none is
// given.
func (sv *Service) OutdatedResults(ctx context.Context, tenant string) ([]Outdated, error) {
	changed, err := sv.Ledger.ChangedResults(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var list []Outdated
	for _, c := range changed {
		s, outdated, err := sv.outdatedResult(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Filing, err)
		}
		if outdated {
			list = append(list, s)
		}
	}
	return list, nil
}

func (sv *Service) outdatedResult(ctx context.Context, c ledger.ChangedResult) (Outdated, bool, error) {
	content, kind, err := sv.currentResult(ctx, c)
	if err != nil || kind == "" {
		return Outdated{}, false, err
	}
	s := Outdated{Filing: c.Filing, Kind: kind, Why: "its batches were corrected since it was compiled"}
	now := obligations.Compiled(c.Treated)
	if i := slices.IndexFunc(now, func(n sluss.Content) bool {
		return n.ResultSite() == c.Compiled.ResultSite() && n.Result.Code == c.Compiled.Result.Code
	}); i != 0 || len(now) != 1 {
		s.Why += ": their waste code, site or quarter is no longer that of the result"
		s.Remedy = "if it was filed, annul it with `starter annul`, and report the right data under other references; else decide it withdrawn"
		return s, true, nil
	}
	was, is := *c.Compiled.Result, *now[0].Result
	s.Set = map[string]string{}
	set := func(path, before, after, current string) {
		if before != after && current != after {
			s.Set[path] = after
		}
	}
	set("result.mass", was.Mass.Kilograms(), is.Mass.Kilograms(), content.Result.Mass.Kilograms())
	for i, m := range is.Methods {
		set(fmt.Sprintf("result.methods.%d.operation", i), operation(was, i), m.Operation, operation(*content.Result, i))
	}
	if len(s.Set) == 0 {
		return s, false, nil
	}
	if kind == workflows.ActAmend {
		s.impossible(content, now[0])
	}
	return s, true, nil
}

// currentResult is the current content of a result, and the verb that corrects it; empty if
// the result is annulled or withdrawn.
func (sv *Service) currentResult(ctx context.Context, c ledger.ChangedResult) (sluss.Content, string, error) {
	state, opened, err := sv.Ledger.Filing(ctx, c.Filing)
	if err != nil {
		return sluss.Content{}, "", err
	}
	if !opened || state.Open {
		compiled, err := sv.result(ctx, c.Filing)
		return compiled.Content, workflows.ActResults, err
	}
	m, err := sv.amendable(ctx, c.Filing)
	if err != nil || m.latest == nil || m.latest.Annulled != "" {
		return sluss.Content{}, "", err
	}
	by := m.latest.Latest().Filing
	if m.pending != nil {
		by = m.pending.ID
	}
	content, _, _, err := sv.Ledger.Content(ctx, by)
	if content.Result == nil || content.Amends != nil && content.Amends.Annul != "" {
		return content, "", err
	}
	return content, workflows.ActAmend, err
}

func operation(r sluss.Result, i int) string {
	if i < len(r.Methods) {
		return r.Methods[i].Operation
	}
	return ""
}
