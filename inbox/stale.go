package inbox

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

// Stale is something that was filed, or compiled, before what it tells of was
// corrected. Nothing amends it by itself: a person does, or leaves it.
type Stale struct {
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
	// Stale are the notes that were filed already and now tell something else.
	Stale []Stale `json:"stale,omitempty"`
}

// StaleNotes are the notes that tell something else than their batch does since
// it was corrected: of one batch; or, where none is given, of those that were
// corrected in the last 400 days, of one tenant or of all. One that was amended after the correction is none.
func StaleNotes(ctx context.Context, l *ledger.Ledger, batch, tenant string) ([]Stale, error) {
	overtaken, err := l.Overtaken(ctx, batch, tenant)
	if err != nil {
		return nil, err
	}
	var list []Stale
	for _, o := range overtaken {
		s, stale, err := staleNote(o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Filing, err)
		}
		if stale {
			list = append(list, s)
		}
	}
	return list, nil
}

func staleNote(o ledger.Overtaken) (Stale, bool, error) {
	_, obligation, err := sluss.SplitFilingID(o.Filing)
	if err != nil {
		return Stale{}, false, err
	}
	s := Stale{Filing: o.Filing, Kind: workflows.ActAmend}
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
	if s.Set, err = avfallsregistret.Retold(o.Told, now); err != nil || len(s.Set) == 0 {
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
func (s *Stale) impossible(told sluss.Content) {
	_, err := obligations.Amend(told, 1, sluss.Amendment{Set: s.Set, Reason: s.Why, By: sluss.Person{Name: "Sluss"}})
	if err != nil {
		s.Set, s.Remedy = nil, err.Error()
	}
}

// StaleResults are the results of quarters that tell something else than their
// batches do since those, or the notes of their reception, were corrected; of a
// tenant, or of all where none is given.
func (d *Desk) StaleResults(ctx context.Context, tenant string) ([]Stale, error) {
	changed, err := d.Ledger.ChangedResults(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var list []Stale
	for _, c := range changed {
		s, stale, err := d.staleResult(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Filing, err)
		}
		if stale {
			list = append(list, s)
		}
	}
	return list, nil
}

func (d *Desk) staleResult(ctx context.Context, c ledger.ChangedResult) (Stale, bool, error) {
	told, kind, err := d.told(ctx, c)
	if err != nil || kind == "" {
		return Stale{}, false, err
	}
	s := Stale{Filing: c.Filing, Kind: kind, Why: "its batches were corrected since it was compiled"}
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
func (d *Desk) told(ctx context.Context, c ledger.ChangedResult) (sluss.Content, string, error) {
	state, opened, err := d.Ledger.Filing(ctx, c.Filing)
	if err != nil {
		return sluss.Content{}, "", err
	}
	if !opened || state.Open {
		compiled, err := d.result(ctx, c.Filing)
		return compiled.Content, workflows.ActResults, err
	}
	m, err := d.amendable(ctx, c.Filing)
	if err != nil || m.latest == nil || m.latest.Annulled != "" {
		return sluss.Content{}, "", err
	}
	by := m.latest.Latest().Filing
	if m.pending != nil {
		by = m.pending.ID
	}
	content, _, _, err := d.Ledger.Content(ctx, by)
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

// Waiting is something that waits for a person: a filing, or one that is done
// but stale.
type Waiting struct {
	ledger.Filing
	Stale *Stale `json:"stale,omitempty"`
}

// Inbox is what waits for a person, the most urgent first; on its first page
// also what was filed and has become stale, last.
func (d *Desk) Inbox(ctx context.Context, f ledger.InboxFilter) ([]Waiting, error) {
	filings, err := d.Ledger.Inbox(ctx, f)
	if err != nil {
		return nil, err
	}
	list := make([]Waiting, len(filings))
	for i, filing := range filings {
		list[i].Filing = filing
	}
	officers := (f.Waiting == "" || f.Waiting == sluss.Officer) && (f.Registry == "" || f.Registry == sluss.Avfallsregistret)
	if f.Skip > 0 || f.Overdue || !officers {
		return list, nil
	}
	stale, err := StaleNotes(ctx, d.Ledger, "", f.Tenant)
	if err != nil {
		return nil, err
	}
	results, err := d.StaleResults(ctx, f.Tenant)
	if err != nil {
		return nil, err
	}
	for _, s := range append(stale, results...) {
		i := slices.IndexFunc(list, func(w Waiting) bool { return w.ID == s.Filing })
		if i < 0 {
			filing, _, err := d.Ledger.Filing(ctx, s.Filing)
			if err != nil {
				return nil, err
			}
			filing.ID = s.Filing
			list, i = append(list, Waiting{Filing: filing}), len(list)
		}
		list[i].Stale = &s
	}
	return list, nil
}
