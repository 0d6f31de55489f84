// Package inbox is where people act: the desk that declares, signs, corrects
// and decides, the JSON API over it, and the readers of what plants send. Every
// act ends in a workflow; every view comes from the ledger.
package inbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Desk does what people ask of batches and filings.
type Desk struct {
	Temporal  client.Client
	Namespace string // of Temporal
	Ledger    *ledger.Ledger
	Policy    workflows.Policy
	// HookToken comes with each delivery of Trackdéchets' webhooks; empty: none are
	// taken.
	HookToken string
}

// Errors that callers may tell apart.
var (
	// ErrNoSuch: there is nothing of that name.
	ErrNoSuch = errors.New("there is no such")
	// ErrNoAnswer: Temporal or the workers did not answer in time. An act may or
	// may not have been taken; the same act sent again is not done twice.
	ErrNoAnswer = errors.New("no answer in time")
	// ErrRefused: the batch or filing refused the act as things stand.
	ErrRefused = errors.New("refused")
)

// Refusal is an act that the batch or filing refused as things stand. It wraps
// ErrRefused.
type Refusal struct {
	Why    string
	Faults sluss.Faults // one by one, where they are known so
}

func (r *Refusal) Error() string { return ErrRefused.Error() + ": " + r.Why }

// Unwrap is ErrRefused.
func (r *Refusal) Unwrap() error { return ErrRefused }

// Declared is what became of a declaration.
type Declared struct {
	Batch string `json:"batch"`
	Fresh bool   `json:"fresh"` // false: it was declared before, with the same content
	// Warnings stop nothing, but a person should know them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
}

// Declare starts the batch, unless a registry would refuse what it is to report.
// The same declaration again changes nothing; the same reference with other content is refused. The error is Faults where
// something is wrong with the declaration, all at once.
func (d *Desk) Declare(ctx context.Context, declaration sluss.Declaration, by sluss.Person, at time.Time) (Declared, error) {
	if declaration.Tenant == "" {
		declaration.Tenant = sluss.DefaultTenant
	}
	declaration = obligations.Plain(declaration)
	id := declaration.ID()
	known, err := d.Ledger.Batch(ctx, id)
	if err != nil {
		return Declared{}, err
	}
	faults := obligations.Validate(declaration)
	if !known.Declared {
		faults = beside(faults, refusable(declaration))
	}
	if len(faults) > 0 {
		return Declared{}, faults
	}
	warnings := obligations.Warn(declaration, nil)
	if known.Declared {
		return Declared{Batch: id, Warnings: warnings}, same(known.Hash, declaration)
	}
	_, err = d.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.Queue,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            workflows.BatchSummary(declaration),
		StaticDetails:                            workflows.BatchDetails(declaration),
		TypedSearchAttributes:                    temporal.NewSearchAttributes(workflows.Country.ValueSet(declaration.Producer.Country)),
	}, workflows.Batch, workflows.BatchInput{
		Declaration: declaration, Policy: d.Policy, Produced: sluss.Event{Kind: sluss.Produced, At: at.Truncate(time.Second), By: by},
	})
	if already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil); errors.As(err, &already) {
		state, err := d.State(ctx, id)
		if err != nil {
			return Declared{}, err
		}
		return Declared{Batch: id, Warnings: warnings}, same(state.Hash, declaration)
	}
	return Declared{Batch: id, Fresh: true, Warnings: warnings}, err
}

func same(hash string, declaration sluss.Declaration) error {
	if hash == declaration.Hash() {
		return nil
	}
	return sluss.Faults{{
		Field:   "reference",
		Problem: declaration.Reference + " is declared already, with other content",
		Remedy:  "send a correction of that batch, or declare this one under a reference of its own",
	}}
}

// Event tells a batch what happened. Refused events wrap ErrRefused; one that is
// still to come is a fault: the registries refuse it, and what is recorded stays.
func (d *Desk) Event(ctx context.Context, batch string, e sluss.Event) (workflows.EventReply, error) {
	if ahead := time.Until(e.At); ahead > sluss.ClockSkew {
		return workflows.EventReply{}, sluss.Faults{{
			Field: "at", Problem: fmt.Sprintf("%s is still to come, in %s", e.At.Format(time.RFC3339), ahead.Round(time.Second)), Remedy: "report it once it has happened",
		}}
	}
	return update(ctx, d, batch, workflows.EventUpdate, e)
}

