package service_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// hall is a fake of Temporal: an update with one id is executed once, and recorded as
// a workflow would, unless recording is delayed.
type hall struct {
	client.Client
	ledger  *ledger.Ledger
	slow    bool            // nothing reaches the ledger yet
	seen    map[string]bool // by workflow and update id
	done    []any
	numbers map[string]int
}

func (h *hall) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if id := o.WorkflowID + " " + o.UpdateID; h.seen[id] {
		return done{}, nil
	} else {
		h.seen[id] = true
	}
	h.done = append(h.done, o.Args[0])
	if h.slow {
		return done{}, nil
	}
	h.numbers[o.WorkflowID]++
	number := h.numbers[o.WorkflowID]
	switch act := o.Args[0].(type) {
	case workflows.Addressed[sluss.Decision]:
		return done{}, h.ledger.RecordDecision(ctx, sluss.DecisionRecord{Filing: act.Filing, Number: number, Decision: act.Message})
	case sluss.Correction:
		known, err := h.ledger.Batch(ctx, sluss.BatchID(o.WorkflowID))
		if err != nil {
			return nil, err
		}
		corrected, err := known.Declaration.Corrected(act)
		if err != nil {
			return nil, err
		}
		return done{}, h.ledger.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: sluss.BatchID(o.WorkflowID), Number: number, Correction: act, Declaration: corrected})
	}
	return done{}, nil
}

// stands records a stage of a filing.
func (h *hall) stands(t *testing.T, filing sluss.FilingID, number int, stage sluss.FilingStage, waiting sluss.Role) {
	t.Helper()
	must(t, h.ledger.RecordStage(t.Context(), sluss.StageRecord{Filing: filing, Number: number, Stage: stage, Waiting: waiting, At: time.Now().Add(time.Duration(number) * time.Second)}))
}

func openHall(t *testing.T) (*service.Service, *hall, sluss.FilingID) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	d := example(t, "se-two-transporters") // its report waits for the officer's signature
	record(t, l, d)
	h := &hall{ledger: l, seen: map[string]bool{}, numbers: map[string]int{}}
	return &service.Service{Ledger: l, Temporal: h}, h, d.ID().Filing("se.transport#1")
}

func TestTheSameDecisionWithoutATimeIsTakenOnce(t *testing.T) {
	t.Parallel() // it waits for the next second
	d, h, filing := openHall(t)
	h.stands(t, filing, 1, sluss.StageUnknown, sluss.Officer)
	decision := sluss.Decision{Kind: sluss.DecidedNotTaken, Reason: "not in the e-service", By: sluss.Person{Name: officer}}
	decide := func(c sluss.Decision) error {
		t.Helper()
		_, err := d.Decide(t.Context(), filing, c)
		return err
	}
	h.slow = true
	must(t, decide(decision))
	time.Sleep(1100 * time.Millisecond) // the time that is filled in is another
	must(t, decide(decision))
	if len(h.done) != 1 {
		t.Fatalf("on its way, it was taken %d times", len(h.done))
	}
	h.slow, h.seen = false, map[string]bool{}
	must(t, decide(decision))
	h.stands(t, filing, 2, sluss.StageSending, "")
	must(t, decide(decision))
	if len(h.done) != 2 {
		t.Fatalf("once recorded, it was taken %d times", len(h.done)-1)
	}
	h.stands(t, filing, 3, sluss.StageUnknown, sluss.Officer)
	var refusal *service.Refusal
	if err := decide(decision); !errors.As(err, &refusal) || refusal.Faults[0].Field != "at" || len(h.done) != 2 {
		t.Errorf("what waits anew is not settled by the old word: %v", err)
	}
	decision.At = time.Now()
	must(t, decide(decision))
	decision.At, decision.Reason = time.Time{}, "still not in the e-service"
	must(t, decide(decision))
	if len(h.done) != 4 {
		t.Errorf("told with its time, or with another reason, it is another: %d", len(h.done))
	}
}

