package avfallsregistret_test

import (
	"strings"
	"testing"

	"sluss"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
)

// Each declaration violates one rule of the registry, and no rule of the law.
func TestCheckTellsWhatTheRegistryWouldRefuseOfAPlan(t *testing.T) {
	for _, test := range []struct {
		example, path, value string
		want                 string // field: problem; empty: none
	}{
		{"se-waste-oil", "producer.name", "Verkstaden*", "producer.name: the name of the reporting party is wrong"},
		{"se-waste-oil", "producer.contact.name", "", "producer.contact.name: the name of the reporting party's contact is missing"},
		{"se-waste-oil", "producer.contact.name", "Anna 2", "producer.contact.name: the name of the reporting party's contact is wrong"},
		{"se-waste-oil", "legs.0.transporter.contact.phone", "", "legs.0.transporter.contact.phone: the telephone number of the reporting party's contact is missing"},
		{"se-waste-oil", "receiver.contact.phone", "call us", "receiver.contact.phone: the telephone number of the reporting party's contact is wrong"},
		{"se-waste-oil", "receiver.contact.email", "", "receiver.contact.email: the e-mail address of the reporting party's contact is missing"},
		{"se-waste-oil", "legs.0.from.address", "Kajen 1; grinden", "legs.0.from.address: the place where the waste arose has an address that the registry does not accept"},
		{"se-waste-oil", "legs.0.from.address", "", "legs.0.from.address: the place where the waste arose has no address"},
		{"se-waste-oil", "legs.0.from.postcode", "7614", "legs.0.from.postcode: "},
		{"se-waste-oil", "legs.0.from.postcode", "761 41", ""}, // the blank goes on the way
		{"se-to-fr", "receiver.vat", "", "receiver.vat: the Swedish registry identifies a party abroad by its VAT number"},
		{"se-collected", "legs.0.consignor.contact.email", "", "legs.0.consignor.contact.email: the e-mail address"},
		{"se-collected", "legs.0.consignor.name", "<Frakt>", "legs.0.consignor.name: the name of the reporting party is wrong"},
		{"se-collector", "receiver.contact.phone", "", "receiver.contact.phone: the telephone number"},
		{"se-collector", "deals.0.trader.contact.name", "", "deals.0.trader.contact.name: the name of the reporting party's contact is missing"},
		{"no-lorry-swedish-load", "legs.0.transporter.contact.phone", "12 12 12", ""},
		{"fr-solvents", "producer.name", "Ateliers*", ""}, // no note tells of it
	} {
		d := example(t, test.example)
		if faults := avfallsregistret.Check(obligations.Planned(d)...); len(faults) > 0 {
			t.Errorf("%s as it is: %v", test.example, faults)
		}
		if err := d.Set(test.path, test.value); err != nil {
			t.Fatal(err)
		}
		if faults := obligations.Validate(d); len(faults) > 0 {
			t.Errorf("%s=%s is against the law too: %v", test.path, test.value, faults)
		}
		faults := avfallsregistret.Check(obligations.Planned(d)...)
		switch {
		case test.want == "" && len(faults) == 0:
		case len(faults) != 1 || !strings.HasPrefix(faults[0].String(), test.want) || test.want == "" || faults[0].Remedy == "":
			t.Errorf("%s=%s: %v, want %q", test.path, test.value, faults, test.want)
		}
	}
}

// All faults come at once, and each field once, however many notes contain it. No
// fault is about the reporter, which a declaration cannot correct.
func TestCheckTellsAllAtOnce(t *testing.T) {
	d := example(t, "se-two-transporters")
	for path, value := range map[string]string{
		"producer.name": "", "producer.contact.email": "", "legs.0.from.address": "<>", "legs.1.transporter.contact.phone": "none", "receiver.id": "1",
	} {
		if err := d.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	for _, f := range avfallsregistret.Check(obligations.Planned(d)...) {
		seen[f.Field]++
		if strings.Contains(f.Remedy, "configuration") {
			t.Errorf("%s: nobody who declares can mend the reporter", f)
		}
	}
	for _, field := range []string{"producer.name", "producer.contact.email", "legs.0.from.address", "legs.1.transporter.contact.phone", "receiver.id"} {
		if seen[field] != 1 {
			t.Errorf("%s is told %d times: %v", field, seen[field], seen)
		}
	}
	if len(seen) != 5 {
		t.Errorf("told of %v", seen)
	}
	if faults := avfallsregistret.Check(obligations.Planned(sluss.Declaration{Legs: make([]sluss.Leg, 3)})...); faults != nil {
		t.Errorf("of nothing: %v", faults)
	}
}
