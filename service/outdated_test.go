package service_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/activities"
	"sluss/api"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
	"sluss/workflows"
)

// lived records the life of a Swedish batch in a quarter that has ended, and the
// notes that it owes as taken.
func lived(t *testing.T, l *ledger.Ledger, d sluss.Declaration) {
	t.Helper()
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, noon.Location())
	var events []sluss.Event
	for i, e := range []sluss.Event{
		{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
	} {
		e.At, e.By = at.Add(time.Duration(i)*time.Hour), sluss.Person{Name: "Anna Ek"}
		events = append(events, e)
		record := sluss.EventRecord{Batch: d.ID(), Event: e, Obligations: told(obligations.For(d, events)), At: e.At}
		if i == 0 {
			record.Declaration = &d
		}
		must(t, l.RecordEvent(t.Context(), record))
		for _, o := range record.Obligations {
			c := sluss.Content{Declaration: d, Obligation: o, Events: events}
			filed(t, l, d.ID().Filing(o.ID), c, "0b5c-"+d.Reference+"-"+string(o.ID))
		}
	}
}

// filed records a filing that the registry took under an id.
func filed(t *testing.T, l *ledger.Ledger, filing sluss.FilingID, c sluss.Content, receipt string) {
	t.Helper()
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{Filing: filing, Batch: c.Declaration.ID(), Content: c, Hash: c.Hash(), Stage: sluss.StageSending, At: noon}))
	sent(t, l, filing, c, receipt)
}

func sent(t *testing.T, l *ledger.Ledger, filing sluss.FilingID, c sluss.Content, receipt string) {
	t.Helper()
	permit, err := l.Begin(t.Context(), sluss.Intent{Filing: string(filing), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: c.Hash(), Actor: "test"})
	must(t, err)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{
		Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: receipt, At: noon},
	}}))
}

// world is a service on a ledger with the named batches.
func world(t *testing.T, references ...string) (*service.Service, *clerk) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for _, reference := range references {
		d := example(t, "se-waste-oil")
		d.Tenant, d.Reference = sluss.DefaultTenant, reference
		lived(t, l, d)
	}
	c := &clerk{t: t, l: l, updates: map[string]bool{}, contents: map[sluss.FilingID]sluss.Content{}}
	return &service.Service{Ledger: l, Temporal: c}, c
}

func corrected(t *testing.T, l *ledger.Ledger, number int, set map[string]string) {
	t.Helper()
	known, err := l.Batch(t.Context(), "batch/default/VO-1")
	must(t, err)
	c := sluss.Correction{Set: set, Reason: "weighed again", By: sluss.Person{Name: officer}, At: noon}
	now, err := known.Declaration.Corrected(c)
	must(t, err)
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: known.ID, Number: number, Correction: c, Declaration: now}))
}

