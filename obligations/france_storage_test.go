package obligations

import (
	"slices"
	"strings"
	"testing"

	"sluss"
)

// stored is a French batch that a platform stores on its way.
func stored() sluss.Declaration {
	d := frenchInTurns()
	d.Legs[0].Storage = &sluss.Storage{Acceptance: "CAP-STORED", Operation: "D15"}
	d.Legs[1].Consignor = new(platform())
	return d
}

// storedLife is the life of a batch of two legs with a storage between.
func storedLife() []sluss.Event {
	return []sluss.Event{
		happens(sluss.Produced, 0, 1, 8), happens(sluss.PickedUp, 1, 2, 8),
		happens(sluss.Received, 1, 2, 12, kilograms(1_240)), happens(sluss.WasteAccepted, 1, 2, 13),
		happens(sluss.HandedOver, 2, 3, 8), happens(sluss.Received, 0, 3, 16, kilograms(1_230)),
		happens(sluss.WasteAccepted, 0, 3, 17), happens(sluss.Treated, 0, 9, 10),
	}
}

func owedLines(d sluss.Declaration, events []sluss.Event) string {
	var got []string
	for i := range events {
		for _, o := range For(d, events[:i+1]) {
			got = append(got, line(o))
		}
	}
	return strings.Join(got, "\n")
}

func TestObligationsOfAStorageOnTheWay(t *testing.T) {
	approved := stored()
	approved.Approval = sluss.Officer
	begins := `
produced > fr.preflight role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 signer=officer
produced > fr.sealing role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation signer=officer
produced > fr.emission#1 role=producer due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing signer=producer
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.emission#1 signer=transporter
received#1 > fr.storing#1 role=collector gates=accepted#1 after=fr.creation,fr.take-over#1 signer=collector
`
	if got, want := owedLines(approved, storedLife()), strings.TrimSpace(begins+`accepted#1 > fr.storing-verdict#1 role=collector due=10-07T08:00 gates=handedOver#2 after=fr.creation,fr.storing#1 signer=collector
accepted#1 > fr.resealing#2 role=collector due=10-07T08:00 gates=handedOver#2 after=fr.creation,fr.storing-verdict#1 signer=officer
accepted#1 > fr.emission#2 role=collector due=10-07T08:00 gates=handedOver#2 after=fr.creation,fr.resealing#2 signer=collector
accepted#1 > fr.take-over#2 role=transporter due=10-07T08:00 gates=handedOver#2 after=fr.creation,fr.emission#2 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#2 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	refused := append(storedLife()[:3], happens(sluss.WasteRefused, 1, 2, 13))
	if got, want := owedLines(approved, refused), strings.TrimSpace(begins+`refused#1 > fr.storing-verdict#1 role=collector after=fr.creation,fr.storing#1 signer=collector`); got != want {
		t.Errorf("refused there: got\n%s\nwant\n%s", got, want)
	}
}

func TestWhoStoresOwesItsSteps(t *testing.T) {
	d, storer := stored(), platform().Name
	for i, events := 0, storedLife(); i < len(events); i++ {
		for _, o := range For(d, events[:i+1]) {
			party, path := d.Obliged(o)
			its := slices.Contains([]sluss.ObligationID{"fr.storing#1", "fr.storing-verdict#1", "fr.resealing#2", "fr.emission#2"}, o.ID)
			if its != (party.Name == storer) || its != (path == "legs.1.consignor") {
				t.Errorf("%s is owed by %s at %s", o.ID, party.Name, path)
			}
		}
	}
}

