package service_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
	"sluss/workflows"
)

// gatekeeper is a fake of Temporal that takes events as a batch's workflow does: in order,
// by law, unless a gate is shut, and into the ledger.
type gatekeeper struct {
	client.Client
	ledger *ledger.Ledger
	told   []string      // batch and event, in the order in which they arrive
	shut   sluss.EventID // the gate of this event is shut
	broken int           // it does not answer once so many were told; 0: it does
}

func (g *gatekeeper) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	batch := sluss.BatchID(o.WorkflowID)
	e, ok := o.Args[0].(sluss.Event)
	if !ok || o.UpdateName != workflows.EventUpdate.Name || g.broken > 0 && len(g.told) >= g.broken {
		return nil, serviceerror.NewUnavailable("no Temporal")
	}
	g.told = append(g.told, batch.Name()+" "+string(e.ID()))
	known, err := g.ledger.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	lines, err := g.ledger.Timeline(ctx, batch)
	if err != nil {
		return nil, err
	}
	refused := func(err error) (client.WorkflowUpdateHandle, error) {
		return nil, temporal.NewNonRetryableApplicationError(err.Error(), workflows.Refused, nil, sluss.AsFaults(err))
	}
	if missing, possible := obligations.Before(known.Declaration, service.EventsOf(lines), e.ID()); possible && len(missing) > 0 {
		reply := workflows.EventReply{Kept: &sluss.KeptEvent{Event: e, Missing: missing}}
		return keeps{reply: reply}, g.ledger.KeepEvent(ctx, sluss.KeptRecord{Batch: batch, Kept: *reply.Kept, At: e.At})
	}
	if err := obligations.Check(known.Declaration, service.EventsOf(lines), e); err != nil {
		return refused(err)
	}
	if e.ID() == g.shut {
		return nil, temporal.NewNonRetryableApplicationError(string(e.ID())+" may not happen yet: fr.emission#1 is sending", workflows.Refused, nil)
	}
	return done{}, g.ledger.RecordEvent(ctx, sluss.EventRecord{Batch: batch, Event: e, At: e.At})
}

// keeps is the answer to an event that is kept.
type keeps struct {
	client.WorkflowUpdateHandle
	reply workflows.EventReply
}

func (k keeps) Get(_ context.Context, out any) error {
	*out.(*workflows.EventReply) = k.reply
	return nil
}

// TestARowThatComesTooEarlyIsKept, and is told so each time.
func TestARowThatComesTooEarlyIsKept(t *testing.T) {
	sv, g := gate(t)
	const early = "reference;kind;at;mass (kg)\nA;received;2026-11-23 14:10;1250\n"
	dry, err := importEvents(t, sv, early, service.Import{DryRun: true})
	must(t, err)
	if got := resultsOfRows(dry); !slices.Equal(got, []string{service.RowReported}) || len(g.told) > 0 {
		t.Errorf("%+v", dry.Rows)
	}
	for _, want := range []string{service.RowReported, service.RowUnchanged} {
		report, err := importEvents(t, sv, early, service.Import{})
		must(t, err)
		row := report.Rows[0]
		if row.Result != want || len(row.Warnings) != 1 || !strings.Contains(row.Warnings[0].Problem, "is taken once pickedUp#1 is reported") {
			t.Errorf("%+v, want it %s", row, want)
		}
	}
	if len(g.told) != 1 {
		t.Errorf("told %v", g.told)
	}
}

// nobody is a Temporal that does not answer.
type nobody struct{ client.Client }

func (nobody) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, serviceerror.NewUnavailable("no Temporal")
}

// gate is a service with two declared batches, A and B, of the same plant.
func gate(t *testing.T) (*service.Service, *gatekeeper) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for _, reference := range []string{"A", "B"} {
		d := example(t, "se-waste-oil")
		d.Reference = reference
		record(t, l, d)
	}
	g := &gatekeeper{ledger: l}
	return &service.Service{Ledger: l, Temporal: g}, g
}

const weighed = "reference;kind;at;ticket;weighing;weight (kg);mass (kg)\n" +
	"A;treated;2026-11-24 10:00;;;;\n" +
	"A;accepted;2026-11-23 15:00;;;;\n" +
	"A;received;2026-11-23 14:10;7;in;14000;\n" +
	"A;received;2026-11-23 14:40;7;out;12750;\n" +
	"B;pickedUp;2026-11-23 13:00;;;;\n" +
	"A;pickedUp;2026-11-23 12:30;;;;\n" +
	"X;pickedUp;2026-11-23 12:30;;;;\n" +
	"B;received;2026-11-23 14:20;;;;1260\n"

func importEvents(t *testing.T, sv *service.Service, text string, o service.Import) (service.Report, error) {
	t.Helper()
	o.Locale = "sv"
	return sv.ImportEvents(t.Context(), strings.NewReader(text), o, sluss.Person{Name: "Eva Strand"})
}

// resultsOfRows are those of the rows, by line from 2.
func resultsOfRows(r service.Report) (list []string) {
	for _, row := range r.Rows {
		list = append(list, row.Result)
	}
	return list
}

