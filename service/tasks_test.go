package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
	"sluss/workflows/tasktest"
)

// porter is a fake of Temporal and a worker: it answers tasks by their input.
type porter struct {
	client.Client // nothing else is asked of it

	answer  func(in any) (any, error)
	started []client.StartWorkflowOptions
}

func (p *porter) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	in, is := args[0].(workflows.TaskInput)
	if !is {
		return nil, errors.New("a task is wanted")
	}
	p.started = append(p.started, o)
	return tasktest.Run(in, p.answer), nil
}

func pendingRevisions() []sluss.Revision {
	return []sluss.Revision{
		{ID: "r1", Document: "BSD-1", Company: "2", Author: "1"},
		{ID: "r2", Document: "BSD-2", Company: "1", Author: "1", Ours: true},
		{ID: "r3", Document: "BSD-3", Company: "1", Author: "9"},
		{ID: "r3", Document: "BSD-3", Company: "2", Author: "9"},
	}
}

func TestAReplyToARevision(t *testing.T) {
	var given []activities.AnswerInput
	p := &porter{answer: func(in any) (any, error) {
		answer, ok := in.(activities.AnswerInput)
		if !ok {
			return pendingRevisions(), nil
		}
		given = append(given, answer)
		if answer.Revision == "r3" {
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "the revision has been answered", Remedy: "look"}}}, nil
		}
		return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Status: "ACCEPTED"}}, nil
	}}
	server := httptest.NewServer(api.New(&service.Service{Temporal: p}, api.Options{}))
	t.Cleanup(server.Close)
	for name, test := range map[string]struct {
		id, body string
		status   int
		want     string // in the answer
		given    string // company, of what went on to the registry
	}{
		"accepted":             {"r1", `{"reply":"accept","by":{"name":"Rita"}}`, http.StatusOK, `"ACCEPTED"`, "2"},
		"withdrawn":            {"r2", `{"reply":"withdraw","by":{"name":"Rita"}}`, http.StatusOK, `"withdraw"`, "1"},
		"ours is not accepted": {"r2", `{"reply":"accept","by":{"name":"Rita"}}`, http.StatusConflict, "the company that asked can withdraw", ""},
		"two are to answer":    {"r3", `{"reply":"accept","by":{"name":"Rita"}}`, http.StatusUnprocessableEntity, "give one of 1, 2", ""},
		"the registry refuses": {"r3", `{"reply":"accept","company":"2","by":{"name":"Rita"}}`, http.StatusConflict, "has been answered", "2"},
		"there is none":        {"r9", `{"reply":"accept","by":{"name":"Rita"}}`, http.StatusNotFound, "starter revisions", ""},
		"all faults at once":   {"r1", `{"reply":"refuse","by":{"name":""}}`, http.StatusUnprocessableEntity, `"by.name"`, ""},
		"no reply":             {"r1", `{"reply":"perhaps","by":{"name":"Rita"}}`, http.StatusUnprocessableEntity, "use accept, refuse or withdraw", ""},
	} {
		t.Run(name, func(t *testing.T) {
			given = nil
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/tasks/revisions/"+test.id, strings.NewReader(test.body))
			must(t, err)
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			must(t, err)
			defer func() { _ = response.Body.Close() }()
			var body json.RawMessage
			must(t, json.NewDecoder(response.Body).Decode(&body))
			if response.StatusCode != test.status || !strings.Contains(string(body), test.want) {
				t.Errorf("%d %s", response.StatusCode, body)
			}
			if len(given) > 1 || (len(given) == 1) != (test.given != "") || len(given) == 1 && (given[0].Company != test.given || given[0].By.Name != "Rita" || given[0].Task == "") {
				t.Errorf("went on: %+v", given)
			}
		})
	}
	for _, o := range p.started {
		registry, has := o.TypedSearchAttributes.GetKeywordList(workflows.Registry)
		if !strings.HasPrefix(o.ID, "task/trackdechets/revision") || o.TaskQueue != workflows.Queue || o.StaticSummary == "" || len(registry) != 1 || registry[0] != sluss.Trackdechets || !has || o.WorkflowExecutionTimeout == 0 {
			t.Errorf("started %+v", o)
		}
	}
}

func TestARegisterIsWaitedFor(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	order := sluss.RegisterOrder{Registry: sluss.Trackdechets, Company: "00000000283390", Kind: sluss.IncomingWaste, Format: "csv", From: noon.AddDate(0, -1, 0)}
	status := "SUCCESSFUL"
	p := &porter{answer: func(in any) (any, error) {
		switch in := in.(type) {
		case activities.OrderInput:
			return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{ID: "e1"}}, nil
		case activities.FetchInput:
			if status == "SUCCESSFUL" {
				must(t, l.KeepRegister(t.Context(), sluss.RegisterFile{RegisterOrder: in.RegisterOrder, ID: in.ID, Content: []byte("a;b\n")}))
			}
			return activities.Fetched{Status: status, Done: status == "SUCCESSFUL"}, nil
		}
		return nil, temporal.NewNonRetryableApplicationError("no token of 1", activities.ErrorOperator, nil)
	}}
	d := &service.Service{Temporal: p, Ledger: l}
	file, err := d.Export(t.Context(), order)
	if err != nil || string(file.Content) != "a;b\n" || file.Size != 4 || file.Kind != sluss.IncomingWaste {
		t.Errorf("%+v, %v", file, err)
	}
	status = "FAILED"
	if _, err := d.Export(t.Context(), order); !errors.Is(err, service.ErrRefused) {
		t.Errorf("failed: %v", err)
	}
	var faults sluss.Faults
	if _, err := d.Export(t.Context(), sluss.RegisterOrder{Until: noon}); !errors.As(err, &faults) || len(faults) != 5 {
		t.Errorf("nothing said: %v", err)
	}
	if _, err := d.Revisions(t.Context()); !errors.Is(err, service.ErrRefused) || !strings.Contains(err.Error(), "no token of 1") {
		t.Errorf("an operator must help: %v", err)
	}
}

func TestEcoOrganismesAreFoundByNameOrNumber(t *testing.T) {
	p := &porter{answer: func(any) (any, error) {
		return []sluss.Party{{ID: "00000000283473", Name: "Éco-Solvants SAS"}, {ID: "00000000283481", Name: "Cyclevia"}}, nil
	}}
	d := &service.Service{Temporal: p}
	for text, want := range map[string]int{"": 2, "eco-solv": 1, "ÉCO": 1, "000 000 002": 2, "283481": 1, "piles": 0} {
		if found, err := d.EcoOrganismes(t.Context(), text); err != nil || found == nil || len(found) != want {
			t.Errorf("%q: %+v, %v", text, found, err)
		}
	}
	p.answer = func(any) (any, error) {
		return nil, temporal.NewNonRetryableApplicationError("no token of 1", activities.ErrorOperator, nil)
	}
	if _, err := d.EcoOrganismes(t.Context(), ""); !errors.Is(err, service.ErrRefused) {
		t.Errorf("an operator must help: %v", err)
	}
}
