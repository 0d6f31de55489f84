package service_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/service"
)

// TestWhatIsFiledIsComparedWithCorrectedEvents: the notes that tell of a corrected event
// are outdated, with what brings them up to date, and those that are not owed any more are
// to be annulled; each until that is done.
func TestWhatIsFiledIsComparedWithCorrectedEvents(t *testing.T) {
	sv, y := openDepot(t)
	d, ctx := example(t, "se-waste-oil"), t.Context()
	d.Tenant, d.Reference = sluss.DefaultTenant, "VO-1"
	lived(t, y.l, d)
	correct := func(c sluss.Correction) map[sluss.FilingID]service.Outdated {
		t.Helper()
		c.Reason, c.By = "as it was", sluss.Person{Name: officer}
		done, err := sv.Correct(ctx, d.ID(), c)
		must(t, err)
		got := map[sluss.FilingID]service.Outdated{}
		for _, o := range done.Outdated {
			got[o.Filing] = o
		}
		return got
	}
	sets := func(list map[sluss.FilingID]service.Outdated, want map[sluss.ObligationID]string) {
		t.Helper()
		if len(list) != len(want) {
			t.Errorf("outdated are %+v, want %v", list, want)
		}
		for id, paths := range want {
			if got := strings.Join(slices.Sorted(maps.Keys(list[d.ID().Filing(id)].Set)), " "); got != paths {
				t.Errorf("%s: %+v, want %s", id, list[d.ID().Filing(id)], paths)
			}
		}
	}
	reception := d.ID().Filing("se.reception")
	sets(correct(sluss.Correction{Set: map[string]string{"events.received.mass": "1180"}}), map[sluss.ObligationID]string{"se.reception": "events.received.mass"})
	if shown, err := sv.Show(ctx, d.ID()); err != nil || len(shown.Outdated) != 1 || shown.Events[2].Mass != 1180*sluss.Kilogram || shown.Stage != "treated" {
		t.Errorf("%v: %+v", err, shown)
	}
	y2 := &clerk{t: t, l: y.l, updates: map[string]bool{}, contents: map[sluss.FilingID]sluss.Content{}}
	amending := &service.Service{Ledger: y.l, Temporal: y2}
	if _, err := amending.Amend(ctx, reception, service.Amending{Set: map[string]string{"events.received.mass": "1180"}, Reason: "as it was", By: sluss.Person{Name: officer}}); err != nil {
		t.Fatal(err)
	}
	left := time.Date(2026, 5, 4, 12, 30, 0, 0, noon.Location())
	sets(correct(sluss.Correction{Set: map[string]string{"events.pickedUp#1.at": left.Format(time.RFC3339)}}), map[sluss.ObligationID]string{
		"se.removal": "events.pickedUp#1.at", "se.transport#1": "events.pickedUp#1.at", // that of the reception is being amended
	})
	taken := correct(sluss.Correction{Remove: []string{"events.received", "events.accepted", "events.treated"}})
	if o := taken[reception]; o.Set != nil || o.Annul != sluss.WrongNote || !strings.Contains(o.Remedy, "annul the report (wrong-note)") || !strings.Contains(o.Why, "not owed any more") || len(taken) != 3 {
		t.Errorf("%+v", taken)
	}
	if _, err := sv.Correct(ctx, d.ID(), sluss.Correction{Set: map[string]string{"events.pickedUp#1.at": "2099-01-01T00:00:00Z"}, Reason: "x", By: sluss.Person{Name: officer}}); err == nil || !strings.Contains(err.Error(), "events.pickedUp#1.at: 2099-01-01T00:00:00Z is in the future") {
		t.Errorf("%v", err)
	}
}

// TestStepsOfABSDDAreComparedWithCorrectedEvents: only the step that told of the event, and
// what a revision can change; no step is annulled alone.
func TestStepsOfABSDDAreComparedWithCorrectedEvents(t *testing.T) {
	sv, y := openDepot(t)
	d, ctx := example(t, "fr-solvents"), t.Context()
	var events []sluss.Event
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, noon.Location())
	for i, e := range []sluss.Event{
		{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
	} {
		e.At, e.By = at.Add(time.Duration(i)*time.Hour), sluss.Person{Name: "Jeanne Morel"}
		events = append(events, e)
		r := sluss.EventRecord{Batch: d.ID(), Event: e, Obligations: obligations.For(d, events), At: e.At}
		if i == 0 {
			r.Declaration = &d
		}
		must(t, y.l.RecordEvent(ctx, r))
		for _, o := range r.Obligations {
			filed(t, y.l, d.ID().Filing(o.ID), sluss.Content{Declaration: d, Obligation: o, Events: slices.Clone(events)}, "BSD-1")
		}
	}
	for _, test := range []struct {
		c      sluss.Correction
		filing sluss.ObligationID
		set    map[string]string
		remedy string
	}{
		{sluss.Correction{Set: map[string]string{"waste.name": "Solvants"}}, "", nil, ""}, // of the declaration
		{sluss.Correction{Set: map[string]string{"events.pickedUp#1.at": at.Add(90 * time.Minute).Format(time.RFC3339)}}, "", nil, ""},
		{sluss.Correction{Set: map[string]string{"events.received.mass": "2300"}}, "fr.acceptance", map[string]string{"events.received.mass": "2300"}, ""},
		{sluss.Correction{Set: map[string]string{"events.treated.operation": "R1"}}, "is not a mode of R1", nil, ""},
		{sluss.Correction{Set: map[string]string{"events.treated.operation": "R3"}}, "fr.processing", map[string]string{"events.treated.operation": "R3"}, ""},
		{sluss.Correction{Remove: []string{"events.treated"}}, "fr.processing", nil, "no step of a BSDD is annulled alone"},
	} {
		c := test.c
		c.Reason, c.By = "as it was", sluss.Person{Name: officer}
		done, err := sv.Correct(ctx, d.ID(), c)
		if strings.Contains(string(test.filing), " ") { // why it is refused
			if err == nil || !strings.Contains(err.Error(), string(test.filing)) {
				t.Errorf("%v: %v", c, err)
			}
			continue
		}
		must(t, err)
		i := slices.IndexFunc(done.Outdated, func(o service.Outdated) bool { return o.Filing == d.ID().Filing(test.filing) })
		if test.filing == "" {
			if len(done.Outdated) > 0 {
				t.Errorf("%v: %+v", c, done.Outdated)
			}
			continue
		}
		if i < 0 || !maps.Equal(done.Outdated[i].Set, test.set) || !strings.Contains(done.Outdated[i].Remedy, test.remedy) || (test.remedy == "") != (done.Outdated[i].Remedy == "") {
			t.Errorf("%v: %+v", c, done.Outdated)
		}
	}
	if _, err := sv.Correct(ctx, d.ID(), sluss.Correction{Set: map[string]string{"events.accepted.refused_mass": "9000", "treatment.operation": "R1"}, Reason: "x", By: sluss.Person{Name: officer}}); err == nil ||
		!strings.Contains(err.Error(), "events.accepted.refused_mass: 9000 kg is not less than") || !strings.Contains(err.Error(), "treatment.mode") {
		t.Errorf("by law and by the registry at once: %v", err)
	}
	for registry, want := range map[string]int{"": 1, sluss.Trackdechets: 1, sluss.Avfallsregistret: 0, sluss.Autosys: 0} {
		list, err := sv.Inbox(ctx, service.InboxFilter{Registry: registry})
		must(t, err)
		if list = slices.DeleteFunc(list, func(f service.Filing) bool { return f.Outdated == nil }); len(list) != want {
			t.Errorf("at %q: %+v", registry, list)
		}
	}
}
