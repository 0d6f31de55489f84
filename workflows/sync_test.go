package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
)

// diary keeps what was followed, in memory.
type diary struct {
	fakeLedger
	pages  []sluss.SyncPage
	since  time.Time
	failed []string
	hooks  []sluss.HookState
	news   []sluss.ChangedDocument
	told   []string
	ended  []sluss.ChangedDocument // documents to print
	prints []string
	gone   []string
}

func (d *diary) KeepSyncPage(_ context.Context, _, _ string, page sluss.SyncPage) error {
	d.pages = append(d.pages, page)
	if page.Next == nil {
		d.since = page.Until
	}
	return nil
}

func (d *diary) SyncFailed(_ context.Context, _, _, why string) error {
	d.failed = append(d.failed, why)
	return nil
}

func (d *diary) KeepHook(_ context.Context, _, _ string, hook *sluss.Hook) error {
	if hook != nil {
		d.hooks = append(d.hooks, hook.State)
	}
	return nil
}

func (d *diary) Syncs(context.Context, string, string) ([]sluss.SyncState, error) {
	return []sluss.SyncState{{Since: d.since}}, nil
}

func (d *diary) ChangedDocuments(context.Context, string) ([]sluss.ChangedDocument, error) {
	return slices.Clone(d.news), nil
}

func (d *diary) MarkChangeNotified(_ context.Context, document sluss.Document) error {
	d.told = append(d.told, document.ID)
	d.news = slices.DeleteFunc(d.news, func(n sluss.ChangedDocument) bool { return n.Document.ID == document.ID })
	return nil
}

func (d *diary) Unprinted(_ context.Context, _, _ string, _ []string, skip int) (sluss.ChangedDocument, bool, error) {
	if skip >= len(d.ended) {
		return sluss.ChangedDocument{}, false, nil
	}
	return d.ended[skip], true, nil
}

func (d *diary) Document(_ context.Context, _, id string) (sluss.Document, bool, error) {
	return sluss.Document{ID: id}, id != "foreign", nil
}

func (d *diary) DocumentDeletedAt(_ context.Context, document sluss.Document) error {
	d.gone = append(d.gone, document.ID)
	return nil
}

func (d *diary) KeepPrint(_ context.Context, p sluss.Print) error {
	d.prints = append(d.prints, string(p.Batch)+" "+p.Document)
	d.ended = slices.DeleteFunc(slices.Clone(d.ended), func(n sluss.ChangedDocument) bool { return n.Document.ID == p.Document })
	return nil
}

func (d *diary) DocumentChanged(_ context.Context, batch sluss.BatchID, _ sluss.Document) (bool, error) {
	if strings.HasPrefix(string(batch), "unreachable") {
		return false, errors.New("Temporal does not answer")
	}
	return !strings.HasPrefix(string(batch), "gone"), nil
}

// syncer is a registry in which what the test says has changed.
type syncer struct {
	env     *environment
	synced  []time.Duration // when
	places  []string        // from which
	syncing func(n int, p sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, error)
	hooks   []sluss.HookState // by look; the last one stays
	looks   int
	printed []string
	looked  []string // whether they are deleted
	until   int      // the company is followed for so many syncs
}

func (f *syncer) SyncedCompanies() ([]string, time.Duration) {
	if len(f.synced) >= f.until {
		return nil, 0
	}
	return []string{"1"}, 5 * time.Minute
}
func (f *syncer) SyncCalls(sluss.SyncPlace) int { return 1 }
func (f *syncer) HookCalls() int                { return min(len(f.hooks), 3) }

func (f *syncer) SyncStep(_ context.Context, _ string, p sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, sluss.Exchange, error) {
	f.synced, f.places = append(f.synced, f.env.Now().Sub(began)), append(f.places, p.After)
	if f.syncing == nil {
		return sluss.SyncPage{Until: f.env.Now()}, sluss.Outcome{Kind: sluss.Accepted}, sluss.Exchange{Response: "what is kept already"}, nil
	}
	page, outcome, err := f.syncing(len(f.synced), p)
	return page, outcome, sluss.Exchange{Response: "said"}, err
}

