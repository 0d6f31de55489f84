package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// listen takes what people, and the batch, say to a filing.
func (f *filing) listen(ctx workflow.Context) error {
	if err := FilingQuery.answer(ctx, f.state); err != nil {
		return err
	}
	if err := SignUpdate.handle(ctx, f.maySign, f.sign); err != nil {
		return err
	}
	if err := DecideUpdate.handle(ctx, f.mayDecide, f.decide); err != nil {
		return err
	}
	SignSignal.each(ctx, func(ctx workflow.Context, s sluss.Signature) {
		if err := f.maySign(s); err != nil {
			refusal := sluss.SignatureRecord{Filing: f.id, Signature: s, Refused: err.Error()}
			if err := f.record(ctx, act.RecordSignature, refusal, "record a refused signature"); err != nil {
				workflow.GetLogger(ctx).Warn("refused signature not recorded", "error", err)
			}
			return
		}
		if _, err := f.sign(ctx, s); err != nil {
			workflow.GetLogger(ctx).Warn("signature not recorded", "error", err)
		}
	})
	UnreadableSignal.each(ctx, f.unreadable)
	if err := AmendUpdate.handle(ctx, f.mayAmend, f.reword); err != nil {
		return err
	}
	contentSignal.each(ctx, f.amend)
	attachSignal.each(ctx, f.attach)
	amendedSignal.each(ctx, f.heard)
	FollowedSignal.each(ctx, func(workflow.Context, sluss.Document) { f.followed = true })
	annulledSignal.each(ctx, f.annulled)
	TurnSignal.each(ctx, f.promised)
	ForecastSignal.each(ctx, f.forecast)
	return nil
}

// maySign refuses a signature that is not this filing's to take.
func (f *filing) maySign(s sluss.Signature) error {
	if faults := sluss.CheckText(s); len(faults) > 0 { // of a signal nobody has looked at it
		return faults
	}
	o := f.content.Obligation
	switch {
	case o.Signer == "":
		return fmt.Errorf("%s needs no signature", o.ID)
	case f.ended():
		return fmt.Errorf("%s is %s: there is nothing left to sign", o.ID, f.stage)
	case s.Role != o.Signer:
		return fmt.Errorf("%s is to be signed by the %s, not by the %s", o.ID, o.Signer, s.Role)
	case f.signature != nil:
		return fmt.Errorf("%s is signed already, at %s", o.ID, clock(f.signature.At))
	case s.ContentHash != f.hash:
		return fmt.Errorf("the signature is on %s, but %s now has the content %s: read it again, then sign that", short(s.ContentHash), o.ID, short(f.hash))
	case s.Person.Name == "":
		return fmt.Errorf("a signature needs the name of the person who signs")
	case s.At.IsZero():
		return fmt.Errorf("a signature needs the time at which it was given")
	}
	if err := f.complete(); err != nil {
		return err
	}
	return f.mayApprove(s)
}

func (f *filing) sign(ctx workflow.Context, s sluss.Signature) (FilingState, error) {
	if err := f.maySign(s); err != nil { // another one may have come in between
		return FilingState{}, refusal(err)
	}
	f.signature = &s
	record := sluss.SignatureRecord{Filing: f.id, Signature: s}
	err := workflow.ExecuteActivity(afterAccepting(ctx, "record the signature"), act.RecordSignature, record).Get(ctx, nil)
	return f.state(), err
}

// mayDecide refuses a decision that is not a person's to take here and now.
func (f *filing) mayDecide(d sluss.Decision) error {
	o := f.content.Obligation
	allowed := f.decisions()
	switch {
	case len(allowed) == 0:
		return fmt.Errorf("%s is %s: there is nothing to decide", o.ID, f.stage)
	case !slices.Contains(allowed, d.Kind):
		return fmt.Errorf("%s is %s: %q cannot be decided, only %q", o.ID, f.stage, d.Kind, allowed)
	case f.decision != nil || f.deciding:
		return fmt.Errorf("%s has been decided already", o.ID)
	case d.By.Name == "":
		return fmt.Errorf("a decision needs the name of the person who takes it")
	case d.Reason == "":
		return fmt.Errorf("a decision needs its reason: how do you know?")
	case d.Kind == sluss.DecidedOverride:
		return f.mayOverride(d)
	case d.Kind == sluss.DecidedTaken && d.Receipt == "":
		return fmt.Errorf("if %s took it, give the receipt that it has it under", o.Registry)
	}
	return nil
}

