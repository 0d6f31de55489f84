package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
)

// ledger is a ledger in memory that records what was sent, and can fail.
type ledger struct {
	activities.Ledger // of which only calls are asked here

	sync.Mutex
	wait       *sluss.QueuePlace // no permit is granted
	reservedAt time.Duration     // after which the call may be made
	reserved   time.Time         // a permit is granted shortly before that moment
	asks       int               // before that
	away       int               // how many answers it does not take; -1: none
	beginAway  bool

	intents  []sluss.Intent
	answers  []sluss.Answer
	attempts map[string]sluss.Intent
	kept     []string // what came of it otherwise
	keepAway bool

	reference []sluss.ReferenceData // of the last look
}

var errAway = errors.New("the database does not answer")

func (l *ledger) Begin(_ context.Context, i sluss.Intent) (sluss.Permit, error) {
	l.Lock()
	defer l.Unlock()
	if l.beginAway {
		return sluss.Permit{}, errAway
	}
	if in := time.Until(l.reserved); in > 250*time.Millisecond {
		l.asks++
		return sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.QueuePlace{Granted: true, In: in}}, nil
	}
	if l.wait != nil {
		return sluss.Permit{Kind: sluss.PermitQueued, Wait: *l.wait}, nil
	}
	if i.Purpose == sluss.ToSubmit {
		for attempt, before := range l.attempts {
			if before.Filing != i.Filing || before.Number != i.Number || before.Purpose != i.Purpose {
				continue
			}
			answer := l.answer(attempt)
			switch {
			case answer == nil:
				return sluss.Permit{Kind: sluss.PermitInterrupted}, nil
			case answer.Outcome != nil && answer.Outcome.Kind != sluss.Deferred:
				return sluss.Permit{Kind: sluss.PermitSettled, Outcome: *answer.Outcome}, nil
			}
		}
	}
	attempt := fmt.Sprint("attempt-", len(l.intents))
	l.intents = append(l.intents, i)
	if l.attempts == nil {
		l.attempts = map[string]sluss.Intent{}
	}
	l.attempts[attempt] = i
	return sluss.Permit{Kind: sluss.PermitGranted, Attempt: attempt, At: time.Now().Add(l.reservedAt), Slip: 250 * time.Millisecond}, nil
}

func (l *ledger) answer(attempt string) *sluss.Answer {
	for i := range l.answers {
		if l.answers[i].Attempt == attempt {
			return &l.answers[i]
		}
	}
	return nil
}

func (l *ledger) Finish(ctx context.Context, a sluss.Answer) error {
	l.Lock()
	defer l.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if l.away != 0 {
		l.away--
		return errAway
	}
	l.answers = append(l.answers, a)
	return nil
}

func (l *ledger) keep(what string) error {
	l.Lock()
	defer l.Unlock()
	if l.keepAway {
		return errAway
	}
	l.kept = append(l.kept, what)
	return nil
}

func (l *ledger) RecordRevisionAnswer(_ context.Context, a sluss.RevisionAnswer, o sluss.Outcome) error {
	return l.keep("revision " + a.Revision + " " + string(o.Kind))
}

func (l *ledger) KeepRegister(_ context.Context, f sluss.RegisterFile) error {
	return l.keep("register " + f.ID + " " + string(f.Content))
}

func (l *ledger) RecordReferenceData(_ context.Context, c sluss.ReferenceData) error {
	return l.keep("lists " + string(c.Lists) + c.Error)
}

func (l *ledger) ReferenceData(context.Context, string) ([]sluss.ReferenceData, error) {
	return l.reference, nil
}

func (l *ledger) KeepSyncPage(_ context.Context, _, company string, page sluss.SyncPage) error {
	return l.keep(fmt.Sprintf("%d documents of %s", len(page.Documents), company))
}

func (l *ledger) SyncFailed(_ context.Context, _, company, why string) error {
	return l.keep(company + " failed: " + why)
}

func (l *ledger) KeepHook(_ context.Context, _, company string, h *sluss.Hook) error {
	return l.keep(fmt.Sprintf("hook of %s: %v", company, h))
}

