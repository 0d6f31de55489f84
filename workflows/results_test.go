package workflows_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// statements is the record of results in memory.
type statements struct {
	sync.Mutex
	treated     []sluss.TreatedBatch
	results     []sluss.CompiledResult
	corrections []sluss.ResultCorrectionRecord
	settled     func(filing sluss.FilingID) bool
	word        func() error // what comes of recording a correction; nil: it is recorded
}

func (l *statements) Unreported(_ context.Context, tenant string, before time.Time) ([]sluss.TreatedBatch, error) {
	l.Lock()
	defer l.Unlock()
	var left []sluss.TreatedBatch
	for _, b := range l.treated {
		told := slices.ContainsFunc(l.results, func(r sluss.CompiledResult) bool {
			return slices.Contains(r.Content.Result.Batches, b.Declaration.ID())
		})
		if !told && b.Events[len(b.Events)-1].At.Before(before) && (tenant == "" || tenant == b.Declaration.Tenant) {
			left = append(left, b)
		}
	}
	return left, nil
}

func (l *statements) RecordResults(_ context.Context, compiled []sluss.Content, _ time.Time) error {
	l.Lock()
	defer l.Unlock()
	for _, c := range compiled {
		l.results = append(l.results, sluss.CompiledResult{Site: c.ResultSite(), Content: c})
	}
	return nil
}

func (l *statements) Whose(_ context.Context, _ sluss.BatchID, _ *sluss.Declaration, _ []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error) {
	return owed, nil
}

func (l *statements) UnsettledResults(_ context.Context, site sluss.ResultSite) ([]sluss.CompiledResult, error) {
	l.Lock()
	defer l.Unlock()
	var open []sluss.CompiledResult
	for _, r := range l.results {
		if !l.settled(filingOf(r.Content)) && (site == sluss.ResultSite{} || site == r.Site) {
			open = append(open, r)
		}
	}
	return open, nil
}

func (l *statements) RecordResultCorrection(_ context.Context, r sluss.ResultCorrectionRecord) error {
	if l.word != nil {
		if err := l.word(); err != nil {
			return err
		}
	}
	l.Lock()
	defer l.Unlock()
	l.corrections = append(l.corrections, r)
	return nil
}

func filingOf(c sluss.Content) sluss.FilingID {
	return c.Declaration.ID().Filing(c.Obligation.ID)
}

var (
	fourth  = sluss.Quarter{Year: 2026, Number: 4}
	newYear = time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
)

// treater is a plant that treats batches in the last quarter of 2026, on the
// days of December that are given by reference.
func newTreater(t *testing.T, days map[string]int) (*plant, *statements) {
	t.Helper()
	p := newPlant(t, "se-waste-oil")
	p.start = newYear.Add(12 * hour)
	p.env.SetStartTime(p.start)
	l := &statements{settled: func(filing sluss.FilingID) bool {
		return slices.ContainsFunc(p.registry.sent, func(s sluss.Submission) bool { return s.Filing == filing })
	}}
	p.ledger.elsewhere = func(sluss.FilingID) (*sluss.Receipt, bool) { return nil, true }
	for reference, day := range days {
		l.treat(p.batch, reference, newYear.AddDate(0, 0, day-32))
	}
	p.env.RegisterWorkflow(workflows.Results)
	p.env.RegisterWorkflow(workflows.Filing)
	p.env.RegisterWorkflow(workflows.Quarterly)
	p.env.RegisterActivity(&activities.Results{Ledger: l, Compile: obligations.Compiled})
	return p, l
}

func (l *statements) treat(d sluss.Declaration, reference string, at time.Time) {
	l.Lock()
	defer l.Unlock()
	d.Tenant, d.Reference = sluss.DefaultTenant, reference
	l.treated = append(l.treated, sluss.TreatedBatch{Declaration: d, Events: []sluss.Event{
		{Kind: sluss.Produced, At: at.Add(-60 * hour)},
		{Kind: sluss.PickedUp, Leg: 1, At: at.Add(-50 * hour)},
		{Kind: sluss.Received, At: at.Add(-40 * hour), Mass: d.Waste.Mass},
		{Kind: sluss.WasteAccepted, At: at.Add(-39 * hour)},
		{Kind: sluss.Treated, At: at},
	}})
}

// site is whose results the treater's are.
func (p *plant) site() sluss.ResultSite {
	return sluss.Content{
		Declaration: p.batch, Result: &sluss.Result{Quarter: fourth, Treater: p.batch.Receiver, Site: p.batch.Legs[0].To},
	}.ResultSite()
}