// mayOverride refuses an override by somebody who may not, or of something else
// than what was refused.
func (f *filing) mayOverride(d sluss.Decision) error {
	var may []sluss.Role
	switch {
	case f.clearance != nil:
		may = f.clearance.OverrideBy
	case f.content.Obligation.Note == sluss.NotePreflight: // the register has the last word
		may = []sluss.Role{sluss.Officer}
	}
	switch {
	case len(may) == 0:
		return fmt.Errorf("nobody may override this refusal: take other vehicles, or have what is wrong mended")
	case !slices.Contains(may, d.Role):
		return fmt.Errorf("an override is signed by the %s, not by %q", roles(may), d.Role)
	case d.ContentHash != f.hash:
		return fmt.Errorf("the override is of %s, but what was refused is %s: read it again, then sign that", short(d.ContentHash), short(f.hash))
	}
	return nil
}

func roles(list []sluss.Role) string {
	names := make([]string, len(list))
	for i, role := range list {
		names[i] = string(role)
	}
	return strings.Join(names, " or the ")
}

// decisions are those that a person may take now.
func (f *filing) decisions() []sluss.DecisionKind {
	if f.stage == sluss.StageSignature && !f.unsigned() { // it is on its way
		return nil
	}
	return DecisionsOf(f.stage, f.waiting, f.content.Obligation)
}

func (f *filing) decide(ctx workflow.Context, d sluss.Decision) (FilingState, error) {
	if err := f.mayDecide(d); err != nil {
		return FilingState{}, refusal(err)
	}
	// Recorded first: the filing moves on only with what the ledger knows.
	f.deciding = true
	defer func() { f.deciding = false }()
	settled := sluss.DecisionRecord{Filing: f.id, Number: f.number, Decision: d}
	if err := workflow.ExecuteActivity(afterAccepting(ctx, "record the decision"), act.RecordDecision, settled).Get(ctx, nil); err != nil {
		return FilingState{}, err
	}
	f.decision = &d
	return f.state(), nil
}

// amend gives the filing its corrected content; a signature on the old one is
// void.
func (f *filing) amend(ctx workflow.Context, c sluss.Content) {
	if f.ended() || c.Hash() == f.hash {
		return
	}
	c.Receipts = f.content.Receipts
	f.take(ctx, c)
}

// take gives the filing another content.
func (f *filing) take(ctx workflow.Context, c sluss.Content) {
	f.content, f.hash, f.signature = c, c.Hash(), nil
	if f.unsigned() && f.stage == sluss.StageSignature {
		f.waiting = f.content.Obligation.Signer
	}
	f.describe(ctx)
	if err := f.record(ctx, act.OpenFiling, f.opened(ctx), "record the corrected content"); err != nil {
		workflow.GetLogger(ctx).Warn("corrected content not recorded", "error", err)
	}
}

// awaitSignature waits until the content, as it stands, is signed by whom it
// must be, or until there is nothing left to sign: what others have done at the
// registry is then the outcome.
func (f *filing) awaitSignature(ctx workflow.Context) (found *sluss.Outcome, err error) {
	if !f.unsigned() {
		return nil, nil
	}
	if f.stage != sluss.StageSignature || f.stages > 0 {
		f.stage, f.waiting, f.until = sluss.StageSignature, f.content.Obligation.Signer, time.Time{}
		f.recordStage(ctx, "")
	}
	f.upsert(ctx, Stage.ValueSet(string(f.stage)), WaitingFor.ValueSet(string(f.waiting)))
	f.describe(ctx)
	acted := func() bool { return !f.unsigned() || f.decision != nil }
	for err == nil && found == nil && !acted() {
		if err = workflow.Await(ctx, func() bool { return acted() || f.followed }); err == nil && !acted() {
			found, err = f.lookThere(ctx, acted)
		}
	}
	f.upsert(ctx, Stage.ValueSet(string(sluss.StageSending)), WaitingFor.ValueUnset())
	return found, err
}

