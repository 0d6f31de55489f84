package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// crew is a Temporal that takes what is sent to it, keeps each event, and remembers all.
type crew struct {
	client.Client

	started []workflows.BatchInput
	sent    []any
}

func (c *crew) ExecuteWorkflow(_ context.Context, _ client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	in, _ := args[0].(workflows.BatchInput)
	c.started = append(c.started, in)
	return nil, nil
}

func (c *crew) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	return nil, serviceerror.NewUnavailable("no worker runs")
}

func (c *crew) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	c.sent = append(c.sent, o.Args[0])
	if e, ok := o.Args[0].(sluss.Event); ok {
		return answer{value: workflows.EventReply{Kept: &sluss.KeptEvent{Event: e, Missing: []sluss.EventID{"pickedUp#1"}}}}, nil
	}
	return answer{value: workflows.CorrectReply{}}, nil
}

type answer struct {
	client.WorkflowUpdateHandle

	value any
}

func (a answer) Get(_ context.Context, to any) error {
	data, err := json.Marshal(a.value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

func openCrew(t *testing.T) (*httptest.Server, *ledger.Ledger, *crew) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	c := &crew{}
	server := httptest.NewServer(api.New(&service.Service{Ledger: l, Temporal: c}, api.Options{}))
	t.Cleanup(server.Close)
	return server, l, c
}

// TestTimesOfADeclaration: what is left out is not made up.
func TestTimesOfADeclaration(t *testing.T) {
	at, noted := "2026-11-20T16:00:00+01:00", "2026-11-20T16:30:00+01:00"
	with := func(more map[string]string) string {
		var d map[string]any
		must(t, json.Unmarshal([]byte(exampleText(t, "se-waste-oil")), &d))
		for name, value := range more {
			d[name] = value
		}
		text, err := json.Marshal(d)
		must(t, err)
		return string(text)
	}
	for name, test := range map[string]struct{ query, body, at, noted string }{
		"left out":            {"", with(nil), "", ""},
		"in the body":         {"?at=2026-11-01T08:00:00Z&noted_at=2026-11-01T08:00:00Z", with(map[string]string{"at": at, "noted_at": noted}), at, noted},
		"in the URL":          {"?at=2026-11-20T16:00:00%2B01:00&noted_at=2026-11-20T16:30:00%2B01:00", with(nil), at, noted},
		"one in each":         {"?noted_at=2026-11-20T16:30:00%2B01:00", with(map[string]string{"at": at}), at, noted},
		"only the time of it": {"?at=2026-11-20T16:00:00%2B01:00", with(nil), at, ""},
	} {
		server, _, c := openCrew(t)
		var done api.Declared
		if status, _ := send(t, server, request{method: http.MethodPost, path: "/api/batches" + test.query, kind: "application/json", body: test.body}, &done); status != http.StatusCreated {
			t.Fatalf("%s: %d", name, status)
		}
		for what, pair := range map[string][2]string{"at": {shown(c.started[0].Produced.At), test.at}, "noted_at": {shown(c.started[0].Produced.NotedAt), test.noted}} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %q, want %q", name, what, pair[0], pair[1])
			}
		}
	}
	server, _, c := openCrew(t)
	var p api.Problem
	for _, query := range []string{"?at=2026-11-20T16:00:00", "?noted_at=yesterday"} { // without zone, and no time
		if status, _ := send(t, server, request{method: http.MethodPost, path: "/api/batches" + query, kind: "application/json", body: with(nil)}, &p); status != http.StatusUnprocessableEntity || len(c.started) > 0 {
			t.Errorf("%s: %d, %+v", query, status, p)
		}
	}
}

func shown(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(noon.Location()).Format(time.RFC3339)
}

// TestEventsAndTheirCorrections go to the batch as they are; the answer and the batch say
// what is kept.
func TestEventsAndTheirCorrections(t *testing.T) {
	server, l, c := openCrew(t)
	d, ctx := example(t, "se-waste-oil"), t.Context()
	must(t, l.RecordEvent(ctx, sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, By: sluss.Person{Name: "Anna Ek"}}, At: noon}))
	path := "/api/batches/" + d.ID().Name()

	var reply api.EventReply
	body := `{"kind":"received","at":"2026-11-23T14:10:00+01:00","noted_at":"2026-11-23T14:30:00+01:00","mass":1250,"by":{"name":"Cecilia Berg"}}`
	if status, _ := send(t, server, request{method: http.MethodPost, path: path + "/events", kind: "application/json", body: body}, &reply); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	e, _ := c.sent[0].(sluss.Event)
	if shown(e.At) != "2026-11-23T14:10:00+01:00" || shown(e.NotedAt) != "2026-11-23T14:30:00+01:00" || reply.Kept == nil || !reflect.DeepEqual(reply.Kept.Missing, []sluss.EventID{"pickedUp#1"}) {
		t.Errorf("sent %+v, answered %+v", e, reply)
	}

	must(t, l.KeepEvent(ctx, sluss.KeptRecord{Batch: d.ID(), Kept: *reply.Kept, At: noon.Add(time.Hour)}))
	var batch api.Batch
	if status, _ := send(t, server, request{method: http.MethodGet, path: path}, &batch); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	if len(batch.Events) != 1 || !batch.Events[0].At.IsZero() || len(batch.Kept) != 1 || batch.Kept[0].Event.ID() != "received" || !batch.Kept[0].Since.Equal(noon.Add(time.Hour)) {
		t.Errorf("events %+v, kept %+v", batch.Events, batch.Kept)
	}
	var inbox []api.Filing
	if status, _ := send(t, server, request{method: http.MethodGet, path: "/api/inbox?role=officer"}, &inbox); status != http.StatusOK || len(inbox) != 1 || len(inbox[0].Warnings) != 1 {
		t.Errorf("%d, %+v", status, inbox)
	}

	var done api.Corrected
	for _, body := range []string{
		`{"remove":["events.received","legs.0"],"add":{"legs.0":{"mode":"rail"}},"reason":"x","by":{"name":"K"}}`,
		`{"set":{"events.produced.at":"2026-11-20T08:00:00+01:00"},"reason":"x","by":{"name":"K"}}`,
	} {
		var want sluss.Correction
		must(t, json.Unmarshal([]byte(body), &want))
		if status, _ := send(t, server, request{method: http.MethodPost, path: path + "/corrections", kind: "application/json", body: body}, &done); status != http.StatusOK {
			t.Fatalf("%s: %d", body, status)
		}
		got, _ := c.sent[len(c.sent)-1].(sluss.Correction)
		if got.At = (time.Time{}); !reflect.DeepEqual(got, want) {
			t.Errorf("sent %+v, want %+v", got, want)
		}
	}
}
