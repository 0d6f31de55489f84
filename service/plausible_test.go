package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"sluss"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// yard is a fake of Temporal and a worker, which records the batches and events that it
// gets; the batches only if they are to be kept.
type yard struct {
	client.Client // nothing else is asked of it

	t       *testing.T
	l       *ledger.Ledger
	keeps   bool
	started []sluss.BatchID
}

func newYard(t *testing.T) (*service.Service, *yard) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	y := &yard{t: t, l: l}
	return &service.Service{Ledger: l, Temporal: y}, y
}

func (y *yard) ExecuteWorkflow(ctx context.Context, _ client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	in, ok := args[0].(workflows.BatchInput)
	if !ok {
		y.t.Fatalf("started with %T", args[0])
	}
	y.started = append(y.started, in.Declaration.ID())
	if y.keeps {
		must(y.t, y.l.RecordEvent(ctx, sluss.EventRecord{Batch: in.Declaration.ID(), Declaration: &in.Declaration, Event: in.Produced, At: in.Produced.At}))
	}
	return nil, nil
}

func (y *yard) QueryWorkflow(_ context.Context, _, _, _ string, _ ...any) (converter.EncodedValue, error) {
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(workflows.BatchState{})
	return client.NewValue(payloads), err
}

func (y *yard) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	e, ok := o.Args[0].(sluss.Event)
	if !ok {
		y.t.Fatalf("update %s with %T", o.UpdateName, o.Args[0])
	}
	must(y.t, y.l.RecordEvent(ctx, sluss.EventRecord{Batch: sluss.BatchID(o.WorkflowID), Event: e, At: e.At}))
	return taken{}, nil
}

// inYears is a time as many years from now, as a declaration has it.
func inYears(n int) string { return time.Now().AddDate(n, 0, 0).Format(time.RFC3339) }

// What cannot be true is refused; what may be true but is not plausible is held until it is
// confirmed.
func TestImplausibleDeclarationsAreHeld(t *testing.T) {
	d, c := newYard(t)
	for name, test := range map[string]struct {
		declaration sluss.Declaration
		want        string // field in doubt or wrong
		never       bool   // no confirmation helps
	}{
		"a carrier of no country": {set(t, "se-waste-oil", "legs.0.transporter.country", "XX"), "legs.0.transporter.country", true},
		"a place in no country":   {set(t, "se-to-fr", "legs.0.to.country", "EU"), "legs.0.to.country", true},
		"a vehicle of no country": {set(t, "se-waste-oil", "legs.0.vehicles.0.country", "UK"), "legs.0.vehicles.0.country", true},
		"zeros":                   {set(t, "se-waste-oil", "producer.id", "000000-0000"), "producer.id", true},
		"a wrong check digit":     {set(t, "se-waste-oil", "producer.id", "5560000168"), "producer.id", true},
		"another country's company": {
			set(t, "se-waste-oil", "legs.0.transporter.country", "DE", "legs.0.transporter.id", "BE0428759497"), "legs.0.transporter.id", true,
		},
		"another country's VAT number": {set(t, "se-waste-oil", "receiver.vat", "BE0428759497"), "receiver.vat", false},
		"no plate":                     {set(t, "se-waste-oil", "legs.0.vehicles.0.plate", "ABC12A, DEF34B"), "legs.0.vehicles.0.plate", true},
		"a plate of another form":      {set(t, "se-waste-oil", "legs.0.vehicles.0.plate", "ABCD1234"), "legs.0.vehicles.0.plate", false},
		"a French plate of no form":    {set(t, "fr-solvents", "legs.0.vehicles.0.plate", "AB-1234-C"), "legs.0.vehicles.0.plate", false},
		"a century ahead":              {set(t, "se-waste-oil", "legs.0.departure", inYears(100)), "legs.0.departure", true},
		"a century ago":                {set(t, "se-waste-oil", "legs.0.departure", inYears(-100)), "legs.0.departure", true},
		"two years ahead":              {set(t, "se-waste-oil", "legs.0.departure", inYears(2)), "legs.0.departure", false},
		"three years ago":              {set(t, "se-waste-oil", "legs.0.departure", inYears(-3)), "legs.0.departure", false},
		"grams for kilograms":          {set(t, "se-waste-oil", "waste.mass", "1250000", "waste.packagings", ""), "waste.mass", false},
		"more than containers hold":    {set(t, "se-waste-oil", "waste.mass", "13000", "waste.packagings.0.kind", "ibc", "waste.packagings.0.count", "2"), "waste.packagings", false},
		"containers for the content":   {set(t, "se-waste-oil", "waste.packagings.0.count", "1250000"), "waste.packagings.0.count", true},
	} {
		var faults sluss.Faults
		test.declaration.Reference = "PLAUSIBLE"
		_, err := d.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, time.Now())
		if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{test.want}) || faults[0].Problem == "" || faults[0].Remedy == "" {
			t.Errorf("%s: %v, want a fault of %s", name, err, test.want)
			continue
		}
		if told := strings.Contains(faults[0].Remedy, "confirmed.N.field="+test.want); told == test.never {
			t.Errorf("%s: %s", name, faults[0])
		}
		started := len(c.started)
		test.declaration.Confirmed = []sluss.Confirmation{{Field: test.want, Reason: "seen in the papers"}}
		_, err = d.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, time.Now())
		if test.never != (err != nil) || test.never != (len(c.started) == started) {
			t.Errorf("%s, confirmed: %v", name, err)
		}
		test.declaration.Confirmed[0].Reason = " "
		if _, err = d.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, time.Now()); err == nil || !strings.Contains(err.Error(), "confirmed.0.reason") {
			t.Errorf("%s, confirmed without reason: %v", name, err)
		}
	}
}

