package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/temporal"

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
		Begin(ctx context.Context, i sluss.Intent) (sluss.Turn, error)
		Finish(ctx context.Context, a sluss.Answer) error
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
		return sluss.CodeLists{}, temporal.NewApplicationError(fmt.Sprintf("this worker serves no registry %q with code lists: configure it", registry), ErrorOperator)
	}
	found := sluss.CodeLists{Registry: registry, CheckedAt: time.Now(), CertificateEnds: lister.CertificateEnds()}
	turn, err := l.Ledger.Begin(ctx, sluss.Intent{
		Filing: "lists/" + registry, Number: 1, Purpose: sluss.ToAsk, Registry: registry, Calls: lister.ListCalls(), Actor: l.Actor,
		Urgent: true, // else it would wait for a turn in the queue, of which nobody tells it
	})
	switch {
	case err != nil:
		return sluss.CodeLists{}, err
	case turn.Kind != sluss.TurnGo:
		found.Error = "the quota is used up: it is tried again"
	default:
		if err := l.fetch(ctx, lister, turn, &found); err != nil {
			return sluss.CodeLists{}, err
		}
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

// fetch uses the turn.
func (l *Lists) fetch(ctx context.Context, lister Lister, turn sluss.Turn, found *sluss.CodeLists) error {
	if err := awaitSlot(ctx, turn); err != nil {
		return err
	}
	answer := sluss.Answer{Attempt: turn.Attempt, Exchange: sluss.Exchange{Operation: "GET code lists", Started: time.Now()}}
	lists, drift, err := lister.CheckLists(ctx, l.Codes(found.CheckedAt))
	answer.Exchange.Ended = time.Now()
	if err != nil {
		found.Error, answer.Error = err.Error(), err.Error()
	} else {
		found.FetchedAt, found.Lists, found.Drift = found.CheckedAt, lists, drift
		answer.Outcome = &sluss.Outcome{Kind: sluss.Accepted, Detail: "the code lists came"}
	}
	return l.Ledger.Finish(ctx, answer)
}
