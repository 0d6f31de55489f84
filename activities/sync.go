package activities

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"sluss"
)

// Syncer is a registry whose documents others change too.
type Syncer interface {
	// SyncedCompanies are the companies of ours whose documents are followed, and how
	// often their changes are asked for; none, where nobody follows.
	SyncedCompanies() (companies []string, every time.Duration)
	// SyncStep reads one page of what has changed; it takes as many calls as
	// SyncCalls at most. The outcome is Accepted or Deferred; the errors are
	// ErrNotSent and ErrOperator.
	SyncStep(ctx context.Context, company string, place sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, sluss.Exchange, error)
	SyncCalls(place sluss.SyncPlace) int
	// EnsureHook sees to it that the registry tells us of a company's changes, in
	// HookCalls calls at most; none, where it is not to tell us. Outcome and errors
	// are those of SyncStep.
	EnsureHook(ctx context.Context, company string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error)
	HookCalls() int
	// Gone tells whether a document is there no more, in one call. Outcome and errors
	// are those of SyncStep.
	Gone(ctx context.Context, company, document string) (gone bool, o sluss.Outcome, made sluss.Exchange, err error)
	// Print fetches a document as it is printed, by either of its ids, in PrintCalls
	// calls. Outcome and errors are those of SyncStep, and ErrAbsent.
	Print(ctx context.Context, company, document string) (sluss.Print, sluss.Outcome, sluss.Exchange, error)
	PrintCalls() int
	// FinalStatuses are those after which nothing more comes of a document.
	FinalStatuses() []string
	// Reader is the first of the companies as which we can ask.
	Reader(companies []string) (company string, found bool)
}

// Sync follows the registries' documents.
type Sync struct {
	Ledger interface {
		calls
		// KeepSyncPage keeps a page, and with the last one moves the cursor.
		KeepSyncPage(ctx context.Context, registry, company string, page sluss.SyncPage) error
		SyncFailed(ctx context.Context, registry, company, why string) error
		KeepHook(ctx context.Context, registry, company string, hook *sluss.Hook) error
		Syncs(ctx context.Context, registry, company string) ([]sluss.SyncState, error)
		// ChangedDocument are what batches were not told of yet; ChangeTold marks a document of
		// which all were, or are no more.
		ChangedDocuments(ctx context.Context, registry string) ([]sluss.ChangedDocument, error)
		ChangeTold(ctx context.Context, d sluss.Document) error
		// Document is what is known of one, by either of its ids.
		Document(ctx context.Context, registry, id string) (sluss.Document, bool, error)
		DocumentDeletedAt(ctx context.Context, d sluss.Document) error
		// Unprinted is a document at its end that is not printed, after so many others.
		Unprinted(ctx context.Context, registry, company string, final []string, skip int) (sluss.ChangedDocument, bool, error)
		KeepPrint(ctx context.Context, p sluss.Print) error
	}
	Messenger interface {
		dispatchers
		// SyncedCompanies tells a batch that others have changed its document; false where
		// no such batch runs any more.
		SyncedCompanies(ctx context.Context, batch string, d sluss.Document) (bool, error)
	}
	Registries map[string]Syncer
	Actor      string
	Log        *slog.Logger
}

// SyncTimeout is how long one step of following may take in all: some calls,
// and the moments before their reservation.
const SyncTimeout = 2 * time.Minute

// SyncStepInput is one step of following a company.
type SyncStepInput struct {
	ID       string `json:"id"` // of the workflow that waits for the turn
	Registry string `json:"registry"`
	Company  string `json:"company"`
	// Place is where a sync goes on; zero: it begins where the last one ended.
	Place sluss.SyncPlace `json:"place,omitzero"`
	Skip  int             `json:"skip,omitempty"` // of PrintNext: documents to pass over
	// Document, of CheckDeleted, is said to be deleted.
	Document string `json:"document,omitempty"`
}

// SyncStepResult is what came of it.
type SyncStepResult struct {
	// Gone: nobody follows this company any more.
	Gone  bool          `json:"gone,omitempty"`
	Every time.Duration `json:"every,omitempty"` // how often to sync
	// Wait is the place in the queue for the quota; nobody was asked.
	Wait *sluss.Wait `json:"wait,omitempty"`
	// Until is when to begin again, where the registry did not say; Error says why.
	Until time.Time        `json:"until,omitzero"`
	Error string           `json:"error,omitempty"`
	Next  *sluss.SyncPlace `json:"next,omitempty"` // of a sync: where it goes on
	Count int              `json:"count"`          // documents on the page, or printed
	Told  int              `json:"told,omitempty"` // batches that were told
	Hook  *sluss.Hook      `json:"hook,omitempty"`
}