// The time at which a batch was produced is not ahead, nor years ago.
func TestProducedIsNotAheadNorYearsAgo(t *testing.T) {
	d, _ := newYard(t)
	for years, want := range map[int]string{1: "is in the future", -6: "is 6 years ago", -100: "is 100 years ago", 0: ""} {
		_, err := d.Declare(t.Context(), set(t, "se-waste-oil", "reference", "AT"), sluss.Person{Name: officer}, time.Now().AddDate(years, 0, 0))
		if (want == "") != (err == nil) || err != nil && (!strings.HasPrefix(err.Error(), "at: ") || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d years: %v, want %q", years, err, want)
		}
	}
}

// Confirmations are read from JSON and CSV like all other fields.
func TestConfirmationsAreRead(t *testing.T) {
	want := []sluss.Confirmation{{Field: "waste.mass", Reason: "two lorries"}}
	text := strings.Replace(exampleText(t, "se-waste-oil"), "{", `{"confirmed": [{"field": "waste.mass", "reason": "two lorries"}],`, 1)
	d, err := service.ReadDeclaration([]byte(text))
	if err != nil || !slices.Equal(d.Confirmed, want) {
		t.Errorf("JSON: %+v, %v", d.Confirmed, err)
	}
	file, err := declarations.Read([]byte("reference,confirmed.0.field,confirmed.0.reason\nA,waste.mass,two lorries\n"), declarations.Options{})
	if err != nil || !slices.Equal(file.Rows[0].Declaration.Confirmed, want) {
		t.Errorf("CSV: %+v, %v", file, err)
	}
}