// Correct amends a batch's declaration; refused corrections wrap ErrRefused. A
// correction without a time is made now; sent again, it changes nothing. What was
// filed already is not amended by it: the answer says what that tells otherwise now.
func (d *Desk) Correct(ctx context.Context, batch string, c sluss.Correction) (Corrected, error) {
	known, err := d.Ledger.Batch(ctx, batch)
	if err != nil {
		return Corrected{}, err
	}
	done := Corrected{}
	corrected, unread := obligations.Corrected(known.Declaration, c)
	if unread == nil && known.Declared {
		if refused := without(refusable(corrected), refusable(known.Declaration)); len(refused) > 0 {
			return done, beside(without(obligations.Validate(corrected), obligations.Validate(known.Declaration)), refused)
		}
	}
	if known.Closed != "" || !inPlace(c, known.Declaration, corrected, unread) {
		act := numbered{batch, known.Corrections, c}
		c.At = timed(c.At)
		if faults := sluss.CheckActTime("at", c.At, known.DeclaredAt, time.Now()); len(faults) > 0 {
			return done, faults
		}
		done.CorrectReply, err = updateAs(ctx, d, batch, workflows.CorrectUpdate, c, act)
	}
	if errors.Is(err, ErrNoSuch) && known.Closed != "" {
		err = &Refusal{Why: batch + " is closed: `starter amend FILING` corrects what the Swedish register took"}
	}
	if err != nil {
		return done, err
	}
	done.Stale, err = StaleNotes(ctx, d.Ledger, batch, "")
	return done, err
}

// Sign puts a signature on a filing; a refused one wraps ErrRefused. The error is
// Faults where it cannot have been given at its time.
func (d *Desk) Sign(ctx context.Context, filing string, s sluss.Signature) (workflows.FilingState, error) {
	if err := d.clocked(ctx, filing, s.At); err != nil {
		return workflows.FilingState{}, err
	}
	return update(ctx, d, filing, workflows.SignUpdate, s)
}

// Decide settles what only a person can settle; a refused decision wraps
// ErrRefused. A decision without a time is taken now; sent again, it is not taken
// again. The error is Faults where it cannot have been taken at its time.
func (d *Desk) Decide(ctx context.Context, filing string, decision sluss.Decision) (workflows.FilingState, error) {
	act := decision
	if decision.At.IsZero() {
		if before, err := d.decided(ctx, filing, decision); err != nil || before != nil {
			return *cmp.Or(before, &workflows.FilingState{}), err
		}
		decision.At = timed(decision.At)
	}
	if err := d.clocked(ctx, filing, decision.At); err != nil {
		return workflows.FilingState{}, err
	}
	return updateAs(ctx, d, filing, workflows.DecideUpdate, decision, act)
}

// SignAs signs everything of a batch that waits for the role, as it stands in
// the ledger now. It returns the filings that were signed.
func (d *Desk) SignAs(ctx context.Context, batch string, role sluss.Role, person sluss.Person, at time.Time) ([]workflows.FilingState, error) {
	filings, err := d.filings(ctx, batch)
	if err != nil {
		return nil, err
	}
	var signed []workflows.FilingState
	var others []string
	for _, f := range filings {
		switch {
		case f.Stage != sluss.StageSignature:
		case f.Waiting != role:
			others = append(others, fmt.Sprintf("%s waits for the %s", f.Obligation.ID, f.Waiting))
		default:
			state, err := d.Sign(ctx, f.ID, sluss.Signature{Role: role, Person: person, At: at.Truncate(time.Second), ContentHash: f.Hash})
			if err != nil {
				return signed, err
			}
			signed = append(signed, state)
		}
	}
	if len(signed) == 0 {
		return nil, fmt.Errorf("%w: nothing of %s waits for the signature of the %s now (%s)", ErrRefused, batch, role, orNothing(others))
	}
	return signed, nil
}

func orNothing(lines []string) string {
	if len(lines) == 0 {
		return "nothing waits for any signature"
	}
	return strings.Join(lines, "; ")
}

// Shown is all that there is to see of a batch.
type Shown struct {
	ledger.Batch
	Stage    string                `json:"stage"`
	Filings  []ledger.Filing       `json:"filings"`
	Notes    []ledger.Note         `json:"notes"` // what registries took, each with its versions
	Timeline []ledger.TimelineLine `json:"timeline"`
	Actions  []workflows.Action    `json:"actions,omitempty"`  // what may be done now; none once it is closed
	Warnings sluss.Faults          `json:"warnings,omitempty"` // what stops nothing, but a person should know
	Chain    ledger.Chain          `json:"chain,omitzero"`     // what it came from, and what it went into
	Stale    []Stale               `json:"stale,omitempty"`    // notes that tell something else than the batch does since it was corrected
	// Documents are the batch's at the registries, as they were last seen there,
	// whoever changed them.
	Documents []sluss.Document `json:"documents,omitempty"`
	// Prints are what is kept of them as the registries print them.
	Prints []sluss.Print `json:"prints,omitempty"`
}

