package sluss

import "testing"

func TestPrecursorIsTheLargest(t *testing.T) {
	for _, test := range []struct {
		d    Declaration
		want string
	}{
		{Declaration{}, ""},
		{Declaration{Predecessor: "A"}, "A"},
		{Declaration{Predecessors: []Predecessor{{Reference: "A", Mass: 2}, {Reference: "B", Mass: 3}, {Reference: "C", Mass: 3}}}, "B"},
		{Declaration{Predecessor: "A", Predecessors: []Predecessor{{Reference: "A", Mass: 2}, {Reference: "B", Mass: 3}}}, "B"},
		{Declaration{Predecessors: []Predecessor{{Receipt: "another company's", Mass: 4}, {Reference: "B", Mass: 3}}}, ""},
	} {
		if got := test.d.Precursor(); got.Reference != test.want {
			t.Errorf("%+v: %+v, want %q", test.d.Predecessors, got, test.want)
		}
	}
}

func TestObligedIsTheNamedParty(t *testing.T) {
	named := func(name string) Party { return Party{Name: name} }
	collector, platform := named("collector"), named("platform")
	d := Declaration{
		Producer: named("producer"), Receiver: named("receiver"), Deals: []Deal{{Trader: named("dealer")}, {Trader: named("broker")}},
		Legs: []Leg{{Transporter: named("first"), Consignor: &collector}, {Transporter: named("second")}, {Transporter: named("third"), Consignor: &platform}},
	}
	for _, test := range []struct {
		o          Obligation
		name, path string
	}{
		{Obligation{Role: Producer}, "producer", "producer"},
		{Obligation{Role: Producer, Leg: 1}, "producer", "producer"},
		{Obligation{Role: Transporter, Leg: 2}, "second", "legs.1.transporter"},
		{Obligation{Role: Transporter, Leg: 4}, "", ""},
		{Obligation{Role: Receiver, Leg: 3}, "receiver", "receiver"},
		{Obligation{Role: Collector}, "receiver", "receiver"},
		{Obligation{Role: Collector, Leg: 1}, "collector", "legs.0.consignor"},
		{Obligation{Role: Treater, Leg: 1}, "collector", "legs.0.consignor"},
		{Obligation{Role: Collector, Leg: 2}, "first", "legs.0.transporter"},
		{Obligation{Role: Collector, Leg: 3}, "platform", "legs.2.consignor"},
		{Obligation{Role: Broker, Deal: 2}, "broker", "deals.1.trader"},
		{Obligation{Role: Dealer}, "", ""},
		{Obligation{Role: Dealer, Deal: 3}, "", ""},
		{Obligation{Role: Officer}, "", ""},
	} {
		if party, path := d.Obliged(test.o); party.Name != test.name || path != test.path {
			t.Errorf("%+v: %q at %q, want %q at %q", test.o, party.Name, path, test.name, test.path)
		}
	}
	d.Legs[0].Consignor = nil
	if party, path := d.Obliged(Obligation{Role: Collector, Leg: 1}); party.Name != "producer" || path != "producer" {
		t.Errorf("without a consignor: %q at %q", party.Name, path)
	}
}
