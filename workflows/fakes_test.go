package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// fakeLedger records in memory, and lets every call be made at once unless it is
// told to make calls wait.
type fakeLedger struct {
	sync.Mutex
	events      []sluss.EventID
	stages      []string
	signatures  []sluss.SignatureRecord
	corrections []sluss.CorrectionRecord
	decisions   []sluss.DecisionRecord
	slow        time.Duration          // how long it takes to record a person's message
	word        func(record any) error // what comes of recording one; nil: it is recorded
	answers     []sluss.Answer
	kept        []sluss.KeptEvent // each time one was kept
	closed      []string
	more        []sluss.ObligationID                 // recorded without an event
	looked      []sluss.FilingID                     // filings of other batches
	attempts    map[string]bool                      // filing and number -> answered
	wait        func(sluss.Intent) *sluss.QueuePlace // nil: go
	broken      func(sluss.Intent) error             // nil: a permit is given
	ahead       *sluss.QueuePlace                    // others go before every submission
	queued      int                                  // how many were told that
	elsewhere   func(filing sluss.FilingID) (receipt *sluss.Receipt, ended bool)
	correcting  func() error // while a correction is recorded
	whose       func(d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) []sluss.Obligation
	theirs      []sluss.TheirReceiptRecord
	known       *sluss.BatchSnapshot           // of the batch, where it was declared before
	filings     map[sluss.FilingID]*fakeFiling // by filing
}

// fakeFiling is what the fake ledger knows of a filing.
type fakeFiling struct {
	sluss.FilingSnapshot
	hash string
	open string // the stage with which it was opened last
}

func (b *fakeLedger) KeepEvent(_ context.Context, r sluss.KeptRecord) error {
	b.Lock()
	defer b.Unlock()
	b.kept = append(b.kept, r.Kept)
	return nil
}

func (b *fakeLedger) filing(id sluss.FilingID) *fakeFiling {
	if b.filings == nil {
		b.filings = map[sluss.FilingID]*fakeFiling{}
	}
	if b.filings[id] == nil {
		b.filings[id] = &fakeFiling{FilingSnapshot: sluss.FilingSnapshot{Number: 1}}
	}
	return b.filings[id]
}

func (b *fakeLedger) FilingSnapshot(_ context.Context, filing sluss.FilingID) (sluss.FilingSnapshot, error) {
	b.Lock()
	defer b.Unlock()
	s := b.filing(filing).FilingSnapshot
	if !s.Opened {
		return sluss.FilingSnapshot{}, nil
	}
	s.Events, s.Corrections = len(b.events), len(b.corrections)
	return s, nil
}

func (b *fakeLedger) Declare(ctx context.Context, r sluss.EventRecord, _ string) (*sluss.BatchSnapshot, error) {
	if b.known != nil {
		return b.known, nil
	}
	_, err := b.happen(ctx, r)
	return nil, err
}

// happen records an event. Filings of which the ledger knows already are not opened.
func (b *fakeLedger) happen(ctx context.Context, r sluss.EventRecord) (fresh bool, err error) {
	b.Lock()
	b.events = append(b.events, r.Event.ID())
	known := slices.ContainsFunc(r.Filings, func(f sluss.FilingRecord) bool { return b.filing(f.Filing).Opened })
	b.Unlock()
	if known {
		return false, nil
	}
	for _, f := range r.Filings {
		err = errors.Join(err, b.OpenFiling(ctx, f))
	}
	return true, err
}

func (b *fakeLedger) ContinueBatch(context.Context, sluss.BatchID, string, string) error { return nil }

func (b *fakeLedger) Receipt(_ context.Context, filing sluss.FilingID) (*sluss.Receipt, bool, error) {
	b.Lock()
	defer b.Unlock()
	b.looked = append(b.looked, filing)
	receipt, ended := b.elsewhere(filing)
	return receipt, ended, nil
}

// said is the result of recording a person's message.
func (b *fakeLedger) said(record any) error {
	if b.slow > 0 {
		time.Sleep(b.slow)
	}
	if b.word != nil {
		return b.word(record)
	}
	return nil
}

func (b *fakeLedger) Happen(ctx context.Context, r sluss.EventRecord) (fresh bool, err error) {
	if err := b.said(r); err != nil {
		return false, err
	}
	return b.happen(ctx, r)
}

// Whose makes everything ours, unless a test says otherwise.
func (b *fakeLedger) Whose(_ context.Context, _ sluss.BatchID, d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error) {
	b.Lock()
	defer b.Unlock()
	if b.whose == nil {
		return owed, nil
	}
	return b.whose(d, events, owed), nil
}

