package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"

	"sluss"
	"sluss/bars"
)

const (
	benchRounds     = 3
	benchConcurrent = 16
)

// BenchmarkBatch takes Swedish batches from declaration to close, as fast as
// they go, and, in turns with them, bare workflows on the same server: with as
// many updates and activities, which do nothing. BENCH_BATCHES is how
// many of each a round has.
func BenchmarkBatch(b *testing.B) {
	perRound := 40
	if text := os.Getenv("BENCH_BATCHES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			b.Fatalf("BENCH_BATCHES %q: want a number from 1", text)
		}
		perRound = n
	}
	h, _ := openInstallation(b)
	sample := example(b, "se-waste-oil", "BENCH-0000")
	batches := &contestant{installation: h, run: func(ctx context.Context, n int) (string, error) { return h.benchBatch(ctx, sample, n) }}
	batches.round(b, benchConcurrent) // warms everything up
	form := h.formOf(b, batches.ids[0])
	c := dialBare(b, h)
	bares := &contestant{installation: h, run: func(ctx context.Context, n int) (string, error) { return benchBare(ctx, c, n, form) }}
	bares.round(b, benchConcurrent)
	b.Logf("a batch is %+v", form)

	batches.forget()
	bares.forget()
	statements, commits := h.statements(), h.commits(b)
	const notes = 3 // that a batch files
	for range benchRounds {
		batches.round(b, perRound)
		if commits.last.IsZero() {
			commits.end(b, h, perRound*notes)
		}
		bares.round(b, perRound)
	}
	perBatch := float64(h.statements()-statements) / float64(len(batches.ids))
	batches.count(b)
	bares.count(b)

	var ratios []float64
	for i := range batches.rates {
		ratios = append(ratios, batches.rates[i]/bares.rates[i])
	}
	slices.Sort(ratios)
	fmt.Print("\n" + table(batches, bares, ratios, perBatch)) // b.Log cuts after ten lines
	b.ReportMetric(0, "ns/op")
	for name, c := range map[string]*contestant{"batch": batches, "bare": bares} {
		low, middle, high := spread(c.rates)
		b.ReportMetric(low, name+"-min/s")
		b.ReportMetric(middle, name+"-median/s")
		b.ReportMetric(high, name+"-max/s")
		b.ReportMetric(c.events, "events/"+name)
	}
	_, middle, _ := spread(ratios)
	b.ReportMetric(middle, "batch:bare-speed")
	b.ReportMetric(batches.events/bares.events, "batch:bare-events")
	b.ReportMetric(perBatch, "statements/batch")
	worst, _, _ := spread(ratios)
	bars.AtLeast("engine-of-bare-temporal", middle, 0.9)
	bars.AtLeast("engine-worst-round-of-median", worst/middle, 0.8)
	bars.AtMost("events-of-a-swedish-batch", batches.events, 60)
	bars.AtMost("commits-of-temporal-for-a-filing", commits.temporal, 88)
	bars.AtMost("commits-of-the-ledger-for-a-filing", commits.ledger, 6.8)
}

// contestant is one of the two things that are measured against each other.
type contestant struct {
	installation *Installation
	run          func(ctx context.Context, n int) (id string, err error)
	next         int
	ids          []string  // of all that were run
	rates        []float64 // a second, by round
	events       float64   // of history, for each
}

func (c *contestant) forget() { c.ids, c.rates = nil, nil }

// round runs n of them, some at once.
func (c *contestant) round(b *testing.B, n int) {
	b.Helper()
	ids := make([]string, n)
	began := time.Now()
	running, ctx := errgroup.WithContext(b.Context())
	running.SetLimit(benchConcurrent)
	for i := range n {
		number := c.next + i + 1
		running.Go(func() (err error) {
			ids[i], err = c.run(ctx, number)
			return err
		})
	}
	must(b, running.Wait())
	c.rates = append(c.rates, float64(n)/time.Since(began).Seconds())
	c.next += n
	c.ids = append(c.ids, ids...)
}

// count counts the events of all histories.
func (c *contestant) count(b *testing.B) {
	b.Helper()
	var total int64
	for _, id := range c.ids {
		described, err := c.installation.Service.Temporal.DescribeWorkflowExecution(b.Context(), id, "")
		must(b, err)
		total += described.GetWorkflowExecutionInfo().GetHistoryLength()
	}
	c.events = float64(total) / float64(len(c.ids))
}

