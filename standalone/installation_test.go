package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"sluss"
	"sluss/config"
	"sluss/ledger"
	"sluss/registries"
	avfallsregistret "sluss/simulators/avfallsregistret"
	trackdechets "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// TestInstallation is everything together: PostgreSQL, a Temporal server, the ledger,
// workers, the API, the command line, and registries that misbehave.
func TestInstallation(t *testing.T) {
	h, f := openInstallation(t)
	t.Run("demo", func(t *testing.T) { testDemo(t, h, f) })
	t.Run("at once", func(t *testing.T) { testAtOnce(t, h) })
	t.Run("API", func(t *testing.T) { testAPI(t, h) })
	t.Run("command line", func(t *testing.T) { testCommandLine(t, h) })
	t.Run("France", func(t *testing.T) { testFrance(t, h) })
	t.Run("restart", func(t *testing.T) { testRestart(t, h) })
	t.Run("kill", func(t *testing.T) { testKill(t, h) })
	t.Run("records", func(t *testing.T) {
		report, err := h.compareRecords(t.Context())
		must(t, err)
		if !report.agree() {
			t.Error(report)
		}
	})
	t.Run("quota", func(t *testing.T) { testQuota(t, h) }) // on another registry, with records of its own
	t.Run("replay", func(t *testing.T) { testReplay(t, h) })
}

// testDemo runs what `standalone --demo --exit` runs, which fails if the records do not agree.
func testDemo(t *testing.T, h *Installation, f flags) {
	t.Helper()
	must(t, demo(t.Context(), h, f))
	batches, err := samples(f.Data)
	must(t, err)
	how := map[string]int{}
	for _, d := range batches {
		shown, err := h.Service.Show(t.Context(), d.ID())
		must(t, err)
		how[shown.Closed]++
		for _, filing := range shown.Filings {
			if filing.Open || filing.Receipt == nil {
				t.Errorf("%s: open %t, receipt %v", filing.ID, filing.Open, filing.Receipt)
			}
		}
	}
	if how["treated"] != len(batches)-1 || how["refused"] != 1 {
		t.Errorf("closed %v of %d", how, len(batches))
	}
	if s := h.Simulators; s.Sweden.Counters().Faulted != 1 || s.France.Counters().Faults[trackdechets.FaultInternal] != 1 || s.Norway.Lookups()[0].Fault == "" {
		t.Errorf("the registries did not misbehave as they should: %+v, %+v, %+v", s.Sweden.Faults(), s.France.Counters(), s.Norway.Lookups())
	}
	report, err := h.compareRecords(t.Context())
	must(t, err)
	if !report.agree() || report.compared < 40 {
		t.Error(report)
	}
}

// testAtOnce reports all that happened to a batch without a pause, as an import
// from a plant's own system does.
func testAtOnce(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "ONCE-1")
	now := time.Now()
	_, err := h.Service.Declare(t.Context(), d, sluss.Person{Name: "test"}, now)
	must(t, err)
	for _, id := range []sluss.EventID{"pickedUp#1", "received", "accepted", "treated"} {
		e, err := eventOf(d, id)
		must(t, err)
		e.At = now.Truncate(time.Second)
		if _, err := h.Service.Event(t.Context(), d.ID(), e); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
	must(t, h.Service.Temporal.GetWorkflow(t.Context(), string(d.ID()), "").Get(t.Context(), nil))
}

// testRestart corrects a batch and stops the worker while the Swedish registry is
// down, and starts it again when it is up. Only what is right is sent.
func testRestart(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "RESTART-1")
	up := h.takeDown(t)
	h.declare(t, d)
	h.report(t, d, "pickedUp#1")
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		attempts, err := h.Service.Ledger.Attempts(ctx, string(sluss.NewBatchID("", d.Reference).Filing("se.removal")))
		if len(attempts) < 3 {
			return fmt.Errorf("the registry was tried %d times while it was down, %v", len(attempts), err)
		}
		return nil
	})
	corrected, err := h.Service.Correct(t.Context(), d.ID(), sluss.Correction{
		Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed", By: sluss.Person{Name: "test"},
	})
	must(t, err)
	if len(corrected.Filings) != 1 {
		t.Errorf("%q go on with the corrected mass, want the note of removal", corrected.Filings)
	}
	h.stopEngine()
	if notes := h.notes(d); len(notes) > 0 {
		t.Errorf("a registry that is down took %+v", notes)
	}
	up()
	h.startEngine(t)
	h.report(t, d, "received", "accepted", "treated")
	h.awaitClosed(t, d)
	h.onceEach(t, d)
	for _, n := range h.notes(d) {
		if n.Path == "transportplaneringar" && n.Kg != 1180 {
			t.Errorf("the registry has the mass from before the correction: %+v", n)
		}
	}
}

