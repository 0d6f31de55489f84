package obligations

import (
	"strings"
	"testing"
	"time"

	"sluss"
)

func TestFaultsOfRoles(t *testing.T) {
	collectedInto := func() sluss.Declaration { return sentOn(sluss.Collector) }
	dealt := func() sluss.Declaration { return traded(sluss.Dealer) }
	households := func() sluss.Declaration { return ofHouseholds(sluss.Property, "") }
	for _, test := range []struct {
		sample func() sluss.Declaration
		change func(*sluss.Declaration)
		want   string // field: problem, of the only fault
	}{
		// Roles.
		{swedish, func(d *sluss.Declaration) { d.Producer.Role = sluss.Producer }, `producer.role: "producer" is not a role of this party (leave it out)`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Transporter.Role = sluss.Collector }, `legs.0.transporter.role: "collector" is not a role of this party`},
		{swedish, func(d *sluss.Declaration) { d.Receiver.Role = sluss.Treater }, `receiver.role: "treater" is not a role of this party (use collector or producer, or leave it out)`},
		{collected, func(d *sluss.Declaration) { d.Treatment.Operation = "R9" }, `treatment.operation: a collector cannot carry out R9 (use R12, R13, D13, D14 or D15, or leave receiver.role out)`},
		{french, func(d *sluss.Declaration) { d.Receiver.Role = sluss.Collector }, `receiver.role: "collector" is not a role of this party`},
		{collectedInto, func(d *sluss.Declaration) { d.Legs[0].Consignor.Role = sluss.Broker }, `legs.0.consignor.role: "broker" is not a role of this party (use collector or treater, or leave it out)`},
		{swedishTwoLegs, func(d *sluss.Declaration) { c := carrier(); c.Role = sluss.Collector; d.Legs[1].Consignor = &c }, `legs.1.consignor.role: "collector" is not a role of this party (leave it out; a company that collects`},

		// Deals.
		{dealt, func(d *sluss.Declaration) { d.Deals[0].Trader.Role = "" }, `deals.0.trader.role: the role of the party is missing (use dealer or broker)`},
		{dealt, func(d *sluss.Declaration) { d.Deals[0].Trader.Role = sluss.Collector }, `deals.0.trader.role: "collector" is not a role of this party`},
		{dealt, func(d *sluss.Declaration) { d.Deals[0].From.ID = "5560000168" }, `deals.0.from.id: is not a number of a company in SE`},
		{dealt, func(d *sluss.Declaration) { d.Deals[0].At = time.Time{} }, `deals.0.at: the time of the deal is missing`},
		{dealt, func(d *sluss.Declaration) { d.Deals[0].To = plant() }, `deals.0.to: is the party that sold the waste`},

		// Origins.
		{households, func(d *sluss.Declaration) { d.Origin = "school" }, `origin: there is no origin "school"`},
		{households, func(d *sluss.Declaration) { d.Producer.ID = plant().ID }, `producer.id: waste with an origin has no company that produced it`},
		{households, func(d *sluss.Declaration) { d.Legs[0].From.Site = "school" }, `legs.0.from.site: there is no site "school"`},
		{households, func(d *sluss.Declaration) { d.Legs[0].From.Municipality = "" }, `legs.0.from.municipality: there is no municipality`},
		{households, func(d *sluss.Declaration) { d.Legs[0].To.Establishment = "" }, `legs.0.to.address: the place within the municipality is missing`},
		{households, func(d *sluss.Declaration) { d.Legs[0].From = sluss.Place{Country: "NO"} }, `origin: this origin is supported only if the first leg starts in Sweden`},

		{fromRecyclingCentre, func(d *sluss.Declaration) { d.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0180"} }, `legs.0.from.address: the place within the municipality is missing`},

		// Predecessors.
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Reference = "" }, `predecessors.0.reference: neither the reference nor the receipt of the batch is given`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Reference = "/" }, `predecessors.0.reference: "/" is not a valid reference`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Reference = d.Reference }, `predecessors.0.reference: a batch cannot continue itself`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Reference = "VO-1" }, `predecessors.1.reference: VO-1 is listed twice`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Mass = 0 }, `predecessors.0.mass: the mass must be more than 0`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessors[0].Receipt = "12" }, `predecessors.0.receipt: is not a waste id`},
		{collectedInto, func(d *sluss.Declaration) { d.Predecessor = "VO-9" }, `predecessor: VO-9 is not among the predecessors`},
	} {
		d := test.sample()
		if faults := Validate(d); faults != nil {
			t.Errorf("before the change for %q: %v", test.want, faults)
		}
		test.change(&d)
		switch faults := Validate(d); {
		case len(faults) != 1:
			t.Errorf("want only %q, got %d: %v", test.want, len(faults), faults)
		case !strings.HasPrefix(faults[0].String(), test.want):
			t.Errorf("got %q, want %q", faults[0], test.want)
		case faults[0].Remedy == "":
			t.Errorf("%q has no remedy", faults[0])
		}
	}
}

func TestFaultsOfRolesAreToldAtOnce(t *testing.T) {
	d := sluss.Declaration{
		Origin: "school", Legs: make([]sluss.Leg, 1), Deals: make([]sluss.Deal, 1), Predecessors: make([]sluss.Predecessor, 1), Predecessor: "VO-9",
		Receiver: sluss.Party{Role: "boss"},
	}
	d.Legs[0].From.Country, d.Legs[0].From.Site = "SE", "school"
	fields := map[string]bool{}
	for _, fault := range Validate(d) {
		fields[fault.Field] = true
	}
	for _, want := range []string{
		"origin", "deals.0.trader.role", "deals.0.trader.name", "deals.0.at", "predecessors.0.reference", "predecessors.0.mass", "predecessor",
		"receiver.role", "legs.0.from.site",
	} {
		if !fields[want] {
			t.Errorf("%s is wrong and nobody says so; said: %v", want, fields)
		}
	}
}

// A declaration reaches its new parts by path, as corrections and imports do.
func TestRolesAreSetByPath(t *testing.T) {
	d, err := swedish().Corrected(sluss.Correction{Set: map[string]string{
		"receiver.role": "collector", "treatment.operation": "R13", "legs.0.municipal": "true", "legs.0.to.site": "recycling-centre",
		"legs.0.consignor.role": "collector", "legs.0.consignor.id": "5560069618", "deals.0.at": "2026-10-05T08:00:00+02:00",
		"predecessors.0.reference": "VO-0", "predecessors.0.mass": "12.5", "origin": "unknown",
	}})
	if err != nil || d.Receiver.Role != sluss.Collector || !d.Legs[0].Municipal || d.Legs[0].Consignor.Role != sluss.Collector ||
		d.Predecessors[0].Mass != 12_500 || !d.Deals[0].At.Equal(morning(1, 8)) || d.Legs[0].To.Site != sluss.RecyclingCentre {
		t.Errorf("%v: %+v", err, d)
	}
	if d, err = d.Corrected(sluss.Correction{Set: map[string]string{"deals": ""}}); err != nil || d.Deals != nil {
		t.Errorf("deals are not cleared: %v", err)
	}
}
