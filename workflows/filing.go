package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// FilingInput starts a filing.
type FilingInput struct {
	Batch   string        `json:"batch"`
	Content sluss.Content `json:"content"`
	Policy  Policy        `json:"policy"`
	News    news          `json:"news,omitzero"`
	// Resumed is where the filing stood when its history had grown too long.
	Resumed *Resumed `json:"resumed,omitempty"`
}

// Resumed is what a filing takes along into a fresh history.
type Resumed struct {
	Signature *sluss.Signature `json:"signature,omitempty"`
	Overdue   bool             `json:"overdue,omitempty"`
	Number    int              `json:"number"`
	Stages    int              `json:"stages"`
	Owner     string           `json:"owner,omitempty"` // who is attached
}

// FilingResult is how a filing ended: accepted or withdrawn.
type FilingResult struct {
	Stage     sluss.FilingStage `json:"stage"`
	Receipt   *sluss.Receipt    `json:"receipt,omitempty"`
	Clearance *sluss.Clearance  `json:"clearance,omitempty"`
	Others    bool              `json:"others,omitempty"` // others had done it at the registry
}

// Filing discharges one obligation at one registry. It waits for the signature
// that the content needs, submits, and ends on a receipt or on a person's word
// that nothing is owed. It files at most once: where it cannot tell whether the
// registry took it, it asks the registry, or else a person.
func Filing(ctx workflow.Context, in FilingInput) (FilingResult, error) {
	f := &filing{
		batch: in.Batch, id: workflow.GetInfo(ctx).WorkflowExecution.ID, policy: in.Policy,
		content: in.Content, hash: in.Content.Hash(), stage: sluss.StageSending, number: 1,
	}
	if r := in.Resumed; r != nil {
		f.signature, f.overdue, f.number, f.stages = r.Signature, r.Overdue, r.Number, r.Stages
		if f.owner = r.Owner; f.owner != "" {
			f.attached = 1
		}
	}
	if err := f.listen(ctx); err != nil {
		return FilingResult{}, err
	}
	f.describe(ctx)
	if f.unsigned() {
		f.stage, f.waiting = sluss.StageSignature, f.content.Obligation.Signer
	}
	if in.Resumed == nil {
		if done, err := f.begin(ctx); err != nil || done != nil {
			return f.end(ctx, done, err)
		}
		f.catchUp(ctx, in.News)
	}
	stopClock := f.startClock(ctx)
	result, err := f.discharge(ctx)
	stopClock()
	return f.end(ctx, &result, err)
}

// act names the activities; it carries nothing.
var act *activities.Activities

type filing struct {
	batch, id string
	policy    Policy
	content   sluss.Content
	hash      string
	signature *sluss.Signature
	decision  *sluss.Decision
	deciding  bool // one is being recorded
	stage     sluss.FilingStage
	waiting   sluss.Role
	until     time.Time
	reasons   []sluss.Reason
	detail    string
	clearance *sluss.Clearance
	receipt   *sluss.Receipt
	overdue   bool
	queued    *sluss.Wait               // the place in the queue that the last submission got instead of a turn
	promise   *promise                  // the turn it was told since
	versions  map[string]*sluss.Receipt // that count since it started, of notes that it names; see heard
	followed  bool                      // others have changed the document: look whether it is done
	number    int                       // of the submission, from 1
	stages    int                       // recorded so far
	owner     string                    // who is attached, and is told the end
	attached  int                       // how often somebody was
}