func (f *syncer) EnsureHook(context.Context, string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error) {
	state := f.hooks[min(f.looks, len(f.hooks)-1)]
	f.looks++
	return sluss.Hook{State: state}, sluss.Outcome{Kind: sluss.Accepted}, sluss.Exchange{}, nil
}

func (f *syncer) PrintCalls() int         { return 3 }
func (f *syncer) FinalStatuses() []string { return []string{"PROCESSED"} }

func (f *syncer) IsDeleted(_ context.Context, _, document string) (bool, sluss.Outcome, sluss.Exchange, error) {
	f.looked = append(f.looked, document)
	if document == "never" || document == "late" && len(f.looked) < 4 {
		return false, sluss.Outcome{Kind: sluss.Deferred, NotBefore: f.env.Now(), Detail: "not now"}, sluss.Exchange{}, nil
	}
	return document != "there", sluss.Outcome{Kind: sluss.Accepted}, sluss.Exchange{}, nil
}

func (f *syncer) Reader(companies []string) (string, bool) {
	return "1", slices.Contains(companies, "1")
}

func (f *syncer) Print(_ context.Context, _, document string) (sluss.Print, sluss.Outcome, sluss.Exchange, error) {
	f.printed = append(f.printed, document)
	switch {
	case strings.HasPrefix(document, "gone"):
		return sluss.Print{}, sluss.Outcome{}, sluss.Exchange{}, sluss.ErrAbsent
	case strings.HasPrefix(document, "stuck"):
		return sluss.Print{}, sluss.Outcome{Kind: sluss.Deferred, NotBefore: f.env.Now(), Detail: "not now"}, sluss.Exchange{}, nil
	}
	return sluss.Print{Document: document, Status: "PROCESSED", Final: true}, sluss.Outcome{Kind: sluss.Accepted}, sluss.Exchange{}, nil
}

// syncedAt tells whether the first syncs were when they were to be, or a little
// later.
func (f *syncer) syncedAt(t *testing.T, want ...time.Duration) {
	t.Helper()
	for i, at := range want {
		if i >= len(f.synced) || f.synced[i] < at || f.synced[i] > at+30*time.Second {
			t.Errorf("synced at %s, want %s", f.synced, want)
			return
		}
	}
}

var began = time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)