func (b *fakeLedger) WhoseAnew(ctx context.Context, d sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error) {
	return b.Whose(ctx, d.ID(), &d, events, owed)
}

func (b *fakeLedger) RecordTheirReceipt(_ context.Context, r sluss.TheirReceiptRecord) error {
	if err := b.said(r); err != nil {
		return err
	}
	b.Lock()
	defer b.Unlock()
	b.theirs = append(b.theirs, r)
	return nil
}

func (b *fakeLedger) OpenFiling(_ context.Context, r sluss.FilingRecord) error {
	b.Lock()
	f := b.filing(r.Filing)
	same := f.Opened && f.hash == r.Hash && f.open == string(r.Stage) // the ledger has that already
	f.open = string(r.Stage)
	b.Unlock()
	if !same {
		b.stage(r.Filing, string(r.Stage))
	}
	b.Lock()
	defer b.Unlock()
	f.Opened, f.Receipts = true, r.Content.Receipts
	if f.hash != r.Hash {
		f.hash, f.Signature = r.Hash, nil
	}
	if r.Stage == sluss.StageWithdrawn {
		f.End = &sluss.FilingEnd{Stage: r.Stage}
	}
	return nil
}

func (b *fakeLedger) RecordStage(_ context.Context, r sluss.StageRecord) error {
	line := string(r.Stage)
	if r.Mark != "" {
		line = string(r.Mark)
	}
	b.stage(r.Filing, line)
	b.Lock()
	defer b.Unlock()
	b.filing(r.Filing).Stages = r.Number
	return nil
}

func (b *fakeLedger) stage(filing sluss.FilingID, line string) {
	b.Lock()
	defer b.Unlock()
	name := string(filing)
	b.stages = append(b.stages, name[strings.LastIndex(name, "/")+1:]+": "+line)
}

func (b *fakeLedger) RecordSignature(_ context.Context, r sluss.SignatureRecord) error {
	if err := b.said(r); err != nil {
		return err
	}
	b.Lock()
	defer b.Unlock()
	b.signatures = append(b.signatures, r)
	if r.Refused == "" {
		b.filing(r.Filing).Signature = &r.Signature
	}
	return nil
}

func (b *fakeLedger) RecordCorrection(_ context.Context, r sluss.CorrectionRecord) error {
	if err := b.said(r); err != nil {
		return err
	}
	b.Lock()
	defer b.Unlock()
	if b.correcting != nil {
		if err := b.correcting(); err != nil {
			return err
		}
	}
	b.corrections = append(b.corrections, r)
	return nil
}

func (b *fakeLedger) RecordDecision(_ context.Context, r sluss.DecisionRecord) error {
	if err := b.said(r); err != nil {
		return err
	}
	b.Lock()
	defer b.Unlock()
	b.decisions = append(b.decisions, r)
	switch f, d := b.filing(r.Filing), r.Decision; d.Kind {
	case sluss.DecidedAgain, sluss.DecidedNotTaken:
		f.Number, f.Rejected = r.Number+1, ""
	case sluss.DecidedWithdrawn:
		f.End = &sluss.FilingEnd{Stage: sluss.StageWithdrawn}
	case sluss.DecidedTaken, sluss.DecidedOverride:
		f.End = &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: d.Receipt}}
	}
	return nil
}

func (b *fakeLedger) CloseBatch(_ context.Context, r sluss.CloseRecord) error {
	b.Lock()
	defer b.Unlock()
	b.closed = append(b.closed, r.How)
	return nil
}

func (b *fakeLedger) Queue(context.Context, sluss.Intent) (*sluss.QueuePlace, error) {
	b.Lock()
	defer b.Unlock()
	if b.ahead != nil {
		b.queued++
	}
	return b.ahead, nil
}

func (b *fakeLedger) Begin(_ context.Context, i sluss.Intent) (sluss.Permit, error) {
	b.Lock()
	defer b.Unlock()
	if b.broken != nil {
		if err := b.broken(i); err != nil {
			return sluss.Permit{}, err
		}
	}
	if b.wait != nil {
		if w := b.wait(i); w != nil {
			return sluss.Permit{Kind: sluss.PermitQueued, Wait: *w}, nil
		}
	}
	id := fmt.Sprintf("%s %s %d", i.Purpose, i.Filing, i.Number)
	if answered, begun := b.attempts[id]; begun && !answered && i.Purpose == sluss.ToSubmit {
		return sluss.Permit{Kind: sluss.PermitInterrupted}, nil
	}
	b.attempts[id] = false
	return sluss.Permit{Kind: sluss.PermitGranted, Attempt: id}, nil
}