// discharge goes on until the registry has accepted, or a person has decided.
func (f *filing) discharge(ctx workflow.Context) (FilingResult, error) {
	for {
		f.relink(ctx)
		found, err := f.awaitSignature(ctx)
		if err != nil {
			return FilingResult{}, err
		}
		if f.decision != nil && found == nil {
			return f.decided(), nil
		}
		sent := f.hash
		var outcome sluss.Outcome
		if found != nil {
			outcome = *found
		} else {
			outcome, err = f.submit(ctx)
		}
		if err == nil && outcome.Kind == sluss.Unknown {
			outcome, err = f.resolve(ctx, outcome)
		}
		if err != nil {
			return FilingResult{}, err
		}
		switch outcome.Kind {
		case sluss.Accepted:
			return f.accepted(outcome, found != nil), nil
		case sluss.Rejected:
			found, err := f.awaitCorrection(ctx, outcome, sent)
			if err != nil {
				return FilingResult{}, err
			}
			if found != nil {
				return f.accepted(*found, true), nil
			}
			if !f.sendsAgain() {
				return f.decided(), nil
			}
			f.decision = nil
			f.number++
		case sluss.Deferred:
			if err := f.wait(ctx, outcome); err != nil {
				return FilingResult{}, err
			}
			if f.decision != nil {
				return f.decided(), nil
			}
			if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
				return f.continueAsNew(ctx)
			}
		case sluss.Unknown: // the registry does not have it, or a person decided so
			if f.decision != nil && f.decision.Kind == sluss.DecidedWithdrawn {
				return f.decided(), nil
			}
			f.decision = nil
			f.number++
		}
	}
}

// accepted is the end that the registry puts to a filing.
func (f *filing) accepted(o sluss.Outcome, others bool) FilingResult {
	f.stage, f.waiting, f.until, f.receipt, f.clearance = sluss.StageAccepted, "", time.Time{}, o.Receipt, o.Clearance
	return FilingResult{Stage: f.stage, Receipt: f.receipt, Clearance: f.clearance, Others: others}
}

// continueAsNew goes on in a fresh history: weeks of a registry's "not now"
// would else fill it. What has come with this very task, or is being recorded,
// comes first: it would be lost with the old one.
func (f *filing) continueAsNew(ctx workflow.Context) (FilingResult, error) {
	heard := false
	workflow.Go(ctx, func(workflow.Context) { heard = true }) // runs after those that listen
	if err := workflow.Await(ctx, func() bool { return heard && !f.deciding && workflow.AllHandlersFinished(ctx) }); err != nil {
		return FilingResult{}, err
	}
	if f.decision != nil {
		return f.decided(), nil
	}
	f.relink(ctx)
	return FilingResult{}, workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, FilingInput{
		Batch: f.batch, Content: f.content, Policy: f.policy,
		Resumed: &Resumed{Signature: f.signature, Overdue: f.overdue, Number: f.number, Stages: f.stages, Owner: f.owner},
	})
}

func (f *filing) submit(ctx workflow.Context) (sluss.Outcome, error) {
	f.stage, f.waiting, f.until, f.reasons, f.detail = sluss.StageSending, "", time.Time{}, nil, ""
	f.describe(ctx)
	registry := f.content.Obligation.Registry
	summary := fmt.Sprintf("%s to %s", f.content.Obligation.Note, registry)
	if f.number > 1 {
		summary += fmt.Sprintf(", submission %d", f.number)
	}
	var result activities.SubmitResult
	promised := f.promise != nil
	f.promise = nil
	err := workflow.ExecuteActivity(atRegistry(ctx, registry, summary, promised), act.Submit, f.submission()).Get(ctx, &result)
	if err == nil && result.Unrecorded != nil {
		err = f.record(ctx, act.RecordAnswer, *result.Unrecorded, "record the answer")
	}
	f.queued = result.Wait
	return result.Outcome, err
}

