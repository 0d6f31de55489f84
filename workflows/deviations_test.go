package workflows_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"

	"sluss"
)

// deviations are what can go otherwise than planned, by the names of the rows of
// docs/deviations.md. Each runs batches with the real clients of the registries and their
// simulators.
var deviations = map[string]func(t *testing.T){
	"cancelled":           cancelledBeforeItLeft,
	"turned-round":        turnedRound,
	"never-left":          neverLeft,
	"leg-dropped":         legDropped,
	"leg-added":           legAdded,
	"transporter-changed": transporterChanged,
	"lorry-changed":       lorryChanged,
	"one-carrier":         oneCarrier,
	"receiver-changed":    receiverChanged,
	"refused":             refusedLoad,
	"partly-refused":      partlyRefused,
	"returned":            returned,
	"sent-on":             sentOn,
	"split":               split,
	"weighed":             weighedAfterAnEstimate,
}

func TestDeviations(t *testing.T) {
	for name, row := range deviations {
		t.Run(name, row)
	}
}

// TestEveryDeviationInTheDocumentationIsTested, and every one that is tested stands there.
func TestEveryDeviationInTheDocumentationIsTested(t *testing.T) {
	page, err := os.ReadFile("../docs/deviations.md")
	must(t, err)
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		told[row[1]] = true
		if deviations[row[1]] == nil {
			t.Errorf("%s has no test", row[1])
		}
	}
	for name := range deviations {
		if !told[name] {
			t.Errorf("%s does not stand in docs/deviations.md", name)
		}
	}
}

// planned is an example, changed.
func planned(t *testing.T, example string, change ...func(*sluss.Declaration)) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile("../examples/" + example + ".json")
	must(t, err)
	var d sluss.Declaration
	must(t, json.Unmarshal(data, &d))
	for _, c := range change {
		c(&d)
	}
	return d
}

var (
	leftAt    = sluss.Event{Kind: sluss.PickedUp, Leg: 1}
	accepting = sluss.Event{Kind: sluss.WasteAccepted}
	treating  = sluss.Event{Kind: sluss.Treated}
	cancels   = sluss.Event{Kind: sluss.Cancelled, Reason: "the customer kept it"}
)

// arrives reports the rest of a batch's life.
func (w *world) arrives(from time.Duration) {
	w.report(from, sluss.Event{Kind: sluss.Received, Mass: w.batch.Waste.Mass})
	w.report(from+2*hour, accepting)
	w.report(from+24*hour, treating)
}

func cancelledBeforeItLeft(t *testing.T) {
	t.Helper()
	sweden := otherwise(t, planned(t, "se-waste-oil"), nil)
	sweden.report(1*hour, cancels)
	sweden.ends("cancelled")
	sweden.files()
	if n := sweden.sweden.Notes(); len(n) != 0 {
		t.Errorf("the registry has %+v", n)
	}

	france := otherwise(t, planned(t, "fr-solvents"), nil)
	france.held["fr.emission#1"] = true
	france.report(2*hour, cancels)
	france.ends("cancelled")
	france.files("fr.creation", "fr.sealing")
	france.amend("fr.creation", sluss.Amendment{Annul: sluss.NotCarried})
	if f := france.france.Forms(); len(f) > 0 && !f[0].Deleted {
		t.Errorf("the BSDD is still there: %+v", f[0])
	}

	norway := otherwise(t, planned(t, "no-lorry-swedish-load"), nil)
	norway.report(1*hour, cancels)
	norway.ends("cancelled")
}

func turnedRound(t *testing.T) {
	t.Helper()
	sweden := otherwise(t, planned(t, "se-waste-oil"), nil)
	sweden.report(2*hour, leftAt)
	sweden.report(5*hour, cancels)
	sweden.ends("cancelled")
	sweden.files("se.removal", "se.transport#1")
	if n := sweden.notes(); len(n["transportplaneringar"]) != 1 || len(n["transporter"]) != 1 {
		t.Errorf("the registry has %+v", n)
	}

	france := otherwise(t, planned(t, "fr-solvents"), nil)
	france.report(2*hour, leftAt)
	france.report(5*hour, cancels)
	france.ends("cancelled")
	france.files("fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1")
	france.amend("fr.creation", sluss.Amendment{Annul: sluss.NotCarried}, func() {
		const receiver = "00000000283390"
		asked, _, _, err := france.td.PendingRevisions(t.Context(), receiver, "")
		if err != nil || len(asked) != 1 {
			t.Fatalf("%v, %v", asked, err)
		}
		_, _, err = france.td.AnswerRevision(t.Context(), receiver, asked[0].ID, true, "")
		must(t, err)
	})
	if got := france.status(); got != "CANCELED" {
		t.Errorf("the BSDD is %s", got)
	}
}