func (b *fakeLedger) Finish(_ context.Context, a sluss.Answer) error {
	b.Lock()
	defer b.Unlock()
	b.attempts[a.Attempt] = true
	b.answers = append(b.answers, a)
	if id := strings.Fields(a.Attempt); a.Outcome != nil {
		f := b.filing(sluss.FilingID(id[1]))
		switch a.Outcome.Kind {
		case sluss.Accepted:
			f.End = &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: a.Outcome.Receipt, Clearance: a.Outcome.Clearance}
		case sluss.Rejected:
			f.Rejected = f.hash
		case sluss.Deferred, sluss.Unknown:
		}
	}
	return nil
}

// registry is a registry that accepts everything, unless a test says otherwise
// for a note.
type registry struct {
	sync.Mutex
	sent   []sluss.Submission
	asked  int
	submit map[sluss.ReportKind]func(n int, s sluss.Submission) (sluss.Outcome, error) // n counts from 1
	find   func(n int, s sluss.Submission) (sluss.Outcome, error)
}

func (r *registry) Calls(context.Context, sluss.Content) (int, error) { return 1, nil }

func (r *registry) Submit(_ context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	r.Lock()
	defer r.Unlock()
	r.sent = append(r.sent, s)
	note := s.Content.Obligation.Report
	if answer := r.submit[note]; answer != nil {
		outcome, err := answer(len(r.of(note)), s)
		return outcome, sluss.Exchange{}, err
	}
	return accepted(s), sluss.Exchange{}, nil
}

func (r *registry) Find(_ context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	r.Lock()
	defer r.Unlock()
	r.asked++
	outcome, err := r.find(r.asked, s)
	return outcome, sluss.Exchange{}, err
}

// of are the submissions of one report, in order. Call it with the lock held, or after the test.
func (r *registry) of(note sluss.ReportKind) []sluss.Submission {
	var of []sluss.Submission
	for _, s := range r.sent {
		if s.Content.Obligation.Report == note {
			of = append(of, s)
		}
	}
	return of
}

func accepted(s sluss.Submission) sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: s.Content.Obligation.Registry, ID: "id-of-" + string(s.Content.Obligation.ID)}}
}

// environment is Temporal in virtual time. Activities take real time, and virtual
// time goes on with it: on a busy machine things happen later than asked for, and
// never sooner.
type environment struct {
	*testsuite.TestWorkflowEnvironment
	calls sync.RWMutex // held by each activity while it runs
}

func newEnvironment() *environment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	e := &environment{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment()}
	e.SetTestTimeout(time.Minute) // on a busy machine
	e.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute, Interceptors: []interceptor.WorkerInterceptor{&calls{e: e}}})
	return e
}

// ExecuteWorkflow runs a workflow to its end. No activity runs when it returns, and
// none begins: the fakes may be read.
func (e *environment) ExecuteWorkflow(workflow any, args ...any) {
	e.TestWorkflowEnvironment.ExecuteWorkflow(workflow, args...)
	e.calls.Lock()
}

type calls struct {
	interceptor.WorkerInterceptorBase
	e *environment
}

func (c *calls) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	i := &call{e: c.e}
	i.Next = next
	return i
}

type call struct {
	interceptor.ActivityInboundInterceptorBase
	e *environment
}

func (c *call) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	c.e.calls.RLock()
	defer c.e.calls.RUnlock()
	return c.Next.ExecuteActivity(ctx, in)
}

// plant is a test's world: a batch workflow on virtual time.
type plant struct {
	t        *testing.T
	env      *environment
	ledger   *fakeLedger
	registry *registry
	// registries are the registries by name: the fake one, unless a test sets another.
	registries map[string]activities.Registry
	batch      sluss.Declaration
	start      time.Time
	updates    int
	alone      sluss.FilingID // that lives on its own
}

// update is the id of the next update: the test environment answers one it has
// seen from memory.
func (p *plant) update() string {
	p.updates++
	return fmt.Sprintf("update-%d", p.updates)
}

func newPlant(t *testing.T, example string) *plant {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "examples", example+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d sluss.Declaration
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return newPlantOf(t, d)
}

// newPlantOf is the world of one batch.
func newPlantOf(t *testing.T, d sluss.Declaration) *plant {
	t.Helper()
	p := &plant{t: t, ledger: &fakeLedger{attempts: map[string]bool{}}, registry: &registry{}, batch: d}
	p.registries = map[string]activities.Registry{sluss.Avfallsregistret: p.registry, sluss.Trackdechets: p.registry, sluss.Autosys: p.registry}
	if faults := obligations.Validate(p.batch); len(faults) > 0 {
		t.Fatalf("the example is not valid: %v", faults)
	}
	p.env = newEnvironment()
	p.start = p.batch.Legs[0].Departure.Add(-2 * time.Hour)
	p.env.SetStartTime(p.start)
	p.env.RegisterWorkflow(workflows.Batch)
	p.env.RegisterActivity(&activities.Activities{
		Ledger: p.ledger, Log: slog.New(slog.DiscardHandler), Actor: "test",
		Registries: p.registries, Loads: p.ledger,
	})
	return p
}

