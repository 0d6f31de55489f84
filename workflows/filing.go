package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// FilingInput starts a filing in a workflow of its own.
type FilingInput struct {
	Batch   sluss.BatchID `json:"batch"`
	Content sluss.Content `json:"content"`
	Policy  Policy        `json:"policy"`
	// Owner is the workflow to be told how the filing ends, if that is not its parent.
	Owner string `json:"owner,omitempty"`
	Look  bool   `json:"look,omitempty"` // others may have done what is to be filed
}

// FilingResult is how a filing ended: accepted or withdrawn.
type FilingResult struct {
	Stage     sluss.FilingStage `json:"stage"`
	Receipt   *sluss.Receipt    `json:"receipt,omitempty"`
	Clearance *sluss.Clearance  `json:"clearance,omitempty"`
	Others    bool              `json:"others,omitempty"` // others had done at the registry what was to be filed
}

// act names the activities; it is nil.
var act *activities.Activities

// filing discharges one obligation at one registry. It waits for the signature that the
// content needs, submits the content, and ends with a receipt or a person's decision. It
// files at most once: if it cannot know whether the registry accepted a submission, it
// asks the registry, or else a person.
type filing struct {
	host            host
	signs           *messageHandler[sluss.Signature, FilingState]
	decides         *messageHandler[sluss.Decision, FilingState]
	amends          *messageHandler[sluss.Content, FilingState]
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
	notOwed         *sluss.Decision // by which it is being withdrawn; nil: it is owed
	calling         bool            // a call of the registry is under way
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
	reminded        bool                                  // the reminder is recorded, or its time was past before
	rests           bool                                  // it waits for more than the answer to its first call
	looked          looked
	begun           *activities.Opened // it was opened with the event; nil: it is opened by itself
}

// newFiling is a filing that is to run in a workflow.
func newFiling(ctx workflow.Context, in host, id sluss.FilingID, batch sluss.BatchID, content sluss.Content, policy Policy) *filing {
	f := &filing{host: in, id: id, batch: batch, content: content, hash: content.Hash(), policy: policy, stage: sluss.StageSending, number: 1}
	if f.unsigned() {
		f.stage, f.waiting, f.rests = sluss.StageSignature, f.content.Obligation.Signer, true
	}
	if due := content.Obligation.Due; !due.IsZero() {
		f.reminded = !f.remindAt().After(workflow.Now(ctx))
	}
	events := func() []sluss.Event { return f.content.Events }
	f.signs = &messageHandler[sluss.Signature, FilingState]{
		recorder: &f.recorder, valid: f.maySign, record: f.sign, events: events,
		at: func(s *sluss.Signature) *time.Time { return &s.At },
	}
	f.decides = &messageHandler[sluss.Decision, FilingState]{
		recorder: &f.recorder, valid: f.mayDecide, record: f.decide, events: events,
		at: func(d *sluss.Decision) *time.Time { return &d.At },
	}
	f.amends = &messageHandler[sluss.Content, FilingState]{recorder: &f.recorder, valid: f.mayAmend, record: f.applyContent}
	return f
}

// run takes the filing from its state in the ledger to its end. The error is errBehind, or
// that of a cancelled context, or of an activity that cannot succeed.
func (f *filing) run(ctx workflow.Context, n news) (FilingResult, error) {
	var done *FilingResult
	err := f.recorder.record(ctx, func() (err error) { // messages of people wait for this
		done, err = f.open(ctx)
		return err
	})
	if err != nil {
		return FilingResult{}, err
	}
	return f.goOn(ctx, done, n)
}

// open opens the filing, unless it is. done is its end, if the ledger has one.
func (f *filing) open(ctx workflow.Context) (done *FilingResult, err error) {
	f.show(ctx)
	if f.begun != nil {
		f.looks(f.begun.Place)
		return nil, nil
	}
	return f.begin(ctx)
}

// goOn takes an open filing to its end.
func (f *filing) goOn(ctx workflow.Context, done *FilingResult, n news) (FilingResult, error) {
	if done == nil {
		f.catchUp(ctx, n)
		result, err := f.discharge(ctx)
		if err != nil {
			return FilingResult{}, err
		}
		done = &result
	}
	f.show(ctx)
	return *done, nil
}

// show updates what people see of the filing.
func (f *filing) show(ctx workflow.Context) { f.host.changed(ctx, f) }

// discharge repeats until the registry has accepted or a person has decided.
func (f *filing) discharge(ctx workflow.Context) (FilingResult, error) {
	for {
		if f.decision != nil && !f.sendsAgain() {
			return f.decided(), nil
		}
		f.decision = nil
		if f.notOwed != nil {
			f.stage = sluss.StageSending // nothing is in doubt at the registry
			if err := f.await(ctx, f.isDecided); err != nil {
				return FilingResult{}, err
			}
			continue
		}
		f.relink(ctx)
		found, err := f.awaitSignature(ctx)
		if err != nil {
			return FilingResult{}, err
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

// record, recorded and act are those of its host, with the summary naming the filing.
func (f *filing) record(ctx workflow.Context, activity, record any, summary string) error {
	return f.host.record(ctx, activity, record, f.summary(summary))
}

func (f *filing) recorded(ctx workflow.Context, activity, record any, summary string, result any) error {
	return f.host.recorded(ctx, activity, record, f.summary(summary), result)
}

func (f *filing) act(ctx workflow.Context, activity, record any, summary string, result any) error {
	return f.host.act(ctx, activity, record, f.summary(summary), result)
}

func (f *filing) summary(what string) string { return string(f.content.Obligation.ID) + ": " + what }