func neverLeft(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	w.held["se.transport#1"] = true
	w.report(2*hour, leftAt)
	w.correct(6*hour, sluss.Correction{Remove: []string{"events.pickedUp#1"}})
	w.report(7*hour, cancels)
	w.ends("cancelled")
	w.files("se.removal", "se.transport#1")
	for _, id := range w.seen.order {
		w.amend(id, sluss.Amendment{Annul: sluss.WrongNote})
	}
	for _, n := range w.sweden.Notes() {
		if n.Annulled == nil || n.Annulled.Reason != "FelAnteckningstyp" {
			t.Errorf("%s is annulled %+v", n.Path, n.Annulled)
		}
	}
}

// ending is how the first leg of a two-transporter batch goes to the receiver.
func ending(d sluss.Declaration) sluss.Correction {
	to := d.Legs[1].To
	set := map[string]string{"legs.0.to.municipality": to.Municipality, "legs.0.to.address": to.Address, "legs.0.to.postcode": to.Postcode, "legs.0.to.city": to.City}
	return sluss.Correction{Remove: []string{"legs.1"}, Set: set}
}

func legDropped(t *testing.T) {
	t.Helper()
	sweden := otherwise(t, planned(t, "se-two-transporters"), nil)
	change := ending(sweden.batch)
	sweden.report(2*hour, leftAt)
	sweden.correct(8*hour, change)
	sweden.arrives(10 * hour)
	sweden.ends("treated")
	sweden.files("se.removal", "se.transport#1", "se.reception")
	sweden.upToDate(change, "se.transport#1")
	carried := sweden.notes()["transporter"]
	if len(carried) != 1 || carried[0].Replaces == "" || says(t, carried[0], "nyInnehavare") != sweden.batch.Receiver.ID || says(t, carried[0], "transportSlutplats", "kommunkod") != "1980" {
		t.Errorf("the first transporter's note is %+v", carried)
	}

	france := otherwise(t, planned(t, "fr-two-transporters"), nil)
	france.held["fr.take-over#2"] = true
	france.report(2*hour, leftAt)
	france.correct(8*hour, ending(france.batch))
	france.arrives(10 * hour)
	france.ends("treated")
	france.files("fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1", "fr.arrival", "fr.acceptance", "fr.processing")
	if got := france.status(); got != "PROCESSED" {
		t.Errorf("the BSDD is %s", got)
	}
}

// uppsala is another Swedish transporter.
func uppsala() sluss.Party { return companies()[2] }

func legAdded(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	end := w.batch.Legs[0].To
	second := sluss.Leg{Transporter: uppsala(), Mode: sluss.Road, Departure: w.batch.Legs[0].Departure.Add(8 * hour), From: sluss.Place{Country: "SE", Municipality: "0380", Address: "Hamnvägen 1", Postcode: "75323"}, To: end}
	item, err := json.Marshal(second)
	must(t, err)
	change := sluss.Correction{
		Add: map[string]json.RawMessage{"legs.1": item},
		Set: map[string]string{"legs.0.to.municipality": "0380", "legs.0.to.address": "Hamnvägen 1", "legs.0.to.postcode": "75323"},
	}
	w.report(2*hour, leftAt)
	w.correct(6*hour, change)
	w.report(8*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2})
	w.arrives(12 * hour)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.transport#2", "se.reception")
	w.upToDate(change, "se.transport#1")
	for _, n := range w.notes()["transporter"] {
		if n.Operator == w.batch.Legs[0].Transporter.ID && says(t, n, "nyInnehavare") != uppsala().ID {
			t.Errorf("the first transporter handed it to %v", says(t, n, "nyInnehavare"))
		}
	}
}

func transporterChanged(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	w.report(2*hour, leftAt)
	w.correct(6*hour, sluss.Correction{Set: map[string]string{"legs.0.transporter.id": uppsala().ID, "legs.0.transporter.name": uppsala().Name}})
	w.arrives(10 * hour)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.transport#1.again2", "se.reception")
	w.amend("se.transport#1", sluss.Amendment{Annul: sluss.WrongOperator})
	carried := w.notes()["transporter"]
	if len(carried) != 1 || carried[0].Operator != uppsala().ID {
		t.Errorf("carried by %+v", carried)
	}

	before := otherwise(t, planned(t, "se-waste-oil"), nil)
	before.correct(1*hour, sluss.Correction{Set: map[string]string{"legs.0.transporter.id": uppsala().ID, "legs.0.transporter.name": uppsala().Name}})
	before.report(2*hour, leftAt)
	before.arrives(10 * hour)
	before.ends("treated")
	before.files("se.removal", "se.transport#1", "se.reception")
}

