package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// hands is a Temporal that takes what is sent to it, keeps each event that is received,
// and remembers all.
type hands struct {
	nobody

	started []workflows.BatchInput
	sent    []any
}

func (h *hands) ExecuteWorkflow(_ context.Context, _ client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	in, _ := args[0].(workflows.BatchInput)
	h.started = append(h.started, in)
	return nil, nil
}

func (h *hands) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	h.sent = append(h.sent, o.Args[0])
	reply := workflows.EventReply{}
	if e, ok := o.Args[0].(sluss.Event); ok && e.Kind == sluss.Received {
		reply.Kept = &sluss.KeptEvent{Event: e, Missing: []sluss.EventID{"pickedUp#1", "handedOver#2"}}
	}
	return replied{reply: reply}, nil
}

type replied struct {
	client.WorkflowUpdateHandle

	reply any
}

func (r replied) Get(_ context.Context, to any) error {
	data, err := json.Marshal(r.reply)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

func withHands(t *testing.T) (*ledger.Ledger, *hands) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	h := &hands{}
	serving(t, &service.Service{Ledger: l, Temporal: h})
	return l, h
}

// TestTimesOfTheCommandLine: --at and --noted-at reach the batch as they are; a time that
// is left out is not made up.
func TestTimesOfTheCommandLine(t *testing.T) {
	_, h := withHands(t)
	file := filepath.Join("..", "examples", "se-waste-oil.json")
	table := filepath.Join("..", "examples", "batches.csv")
	for _, test := range []struct {
		args      []string
		at, noted string
	}{
		{[]string{"declare", file}, "", ""},
		{[]string{"declare", file, "--at", "2026-11-20T16:00", "--noted-at", "2026-11-20T16:30"}, "2026-11-20T16:00:00+01:00", "2026-11-20T16:30:00+01:00"},
		{[]string{"import", table, "--at", "2026-11-20 16:00", "--noted-at", "2026-11-20T15:30:00Z"}, "2026-11-20T16:00:00+01:00", "2026-11-20T16:30:00+01:00"},
		{[]string{"import", table}, "", ""},
	} {
		h.started = nil
		if code, out, errs := try(t, test.args...); code != exitOK && !strings.HasPrefix(out, "declared") {
			t.Errorf("%v: exit %d, %s%s", test.args, code, out, errs)
		}
		if len(h.started) == 0 {
			t.Errorf("%v: nothing was declared", test.args)
			continue
		}
		if e := h.started[0].Produced; clockOf(e.At) != test.at || clockOf(e.NotedAt) != test.noted {
			t.Errorf("%v: produced %s, noted %s", test.args, e.At, e.NotedAt)
		}
	}
	for line, want := range map[string]string{
		"declare " + file + " --at 2026-03-29T02:30":                           "2026-03-29T02:30:00+02:00 or 2026-03-29T02:30:00+01:00",
		"import " + table + " --noted-at 2026-10-25T02:30":                     "exists twice in",
		"event VO-1 pickedUp --by A --at 2026-10-25T02:30":                     "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
		"event VO-1 pickedUp --by A --noted-at 2026-03-29T02:30:01":            "does not exist in",
		"event VO-1 pickedUp --by A --noted-at 2031-11-26T08:00":               "is in the future",
		"correct VO-1 a=1 --reason x --by A --at 2026-10-25T02:00":             "exists twice in",
		"sign VO-1 --role officer --name A --at 2026-10-25T02:00":              "exists twice in",
		"extract " + file + " --by A --made 2026-10-25T02:59":                  "exists twice in",
		"quota avfallsregistret --what-if 5 --due 2026-10-25T02:59":            "exists twice in",
		"decide VO-1/se.removal again --reason x --by A --at 2026-10-25T02:59": "exists twice in",
	} {
		code, _, errs := tryIn(t, "Europe/Stockholm", strings.Fields(line)...)
		if code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
	if len(h.sent) > 0 {
		t.Errorf("sent %v", h.sent)
	}
}

func clockOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(winter).Format(time.RFC3339)
}

