package service_test

import (
	"errors"
	"slices"
	"testing"

	"sluss"
	"sluss/service"
)

func fieldsOf(faults sluss.Faults) (fields []string) {
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	slices.Sort(fields)
	return fields
}

func set(t *testing.T, name string, values ...string) sluss.Declaration {
	t.Helper()
	d := example(t, name)
	for i := 0; i < len(values); i += 2 {
		must(t, d.Set(values[i], values[i+1]))
	}
	return d
}

// The faults by law and by both registries are reported at once, each field once.
func TestLawAndRegistriesTellTheirFaultsAtOnce(t *testing.T) {
	d, c := taskRegistry(t)
	for name, test := range map[string]struct {
		declaration sluss.Declaration
		want        []string
	}{
		"Sweden": {
			set(t, "se-waste-oil", "reference", "X-1", "waste.mass", "0", "producer.name", "Verkstaden*", "legs.0.transporter.contact.phone", ""),
			[]string{"legs.0.transporter.contact.phone", "producer.name", "waste.mass"},
		},
		"France": {
			set(t, "fr-solvents", "reference", "X-2", "waste.consistence", "", "producer.address", ""),
			[]string{"producer.address", "waste.consistence"},
		},
		"France, on its way": {
			set(t, "fr-two-transporters", "reference", "X-5", "legs.1.transporter.id", "00000000283374", "legs.0.vehicles", "", "waste.packagings.0.kind", "tank",
				"waste.packagings.0.count", "0", "treatment.mode", "elimination", "receiver.country", "BE", "deals.0.trader.role", "broker"),
			[]string{
				"deals.0.at", "deals.0.from.country", "deals.0.from.name", "deals.0.to.country", "deals.0.to.name", "deals.0.trader.country", "deals.0.trader.name",
				"legs.0.vehicles", "legs.1.transporter", "receiver.country", "receiver.id", "treatment.mode", "waste.packagings.0.count",
			},
		},
		"a vehicle of no country": {
			set(t, "fr-solvents", "reference", "X-6", "legs.0.vehicles.1.plate", "AB", "legs.0.vehicles.1.kind", "trailer"),
			[]string{"legs.0.vehicles.1.country", "legs.0.vehicles.1.plate"},
		},
		"both": {
			set(t, "se-to-fr", "reference", "X-3", "producer.contact.email", "", "receiver.address", ""),
			[]string{"producer.contact.email", "receiver.address"},
		},
		"no more of what is wrong by law": {
			set(t, "se-waste-oil", "reference", "X-4", "receiver.country", "Sweden", "producer.id", "1"),
			[]string{"producer.id", "receiver.country"},
		},
	} {
		var faults sluss.Faults
		_, err := d.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, noon)
		if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), test.want) || len(c.started) > 0 {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// A correction or an amendment that a registry would refuse is refused before it
// reaches a workflow. Faults that existed before do not prevent a correction of other
// fields.
func TestWhatARegistryWouldRefuseIsNotCorrectedInto(t *testing.T) {
	d, h, filing := openHall(t)
	batch, _, err := filing.Split()
	must(t, err)
	by := sluss.Person{Name: officer}
	var faults sluss.Faults
	_, err = d.Correct(t.Context(), batch, sluss.Correction{Set: map[string]string{"producer.contact.phone": "none", "waste.mass": "0"}, Reason: "x", By: by})
	if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"producer.contact.phone", "waste.mass"}) || len(h.done) != 0 {
		t.Errorf("corrected: %v, %v", err, h.done)
	}
	old := set(t, "se-two-transporters", "reference", "OLD-1", "producer.contact.phone", "none")
	record(t, d.Ledger, old)
	if _, err := d.Correct(t.Context(), old.ID(), sluss.Correction{Set: map[string]string{"waste.name": "Oil"}, Reason: "x", By: by}); err != nil || len(h.done) != 1 {
		t.Errorf("what was wrong before: %v", err)
	}
	filed := set(t, "se-waste-oil", "reference", "NOTE-1")
	record(t, d.Ledger, filed)
	note := filed.ID().Filing("se.transport#1")
	_, err = d.Amend(t.Context(), note, service.Amending{Set: map[string]string{"legs.0.transporter.contact.name": "Bo 2"}, Reason: "x", By: by})
	if faults = nil; !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"legs.0.transporter.contact.name"}) {
		t.Errorf("amended: %v", err)
	}
}

// What a registry would refuse of an event's report is told before the batch has it,
// with what is wrong by law: a recorded event cannot be undone.
func TestWhatARegistryWouldRefuseOfAnEventIsToldFirst(t *testing.T) {
	d, h, _ := openHall(t)
	batch := set(t, "fr-solvents", "reference", "EV-1")
	record(t, d.Ledger, batch)
	received := sluss.Event{Kind: sluss.Received, Mass: 41_000 * sluss.Kilogram, At: noon}
	var faults sluss.Faults
	if _, err := d.Event(t.Context(), batch.ID(), received); !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"by.name", "kind", "mass"}) || len(h.done) > 0 {
		t.Errorf("%v; %v", err, h.done)
	}
	received.Mass = 40_000 * sluss.Kilogram
	if _, err := d.Event(t.Context(), batch.ID(), received); err != nil || len(h.done) != 1 {
		t.Errorf("what it takes goes to the batch: %v; %v", err, h.done)
	}
	if _, err := d.Event(t.Context(), "batch/default/NONE", received); err != nil || len(h.done) != 2 {
		t.Errorf("of what is not recorded the batch itself tells: %v; %v", err, h.done)
	}
}

func TestWhatTrackdechetsWouldRefuseIsNotCorrectedInto(t *testing.T) {
	d, h, _ := openHall(t)
	batch := set(t, "fr-solvents", "reference", "COR-1")
	record(t, d.Ledger, batch)
	by := sluss.Person{Name: officer}
	var faults sluss.Faults
	_, err := d.Correct(t.Context(), batch.ID(), sluss.Correction{Set: map[string]string{"treatment.mode": "elimination", "legs.0.vehicles.0.plate": "AB", "waste.mass": "0"}, Reason: "x", By: by})
	if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"legs.0.vehicles.0.plate", "treatment.mode", "waste.mass"}) || len(h.done) > 0 {
		t.Errorf("corrected: %v, %v", err, h.done)
	}
	p, _, filing := platform(t, sluss.ReportProcessing)
	_, err = p.Amend(t.Context(), filing("fr.processing"), service.Amending{
		Set: map[string]string{"treatment.operation": "R13", "waste.packagings.0.count": "0", "events.received.mass": "41000"}, Reason: "x", By: by,
	})
	if faults = nil; !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"events.received.mass", "treatment.mode", "treatment.next", "waste.packagings.0.count"}) {
		t.Errorf("revised: %v", err)
	}
}

// A content for a registry that nobody knows is not checked by the rules of another one.
func TestUnknownRegistryIsAnError(t *testing.T) {
	for _, registry := range sluss.Registries() {
		if _, err := service.RefusableContent(sluss.Content{Obligation: sluss.Obligation{Registry: registry}}); err != nil {
			t.Errorf("%s: %v", registry, err)
		}
	}
	if faults, err := service.RefusableContent(sluss.Content{Obligation: sluss.Obligation{Registry: "dmr"}}); !errors.Is(err, service.ErrNoSuch) || faults != nil {
		t.Errorf("got %v, %v", faults, err)
	}
}
