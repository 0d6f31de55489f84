package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// QuarterResult is a quarterly result of treatment as people see it.
type QuarterResult struct {
	ledger.QuarterResult
	State *Filing `json:"state,omitempty"` // its filing; nil before it is opened
	// Lacks is what is missing before it can be signed.
	Lacks sluss.Faults `json:"lacks,omitempty"`
	// Hint is what a person should check, though it is not a fault.
	Hint string `json:"hint,omitempty"`
	// Outdated is set if its batches were corrected since.
	Outdated *Outdated `json:"outdated,omitempty"`
}

// Results are the results of a quarter: first those compiled, then those that would be
// compiled now. A zero quarter means all quarters, an empty tenant all tenants.
func (sv *Service) Results(ctx context.Context, tenant string, q sluss.Quarter) ([]QuarterResult, error) {
	known, err := sv.Ledger.Results(ctx, tenant, q)
	if err != nil {
		return nil, err
	}
	waiting, err := sv.uncompiled(ctx, tenant, q)
	if err != nil {
		return nil, err
	}
	for _, c := range waiting {
		site := c.ResultSite()
		known = append(known, ledger.QuarterResult{
			Filing: sluss.NewBatchID(site.Tenant, c.Declaration.Reference).Filing(c.Obligation.ID), Site: site, Content: c, Hash: c.Hash(),
		})
	}
	outdated, err := sv.OutdatedResults(ctx, tenant)
	if err != nil {
		return nil, err
	}
	list := make([]QuarterResult, len(known))
	for i, r := range known {
		list[i] = QuarterResult{QuarterResult: r}
		if r.State != nil {
			state := Seen(*r.State)
			list[i].State = &state
		}
		if at := slices.IndexFunc(outdated, func(s Outdated) bool { return s.Filing == r.Filing }); at >= 0 {
			list[i].Outdated = &outdated[at]
		}
		if r.State != nil && !r.State.Open {
			continue
		}
		result := *r.Content.Result
		list[i].Lacks = sluss.AsFaults(obligations.CheckResult(result, result.Oil != nil, nil))
		if result.Oil == nil && strings.HasPrefix(result.Code, "13") {
			list[i].Hint = "for waste oil the registry may require its recovery result: oil.kind with its masses"
		}
	}
	return list, nil
}

// uncompiled are the results that are owed and not compiled yet.
func (sv *Service) uncompiled(ctx context.Context, tenant string, q sluss.Quarter) ([]sluss.Content, error) {
	treated, err := sv.Ledger.Unreported(ctx, tenant, time.Now().Add(sluss.ClockSkew))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(obligations.Compiled(treated), func(c sluss.Content) bool {
		return q != (sluss.Quarter{}) && c.Result.Quarter != q
	}), nil
}

// CompileResults compiles the results of a quarter that has ended at once, without the
// days of grace, and waits until that is done. The error is Faults if the quarter has
// not ended. Calling it again compiles what was reported since, as separate results.
func (sv *Service) CompileResults(ctx context.Context, tenant string, q sluss.Quarter) ([]QuarterResult, error) {
	if !q.Before(obligations.QuarterOf(time.Now())) {
		return nil, sluss.Faults{{Field: "quarter", Problem: q.String() + " has not ended", Remedy: "compile it when it has"}}
	}
	waiting, err := sv.uncompiled(ctx, tenant, q)
	if err != nil {
		return nil, err
	}
	unsettled, err := sv.Ledger.UnsettledResults(ctx, sluss.ResultSite{Tenant: tenant, Quarter: q})
	if err != nil {
		return nil, err
	}
	var sites []sluss.ResultSite
	for _, c := range waiting {
		sites = append(sites, c.ResultSite())
	}
	for _, r := range unsettled {
		sites = append(sites, r.Site)
	}
	slices.SortFunc(sites, func(a, b sluss.ResultSite) int { return strings.Compare(a.ID(), b.ID()) })
	for _, site := range slices.Compact(sites) {
		if err := sv.startResults(ctx, site); err != nil {
			return nil, err
		}
	}
	if _, err := awaited(ctx, "the results of "+q.String(), func() (_ any, done bool, err error) {
		waiting, err = sv.uncompiled(ctx, tenant, q)
		return nil, len(waiting) == 0, err
	}); err != nil {
		return nil, err
	}
	return sv.Results(ctx, tenant, q)
}

// startResults lets a site compile its results, or signals the workflow that does.
func (sv *Service) startResults(ctx context.Context, site sluss.ResultSite) error {
	_, err := sv.Temporal.SignalWithStartWorkflow(ctx, site.ID(), workflows.CompileSignal.Name, "a person asks for it", client.StartWorkflowOptions{
		TaskQueue: workflows.Queue, StaticSummary: workflows.ResultsSummary(site), TypedSearchAttributes: workflows.ResultsAttributes(),
	}, workflows.Results, workflows.ResultsInput{Site: site, Policy: sv.Policy})
	return explained(err, site.ID())
}

// CorrectResult corrects a quarterly result that is not settled. Paths are those of a
// sluss.Result. The error is Faults or wraps ErrRefused.
func (sv *Service) CorrectResult(ctx context.Context, filing sluss.FilingID, c sluss.Correction) (FilingState, error) {
	var none FilingState
	known, err := sv.result(ctx, filing)
	if err != nil {
		return none, err
	}
	if known.State != nil && !known.State.Open {
		return none, &Refusal{Why: fmt.Sprintf("%s is %s: amend what was filed", filing, known.State.Stage)}
	}
	corrected, wrong := obligations.CorrectResult(known.Content, c)
	if known.State != nil && inPlace(c, known.Content, corrected, wrong) {
		return stateOf(*known.State), nil
	}
	act := numbered{string(filing), known.Corrections, c}
	c.At = timed(c.At)
	if faults := sluss.CheckActTime("at", c.At, known.CompiledAt, time.Now()); len(faults) > 0 {
		return none, faults
	}
	correction := workflows.ResultCorrection{Filing: filing, Correction: c}
	state, err := updateAs(ctx, sv, known.Site.ID(), workflows.CorrectResultUpdate, correction, act)
	if !errors.Is(err, ErrNoSuch) {
		return state, err
	}
	// The workflow was ended in Temporal: start it again from the ledger.
	if err := sv.startResults(ctx, known.Site); err != nil {
		return none, err
	}
	return updateAs(ctx, sv, known.Site.ID(), workflows.CorrectResultUpdate, correction, act)
}

// result is the compiled result of a filing id.
func (sv *Service) result(ctx context.Context, filing sluss.FilingID) (ledger.QuarterResult, error) {
	noSuch := fmt.Errorf("%w result as %s: `starter results` shows what there is", ErrNoSuch, filing)
	parts := strings.SplitN(string(filing), "/", 4)
	_, quarter, _ := strings.Cut(string(filing), "#")
	q, err := sluss.ParseQuarter(quarter)
	if err != nil || len(parts) != 4 {
		return ledger.QuarterResult{}, noSuch
	}
	list, err := sv.Ledger.Results(ctx, parts[1], q)
	if err != nil {
		return ledger.QuarterResult{}, err
	}
	for _, r := range list {
		if r.Filing == filing {
			return r, nil
		}
	}
	return ledger.QuarterResult{}, noSuch
}