func (p *plant) correctResult(at time.Duration, filing sluss.FilingID, refused string, set map[string]string) {
	p.after(at, func() {
		c := workflows.ResultCorrection{Filing: filing, Correction: sluss.Correction{Set: set, Reason: "our records", By: sluss.Person{Name: "Cecilia Berg"}, At: p.start.Add(at)}}
		if err := p.env.UpdateWorkflowByID(p.site().ID(), workflows.CorrectResultUpdate.Name, p.update(), p.expect("correction", refused), c); err != nil {
			p.t.Errorf("correction: %v", err)
		}
	})
}

// signResult signs the filing's current content.
func (p *plant) signResult(at time.Duration, filing sluss.FilingID, refused string) {
	p.after(at, func() {
		value, err := p.env.QueryWorkflowByID(filing.Workflow(), workflows.FilingQuery.Name, filing)
		if err != nil {
			p.t.Errorf("query of %s: %v", filing, err)
			return
		}
		var state workflows.FilingState
		if err := value.Get(&state); err != nil {
			p.t.Error(err)
		}
		s := sluss.Signature{Role: sluss.Officer, Person: sluss.Person{Name: "Ingrid Falk"}, At: p.start.Add(at), ContentHash: state.Hash}
		if err := p.env.UpdateWorkflowByID(filing.Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature on "+string(filing), refused), to(filing, s)); err != nil {
			p.t.Errorf("signature on %s: %v", filing, err)
		}
	})
}

// mornings replaces the schedule that starts Quarterly: at once, and then every morning.
func mornings(ctx workflow.Context, in workflows.QuarterlyInput) error {
	for {
		if err := workflow.ExecuteChildWorkflow(ctx, workflows.Quarterly, in).Get(ctx, nil); err != nil {
			return err
		}
		now := workflow.Now(ctx)
		midnight := now.Truncate(workflows.QuarterlyEvery)
		next := midnight.Add(workflows.QuarterlyAt)
		if !next.After(now) {
			next = next.Add(workflows.QuarterlyEvery)
		}
		if err := workflow.Sleep(ctx, next.Sub(now)); err != nil {
			return err
		}
	}
}

// until has results compiled every morning until the end.
func (p *plant) until(end time.Duration) {
	p.env.SetDetachedChildWait(false) // the results go on without it
	p.after(end, p.env.CancelWorkflow)
	p.env.RegisterWorkflow(mornings)
	p.env.ExecuteWorkflow(mornings, workflows.QuarterlyInput{Policy: workflows.DefaultPolicy()})
	if err := p.env.GetWorkflowError(); !temporal.IsCanceledError(err) {
		p.t.Fatalf("it ended by itself: %v", err)
	}
}

const day = 24 * hour

func TestResultsAreCompiledAfterTheQuarterAndFiledOnceSigned(t *testing.T) {
	p, l := newTreater(t, map[string]int{"A": 3, "B": 30})
	filing := sluss.NewBatchID("", "A").Filing("se.treatment#2026-Q4")
	p.after(6*day, func() {
		l.Lock()
		defer l.Unlock()
		if len(l.results) > 0 {
			t.Error("compiled before the days of grace are over")
		}
	})
	late := p.batch
	p.after(6*day, func() { l.treat(late, "LATE", newYear.Add(-hour)) }) // reported in time to be in it
	p.signResult(10*day, filing, "what came of the waste is missing")
	p.correctResult(11*day, filing, "product: the mass is negative", map[string]string{"product": "-1"})
	p.correctResult(11*day, filing, "identifies the result", map[string]string{"batches.0": "batch/default/X"})
	p.correctResult(11*day, filing, "product: mass \"x\": is not a number (write kilograms as a plain number, such as 1250.5, or with a unit, such as 1.25 t)\n  methods.0.operation: there is no operation", map[string]string{"methods.0.operation": "R14", "product": "x"})
	p.correctResult(11*day, "filing/default/X/se.treatment#2026-Q4", "there is no result", map[string]string{"product": "1"})
	p.correctResult(12*day, filing, "", map[string]string{"product": "3000", "non_hazardous": "100.5", "methods.0.sub": "A"})
	p.signResult(13*day, filing, "")
	p.until(40 * day)

	sent := p.registry.of(sluss.ReportTreatment)
	if len(sent) != 1 || len(p.registry.sent) != 1 {
		t.Fatalf("sent %d results", len(p.registry.sent))
	}
	s := sent[0]
	r := s.Content.Result
	if want := []sluss.BatchID{"batch/default/A", "batch/default/B", "batch/default/LATE"}; !slices.Equal(r.Batches, want) || r.Mass != 3*p.batch.Waste.Mass {
		t.Errorf("tells of %v, %s", r.Batches, r.Mass)
	}
	if r.Product.Kilograms() != "3000" || r.NonHazardous.Kilograms() != "100.5" || r.Methods[0] != (sluss.Method{Operation: "R9", Sub: "A"}) {
		t.Errorf("told %+v", r)
	}
	if s.Signature == nil || s.Signature.ContentHash != s.Content.Hash() || s.Filing != filing {
		t.Errorf("%s went out with the signature %+v", s.Filing, s.Signature)
	}
	if len(l.corrections) != 1 || l.corrections[0].Number != 1 || *l.corrections[0].Result.Product != *r.Product {
		t.Errorf("recorded %+v", l.corrections)
	}
	if want := "se.treatment#2026-Q4: waiting for signature"; !slices.Contains(p.ledger.stages, want) {
		t.Errorf("recorded %v, want %q", p.ledger.stages, want)
	}
}

