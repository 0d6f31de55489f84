package trackdechets

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/check"
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

// Before it is sent, a declaration's faults are those that the registry would
// answer: what it takes has none, and of what it does not, every fault that it
// tells is among ours, at its field or below; ours are told all at once, also
// where it stops at the first.
func TestFaultsAreThoseOfTheAnswer(t *testing.T) {
	long := strings.Repeat("x", 251)
	for name, test := range map[string]struct {
		set  map[string]string
		note sluss.ReportKind
		want []string // all of our fields
	}{
		"nothing":                    {nil, sluss.ReportSealing, nil},
		"nothing, at emission":       {nil, sluss.ReportEmission, nil},
		"nothing, at the take-over":  {nil, sluss.ReportTakeOver, nil},
		"no SIRET":                   {map[string]string{"receiver.id": "12345678901234"}, sluss.ReportCreation, []string{"receiver.id"}},
		"two SIRETs":                 {map[string]string{"legs.0.transporter.id": "12345678901234", "receiver.id": "1"}, sluss.ReportCreation, []string{"legs.0.transporter.id", "receiver.id"}},
		"unknown code":               {map[string]string{"waste.code": "999999*"}, sluss.ReportCreation, []string{"waste.code"}},
		"a code of asbestos":         {map[string]string{"waste.code": "060701*"}, sluss.ReportCreation, []string{"waste.code"}},
		"too heavy for a road":       {map[string]string{"waste.mass": "40000.001"}, sluss.ReportCreation, []string{"waste.mass"}},
		"as heavy as a road takes":   {map[string]string{"waste.mass": "40000"}, sluss.ReportCreation, nil},
		"too heavy for a ship":       {map[string]string{"waste.mass": "50000001", "legs.0.mode": "sea"}, sluss.ReportCreation, []string{"waste.mass"}},
		"no mass":                    {map[string]string{"waste.mass": "0"}, sluss.ReportSealing, []string{"waste.mass"}},
		"no packaging but its name":  {map[string]string{"waste.packagings.0.count": "0"}, sluss.ReportCreation, []string{"waste.packagings.0.count"}},
		"three tanks":                {map[string]string{"waste.packagings.0.kind": "tank", "waste.packagings.0.count": "3"}, sluss.ReportCreation, []string{"waste.packagings.0.count"}},
		"a drum that is something":   {map[string]string{"waste.packagings.0.other": "box"}, sluss.ReportCreation, []string{"waste.packagings.0.other"}},
		"something that is nothing":  {map[string]string{"waste.packagings.0.kind": "other"}, sluss.ReportSealing, []string{"waste.packagings.0.other"}},
		"long name":                  {map[string]string{"waste.name": long}, sluss.ReportCreation, []string{"waste.name"}},
		"long phone":                 {map[string]string{"receiver.contact.phone": strings.Repeat("1", 21)}, sluss.ReportCreation, []string{"receiver.contact.phone"}},
		"unknown operation":          {map[string]string{"treatment.operation": "D7"}, sluss.ReportCreation, []string{"treatment.operation"}},
		"an operation for groups":    {map[string]string{"treatment.operation": "R0"}, sluss.ReportCreation, []string{"treatment.operation"}},
		"short plate":                {map[string]string{"legs.0.vehicles.0.plate": "ABC"}, sluss.ReportCreation, []string{"legs.0.vehicles.0.plate"}},
		"a French VAT number":        {map[string]string{"legs.0.transporter.country": "DE", "legs.0.transporter.id": "FR40303265045"}, sluss.ReportCreation, []string{"legs.0.transporter.vat"}},
		"no VAT number":              {map[string]string{"legs.0.transporter.country": "DE", "legs.0.transporter.id": "DE?"}, sluss.ReportCreation, []string{"legs.0.transporter.vat"}},
		"no name, consistence, code": {map[string]string{"waste.name": "", "waste.consistence": "", "waste.code": ""}, sluss.ReportSealing, []string{"waste.code", "waste.consistence", "waste.name"}},
		"no acceptance certificate":  {map[string]string{"treatment.acceptance": ""}, sluss.ReportSealing, []string{"treatment.acceptance"}},
		"no operation":               {map[string]string{"treatment.operation": ""}, sluss.ReportSealing, []string{"treatment.operation"}},
		"nothing about the receiver": {
			map[string]string{"receiver.id": "", "receiver.name": "", "receiver.address": "", "receiver.contact.name": "", "receiver.contact.phone": "", "receiver.contact.email": ""},
			sluss.ReportSealing,
			[]string{"receiver.address", "receiver.contact.email", "receiver.contact.name", "receiver.contact.phone", "receiver.id", "receiver.name"},
		},
		"nothing about the producer": {
			map[string]string{"producer.name": "", "producer.address": "", "producer.contact.name": "", "producer.contact.phone": "", "producer.contact.email": ""},
			sluss.ReportSealing,
			[]string{"producer.address", "producer.contact.email", "producer.contact.name", "producer.contact.phone", "producer.name"},
		},
		"no plate, no mode":        {map[string]string{"legs.0.mode": ""}, sluss.ReportTakeOver, []string{"legs.0.mode"}},
		"no plate on the road":     {map[string]string{"legs.0.vehicles.0.plate": ""}, sluss.ReportTakeOver, []string{"legs.0.vehicles.0.plate"}},
		"a transporter's contacts": {map[string]string{"legs.0.transporter.contact.name": "", "legs.0.transporter.contact.phone": ""}, sluss.ReportTakeOver, []string{"legs.0.transporter.contact.name", "legs.0.transporter.contact.phone"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t, sim.Options{})
			b := newBatch(t, "fr-solvents.json")
			change := func() {
				for path, value := range test.set {
					must(t, b.declaration.Set(path, value))
				}
			}
			if test.note == sluss.ReportTakeOver { // what is signed was laid down before
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
			found, err := check.Step(s.Content, today, true)
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
				t.Errorf("%d faults, and the registry answers %+v\n%s", len(found), told, exchange.Response)
			}
			for _, reason := range told.Reasons {
				if !slices.ContainsFunc(found, func(ours sluss.Reason) bool { return strings.HasPrefix(ours.Field+".", reason.Field+".") }) {
					t.Errorf("the registry tells %+v; we found %+v", reason, found)
				}
			}
		})
	}
}

