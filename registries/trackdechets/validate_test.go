package trackdechets

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func fields(reasons []sluss.Reason) []string {
	set := map[string]bool{}
	for _, r := range reasons {
		set[r.Field] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// Before it is sent, a declaration's faults are those that the register would
// answer: what it takes has none, and of what it does not, every fault that it
// tells is among ours, in the same words; ours are told all at once, also where
// it stops at the first.
func TestFaultsAreThoseOfTheAnswer(t *testing.T) {
	long := strings.Repeat("x", 251)
	for name, test := range map[string]struct {
		set  map[string]string
		note sluss.Note
		want []string // all of our fields
	}{
		"nothing":                    {nil, sluss.NoteSealing, nil},
		"nothing, at emission":       {nil, sluss.NoteEmission, nil},
		"nothing, at the take-over":  {nil, sluss.NoteTakeOver, nil},
		"no SIRET":                   {map[string]string{"receiver.id": "12345678901234"}, sluss.NoteCreation, []string{"receiver.id"}},
		"two SIRETs":                 {map[string]string{"legs.0.transporter.id": "12345678901234", "receiver.id": "1"}, sluss.NoteCreation, []string{"legs.0.transporter.id", "receiver.id"}},
		"unknown code":               {map[string]string{"waste.code": "999999*"}, sluss.NoteCreation, []string{"waste.code"}},
		"a code of asbestos":         {map[string]string{"waste.code": "060701*"}, sluss.NoteCreation, []string{"waste.code"}},
		"too heavy for a road":       {map[string]string{"waste.mass": "40000.001"}, sluss.NoteCreation, []string{"waste.mass"}},
		"as heavy as a road takes":   {map[string]string{"waste.mass": "40000"}, sluss.NoteCreation, nil},
		"too heavy for a ship":       {map[string]string{"waste.mass": "50000001", "legs.0.mode": "sea"}, sluss.NoteCreation, []string{"waste.mass"}},
		"no mass":                    {map[string]string{"waste.mass": "0"}, sluss.NoteSealing, []string{"waste.mass"}},
		"no packaging but its name":  {map[string]string{"waste.packagings.0.count": "0"}, sluss.NoteCreation, []string{"waste.packagings"}},
		"three tanks":                {map[string]string{"waste.packagings.0.kind": "tank", "waste.packagings.0.count": "3"}, sluss.NoteCreation, []string{"waste.packagings"}},
		"a drum that is something":   {map[string]string{"waste.packagings.0.other": "box"}, sluss.NoteCreation, []string{"waste.packagings"}},
		"something that is nothing":  {map[string]string{"waste.packagings.0.kind": "other"}, sluss.NoteSealing, []string{"waste.packagings"}},
		"long name":                  {map[string]string{"waste.name": long}, sluss.NoteCreation, []string{"waste.name"}},
		"long phone":                 {map[string]string{"receiver.contact.phone": strings.Repeat("1", 21)}, sluss.NoteCreation, []string{"receiver.contact.phone"}},
		"unknown operation":          {map[string]string{"treatment.operation": "D7"}, sluss.NoteCreation, []string{"treatment.operation"}},
		"an operation for groups":    {map[string]string{"treatment.operation": "R0"}, sluss.NoteCreation, []string{"treatment.operation"}},
		"short plate":                {map[string]string{"legs.0.vehicles.0.plate": "ABC"}, sluss.NoteCreation, []string{"legs.0.vehicles.0.plate"}},
		"a French VAT number":        {map[string]string{"legs.0.transporter.country": "DE", "legs.0.transporter.id": "FR40303265045"}, sluss.NoteCreation, []string{"legs.0.transporter.vat"}},
		"no VAT number":              {map[string]string{"legs.0.transporter.country": "DE", "legs.0.transporter.id": "DE?"}, sluss.NoteCreation, []string{"legs.0.transporter.vat"}},
		"no name, consistence, code": {map[string]string{"waste.name": "", "waste.consistence": "", "waste.code": ""}, sluss.NoteSealing, []string{"waste.code", "waste.consistence", "waste.name"}},
		"no acceptance certificate":  {map[string]string{"treatment.acceptance": ""}, sluss.NoteSealing, []string{"treatment.acceptance"}},
		"no operation":               {map[string]string{"treatment.operation": ""}, sluss.NoteSealing, []string{"treatment.operation"}},
		"nothing about the receiver": {
			map[string]string{"receiver.id": "", "receiver.name": "", "receiver.address": "", "receiver.contact.name": "", "receiver.contact.phone": "", "receiver.contact.email": ""},
			sluss.NoteSealing,
			[]string{"receiver.address", "receiver.contact.email", "receiver.contact.name", "receiver.contact.phone", "receiver.id", "receiver.name"},
		},
		"nothing about the producer": {
			map[string]string{"producer.name": "", "producer.address": "", "producer.contact.name": "", "producer.contact.phone": "", "producer.contact.email": ""},
			sluss.NoteSealing,
			[]string{"producer.address", "producer.contact.email", "producer.contact.name", "producer.contact.phone", "producer.name"},
		},
		"no plate, no mode":        {map[string]string{"legs.0.mode": ""}, sluss.NoteTakeOver, []string{"legs.0.mode"}},
		"no plate on the road":     {map[string]string{"legs.0.vehicles.0.plate": ""}, sluss.NoteTakeOver, []string{"legs.0.vehicles.0.plate"}},
		"a transporter's contacts": {map[string]string{"legs.0.transporter.contact.name": "", "legs.0.transporter.contact.phone": ""}, sluss.NoteTakeOver, []string{"legs.0.transporter.contact.name", "legs.0.transporter.contact.phone"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(t, sim.Options{})
			b := newBatch(t, "fr-solvents.json")
			change := func() {
				for path, value := range test.set {
					must(t, b.declaration.Set(path, value))
				}
			}
			if test.note == sluss.NoteTakeOver { // what is signed was laid down before
				change()
			}
			for _, note := range beforeDeparture() {
				if note == test.note {
					break
				}
				r.file(b, note)
			}
			change()
			s := b.submission(test.note)
			found, err := r.client.Faults(s.Content, today)
			must(t, err)
			if got := fields(found); !slices.Equal(got, test.want) {
				t.Errorf("faults in %q, want %q", got, test.want)
			}
			for _, f := range found {
				if f.Message == "" || f.Remedy == "" || contains(f.Message, "Trackdéchets says") {
					t.Errorf("%+v", f)
				}
			}
			told, exchange, err := r.client.Submit(t.Context(), s)
			must(t, err)
			if (told.Kind == sluss.Accepted) != (len(found) == 0) {
				t.Errorf("%d faults, and the register answers %+v\n%s", len(found), told, exchange.Response)
			}
			for _, reason := range told.Reasons {
				reason.Code, reason.Original = "", ""
				if !slices.Contains(found, reason) {
					t.Errorf("the register tells %+v; we found %+v", reason, found)
				}
			}
		})
	}
}

func TestFaultsOfVerdictAndTreatment(t *testing.T) {
	r := newRegister(t, sim.Options{})
	for name, test := range map[string]struct {
		received  sluss.Mass
		verdict   sluss.Event
		operation string
		mode      string
		want      []string
	}{
		"all taken":             {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.Taken}},
		"nothing came":          {verdict: sluss.Event{Kind: sluss.Taken}, want: []string{""}},
		"more than a road":      {received: 41 * sluss.Tonne, verdict: sluss.Event{Kind: sluss.Taken}, want: []string{""}},
		"refused, no reason":    {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.Refused}, want: []string{""}},
		"more refused than was": {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.Taken, RefusedMass: 2 * sluss.Tonne, Reason: "wet"}, want: []string{""}},
		"mode does not fit":     {operation: "R1", mode: "recycling", want: []string{"treatment.mode"}},
		"no mode":               {operation: "R1", want: []string{"treatment.mode"}},
		"grouped":               {operation: "R13", want: []string{"treatment.next"}},
		"unknown":               {operation: "D11", mode: "elimination", want: []string{"treatment.operation"}},
		"treated":               {operation: "D9F", mode: "elimination"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			b.declaration.Reference = "F-" + strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), ",", "")
			note := sluss.NoteAcceptance
			if test.operation != "" {
				note = sluss.NoteProcessing
				r.bring(b, sluss.NoteAcceptance)
				b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00"), Operation: test.operation})
				b.declaration.Treatment.Mode = test.mode
			} else {
				r.bring(b, sluss.NoteArrival)
				b.events[len(b.events)-1].Mass = test.received
				test.verdict.At = at("2026-11-23T16:00:00+01:00")
				b.happens(test.verdict)
			}
			s := b.submission(note)
			found, err := r.client.Faults(s.Content, today)
			must(t, err)
			if got := fields(found); !slices.Equal(got, test.want) {
				t.Errorf("faults in %q, want %q", got, test.want)
			}
			told, exchange, err := r.client.Submit(t.Context(), s)
			if err != nil || (told.Kind == sluss.Accepted) != (len(found) == 0) {
				t.Errorf("%d faults, and the register answers %+v, %v\n%s", len(found), told, err, exchange.Response)
			}
		})
	}
}