// Warn puts in what a person should know of an open batch.
func (s *Shown) Warn() {
	if s.Closed != "" {
		return
	}
	var events []sluss.Event
	for _, line := range s.Timeline {
		var e sluss.Event
		if line.Kind == "event" && json.Unmarshal(line.Detail, &e) == nil {
			events = append(events, e)
		}
	}
	s.Warnings = append(obligations.Warn(s.Declaration, events), s.adrift(events)...)
}

// adrift are documents that others have brought to an end of which the batch was
// told nothing.
func (s *Shown) adrift(events []sluss.Event) (warnings sluss.Faults) {
	refused := slices.ContainsFunc(events, func(e sluss.Event) bool { return e.Kind == sluss.Refused })
	for _, d := range s.Documents {
		if slices.Contains(adriftAt, d.Status) && (!refused || d.Status != refusedThere) {
			warnings = append(warnings, sluss.Fault{
				Field: "documents", Problem: fmt.Sprintf("others made %s %s at %s, at %s", d.Number, d.Status, d.Registry, d.UpdatedAt.Format(time.RFC3339)),
				Remedy: "find out from them why; report what happened to the waste, or withdraw what is still to be filed and declare it anew",
			})
		}
	}
	return warnings
}

// Show is all that there is to see of a batch.
func (d *Desk) Show(ctx context.Context, batch string) (Shown, error) {
	var s Shown
	var err error
	if s.Batch, err = d.Ledger.Batch(ctx, batch); err != nil {
		return s, err
	}
	if !s.Declared {
		return s, fmt.Errorf("%w batch as %s: `starter list` shows what there is", ErrNoSuch, batch)
	}
	if s.Filings, err = d.Ledger.Filings(ctx, batch); err != nil {
		return s, err
	}
	if s.Notes, err = d.Ledger.Notes(ctx, batch); err != nil {
		return s, err
	}
	if s.Timeline, err = d.Ledger.Timeline(ctx, batch); err != nil {
		return s, err
	}
	if s.Documents, err = d.Ledger.Documents(ctx, batch); err != nil {
		return s, err
	}
	if s.Chain, err = d.Ledger.Chain(ctx, batch); err != nil {
		return s, err
	}
	if s.Stale, err = StaleNotes(ctx, d.Ledger, batch, ""); err != nil {
		return s, err
	}
	if s.Prints, err = d.Ledger.Prints(ctx, batch); err != nil {
		return s, err
	}
	s.Warn()
	s.Stage = "closed"
	if s.Closed == "" {
		state, err := d.State(ctx, batch)
		if err != nil {
			return s, err
		}
		s.Stage = state.Stage
		s.Actions = slices.DeleteFunc(state.Actions, func(a workflows.Action) bool { return a.Kind != workflows.ActEvent })
		for _, f := range s.Filings {
			s.Actions = append(s.Actions, actions(f)...)
		}
	}
	return s, nil
}

// actions are what a person may do about a filing, as the ledger has it.
func actions(f ledger.Filing) []workflows.Action {
	act := func(kind, what string) workflows.Action {
		return workflows.Action{Kind: kind, Target: f.ID, What: what, Role: f.Waiting}
	}
	var can []workflows.Action
	switch f.Stage {
	case sluss.StageSignature:
		a := act(workflows.ActSign, f.Obligation.Rule.Title)
		a.Hash = f.Hash
		can = append(can, a)
	case sluss.StageRejected:
		if a, possible := workflows.Correcting(f.ID, f.Batch, f.Obligation); possible {
			a.Role = f.Waiting
			can = append(can, a)
		}
	case sluss.StageSending, sluss.StageDeferred, sluss.StageUnknown, sluss.StageAccepted, sluss.StageWithdrawn:
	}
	for _, kind := range workflows.DecisionsOf(f.Stage, f.Waiting, f.Obligation) {
		can = append(can, act(workflows.ActDecide, string(kind)))
	}
	return can
}

// State asks the batch itself where it stands; needs a running worker.
func (d *Desk) State(ctx context.Context, batch string) (workflows.BatchState, error) {
	var state workflows.BatchState
	value, err := d.Temporal.QueryWorkflow(ctx, batch, "", workflows.BatchQuery.Name)
	if err != nil {
		return state, explained(err, batch)
	}
	return state, value.Get(&state)
}

