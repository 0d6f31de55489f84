package activities

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"sluss"
)

// Lister is a registry that has code lists, and wants a certificate of us.
type Lister interface {
	// CheckLists fetches the code lists and compares them with the waste codes
	// that are carried, six digits and a star if hazardous. It takes as many calls
	// as ListCalls. Its errors are those of Registry.Find.
	CheckLists(ctx context.Context, codes []string) (lists json.RawMessage, drift []sluss.Drift, err error)
	ListCalls() int
	// CertificateEnds is when our certificate is of no use any more.
	CertificateEnds() time.Time
}

// Lists looks after the registries' code lists.
type Lists struct {
	Ledger interface {
		calls
		// RecordLists keeps what was found; without lists those of before stay.
		RecordLists(ctx context.Context, c sluss.CodeLists) error
	}
	Registries map[string]Lister
	Codes      func(moment time.Time) []string // that are carried on its day
	Actor      string
	Log        *slog.Logger
}

// ListsTimeout is how long one look may take in all.
const ListsTimeout = 2 * time.Minute

// CheckLists looks at a registry's code lists, keeps what it finds in the ledger,
// and logs what an operator should know. The answer is without the lists. That a
// registry does not answer is told in it, and is no error.
func (l *Lists) CheckLists(ctx context.Context, registry string) (sluss.CodeLists, error) {
	lister, served := l.Registries[registry]
	if !served {
		return sluss.CodeLists{}, unserved(registry, " with code lists")
	}
	found := sluss.CodeLists{Registry: registry, CheckedAt: time.Now(), CertificateEnds: lister.CertificateEnds()}
	r, err := caller{l.Ledger, nil, l.Actor, l.Log}.call(ctx, sluss.Intent{
		Filing: sluss.ReferenceDataID(registry), Purpose: sluss.ToAsk, Registry: registry, Calls: lister.ListCalls(),
		Urgent: true, // else it would wait for a turn in the queue, of which nobody tells it
	}, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		made := sluss.Exchange{Operation: "GET code lists", Started: time.Now()}
		lists, drift, err := lister.CheckLists(ctx, l.Codes(found.CheckedAt))
		if made.Ended = time.Now(); err == nil {
			found.FetchedAt, found.Lists, found.Drift = found.CheckedAt, lists, drift
		}
		return sluss.Outcome{Kind: sluss.Accepted, Detail: "the code lists came"}, made, err
	})
	switch {
	case err != nil:
		return sluss.CodeLists{}, err
	case r.Unrecorded != nil:
		return sluss.CodeLists{}, notTaken(r)
	case r.Wait != nil:
		found.Error = "the quota is used up: it is tried again"
	case r.Err != nil:
		found.Error = r.Err.Error()
	}
	if err := l.Ledger.RecordLists(ctx, found); err != nil {
		return sluss.CodeLists{}, err
	}
	for _, warning := range found.Warnings(found.CheckedAt) {
		l.Log.Warn(warning)
	}
	found.Lists = nil
	return found, nil
}