// takeDown makes the Swedish registry unreachable until up is called.
func (h *Installation) takeDown(t *testing.T) (up func()) {
	t.Helper()
	server := h.Simulators.servers[0]
	c, err := config.Load(h.ConfigFile)
	must(t, err)
	var settings registries.Config
	must(t, c.ReadRegistries(&settings))
	where, err := url.Parse(settings.Avfallsregistret.BaseURL)
	must(t, err)
	port, err := strconv.Atoi(where.Port())
	must(t, err)
	must(t, server.Close())
	return func() {
		_, err := h.Simulators.serve(context.WithoutCancel(t.Context()), h.Simulators.Sweden, loopback, port, server.TLSConfig)
		must(t, err)
	}
}

// testKill kills a worker in the middle of two calls: one that the registry has
// accepted, one that it has not. Only a person can find out which is which.
func testKill(t *testing.T, h *Installation) {
	t.Helper()
	taken, lost := example(t, "se-waste-oil", "KILL-1"), example(t, "se-waste-oil", "KILL-2")
	both := []sluss.Declaration{taken, lost}
	removal := func(d sluss.Declaration) sluss.FilingID {
		return sluss.NewBatchID("", d.Reference).Filing("se.removal")
	}
	for d, kind := range map[*sluss.Declaration]avfallsregistret.FaultKind{&taken: avfallsregistret.SlowAnswer, &lost: avfallsregistret.LostRequest} {
		must(t, h.Simulators.Sweden.Fault(avfallsregistret.Fault{Kind: kind, Method: "POST", Referens: d.Reference, DelayMillis: 60_000}))
	}
	h.stopEngine()
	victim := startWorkerProcess(t, h.ConfigFile)
	for _, d := range both {
		h.declare(t, d)
		h.report(t, d, "pickedUp#1")
	}
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		for _, d := range []sluss.Declaration{lost, taken} {
			attempts, err := h.Service.Ledger.Attempts(ctx, string(removal(d)))
			if err != nil || len(attempts) != 1 || attempts[0].Answered {
				shown, _ := h.Service.Show(ctx, d.ID())
				return fmt.Errorf("%s: %d attempts, %v; %+v", d.Reference, len(attempts), err, shown.Filings)
			}
		}
		if toCome := h.Simulators.Sweden.Faults(); len(h.notes(taken)) != 1 || len(toCome) > 0 {
			return fmt.Errorf("the registry has %d notes, and yet to come is %+v", len(h.notes(taken)), toCome)
		}
		return nil
	})
	victim.kill(t)
	h.startEngine(t)

	// The activities of the killed worker time out, and the next try finds an
	// intent without an answer.
	eventually(t, 2*time.Minute, func(ctx context.Context) error {
		for _, d := range both {
			if f, _, err := h.Service.Ledger.Filing(ctx, removal(d)); err != nil || f.Stage != sluss.StageUnknown || f.Waiting != sluss.Officer {
				return fmt.Errorf("%s is %s and waits for %q, %v", f.ID, f.Stage, f.Waiting, err)
			}
		}
		return nil
	})
	if len(h.notes(taken)) != 1 || len(h.notes(lost)) != 0 {
		t.Fatalf("something was sent before anybody decided: %+v, %+v", h.notes(taken), h.notes(lost))
	}
	decision := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: h.notes(taken)[0].AvfallID, Reason: "in the extract", By: officer, At: time.Now().Truncate(time.Second)}
	_, err := h.Service.Decide(t.Context(), removal(taken), decision)
	must(t, err)
	decision.Kind, decision.Receipt, decision.Reason = sluss.DecidedNotTaken, "", "not in the extract"
	_, err = h.Service.Decide(t.Context(), removal(lost), decision)
	must(t, err)
	for _, d := range both {
		h.report(t, d, "received", "accepted", "treated")
		h.awaitClosed(t, d)
		h.onceEach(t, d)
	}
}

