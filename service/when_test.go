package service_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
	"sluss/workflows"
)

// depot is a Temporal whose batches record what they are started and corrected with.
type depot struct {
	client.Client

	t       *testing.T
	l       *ledger.Ledger
	started []workflows.BatchInput
}

func (y *depot) ExecuteWorkflow(_ context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	in, ok := args[0].(workflows.BatchInput)
	if !ok {
		y.t.Fatalf("%s is started with %T", o.ID, args[0])
	}
	y.started = append(y.started, in)
	must(y.t, y.l.RecordEvent(y.t.Context(), sluss.EventRecord{Batch: in.Declaration.ID(), Declaration: &in.Declaration, Event: in.Produced, At: time.Now()}))
	return nil, nil
}

func (y *depot) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	return nil, serviceerror.NewUnavailable("no worker runs")
}

func (y *depot) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	batch := sluss.BatchID(o.WorkflowID)
	c, ok := o.Args[0].(sluss.Correction)
	if !ok {
		y.t.Fatalf("%s is sent %T", o.WorkflowID, o.Args[0])
	}
	known, err := y.l.Batch(ctx, batch)
	must(y.t, err)
	events, err := y.l.Events(ctx, batch)
	must(y.t, err)
	d, now, err := obligations.Corrected(known.Declaration, events, c)
	if err != nil {
		return nil, err
	}
	return done{}, y.l.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: batch, Number: known.Corrections + 1, Correction: c, Declaration: d, Events: now})
}

func openDepot(t *testing.T) (*service.Service, *depot) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	y := &depot{t: t, l: l}
	return &service.Service{Ledger: l, Temporal: y}, y
}

// TestWhenABatchWasProduced: what the declaration tells goes before what is told with it,
// and if neither tells it, it is not known. The same declaration again is the same batch,
// whichever of them told it.
func TestWhenABatchWasProduced(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	of, with, noted := now.AddDate(0, 0, -9), now.AddDate(0, 0, -8), now.AddDate(0, 0, -7)
	for name, test := range map[string]struct {
		declared, told, noted time.Time
		want                  time.Time
		faults                string
	}{
		"in the declaration":           {of, with, noted, of, ""},
		"with it":                      {time.Time{}, with, noted, with, ""},
		"not at all":                   {time.Time{}, time.Time{}, time.Time{}, time.Time{}, ""},
		"only when it was noted":       {time.Time{}, time.Time{}, noted, time.Time{}, ""},
		"to come":                      {now.AddDate(0, 0, 1), time.Time{}, time.Time{}, time.Time{}, "at: "},
		"told to come":                 {time.Time{}, now.AddDate(0, 0, 1), time.Time{}, time.Time{}, "is in the future"},
		"to be noted":                  {of, time.Time{}, now.AddDate(0, 0, 1), time.Time{}, "noted_at: "},
		"noted before":                 {of, time.Time{}, of.AddDate(0, 0, -1), time.Time{}, "noted_at: "},
		"noted a hundred years ago":    {time.Time{}, time.Time{}, now.AddDate(-100, 0, 0), time.Time{}, "noted_at: "},
		"produced in the last century": {now.AddDate(-100, 0, 0), time.Time{}, time.Time{}, time.Time{}, "is 100 years ago"},
	} {
		t.Run(name, func(t *testing.T) {
			sv, y := openDepot(t)
			d := example(t, "se-waste-oil")
			d.At, d.NotedAt = test.declared, test.noted
			_, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, test.told)
			if test.faults != "" {
				if err == nil || !strings.Contains(err.Error(), test.faults) || len(y.started) > 0 {
					t.Errorf("%v, started %v", err, y.started)
				}
				return
			}
			must(t, err)
			if e := y.started[0].Produced; !e.At.Equal(test.want) || !e.NotedAt.Equal(test.noted) || !y.started[0].Declaration.At.Equal(test.want) {
				t.Errorf("produced %+v, declared %s", e, y.started[0].Declaration.At)
			}
			d.NotedAt = time.Time{}
			if _, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, of.AddDate(0, 0, -1)); test.declared.IsZero() && !test.want.IsZero() && err == nil {
				t.Error("another time that is told with it is taken")
			}
			for _, told := range []time.Time{test.told, {}} {
				if again, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, told); err != nil || again.Fresh {
					t.Errorf("again with %s: %+v, %v", told, again, err)
				}
			}
			d.At = of.AddDate(0, 0, -1)
			if _, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, time.Time{}); err == nil || !strings.Contains(err.Error(), "other content") {
				t.Errorf("with another time: %v", err)
			}
		})
	}
}

