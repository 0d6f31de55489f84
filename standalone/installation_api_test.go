package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// asked sends a request to the API, checks the status, and reads the answer.
func asked[T any](t *testing.T, h *Installation, want int, method, path string, body any) (value T) {
	t.Helper()
	kind, text := "application/json", []byte(nil)
	switch b := body.(type) {
	case nil:
	case []byte:
		kind, text = "text/csv", b
	default:
		var err error
		text, err = json.Marshal(b)
		must(t, err)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, h.APIURL+path, bytes.NewReader(text))
	must(t, err)
	if body != nil {
		request.Header.Set("Content-Type", kind)
	}
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != want {
		t.Fatalf("%s %s: %s, want %d: %s", method, path, response.Status, want, answer)
	}
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, answer)
	}
	return value
}

func testAPI(t *testing.T, h *Installation) {
	t.Helper()
	t.Run("declare", func(t *testing.T) { testAPIDeclares(t, h) })
	t.Run("import", func(t *testing.T) { testAPIImports(t, h) })
	t.Run("sign", func(t *testing.T) { testAPISigns(t, h) })
	t.Run("nothing there", func(t *testing.T) {
		for _, r := range []struct {
			method, path string
			body         any
		}{
			{"GET", "/api/batches/default/NOWHERE", nil},
			{"GET", "/api/filings/default/NOWHERE/se.removal/attempts", nil},
			{"GET", "/api/nothing", nil},
			{"POST", "/api/batches/default/NOWHERE/events", sluss.Event{Kind: sluss.Received, Mass: sluss.Tonne, At: time.Now(), By: officer}},
			{"POST", "/api/batches/default/NOWHERE/corrections", sluss.Correction{Set: map[string]string{"waste.mass": "1"}, Reason: "weighed", By: officer, At: time.Now()}},
			{"POST", "/api/filings/default/NOWHERE/se.removal/signatures", sluss.Signature{Role: sluss.Officer, Person: officer, At: time.Now(), ContentHash: "sha256:0"}},
			{"POST", "/api/filings/default/NOWHERE/se.removal/decisions", sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "none", By: officer, At: time.Now()}},
		} {
			if problem := asked[api.Problem](t, h, http.StatusNotFound, r.method, r.path, r.body); problem.Error == "" {
				t.Errorf("%s %s says nothing", r.method, r.path)
			}
		}
	})
}

func testAPIDeclares(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "API-1")
	want := service.Declared{Batch: d.ID(), Fresh: true}
	if got := asked[service.Declared](t, h, http.StatusCreated, "POST", "/api/batches", d); !reflect.DeepEqual(got, want) {
		t.Errorf("declared %+v", got)
	}
	want.Fresh = false
	if got := asked[service.Declared](t, h, http.StatusOK, "POST", "/api/batches", d); !reflect.DeepEqual(got, want) {
		t.Errorf("declared again %+v", got)
	}
	d.Waste.Mass++
	problem := asked[api.Problem](t, h, http.StatusUnprocessableEntity, "POST", "/api/batches", d)
	if len(problem.Faults) != 1 || problem.Faults[0].Field != "reference" || problem.Faults[0].Remedy == "" {
		t.Errorf("other content: %+v", problem)
	}
	d.Reference, d.Waste.Mass, d.Receiver.ID = "API-2", 0, "1"
	problem = asked[api.Problem](t, h, http.StatusUnprocessableEntity, "POST", "/api/batches", d)
	if len(problem.Faults) < 2 {
		t.Errorf("two faults: %+v", problem)
	}
}

