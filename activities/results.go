package activities

import (
	"context"
	"slices"
	"time"

	"sluss"
)

// Results are the side effects of compiling quarterly results.
type Results struct {
	Ledger ResultsLedger
	// Compile sums up treated batches as the law requires: obligations.Compiled.
	Compile func(treated []sluss.TreatedBatch) []sluss.Content
	// Now is the clock, which says when results were compiled; nil: time.Now.
	Now func() time.Time
}

// ResultsLedger records which batches are in which results.
type ResultsLedger interface {
	// Unreported returns the batches that were treated before a moment and are in no
	// result yet; of all tenants if none is given. For some of them no result may be
	// owed.
	Unreported(ctx context.Context, tenant string, before time.Time) ([]sluss.TreatedBatch, error)
	// RecordResults records compiled results. Its error says if a batch is in another
	// result already.
	RecordResults(ctx context.Context, compiled []sluss.Content, at time.Time) error
	// UnsettledResults returns results that are not settled yet. A zero field of the
	// site matches all.
	UnsettledResults(ctx context.Context, site sluss.ResultSite) ([]sluss.CompiledResult, error)
	RecordResultCorrection(ctx context.Context, r sluss.ResultCorrectionRecord) error
	// Whose is as in Ledger.
	Whose(ctx context.Context, batch sluss.BatchID, d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error)
}

// UnreportedResults returns the sites, with quarters before the given one, whose results
// must be compiled or are not settled.
func (a *Results) UnreportedResults(ctx context.Context, before sluss.Quarter) ([]sluss.ResultSite, error) {
	var sites []sluss.ResultSite
	add := func(site sluss.ResultSite) {
		if !slices.Contains(sites, site) && site.Quarter.Before(before) {
			sites = append(sites, site)
		}
	}
	treated, err := a.ours(ctx, "", quarterBegins(before))
	if err != nil {
		return nil, err
	}
	for _, c := range a.Compile(treated) {
		add(c.ResultSite())
	}
	unsettled, err := a.Ledger.UnsettledResults(ctx, sluss.ResultSite{})
	if err != nil {
		return nil, err
	}
	for _, r := range unsettled {
		add(r.Site)
	}
	return sites, nil
}

// ours are the batches that were treated before a moment and whose results we report: the
// treater was one of our companies when it treated them, or had given us a mandate.
func (a *Results) ours(ctx context.Context, tenant string, before time.Time) (ours []sluss.TreatedBatch, err error) {
	treated, err := a.Ledger.Unreported(ctx, tenant, before)
	if err != nil {
		return nil, err
	}
	for _, batch := range treated {
		for _, c := range a.Compile([]sluss.TreatedBatch{batch}) {
			owed, err := a.Ledger.Whose(ctx, batch.Declaration.ID(), &batch.Declaration, batch.Events, []sluss.Obligation{c.Obligation})
			if err != nil {
				return nil, err
			}
			if !owed[0].Theirs {
				ours = append(ours, batch)
			}
		}
	}
	return ours, nil
}

// CompileResults compiles the results of a site from the batches that are in no result
// yet, and returns all that are not settled.
func (a *Results) CompileResults(ctx context.Context, site sluss.ResultSite) ([]sluss.CompiledResult, error) {
	q := site.Quarter
	if q.Number++; q.Number > 4 {
		q = sluss.Quarter{Year: q.Year + 1, Number: 1}
	}
	treated, err := a.ours(ctx, site.Tenant, quarterBegins(q))
	if err != nil {
		return nil, err
	}
	compiled := slices.DeleteFunc(a.Compile(treated), func(c sluss.Content) bool { return c.ResultSite() != site })
	now := time.Now()
	if a.Now != nil {
		now = a.Now()
	}
	for i := range compiled {
		compiled[i].Result.CompiledAt = now.Truncate(time.Second)
		if o := &compiled[i].Obligation; o.Signer == "" { // only a person knows what the waste became
			o.Signer = sluss.Officer
		}
	}
	if err := a.Ledger.RecordResults(ctx, compiled, now); err != nil {
		return nil, recorded(err)
	}
	return a.Ledger.UnsettledResults(ctx, site)
}

// RecordResultCorrection records a correction of a result.
func (a *Results) RecordResultCorrection(ctx context.Context, r sluss.ResultCorrectionRecord) error {
	return recorded(a.Ledger.RecordResultCorrection(ctx, r))
}

// quarterBegins is a moment at which the quarter has begun in all of Europe.
func quarterBegins(q sluss.Quarter) time.Time {
	return time.Date(q.Year, time.Month(3*q.Number-2), 1, 0, 0, 0, 0, time.UTC)
}