func (l *ledger) Syncs(context.Context, string, string) ([]sluss.SyncState, error) {
	return nil, nil
}

func (l *ledger) ChangedDocuments(context.Context, string) ([]sluss.ChangedDocument, error) {
	return nil, nil
}
func (l *ledger) MarkChangeNotified(context.Context, sluss.Document) error { return nil }
func (l *ledger) DocumentDeletedAt(_ context.Context, d sluss.Document) error {
	return l.keep("gone " + d.ID)
}

func (l *ledger) KeepPrint(_ context.Context, p sluss.Print) error {
	return l.keep("print " + p.Number)
}

func (l *ledger) Document(context.Context, string, string) (sluss.Document, bool, error) {
	return sluss.Document{ID: "D-1"}, true, nil
}

func (l *ledger) Unprinted(context.Context, string, string, []string, int) (sluss.ChangedDocument, bool, error) {
	return sluss.ChangedDocument{Batch: "batch/default/A", Document: sluss.Document{ID: "D-1"}}, true, nil
}

// recorded is the last answer in short.
func (l *ledger) recorded() string {
	if len(l.answers) == 0 {
		return "nothing"
	}
	a := l.answers[len(l.answers)-1]
	text := ""
	switch {
	case a.Absent:
		text = "absent"
	case a.Outcome != nil:
		text = string(a.Outcome.Kind)
		if a.Outcome.Throttled {
			text += " throttled"
		}
	default:
		text = "error"
	}
	if a.Banned {
		text += " banned"
	}
	return text
}

// registry gives the same answer to every call, and counts the calls.
type registry struct {
	sync.Mutex
	outcome  sluss.Outcome
	err      error
	status   int
	takes    time.Duration
	countErr error
	calls    int
}

func (r *registry) call(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
	r.Lock()
	r.calls++
	r.Unlock()
	select {
	case <-time.After(r.takes):
	case <-ctx.Done():
	}
	return r.outcome, sluss.Exchange{Operation: "POST /", Status: r.status, Response: "a body"}, r.err
}

func (r *registry) question(ctx context.Context) (sluss.Exchange, error) {
	_, x, err := r.call(ctx)
	return x, err
}

func (r *registry) Calls(context.Context, sluss.Content) (int, error) { return 3, r.countErr }

func (r *registry) Submit(ctx context.Context, _ sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return r.call(ctx)
}

func (r *registry) Find(ctx context.Context, _ sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return r.call(ctx)
}

func (r *registry) Companies() []string { return []string{"ours"} }

func (r *registry) PendingRevisions(ctx context.Context, _, after string) ([]sluss.Revision, string, sluss.Exchange, error) {
	x, err := r.question(ctx)
	if after == "" {
		return []sluss.Revision{{ID: "R-2", Ours: true}}, "more", x, err
	}
	return []sluss.Revision{{ID: "R-1", Ours: true}, {ID: "R-3"}}, "", x, err
}

func (r *registry) EcoOrganismes(ctx context.Context, _ string) ([]sluss.Party, sluss.Exchange, error) {
	x, err := r.question(ctx)
	return []sluss.Party{{Name: "Eco"}}, x, err
}

func (r *registry) AnswerRevision(ctx context.Context, _, _ string, _ bool, _ string) (sluss.Outcome, sluss.Exchange, error) {
	return r.call(ctx)
}

func (r *registry) WithdrawRevision(ctx context.Context, _, _ string) (sluss.Outcome, sluss.Exchange, error) {
	return r.call(ctx)
}

func (r *registry) OrderRegister(ctx context.Context, _ sluss.RegisterOrder) (sluss.Outcome, sluss.Exchange, error) {
	return r.call(ctx)
}

func (r *registry) ExportStatus(ctx context.Context, _, _ string) (string, sluss.Exchange, error) {
	x, err := r.question(ctx)
	return "SUCCESSFUL", x, err
}

func (r *registry) Export(ctx context.Context, _, _ string) ([]byte, sluss.Exchange, error) {
	x, err := r.question(ctx)
	return []byte("a;b"), x, err
}