// TestCorrectionTellsWhatWasFiledBefore: a correction of a batch does not amend
// accepted reports, but lists those that are outdated, until a person has amended
// them.
func TestCorrectionTellsWhatWasFiledBefore(t *testing.T) {
	d, temporal := world(t, "VO-1", "VO-2")
	const removal, carriage = "filing/default/VO-1/se.removal", "filing/default/VO-1/se.transport#1"
	outdated := func(want map[sluss.FilingID]map[string]string) []service.Outdated {
		t.Helper()
		list, err := service.OutdatedNotes(t.Context(), d.Ledger, "batch/default/VO-1", "")
		must(t, err)
		got := map[sluss.FilingID]map[string]string{}
		for _, s := range list {
			got[s.Filing] = s.Set
			if s.Kind != workflows.ActAmend || s.Why == "" || (s.Set == nil) != (s.Remedy != "") {
				t.Errorf("%+v", s)
			}
		}
		if !maps.EqualFunc(got, want, maps.Equal) {
			t.Errorf("outdated are %v, want %v", got, want)
		}
		return list
	}
	outdated(nil)
	corrected(t, d.Ledger, 1, map[string]string{"treatment.description": "Re-refining of oil"})
	outdated(nil) // no note tells of that
	corrected(t, d.Ledger, 2, map[string]string{"waste.mass": "1180"})
	mass := map[string]string{"waste.mass": "1180"}
	outdated(map[sluss.FilingID]map[string]string{removal: mass, carriage: mass}) // that of the reception tells what came

	done, err := d.Amend(t.Context(), removal, service.Amending{Set: mass, Reason: "weighed again", By: sluss.Person{Name: officer}})
	must(t, err)
	outdated(map[sluss.FilingID]map[string]string{carriage: mass}) // the other is on its way
	sent(t, d.Ledger, done.Filing, temporal.contents[done.Filing], "a7e1")
	outdated(map[sluss.FilingID]map[string]string{carriage: mass})

	// A value that an amendment changed is not changed back by the next correction of
	// another field.
	_, err = d.Amend(t.Context(), carriage, service.Amending{Set: map[string]string{"waste.mass": "1170"}, Reason: "weighed on the way", By: sluss.Person{Name: officer}})
	must(t, err)
	corrected(t, d.Ledger, 3, map[string]string{"legs.0.from.municipality": "0180"})
	place := map[string]string{"legs.0.from.municipality": "0180"}
	outdated(map[sluss.FilingID]map[string]string{removal: place, carriage: place, "filing/default/VO-1/se.reception": place})

	// No correction can make it a note of other waste.
	corrected(t, d.Ledger, 4, map[string]string{"waste.code": "130206*"})
	for _, s := range outdated(map[sluss.FilingID]map[string]string{removal: nil, carriage: nil, "filing/default/VO-1/se.reception": nil}) {
		if !strings.Contains(s.Remedy, "annul the report (wrong-waste)") {
			t.Errorf("remedy: %s", s.Remedy)
		}
	}
	corrected(t, d.Ledger, 5, map[string]string{"waste.code": "160103"})
	for _, s := range outdated(map[sluss.FilingID]map[string]string{removal: nil, carriage: nil, "filing/default/VO-1/se.reception": nil}) {
		if !strings.Contains(s.Why, "not owed any more") {
			t.Errorf("why: %s", s.Why)
		}
	}
	others, err := service.OutdatedNotes(t.Context(), d.Ledger, "", "")
	must(t, err)
	if len(others) != 3 {
		t.Errorf("of all batches: %+v", others)
	}
}