// run runs the batch to its end; script is what people do, by hours after the declaration.
func (p *plant) run() workflows.BatchResult {
	p.t.Helper()
	p.execute(p.input())
	if !p.env.IsWorkflowCompleted() {
		p.t.Fatalf("the batch did not end; recorded: %v", p.ledger.stages)
	}
	if err := p.env.GetWorkflowError(); err != nil {
		p.t.Fatalf("the batch failed: %v; recorded: %v", err, p.ledger.stages)
	}
	var result workflows.BatchResult
	if err := p.env.GetWorkflowResult(&result); err != nil {
		p.t.Fatal(err)
	}
	return result
}

// execute runs the batch from an input, under its id.
func (p *plant) execute(in workflows.BatchInput) {
	p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(p.batch.ID())})
	p.env.ExecuteWorkflow(workflows.Batch, in)
}

// executeFiling runs a filing that lives on its own, under its id.
func (p *plant) executeFiling(workflow any, in workflows.FilingInput) {
	p.alone = in.Batch.Filing(in.Content.Obligation.ID)
	p.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(p.alone)})
	p.env.ExecuteWorkflow(workflow, in)
}

// to addresses a message to a filing.
func to[T any](filing sluss.FilingID, message T) workflows.Addressed[T] {
	return workflows.Addressed[T]{Filing: filing, Message: message}
}

// after does something a given time after the declaration.
func (p *plant) after(d time.Duration, do func()) { p.env.RegisterDelayedCallback(do, d) }

// reply catches the answer to an update.
type reply struct {
	t       *testing.T
	what    string
	refused string // part of the reason for which it must be refused; empty: it must be taken
	settled bool
}

func (r *reply) Accept() {}

func (r *reply) Reject(err error) {
	r.settled = true
	if r.refused == "" || !strings.Contains(err.Error(), r.refused) {
		r.t.Errorf("%s was refused: %v", r.what, err)
	}
}

func (r *reply) Complete(_ any, err error) {
	r.settled = true
	switch {
	case err != nil && (r.refused == "" || !strings.Contains(err.Error(), r.refused)):
		r.t.Errorf("%s failed: %v", r.what, err)
	case err == nil && r.refused != "":
		r.t.Errorf("%s was taken, want it refused: %s", r.what, r.refused)
	}
}

func (p *plant) expect(what, refused string) *reply {
	r := &reply{t: p.t, what: what, refused: refused}
	p.t.Cleanup(func() {
		if !r.settled {
			p.t.Errorf("%s had no answer", what)
		}
	})
	return r
}

func (p *plant) report(at time.Duration, e sluss.Event) { p.reportRefused(at, e, "") }

func (p *plant) reportRefused(at time.Duration, e sluss.Event, refused string) {
	e.At, e.By = p.start.Add(at), sluss.Person{Name: "Bo Lind"}
	p.after(at, func() {
		p.env.UpdateWorkflow(workflows.EventUpdate.Name, p.update(), p.expect("event "+string(e.ID()), refused), e)
	})
}

func (p *plant) filing(obligation sluss.ObligationID) sluss.FilingID {
	return p.batch.ID().Filing(obligation)
}

// hash is the hash of a filing's current content.
func (p *plant) hash(obligation sluss.ObligationID) string {
	p.t.Helper()
	value, err := p.env.QueryWorkflowByID(p.filing(obligation).Workflow(), workflows.FilingQuery.Name, p.filing(obligation))
	if err != nil {
		p.t.Errorf("query of %s: %v", obligation, err)
		return ""
	}
	var state workflows.FilingState
	if err := value.Get(&state); err != nil {
		p.t.Error(err)
	}
	return state.Hash
}

func (p *plant) sign(at time.Duration, obligation sluss.ObligationID, role sluss.Role) {
	p.after(at, func() {
		s := sluss.Signature{Role: role, Person: sluss.Person{Name: "Claire Dupuis"}, At: p.start.Add(at), ContentHash: p.hash(obligation)}
		if err := p.env.UpdateWorkflowByID(p.filing(obligation).Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature on "+string(obligation), ""), to(p.filing(obligation), s)); err != nil {
			p.t.Errorf("signature on %s: %v", obligation, err)
		}
	})
}

// filedByHand is the receipt of what a person has filed.
const filedByHand = "072f294c-9e70-4cf6-b6a3-139922067ddc"