// SyncStep reads one page of what has changed of a company's documents, keeps it,
// and after the last page tells the batches whose documents others have changed.
// It may be repeated. That the registry does not answer is told in the result,
// and is no error.
func (f *Sync) SyncStep(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.Gone {
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
	went, err := f.withReservation(ctx, turnOf{in.ID, in.Registry, false}, syncer.SyncCalls(in.Place), &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		page, outcome, exchange, err = syncer.SyncStep(ctx, in.Company, in.Place)
		return outcome, exchange, err
	})
	if err != nil || result.Wait != nil {
		return result, err
	}
	if !went {
		return result, f.Ledger.SyncFailed(ctx, in.Registry, in.Company, result.Error)
	}
	if err := f.Ledger.KeepSyncPage(ctx, in.Registry, in.Company, page); err != nil {
		return SyncStepResult{}, err
	}
	result.Next, result.Count = page.Next, len(page.Documents)
	if page.Next == nil {
		result.Told, err = f.tell(ctx, in.Registry)
	}
	return result, err
}

// tell tells batches what is new. A document of which one batch could not be told
// is told after the next sync, to all its batches.
func (f *Sync) tell(ctx context.Context, registry string) (told int, err error) {
	news, err := f.Ledger.ChangedDocuments(ctx, registry)
	if err != nil {
		return 0, err
	}
	settled := map[string]bool{} // by document, once it was marked or cannot be
	for _, n := range news {
		runs, err := f.Messenger.SyncedCompanies(ctx, n.Batch, n.Document)
		if err != nil {
			f.Log.Warn("a batch was not told that its document has changed", "batch", n.Batch, "error", err)
			settled[n.Document.ID] = true
			continue
		}
		if runs {
			told++
		}
	}
	for _, n := range news {
		if settled[n.Document.ID] {
			continue
		}
		settled[n.Document.ID] = true
		if err := f.Ledger.ChangeTold(ctx, n.Document); err != nil {
			return told, err
		}
	}
	return told, nil
}

// EnsureHook sees to it that the registry tells us of a company's changes, and
// logs what it found otherwise. It may be repeated.
func (f *Sync) EnsureHook(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.Gone {
		return result, err
	}
	if syncer.HookCalls() == 0 {
		return result, f.Ledger.KeepHook(ctx, in.Registry, in.Company, nil)
	}
	var hook sluss.Hook
	went, err := f.withReservation(ctx, turnOf{in.ID, in.Registry, false}, syncer.HookCalls(), &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		hook, outcome, exchange, err = syncer.EnsureHook(ctx, in.Company)
		return outcome, exchange, err
	})
	if err != nil || !went {
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
		return nil, SyncStepResult{}, unserved(in.Registry, " whose documents are followed")
	}
	companies, every := syncer.SyncedCompanies()
	return syncer, SyncStepResult{Every: every, Gone: !slices.Contains(companies, in.Company)}, nil
}

// turnOf is who asks, where, and whether a person waits for it.
type turnOf struct {
	id, registry string
	urgent       bool
}

// withReservation asks once it is our turn. It went well, or the result says until when to
// wait.
func (f *Sync) withReservation(ctx context.Context, of turnOf, calls int, result *SyncStepResult, ask func(context.Context) (sluss.Outcome, sluss.Exchange, error)) (went bool, err error) {
	intent := sluss.Intent{Filing: of.id, Purpose: sluss.ToAsk, Registry: of.registry, Calls: calls, Urgent: of.urgent}
	r, err := caller{f.Ledger, f.Messenger, f.Actor, f.Log}.call(ctx, intent, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		o, made, err := ask(ctx)
		if err == nil && o.Kind == sluss.Accepted { // what it said is kept as documents
			made.Response = ""
		}
		return o, made, err
	})
	switch {
	case err != nil:
		return false, err
	case r.Unrecorded != nil:
		return false, notTaken(r)
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

// When to ask again: where no answer came, and where an operator must mend
// something first.
const (
	syncAgain        = time.Minute
	syncAfterMending = 15 * time.Minute
)