// TestResultsOfCorrectedBatchesComeBeforeAPersonAgain: an amendment of the reception
// of a batch makes the result with the batch outdated, filed or not.
func TestResultsOfCorrectedBatchesComeBeforeAPersonAgain(t *testing.T) {
	d, temporal := world(t, "VO-1", "VO-2", "VO-3")
	const reception = "filing/default/VO-1/se.reception"
	weighed := func(mass string) {
		t.Helper()
		done, err := d.Amend(t.Context(), reception, service.Amending{
			Set: map[string]string{"events.received.mass": mass}, Reason: "weighed again", By: sluss.Person{Name: officer},
		})
		must(t, err)
		sent(t, d.Ledger, done.Filing, temporal.contents[done.Filing], "a7e1-"+mass)
	}
	weighed("1200") // before it is compiled: it counts
	a := &activities.Results{Ledger: d.Ledger, Compile: obligations.Compiled}
	sites, err := a.UnreportedResults(t.Context(), sluss.Quarter{Year: 2026, Number: 3})
	must(t, err)
	compiled, err := a.CompileResults(t.Context(), sites[0])
	must(t, err)
	// The largest is another one now.
	c := compiled[0].Content
	id := sluss.NewBatchID("", c.Declaration.Reference).Filing(c.Obligation.ID)
	if c.Result.Mass != (1200+1250+1250)*sluss.Kilogram || id != "filing/default/VO-2/se.treatment#2026-Q2" {
		t.Fatalf("compiled %s: %+v", id, c.Result)
	}
	const of2 = "filing/default/VO-2/se.treatment#2026-Q2"
	check := func(kind string, set map[string]string) {
		t.Helper()
		list, err := d.OutdatedResults(t.Context(), "default")
		must(t, err)
		switch {
		case set == nil && len(list) == 0:
		case len(list) != 1 || list[0].Filing != of2 || list[0].Kind != kind || !maps.Equal(list[0].Set, set):
			t.Errorf("outdated are %+v, want %s %v", list, kind, set)
		}
	}
	check("", nil)
	weighed("1100") // compiled, and not opened yet
	check(workflows.ActResults, map[string]string{"result.mass": "3600"})
	must(t, d.Ledger.RecordResultCorrection(t.Context(), sluss.ResultCorrectionRecord{
		Filing: of2, Number: 1, Correction: sluss.Correction{Set: map[string]string{"mass": "3600"}, By: sluss.Person{Name: officer}, Reason: "as amended"},
		Result: withMass(*c.Result, 3600*sluss.Kilogram), At: noon,
	}))
	check("", nil)
	told := withMass(*c.Result, 3600*sluss.Kilogram)
	product := 3000 * sluss.Kilogram
	told.Product = &product
	c.Result = &told
	filed(t, d.Ledger, of2, c, "0b5c-result")
	check("", nil)

	weighed("1050")
	check(workflows.ActAmend, map[string]string{"result.mass": "3550"})
	listed, err := d.Results(t.Context(), "", c.Result.Quarter)
	must(t, err)
	if len(listed) != 1 || listed[0].Outdated == nil || listed[0].Outdated.Set["result.mass"] != "3550" {
		t.Errorf("the results are %+v", listed)
	}
	items, err := d.Inbox(t.Context(), ledger.InboxFilter{})
	must(t, err)
	if len(items) != 1 || items[0].ID != of2 || items[0].Open || items[0].Outdated == nil {
		t.Errorf("the inbox holds %+v", items)
	}
	_, err = d.Amend(t.Context(), of2, service.Amending{Set: items[0].Outdated.Set, Reason: "the reception was weighed again", By: sluss.Person{Name: officer}})
	must(t, err)
	check("", nil)

	// What was not received after all is in no result.
	gone, err := d.Amend(t.Context(), "filing/default/VO-3/se.reception", annulment(sluss.WrongWaste))
	must(t, err)
	sent(t, d.Ledger, gone.Filing, temporal.contents[gone.Filing], "0b5c-VO-3-se.reception")
	check(workflows.ActAmend, map[string]string{"result.mass": "2300"})
}

func withMass(r sluss.Result, mass sluss.Mass) sluss.Result {
	r.Mass = mass
	return r
}

// corrector is a fake of a batch that accepts a correction.
type corrector struct {
	client.Client // nothing else is asked of it

	take func()
}

func (c corrector) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	c.take()
	return taken{}, nil
}

func TestAnswerToACorrectionNamesWhatWasFiled(t *testing.T) {
	d, _ := world(t, "VO-1")
	set := map[string]string{"waste.mass": "1180"}
	d.Temporal = corrector{take: func() { corrected(t, d.Ledger, 1, set) }}
	server := httptest.NewServer(api.New(d, api.Options{}))
	t.Cleanup(server.Close)
	body := `{"set": {"waste.mass": "1180"}, "reason": "weighed again", "by": {"name": "Karin Holm"}}`
	var done service.Corrected
	status, _ := send(t, server, request{method: http.MethodPost, path: "/api/batches/default/VO-1/corrections", kind: "application/json", body: body}, &done)
	if status != http.StatusOK || len(done.Outdated) != 2 || done.Outdated[0].Filing != "filing/default/VO-1/se.removal" || !maps.Equal(done.Outdated[0].Set, set) {
		t.Errorf("%d %+v", status, done)
	}
}

// told are the obligations that wait for no verdict.
func told(owed []sluss.Obligation) []sluss.Obligation {
	return slices.DeleteFunc(owed, func(o sluss.Obligation) bool { return o.Awaits != "" })
}
