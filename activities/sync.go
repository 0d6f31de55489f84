package activities

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"sluss"
)

// Syncer is a registry whose documents are also changed by others.
type Syncer interface {
	// SyncedCompanies returns those of our companies whose documents are synced, and the
	// interval between two syncs.
	SyncedCompanies() (companies []string, every time.Duration)
	// SyncStep reads one page of changes; it makes at most SyncCalls calls. The outcome is Accepted or Deferred; the errors are
	// ErrNotSent and ErrOperator.
	SyncStep(ctx context.Context, company string, place sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, sluss.Exchange, error)
	SyncCalls(place sluss.SyncPlace) int
	// EnsureHook makes sure that the registry has a webhook for a company's changes, in
	// at most HookCalls calls; 0 if no webhook is configured. Outcome and errors are
	// those of SyncStep.
	EnsureHook(ctx context.Context, company string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error)
	HookCalls() int
	// IsDeleted tells whether a document is deleted, in one call. Outcome and errors are those
	// of SyncStep.
	IsDeleted(ctx context.Context, company, document string) (gone bool, o sluss.Outcome, made sluss.Exchange, err error)
	// Print fetches the print of a document, by either of its ids, in PrintCalls calls.
	// Outcome and errors are those of SyncStep, and ErrAbsent.
	Print(ctx context.Context, company, document string) (sluss.Print, sluss.Outcome, sluss.Exchange, error)
	PrintCalls() int
	// FinalStatuses are the statuses of documents that have ended.
	FinalStatuses() []string
	// Reader is the first of the companies for which we have a token.
	Reader(companies []string) (company string, found bool)
}

// Sync keeps the ledger's documents in step with the registries'.
type Sync struct {
	Ledger interface {
		calls
		// KeepSyncPage stores a page, and with the last page moves the cursor.
		KeepSyncPage(ctx context.Context, registry, company string, page sluss.SyncPage) error
		SyncFailed(ctx context.Context, registry, company, why string) error
		KeepHook(ctx context.Context, registry, company string, hook *sluss.Hook) error
		Syncs(ctx context.Context, registry, company string) ([]sluss.SyncState, error)
		// ChangedDocuments returns changes of which batches were not told yet. MarkChangeNotified
		// marks a document when all its running batches know of its change.
		ChangedDocuments(ctx context.Context, registry string) ([]sluss.ChangedDocument, error)
		MarkChangeNotified(ctx context.Context, d sluss.Document) error
		// Document returns a document by either of its ids.
		Document(ctx context.Context, registry, id string) (sluss.Document, bool, error)
		DocumentDeletedAt(ctx context.Context, d sluss.Document) error
		// Unprinted returns a document that has ended and is not printed, after skipping
		// so many.
		Unprinted(ctx context.Context, registry, company string, final []string, skip int) (sluss.ChangedDocument, bool, error)
		KeepPrint(ctx context.Context, p sluss.Print) error
	}
	Messenger interface {
		// DocumentChanged tells a batch that others have changed its document; false if
		// the batch does not run any more.
		DocumentChanged(ctx context.Context, batch sluss.BatchID, d sluss.Document) (bool, error)
	}
	Registries map[string]Syncer
	Actor      string
	Log        *slog.Logger
}

// SyncTimeout is how long one step of a sync may take in all: some calls, and the wait
// just before their reservation.
const SyncTimeout = 2 * time.Minute

// SyncStepInput is one step of syncing a company's documents.
type SyncStepInput struct {
	ID       string `json:"id"` // of the workflow, under which the call is recorded
	Registry string `json:"registry"`
	Company  string `json:"company"`
	// Place is where the sync goes on; zero: where the last sync ended.
	Place sluss.SyncPlace `json:"place,omitzero"`
	Skip  int             `json:"skip,omitempty"` // for PrintNext: how many documents to skip
	// Document, for CheckDeleted, is the document that is said to be deleted.
	Document string `json:"document,omitempty"`
}

// SyncStepResult is the result of a step.
type SyncStepResult struct {
	// NotSynced: this company is not synced any more.
	NotSynced bool          `json:"not_synced,omitempty"`
	Every     time.Duration `json:"every,omitempty"` // how often to sync
	// Wait is the place in the queue; if set, the registry was not asked.
	Wait *sluss.QueuePlace `json:"wait,omitempty"`
	// Until is when to try again if the step failed; Error says why it did.
	Until    time.Time        `json:"until,omitzero"`
	Error    string           `json:"error,omitempty"`
	Next     *sluss.SyncPlace `json:"next,omitempty"`     // of SyncStep: where the next page begins; nil on the last page
	Count    int              `json:"count"`              // documents on the page, or printed
	Notified int              `json:"notified,omitempty"` // batches that were told
	Hook     *sluss.Hook      `json:"hook,omitempty"`
}

