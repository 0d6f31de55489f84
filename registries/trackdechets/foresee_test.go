package trackdechets

import (
	"slices"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// foreseeing is the client as it is used: it does not send what is sure to be
// refused.
func (r *register) foreseeing() *Client {
	c := *r.client
	c.unforeseeing = false
	return &c
}

// TestWhatIsSureToBeRefusedIsNotSent: all reasons come at once, of the creation
// with those of the sealing, and the register is not asked.
func TestWhatIsSureToBeRefusedIsNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		set  map[string]string
		note sluss.Note
		want []string // none: the register is asked, and takes it
	}{
		"good":         {nil, sluss.NoteCreation, nil},
		"good, sealed": {nil, sluss.NoteSealing, nil},
		"two formats, and one that only sealing wants": {
			map[string]string{"receiver.id": "123", "legs.0.vehicles.0.plate": "A", "waste.consistence": ""},
			sluss.NoteCreation,
			[]string{"legs.0.vehicles.0.plate", "receiver.id", "waste.consistence"},
		},
		"at the sealing": {
			map[string]string{"waste.name": "", "treatment.acceptance": "", "receiver.contact.phone": ""},
			sluss.NoteSealing,
			[]string{"receiver.contact.phone", "treatment.acceptance", "waste.name"},
		},
		"what only the take-over wants": {map[string]string{"legs.0.mode": ""}, sluss.NoteCreation, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(t, sim.Options{})
			b := newBatch(t, "fr-solvents.json")
			if test.note == sluss.NoteSealing {
				r.file(b, sluss.NoteCreation)
			}
			before := len(r.booked())
			for path, value := range test.set {
				must(t, b.declaration.Set(path, value))
			}
			told, exchange, err := r.foreseeing().Submit(t.Context(), b.submission(test.note))
			must(t, err)
			if asked := exchange.Status != 0; asked != (len(test.want) == 0) || asked != (told.Kind == sluss.Accepted) {
				t.Fatalf("asked: %v; %+v", asked, told)
			}
			if len(test.want) == 0 {
				return
			}
			if got := fields(told.Reasons); told.Kind != sluss.Rejected || !slices.Equal(got, test.want) {
				t.Errorf("%s in %q, want %q", told.Kind, got, test.want)
			}
			for _, reason := range told.Reasons {
				if reason.Message == "" || reason.Remedy == "" {
					t.Errorf("%+v", reason)
				}
			}
			if len(r.booked()) != before {
				t.Error("something was written")
			}
		})
	}
}

// TestForeseeTellsAllOfADeclaration: up to the last signature before the waste
// leaves, and nothing of a batch without a BSDD.
func TestForeseeTellsAllOfADeclaration(t *testing.T) {
	on := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"fr-solvents.json", "fr-two-transporters.json", "se-to-fr.json", "se-waste-oil.json"} {
		if faults := Foresee(example(t, name), on); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
	d := example(t, "fr-two-transporters.json")
	for path, value := range map[string]string{"waste.name": "", "receiver.id": "12", "legs.1.mode": "", "waste.mass": "60000000"} {
		must(t, d.Set(path, value))
	}
	var got []string
	for _, f := range Foresee(d, on) {
		if f.Problem == "" || f.Remedy == "" || slices.Contains(got, f.Field) {
			t.Errorf("%+v", f)
		}
		got = append(got, f.Field)
	}
	slices.Sort(got)
	if want := []string{"legs.1.mode", "receiver.id", "waste.mass", "waste.name"}; !slices.Equal(got, want) {
		t.Errorf("faults in %q, want %q", got, want)
	}
}