// benchBatch declares a batch, reports all that happens to it, and waits until
// it is closed.
func (h *Installation) benchBatch(ctx context.Context, d sluss.Declaration, n int) (string, error) {
	d.Reference = fmt.Sprintf("BENCH-%04d", n)
	if _, err := h.Service.Declare(ctx, d, sluss.Person{Name: "bench"}, time.Now().Add(-time.Hour).Truncate(time.Second)); err != nil {
		return "", err
	}
	for _, event := range []sluss.EventID{"pickedUp#1", "received", "accepted", "treated"} {
		e, err := eventOf(d, event)
		if err != nil {
			return "", err
		}
		err = poll(ctx, time.Minute, func(ctx context.Context) error { // until its gate is open
			_, err := h.Service.Event(ctx, d.ID(), e)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("%s of %s: %w", event, d.ID(), err)
		}
	}
	return string(d.ID()), h.Service.Temporal.GetWorkflow(ctx, string(d.ID()), "").Get(ctx, nil)
}

// form is what a workflow consists of.
type form struct {
	Updates, Locals, Activities int
}

// statements are those that service and worker have sent to the ledger.
func (h *Installation) statements() int64 {
	return h.Service.Ledger.Statements() + h.engine.Ledger.Statements()
}

// formOf counts what a batch consisted of.
func (h *Installation) formOf(tb testing.TB, id string) form {
	tb.Helper()
	var f form
	history := h.Service.Temporal.GetWorkflowHistory(tb.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		must(tb, err)
		switch event.GetEventType() { //nolint:exhaustive // the others are what these bring with them
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			f.Updates++
		case enumspb.EVENT_TYPE_MARKER_RECORDED:
			if event.GetMarkerRecordedEventAttributes().GetMarkerName() == "LocalActivity" {
				f.Locals++
			}
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			f.Activities++
		}
	}
	return f
}

const bareQueue = "bare"

// dialBare serves the bare workflows, on a connection without encryption.
func dialBare(tb testing.TB, h *Installation) client.Client {
	tb.Helper()
	c, err := client.DialContext(tb.Context(), client.Options{HostPort: h.temporal.Address(), Logger: sdklog.NewStructuredLogger(quiet)})
	must(tb, err)
	tb.Cleanup(c.Close)
	w := worker.New(c, bareQueue, worker.Options{})
	w.RegisterWorkflow(bare)
	w.RegisterActivity(nothing)
	must(tb, w.Start())
	tb.Cleanup(w.Stop)
	return c
}

func benchBare(ctx context.Context, c client.Client, n int, f form) (string, error) {
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: fmt.Sprintf("bare-%d", n), TaskQueue: bareQueue}, bare, f)
	if err != nil {
		return "", err
	}
	for i := range f.Updates {
		update, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
			WorkflowID: run.GetID(), UpdateName: "event", Args: []any{i}, WaitForStage: client.WorkflowUpdateStageCompleted,
		})
		if err == nil {
			err = update.Get(ctx, nil)
		}
		if err != nil {
			return "", err
		}
	}
	return run.GetID(), run.Get(ctx, nil)
}

func nothing(context.Context) error { return nil }

// bare answers updates, each of which does a local activity and starts its share of the
// activities, and ends with the last of them.
func bare(ctx workflow.Context, f form) error {
	locals, updated, ended := f.Locals-f.Updates, 0, 0
	share := func(ctx workflow.Context, update int) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
		for i := update; i < f.Activities; i += f.Updates {
			workflow.Go(ctx, func(ctx workflow.Context) {
				if workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil) == nil {
					ended++
				}
			})
		}
	}
	err := workflow.SetUpdateHandler(ctx, "event", func(ctx workflow.Context, update int) error {
		err := locally(ctx)
		updated++
		share(ctx, update)
		return err
	})
	if err != nil {
		return err
	}
	for range locals - 1 {
		if err := locally(ctx); err != nil {
			return err
		}
	}
	if err := workflow.Await(ctx, func() bool { return updated == f.Updates && ended == f.Activities }); err != nil {
		return err
	}
	if err := locally(ctx); err != nil {
		return err
	}
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

func locally(ctx workflow.Context) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return workflow.ExecuteLocalActivity(ctx, nothing).Get(ctx, nil)
}

// spread is the least, the median and the greatest of values.
func spread(values []float64) (low, middle, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]
}

func table(batches, bares *contestant, ratios []float64, statements float64) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(name string, values []float64, more string) {
		low, middle, high := spread(values)
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%s\t\n", name, low, middle, high, more)
	}
	fmt.Fprintf(w, "%d rounds of %d, %d at once\tmin\tmedian\tmax\tevents of history\t\n", len(batches.rates), len(batches.ids)/len(batches.rates), benchConcurrent)
	line("batches/s", batches.rates, fmt.Sprintf("%.1f", batches.events))
	line("bare workflows/s", bares.rates, fmt.Sprintf("%.1f", bares.events))
	line("ratio", ratios, fmt.Sprintf("%.2f", batches.events/bares.events))
	_ = w.Flush() // into memory
	fmt.Fprintf(&text, "  SQL statements to the ledger for each batch: %.1f\n", statements)
	return text.String()
}
