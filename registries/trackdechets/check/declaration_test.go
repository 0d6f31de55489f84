package check_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/check"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// example is a declaration of the examples with values set in it, path by path.
func example(t *testing.T, name string, set ...string) (d sluss.Declaration) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", name+".json"))
	if err == nil {
		err = json.Unmarshal(raw, &d)
	}
	for i := 0; i < len(set) && err == nil; i += 2 {
		err = d.Set(set[i], set[i+1])
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func contact(at string) []string {
	return []string{at + ".contact.name", "Jean Petit", at + ".contact.phone", "04 72 00 00 09", at + ".contact.email", "jean@petit.example"}
}

func company(at, id, country string) []string {
	return append(contact(at), at+".id", id, at+".country", country, at+".name", "Petit SARL", at+".address", "1 rue Haute, 69001 Lyon")
}

// The samples are what the registry takes.
var samples = map[string]struct {
	example string
	set     []string
}{
	"solvents":  {"fr-solvents", nil},
	"in turns":  {"fr-two-transporters", nil},
	"stored":    {"fr-temporary-storage", nil},
	"platform":  {"se-to-fr", nil},
	"grouped":   {"fr-regrouping-whole", nil},
	"on paper":  {"fr-solvents", []string{"paper", "true"}},
	"household": {"fr-solvents", []string{"origin", "household", "producer.id", "", "producer.contact", ""}},
	"ship":      {"fr-solvents", []string{"origin", "foreign-ship", "producer.id", "OMI9074729", "producer.country", "PA"}},
	"not final": {"fr-solvents", append(company("treatment.next.company", "00000000283416", "FR"),
		"treatment.operation", "R13", "treatment.mode", "", "treatment.next.operation", "R2")},
	"goes abroad": {"fr-solvents", append(company("treatment.next.company", "DE136695976", "DE"),
		"treatment.operation", "R13", "treatment.mode", "", "treatment.next.operation", "R2", "treatment.next.notification", "FR 2026 001234")},
	"untraced": {"fr-solvents", []string{"treatment.operation", "R13", "treatment.mode", "", "treatment.next.operation", "R2", "treatment.no_traceability", "true"}},
	"brokered": {"fr-solvents", slices.Concat(
		company("deals.0.trader", "00000000283457", "FR"), []string{"deals.0.trader.role", "dealer"},
		company("deals.1.trader", "00000000283499", "FR"), []string{"deals.1.trader.role", "broker"},
		company("intermediaries.0", "00000000283424", "FR"),
		company("intermediaries.1", "00000000283473", "FR"), []string{"intermediaries.1.role", "eco-organisme", "intermediaries.1.contact", ""})},
	"round": {"fr-solvents", slices.Concat([]string{"waste.code", "130205*"},
		company("pickups.0.producer", "00000000283366", "FR"), []string{"pickups.0.mass", "1000", "pickups.0.packagings.0.kind", "drum", "pickups.0.packagings.0.count", "3"},
		company("pickups.1.producer", "00000000283424", "FR"), []string{"pickups.1.mass", "2200", "pickups.1.packagings.0.kind", "drum", "pickups.1.packagings.0.count", "3"})},
}

func sample(t *testing.T, name string, set ...string) sluss.Declaration {
	t.Helper()
	s, known := samples[name]
	if !known {
		t.Fatalf("there is no sample %q", name)
	}
	return example(t, s.example, slices.Concat(s.set, set)...)
}

func TestWhatTheRegistryTakesHasNoFault(t *testing.T) {
	for name := range samples {
		if faults := check.Declaration(sample(t, name), today); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
	back := sample(t, "stored") // the same lorry comes again: its signatures are told apart by the storage
	back.Legs[1].Transporter, back.Legs[1].Mode, back.Legs[1].Vehicles = back.Legs[0].Transporter, sluss.Road, back.Legs[0].Vehicles
	for name, d := range map[string]sluss.Declaration{
		"the transporter comes again":             back,
		"a code that people write without blanks": sample(t, "solvents", "waste.code", "060502*"),
		"D9 as France ends it":                    sample(t, "solvents", "treatment.operation", "D9F", "treatment.mode", "elimination"),
		"a Norwegian company":                     sample(t, "goes abroad", "treatment.next.company.id", "974760673", "treatment.next.company.country", "NO"),
		"a BSDD by its number":                    sample(t, "grouped", "predecessors.0.receipt", "BSD-20261001-ABCDEFGHJ"),
		"what is told of an éco-organisme":        sample(t, "brokered", "intermediaries.1.contact.phone", strings.Repeat("1", 21)),
		"a round without packagings of its own":   sample(t, "round", "waste.packagings", ""),
		"no BSDD":                                 example(t, "se-waste-oil", "waste.packagings", "", "receiver.contact", ""),
	} {
		if faults := check.Declaration(d, today); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// Each fault has its field and what to do.
func TestFaultsOfDeclarations(t *testing.T) {
	long := strings.Repeat("å", 251)
	for _, test := range []struct {
		sample string
		set    []string
		want   []string // beginnings of the faults
	}{
		// Waste.
		{"solvents", []string{"waste.code", "170605*"}, []string{"waste.code: is not a waste code that a BSDD takes"}},
		{"solvents", []string{"waste.mass", "40000.001"}, []string{"waste.mass: the mass is not within what one BSDD takes"}},
		{"in turns", []string{"waste.mass", "40000.001"}, []string{"waste.mass: the mass is not within what one BSDD takes"}},
		{"solvents", []string{"waste.mass", "50001000", "legs.0.mode", "rail"}, []string{"waste.mass: the mass is not within what one BSDD takes"}},
		{"solvents", []string{"waste.consistence", ""}, []string{"waste.consistence: the consistence is missing (give solid"}},
		{"solvents", []string{"waste.name", " "}, []string{"waste.name: the waste needs a name"}},
		{"solvents", []string{"waste.name", long}, []string{"waste.name: is longer than Trackdéchets takes (use at most 250"}},
		{"solvents", []string{"waste.un", "UN 1993, " + strings.Repeat("x", 750)}, []string{"waste.un: is longer"}},
		{"solvents", []string{"waste.packagings", ""}, []string{"waste.packagings: the packagings are missing"}},
		{"solvents", []string{"waste.packagings.0.other", "blue"}, []string{"waste.packagings.0.other: only the kind other is described"}},
		{"solvents", []string{"waste.packagings.0.kind", "tank", "waste.packagings.0.count", "3"}, []string{"waste.packagings.0.count: a BSDD takes at most 2 of the kind tank"}},
		{"solvents", []string{"waste.packagings.1.kind", "skip", "waste.packagings.1.count", "1"}, []string{"waste.packagings.1.kind: a BSDD does not mix skip with drum"}},
		{"solvents", []string{"waste.packagings.0.kind", "tank", "waste.packagings.0.count", "1", "waste.packagings.1.kind", "drum", "waste.packagings.1.count", "1"}, []string{"waste.packagings.1.kind: a BSDD does not mix drum with tank"}},

		// Parties.
		{"solvents", []string{"producer.name", long}, []string{"producer.name: is longer"}},
		{"solvents", []string{"producer.contact.email", " "}, []string{"producer.contact.email: the e-mail address is missing (give the contact person's"}},
		{"solvents", []string{"receiver.contact.phone", strings.Repeat("1", 21)}, []string{"receiver.contact.phone: is longer than Trackdéchets takes (use at most 20"}},
		{"solvents", []string{"producer.country", "SE"}, []string{`producer.country: must be in France on a BSDD, not in "SE" (name the French`}},
		{"solvents", []string{"receiver.country", "SE"}, []string{`receiver.country: must be in France on a BSDD, not in "SE"`}},
		{"platform", []string{"legs.1.consignor.country", "BE"}, []string{`legs.1.consignor.country: must be in France on a BSDD, not in "BE"`}},
		{"platform", []string{"legs.1.consignor", "", "legs.0.transporter.vat", "SE556000016701"}, []string{`legs.1.consignor.country: must be in France`}},
		{"platform", []string{"legs.1.consignor.contact.name", ""}, []string{"legs.1.consignor.contact.name: the contact person is missing"}},
		{"platform", []string{"legs.1.transporter.id", "5560065087", "legs.1.transporter.country", "SE"}, []string{"legs.1.transporter.vat: a French company is named by its SIRET"}},
		{"in turns", []string{"legs.1.transporter.id", "974760673", "legs.1.transporter.country", "NO"}, []string{"legs.1.transporter.vat: a French company is named by its SIRET"}},
		{"in turns", []string{"legs.1.transporter.contact.email", ""}, []string{"legs.1.transporter.contact.email: the e-mail address is missing"}},
		{"household", []string{"producer.address", ""}, []string{"producer.address: the address is missing (give it, with postcode"}},
		{"household", []string{"producer.country", "BE"}, []string{"producer.country: must be in France"}},
		{"household", append(company("legs.0.consignor", "00000000283366", "FR"), "producer.id", "00000000283366"), []string{"legs.0.consignor: a private individual hands the waste over itself"}},
		{"ship", []string{"producer.contact.name", ""}, []string{"producer.contact.name: the contact person is missing"}},
		{"brokered", []string{"deals.1.trader.role", "dealer"}, []string{"deals.1.trader: a BSDD names one dealer, and deals.0.trader is one"}},
		{"brokered", []string{"deals.0.trader.contact.phone", ""}, []string{"deals.0.trader.contact.phone: the telephone number is missing"}},
		{"brokered", []string{"intermediaries.0.contact.email", ""}, []string{"intermediaries.0.contact.email: the e-mail address is missing"}},
		{"brokered", []string{"intermediaries.0.name", long}, []string{"intermediaries.0.name: is longer"}},
		{"brokered", []string{"intermediaries.0.role", "eco-organisme"}, []string{"intermediaries.1: a BSDD names one éco-organisme, and intermediaries.0 is one"}},
		{"brokered", company("intermediaries.2", "00000000283424", "FR"), []string{"intermediaries.2: Petit SARL is listed twice"}},
		{"brokered", []string{"intermediaries.0.country", "DE"}, []string{"intermediaries.0.country: must be in France"}},

		// The way.
		{"solvents", []string{"legs.0.mode", "pipeline"}, []string{"legs.0.mode: a delivery by pipeline"}},
		{"in turns", []string{"legs.1.mode", "pipeline"}, []string{"legs.1.mode: a delivery by pipeline"}},
		{"stored", []string{"legs.1.mode", "pipeline"}, []string{"legs.1.mode: a delivery by pipeline"}},
		{"in turns", []string{"legs.1.mode", "road"}, []string{"legs.1.vehicles: the plates of the vehicles are missing"}},
		{"in turns", []string{"legs.1.transporter.id", "00000000283374"}, []string{"legs.1.transporter: is the transporter of the leg before"}},
		{"in turns", company("legs.1.consignor", "00000000283416", "FR"), []string{"legs.1.consignor: is neither the transporter of the leg before nor a declared storage"}},
		{"solvents", []string{"legs.0.vehicles", ""}, []string{"legs.0.vehicles: the plates of the vehicles are missing"}},
		{"solvents", []string{"legs.0.vehicles.1.plate", "AB-124-CD", "legs.0.vehicles.2.plate", "AB-125-CD"}, []string{"legs.0.vehicles: there are 3 vehicles"}},
		{"solvents", []string{"legs.0.vehicles.0.plate", "AB1"}, []string{"legs.0.vehicles.0.plate: a BSDD takes plates of 4 to 12"}},
		{"solvents", []string{"legs.0.vehicles.0.plate", "AB1,CD2"}, []string{"legs.0.vehicles.0.plate: a BSDD takes plates of 4 to 12"}},
		{"solvents", []string{"legs.0.vehicles.1.vin", "VF1"}, []string{"legs.0.vehicles.1.plate: the plate is missing"}},
		{"stored", []string{"legs.0.storage.operation", "", "legs.0.storage.acceptance", ""}, []string{"legs.0.storage.acceptance: dangerous waste needs", "legs.0.storage.operation: is not an operation that a BSDD takes"}},
		{"stored", []string{"legs.0.storage.operation", "D11"}, []string{"legs.0.storage.operation: is not an operation that a BSDD takes (use R1"}},
		{"stored", []string{"legs.0.storage.acceptance", long}, []string{"legs.0.storage.acceptance: is longer"}},
		{"stored", []string{"legs.1.consignor", ""}, []string{"legs.1.consignor: the company that stores the waste before this leg is missing"}},
		{"stored", []string{"legs.1.consignor.country", "BE"}, []string{`legs.1.consignor.country: must be in France on a BSDD, not in "BE"`}},
		{"stored", []string{"legs.1.consignor.contact.phone", ""}, []string{"legs.1.consignor.contact.phone: the telephone number is missing"}},
		{"stored", []string{"legs.1.storage.operation", "R13"}, []string{"legs.1.storage: a BSDD allows one storage on the way"}},
		{"in turns", []string{"legs.1.storage.operation", "R13"}, []string{"legs.1.storage: no leg follows this storage"}},
		{"on paper", append(company("intermediaries.0", "00000000283424", "FR"), "predecessors.0.reference", "X", "predecessors.0.mass", "1"), []string{
			"intermediaries.0: Trackdéchets accepts a BSDD on paper only without intermediaries", "paper: Trackdéchets accepts no group of BSDDs on paper",
		}},
		{"in turns", []string{"paper", "true"}, []string{"paper: Trackdéchets accepts a BSDD on paper only with one transporter"}},
		{"round", []string{"pickups.1.packagings", ""}, []string{"pickups.1.packagings: the packagings are missing"}},
		{"round", []string{"pickups.1.packagings.0.kind", "skip", "pickups.1.packagings.0.count", "3"}, []string{"pickups.1.packagings.0.count: a BSDD takes at most 2"}},
		{"round", []string{"pickups.1.producer.contact.phone", ""}, []string{"pickups.1.producer.contact.phone: the telephone number is missing"}},
		{"round", []string{"pickups.1.producer.country", "SE"}, []string{"pickups.1.producer.country: must be in France"}},
		{"round", []string{"waste.code", "140603*"}, []string{"waste.code: Trackdéchets allows no collection round of 140603*"}},
		{"round", company("legs.0.consignor", "00000000283366", "FR"), []string{"pickups: a collection round has neither consignor nor origin"}},
		{"round", []string{"paper", "true"}, []string{"pickups: a collection round has no predecessors and is not on paper"}},
		{"grouped", []string{"predecessors.1.receipt", "0b5c4b8e-1111-4222-8333-444455556666"}, []string{"predecessors.1.receipt: is not an id of a BSDD"}},

		// The treatment.
		{"solvents", []string{"treatment.operation", "D6"}, []string{"treatment.operation: is not an operation that a BSDD takes (use R1"}},
		{"solvents", []string{"treatment.operation", "R0"}, []string{"treatment.operation: is not an operation that a BSDD takes"}},
		{"solvents", []string{"treatment.operation", "R13", "treatment.mode", ""}, []string{"treatment.next: R13 only groups or stores: the BSDD needs the next destination"}},
		{"solvents", []string{"treatment.mode", ""}, []string{`treatment.mode: "" is not a mode of R2 (use reuse or recycling)`}},
		{"solvents", []string{"treatment.mode", "elimination"}, []string{`treatment.mode: "elimination" is not a mode of R2`}},
		{"solvents", []string{"treatment.acceptance", ""}, []string{"treatment.acceptance: dangerous waste needs the number of the acceptance certificate (CAP) (ask the receiver"}},
		{"solvents", []string{"treatment.acceptance", long, "treatment.description", long}, []string{"treatment.acceptance: is longer", "treatment.description: is longer"}},
		{"not final", []string{"treatment.mode", "recycling"}, []string{"treatment.mode: R13 only groups or stores, so it has no mode"}},
		{"not final", []string{"treatment.operation", "R2", "treatment.mode", "recycling"}, []string{"treatment.next: R2 is final"}},
		{"not final", []string{"treatment.next.operation", "D7"}, []string{"treatment.next.operation: is not an operation that a BSDD takes"}},
		{"not final", []string{"treatment.next.company", ""}, []string{"treatment.next.company: the company at the next destination is missing"}},
		{"not final", []string{"treatment.next.company.id", "1", "treatment.next.company.address", "", "treatment.next.company.contact.phone", ""}, []string{
			"treatment.next.company.address: the address is missing", "treatment.next.company.contact.phone: the telephone number", "treatment.next.company.id: is not a SIRET (give the fourteen",
		}},
		{"not final", []string{"treatment.next.notification", "1"}, []string{"treatment.next.notification: waste that stays in France"}},
		{"goes abroad", []string{"treatment.next.notification", ""}, []string{"treatment.next.notification: dangerous waste goes abroad by a notification"}},
		{"goes abroad", []string{"treatment.next.notification", "FR 2026 00123456"}, []string{"treatment.next.notification: is longer"}},
		{"goes abroad", []string{"treatment.next.company.id", "5560000167", "treatment.next.company.country", "SE"}, []string{"treatment.next.company.vat: Trackdéchets knows companies of the European Union by their VAT number"}},
		{"untraced", []string{"treatment.next.operation", ""}, []string{"treatment.next.operation: the operation planned there is missing"}},
	} {
		tell(t, fmt.Sprintf("%s %q", test.sample, test.set), check.Declaration(sample(t, test.sample, test.set...), today), test.want)
	}
}

// tell holds faults against the beginnings of what they should be, in the order of the
// fields.
func tell(t *testing.T, name string, faults sluss.Faults, want []string) {
	t.Helper()
	var got []string
	for _, f := range faults {
		got = append(got, f.String())
		if f.Remedy == "" || strings.Contains(f.Remedy, "sent again") {
			t.Errorf("%s: %q does not say what to do", name, f)
		}
	}
	slices.Sort(got)
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestWhatIsTooMany(t *testing.T) {
	turns := sample(t, "in turns")
	for len(turns.Legs) < 6 {
		turns.Legs = append(turns.Legs, turns.Legs[len(turns.Legs)-2])
	}
	stored := sample(t, "stored")
	stored.Legs = append(stored.Legs, turns.Legs[0])
	grouped := sample(t, "grouped")
	for len(grouped.Predecessors) < 251 {
		grouped.Predecessors = append(grouped.Predecessors, sluss.Predecessor{Reference: fmt.Sprintf("X-%d", len(grouped.Predecessors)), Mass: 1})
	}
	followed := sample(t, "brokered")
	for _, id := range []string{"00000000283366", "00000000283374", "00000000283390", "00000000283416", "00000000283432"} {
		one := followed.Intermediaries[0]
		one.ID = id
		followed.Intermediaries = append(followed.Intermediaries, one)
	}
	round := sample(t, "round")
	round.Legs = sample(t, "in turns").Legs
	for want, d := range map[string]sluss.Declaration{
		"legs: there are 6 legs within France (a BSDD takes at most 5":             turns,
		"legs.0.storage: 2 legs follow this storage, and a BSDD allows one":        stored,
		"predecessors: there are 251 (a BSDD groups at most 250":                   grouped,
		"intermediaries: there are 6 (a BSDD names at most 5":                      followed,
		"pickups: a collection round has one leg, within France (end the batch wh": round,
	} {
		tell(t, want, check.Declaration(d, today), []string{want})
	}
}

// An event has the faults of the report that it brings, and none that the declaration
// alone is to blame for.
func TestFaultsOfEvents(t *testing.T) {
	received := func(kg sluss.Mass) sluss.Event { return sluss.Event{Kind: sluss.Received, Mass: kg * sluss.Kilogram} }
	treated := func(operation string, untraced bool) sluss.Event {
		return sluss.Event{Kind: sluss.Treated, Operation: operation, NoTraceability: untraced}
	}
	taken := sluss.Event{Kind: sluss.WasteAccepted, RefusedMass: sluss.Kilogram, Reason: "wet"}
	stored := received(41_000)
	stored.Leg = 1
	onRoad := sample(t, "stored", "legs.0.mode", "rail", "legs.1.mode", "road")
	for name, test := range map[string]struct {
		d    sluss.Declaration
		e    sluss.Event
		want []string
	}{
		"too much for a road":                    {sample(t, "solvents"), received(40_001), []string{"mass: the mass received is not within"}},
		"as much as a road takes":                {sample(t, "solvents"), received(40_000), nil},
		"too much for the road of one leg":       {sample(t, "in turns"), received(40_001), []string{"mass: the mass received is not within"}},
		"too much for the road after a storage":  {onRoad, received(40_001), []string{"mass: the mass received is not within"}},
		"too much for the road before a storage": {sample(t, "stored"), stored, []string{"mass: the mass received is not within"}},
		"no BSDD":                                {example(t, "se-waste-oil"), received(40_001), nil},
		"a part of a round":                      {sample(t, "round"), taken, []string{"refused_mass: a collection round is accepted or refused as a whole"}},
		"a part":                                 {sample(t, "solvents"), taken, nil},
		"as planned":                             {sample(t, "not final"), treated("", false), nil},
		"its trace ends":                         {sample(t, "not final"), treated("", true), nil},
		"as another storage":                     {sample(t, "not final"), treated("D15", false), nil},
		"as planned, in a final way":             {sample(t, "solvents"), treated("R2", false), nil},
		"as no BSDD takes":                       {sample(t, "solvents"), treated("D7", false), []string{"operation: is not an operation that a BSDD takes (use R1"}},
		"stored, where a treatment was planned":  {sample(t, "solvents", "treatment.mode", ""), treated("R13", false), []string{"operation: R13 only groups or stores: the BSDD needs the next destination (correct the treatment in the declaration first"}},
		"treated, where a storage was planned":   {sample(t, "not final"), treated("R9", false), []string{`operation: "" is not a mode of R9 (correct the treatment`}},
		"no trace of a final treatment":          {sample(t, "solvents"), treated("", true), []string{"no_traceability: R2 is final"}},
		"what the declaration is to blame for":   {sample(t, "solvents", "treatment.mode", ""), treated("", false), nil},
	} {
		tell(t, name, check.Event(test.d, test.e, today), test.want)
	}
	c := sluss.Content{Declaration: sample(t, "solvents", "waste.name", ""), Events: []sluss.Event{received(40_001)}}
	tell(t, "a content", check.Content(c, today), []string{"events.received.mass: the mass received", "waste.name: the waste needs a name"})
}