func lorryChanged(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "no-lorry-swedish-load", func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Plate = "TS20002" }), nil) // deregistered
	w.reportRefused(1*hour, leftAt, "no.clearance#1 is rejected")
	w.correct(90*time.Minute, sluss.Correction{Set: map[string]string{"legs.0.vehicles.0.plate": "TS10003"}})
	w.report(2*hour, leftAt)
	w.arrives(10 * hour)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.reception")
}

func oneCarrier(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-two-transporters"), nil)
	w.correct(1*hour, ending(w.batch))
	w.report(2*hour, leftAt)
	w.arrives(10 * hour)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.reception")
	if n := w.notes()["transporter"][0]; says(t, n, "nyInnehavare") != w.batch.Receiver.ID || n.Replaces != "" {
		t.Errorf("the transporter's note is %+v", n)
	}
}

func receiverChanged(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	change := sluss.Correction{Set: map[string]string{
		"receiver.id": uppsala().ID, "receiver.name": uppsala().Name, "legs.0.to.municipality": "0380", "legs.0.to.address": "Hamnvägen 1", "legs.0.to.postcode": "75323",
	}}
	w.report(2*hour, leftAt)
	w.correct(6*hour, change)
	w.arrives(10 * hour)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.reception")
	w.upToDate(change, "se.removal", "se.transport#1")
	notes := w.notes()
	if got := notes["behandlingsmottaganden"][0].Operator; got != uppsala().ID {
		t.Errorf("received by %s", got)
	}
	for _, path := range []string{"transportplaneringar", "transporter"} {
		if n := notes[path]; len(n) != 1 || says(t, n[0], "nyInnehavare") != uppsala().ID {
			t.Errorf("%s: %+v", path, n)
		}
	}
}

func refusedLoad(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	w.held["se.reception"] = true
	w.report(2*hour, leftAt)
	w.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: w.batch.Waste.Mass})
	w.report(11*hour, sluss.Event{Kind: sluss.WasteRefused, Reason: "it is solvent"})
	w.decide(30*hour, "se.reception", sluss.DecidedWithdrawn)
	w.ends("refused")
	w.files("se.removal", "se.transport#1")

	france := otherwise(t, planned(t, "fr-refused"), nil)
	france.report(2*hour, leftAt)
	france.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: france.batch.Waste.Mass})
	france.report(12*hour, sluss.Event{Kind: sluss.WasteRefused, Reason: "code erroné"})
	france.ends("refused")
	if got := france.status(); got != "REFUSED" {
		t.Errorf("the BSDD is %s", got)
	}
}

func partlyRefused(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil"), nil)
	w.held["se.reception"] = true
	w.report(2*hour, leftAt)
	w.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: 1250 * sluss.Kilogram})
	w.report(11*hour, sluss.Event{Kind: sluss.WasteAccepted, RefusedMass: 250 * sluss.Kilogram, Reason: "water"})
	w.after(20*hour, func() {
		if len(w.notes()["behandlingsmottaganden"]) > 0 {
			t.Error("it was filed by itself")
		}
		w.held["se.reception"] = false
	})
	w.report(30*hour, treating)
	w.ends("treated")
	if n := w.notes()["behandlingsmottaganden"]; len(n) != 1 || n[0].Kg != 1000 {
		t.Errorf("received %+v", n)
	}
}

// back is the batch in which a refused load goes back to its producer.
func back(t *testing.T, example string) sluss.Declaration {
	t.Helper()
	return planned(t, example, func(d *sluss.Declaration) {
		d.Predecessor, d.Reference, d.Treatment = d.Reference, d.Reference+"-B", sluss.Treatment{}
		l := &d.Legs[0]
		l.From, l.To, l.Departure = l.To, l.From, l.Departure.Add(24*hour)
		d.Receiver = d.Producer
		d.Receiver.Role = sluss.Producer
	})
}

func returned(t *testing.T) {
	t.Helper()
	sweden := otherwise(t, back(t, "se-waste-oil"), nil) // the lorry turned round
	sweden.report(2*hour, leftAt)
	sweden.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: sweden.batch.Waste.Mass})
	sweden.report(11*hour, accepting)
	sweden.ends("accepted")
	sweden.files("se.transport#1")

	unloaded := back(t, "se-waste-oil") // the plant had taken it off
	plant := companies()[3]
	plant.Role = sluss.Treater
	unloaded.Legs[0].Consignor = &plant
	w := otherwise(t, unloaded, map[sluss.FilingID]string{"filing/default/VO-2026-0101/se.reception": noteBefore})
	w.report(2*hour, leftAt)
	w.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: w.batch.Waste.Mass})
	w.report(11*hour, accepting)
	w.ends("accepted")
	w.files("se.forwarding", "se.transport#1")

	france := otherwise(t, back(t, "fr-refused"), nil) // the refused BSDD goes with it
	france.report(2*hour, leftAt)
	france.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: france.batch.Waste.Mass})
	france.report(11*hour, accepting)
	france.ends("accepted")
	france.files()
}