// awaitPerson shows that the filing is blocked until somebody has acted.
func (f *filing) awaitPerson(ctx workflow.Context, stage sluss.FilingStage, acted func() bool) error {
	f.stage, f.waiting, f.until = stage, sluss.Officer, time.Time{}
	f.describe(ctx)
	f.recordStage(ctx, "")
	f.upsert(ctx, Stage.ValueSet(string(stage)), WaitingFor.ValueSet(string(f.waiting)), Blocked.ValueSet(true))
	f.tell(ctx)
	if err := workflow.Await(ctx, acted); err != nil {
		return err
	}
	f.stage, f.waiting, f.reasons, f.detail = sluss.StageSending, "", nil, ""
	if f.sendsAgain() {
		f.recordStage(ctx, "")
	}
	f.upsert(ctx, Stage.ValueSet(string(f.stage)), WaitingFor.ValueUnset(), Blocked.ValueSet(false))
	f.tell(ctx)
	return nil
}

// sendsAgain tells whether the filing goes on to send, after a person has acted.
func (f *filing) sendsAgain() bool {
	return f.decision == nil || f.decision.Kind == sluss.DecidedNotTaken || f.decision.Kind == sluss.DecidedAgain
}

// wait lets the time pass before which the registry, or its quota, takes
// nothing.
func (f *filing) wait(ctx workflow.Context, outcome sluss.Outcome) error {
	f.stage, f.detail = sluss.StageDeferred, outcome.Detail
	if f.queued != nil {
		return f.awaitTurn(ctx, *f.queued, sluss.ToSubmit)
	}
	return f.sleep(ctx, outcome.NotBefore, outcome.Detail)
}

func (f *filing) sleep(ctx workflow.Context, until time.Time, why string) error {
	f.until = until
	f.describe(ctx)
	f.recordStage(ctx, "")
	wait := until.Sub(workflow.Now(ctx))
	if wait <= 0 {
		return nil
	}
	summary := fmt.Sprintf("until %s: %s", until.Format("15:04:05 -07:00"), why)
	return workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: summary}).Get(ctx, nil)
}

// unsigned tells whether a signature is still wanted.
func (f *filing) unsigned() bool { return f.content.Obligation.Signer != "" && f.signature == nil }

func (f *filing) ended() bool {
	return f.stage == sluss.StageAccepted || f.stage == sluss.StageWithdrawn
}

// tell lets the batch know that the filing is blocked, or no longer.
func (f *filing) tell(ctx workflow.Context) {
	batch := workflow.GetInfo(ctx).ParentWorkflowExecution
	if batch == nil {
		return
	}
	// The batch may be gone (ended by an engineer); the filing goes on.
	if err := workflow.SignalExternalWorkflow(ctx, batch.ID, "", standSignal.Name, f.state()).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Warn("the batch was not told", "error", err)
	}
}

// recordStage writes where the filing stands, or a clock's mark, into the
// ledger.
func (f *filing) recordStage(ctx workflow.Context, mark sluss.Mark) {
	f.stages++
	stage := sluss.StageRecord{
		Filing: f.id, Number: f.stages, Stage: f.stage, Waiting: f.waiting, Until: f.until,
		Reasons: f.reasons, Detail: f.detail, Mark: mark, At: workflow.Now(ctx),
	}
	if err := f.record(ctx, act.RecordStage, stage, "record: "+string(f.stage)); err != nil {
		workflow.GetLogger(ctx).Warn("stage not recorded", "error", err)
	}
}

// state is the answer to the query.
func (f *filing) state() FilingState {
	s := FilingState{
		Filing: f.id, Obligation: f.content.Obligation, Stage: f.stage, Waiting: f.waiting, Until: f.until, Hash: f.hash,
		Reasons: f.reasons, Detail: f.detail, Overdue: f.overdue, Receipt: f.receipt,
	}
	if f.stage == sluss.StageSignature {
		s.Actions = append(s.Actions, Action{Kind: ActSign, Target: f.id, What: f.content.Obligation.Rule.Title, Role: f.waiting, Hash: f.hash})
	}
	if a, can := Correcting(f.id, f.batch, f.content.Obligation); can && f.stage == sluss.StageRejected {
		s.Actions = append(s.Actions, a)
	}
	for _, kind := range f.decisions() {
		s.Actions = append(s.Actions, Action{Kind: ActDecide, Target: f.id, What: string(kind), Role: sluss.Officer})
	}
	return s
}

// short is the beginning of a hash, enough to tell two apart.
func short(hash string) string { return hash[:min(len(hash), len("sha256:")+12)] }
