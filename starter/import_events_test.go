package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/declarations"
	"sluss/service"
)

// taking is a Temporal in which every batch starts, until the given one.
type taking struct {
	nobody
	until int
	begun *int
	then  func()
}

func (k taking) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	if *k.begun++; *k.begun >= k.until {
		k.then()
		return k.nobody.ExecuteWorkflow(ctx, o, workflow, args...)
	}
	return nil, nil //nolint:nilnil // nobody looks at the run
}

func TestImportOfEventsSaysWhatItWouldTell(t *testing.T) {
	l := opened(t)
	d := example(t, "se-waste-oil.json", sluss.DefaultTenant, "VO-1")
	happened := sluss.Event{Kind: sluss.Produced, At: d.Legs[0].Departure, By: sluss.Person{Name: "Anna Ek"}}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: happened, At: happened.At}))
	dir := t.TempDir()
	file, mend := filepath.Join(dir, "events.csv"), filepath.Join(dir, "mend.xlsx")
	must(t, os.WriteFile(file, []byte("reference;kind;at;gross (kg);tare (kg)\nVO-1;received;2026-11-30 14:10;14000;12750\nVO-1;pickedUp;2026-11-30 13:00;;\nVO-9;pickedUp;2026-11-30 13:00;;\n"), 0o600))
	code, out, errs := try(t, "import", file, "--events", "--locale", "sv", "--dry-run", "--by", "Eva Strand", "--report", mend, "--progress")
	for _, want := range []string{
		"line 2     would be reported  VO-1 received at 2026-11-30 14:10 +01:00, 1250 kg\n", `    mass: "14000 kg - 12750 kg" is read as 1250 kg`, "line 3     would be reported  VO-1 pickedUp#1 at 2026-11-30 13:00 +01:00\n",
		"line 4     refused    VO-9", "there is no batch default/VO-9 (declare it first", "nothing is reported; would be: 2 reported, 0 unchanged, 1 refused, 0 joined with another row\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if code != exitRefused || !strings.Contains(errs, "3 of 3 rows, ") {
		t.Errorf("exit %d, %s", code, errs)
	}
	told, err := os.ReadFile(mend)
	must(t, err)
	again, err := declarations.ReadEvents(told, declarations.Options{Locale: "sv"}, func(sluss.BatchID, sluss.EventID) string { return "" })
	if err != nil || len(again.Rows) != 3 || again.Rows[0].Event.Mass != 1250*sluss.Kilogram || !strings.Contains(strings.Join(again.Rows[2].Cells, " "), "refused") {
		t.Errorf("%+v, %v", again, err)
	}
	if code, _, errs := try(t, "import", file, "--events", "--at", "08:00"); code != exitUsage || !strings.Contains(errs, "each row has its own time") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if code, out, errs := try(t, "template", "--events", "-o", filepath.Join(dir, "empty.csv")); code != exitOK || !strings.Contains(out, "empty.csv --events`") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
	if code, out, errs := try(t, "import", filepath.Join(dir, "empty.csv"), "--events", "--strict"); code != exitOK || !strings.Contains(out, "0 reported") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
	if code, _, errs := try(t, "template", "--events", "--country", "se"); code != exitUsage || !strings.Contains(errs, "the same everywhere") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestAnImportThatBreaksOffLeavesItsReport(t *testing.T) {
	l := opened(t)
	begun := 0
	serving(t, &service.Service{Ledger: l, Temporal: taking{until: 3, begun: &begun, then: func() {}}})
	mend := filepath.Join(t.TempDir(), "mend.csv")
	code, out, errs := try(t, "import", "../examples/batches.csv", "--report", mend)
	rows := rowsOf(t, "../examples/batches.csv")
	for _, want := range []string{"line 2     declared   VO-2026-0101\n", "line 3     declared ", "2 declared, 0 unchanged, 0 refused, "} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	if code != exitUnavailable || !strings.Contains(errs, "no Temporal (2 of ") || !strings.Contains(errs, "import the same file again, and it goes on where it was") {
		t.Errorf("exit %d, %s", code, errs)
	}
	told, err := os.ReadFile(mend)
	must(t, err)
	if n := strings.Count(string(told), ";pending;"); n != rows-2 {
		t.Errorf("%d rows of %d are pending in the report", n, rows)
	}
	// Interrupted, it says so. The service stops with it.
	ctx, interrupt := context.WithCancel(t.Context())
	begun = 0
	serving(t, &service.Service{Ledger: l, Temporal: taking{until: 3, begun: &begun, then: func() { interrupt(); <-ctx.Done() }}})
	var stdout, stderr bytes.Buffer
	s := &starter{in: strings.NewReader(""), out: &stdout, err: &stderr, zone: winter, now: func() time.Time { return today }, transport: http.DefaultTransport}
	code = s.run(ctx, []string{"import", "../examples/batches.csv"})
	if code != exitInterrupted || !strings.Contains(stderr.String(), "interrupted after ") || !strings.Contains(stderr.String(), "goes on where it was") || !strings.Contains(stdout.String(), " not reached\n") {
		t.Errorf("exit %d, %s, %s", code, &stdout, &stderr)
	}
}

func rowsOf(t *testing.T, name string) int {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	table, err := declarations.Read(data, declarations.Options{})
	must(t, err)
	return len(table.Rows)
}

func TestDeclareReadsWhatTablesRead(t *testing.T) {
	importing(t)
	data, err := os.ReadFile("../examples/se-waste-oil.json")
	must(t, err)
	file := filepath.Join(t.TempDir(), "batch.json")
	must(t, os.WriteFile(file, bytes.Replace(data, []byte("130205*"), []byte("13 02 05*"), 1), 0o600))
	code, out, errs := try(t, "declare", file, "--dry-run")
	if code != exitOK || !strings.HasPrefix(out, "would be declared  VO-2026-0101\n") || !strings.Contains(out, `waste.code: "13 02 05*" is read as 130205*`) || !strings.Contains(out, "      waste.mass = 1250\n") {
		t.Errorf("exit %d, %s, %s", code, out, errs)
	}
}