// tryIn is try for a user in a zone.
func tryIn(t *testing.T, zone string, args ...string) (code int, out, errs string) {
	t.Helper()
	in, err := time.LoadLocation(zone)
	must(t, err)
	var stdout, stderr strings.Builder
	s := &starter{in: strings.NewReader(""), out: &stdout, err: &stderr, zone: in, now: func() time.Time { return today }}
	return s.run(t.Context(), args), stdout.String(), stderr.String()
}

// TestAKeptEventIsToldWhereverOneLooks: in the answer, with the commands that report what
// is missing, and in show and inbox, with the one that takes it back.
func TestAKeptEventIsToldWhereverOneLooks(t *testing.T) {
	l, h := withHands(t)
	d := example(t, "se-two-transporters.json", sluss.DefaultTenant, "VO-1")
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, By: sluss.Person{Name: "Anna Ek"}}, At: noon}))
	args := []string{"event", "VO-1", "received", "--mass", "3600kg", "--at", "2026-11-24T08:00", "--noted-at", "2026-11-24T09:00", "--by", "Cecilia Berg"}
	code, out, errs := try(t, args...)
	for _, want := range []string{"kept, with nothing owed yet: it is taken once pickedUp#1 and handedOver#2 is reported", "starter event VO-1 pickedUp --by NAME", "starter event VO-1 handedOver --leg 2 --by NAME"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, want %q in %s%s", code, want, out, errs)
		}
	}
	e, _ := h.sent[0].(sluss.Event)
	if clockOf(e.At) != "2026-11-24T08:00:00+01:00" || clockOf(e.NotedAt) != "2026-11-24T09:00:00+01:00" {
		t.Errorf("sent %+v", e)
	}
	must(t, l.KeepEvent(t.Context(), sluss.KeptRecord{Batch: d.ID(), Kept: sluss.KeptEvent{Event: e, Missing: []sluss.EventID{"pickedUp#1"}}, At: noon}))
	const back = "starter correct VO-1 --remove events.received --reason REASON --by NAME"
	for verb, want := range map[string][]string{
		"show VO-1": {"kept      received of 2026-11-24 08:00 +01:00, since 2031-11-24 12:00 +01:00: it is taken once pickedUp#1 is reported", back, "Kept: received at 2026-11-24T08:00:00+01:00, until pickedUp#1 is reported"},
		"inbox":     {"VO-1  needs a person: events.received: received of 2026-11-24T08:00:00+01:00 is kept since 2031-11-24T12:00:00+01:00", "starter show VO-1"},
	} {
		code, out, errs := try(t, strings.Fields(verb)...)
		for _, text := range want {
			if code != exitOK || !strings.Contains(out, text) {
				t.Errorf("%s: exit %d, want %q in %s%s", verb, code, text, out, errs)
			}
		}
	}
	accepted(t, back)
}