// notes are those of a batch in the Swedish registry's records.
func (h *Installation) notes(d sluss.Declaration) []avfallsregistret.Note {
	return slices.DeleteFunc(h.Simulators.Sweden.Notes(), func(n avfallsregistret.Note) bool { return n.Referens != d.Reference })
}

func (h *Installation) awaitClosed(t *testing.T, d sluss.Declaration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := h.Service.Temporal.GetWorkflow(ctx, string(d.ID()), "").Get(ctx, nil); err != nil {
		shown, _ := h.Service.Show(t.Context(), d.ID())
		t.Fatalf("%s is not closed: %v; %s", d.Reference, err, waits(shown))
	}
}

// onceEach checks that the registry has each of the three notes of a batch
// once, under the receipt that the ledger has.
func (h *Installation) onceEach(t *testing.T, d sluss.Declaration) {
	t.Helper()
	notes := map[string]string{}
	for _, n := range h.notes(d) {
		if !n.Current() || notes[n.Path] != "" {
			t.Errorf("%s stands twice: %+v", n.Path, n)
		}
		notes[n.Path] = n.AvfallID
	}
	filings, err := h.Service.Ledger.Filings(t.Context(), d.ID())
	must(t, err)
	for _, f := range filings {
		path := map[sluss.ReportKind]string{sluss.ReportRemoval: "transportplaneringar", sluss.ReportTransport: "transporter", sluss.ReportReception: "behandlingsmottaganden"}[f.Obligation.Report]
		if f.Receipt == nil || f.Receipt.ID != notes[path] {
			t.Errorf("%s has the receipt %+v, the registry %q", f.ID, f.Receipt, notes[path])
		}
	}
	if len(notes) != 3 || len(filings) != 3 {
		t.Errorf("%d notes, %d filings, want 3 of each", len(notes), len(filings))
	}
}

// testReplay replays every history on the server with the workflows as they
// are now.
func testReplay(t *testing.T, h *Installation) {
	t.Helper()
	if replayed := h.replay(t, "ExecutionStatus = 'Completed'"); replayed["Batch"] < 9 {
		t.Errorf("replayed only %v", replayed)
	}
}

// replay replays the histories that a query finds, and counts them by type.
func (h *Installation) replay(t *testing.T, query string) map[string]int {
	t.Helper()
	c, err := config.Load(h.ConfigFile)
	must(t, err)
	replayer := worker.NewWorkflowReplayer()
	for _, workflow := range workflows.Types() {
		replayer.RegisterWorkflow(workflow)
	}
	replayed := map[string]int{}
	var page []byte
	for more := true; more; more = len(page) > 0 {
		list, err := h.Service.Temporal.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page, Query: query})
		must(t, err)
		for _, info := range list.GetExecutions() {
			id := info.GetExecution().GetWorkflowId()
			history := &historypb.History{}
			events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, info.GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			for events.HasNext() {
				event, err := events.Next()
				must(t, err)
				history.Events = append(history.Events, event)
			}
			must(t, c.Temporal.Decrypt(t.Context(), history))
			if err := replayer.ReplayWorkflowHistory(sdklog.NewStructuredLogger(quiet), history); err != nil {
				t.Errorf("%s: %v", id, err)
				for _, event := range history.GetEvents() {
					t.Log(event)
				}
			}
			replayed[info.GetType().GetName()]++
		}
		page = list.GetNextPageToken()
	}
	t.Logf("replayed %v", replayed)
	return replayed
}

// receiptsOf are the ledger's receipts of batches whose reference starts so.
func (h *Installation) receiptsOf(ctx context.Context, prefix string) ([]ledger.FiledReceipt, error) {
	receipts, err := h.Service.Ledger.Receipts(ctx)
	return slices.DeleteFunc(receipts, func(r ledger.FiledReceipt) bool {
		return !strings.HasPrefix(r.Filing, "filing/default/"+prefix)
	}), err
}