// Of several transporters in turns, each is looked at, and each is a call.
func TestFaultsOfTransportersInTurns(t *testing.T) {
	r := newRegister(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	second := b.declaration.Legs[0]
	second.Transporter.ID, second.Mode, second.Vehicles = "1", sluss.Sea, []sluss.Vehicle{{Country: "FR", Plate: "ABC", Kind: sluss.Lorry}}
	b.declaration.Legs = append(b.declaration.Legs, second)
	b.declaration.Waste.Mass = 41 * sluss.Tonne // the first goes by road
	for note, want := range map[sluss.Note]struct {
		fields []string
		calls  int
	}{
		sluss.NoteCreation: {[]string{"legs.1.transporter.id", "legs.1.vehicles.0.plate", "waste.mass"}, 3},
		sluss.NoteTakeOver: {[]string{"waste.mass"}, 1},
	} {
		s := b.submission(note)
		found, err := r.client.Faults(s.Content, today)
		must(t, err)
		calls, err := r.client.Calls(t.Context(), s.Content)
		if got := fields(found); err != nil || !slices.Equal(got, want.fields) || calls != want.calls {
			t.Errorf("%s: faults in %q, %d calls, %v; want %q, %d", note, got, calls, err, want.fields, want.calls)
		}
	}
	turn := b.submission(sluss.NoteTakeOver)
	turn.Content.Obligation.Leg = 2
	found, err := r.client.Faults(turn.Content, today)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"legs.1.vehicles.0.plate"}) {
		t.Errorf("the second take-over: %q, %v", got, err)
	}
	participants, err := Participants(b.declaration, 0)
	must(t, err)
	var paths []string
	for _, p := range participants {
		paths = append(paths, p.Path)
	}
	if !slices.Equal(paths, []string{"producer", "legs.0.transporter", "legs.1.transporter", "receiver"}) {
		t.Errorf("participants %q", paths)
	}
}