// TestCorrectionsOfTheCommandLine: values, removals and additions reach the batch as they
// are given.
func TestCorrectionsOfTheCommandLine(t *testing.T) {
	l, h := withHands(t)
	d := example(t, "se-two-transporters.json", sluss.DefaultTenant, "VO-1")
	by := sluss.Person{Name: "Anna Ek"}
	left := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: time.Date(2026, 11, 23, 8, 0, 0, 0, winter), By: by}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, By: by}, At: left.At}))
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Event: left, At: left.At}))
	item, err := json.Marshal(d.Legs[1])
	must(t, err)
	leg := filepath.Join(t.TempDir(), "leg.json")
	must(t, os.WriteFile(leg, item, 0o600))
	for _, test := range []struct {
		args []string
		want sluss.Correction
	}{
		{[]string{"events.pickedUp#1.at=2026-11-23T08:30:00+01:00"}, sluss.Correction{Set: map[string]string{"events.pickedUp#1.at": "2026-11-23T08:30:00+01:00"}}},
		{[]string{"--remove", "events.pickedUp#1"}, sluss.Correction{Remove: []string{"events.pickedUp#1"}}},
		{[]string{"--remove", "legs.1", "--remove", "legs.0.vehicles.0", "waste.mass=1"}, sluss.Correction{Set: map[string]string{"waste.mass": "1"}, Remove: []string{"legs.1", "legs.0.vehicles.0"}}},
		{[]string{"--add", "legs.2=@" + leg}, sluss.Correction{Add: map[string]json.RawMessage{"legs.2": item}}},
		{[]string{"--add", `predecessors.0={"reference":"A","mass":1}`}, sluss.Correction{Add: map[string]json.RawMessage{"predecessors.0": json.RawMessage(`{"reference":"A","mass":1}`)}}},
	} {
		h.sent = nil
		code, out, errs := try(t, append([]string{"correct", "VO-1", "--reason", "as it was", "--by", "Karin Holm"}, test.args...)...)
		if len(h.sent) != 1 {
			t.Errorf("%v: exit %d, %s%s", test.args, code, out, errs)
			continue
		}
		got, _ := h.sent[0].(sluss.Correction)
		if got.Reason != "as it was" || got.By.Name != "Karin Holm" {
			t.Errorf("%v: %+v", test.args, got)
		}
		got.Reason, got.By, got.At = "", sluss.Person{}, time.Time{}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: sent %+v, want %+v", test.args, got, test.want)
		}
	}
	for line, want := range map[string]string{
		"correct VO-1 --reason x --by A":                                      "nothing to correct",
		"correct --remove legs.1 --reason x --by A":                           "nothing to correct",
		"correct VO-1 --add legs.1 --reason x --by A":                         `"legs.1" is not PATH=JSON`,
		"correct VO-1 --add legs.1={ --reason x --by A":                       "legs.1 is not given in JSON",
		"correct VO-1 --add legs.1=1 --add legs.1=2 --reason x --by A":        "legs.1 is given twice",
		"correct VO-1 --add legs.1=@/no/such/file.json --reason x --by A":     "no such file",
		"correct VO-1 --remove legs.1 --by A":                                 "--reason",
		"correct VO-1 --add legs.1 --add =1 --add legs.2={ --reason x --by A": `"=1" is not PATH=JSON; legs.2 is not given in JSON`,
	} {
		if code, _, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
}

// TestWhatWasLateIsToldBesideItsClock in show and inbox.
func TestWhatWasLateIsToldBesideItsClock(t *testing.T) {
	l, _ := withHands(t)
	d := example(t, "se-waste-oil.json", sluss.DefaultTenant, "VO-1")
	left := noon.Add(-5 * 24 * time.Hour)
	events := []sluss.Event{
		{Kind: sluss.Produced, By: sluss.Person{Name: "Anna Ek"}},
		{Kind: sluss.PickedUp, Leg: 1, At: left, NotedAt: noon, By: sluss.Person{Name: "Anna Ek"}},
	}
	o := obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, left.Add(48*time.Hour))
	o.NoteBy = left
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: events[0], At: noon}))
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Event: events[1], Obligations: []sluss.Obligation{o}, At: noon}))
	file(t, l, d, events, o, sluss.StageSignature, sluss.Officer)
	const want = "late      noted 2031-11-24 12:00 +01:00, and the rule asks for it by 2031-11-19 12:00 +01:00; was overdue when it arose, 2031-11-24 12:00 +01:00"
	for _, verb := range []string{"show VO-1", "inbox"} {
		if code, out, errs := try(t, strings.Fields(verb)...); code != exitOK || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, want %q in %s%s", verb, code, want, out, errs)
		}
	}
	s := &starter{zone: winter}
	in := time.Minute
	f := ledger.Filing{Obligation: sluss.Obligation{NoteBy: noon}, NotedAt: noon.Add(in), Due: noon.Add(time.Hour), AroseAt: noon}
	if late := s.late(service.Filing{Filing: f}); late != "" {
		t.Errorf("in time, but %q", late)
	}
}