// resolve finds out what became of a submission whose answer was lost: by
// asking the registry, and where that cannot be, a person. It returns Accepted,
// or Rejected with no reasons left open, or Unknown where the registry does not
// have it and the same may be sent again. What others must approve first is no
// lost answer: it is asked for until they have.
func (f *filing) resolve(ctx workflow.Context, answer sluss.Outcome) (sluss.Outcome, error) {
	registry, pending := f.content.Obligation.Registry, answer.Pending
	if pending {
		f.stage, f.detail = sluss.StageDeferred, answer.Detail
		if err := f.sleep(ctx, noSooner(ctx, answer.NotBefore), answer.Detail); err != nil {
			return sluss.Outcome{}, err
		}
	}
	for asked := 0; ; {
		if !pending {
			f.stage, f.detail = sluss.StageUnknown, "the answer was lost; asking "+registry+" what it has"
		}
		f.describe(ctx)
		var found activities.FindResult
		promised := f.promise != nil
		f.promise = nil
		err := workflow.ExecuteActivity(atRegistry(ctx, registry, "ask what it has of "+string(f.content.Obligation.Note), promised), act.Find, f.submission()).Get(ctx, &found)
		if err == nil && found.Unrecorded != nil {
			err = f.record(ctx, act.RecordAnswer, *found.Unrecorded, "record the answer")
		}
		switch {
		case err != nil:
			return sluss.Outcome{}, err
		case !found.Known:
			return f.askPerson(ctx)
		case found.Absent && pending:
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
				Code: "WITHDRAWN", Message: "what was to be approved is not there any more: somebody withdrew it in " + registry,
				Remedy: "decide withdrawn, or again to ask for it once more",
			}}}, nil
		case found.Absent && asked > 0:
			return sluss.Outcome{Kind: sluss.Unknown}, nil
		case found.Absent:
			asked++
			f.detail = registry + " has nothing of it; asking once more before it is sent again"
			if err := f.sleep(ctx, workflow.Now(ctx).Add(f.policy.Settle), f.detail); err != nil {
				return sluss.Outcome{}, err
			}
		case found.Wait != nil:
			if err := f.awaitTurn(ctx, *found.Wait, sluss.ToAsk); err != nil {
				return sluss.Outcome{}, err
			}
		case found.Outcome.Kind == sluss.Deferred:
			until := found.Outcome.NotBefore
			if pending = pending || found.Outcome.Pending; pending {
				f.stage, f.detail, until = sluss.StageDeferred, found.Outcome.Detail, noSooner(ctx, until)
			}
			if err := f.sleep(ctx, until, found.Outcome.Detail); err != nil {
				return sluss.Outcome{}, err
			}
		default:
			return found.Outcome, nil
		}
	}
}

// noSooner is when others' word is asked for, also where clocks do not agree.
func noSooner(ctx workflow.Context, moment time.Time) time.Time {
	const soonest = 10 * time.Second
	if least := workflow.Now(ctx).Add(soonest); moment.Before(least) {
		return least
	}
	return moment
}

// askPerson waits for a person to find out whether the registry has it.
func (f *filing) askPerson(ctx workflow.Context) (sluss.Outcome, error) {
	f.detail = lost(f.content)
	if err := f.awaitPerson(ctx, sluss.StageUnknown, func() bool { return f.decision != nil }); err != nil {
		return sluss.Outcome{}, err
	}
	switch f.decision.Kind {
	case sluss.DecidedNotTaken:
		return sluss.Outcome{Kind: sluss.Unknown}, nil
	case sluss.DecidedTaken, sluss.DecidedAgain, sluss.DecidedOverride, sluss.DecidedWithdrawn:
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: f.decided().Receipt}, nil
}

// decided is the end that a person's decision puts to a filing.
func (f *filing) decided() FilingResult {
	f.waiting = ""
	if f.decision.Kind == sluss.DecidedWithdrawn {
		f.stage = sluss.StageWithdrawn
		return FilingResult{Stage: f.stage}
	}
	f.stage = sluss.StageAccepted
	f.receipt = &sluss.Receipt{Registry: f.content.Obligation.Registry, ID: f.decision.Receipt, Status: string(f.decision.Kind), At: f.decision.At}
	return FilingResult{Stage: f.stage, Receipt: f.receipt, Clearance: f.clearance}
}

func (f *filing) submission() activities.SubmitInput {
	return activities.SubmitInput{
		Submission: sluss.Submission{Filing: f.id, Content: f.content, Signature: f.signature},
		Number:     f.number,
	}
}

func (f *filing) opened(ctx workflow.Context) sluss.FilingRecord {
	return sluss.FilingRecord{
		Filing: f.id, Batch: f.batch, Content: f.content, Hash: f.hash,
		Stage: f.stage, Waiting: f.waiting, At: workflow.Now(ctx),
	}
}

// record writes into the ledger, however long it takes.
func (f *filing) record(ctx workflow.Context, activity, record any, summary string) error {
	return workflow.ExecuteLocalActivity(onLedger(ctx, summary), activity, record).Get(ctx, nil)
}