// A declaration that is too large to be processed is refused, quickly.
func TestLargeDeclarationsAreRefused(t *testing.T) {
	sv, _ := newYard(t)
	text := exampleText(t, "se-waste-oil")
	packagings := `"packagings": [` + strings.Repeat(`{"kind": "ibc", "count": 1},`, 80_000) + `{"kind": "ibc", "count": 1}], "was":[`
	deep := strings.Repeat(`{"a":`, 2_000) + "1" + strings.Repeat("}", 2_000)
	for name, test := range map[string]struct{ text, want string }{
		"packagings":  {strings.Replace(text, `"packagings": [`, packagings, 1), "values"},
		"depth":       {strings.Replace(text, "{", `{"a":`+deep+",", 1), "nested"},
		"a long text": {strings.Replace(text, `"name": "`, `"name": "`+strings.Repeat("x", 200_000), 1), "characters"},
		"few of many": {strings.Replace(text, `"packagings": [`, `"packagings": [`+strings.Repeat(`{"kind": "ibc", "count": 1},`, 60), 1), "there are 6"},
	} {
		began := time.Now()
		d, err := service.ReadDeclaration([]byte(test.text))
		if err == nil {
			_, err = sv.Declare(t.Context(), d, sluss.Person{Name: officer}, time.Now())
		}
		if took := time.Since(began); err == nil || !strings.Contains(err.Error(), test.want) || took > 20*time.Second || len(err.Error()) > 2_000 {
			t.Errorf("%s: %.300v after %s", name, err, took)
		}
	}
}

// chainOf are batches that are declared: one of 500 kg, which was received with 480 kg if
// it is received.
func chainOf(t *testing.T, received bool) (*service.Service, *yard) {
	t.Helper()
	sv, y := newYard(t)
	y.keeps = true
	first := set(t, "se-waste-oil", "reference", "FIRST", "waste.mass", "500")
	_, err := sv.Declare(t.Context(), first, sluss.Person{Name: officer}, noon)
	must(t, err)
	if received {
		_, err = sv.Event(t.Context(), first.ID(), sluss.Event{Kind: sluss.Received, Mass: 480 * sluss.Kilogram, At: noon, By: sluss.Person{Name: officer}})
		must(t, err)
	}
	return sv, y
}

// More than came does not leave a batch, unless a person confirms it; an unknown
// predecessor, and one of other waste, is told.
func TestChainIsCompared(t *testing.T) {
	second := func(values ...string) sluss.Declaration {
		return set(t, "se-waste-oil", append([]string{"reference", "SECOND", "waste.mass", "480"}, values...)...)
	}
	for name, test := range map[string]struct {
		received      bool
		other         []string // another batch that is declared before
		declaration   sluss.Declaration
		doubt, warned string // field, and its problem
	}{
		"all of it":          {true, nil, second("predecessor", "FIRST"), "", ""},
		"as planned":         {false, nil, second("predecessor", "FIRST", "waste.mass", "500"), "", ""},
		"more than received": {true, nil, second("predecessor", "FIRST", "waste.mass", "490"), "waste.mass: 490 kg would come from FIRST, of which 480 kg were received", ""},
		"more than planned": {
			false, nil, second("predecessors.0.reference", "FIRST", "predecessors.0.mass", "9999", "waste.mass", "9999"),
			"predecessors.0.mass: 9999 kg would come from FIRST, of which 500 kg were planned", "",
		},
		"twice": {
			true,
			[]string{"predecessor", "FIRST", "waste.mass", "300"},
			second("predecessors.0.reference", "FIRST", "predecessors.0.mass", "300", "waste.mass", "300"),
			"predecessors.0.mass: 300 kg would come from FIRST, of which 480 kg were received and 300 kg are in other batches", "",
		},
		"in two parts": {true, []string{"predecessor", "FIRST", "waste.mass", "180"}, second("predecessors.0.reference", "FIRST", "predecessors.0.mass", "300", "waste.mass", "300"), "", ""},
		"unknown":      {true, nil, second("predecessors.0.reference", "NIRVANA-1", "predecessors.0.mass", "480"), "", "predecessors.0.reference: no batch NIRVANA-1 is declared"},
		"other waste":  {true, nil, second("predecessor", "FIRST", "waste.code", "130208*"), "", "predecessor: FIRST is of 130205*, and this batch of 130208*"},
	} {
		t.Run(name, func(t *testing.T) {
			sv, _ := chainOf(t, test.received)
			if test.other != nil {
				_, err := sv.Declare(t.Context(), set(t, "se-waste-oil", append([]string{"reference", "OTHER"}, test.other...)...), sluss.Person{Name: officer}, noon)
				must(t, err)
			}
			done, err := sv.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, noon)
			if test.doubt != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.doubt) || !strings.Contains(err.Error(), "confirmed.N.field=") {
					t.Fatalf("%v, want %s", err, test.doubt)
				}
				field, _, _ := strings.Cut(test.doubt, ":")
				test.declaration.Confirmed = []sluss.Confirmation{{Field: field, Reason: "weighed again"}}
				done, err = sv.Declare(t.Context(), test.declaration, sluss.Person{Name: officer}, noon)
			}
			must(t, err)
			shown, err := sv.Show(t.Context(), done.Batch)
			must(t, err)
			for _, warnings := range []sluss.Faults{done.Warnings, shown.Warnings} {
				found := slices.ContainsFunc(warnings, func(f sluss.Fault) bool { return strings.HasPrefix(f.String(), test.warned) })
				if test.warned == "" && len(warnings) > 0 || !found && test.warned != "" {
					t.Errorf("warned of %v, want %q", warnings, test.warned)
				}
			}
		})
	}
}