// SyncStep reads and stores one page of changes of a company's documents. After the last
// page it tells the batches whose documents others have changed. It may be repeated. If
// the registry does not answer, the result says so; that is not an error.
func (f *Sync) SyncStep(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.NotSynced {
		return result, err
	}
	if in.Place.After == "" {
		known, err := f.Ledger.Syncs(ctx, in.Registry, in.Company)
		if err != nil {
			return SyncStepResult{}, err
		}
		if len(known) > 0 {
			in.Place.Since = known[0].Since
		}
	}
	var page sluss.SyncPage
	ok, err := f.withReservation(ctx, asker{in.ID, in.Registry, false}, syncer.SyncCalls(in.Place), &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		page, outcome, exchange, err = syncer.SyncStep(ctx, in.Company, in.Place)
		return outcome, exchange, err
	})
	if err != nil || result.Wait != nil {
		return result, err
	}
	if !ok {
		return result, f.Ledger.SyncFailed(ctx, in.Registry, in.Company, result.Error)
	}
	if err := f.Ledger.KeepSyncPage(ctx, in.Registry, in.Company, page); err != nil {
		return SyncStepResult{}, err
	}
	result.Next, result.Count = page.Next, len(page.Documents)
	if page.Next == nil {
		result.Notified, err = f.notifyBatches(ctx, in.Registry)
	}
	return result, err
}

// notifyBatches tells batches of changes. If one batch of a document cannot be told, all its
// batches are told after the next sync.
func (f *Sync) notifyBatches(ctx context.Context, registry string) (notified int, err error) {
	changes, err := f.Ledger.ChangedDocuments(ctx, registry)
	if err != nil {
		return 0, err
	}
	settled := map[string]bool{} // documents that are marked already, or cannot be yet
	for _, n := range changes {
		runs, err := f.Messenger.DocumentChanged(ctx, n.Batch, n.Document)
		if err != nil {
			f.Log.Warn("a batch was not told that its document has changed", "batch", n.Batch, "error", err)
			settled[n.Document.ID] = true
			continue
		}
		if runs {
			notified++
		}
	}
	for _, n := range changes {
		if settled[n.Document.ID] {
			continue
		}
		settled[n.Document.ID] = true
		if err := f.Ledger.MarkChangeNotified(ctx, n.Document); err != nil {
			return notified, err
		}
	}
	return notified, nil
}

// EnsureHook makes sure that the registry has a webhook for a company's changes, and
// logs if it had to change something. It may be repeated.
func (f *Sync) EnsureHook(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.NotSynced {
		return result, err
	}
	if syncer.HookCalls() == 0 {
		return result, f.Ledger.KeepHook(ctx, in.Registry, in.Company, nil)
	}
	var hook sluss.Hook
	ok, err := f.withReservation(ctx, asker{in.ID, in.Registry, false}, syncer.HookCalls(), &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		hook, outcome, exchange, err = syncer.EnsureHook(ctx, in.Company)
		return outcome, exchange, err
	})
	if err != nil || !ok {
		return result, err
	}
	if hook.At = time.Now(); hook.State != sluss.HookActive {
		f.Log.Warn("a webhook was not as it should be", "registry", in.Registry, "company", in.Company, "state", hook.State, "detail", hook.Detail)
	}
	result.Hook = &hook
	return result, f.Ledger.KeepHook(ctx, in.Registry, in.Company, &hook)
}

func (f *Sync) syncer(in SyncStepInput) (Syncer, SyncStepResult, error) {
	syncer, served := f.Registries[in.Registry]
	if !served {
		return nil, SyncStepResult{}, unserved(in.Registry, " whose documents are synced")
	}
	companies, every := syncer.SyncedCompanies()
	return syncer, SyncStepResult{Every: every, NotSynced: !slices.Contains(companies, in.Company)}, nil
}

// asker is a workflow that calls a registry. Urgent: a person waits.
type asker struct {
	id, registry string
	urgent       bool
}

// withReservation makes a call within the rate limits. If ok is false, the result says
// until when to wait.
func (f *Sync) withReservation(ctx context.Context, by asker, calls int, result *SyncStepResult, ask func(context.Context) (sluss.Outcome, sluss.Exchange, error)) (ok bool, err error) {
	intent := sluss.Intent{Filing: by.id, Purpose: sluss.ToAsk, Registry: by.registry, Calls: calls, Urgent: by.urgent}
	r, err := caller{f.Ledger, f.Actor, f.Log}.call(ctx, intent, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		o, made, err := ask(ctx)
		if err == nil && o.Kind == sluss.Accepted { // the response is stored as documents
			made.Response = ""
		}
		return o, made, err
	})
	switch {
	case err != nil:
		return false, err
	case r.Unrecorded != nil:
		return false, unrecorded(r)
	case r.Wait != nil:
		result.Wait = r.Wait
	case r.Err == nil && r.Outcome.Kind == sluss.Accepted:
		return true, nil
	case r.Err == nil || r.Outcome.Kind == sluss.Deferred:
		result.Error, result.Until = r.Outcome.Detail, r.Outcome.NotBefore
	case errors.Is(r.Err, sluss.ErrOperator):
		result.Error, result.Until = r.Err.Error(), time.Now().Add(syncAfterMending)
	default:
		result.Error, result.Until = r.Err.Error(), time.Now().Add(syncAgain)
	}
	return false, nil
}

// How long to wait before the next try: if there was no answer, and if an operator must
// do something first.
const (
	syncAgain        = time.Minute
	syncAfterMending = 15 * time.Minute
)
