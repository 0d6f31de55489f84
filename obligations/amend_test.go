package obligations

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
)

// filed is a note of reception as it was taken.
func filed(t *testing.T) sluss.Content {
	t.Helper()
	d := swedish()
	start := d.Legs[0].Departure
	by := sluss.Person{Name: "Cecilia Berg"}
	events := []sluss.Event{
		{Kind: sluss.Produced, At: start.Add(-time.Hour), By: by},
		{Kind: sluss.PickedUp, Leg: 1, At: start, By: by},
		{Kind: sluss.Received, At: start.Add(2 * time.Hour), Mass: d.Waste.Mass, By: by},
		{Kind: sluss.WasteAccepted, At: start.Add(3 * time.Hour), By: by},
	}
	for i := range events {
		for _, o := range For(d, events[:i+1]) {
			if o.Report == sluss.ReportReception {
				return sluss.Content{Declaration: d, Obligation: o, Events: events[:i+1]}
			}
		}
	}
	t.Fatal("the sample owes no note of reception")
	return sluss.Content{}
}

func asked(change func(a *sluss.Amendment)) sluss.Amendment {
	a := sluss.Amendment{
		Filing: "filing/default/VO-1/se.reception", Receipt: "072f294c-9e70-4cf6-b6a3-139922067ddc",
		Set: map[string]string{"events.received.mass": "1180.5"}, Reason: "weighed again", By: sluss.Person{Name: "Karin Holm"},
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestAmendmentIsADutyOfItsOwn(t *testing.T) {
	c := filed(t)
	hash := c.Hash()
	amended, err := Amend(c, 1, asked(nil))
	if err != nil {
		t.Fatal(err)
	}
	o := amended.Obligation
	if o.ID != "se.reception.amend1" || o.Rule.Paragraph != "ch. 6 § 12" || o.Rule.Country != "SE" || o.Rule.ID != sluss.RuleCorrection || !o.Due.IsZero() || o.Gates != "" || o.Signer != sluss.Officer {
		t.Errorf("obligation %+v", o)
	}
	if o.Report != c.Obligation.Report || o.Event != c.Obligation.Event || !o.NoteBy.Equal(c.Obligation.NoteBy) || !slices.Equal(o.After, c.Obligation.After) {
		t.Errorf("the note itself changed: %+v", o)
	}
	if e, _ := amended.Event(sluss.Received); e.Mass != 1180_500 || c.Hash() != hash {
		t.Errorf("received %s; the content it was made from has changed: %v", e.Mass, c.Hash() != hash)
	}
	again, err := Amend(amended, 2, asked(func(a *sluss.Amendment) { a.Set = map[string]string{"waste.name": "Oil"} }))
	if err != nil || again.Obligation.ID != "se.reception.amend2" || again.Obligation.Rule != o.Rule {
		t.Errorf("%v, %+v", err, again.Obligation)
	}
	annulled, err := Amend(c, 1, asked(func(a *sluss.Amendment) { a.Set, a.Annul = nil, sluss.SentTwice }))
	if err != nil || annulled.Amends.Annul != sluss.SentTwice || annulled.Obligation.Rule.ID != sluss.RuleAnnulment || annulled.Hash() == hash {
		t.Errorf("%v, %+v", err, annulled.Amends)
	}
}

func TestFaultsOfAmendments(t *testing.T) {
	set := func(path, value string) func(a *sluss.Amendment) {
		return func(a *sluss.Amendment) { a.Set = map[string]string{path: value} }
	}
	for name, test := range map[string]struct {
		change func(a *sluss.Amendment)
		fields []string
		remedy string
	}{
		"all at once": {func(a *sluss.Amendment) {
			a.Set, a.Reason, a.By.Name = map[string]string{"waste.colour": "red", "tenant": "north"}, " ", ""
		}, []string{"reason", "by.name", "tenant", "waste.colour"}, "say how"},
		"nothing":         {func(a *sluss.Amendment) { a.Set = nil }, []string{"set"}, "path=value"},
		"no change":       {set("waste.name", filed(t).Declaration.Waste.Name), []string{"set"}, "differs"},
		"both":            {func(a *sluss.Amendment) { a.Annul = sluss.SentTwice }, []string{"set"}, "annul it, or"},
		"no such reason":  {func(a *sluss.Amendment) { a.Annul, a.Set = "mistake", nil }, []string{"annul"}, "wrong-waste, wrong-note, wrong-operator or sent-twice"},
		"other waste":     {set("waste.code", "130208*"), []string{"waste.code"}, "annul the report (wrong-waste)"},
		"other party":     {set("receiver.id", "5560360793"), []string{"receiver.id"}, "annul the report (wrong-operator)"},
		"no such event":   {set("events.treated.at", "2026-11-23T08:00:00+01:00"), []string{"events.treated.at"}, "received"},
		"another event":   {set("events.received.kind", "refused"), []string{"events.received.kind"}, "refused_mass"},
		"out of order":    {set("events.received.at", "2020-11-23T08:00:00+01:00"), []string{"events.received.at"}, "when it happened"},
		"no such result":  {set("result.mass", "1"), []string{"result.mass"}, ""},
		"nothing came in": {set("events.received.mass", "0"), []string{"events.received.mass"}, "received"},
		"half a path":     {set("events.received", "0"), []string{"events.received"}, "name one of"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Amend(filed(t), 1, asked(test.change))
			list, _ := err.(sluss.Faults) //nolint:errorlint // that is what it must be
			var fields []string
			for _, f := range list {
				fields = append(fields, f.Field)
			}
			if !slices.Equal(fields, test.fields) {
				t.Fatalf("faults of %q, want %q: %v", fields, test.fields, err)
			}
			if !strings.Contains(list[0].Remedy, test.remedy) {
				t.Errorf("remedy %q, want %q", list[0].Remedy, test.remedy)
			}
		})
	}
}

// All times of a report that move to another year together are in order, and held until a
// person confirms each.
func TestEventsThatMoveByYearsAreConfirmed(t *testing.T) {
	c := filed(t)
	set := map[string]string{}
	for _, e := range c.Events {
		set["events."+string(e.ID())+".at"] = e.At.AddDate(-6, 0, 0).Format(time.RFC3339)
	}
	move := func(a *sluss.Amendment) { a.Set = set }
	_, err := Amend(c, 1, asked(move))
	list, _ := err.(sluss.Faults) //nolint:errorlint // that is what it must be
	if len(list) != len(c.Events) || list[0].Field != "events.produced.at" || !strings.Contains(list[0].Problem, "is 6 years from") || !strings.Contains(list[0].Remedy, "events.produced.confirmed.N.field=at") {
		t.Fatalf("%v", err)
	}
	for _, e := range c.Events {
		set["events."+string(e.ID())+".confirmed.0.field"], set["events."+string(e.ID())+".confirmed.0.reason"] = "at", "entered in the year of the old note"
	}
	if _, err := Amend(c, 1, asked(move)); err != nil {
		t.Errorf("confirmed: %v", err)
	}
	for _, e := range c.Events {
		set = map[string]string{"events." + string(e.ID()) + ".at": e.At.Add(time.Minute).Format(time.RFC3339)}
		if _, err := Amend(c, 1, asked(move)); err != nil {
			t.Errorf("by a minute: %v", err)
		}
	}
}

func TestResultsAreCorrectedByTheirOwnPaths(t *testing.T) {
	c := filed(t)
	c.Obligation.Report, c.Result = sluss.ReportTreatment, &sluss.Result{Code: c.Declaration.Waste.Code, Mass: 1000, Methods: []sluss.Method{{Operation: "R9"}}}
	amended, err := Amend(c, 1, asked(func(a *sluss.Amendment) {
		a.Set = map[string]string{"result.mass": "7", "result.product": "5.5", "result.methods.0.operation": "R3"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if r := amended.Result; r.Mass != 7000 || r.Product == nil || *r.Product != 5500 || r.Methods[0].Operation != "R3" || c.Result.Methods[0].Operation != "R9" {
		t.Errorf("%+v", r)
	}
}