func TestATableOfEventsIsToldInTheOrderOfLife(t *testing.T) {
	sv, g := gate(t)
	dry, err := importEvents(t, sv, weighed, service.Import{DryRun: true})
	must(t, err)
	want := []string{"reported", "reported", "joined", "reported", "reported", "reported", "refused", "reported"}
	if got := resultsOfRows(dry); !slices.Equal(got, want) || len(g.told) > 0 || dry.Reported != 6 || dry.Joined != 1 || dry.Refused != 1 {
		t.Fatalf("%v, %v told, %+v", got, g.told, dry.Rows)
	}
	report, err := importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if got := resultsOfRows(report); !slices.Equal(got, want) {
		t.Errorf("%v", report.Rows)
	}
	if told := strings.Join(g.told, ", "); told != "default/A pickedUp#1, default/B pickedUp#1, default/A received, default/B received, default/A accepted, default/A treated" {
		t.Errorf("told in the order %s", told)
	}
	if row := report.Rows[3]; row.Reported.Mass != 1250*sluss.Kilogram || !row.Reported.At.Equal(time.Date(2026, 11, 23, 13, 10, 0, 0, time.UTC)) {
		t.Errorf("%+v", row.Reported)
	}
	if unknown := report.Rows[6]; !strings.Contains(unknown.Faults.Error(), "reference: there is no batch default/X (declare it first") {
		t.Errorf("%v", unknown.Faults)
	}
	again, err := importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if got := resultsOfRows(again); len(g.told) != 6 || !slices.Equal(got, []string{"unchanged", "unchanged", "joined", "unchanged", "unchanged", "unchanged", "refused", "unchanged"}) {
		t.Errorf("the same file again: %v, %d told", got, len(g.told))
	}
	other, err := importEvents(t, sv, strings.Replace(weighed, ";1260", ";1280", 1), service.Import{})
	must(t, err)
	if row := other.Rows[7]; row.Result != service.RowRefused || !strings.Contains(row.Faults.Error(), "received is recorded with 1260 kg, and the row says 1280 kg") {
		t.Errorf("%+v", row)
	}
}

func TestARowOfEventsIsNotToldBeforeTheOneItFollows(t *testing.T) {
	const first = "B;pickedUp;2026-11-23 13:00;;;;\n"
	for name, c := range map[string]struct {
		text string
		row  int
	}{ // what it follows cannot be read, or is not in the file
		"faults":  {strings.Replace(weighed, "2026-11-23 13:00", "2026-02-30 13:00", 1), 7},
		"missing": {strings.Replace(weighed, first, "B;accepted;2026-11-23 15:00;;;;\n", 1), 4},
	} {
		sv, _ := gate(t)
		report, err := importEvents(t, sv, c.text, service.Import{})
		must(t, err)
		if row := report.Rows[c.row]; row.Result != service.RowReported || len(row.Warnings) != 1 || !strings.Contains(row.Warnings[0].Problem, "is kept") {
			t.Errorf("%s: %+v", name, row)
		}
	}
	sv, g := gate(t)
	g.shut = "pickedUp#1"
	shut, err := importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if row := shut.Rows[7]; row.Result != service.RowRefused || !strings.Contains(row.Faults.Error(), "comes after pickedUp#1 on line 6, which is refused") {
		t.Errorf("behind a gate: %+v", row)
	}
	sv, g = gate(t)
	g.shut = "pickedUp#1"
	report, err := importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if told := report.Rows[4].Faults.Error(); !strings.Contains(told, "may not happen yet: fr.emission#1 is sending (import the same file again when that is done)") {
		t.Errorf("%s", told)
	}
	g.shut = ""
	report, err = importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if report.Reported != 6 {
		t.Errorf("once the gate is open: %+v", report.Rows)
	}
}

func TestAnImportThatBreaksOffSaysHowFarItCame(t *testing.T) {
	sv, g := gate(t)
	g.broken = 3
	var begun, done int
	o := service.Import{Begun: func(r service.Report) { begun = r.Pending }, Done: func(service.Imported) { done++ }}
	report, err := importEvents(t, sv, weighed, o)
	if err == nil || report.Reported != 3 || report.Pending+done != len(report.Rows) || begun != len(report.Rows) || len(report.Rows) != 8 {
		t.Fatalf("%v, %+v", err, report)
	}
	g.broken = 0
	report, err = importEvents(t, sv, weighed, service.Import{})
	must(t, err)
	if report.Reported != 3 || report.Unchanged != 3 || report.Pending != 0 || len(g.told) != 6 {
		t.Errorf("the same file goes on where it was: %+v", report)
	}
	// So does one of batches.
	data, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	sv = importer(t)
	sv.Temporal = nobody{}
	batches, err := sv.Import(t.Context(), bytes.NewReader(data), service.Import{}, sluss.Person{Name: "Anna Ek"}, noon)
	if err == nil || batches.Pending != len(batches.Rows) || batches.Rows[0].Result != service.RowPending || batches.Rows[0].Reference == "" {
		t.Errorf("%v, %+v", err, batches)
	}
}

// TestWhatIsDeclaredIsKnownWhateverIsRefusedByNow repeats a declaration that would be
// refused if it was new.
func TestWhatIsDeclaredIsKnownWhateverIsRefusedByNow(t *testing.T) {
	sv := importer(t)
	sv.Temporal = nobody{}
	d := example(t, "se-waste-oil")
	d.Waste.Code = "999999*"
	record(t, sv.Ledger, d)
	if declared, err := sv.Declare(t.Context(), d, sluss.Person{Name: "Anna Ek"}, noon); err != nil || declared.Fresh {
		t.Errorf("%+v, %v", declared, err)
	}
	d.Waste.Mass++
	if _, err := sv.Declare(t.Context(), d, sluss.Person{Name: "Anna Ek"}, noon); err == nil || !strings.Contains(err.Error(), "999999") {
		t.Errorf("%v", err)
	}
}
