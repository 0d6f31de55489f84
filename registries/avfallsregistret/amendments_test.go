package avfallsregistret_test

import (
	"errors"
	"testing"

	"sluss"
	"sluss/obligations"
	sim "sluss/simulators/avfallsregistret"
)

// amend asks for the nth amendment of a note as filed.
func amend(t *testing.T, filed sluss.Submission, n int, a sluss.Amendment) sluss.Submission {
	t.Helper()
	a.Filing, a.Reason, a.By.Name = filed.Filing, "weighed again", "Karin Holm"
	content, err := obligations.Amend(filed.Content, n, a)
	if err != nil {
		t.Fatal(err)
	}
	return sluss.Submission{Filing: sluss.FilingID(string(filed.Filing) + ".amend"), Content: content}
}

func corrects(receipt, mass string) sluss.Amendment {
	return sluss.Amendment{Receipt: receipt, Set: map[string]string{"waste.mass": mass}}
}

// A note is corrected twice and then annulled by submissions. Its successor refers
// to the version that counts.
func TestAmendmentsAreSubmitted(t *testing.T) {
	d := open(t, sim.Options{})
	first := removal(example(t, "se-waste-oil"))
	one := accepted(t, d, first).ID
	second := amend(t, first, 1, corrects(one, "1180"))
	two := accepted(t, d, second).ID
	third := amend(t, second, 2, corrects(two, "1170.5"))
	three := accepted(t, d, third).ID

	if calls, err := d.Calls(t.Context(), third.Content); calls != 1 || err != nil {
		t.Errorf("a correction takes %d calls, %v", calls, err)
	}
	records := d.Notes()
	if len(records) != 3 || records[1].Replaces != one || records[2].Replaces != two || records[0].Current() || records[1].Current() || !records[2].Current() {
		t.Fatalf("records %+v", records)
	}
	next := carriage(example(t, "se-waste-oil"), 1, map[string]sluss.Receipt{"se.removal": {ID: three}})
	accepted(t, d, next)

	outdated, _, err := d.Submit(t.Context(), amend(t, first, 3, corrects(one, "1160")))
	if err != nil || outdated.Kind != sluss.Rejected || outdated.Reasons[0].Code != "3022" {
		t.Errorf("of a version that is superseded: %+v, %v", outdated, err)
	}
	annulment := amend(t, third, 3, sluss.Amendment{Receipt: three, Annul: sluss.SentTwice})
	if _, _, err := d.Find(t.Context(), annulment); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("found before it was annulled: %v", err)
	}
	o, exchange, err := d.Submit(t.Context(), annulment)
	if err != nil || o.Kind != sluss.Accepted || o.Receipt.ID != three || exchange.Operation != "DELETE /anteckningar" {
		t.Fatalf("%+v, %v; %s", o, err, exchange.Operation)
	}
	records = d.Notes()
	if got := records[2].Annulled; len(records) != 4 || got == nil || got.Reason != "SkickatDubbelt" {
		t.Errorf("records %+v", records)
	}
}

func TestLostAnswersToAmendmentsAreSettledByAsking(t *testing.T) {
	for name, fault := range map[string]sim.Fault{"answer": {Kind: sim.LostAnswer}, "request": {Kind: sim.LostRequest}} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			first := removal(example(t, "se-waste-oil"))
			one := accepted(t, d, first).ID
			correction := amend(t, first, 1, corrects(one, "1180"))
			lose := func(method string, s sluss.Submission) (string, error) {
				t.Helper()
				fault.Method = method
				d.fault(t, fault)
				if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
					t.Fatalf("%+v, %v", o, err)
				}
				found, _, err := d.Find(t.Context(), s)
				if err != nil {
					return "", err
				}
				return found.Receipt.ID, nil
			}
			two, err := lose("PUT", correction)
			if records := d.Notes(); fault.Kind == sim.LostAnswer && (err != nil || two != records[1].AvfallID) || fault.Kind == sim.LostRequest && !errors.Is(err, sluss.ErrAbsent) {
				t.Fatalf("found %q, %v; records %+v", two, err, records)
			}
			if fault.Kind == sim.LostRequest {
				two = accepted(t, d, correction).ID
			}
			gone, err := lose("DELETE", amend(t, correction, 2, sluss.Amendment{Receipt: two, Annul: sluss.WrongWaste}))
			if fault.Kind == sim.LostAnswer && (err != nil || gone != two) || fault.Kind == sim.LostRequest && !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("found %q, %v", gone, err)
			}
			if records := d.Notes(); len(records) != 2 {
				t.Errorf("records %+v", records)
			}
		})
	}
}