// A batch that is reported when its quarter's result is signed, or filed, is in
// a result of its own.
func TestLateReportsAreNotLost(t *testing.T) {
	p, l := newTreater(t, map[string]int{"A": 3})
	first, second, third := sluss.FilingID("filing/default/A/se.treatment#2026-Q4"), sluss.FilingID("filing/default/B/se.treatment#2026-Q4"), sluss.FilingID("filing/default/C/se.treatment#2026-Q4")
	d := p.batch
	p.after(8*day, func() { l.treat(d, "B", newYear.Add(-2*hour)) })
	for _, filing := range []sluss.FilingID{first, second} {
		p.correctResult(10*day, filing, "", map[string]string{"product": "1000"})
		p.signResult(10*day+hour, filing, "")
	}
	p.after(50*day, func() { l.treat(d, "C", newYear.Add(-hour)) })
	p.correctResult(52*day, third, "", map[string]string{"product": "0", "non_hazardous": "7"})
	p.signResult(52*day+hour, third, "")
	p.until(60 * day)
	var told []sluss.BatchID
	for _, s := range p.registry.sent {
		told = append(told, s.Content.Result.Batches...)
	}
	slices.Sort(told)
	if want := []sluss.BatchID{"batch/default/A", "batch/default/B", "batch/default/C"}; !slices.Equal(told, want) || len(p.registry.sent) != 3 {
		t.Errorf("told of %v in %d results", told, len(p.registry.sent))
	}
	if !slices.Contains(p.ledger.stages, "se.treatment#2026-Q4: overdue") {
		t.Errorf("the third is late, and nothing says so: %v", p.ledger.stages)
	}
}

func TestResultThatTheRegistryRejectsIsCorrectedAndSignedAnew(t *testing.T) {
	p, _ := newTreater(t, map[string]int{"A": 3})
	filing := sluss.FilingID("filing/default/A/se.treatment#2026-Q4")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTreatment: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n > 1 {
				return accepted(s), nil
			}
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Code: "4063", Field: "result.methods", Message: "a letter is missing"}}}, nil
		},
	}
	p.correctResult(9*day, filing, "", map[string]string{"product": "1000"})
	p.signResult(10*day, filing, "")
	p.after(11*day, func() {
		value, err := p.env.QueryWorkflowByID(p.site().ID(), workflows.ResultsQuery.Name)
		var state workflows.ResultsState
		if err == nil {
			err = value.Get(&state)
		}
		if err != nil || len(state.Results) != 1 || !state.Results[0].Blocked() || len(state.Results[0].Reasons) != 1 ||
			!slices.ContainsFunc(state.Results[0].Actions, func(a workflows.Action) bool {
				return a.Kind == workflows.ActResults && sluss.FilingID(a.Target) == filing
			}) {
			t.Errorf("rejected: %+v, %v", state, err)
		}
	})
	p.correctResult(12*day, filing, "", map[string]string{"result.methods.0.sub": "B"})
	p.signResult(13*day, filing, "")
	p.until(20 * day)
	if sent := p.registry.of(sluss.ReportTreatment); len(sent) != 2 || sent[1].Content.Result.Methods[0].Sub != "B" || sent[1].Signature.ContentHash != sent[1].Content.Hash() {
		t.Errorf("sent %+v", sent)
	}
}