func TestFaultsOfVerdictAndTreatment(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	for name, test := range map[string]struct {
		received  sluss.Mass
		verdict   sluss.Event
		operation string
		mode      string
		want      []string
	}{
		"all taken":             {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.WasteAccepted}},
		"nothing came":          {verdict: sluss.Event{Kind: sluss.WasteAccepted}, want: []string{"events.received.mass"}},
		"more than a road":      {received: 41 * sluss.Tonne, verdict: sluss.Event{Kind: sluss.WasteAccepted}, want: []string{"events.received.mass"}},
		"refused, no reason":    {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.WasteRefused}, want: []string{"events.refused.reason"}},
		"more refused than was": {received: sluss.Tonne, verdict: sluss.Event{Kind: sluss.WasteAccepted, RefusedMass: 2 * sluss.Tonne, Reason: "wet"}, want: []string{"events.accepted.refused_mass"}},
		"mode does not fit":     {operation: "R1", mode: "recycling", want: []string{"treatment.mode"}},
		"no mode":               {operation: "R1", want: []string{"treatment.mode"}},
		"grouped":               {operation: "R13", want: []string{"treatment.next"}},
		"unknown":               {operation: "D11", mode: "elimination", want: []string{"treatment.operation"}},
		"treated":               {operation: "D9F", mode: "elimination"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			b.declaration.Reference = "F-" + strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), ",", "")
			note := sluss.ReportAcceptance
			if test.operation != "" {
				note = sluss.ReportProcessing
				r.bring(b, sluss.ReportAcceptance)
				b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00"), Operation: test.operation})
				b.declaration.Treatment.Mode = test.mode
			} else {
				r.bring(b, sluss.ReportArrival)
				b.events[len(b.events)-1].Mass = test.received
				test.verdict.At = at("2026-11-23T16:00:00+01:00")
				b.happens(test.verdict)
			}
			s := b.submission(note)
			found, err := check.Step(s.Content, today, true)
			must(t, err)
			if got := fields(found); !slices.Equal(got, test.want) {
				t.Errorf("faults in %q, want %q", got, test.want)
			}
			told, exchange, err := r.client.Submit(t.Context(), s)
			if err != nil || (told.Kind == sluss.Accepted) != (len(found) == 0) {
				t.Errorf("%d faults, and the registry answers %+v, %v\n%s", len(found), told, err, exchange.Response)
			}
		})
	}
}