// When a batch is received, its predecessors are compared again: less may have come than
// was planned.
func TestChainIsComparedAtReception(t *testing.T) {
	sv, _ := chainOf(t, false)
	second := set(t, "se-waste-oil", "reference", "SECOND", "waste.mass", "500", "predecessor", "FIRST")
	_, err := sv.Declare(t.Context(), second, sluss.Person{Name: officer}, noon)
	must(t, err)
	report := func(batch sluss.BatchID, mass sluss.Mass, confirmed ...sluss.Confirmation) error {
		_, err := sv.Event(t.Context(), batch, sluss.Event{Kind: sluss.Received, Mass: mass, At: noon, By: sluss.Person{Name: officer}, Confirmed: confirmed})
		return err
	}
	must(t, report(sluss.NewBatchID("", "FIRST"), 450*sluss.Kilogram))
	if err := report(second.ID(), 500*sluss.Kilogram); err == nil || !strings.Contains(err.Error(), "of which 450 kg were received") {
		t.Errorf("%v", err)
	}
	must(t, report(second.ID(), 500*sluss.Kilogram, sluss.Confirmation{Field: "waste.mass", Reason: "weighed twice"}))
	shown, err := sv.Show(t.Context(), second.ID())
	must(t, err)
	if !slices.ContainsFunc(shown.Timeline, func(l service.TimelineLine) bool {
		return strings.HasSuffix(l.Text, "; waste.mass confirmed: weighed twice")
	}) {
		t.Errorf("%+v", shown.Timeline)
	}
}

// A batch whose predecessor nobody declared stands in the officer's inbox until somebody
// does.
func TestUnknownPredecessorStandsInTheInbox(t *testing.T) {
	sv, y := newYard(t)
	record(t, y.l, set(t, "se-waste-oil", "reference", "LOST", "predecessors.0.reference", "NIRVANA-1", "predecessors.0.mass", "1250"))
	waiting := func(role sluss.Role) (warnings sluss.Faults) {
		list, err := sv.Inbox(t.Context(), service.InboxFilter{Waiting: role})
		must(t, err)
		for _, f := range list {
			if f.Batch != sluss.NewBatchID("", "LOST") || f.ID == "" {
				t.Errorf("%+v", f)
			}
			warnings = append(warnings, f.Warnings...)
		}
		return warnings
	}
	if got := waiting(sluss.Officer); len(got) != 1 || !strings.Contains(got[0].Problem, "NIRVANA-1") || got[0].Remedy == "" {
		t.Errorf("%v", got)
	}
	if got := waiting(sluss.Producer); len(got) != 0 {
		t.Errorf("for the producer: %v", got)
	}
	record(t, y.l, set(t, "se-waste-oil", "reference", "NIRVANA-1"))
	if got := waiting(sluss.Officer); len(got) != 0 {
		t.Errorf("once it is declared: %v", got)
	}
}
