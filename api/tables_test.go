package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"sluss/api"
	"sluss/api/apitest"
	"sluss/ledger"
	"sluss/service"
)

// unreachable is a Temporal that does not answer.
type unreachable struct{ client.Client }

func (unreachable) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, serviceerror.NewUnavailable("no Temporal")
}

// An import that the service cannot finish is answered with what was done.
func TestAnImportThatBreaksOffIsAnsweredWithItsReport(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	server := httptest.NewServer(api.New(&service.Service{Ledger: l, Temporal: unreachable{}}, api.Options{}))
	t.Cleanup(server.Close)
	data, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	post := func(query string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/batches"+query, strings.NewReader(string(data)))
		must(t, err)
		r.Header.Set("Content-Type", "text/csv")
		answer, err := apitest.Client(t).Do(r)
		must(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		must(t, err)
		return answer.StatusCode, string(body)
	}
	status, body := post("")
	var problem api.Problem
	must(t, json.Unmarshal([]byte(body), &problem))
	if status != http.StatusServiceUnavailable || problem.Report == nil || problem.Report.Pending != len(problem.Report.Rows) || len(problem.Report.Rows) == 0 || !strings.Contains(problem.Error, "it goes on where it was") {
		t.Errorf("%d, %s", status, body)
	}
	if status, body := post("?stream=true"); status != http.StatusOK || !strings.HasSuffix(body, "}\n") || !strings.Contains(body, `{"error":"no Temporal`) {
		t.Errorf("%d, %s", status, body)
	}
	if status, body := post("?stream=true&locale=en"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "give en-GB or en-US") {
		t.Errorf("%d, %s", status, body)
	}
}