// What the register asks for since some day is no fault before.
func TestFaultsGoByTheDay(t *testing.T) {
	c := New(Options{TestCompanies: true})
	b := newBatch(t, "fr-solvents.json")
	b.declaration.Legs[0].Vehicles[0].Plate = "ABC"
	b.happens(sluss.Event{Kind: sluss.Treated})
	b.declaration.Treatment.Operation, b.declaration.Treatment.Mode = "D9F", ""
	for day, want := range map[string]map[sluss.Note][]string{
		"2025-01-31": {sluss.NoteCreation: {"treatment.operation"}, sluss.NoteProcessing: {"treatment.operation"}},
		"2025-12-31": {sluss.NoteCreation: {"legs.0.vehicles.0.plate", "treatment.operation"}, sluss.NoteProcessing: {"treatment.operation"}},
		"2026-01-01": {sluss.NoteCreation: {"legs.0.vehicles.0.plate"}, sluss.NoteProcessing: {"treatment.mode"}},
	} {
		for note, want := range want {
			on, err := time.Parse(time.DateOnly, day)
			must(t, err)
			found, err := c.Faults(b.submission(note).Content, on)
			if got := fields(found); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s on %s: %q, %v; want %q", note, day, got, err, want)
			}
		}
	}
}

func TestCodesAreTheRegisters(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root(t), "..", "shared", "data", "trackdechets-waste-codes.tsv"))
	if os.IsNotExist(err) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	must(t, err)
	want := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if row := strings.Split(line, "\t"); len(row) > 2 && row[2] == "1" {
			want[row[0]] = true
		}
	}
	if !maps.Equal(wasteCodes(), want) {
		t.Errorf("%d codes, want %d", len(wasteCodes()), len(want))
	}
}
