package obligations

import (
	"slices"
	"testing"
	"time"

	"sluss"
)

// signed is a step of a French BSDD as the registry took it.
func signed(t *testing.T, note sluss.ReportKind) sluss.Content {
	t.Helper()
	d := french()
	start := d.Legs[0].Departure
	by := sluss.Person{Name: "Rita Blanc"}
	events := []sluss.Event{
		{Kind: sluss.Produced, At: start.Add(-time.Hour), By: by},
		{Kind: sluss.PickedUp, Leg: 1, At: start, By: by},
		{Kind: sluss.Received, At: start.Add(2 * time.Hour), Mass: d.Waste.Mass, By: by},
		{Kind: sluss.WasteAccepted, At: start.Add(3 * time.Hour), By: by},
		{Kind: sluss.Treated, At: start.Add(30 * time.Hour), By: by},
	}
	for i := range events {
		for _, o := range For(d, events[:i+1]) {
			if o.Report == note {
				return sluss.Content{Declaration: d, Obligation: o, Events: events[:i+1]}
			}
		}
	}
	t.Fatalf("the sample owes no %s", note)
	return sluss.Content{}
}

// TestRevisionNamesWhatIsSealed: every path at once, with what to do instead,
// before anybody is asked.
func TestRevisionNamesWhatIsSealed(t *testing.T) {
	ask := func(set map[string]string) sluss.Amendment {
		return sluss.Amendment{Set: set, Reason: "weighed again", By: sluss.Person{Name: "Karin Holm"}}
	}
	for name, test := range map[string]struct {
		note sluss.ReportKind
		a    sluss.Amendment
		want []string // fields of the faults
	}{
		"what may change":      {sluss.ReportEmission, ask(map[string]string{"waste.name": "Solvents, spent", "waste.packagings.0.count": "3", "treatment.acceptance": "CAP-2"}), nil},
		"the mass that left":   {sluss.ReportEmission, ask(map[string]string{"waste.mass": "2950", "pickups.0.mass": "1"}), []string{"pickups.0.mass", "waste.mass"}},
		"once it was weighed":  {sluss.ReportAcceptance, ask(map[string]string{"events.received.mass": "1310"}), nil},
		"far from the plan":    {sluss.ReportAcceptance, ask(map[string]string{"events.received.mass": "3100"}), []string{"events.received.mass"}},
		"and confirmed":        {sluss.ReportAcceptance, ask(map[string]string{"events.received.mass": "3100", "events.received.confirmed.0.field": "mass", "events.received.confirmed.0.reason": "weighed"}), nil},
		"once it was treated":  {sluss.ReportProcessing, ask(map[string]string{"treatment.description": "burnt at 1100 °C"}), nil},
		"not before":           {sluss.ReportEmission, ask(map[string]string{"events.received.mass": "3100", "treatment.operation": "R1"}), []string{"events.received.mass", "treatment.operation"}},
		"companies, transport": {sluss.ReportEmission, ask(map[string]string{"receiver.id": "1", "legs.0.vehicles.0.plate": "AB-1", "waste.un": "UN 1", "events.pickedUp#1.at": "x", "approval": "officer"}), []string{"approval", "events.pickedUp#1.at", "legs.0.vehicles.0.plate", "receiver.id", "waste.un"}},
		"a deal abroad":        {sluss.ReportEmission, ask(map[string]string{"deals.0.trader.name": "Other"}), []string{"deals.0.trader.name"}},
		"what it says already": {sluss.ReportEmission, ask(map[string]string{"waste.name": french().Waste.Name}), []string{"set"}},
		"what is no code":      {sluss.ReportEmission, ask(map[string]string{"waste.code": "99"}), []string{"waste.code"}},
		"nothing, by nobody":   {sluss.ReportEmission, sluss.Amendment{}, []string{"by.name", "reason", "set"}},
		"annulled":             {sluss.ReportCreation, sluss.Amendment{Annul: sluss.NotCarried, Reason: "broke down", By: sluss.Person{Name: "K"}}, nil},
		"annulled by a step":   {sluss.ReportEmission, sluss.Amendment{Annul: sluss.NotCarried, Reason: "broke down", By: sluss.Person{Name: "K"}}, []string{"annul"}},
		"a Swedish reason":     {sluss.ReportCreation, sluss.Amendment{Annul: sluss.WrongOperator, Reason: "broke down", By: sluss.Person{Name: "K"}}, []string{"annul"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Amend(signed(t, test.note), 2, test.a)
			faults, _ := err.(sluss.Faults) //nolint:errorlint // as Amend says
			var got []string
			for _, f := range faults {
				got = append(got, f.Field)
				if f.Problem == "" || f.Remedy == "" {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("faults in %q, want %q: %v", got, test.want, err)
			}
			rule := sluss.RuleRevision
			if test.a.Annul != "" {
				rule = sluss.RuleCancellation
			}
			base := signed(t, test.note).Obligation
			if o := c.Obligation; o.ID != sluss.ObligationID(string(base.ID)+".amend2") || o.Rule.ID != rule || o.Signer == "" || !o.Due.IsZero() || o.Gates != "" || c.Amends == nil {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestRevisionOfAStorageAndOfARound: each party may revise its own values, and on a
// producer's part its mass, which changes that of the round.
func TestRevisionOfAStorageAndOfARound(t *testing.T) {
	life := []sluss.Event{happens(sluss.Produced, 0, 1, 8)}
	for name, test := range map[string]struct {
		batch  sluss.Declaration
		events []sluss.Event
		pickup int
		set    map[string]string
		want   []string
	}{
		"both certificates": {stored(), storedLife(), 0, map[string]string{"treatment.acceptance": "CAP-F", "legs.0.storage.acceptance": "CAP-S"}, nil},
		"the plan":          {stored(), storedLife()[:1], 0, map[string]string{"treatment.operation": "R4", "treatment.mode": "recycling"}, []string{"treatment.mode"}},
		"both weighings": {stored(), storedLife(), 0, map[string]string{
			"events.received#1.mass": "1241", "events.accepted#1.refused_mass": "0.5", "events.received.mass": "1231", "events.accepted.refused_mass": "0.5",
		}, []string{"events.accepted#1.reason", "events.accepted.reason"}},
		"before the receiver weighs": {stored(), storedLife()[:3], 0, map[string]string{"events.received#1.mass": "1241", "events.received.mass": "1231"}, []string{"events.received.mass"}},
		"the storer's operation":     {stored(), storedLife(), 0, map[string]string{"legs.0.storage.operation": "R13"}, []string{"legs.0.storage.operation"}},
		"no such storage":            {french(), life, 0, map[string]string{"legs.0.storage.acceptance": "CAP-S"}, []string{"legs.0.storage.acceptance"}},
		"a part":                     {aRound(), life, 1, map[string]string{"pickups.0.mass": "500", "pickups.0.packagings.0.count": "2"}, nil},
		"another's part":             {aRound(), life, 1, map[string]string{"pickups.1.mass": "500"}, []string{"pickups.1.mass"}},
		"the round":                  {aRound(), life, 0, map[string]string{"pickups.0.mass": "500", "waste.packagings.0.count": "9"}, []string{"pickups.0.mass", "waste.packagings.0.count"}},
	} {
		t.Run(name, func(t *testing.T) {
			filed := sluss.Content{Declaration: test.batch, Events: test.events, Obligation: sluss.Obligation{
				ID: "fr.emission#1", Registry: sluss.Trackdechets, Report: sluss.ReportEmission, Leg: 1, Pickup: test.pickup,
			}}
			c, err := Amend(filed, 1, sluss.Amendment{Set: test.set, Reason: "weighed again", By: sluss.Person{Name: "Karin Holm"}})
			faults, _ := err.(sluss.Faults) //nolint:errorlint // as Amend says
			var got []string
			for _, f := range faults {
				got = append(got, f.Field)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("faults in %q, want %q: %v", got, test.want, err)
			}
			if test.pickup > 0 && err == nil && c.Declaration.Waste.Mass != 750*sluss.Kilogram {
				t.Errorf("the round is %s", c.Declaration.Waste.Mass)
			}
		})
	}
}