// follow runs the following of a company to its end, in virtual time.
func follow(t *testing.T, d *diary, f *syncer, log *strings.Builder) {
	t.Helper()
	f.env.RegisterWorkflow(workflows.Sync)
	f.env.RegisterActivity(&activities.Sync{
		Ledger: d, Messenger: d, Registries: map[string]activities.Syncer{sluss.Trackdechets: f}, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	f.env.ExecuteWorkflow(workflows.Sync, workflows.SyncInput{Registry: sluss.Trackdechets, Company: "1"})
	if err := f.env.GetWorkflowError(); err != nil || !f.env.IsWorkflowCompleted() {
		t.Fatalf("ended: %v, synced at %s", err, f.synced)
	}
}

func startSync(t *testing.T) (*diary, *syncer) {
	t.Helper()
	env := newEnvironment()
	env.SetStartTime(began)
	return &diary{fakeLedger: fakeLedger{attempts: map[string]bool{}}}, &syncer{env: env}
}

func TestChangesAreAskedForEveryFewMinutesAndWhenTold(t *testing.T) {
	d, f := startSync(t)
	f.until = 4
	f.hooks = []sluss.HookState{sluss.HookMade, sluss.HookOnAgain}
	for _, at := range []time.Duration{6 * time.Minute, 6*time.Minute + time.Second, 6*time.Minute + 500*time.Millisecond} {
		f.env.RegisterDelayedCallback(func() { f.env.SignalWorkflow(workflows.LookSignal.Name, "a webhook") }, at)
	}
	var log strings.Builder
	follow(t, d, f, &log)
	f.syncedAt(t, 0, 5*time.Minute, 6*time.Minute+2*time.Second, 11*time.Minute+2*time.Second)
	if d.since.IsZero() || len(d.answers) != 5 || d.answers[4].Exchange.Response != "" {
		t.Errorf("%s, %+v", d.since, d.answers)
	}
	if want := []sluss.HookState{sluss.HookMade}; !slices.Equal(d.hooks, want) {
		t.Errorf("hooks %q, want %q", d.hooks, want)
	}
}

func TestTheWebhookIsLookedAtEveryQuarter(t *testing.T) {
	d, f := startSync(t)
	f.until = 8
	f.hooks = []sluss.HookState{sluss.HookActive, sluss.HookOnAgain, sluss.HookActive}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []sluss.HookState{sluss.HookActive, sluss.HookOnAgain, sluss.HookActive}; !slices.Equal(d.hooks, want) {
		t.Errorf("hooks %q, want %q", d.hooks, want)
	}
	if text := log.String(); strings.Count(text, "a webhook was not as it should be") != 1 || !strings.Contains(text, "activated again") {
		t.Errorf("logged %q", text)
	}
}

// TestASyncIsMadeWholeOrAgain: each page begins where the one before ended; if the
// registry does not answer, the whole sync is repeated, and the cursor does not move.
func TestASyncIsMadeWholeOrAgain(t *testing.T) {
	d, f := startSync(t)
	f.until = 6
	page := func(after string) (sluss.SyncPage, sluss.Outcome, error) {
		s := sluss.SyncPage{Documents: []sluss.Document{{ID: after}}, Next: &sluss.SyncPlace{After: after, Before: began}}
		return s, sluss.Outcome{Kind: sluss.Accepted}, nil
	}
	f.syncing = func(n int, p sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, error) {
		switch n {
		case 1, 4:
			return page("a")
		case 2:
			return sluss.SyncPage{}, sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: f.env.Now().Add(40 * time.Second), Detail: "not now"}, nil
		case 3:
			return sluss.SyncPage{}, sluss.Outcome{}, fmt.Errorf("%w: no route", sluss.ErrNotSent)
		case 5:
			if !p.Before.Equal(began) {
				t.Errorf("went on from %+v", p)
			}
			return page("b")
		}
		return sluss.SyncPage{Until: began.Add(time.Hour)}, sluss.Outcome{Kind: sluss.Accepted}, nil
	}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"", "a", "", "", "a", "b"}; !slices.Equal(f.places, want) {
		t.Errorf("synced from %q, want %q", f.places, want)
	}
	if len(d.failed) != 2 || d.failed[0] != "not now" || len(d.pages) != 4 || !d.since.Equal(began.Add(time.Hour)) {
		t.Errorf("failed %q, %d pages, %s", d.failed, len(d.pages), d.since)
	}
	if o := d.answers[1].Outcome; o == nil || !o.Throttled || d.answers[2].Error == "" {
		t.Errorf("answers %+v", d.answers)
	}
}

func TestSyncWaitsForItsReservation(t *testing.T) {
	d, f := startSync(t)
	f.until = 1
	waits := 0
	d.wait = func(i sluss.Intent) *sluss.QueuePlace {
		if i.Filing == "" || i.Urgent || i.Purpose != sluss.ToAsk {
			t.Errorf("intent %+v", i)
		}
		if waits++; waits > 2 {
			return nil
		}
		return &sluss.QueuePlace{In: 10 * time.Minute, At: f.env.Now().Add(10 * time.Minute), Ahead: 900}
	}
	f.env.RegisterDelayedCallback(func() {
		f.env.SignalWorkflow(workflows.ReservedSignal.Name, sluss.Reservation{In: 30 * time.Second, At: f.env.Now().Add(30 * time.Second)})
	}, 4*time.Minute)
	var log strings.Builder
	follow(t, d, f, &log)
	// The first reservation was missed; nobody told of the second.
	f.syncedAt(t, 24*time.Hour+24*time.Minute+28*time.Second)
}

func TestBatchesAreToldOfNewsOnce(t *testing.T) {
	d, f := startSync(t)
	f.until = 2
	for _, batch := range []sluss.BatchID{"batch/default/A", "gone/B", "unreachable/C"} {
		d.news = append(d.news, sluss.ChangedDocument{Batch: batch, Document: sluss.Document{ID: string(batch)}})
	}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"batch/default/A", "gone/B"}; !slices.Equal(d.told, want) {
		t.Errorf("told %q, want %q", d.told, want)
	}
	if strings.Count(log.String(), "unreachable/C") != 2 {
		t.Errorf("logged %q", log.String())
	}
}

