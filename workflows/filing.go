package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// FilingInput starts a filing.
type FilingInput struct {
	Batch   sluss.BatchID `json:"batch"`
	Content sluss.Content `json:"content"`
	Policy  Policy        `json:"policy"`
	News    news          `json:"news,omitzero"`
	// Resumed is the state of the filing at the end of the previous history.
	Resumed *Resumed `json:"resumed,omitempty"`
}

// Resumed is what a filing takes along into a new history.
type Resumed struct {
	Signature *sluss.Signature `json:"signature,omitempty"`
	Overdue   bool             `json:"overdue,omitempty"`
	Number    int              `json:"number"`
	Stages    int              `json:"stages"`
	Owner     string           `json:"owner,omitempty"` // the attached workflow
	Held      *sluss.Held      `json:"held,omitempty"`
}

// FilingResult is how a filing ended: accepted or withdrawn.
type FilingResult struct {
	Stage     sluss.FilingStage `json:"stage"`
	Receipt   *sluss.Receipt    `json:"receipt,omitempty"`
	Clearance *sluss.Clearance  `json:"clearance,omitempty"`
	Others    bool              `json:"others,omitempty"` // others had done at the registry what was to be filed
}

// Filing discharges one obligation at one registry. It waits for the signature that the
// content needs, submits the content, and ends with a receipt or a person's decision. It
// files at most once: if it cannot know whether the registry accepted a submission, it
// asks the registry, or else a person.
func Filing(ctx workflow.Context, in FilingInput) (FilingResult, error) {
	f := &filing{
		batch: in.Batch, id: sluss.FilingID(workflow.GetInfo(ctx).WorkflowExecution.ID), policy: in.Policy,
		content: in.Content, hash: in.Content.Hash(), stage: sluss.StageSending, number: 1,
	}
	if r := in.Resumed; r != nil {
		f.signature, f.overdue, f.number, f.stages, f.holding = r.Signature, r.Overdue, r.Number, r.Stages, r.Held
		if f.owner = r.Owner; f.owner != "" {
			f.attached = 1
		}
	}
	var done *FilingResult
	err := f.recorder.record(ctx, func() (err error) { // updates and signals of people wait for this
		if err := f.listen(ctx); err != nil {
			return err
		}
		f.describe(ctx)
		if f.unsigned() {
			f.stage, f.waiting = sluss.StageSignature, f.content.Obligation.Signer
		}
		if in.Resumed == nil {
			done, err = f.begin(ctx)
		}
		return err
	})
	if err != nil || done != nil {
		return f.end(ctx, done, err)
	}
	f.catchUp(ctx, in.News)
	stopClock := f.startClock(ctx)
	result, err := f.discharge(ctx)
	stopClock()
	return f.end(ctx, &result, err)
}

// act names the activities; it is nil.
var act *activities.Activities

type filing struct {
	batch           sluss.BatchID
	id              sluss.FilingID
	policy          Policy
	recorder        recorder
	held            *workflow.Execution // the workflow that is recording a correction of it; nil: none
	content         sluss.Content
	hash            string
	sent            string // the hash of the last submission
	asked           string // the hash of the content that has asked for a place in the queue
	signature       *sluss.Signature
	decision        *sluss.Decision
	holding         *sluss.Held // by a person, who enters it by hand; see onHold
	stage           sluss.FilingStage
	waiting         sluss.Role
	until           time.Time
	reasons         []sluss.Reason
	detail          string
	clearance       *sluss.Clearance
	receipt         *sluss.Receipt
	overdue         bool
	queued          *sluss.QueuePlace // the place in the queue, if the last submission was not sent
	reservation     reservation
	versions        map[sluss.ObligationID]*sluss.Receipt // current receipts of reports that it names, amended since; see receiptAmended
	changedByOthers bool                                  // others have changed the document: check whether it is done
	number          int                                   // of the submission, from 1
	stages          int                                   // recorded so far
	owner           string                                // the attached workflow, which is told the end
	attached        int                                   // how many times a workflow has attached
}

// discharge repeats until the registry has accepted or a person has decided.
func (f *filing) discharge(ctx workflow.Context) (FilingResult, error) {
	for {
		if f.decision != nil && !f.sendsAgain() {
			return f.decided(), nil
		}
		f.decision = nil
		f.relink(ctx)
		found, err := f.awaitSignature(ctx)
		if err != nil {
			return FilingResult{}, err
		}
		if found == nil && f.onHold(ctx) {
			if err := f.awaitRelease(ctx); err != nil {
				return FilingResult{}, err
			}
			continue // what is signed may have changed
		}
		outcome, sent := sluss.Outcome{}, found == nil
		if found != nil {
			outcome, f.sent = *found, f.hash
		} else if outcome, sent, err = f.submit(ctx); err == nil && !sent {
			continue
		}
		if err == nil && outcome.Kind == sluss.Unknown {
			outcome, err = f.resolve(ctx, outcome)
		}
		if err != nil {
			return FilingResult{}, err
		}
		switch outcome.Kind {
		case sluss.Accepted:
			return f.accepted(outcome, !sent), nil
		case sluss.Rejected:
			found, err := f.awaitCorrection(ctx, outcome)
			if err != nil {
				return FilingResult{}, err
			}
			if found != nil {
				return f.accepted(*found, true), nil
			}
			f.number++
		case sluss.Deferred:
			if err := f.wait(ctx, outcome); err != nil {
				return FilingResult{}, err
			}
			if f.decision == nil && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
				return f.continueAsNew(ctx)
			}
		case sluss.Unknown: // the registry does not have it, or there is a decision
			f.number++
		}
	}
}

// accepted ends a filing that the registry has accepted.
func (f *filing) accepted(o sluss.Outcome, others bool) FilingResult {
	f.stage, f.waiting, f.until, f.receipt, f.clearance = sluss.StageAccepted, "", time.Time{}, o.Receipt, o.Clearance
	return FilingResult{Stage: f.stage, Receipt: f.receipt, Clearance: f.clearance, Others: others}
}

// continueAsNew goes on in a new history: weeks of deferrals would fill the old one.
// Messages that have arrived, or are being recorded, are handled first, because they would
// be lost.
func (f *filing) continueAsNew(ctx workflow.Context) (FilingResult, error) {
	for again := true; again; again = f.busy() || f.versions != nil {
		f.relink(ctx)
		if err := f.settled(ctx); err != nil {
			return FilingResult{}, err
		}
		if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
			return FilingResult{}, err
		}
	}
	if f.decision != nil {
		return f.decided(), nil
	}
	return FilingResult{}, workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, FilingInput{
		Batch: f.batch, Content: f.content, Policy: f.policy, News: news{Look: f.changedByOthers},
		Resumed: &Resumed{Signature: f.signature, Overdue: f.overdue, Number: f.number, Stages: f.stages, Owner: f.owner, Held: f.holding},
	})
}

// decided ends a filing by a person's decision.
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

func (f *filing) opened(ctx workflow.Context) sluss.FilingRecord {
	return sluss.FilingRecord{
		Filing: f.id, Batch: f.batch, Content: f.content, Hash: f.hash,
		Stage: f.stage, Waiting: f.waiting, At: workflow.Now(ctx),
	}
}

// record writes to the ledger, and retries until it succeeds.
func (f *filing) record(ctx workflow.Context, activity, record any, summary string) error {
	return workflow.ExecuteLocalActivity(onLedger(ctx, summary), activity, record).Get(ctx, nil)
}