// onward is a batch in which the plant sends on what it received in another one.
func onward(t *testing.T, reference string, mass sluss.Mass) sluss.Declaration {
	t.Helper()
	return planned(t, "se-waste-oil", func(d *sluss.Declaration) {
		d.Predecessors = []sluss.Predecessor{{Reference: d.Reference, Mass: mass}}
		d.Reference, d.Waste.Mass, d.Waste.Packagings = reference, mass, nil
		plant := companies()[3]
		plant.Role = sluss.Treater
		l := &d.Legs[0]
		l.Consignor, l.From, l.Departure = &plant, l.To, l.Departure.Add(48*hour)
		l.To = sluss.Place{Country: "SE", Municipality: "0380", Address: "Hamnvägen 1", Postcode: "75323"}
		d.Receiver = companies()[2]
	})
}

func sentOn(t *testing.T) {
	t.Helper()
	first := otherwise(t, planned(t, "se-waste-oil"), nil)
	first.report(2*hour, leftAt)
	first.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: first.batch.Waste.Mass})
	first.report(11*hour, sluss.Event{Kind: sluss.WasteRefused, Reason: "it is solvent"})
	first.ends("refused") // the officer signed: it was unloaded
	received := first.seen.accepted["se.reception"].receipt
	if received == "" {
		t.Fatal("the reception was not filed")
	}
	w := otherwise(t, onward(t, "VO-ON", first.batch.Waste.Mass), map[sluss.FilingID]string{"filing/default/VO-2026-0101/se.reception": received})
	w.report(2*hour, leftAt)
	w.arrives(10 * hour)
	w.ends("treated")
	w.files("se.forwarding", "se.transport#1", "se.reception")
	if n := w.notes()["behandlingsoverlamningar"]; len(n) != 1 || n[0].Predecessor != received {
		t.Errorf("sent on after %+v, want %s", n, received)
	}
}

func split(t *testing.T) {
	t.Helper()
	first := otherwise(t, planned(t, "se-waste-oil"), nil)
	first.report(2*hour, leftAt)
	first.arrives(10 * hour)
	first.ends("treated")
	received := first.seen.accepted["se.reception"].receipt
	for reference, mass := range map[string]sluss.Mass{"VO-A": 800 * sluss.Kilogram, "VO-B": 450 * sluss.Kilogram} {
		w := otherwise(t, onward(t, reference, mass), map[sluss.FilingID]string{"filing/default/VO-2026-0101/se.reception": received})
		w.report(2*hour, leftAt)
		w.arrives(10 * hour)
		w.ends("treated")
		w.files("se.forwarding", "se.transport#1", "se.reception")
		if n := w.notes()["behandlingsoverlamningar"]; len(n) != 1 || n[0].Predecessor != received || n[0].Kg != float64(mass)/float64(sluss.Kilogram) {
			t.Errorf("%s is sent on as %+v", reference, n)
		}
	}
}

func weighedAfterAnEstimate(t *testing.T) {
	t.Helper()
	w := otherwise(t, planned(t, "se-waste-oil", func(d *sluss.Declaration) { d.Waste.Estimated = true }), nil)
	w.report(2*hour, leftAt)
	w.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: 1312 * sluss.Kilogram})
	w.report(11*hour, accepting)
	w.report(30*hour, treating)
	w.ends("treated")
	w.files("se.removal", "se.transport#1", "se.reception")
	w.upToDate(sluss.Correction{Set: map[string]string{"waste.mass": "1312", "waste.estimated": "false"}}, "se.removal", "se.transport#1")
	for path, notes := range w.notes() {
		if len(notes) != 1 || notes[0].Kg != 1312 {
			t.Errorf("%s: %+v", path, notes)
		}
	}

	france := otherwise(t, planned(t, "fr-solvents"), nil) // what the receiver weighs counts
	france.report(2*hour, leftAt)
	france.report(10*hour, sluss.Event{Kind: sluss.Received, Mass: 3100 * sluss.Kilogram})
	france.report(12*hour, accepting)
	france.report(30*hour, treating)
	france.ends("treated")
	if got := france.status(); got != "PROCESSED" {
		t.Errorf("the BSDD is %s", got)
	}
}