func TestWasteIsStoredOnItsWay(t *testing.T) {
	d, events := stored(), storedLife()
	want := []string{"produced", "pickedUp#1", "received#1", "accepted#1 refused#1", "handedOver#2", "received", "accepted refused", "treated", ""}
	for i := range len(events) + 1 {
		if got := strings.Join(texts(Next(d, events[:i])), " "); got != want[i] {
			t.Errorf("%d events: next %q, want %q", i, got, want[i])
		}
		if closed := i == len(events); Closed(events[:i]) != closed {
			t.Errorf("%d events: closed is %t", i, !closed)
		}
		if i < len(events) {
			if err := Check(d, events[:i], events[i]); err != nil {
				t.Errorf("%s is refused: %v", events[i].ID(), err)
			}
		}
	}
	refused := append(events[:3:3], happens(sluss.WasteRefused, 1, 2, 13))
	if next := Next(d, refused); next != nil || !Closed(refused) {
		t.Errorf("refused there: next %q", next)
	}
	for _, test := range []struct {
		before int
		next   sluss.Event
		want   string
	}{
		{2, happens(sluss.Received, 0, 2, 12, kilograms(1)), "leg: received cannot happen now (report received#1)"},
		{2, happens(sluss.HandedOver, 2, 2, 12), "kind: handedOver#2 cannot happen now (report received#1)"},
		{2, happens(sluss.Received, 1, 2, 12), "mass: there is no mass"},
		{3, happens(sluss.WasteAccepted, 1, 2, 13, func(e *sluss.Event) { e.RefusedMass, e.Reason = 1_240*sluss.Kilogram, "wet" }), "refused_mass: 1240 kg is not less than the 1240 kg that were received"},
		{3, happens(sluss.WasteRefused, 1, 2, 13), "reason: the batch is refused without a reason"},
		{6, happens(sluss.WasteAccepted, 0, 3, 17, func(e *sluss.Event) { e.RefusedMass, e.Reason = 1_230*sluss.Kilogram, "wet" }), "refused_mass: 1230 kg is not less than the 1230 kg that were received"},
		{5, happens(sluss.Received, 1, 3, 17, kilograms(1)), "received#1 has happened already"},
	} {
		if err := Check(d, events[:test.before], test.next); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}

func TestTheVerdictOfAStorageIsOneGateWithTwoWays(t *testing.T) {
	o := sluss.Obligation{Gates: "accepted#1"}
	for event, want := range map[sluss.EventID]bool{"accepted#1": true, "refused#1": true, "refused": false, "accepted": false, "refused#2": false} {
		if GatedBy(o, event) != want {
			t.Errorf("%s: %t", event, !want)
		}
	}
}

func TestFaultsOfStorages(t *testing.T) {
	if faults := Validate(stored()); len(faults) > 0 {
		t.Fatalf("what is right has faults: %v", faults)
	}
	back := stored() // the same lorry comes again: its signatures are distinguished by the storage
	back.Legs[1].Transporter, back.Legs[1].Mode, back.Legs[1].Vehicles = back.Legs[0].Transporter, sluss.Road, back.Legs[0].Vehicles
	if faults := Validate(back); len(faults) > 0 {
		t.Errorf("the transporter comes again: %v", faults)
	}
	for _, test := range []struct {
		sample func() sluss.Declaration
		change func(*sluss.Declaration)
		want   []string
	}{
		{swedishTwoLegs, func(d *sluss.Declaration) { d.Legs[0].Storage = stored().Legs[0].Storage }, []string{"legs.0.storage: only within France can waste be stored"}},
		{throughPlatform, func(d *sluss.Declaration) { d.Legs[0].Storage = stored().Legs[0].Storage }, []string{"legs.0.storage: only within France can waste be stored"}},
	} {
		d := test.sample()
		test.change(&d)
		var got []string
		for _, f := range Validate(d) {
			got = append(got, f.String())
			if f.Remedy == "" {
				t.Errorf("%q has no remedy", f)
			}
		}
		missing := slices.ContainsFunc(test.want, func(want string) bool {
			return !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, want) })
		})
		if len(got) != len(test.want) || missing {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestAStorageCannotChangeUnderWay(t *testing.T) {
	d, without := stored(), frenchInTurns()
	events := storedLife()
	if err := CheckCorrection(d, without, events[:1], events[:1]); err != nil {
		t.Errorf("before the departure: %v", err)
	}
	if err := CheckCorrection(d, without, events[:2], events[:2]); err == nil || !strings.Contains(err.Error(), "legs.0.storage: leg 1 is under way") {
		t.Errorf("under way: %v", err)
	}
	other := stored()
	other.Legs[0].Storage.Acceptance = "CAP-2"
	if err := CheckCorrection(d, other, events[:3], events[:3]); err != nil {
		t.Errorf("its certificate is corrected: %v", err)
	}
}
