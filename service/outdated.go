package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	"sluss/workflows"
)

// Outdated is something that was filed, or compiled, before what it tells of was
// corrected. Nothing amends it by itself: a person does, or leaves it.
type Outdated struct {
	Filing string `json:"filing"`
	Why    string `json:"why"`
	// Set is what it must be corrected with to tell what is so now; none, where no
	// correction can do it.
	Set map[string]string `json:"set,omitempty"`
	// Kind is how: amend what a registry has, or results, of what is not filed yet.
	Kind string `json:"kind"`
	// Remedy is what to do where no correction can do it.
	Remedy string `json:"remedy,omitempty"`
}

// Corrected is what a correction changed, and what it left behind.
type Corrected struct {
	workflows.CorrectReply
	// Outdated are the notes that were filed already and now tell something else.
	Outdated []Outdated `json:"outdated,omitempty"`
}

// OutdatedNotes are the notes that tell something else than their batch does since
// it was corrected: of one batch; or, where none is given, of those that were
// corrected in the last 400 days, of one tenant or of all. One that was amended after the correction is none.
func OutdatedNotes(ctx context.Context, l *ledger.Ledger, batch, tenant string) ([]Outdated, error) {
	outdated, err := l.OutdatedFiling(ctx, batch, tenant)
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
	return list, nil
}

func outdatedNote(o ledger.OutdatedFiling) (Outdated, bool, error) {
	_, obligation, err := sluss.SplitFilingID(o.Filing)
	if err != nil {
		return Outdated{}, false, err
	}
	s := Outdated{Filing: o.Filing, Kind: workflows.ActAmend}
	if !owed(o.Now, o.Events, obligation) {
		s.Why = "by what the batch says since it was corrected, nobody owes the note"
		s.Remedy = "annul it with `starter annul`, as " + string(sluss.WrongOperator) + " or " + string(sluss.WrongNote)
		return s, true, nil
	}
	// What an amendment says otherwise by intent stays so: only what corrections
	// changed since counts.
	now := o.Told.Declaration
	for path, value := range o.Then.Differences(o.Now) {
		if changed, err := now.Corrected(sluss.Correction{Set: map[string]string{path: value}}); err == nil {
			now = changed
		}
	}
	if s.Set, err = avfallsregistret.Differing(o.Told, now); err != nil || len(s.Set) == 0 {
		return s, false, err
	}
	s.Why = "the batch was corrected since it was filed: it tells otherwise " + strings.Join(slices.Sorted(maps.Keys(s.Set)), ", ")
	s.impossible(o.Told)
	return s, true, nil
}

// owed tells whether the events put the obligation on a party.
func owed(d sluss.Declaration, events []sluss.Event, obligation string) bool {
	for i := range events {
		if slices.ContainsFunc(obligations.For(d, events[:i+1]), func(o sluss.Obligation) bool { return o.ID == obligation }) {
			return true
		}
	}
	return false
}

// impossible puts a remedy in the place of a correction that cannot be.
func (s *Outdated) impossible(told sluss.Content) {
	_, err := obligations.Amend(told, 1, sluss.Amendment{Set: s.Set, Reason: s.Why, By: sluss.Person{Name: "Sluss"}})
	if err != nil {
		s.Set, s.Remedy = nil, err.Error()
	}
}

// OutdatedResults are the results of quarters that tell something else than their
// batches do since those, or the notes of their reception, were corrected; of a
// tenant, or of all where none is given.
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
	told, kind, err := sv.told(ctx, c)
	if err != nil || kind == "" {
		return Outdated{}, false, err
	}
	s := Outdated{Filing: c.Filing, Kind: kind, Why: "its batches were corrected since it was compiled"}
	now := obligations.Compiled(c.Treated)
	if i := slices.IndexFunc(now, func(n sluss.Content) bool {
		return n.ResultSite() == c.Compiled.ResultSite() && n.Result.Code == c.Compiled.Result.Code
	}); i != 0 || len(now) != 1 {
		s.Why += ": what they were treated as, where or when is no longer what it tells of"
		s.Remedy = "if it was filed, annul it with `starter annul`, and report what is right under references of its own; else decide it withdrawn"
		return s, true, nil
	}
	was, is := *c.Compiled.Result, *now[0].Result
	s.Set = map[string]string{}
	set := func(path, before, after, told string) {
		if before != after && told != after {
			s.Set[path] = after
		}
	}
	set("result.mass", was.Mass.Kilograms(), is.Mass.Kilograms(), told.Result.Mass.Kilograms())
	for i, m := range is.Methods {
		set(fmt.Sprintf("result.methods.%d.operation", i), operation(was, i), m.Operation, operation(*told.Result, i))
	}
	if len(s.Set) == 0 {
		return s, false, nil
	}
	if kind == workflows.ActAmend {
		s.impossible(told)
	}
	return s, true, nil
}

// told is what a result tells now, and how it is corrected; empty where that is
// annulled or withdrawn.
func (sv *Service) told(ctx context.Context, c ledger.ChangedResult) (sluss.Content, string, error) {
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