// Of several transporters, each is looked at, and each is a call.
func TestFaultsOfSeveralTransporters(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	second := b.declaration.Legs[0]
	second.Transporter.ID, second.Mode, second.Vehicles = "1", sluss.Sea, []sluss.Vehicle{{Country: "FR", Plate: "ABC", Kind: sluss.Lorry}}
	b.declaration.Legs = append(b.declaration.Legs, second)
	b.declaration.Waste.Mass = 41 * sluss.Tonne // the first goes by road
	for note, want := range map[sluss.ReportKind]struct {
		fields []string
		calls  int
	}{
		sluss.ReportCreation: {[]string{"legs.1.transporter.id", "legs.1.vehicles.0.plate", "waste.mass"}, 3},
		sluss.ReportTakeOver: {[]string{"waste.mass"}, 1},
	} {
		s := b.submission(note)
		found, err := check.Step(s.Content, today, true)
		must(t, err)
		calls, err := r.client.Calls(t.Context(), s.Content)
		if got := fields(found); err != nil || !slices.Equal(got, want.fields) || calls != want.calls {
			t.Errorf("%s: faults in %q, %d calls, %v; want %q, %d", note, got, calls, err, want.fields, want.calls)
		}
	}
	later := b.submission(sluss.ReportTakeOver)
	later.Content.Obligation.Leg = 2
	found, err := check.Step(later.Content, today, true)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"legs.1.vehicles.0.plate"}) {
		t.Errorf("the second take-over: %q, %v", got, err)
	}
}

// What the registry asks for since some day is no fault before.
func TestFaultsGoByTheDay(t *testing.T) {
	b := newBatch(t, "fr-solvents.json")
	b.declaration.Legs[0].Vehicles[0].Plate = "ABC"
	b.happens(sluss.Event{Kind: sluss.Treated})
	b.declaration.Treatment.Operation, b.declaration.Treatment.Mode = "D9F", ""
	for day, want := range map[string]map[sluss.ReportKind][]string{
		"2025-01-31": {sluss.ReportCreation: {"treatment.operation"}, sluss.ReportProcessing: {"treatment.operation"}},
		"2025-12-31": {sluss.ReportCreation: {"legs.0.vehicles.0.plate", "treatment.operation"}, sluss.ReportProcessing: {"treatment.operation"}},
		"2026-01-01": {sluss.ReportCreation: {"legs.0.vehicles.0.plate"}, sluss.ReportProcessing: {"treatment.mode"}},
	} {
		for note, want := range want {
			on, err := time.Parse(time.DateOnly, day)
			must(t, err)
			found, err := check.Step(b.submission(note).Content, on, true)
			if got := fields(found); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s on %s: %q, %v; want %q", note, day, got, err, want)
			}
		}
	}
}

