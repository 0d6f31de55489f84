package service_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/api"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
)

// treatment is the API on a ledger with two batches that were treated in the
// second quarter of 2026, of which one result is compiled and withdrawn.
func treatment(t *testing.T) *httptest.Server {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, noon.Location())
	treat := func(reference string) {
		d := example(t, "se-waste-oil")
		d.Reference = reference
		for i, e := range []sluss.Event{
			{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
		} {
			e.At, e.By = at.Add(time.Duration(i)*time.Hour), sluss.Person{Name: "Anna Ek"}
			record := sluss.EventRecord{Batch: d.ID(), Event: e, At: e.At}
			if i == 0 {
				record.Declaration = &d
			}
			must(t, l.RecordEvent(t.Context(), record))
		}
	}
	treat("OLD-1")
	a := &activities.Results{Ledger: l, Compile: obligations.Compiled}
	sites, err := a.UnreportedResults(t.Context(), sluss.Quarter{Year: 2026, Number: 3})
	must(t, err)
	compiled, err := a.CompileResults(t.Context(), sites[0])
	must(t, err)
	c := compiled[0].Content
	filing := sluss.NewBatchID("", "OLD-1").Filing(c.Obligation.ID)
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{
		Filing: filing, Batch: c.Declaration.ID(), Content: c, Hash: c.Hash(), Stage: sluss.StageSignature, Waiting: sluss.Officer, At: noon,
	}))
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{
		Kind: sluss.DecidedTaken, Receipt: "0b5c", Reason: "filed by hand", By: sluss.Person{Name: "Karin Holm"}, At: noon,
	}}))
	treat("NEW-1")
	server := httptest.NewServer(api.New(&service.Service{Ledger: l}, api.Options{}))
	t.Cleanup(server.Close)
	return server
}

func TestQuarterlyResultsOverTheAPI(t *testing.T) {
	server := treatment(t)
	var list []service.QuarterResult
	if status, _ := send(t, server, request{method: "GET", path: "/api/results?quarter=2026Q2&tenant=default"}, &list); status != http.StatusOK || len(list) != 2 {
		t.Fatalf("status %d, %+v", status, list)
	}
	settled, waiting := list[0], list[1]
	if settled.Filing != "filing/default/OLD-1/se.treatment#2026-Q2" || settled.State == nil || settled.State.Receipt.ID != "0b5c" || len(settled.Lacks) != 0 {
		t.Errorf("settled: %+v", settled)
	}
	if !waiting.CompiledAt.IsZero() || len(waiting.Lacks) != 1 || waiting.Hint == "" || waiting.Content.Result.Batches[0] != "batch/default/NEW-1" {
		t.Errorf("not compiled: %+v", waiting)
	}
	list = nil
	if status, _ := send(t, server, request{method: "GET", path: "/api/results?quarter=2026Q3"}, &list); status != http.StatusOK || list == nil || len(list) != 0 {
		t.Errorf("status %d, %+v", status, list)
	}
	correction := `{"set": {"product": "1"}, "reason": "books", "by": {"name": "A"}, "at": "2026-07-20T08:00:00+02:00"}`
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/api/results?quarter=2026", "", http.StatusUnprocessableEntity, "is not a quarter"},
		{"POST", "/api/results", `{"quarter": "2099Q1"}`, http.StatusUnprocessableEntity, "has not ended"},
		{"POST", "/api/results", `{"quarter": ""}`, http.StatusUnprocessableEntity, "write it as 2026Q4"},
		{"POST", "/api/results/default/OLD-1/se.treatment%232026-Q2/corrections", correction, http.StatusConflict, "amend what was filed"},
		{"POST", "/api/results/default/OLD-1/se.treatment%232026-Q3/corrections", correction, http.StatusNotFound, "no such result"},
		{"POST", "/api/results/default/OLD-1/se.reception/corrections", correction, http.StatusNotFound, "no such result"},
	} {
		var problem api.Problem
		status, _ := send(t, server, request{method: test.method, path: test.path, kind: "application/json", body: test.body}, &problem)
		if status != test.status || !strings.Contains(problem.Error, test.want) {
			t.Errorf("%s %s: %d, %+v; want %d, %q", test.method, test.path, status, problem, test.status, test.want)
		}
	}
}