// VehicleQuestion is what a person wants to know of Norwegian vehicles.
type VehicleQuestion struct {
	Vehicles []sluss.Vehicle // one combination; of an EndOfLife, any
	Load     sluss.Mass
	Tank     bool      // dangerous goods in a tank
	UN       string    // their ADR entry, if known
	Day      time.Time // of the transport
	Tenant   string    // whose policy decides; empty means DefaultTenant
	// EndOfLife: the vehicles are to be scrapped and carry nothing. The answer's
	// facts count, and its verdict is refused only where there are none.
	EndOfLife bool
}

// Content is the question in the words of a filing's content.
func (q VehicleQuestion) Content() sluss.Content {
	declaration := sluss.Declaration{
		Tenant: q.Tenant, Reference: "vehicle", Waste: sluss.Waste{Mass: q.Load},
		Legs: []sluss.Leg{{Mode: sluss.Road, Departure: q.Day, Vehicles: q.Vehicles}},
	}
	if q.Tank {
		declaration.Waste.UN = cmp.Or(q.UN, "UN")
		declaration.Waste.Packagings = []sluss.Packaging{{Kind: sluss.Tank, Count: 1}}
	}
	duty := sluss.Obligation{ID: "no.clearance#1", Registry: sluss.Autosys, Note: sluss.NoteClearance, Leg: 1}
	if q.EndOfLife {
		duty.ID, duty.Rule.ID = sluss.RuleEndOfLife+"#1", sluss.RuleEndOfLife
	}
	return sluss.Content{Declaration: declaration, Obligation: duty}
}

// Vehicle asks the vehicle register whether these vehicles, as one
// combination, may carry the load on that day, or what it has of them. Each that
// was not asked for today takes from the registry's quota. It needs a running
// worker.
func (d *Desk) Vehicle(ctx context.Context, q VehicleQuestion) (sluss.Outcome, error) {
	id := "vehicle/" + uuid.NewString()
	handle, err := d.Temporal.ExecuteActivity(ctx, client.StartActivityOptions{
		ID: id, TaskQueue: workflows.RegistryQueue(sluss.Autosys),
		ScheduleToCloseTimeout: 30 * time.Second, Summary: "look up vehicles for a person",
	}, act.Submit, activities.SubmitInput{Submission: sluss.Submission{Filing: id, Content: q.Content()}, Number: 1, Urgent: true})
	if err != nil {
		return sluss.Outcome{}, err
	}
	var result activities.SubmitResult
	err = handle.Get(ctx, &result)
	return result.Outcome, err
}

// act names the activities; it carries nothing.
var act *activities.Activities

func (d *Desk) filings(ctx context.Context, batch string) ([]ledger.Filing, error) {
	known, err := d.Ledger.Batch(ctx, batch)
	if err != nil {
		return nil, err
	}
	if !known.Declared {
		return nil, fmt.Errorf("%w batch as %s: `starter list` shows what there is", ErrNoSuch, batch)
	}
	return d.Ledger.Filings(ctx, batch)
}

// update sends an update and waits until it is done. The same act sent again,
// after an answer that got lost, is answered and not done again.
func update[In, Out any](ctx context.Context, d *Desk, workflow string, u workflows.Update[In, Out], in In) (Out, error) {
	return updateAs(ctx, d, workflow, u, in, in)
}

// updateAs sends an update under the name of what a person did, which holds
// nothing that was filled in.
func updateAs[In, Out any](ctx context.Context, d *Desk, workflow string, u workflows.Update[In, Out], in In, act any) (Out, error) {
	var out Out
	handle, err := d.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflow, UpdateID: u.Name + "-" + digest(act), UpdateName: u.Name, Args: []any{in},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return out, explained(err, workflow)
	}
	return out, explained(handle.Get(ctx, &out), workflow)
}

func digest(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return uuid.NewString()
	}
	sum := fnv.New64a()
	_, _ = sum.Write(data) // never fails
	return fmt.Sprintf("%016x", sum.Sum64())
}

// explained puts Temporal's errors into words that say what to do.
func explained(err error, workflow string) error {
	if err == nil {
		return nil
	}
	if application := (*temporal.ApplicationError)(nil); errors.As(err, &application) {
		refusal := &Refusal{Why: application.Message()}
		_ = application.Details(&refusal.Faults) // not every refusal has them
		return refusal
	}
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return fmt.Errorf("%w open workflow as %s: it is closed, or was never there (`starter list` shows what there is)", ErrNoSuch, workflow)
	}
	var update *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var query *serviceerror.DeadlineExceeded
	var unavailable *serviceerror.Unavailable
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &update) || errors.As(err, &query) || errors.As(err, &unavailable) {
		return fmt.Errorf("%w from %s: is a worker running? (%w)", ErrNoAnswer, workflow, err)
	}
	return err
}