func (r *registry) SyncedCompanies() ([]string, time.Duration) { return []string{"ours"}, time.Minute }
func (r *registry) SyncCalls(sluss.SyncPlace) int              { return 2 }
func (r *registry) HookCalls() int                             { return 1 }
func (r *registry) PrintCalls() int                            { return 3 }
func (r *registry) FinalStatuses() []string                    { return []string{"DONE"} }

func (r *registry) Reader([]string) (string, bool) { return "ours", true }

func (r *registry) SyncStep(ctx context.Context, _ string, _ sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, sluss.Exchange, error) {
	o, x, err := r.call(ctx)
	return sluss.SyncPage{Documents: []sluss.Document{{ID: "D-1"}}}, o, x, err
}

func (r *registry) EnsureHook(ctx context.Context, _ string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error) {
	o, x, err := r.call(ctx)
	return sluss.Hook{State: sluss.HookActive}, o, x, err
}

func (r *registry) IsDeleted(ctx context.Context, _, _ string) (bool, sluss.Outcome, sluss.Exchange, error) {
	o, x, err := r.call(ctx)
	return true, o, x, err
}

func (r *registry) Print(ctx context.Context, _, _ string) (sluss.Print, sluss.Outcome, sluss.Exchange, error) {
	o, x, err := r.call(ctx)
	return sluss.Print{Number: "P-1"}, o, x, err
}

func (r *registry) CheckReferenceData(ctx context.Context, _ []string) (json.RawMessage, []sluss.Drift, error) {
	_, err := r.question(ctx)
	return json.RawMessage(`{}`), nil, err
}

func (r *registry) ReferenceCalls() int        { return 5 }
func (r *registry) CertificateEnds() time.Time { return time.Time{} }

// messenger reaches every batch.
type messenger struct{}

func (messenger) DocumentChanged(context.Context, sluss.BatchID, sluss.Document) (bool, error) {
	return true, nil
}

// notNowError is the error of a registry's client for a question that has no answer yet.
type notNowError struct{ outcome sluss.Outcome }

func (n notNowError) Error() string          { return n.outcome.Detail }
func (n notNowError) Outcome() sluss.Outcome { return n.outcome }
func (n notNowError) Unwrap() error          { return sluss.ErrUnavailable }

// world has the fakes that activities use.
type world struct {
	ledger   ledger
	registry registry
}

const name = sluss.Trackdechets

var quiet = slog.New(slog.DiscardHandler)

func (w *world) filings() *activities.Activities {
	return &activities.Activities{Ledger: &w.ledger, Registries: map[string]activities.Registry{name: &w.registry}, Actor: "test", Log: quiet}
}

func (w *world) tasks() *activities.Tasks {
	return &activities.Tasks{Ledger: &w.ledger, Registries: map[string]activities.TaskRegistry{name: &w.registry}, Actor: "test", Log: quiet}
}

func (w *world) sync() *activities.Sync {
	return &activities.Sync{Ledger: &w.ledger, Registries: map[string]activities.Syncer{name: &w.registry}, Messenger: messenger{}, Actor: "test", Log: quiet}
}

func (w *world) lists() *activities.ReferenceData {
	return &activities.ReferenceData{
		Ledger: &w.ledger, Registries: map[string]activities.ReferenceSource{name: &w.registry}, Actor: "test", Log: quiet,
		Codes: func(time.Time) []string { return nil },
	}
}

var due = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func submission() activities.SubmitInput {
	return activities.SubmitInput{Number: 1, Submission: sluss.Submission{Filing: "filing/default/A/fr.creation", Content: sluss.Content{
		Obligation: sluss.Obligation{ID: "fr.creation", Registry: name, Due: due},
	}}}
}

// failure is a short form of an error as Temporal sees it.
func failure(err error) string {
	var application *temporal.ApplicationError
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &application):
		return "error"
	}
	text := "error " + application.Type()
	if application.NonRetryable() {
		text += " for good"
	}
	if after := application.NextRetryDelay(); after > 0 {
		text += " again in " + after.String()
	}
	return text
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