// TestARowTellsItsTimes: a table may tell each row's, and what is told with it is for the
// others.
func TestARowTellsItsTimes(t *testing.T) {
	sv, y := openDepot(t)
	d := example(t, "se-waste-oil")
	header, cells := []string{"at", "noted_at"}, []string{"2026-11-20T16:00:00+01:00", "2026-11-20T16:30:00+01:00"}
	for path, value := range (sluss.Declaration{}).Differences(d) {
		if path != "reference" && path != "tenant" {
			header, cells = append(header, path), append(cells, `"`+value+`"`)
		}
	}
	text := "reference;" + strings.Join(header, ";") + "\nA;" + strings.Join(cells, ";") + "\n"
	cells[0], cells[1] = "", ""
	text += "B;" + strings.Join(cells, ";") + "\n"
	at := time.Date(2026, 11, 21, 8, 0, 0, 0, noon.Location())
	o := service.Import{NotedAt: at.Add(time.Hour)}
	report, err := sv.Import(t.Context(), strings.NewReader(text), o, sluss.Person{Name: officer}, at)
	if err != nil || report.Declared != 2 {
		t.Fatalf("%v: %+v", err, report)
	}
	a, b := y.started[0].Produced, y.started[1].Produced
	if a.At.Format(time.RFC3339) != "2026-11-20T16:00:00+01:00" || a.NotedAt.Format(time.RFC3339) != "2026-11-20T16:30:00+01:00" || !b.At.Equal(at) || !b.NotedAt.Equal(o.NotedAt) {
		t.Errorf("%+v and %+v", a, b)
	}
}

// TestKeptEventsAreShownUntilTheyAreTaken: with since when, and how to mend it; in the
// inbox of the officer alone.
func TestKeptEventsAreShownUntilTheyAreTaken(t *testing.T) {
	sv, y := openDepot(t)
	d, ctx := example(t, "se-waste-oil"), t.Context()
	_, err := sv.Declare(ctx, d, sluss.Person{Name: officer}, time.Time{})
	must(t, err)
	reported := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	keep := func(after time.Duration, k sluss.KeptEvent) {
		must(t, y.l.KeepEvent(ctx, sluss.KeptRecord{Batch: d.ID(), Kept: k, At: reported.Add(after)}))
	}
	received := sluss.Event{Kind: sluss.Received, At: noon.Add(3 * time.Hour), NotedAt: noon.Add(4 * time.Hour), Mass: d.Waste.Mass, By: sluss.Person{Name: "Cecilia Berg"}}
	look := func(want ...string) {
		t.Helper()
		shown, err := sv.Show(ctx, d.ID())
		must(t, err)
		list, err := sv.Inbox(ctx, service.InboxFilter{Waiting: sluss.Officer})
		must(t, err)
		var told []string
		for _, f := range list {
			for _, w := range f.Warnings {
				told = append(told, w.String())
			}
		}
		if len(told) != min(len(want), 1) || len(shown.Kept) != min(len(want), 1) {
			t.Errorf("the inbox tells %q, show %+v", told, shown.Kept)
			return
		}
		for _, text := range want {
			if !strings.Contains(told[0], text) {
				t.Errorf("want %q in %s", text, told[0])
			}
		}
		if len(want) > 0 && !shown.Kept[0].Since.Equal(reported) {
			t.Errorf("kept since %s, want %s", shown.Kept[0].Since, reported)
		}
		for _, f := range []service.InboxFilter{{Waiting: sluss.Receiver}, {Registry: sluss.Avfallsregistret}, {Tenant: "north"}, {Overdue: true}} {
			if list, err := sv.Inbox(ctx, f); err != nil || len(list) > 0 {
				t.Errorf("%+v: %v, %v", f, list, err)
			}
		}
	}
	look()
	keep(0, sluss.KeptEvent{Event: received, Missing: []sluss.EventID{"pickedUp#1"}})
	look("events.received: received of 2026-11-23T15:00:00+01:00 is kept since "+reported.In(noon.Location()).Format(time.RFC3339), "is taken once pickedUp#1 is reported",
		"report pickedUp#1", "--remove legs.N", "report received again to correct it", "starter correct default/VO-2026-0101 --remove events.received")
	keep(time.Hour, sluss.KeptEvent{Event: received, Why: "mass: 1250 kg was received, but 100 kg was planned"})
	look("cannot be taken: mass: 1250 kg", "correct what prevents it")

	_, err = sv.Correct(ctx, d.ID(), sluss.Correction{Remove: []string{"events.received"}, Reason: "x", By: sluss.Person{Name: officer}})
	if err == nil || !strings.Contains(err.Error(), "has not happened") { // it is sent to the workflow, which knows what is kept
		t.Errorf("%v", err)
	}
	_, err = sv.Correct(ctx, d.ID(), sluss.Correction{
		Remove: []string{"events.received"}, Set: map[string]string{"events.produced.at": "2099-01-01T00:00:00Z"}, Reason: "x", By: sluss.Person{Name: officer},
	})
	if err == nil || !strings.Contains(err.Error(), "events.produced.at: 2099-01-01T00:00:00Z is in the future") {
		t.Errorf("with something else that is wrong: %v", err)
	}
	must(t, y.l.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: d.ID(), Number: 1, Declaration: d, Correction: sluss.Correction{Remove: []string{"events.received"}, By: sluss.Person{Name: officer}}}))
	look()
	reported = reported.Add(2 * time.Hour)
	keep(0, sluss.KeptEvent{Event: received, Missing: []sluss.EventID{"pickedUp#1"}})
	look("is taken once")
	must(t, y.l.RecordEvent(ctx, sluss.EventRecord{Batch: d.ID(), Event: received, Corrections: 1, At: reported.Add(time.Minute)}))
	look()
}

