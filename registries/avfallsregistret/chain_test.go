package avfallsregistret_test

import (
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	sim "sluss/simulators/avfallsregistret"
)

// chain files all notes that the law requires for batches that continue each other.
type chain struct {
	service
	receipts map[string]sluss.Receipt // by filing
}

// submit files one content with the receipts that it waits for, as the batch's
// workflow would.
func (c chain) submit(t *testing.T, content sluss.Content) {
	t.Helper()
	d, o := content.Declaration, content.Obligation
	content.Receipts = map[string]sluss.Receipt{}
	for _, id := range o.After {
		for _, filing := range []string{id, string(d.ID().Filing(sluss.ObligationID(id)))} {
			if receipt, ok := c.receipts[filing]; ok {
				content.Receipts[id] = receipt
			}
		}
	}
	if len(content.Receipts) != len(o.After) {
		t.Errorf("%s %s comes after %v, and not all of them are filed", d.Reference, o.ID, o.After)
	}
	id := d.ID().Filing(o.ID)
	c.receipts[string(id)] = accepted(t, c.service, sluss.Submission{Filing: id, Content: content})
}

// live makes all events of a batch happen as planned, and files what is owed.
func (c chain) live(t *testing.T, d sluss.Declaration) []sluss.Event {
	t.Helper()
	if faults := obligations.Validate(d); faults != nil {
		t.Fatalf("%s: %v", d.Reference, faults)
	}
	var events []sluss.Event
	for _, e := range append(life(d), sluss.Event{Kind: sluss.WasteAccepted}, sluss.Event{Kind: sluss.Treated}) {
		if e.At.IsZero() {
			e.At = events[len(events)-1].At.Add(time.Hour)
		}
		events = append(events, e)
		for _, o := range obligations.For(d, events) {
			if o.Awaits != "" {
				continue
			}
			c.submit(t, sluss.Content{Declaration: d, Obligation: o, Events: events})
		}
	}
	return events
}

// The notes of every Swedish role on waste that is collected, traded, sent on,
// treated and sent on again are filed. Each refers to the nearest note before it.
func TestAWholeChainIsFiled(t *testing.T) {
	c := chain{open(t, sim.Options{Links: sim.LinksToCurrentNotes, Now: func() time.Time {
		return time.Date(2027, time.January, 5, 9, 0, 0, 0, time.UTC)
	}}), map[string]sluss.Receipt{}}
	collector := sluss.Party{
		ID: "2021003898", Country: "SE", Name: "Återvinningen i Uppsala", Role: sluss.Collector,
		Contact: sluss.Contact{Name: "Eva Ros", Phone: "018123456", Email: "eva@uppsala.example"},
	}
	yard := sluss.Place{Country: "SE", Municipality: "0380", Address: "Lagergatan 1", Postcode: "75321", City: "Uppsala"}
	sold := example(t, "se-waste-oil")
	works := sold.Legs[0].To

	collected := example(t, "se-waste-oil")
	collected.Reference, collected.Receiver, collected.Legs[0].To, collected.Treatment.Operation = "KEDJA-1", collector, yard, "R13"
	trader, buyer := collector, collector
	trader.ID, trader.Role, buyer.Role = "2021004748", sluss.Broker, ""
	collected.Deals = []sluss.Deal{{Trader: trader, From: collected.Producer, To: buyer, At: collected.Legs[0].Departure.Add(-24 * time.Hour)}}
	c.live(t, collected)

	on := example(t, "se-waste-oil")
	on.Reference, on.Legs[0].Consignor, on.Legs[0].From = "KEDJA-2", &collector, yard
	on.Legs[0].Departure = on.Legs[0].Departure.Add(24 * time.Hour)
	on.Predecessor = collected.Reference
	events := c.live(t, on)

	treater := on.Receiver
	treater.Role = sluss.Treater
	residue := example(t, "se-waste-oil")
	residue.Reference, residue.Legs[0].Consignor, residue.Legs[0].From, residue.Legs[0].To = "KEDJA-3", &treater, works, yard
	residue.Legs[0].Departure = residue.Legs[0].Departure.Add(72 * time.Hour)
	residue.Receiver, residue.Receiver.Role, residue.Predecessor = collector, "", on.Reference
	c.live(t, residue)

	for _, result := range obligations.Results(sluss.Quarter{Year: 2026, Number: 4}, []obligations.Treated{
		{Declaration: on, Events: events, Yield: sluss.Yield{Product: mass(1200), NonHazardous: mass(0)}},
	}) {
		c.submit(t, result)
	}

	records := c.Notes()
	want := []struct {
		path, operator string
		after          int // the note that it names; -1: none
	}{
		{"handel", "2021004748", -1},
		{"transportplaneringar", "5560000167", -1},
		{"transporter", "5560065087", 1},
		{"insamlingar", "2021003898", 2},
		{"insamlingstransport", "2021003898", 3},
		{"transporter", "5560065087", 4},
		{"behandlingsmottaganden", "5560069618", 5},
		{"behandlingsoverlamningar", "5560069618", 6},
		{"transporter", "5560065087", 7},
		{"behandlingsmottaganden", "2021003898", 8},
		{"behandlingsresultat", "5560069618", 6},
	}
	for i, note := range records {
		after := ""
		if i < len(want) && want[i].after >= 0 {
			after = records[want[i].after].AvfallID
		}
		if i >= len(want) || note.Path != want[i].path || note.Operator != want[i].operator || note.Predecessor != after {
			t.Errorf("note %d: %s of %s after %q", i, note.Path, note.Operator, note.Predecessor)
		}
	}
	if len(records) != len(want) {
		t.Errorf("%d notes, want %d", len(records), len(want))
	}
}