// testAPIImports imports the Swedish rows of the sample file, for a tenant of
// their own.
func testAPIImports(t *testing.T, h *Installation) {
	t.Helper()
	sample, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	rows, err := csv.NewReader(bytes.NewReader(sample)).ReadAll()
	must(t, err)
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	must(t, w.Write(append(rows[0], "tenant")))
	good := 0
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[slices.Index(rows[0], "reference")], "VO-2026-010") && !slices.Contains(row, unknownEstablishment) {
			must(t, w.Write(append(row, "imported")))
			good++
		}
	}
	bad := slices.Clone(rows[1])
	bad[slices.Index(rows[0], "reference")], bad[slices.Index(rows[0], "waste.mass")] = "BAD-1", "heavy"
	must(t, w.Write(append(bad, "imported")))
	w.Flush()

	list := func() []ledger.BatchRow {
		return asked[[]ledger.BatchRow](t, h, http.StatusOK, "GET", "/api/batches?tenant=imported", nil)
	}
	ours := example(t, "se-waste-oil", "OURS")
	h.represent(t, "imported", ours.Producer, ours.Legs[0].Transporter, ours.Receiver)
	first := asked[service.Report](t, h, http.StatusOK, "POST", "/api/batches", file.Bytes())
	if first.Declared != good || first.Unchanged != 0 || first.Refused != 1 || len(first.Rows) != good+1 || len(first.Rows[good].Faults) == 0 {
		t.Errorf("first import %+v", first)
	}
	var before []ledger.BatchRow
	eventually(t, 20*time.Second, func(context.Context) error {
		if before = list(); len(before) != good {
			return fmt.Errorf("%d batches of %d", len(before), good)
		}
		return nil
	})
	second := asked[service.Report](t, h, http.StatusOK, "POST", "/api/batches", file.Bytes())
	if second.Declared != 0 || second.Unchanged != good || second.Refused != 1 {
		t.Errorf("second import %+v", second)
	}
	if after := list(); len(after) != good || after[0].Line != before[0].Line {
		t.Errorf("the second import changed\n%+v to\n%+v", before, after)
	}
}

// testAPISigns takes a French batch through the gate before its departure.
func testAPISigns(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "fr-solvents", "API-FR")
	asked[service.Declared](t, h, http.StatusCreated, "POST", "/api/batches", d)
	const emission = "/api/filings/default/API-FR/fr.emission%231/signatures"
	var waiting service.Filing
	eventually(t, time.Minute, func(context.Context) error {
		for _, f := range asked[[]service.Filing](t, h, http.StatusOK, "GET", "/api/inbox?role=producer", nil) {
			if f.Batch == d.ID() {
				waiting = f
				return nil
			}
		}
		return fmt.Errorf("the inbox of the producer has nothing of %s", d.ID())
	})
	departure := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: time.Now().Truncate(time.Second), By: personAt(d.Legs[0].Transporter, "Driver")}
	shut := asked[api.Problem](t, h, http.StatusConflict, "POST", "/api/batches/default/API-FR/events", departure)
	for _, want := range []string{"pickedUp#1", "fr.emission#1", "producer", d.Producer.Name} {
		if !strings.Contains(shut.Error, want) {
			t.Errorf("the shut gate does not speak of %q: %s", want, shut.Error)
		}
	}

	good := sluss.Signature{Role: sluss.Producer, Person: personAt(d.Producer, "Site manager"), At: time.Now().Truncate(time.Second), ContentHash: waiting.Hash}
	outdated, wrong := good, good
	outdated.ContentHash = "sha256:0"
	wrong.Role = sluss.Receiver
	for want, signature := range map[string]sluss.Signature{"read that, then sign it": outdated, "not by the receiver": wrong} {
		if problem := asked[api.Problem](t, h, http.StatusConflict, "POST", emission, signature); !strings.Contains(problem.Error, want) {
			t.Errorf("want %q: %s", want, problem.Error)
		}
	}
	signed := asked[workflows.FilingState](t, h, http.StatusOK, "POST", emission, good)
	again := asked[workflows.FilingState](t, h, http.StatusOK, "POST", emission, good)
	if signed.Filing != waiting.ID || again.Filing != waiting.ID {
		t.Errorf("signed %+v, again %+v", signed, again)
	}
	// A second signature would race with the end of the filing.
	eventually(t, time.Minute, func(context.Context) error {
		shown := asked[service.Shown](t, h, http.StatusOK, "GET", "/api/batches/default/API-FR", nil)
		if !slices.ContainsFunc(shown.Possible(), func(a workflows.Action) bool { return a.Kind == workflows.ActSign && a.Role == sluss.Transporter }) {
			return fmt.Errorf("the transporter cannot sign yet: %+v", shown.Possible())
		}
		signed := slices.IndexFunc(shown.Filings, func(f service.Filing) bool { return f.ID == waiting.ID })
		if f := shown.Filings[signed]; f.Stage != sluss.StageAccepted || f.Receipt.Number == "" {
			t.Errorf("the signed filing is %s, with the receipt %+v", f.Stage, f.Receipt)
		}
		return nil
	})
	signatures, err := h.Service.Ledger.Signatures(t.Context(), waiting.ID)
	must(t, err)
	if len(signatures) != 1 {
		t.Errorf("the ledger has %d signatures: %+v", len(signatures), signatures)
	}
}
