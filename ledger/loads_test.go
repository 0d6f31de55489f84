package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

// onLorry declares a batch whose leg departs with a lorry.
func onLorry(t *testing.T, l *ledger.Ledger, tenant, reference string, departure time.Time, vehicles ...sluss.Vehicle) sluss.Declaration {
	t.Helper()
	d := declaration()
	d.Tenant, d.Reference, d.Predecessor, d.Waste.Mass = tenant, reference, "", 9*sluss.Tonne
	d.Legs = []sluss.Leg{{Mode: sluss.Road, Departure: departure, Vehicles: vehicles}}
	r := produced()
	r.Batch, r.Declaration = d.ID(), &d
	must(t, l.RecordEvent(t.Context(), r))
	return d
}

// beside are the other batches of the load of a batch's first leg, with their masses.
func beside(t *testing.T, l *ledger.Ledger, d sluss.Declaration) (text string) {
	t.Helper()
	parts, err := l.Beside(t.Context(), d.ID(), 1)
	must(t, err)
	for _, p := range parts {
		text += fmt.Sprintf("%s#%d %s;", p.Batch.Name(), p.Leg, p.Mass)
	}
	return text
}

func TestBatchesOnOneVehicleAtOneDepartureAreOneLoad(t *testing.T) {
	l, _ := fresh(t)
	lorry := func(plate string) sluss.Vehicle { return sluss.Vehicle{Country: "NO", Plate: plate, Kind: sluss.Lorry} }
	a := onLorry(t, l, "default", "A", noon, lorry("TS 10003"))
	onLorry(t, l, "default", "B", noon.Add(time.Hour), lorry("ts-10003"), sluss.Vehicle{Country: "NO", Plate: "TS1004", Kind: sluss.Trailer})
	onLorry(t, l, "north", "C", noon.Add(-time.Hour), sluss.Vehicle{Country: "NO", Plate: "TS10003", VIN: "VIN1"})
	late := onLorry(t, l, "default", "LATE", noon.Add(time.Hour+time.Second), lorry("TS10003"))
	foreign := onLorry(t, l, "default", "FOREIGN", noon, sluss.Vehicle{Country: "SE", Plate: "TS10003"})
	chassis := onLorry(t, l, "default", "VIN", noon.Add(-time.Hour), sluss.Vehicle{Country: "NO", VIN: "VIN 1"})
	if got := beside(t, l, a); got != "default/B#1 9000 kg;north/C#1 9000 kg;" {
		t.Errorf("with A goes %s", got)
	}
	if got := beside(t, l, chassis) + beside(t, l, foreign); got != "north/C#1 9000 kg;" {
		t.Errorf("with VIN and FOREIGN goes %s", got)
	}
	if got := beside(t, l, late); got != "default/A#1 9000 kg;default/B#1 9000 kg;" && got != "default/B#1 9000 kg;" {
		t.Errorf("with LATE goes %s", got)
	}
	// What is corrected counts as it is now; what has arrived or is closed is not on the lorry any more.
	corrected := a
	corrected.Waste.Mass = 8 * sluss.Tonne
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: a.ID(), Number: 1, Correction: sluss.Correction{Set: map[string]string{"waste.mass": "8000"}, At: noon}, Declaration: corrected}))
	b := sluss.Declaration{Tenant: "default", Reference: "B"}
	if got := beside(t, l, b); got != "default/A#1 8000 kg;default/LATE#1 9000 kg;" {
		t.Errorf("with B goes %s", got)
	}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: a.ID(), At: noon, Corrections: 1, Event: sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: noon}}))
	if got := beside(t, l, b); got != "default/A#1 8000 kg;default/LATE#1 9000 kg;" {
		t.Errorf("on the road, with B goes %s", got)
	}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: a.ID(), At: noon, Corrections: 1, Event: sluss.Event{Kind: sluss.Received, At: noon}}))
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: late.ID(), How: "annulled", At: noon}))
	if got := beside(t, l, b); got != "" {
		t.Errorf("in the end, with B goes %s", got)
	}
	moved := corrected
	moved.Legs = []sluss.Leg{{Departure: noon.AddDate(0, 0, 1), Vehicles: []sluss.Vehicle{lorry("TS10003")}}}
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: chassis.ID(), Number: 1, Correction: sluss.Correction{Set: map[string]string{"x": "y"}, At: noon}, Declaration: moved}))
	if got := beside(t, l, sluss.Declaration{Tenant: "north", Reference: "C"}); got != "" {
		t.Errorf("once VIN departs on another day, with C goes %s", got)
	}
}

func TestWhatIsOwedForAnotherReasonIsRecordedOnce(t *testing.T) {
	l, url := ready(t)
	o := owed("no.clearance#1.again2")
	for range 2 {
		must(t, l.RecordOwed(t.Context(), sluss.OwedRecord{Batch: batchID, Obligations: []sluss.Obligation{o}, At: noon}))
	}
	if n := count(t, rows(t, url), "obligations"); n != 2 {
		t.Errorf("%d obligations", n)
	}
	o.Leg = 2
	if err := l.RecordOwed(t.Context(), sluss.OwedRecord{Batch: batchID, Obligations: []sluss.Obligation{o}, At: noon}); err == nil {
		t.Error("another one under the same id is taken")
	}
}