// What is found in a treatment before it is sent is what the registry refuses.
func TestFaultsOfATreatment(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportAcceptance)
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	abroad := party("DE136695976")
	abroad.Country = "DE"
	type treatment = func(*sluss.Treatment)
	next := func(change treatment) treatment {
		return func(t *sluss.Treatment) {
			*t = sluss.Treatment{Operation: "R13", Acceptance: t.Acceptance, Next: &sluss.NextDestination{Company: party(platformID), Operation: "R1"}}
			change(t)
		}
	}
	final := func(operation, mode string) treatment {
		return func(t *sluss.Treatment) { t.Operation, t.Mode = operation, mode }
	}
	sent := func(change treatment) sluss.Submission {
		s := b.submission(sluss.ReportProcessing)
		change(&s.Content.Declaration.Treatment)
		return s
	}
	for name, test := range map[string]struct {
		change treatment
		want   []string
	}{
		"unknown operation":         {final("D11", ""), []string{"treatment.operation"}},
		"no mode":                   {final("R1", ""), []string{"treatment.mode"}},
		"another mode":              {final("R1", "recycling"), []string{"treatment.mode"}},
		"grouped, and goes nowhere": {next(func(t *sluss.Treatment) { t.Next = nil }), []string{"treatment.next"}},
		"grouped with a mode":       {next(func(t *sluss.Treatment) { t.Mode = "recycling" }), []string{"treatment.mode"}},
		"goes on to be nothing":     {next(func(t *sluss.Treatment) { t.Next.Operation = "" }), []string{"treatment.next.operation"}},
		"goes on to be unknown":     {next(func(t *sluss.Treatment) { t.Next.Operation = "D7" }), []string{"treatment.next.operation"}},
		"goes on to nobody": {next(func(t *sluss.Treatment) { t.Next.Company = sluss.Party{Country: "FR"} }), []string{
			"treatment.next.company.address", "treatment.next.company.contact.email", "treatment.next.company.contact.name", "treatment.next.company.contact.phone",
			"treatment.next.company.id", "treatment.next.company.name",
		}},
		"goes on to no SIRET":  {next(func(t *sluss.Treatment) { t.Next.Company.ID = "1" }), []string{"treatment.next.company.id"}},
		"abroad, not notified": {next(func(t *sluss.Treatment) { t.Next.Company = abroad }), []string{"treatment.next.notification"}},
		"a French VAT number": {next(func(t *sluss.Treatment) {
			t.Next.Company, t.Next.Company.ID, t.Next.Notification = abroad, "FR40303265045", "FR 1"
		}), []string{"treatment.next.company.vat"}},
		"a notification that is long": {next(func(t *sluss.Treatment) { t.Next.Company, t.Next.Notification = abroad, strings.Repeat("1", 16) }), []string{"treatment.next.notification"}},
	} {
		s := sent(test.change)
		found, err := check.Step(s.Content, today, true)
		if got := fields(found); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q; %v", name, got, test.want, err)
		}
		for _, f := range found {
			if f.Message == "" || f.Remedy == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if o, e, err := r.client.Submit(t.Context(), s); err != nil || o.Kind != sluss.Rejected {
			t.Errorf("%s: %+v, %v\n%s", name, o, err, e.Request)
		}
	}
	untraced := next(func(t *sluss.Treatment) { t.NoTraceability, t.Next.Company = true, sluss.Party{} })
	for name, change := range map[string]treatment{
		"final": final("R1", "energy-recovery"), "grouped": next(func(*sluss.Treatment) {}), "untraced": untraced,
		"abroad, notified": next(func(t *sluss.Treatment) { t.Next.Company, t.Next.Notification = abroad, "FR 1" }),
	} {
		if found, err := check.Step(sent(change).Content, today, true); err != nil || len(found) > 0 {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
	if receipt := r.accepts(sent(untraced)); receipt.Status != "NO_TRACEABILITY" {
		t.Errorf("%+v", receipt)
	}
}

// TestWhatIsSureToBeRefusedIsNotSent: all reasons come at once, of the creation
// with those of the sealing, and the registry is not asked.
func TestWhatIsSureToBeRefusedIsNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		set  map[string]string
		note sluss.ReportKind
		want []string // none: the registry is asked, and takes it
	}{
		"good":         {nil, sluss.ReportCreation, nil},
		"good, sealed": {nil, sluss.ReportSealing, nil},
		"two formats, and one that only sealing wants": {
			map[string]string{"receiver.id": "123", "legs.0.vehicles.0.plate": "A", "waste.consistence": ""},
			sluss.ReportCreation,
			[]string{"legs.0.vehicles.0.plate", "receiver.id", "waste.consistence"},
		},
		"at the sealing": {
			map[string]string{"waste.name": "", "treatment.acceptance": "", "receiver.contact.phone": ""},
			sluss.ReportSealing,
			[]string{"receiver.contact.phone", "treatment.acceptance", "waste.name"},
		},
		"what only the take-over wants": {map[string]string{"legs.0.mode": ""}, sluss.ReportCreation, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t, sim.Options{})
			b := newBatch(t, "fr-solvents.json")
			if test.note == sluss.ReportSealing {
				r.file(b, sluss.ReportCreation)
			}
			before := len(r.recorded())
			for path, value := range test.set {
				must(t, b.declaration.Set(path, value))
			}
			told, exchange, err := r.as(func(o *Options) { o.Unchecked = false }).Submit(t.Context(), b.submission(test.note))
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
			if len(r.recorded()) != before {
				t.Error("something was written")
			}
		})
	}
}

// TestFaultsOfADeclaration: all at once, up to the last signature before the waste
// leaves, and nothing of a batch without a BSDD.
func TestFaultsOfADeclaration(t *testing.T) {
	on := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"fr-solvents.json", "fr-two-transporters.json", "se-to-fr.json", "se-waste-oil.json"} {
		if faults := check.Declaration(example(t, name), on); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
	d := example(t, "fr-two-transporters.json")
	for path, value := range map[string]string{"waste.name": "", "receiver.id": "12", "legs.1.mode": "", "waste.mass": "60000000"} {
		must(t, d.Set(path, value))
	}
	var got []string
	for _, f := range check.Declaration(d, on) {
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