func TestTheSameCorrectionWithoutATimeIsMadeOnce(t *testing.T) {
	t.Parallel()
	d, h, filing := openHall(t)
	batch, _, err := filing.Split()
	must(t, err)
	correct := func(value string) {
		t.Helper()
		_, err := d.Correct(t.Context(), batch, sluss.Correction{Set: map[string]string{"waste.name": value}, Reason: "label", By: sluss.Person{Name: officer}})
		must(t, err)
	}
	h.slow = true
	correct("A")
	time.Sleep(1100 * time.Millisecond)
	correct("A")
	if len(h.done) != 1 {
		t.Fatalf("on its way, it was made %d times", len(h.done))
	}
	h.slow, h.seen = false, map[string]bool{}
	correct("A")
	correct("A")
	if len(h.done) != 2 {
		t.Fatalf("once recorded, it was made %d times", len(h.done)-1)
	}
	correct("B")
	correct("A")
	correct("B")
	if known, err := d.Ledger.Batch(t.Context(), batch); err != nil || known.Declaration.Waste.Name != "B" || len(h.done) != 5 {
		t.Errorf("to and fro, it is %q after %d corrections, %v", known.Declaration.Waste.Name, len(h.done), err)
	}
}

func TestActsAtTimesThatCannotBeAreFaults(t *testing.T) {
	d, h, filing := openHall(t)
	server := httptest.NewServer(api.New(d, api.Options{}))
	t.Cleanup(server.Close)
	batch, obligation, err := filing.Split()
	must(t, err)
	filings := "/api/filings/" + batch.Name() + "/" + strings.Replace(string(obligation), "#", "%23", 1)
	for name, test := range map[string]struct{ path, body, want string }{
		"signed in 1900":    {filings + "/signatures", `{"role":"officer","person":{"name":"A"},"at":"1900-01-01T00:00:00Z","content_hash":"x"}`, "is before what it is about"},
		"signed in 2099":    {filings + "/signatures", `{"role":"officer","person":{"name":"A"},"at":"2099-01-01T00:00:00Z","content_hash":"x"}`, "is in the future"},
		"signed at no time": {filings + "/signatures", `{"role":"officer","person":{"name":"A"},"content_hash":"x"}`, "is missing"},
		"decided in 1900":   {filings + "/decisions", `{"kind":"taken","receipt":"1","reason":"x","by":{"name":"A"},"at":"1900-01-01T00:00:00Z"}`, "is before"},
		"decided in 2099":   {filings + "/decisions", `{"kind":"taken","receipt":"1","reason":"x","by":{"name":"A"},"at":"2099-01-01T00:00:00Z"}`, "is in the future"},
		"corrected in 1900": {"/api/batches/" + batch.Name() + "/corrections", `{"set":{"waste.name":"x"},"reason":"x","by":{"name":"A"},"at":"1900-01-01T00:00:00Z"}`, "is before"},
		"corrected in 2099": {"/api/batches/" + batch.Name() + "/corrections", `{"set":{"waste.name":"x"},"reason":"x","by":{"name":"A"},"at":"2099-01-01T00:00:00Z"}`, "is in the future"},
	} {
		var p api.Problem
		status, _ := send(t, server, request{method: http.MethodPost, path: test.path, kind: "application/json", body: test.body}, &p)
		if status != http.StatusUnprocessableEntity || len(p.Faults) != 1 || p.Faults[0].Field != "at" || !strings.Contains(p.Faults[0].Problem, test.want) || p.Faults[0].Remedy == "" {
			t.Errorf("%s: %d, %+v", name, status, p)
		}
	}
	if len(h.done) != 0 {
		t.Errorf("the workflow was asked: %+v", h.done)
	}
	signed := sluss.Signature{Role: sluss.Officer, Person: sluss.Person{Name: "A"}, At: noon.Add(time.Hour), ContentHash: "x"}
	if _, err := d.Sign(t.Context(), filing, signed); err != nil || len(h.done) != 1 {
		t.Errorf("one of now: %v", err)
	}
}