// TestWhatWasLateFromTheBeginningIsShown: when the event was noted, and that a report was
// overdue when it arose.
func TestWhatWasLateFromTheBeginningIsShown(t *testing.T) {
	sv, y := openDepot(t)
	d, ctx := example(t, "se-waste-oil"), t.Context()
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, noon.Location())
	produced := sluss.Event{Kind: sluss.Produced, By: sluss.Person{Name: "Anna Ek"}}
	left := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at, NotedAt: at.AddDate(0, 0, 9), By: sluss.Person{Name: "Anna Ek"}}
	must(t, y.l.RecordEvent(ctx, sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: produced, At: left.NotedAt}))
	owed := obligations.For(d, []sluss.Event{produced, left})
	must(t, y.l.RecordEvent(ctx, sluss.EventRecord{Batch: d.ID(), Event: left, Obligations: owed, At: left.NotedAt}))
	for _, o := range owed {
		filed(t, y.l, d.ID().Filing(o.ID), sluss.Content{Declaration: d, Obligation: o, Events: []sluss.Event{produced, left}}, "0b5c-"+string(o.ID))
	}
	shown, err := sv.Show(ctx, d.ID())
	must(t, err)
	for _, f := range shown.Filings {
		if !f.NotedAt.Equal(left.NotedAt) || !f.AroseAt.Equal(left.NotedAt) || !f.AroseAt.After(f.Due) {
			t.Errorf("%s: noted %s, arose %s, due %s", f.ID, f.NotedAt, f.AroseAt, f.Due)
		}
	}
	var text strings.Builder
	for _, line := range shown.Timeline {
		text.WriteString(line.Text + "\n")
	}
	for _, want := range []string{"Produced\n", "Picked up (leg 1) at 2026-05-04T12:00:00+01:00; noted late, at 2026-05-13T12:00:00+01:00\n", "; noted late, at 2026-05-13T12:00:00+01:00: to be noted by ", "; it was overdue when it arose\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("want %q in the timeline:\n%s", want, text.String())
		}
	}
}

// TestTheSameDeclarationWhileItsBatchBegins: before the ledger has it.
func TestTheSameDeclarationWhileItsBatchBegins(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	d := example(t, "se-waste-oil")
	at := time.Now().AddDate(0, 0, -1).Truncate(time.Second)
	begun := d
	begun.At = at
	sv := &service.Service{Ledger: l, Temporal: begins{state: workflows.BatchState{Hash: begun.Hash(), Events: []sluss.Event{{Kind: sluss.Produced, At: at, NotedAt: time.Now()}}}}}
	for _, told := range []time.Time{at, {}} {
		if done, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, told); err != nil || done.Fresh {
			t.Errorf("with %s: %+v, %v", told, done, err)
		}
	}
	if _, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, at.Add(-time.Hour)); err == nil || !strings.Contains(err.Error(), "other content") {
		t.Errorf("with another time: %v", err)
	}
}

// begins is a Temporal in which every batch has just begun.
type begins struct {
	client.Client

	state workflows.BatchState
}

func (begins) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("", "", "")
}

func (b begins) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(b.state)
	return client.NewValue(payloads), err
}