// TestADocumentIsToldOnceAllItsBatchesAre: one of two cannot be reached.
func TestADocumentIsToldOnceAllItsBatchesAre(t *testing.T) {
	d, f := startSync(t)
	f.until = 2
	d.news = []sluss.ChangedDocument{
		{Batch: "batch/default/A", Document: sluss.Document{ID: "shared"}},
		{Batch: "unreachable/B", Document: sluss.Document{ID: "shared"}},
		{Batch: "unreachable/B", Document: sluss.Document{ID: "shared too"}},
		{Batch: "batch/default/A", Document: sluss.Document{ID: "shared too"}},
		{Batch: "batch/default/A", Document: sluss.Document{ID: "reached"}},
		{Batch: "gone/C", Document: sluss.Document{ID: "reached"}},
	}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"reached"}; !slices.Equal(d.told, want) {
		t.Errorf("told %q, want %q", d.told, want)
	}
}

// TestWhatHasEndedIsPrintedOnce: a print that fails does not prevent others, and is
// fetched again after the next sync.
func TestWhatHasEndedIsPrintedOnce(t *testing.T) {
	d, f := startSync(t)
	f.until = 3
	for _, id := range []string{"gone", "a", "stuck", "b"} {
		d.ended = append(d.ended, sluss.ChangedDocument{Batch: sluss.BatchID("batch/" + id), Document: sluss.Document{ID: id}})
	}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"batch/a a", "batch/b b"}; !slices.Equal(d.prints, want) {
		t.Errorf("kept %q, want %q", d.prints, want)
	}
	if want := []string{"gone", "a", "stuck", "b", "gone", "stuck"}; !slices.Equal(f.printed, want) {
		t.Errorf("asked for %q, want %q", f.printed, want)
	}
}

// TestManyFailedPrintsDoNotStopOthers: even if more fail than are tried
// after one sync, and they come first.
func TestManyFailedPrintsDoNotStopOthers(t *testing.T) {
	d, f := startSync(t)
	f.until = 3
	for _, id := range []string{"gone1", "gone2", "gone3", "gone4", "a"} {
		d.ended = append(d.ended, sluss.ChangedDocument{Batch: sluss.BatchID("batch/" + id), Document: sluss.Document{ID: id}})
	}
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"batch/a a"}; !slices.Equal(d.prints, want) {
		t.Errorf("kept %q, want %q", d.prints, want)
	}
	if want := []string{"gone1", "gone2", "gone3", "gone4", "a"}; !slices.Equal(f.printed[:min(5, len(f.printed))], want) {
		t.Errorf("asked for %q, want %q first", f.printed, want)
	}
}

// TestADocumentThatCannotBeReadDoesNotStopOthers: the registry may never let us
// read the first of those that are said to be deleted.
func TestADocumentThatCannotBeReadDoesNotStopOthers(t *testing.T) {
	d, f := startSync(t)
	f.until = 4
	f.env.RegisterDelayedCallback(func() {
		for _, id := range []string{"never", "a"} {
			f.env.SignalWorkflow(workflows.DeletedSignal.Name, id)
		}
	}, time.Minute)
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"a"}; !slices.Equal(d.gone, want) {
		t.Errorf("gone %q, want %q", d.gone, want)
	}
}

// TestDocumentsReportedAsDeletedAreChecked: once, even if the message comes twice, and
// again if the registry does not answer.
func TestDocumentsReportedAsDeletedAreChecked(t *testing.T) {
	d, f := startSync(t)
	f.until = 4
	f.env.RegisterDelayedCallback(func() {
		for _, id := range []string{"a", "there", "foreign", "a", "late"} {
			f.env.SignalWorkflow(workflows.DeletedSignal.Name, id)
		}
	}, time.Minute)
	var log strings.Builder
	follow(t, d, f, &log)
	if want := []string{"a", "late"}; !slices.Equal(d.gone, want) {
		t.Errorf("gone %q, want %q", d.gone, want)
	}
	if want := []string{"a", "there", "late"}; !slices.Equal(f.looked[:3], want) {
		t.Errorf("looked at %q, want %q first", f.looked, want)
	}
	f.syncedAt(t, 0, time.Minute+2*time.Second)
}
