package activities

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"sluss"
)

// ReferenceSource is a registry that has reference data and requires a certificate.
type ReferenceSource interface {
	// CheckReferenceData fetches the reference data and compares them with our waste
	// codes, of six digits and a star if hazardous. It takes as many calls
	// as ReferenceCalls. Its errors are those of Registry.Find.
	CheckReferenceData(ctx context.Context, codes []string) (lists json.RawMessage, drift []sluss.Drift, err error)
	ReferenceCalls() int
	// CertificateEnds is when our certificate is of no use any more.
	CertificateEnds() time.Time
}

// ReferenceData checks the registries' reference data.
type ReferenceData struct {
	Ledger interface {
		calls
		// RecordReferenceData stores the result of a check. If it has no lists, the
		// stored lists stay.
		RecordReferenceData(ctx context.Context, c sluss.ReferenceData) error
		// ReferenceData returns the last result; empty: it was never checked.
		ReferenceData(ctx context.Context, registry string) ([]sluss.ReferenceData, error)
	}
	Registries map[string]ReferenceSource
	Codes      func(moment time.Time) []string // that are carried on its day
	Actor      string
	Log        *slog.Logger
}

// ReferenceDataTimeout is how long one check may take in all.
const ReferenceDataTimeout = 2 * time.Minute

// ReferenceDataInput asks for a check of a registry's reference data.
type ReferenceDataInput struct {
	Registry string `json:"registry"`
	// Now: a person asks, so the registry is called even if the last check is recent.
	Now bool `json:"now,omitempty"`
}

// referenceDataFresh is how long a result stays valid: a day, less half of the time
// between two checks, which do not begin to the second.
const referenceDataFresh = 24*time.Hour - 30*time.Minute

// CheckReferenceData checks a registry's reference data, stores the result in the
// ledger, and logs what an operator should know. If the last successful check is less
// than a day old and no person asks, it returns that result without a call. The
// result is without the lists. If the registry does not answer, the result says so;
// that is not an error.
func (l *ReferenceData) CheckReferenceData(ctx context.Context, in ReferenceDataInput) (sluss.ReferenceData, error) {
	registry := in.Registry
	source, served := l.Registries[registry]
	if !served {
		return sluss.ReferenceData{}, unserved(registry, " with reference data")
	}
	if !in.Now {
		known, err := l.Ledger.ReferenceData(ctx, registry)
		if err != nil {
			return sluss.ReferenceData{}, err
		}
		if len(known) > 0 && known[0].Error == "" && time.Since(known[0].CheckedAt) < referenceDataFresh {
			known[0].Lists = nil
			return known[0], nil
		}
	}
	found := sluss.ReferenceData{Registry: registry, CheckedAt: time.Now(), CertificateEnds: source.CertificateEnds()}
	r, err := caller{l.Ledger, l.Actor, l.Log}.call(ctx, sluss.Intent{
		Filing: sluss.ReferenceDataID(registry), Purpose: sluss.ToAsk, Registry: registry, Calls: source.ReferenceCalls(),
		Urgent: true, // else it would be queued, and nobody would tell it its reservation
	}, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		made := sluss.Exchange{Operation: "GET reference data", Started: time.Now()}
		lists, drift, err := source.CheckReferenceData(ctx, l.Codes(found.CheckedAt))
		if made.Ended = time.Now(); err == nil {
			found.FetchedAt, found.Lists, found.Drift = found.CheckedAt, lists, drift
		}
		return sluss.Outcome{Kind: sluss.Accepted, Detail: "the reference data came"}, made, err
	})
	switch {
	case err != nil:
		return sluss.ReferenceData{}, err
	case r.Unrecorded != nil:
		return sluss.ReferenceData{}, unrecorded(r)
	case r.Wait != nil:
		found.Error = "the quota is used up: it is tried again"
	case r.Err != nil:
		found.Error = r.Err.Error()
	}
	if err := l.Ledger.RecordReferenceData(ctx, found); err != nil {
		return sluss.ReferenceData{}, err
	}
	for _, warning := range found.Warnings(found.CheckedAt) {
		l.Log.Warn(warning)
	}
	found.Lists = nil
	return found, nil
}