func TestResultNamesTheReceptionOfItsLargestBatch(t *testing.T) {
	p, _ := newTreater(t, map[string]int{"A": 3})
	filing := sluss.FilingID("filing/default/A/se.treatment#2026-Q4")
	reception := sluss.FilingID("filing/default/A/se.reception")
	p.ledger.elsewhere = func(filing sluss.FilingID) (*sluss.Receipt, bool) {
		if filing != reception || p.env.Now().Before(p.start.Add(7*day+10*hour)) {
			return nil, false
		}
		return &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: "id-of-reception"}, true
	}
	p.correctResult(6*day+20*hour, filing, "", map[string]string{"product": "1000"}) // while it waits for the receipt
	p.signResult(10*day, filing, "")
	p.until(20 * day)
	sent := p.registry.of(sluss.ReportTreatment)
	if len(sent) != 1 || sent[0].Content.Receipts[string(reception)].ID != "id-of-reception" || sent[0].Content.Result.Product == nil {
		t.Fatalf("sent %+v", sent)
	}
}

func TestQuarterlyFindsEachSiteByItself(t *testing.T) {
	p, l := newTreater(t, map[string]int{"A": 3})
	other := p.batch
	other.Legs = slices.Clone(other.Legs)
	other.Legs[0].To.Municipality, other.Legs[0].To.Address = "0180", "Kajen 1"
	l.treat(other, "B", newYear.Add(-hour))
	next := p.batch
	l.treat(next, "C", newYear.Add(hour)) // of the next quarter
	p.until(12 * day)
	var sites []string
	for _, r := range l.results {
		sites = append(sites, strings.TrimPrefix(r.Site.ID(), "results/default/"))
	}
	if len(sites) != 2 || sites[0] == sites[1] || !strings.HasPrefix(sites[0], "2026-Q4/5560069618-") {
		t.Errorf("sites %v", sites)
	}
}

// TestResultsGoOnWithFilingsFromBefore ends the workflow of the results by hand
// in the middle: its filings run on, and a new one finds them.
func TestResultsGoOnWithFilingsFromBefore(t *testing.T) {
	p, l := newTreater(t, map[string]int{"A": 3})
	filing := sluss.FilingID("filing/default/A/se.treatment#2026-Q4")
	var settled atomic.Bool
	p.ledger.elsewhere = func(asked sluss.FilingID) (*sluss.Receipt, bool) {
		if asked == filing && settled.Load() {
			return &sluss.Receipt{ID: "id-of-the-result"}, true
		}
		return nil, asked != filing
	}
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTreatment: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			settled.Store(true)
			return accepted(s), nil
		},
	}
	treated, err := l.Unreported(t.Context(), "", newYear)
	if err != nil {
		t.Fatal(err)
	}
	compiled := obligations.Compiled(treated)
	compiled[0].Obligation.Signer = sluss.Officer
	corrected, err := compiled[0].Corrected(map[string]string{"result.non_hazardous": "5"}) // which the filing does not know yet
	if err != nil {
		t.Fatal(err)
	}
	if err := l.RecordResults(t.Context(), []sluss.Content{corrected}, p.start); err != nil {
		t.Fatal(err)
	}
	p.after(day, func() {
		value, err := p.env.QueryWorkflowByID(filing.Workflow(), workflows.FilingQuery.Name, filing)
		var state workflows.FilingState
		if err == nil {
			err = value.Get(&state)
		}
		if err != nil || state.Hash != corrected.Hash() {
			t.Errorf("the filing goes on with %s, %v; want %s", state.Hash, err, corrected.Hash())
		}
	})
	after := func(ctx workflow.Context) error {
		before := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(filing)), workflows.Filing,
			workflows.FilingInput{Batch: compiled[0].Declaration.ID(), Content: compiled[0], Policy: workflows.DefaultPolicy()})
		if err := before.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			return err
		}
		if err := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, p.site().ID()), workflows.Results,
			workflows.ResultsInput{Site: p.site(), Policy: workflows.DefaultPolicy()}).Get(ctx, nil); err != nil {
			return err
		}
		return before.Get(ctx, nil)
	}
	p.correctResult(2*day, filing, "", map[string]string{"product": "1000"})
	p.signResult(3*day, filing, "")
	p.env.RegisterWorkflow(after)
	p.env.ExecuteWorkflow(after)
	if err := p.env.GetWorkflowError(); err != nil || !p.env.IsWorkflowCompleted() {
		t.Fatalf("the results did not end: %v; recorded %v", err, p.ledger.stages)
	}
	if sent := p.registry.of(sluss.ReportTreatment); len(sent) != 1 || sent[0].Content.Result.Product == nil {
		t.Errorf("sent %+v", sent)
	}
	if signatures := len(p.ledger.signatures); signatures != 1 {
		t.Errorf("%d signatures were asked for", signatures)
	}
}
