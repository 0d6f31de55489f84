package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// signed handles a signature that came as a signal.
func (f *filing) signed(ctx workflow.Context, s sluss.Signature) {
	_, err := f.signs.handle(ctx, s)
	if why, is := refused(err); is {
		err = f.record(ctx, act.RecordSignature, sluss.SignatureRecord{Filing: f.id, Signature: s, Refused: why}, "record a refused signature")
	}
	if err != nil {
		workflow.GetLogger(ctx).Warn("signature not recorded", "error", err)
	}
}

// maySign refuses a signature that does not fit this filing.
func (f *filing) maySign(ctx workflow.Context, s sluss.Signature) error {
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
		return fmt.Errorf("the signature is on %s, but %s now has the content %s: read that, then sign it", short(s.ContentHash), o.ID, short(f.hash))
	case s.Person.Name == "":
		return fmt.Errorf("a signature needs the name of the person who signs")
	case s.At.IsZero():
		return fmt.Errorf("a signature needs the time at which it was given")
	}
	if err := f.complete(); err != nil {
		return err
	}
	return f.mayApprove(ctx, s)
}

func (f *filing) sign(ctx workflow.Context, s sluss.Signature) (FilingState, error) {
	signing, signed := f.submission(), activities.Signed{}
	signing.Submission.Signature = &s
	if err := f.act(ctx, act.Sign, signing, "record the signature", &signed); err != nil {
		return FilingState{}, err
	}
	f.signature = &s
	f.looks(signed.Place)
	return f.state(), nil
}

// mayDecide refuses a decision that cannot be made now.
func (f *filing) mayDecide(_ workflow.Context, d sluss.Decision) error {
	o := f.content.Obligation
	allowed := f.decisions()
	switch {
	case len(allowed) == 0:
		return fmt.Errorf("%s is %s: there is nothing to decide", o.ID, f.stage)
	case !slices.Contains(allowed, d.Kind):
		return fmt.Errorf("%s is %s: %q cannot be decided, only %q", o.ID, f.stage, d.Kind, allowed)
	case f.decision != nil:
		return fmt.Errorf("%s has been decided already", o.ID)
	case d.By.Name == "":
		return fmt.Errorf("a decision needs the name of the person who makes it")
	case d.Reason == "":
		return fmt.Errorf("a decision needs its reason: how do you know?")
	case d.Kind == sluss.DecidedOverride:
		return f.mayOverride(d)
	case d.Kind == sluss.DecidedTaken && d.Receipt == "":
		return fmt.Errorf("if %s accepted it, give its receipt", o.Registry)
	case d.Kind == sluss.DecidedTaken:
		return obligations.CheckReceipt(o.Registry, d.Receipt).Err()
	}
	return nil
}

// mayOverride refuses an override by a person who may not make it, or of other content
// than the refused one.
func (f *filing) mayOverride(d sluss.Decision) error {
	var may []sluss.Role
	switch {
	case f.clearance != nil:
		may = f.clearance.OverrideBy
	case f.content.Obligation.Report == sluss.ReportPreflight: // the registry has the last word
		may = []sluss.Role{sluss.Officer}
	}
	switch {
	case len(may) == 0:
		return fmt.Errorf("nobody may override this refusal: use other vehicles, or have the fault fixed")
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

// decisions are the ones that a person may make now.
func (f *filing) decisions() []sluss.DecisionKind {
	if f.stage == sluss.StageSignature && !f.unsigned() { // it is being sent
		return nil
	}
	return DecisionsOf(f.stage, f.waiting, f.content.Obligation)
}

func (f *filing) decide(ctx workflow.Context, d sluss.Decision) (FilingState, error) {
	settled := sluss.DecisionRecord{Filing: f.id, Number: f.number, Decision: d}
	if err := f.act(ctx, act.RecordDecision, settled, "record the decision", nil); err != nil {
		return FilingState{}, err
	}
	f.decision = &d
	return f.state(), nil
}

// corrected handles messages of the batch about a correction: first that it is being
// recorded, then the corrected content. A signature on the old content is void.
func (f *filing) corrected(ctx workflow.Context, r contentUpdate) {
	if r.Content == nil {
		f.held = r.Recording
		return
	}
	err := f.recorder.record(ctx, func() error {
		f.held = r.Recording
		c := *r.Content
		c.Receipts = f.content.Receipts
		if f.ended() || c.Hash() == f.hash {
			return nil
		}
		return f.take(ctx, c)
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("corrected content not recorded", "error", err)
	}
}

// take gives the filing new content, while nothing else is being recorded.
func (f *filing) take(ctx workflow.Context, c sluss.Content) error {
	f.content, f.hash, f.signature = c, c.Hash(), nil
	if f.unsigned() && f.stage == sluss.StageSignature {
		f.waiting = f.content.Obligation.Signer
	}
	f.show(ctx)
	return f.record(ctx, act.OpenFiling, f.opened(ctx), "record the corrected content")
}

// awaitSignature waits until the current content is signed by the right role. If others
// have done it at the registry, there is nothing left to sign, and found is the outcome.
func (f *filing) awaitSignature(ctx workflow.Context) (found *sluss.Outcome, err error) {
	if !f.unsigned() {
		return nil, nil
	}
	if f.stage != sluss.StageSignature || f.stages > 0 {
		f.stage, f.waiting, f.until = sluss.StageSignature, f.content.Obligation.Signer, time.Time{}
		f.recordStage(ctx, "")
	}
	f.rests = true
	f.show(ctx)
	acted := func() bool { return !f.unsigned() || f.decision != nil }
	for err == nil && found == nil && !acted() {
		if err = f.await(ctx, func() bool { return acted() || f.changedByOthers }); err == nil && !acted() {
			found, err = f.checkAtRegistry(ctx, acted)
		}
	}
	f.rests = false
	if !f.unsigned() {
		f.waiting = ""
	}
	return found, err
}

// awaitPerson shows that the filing is blocked, and waits until a person has acted.
func (f *filing) awaitPerson(ctx workflow.Context, stage sluss.FilingStage, acted func() bool) error {
	f.stage, f.waiting, f.until, f.rests = stage, sluss.Officer, time.Time{}, true
	f.show(ctx)
	f.recordStage(ctx, "")
	if err := f.await(ctx, acted); err != nil {
		return err
	}
	f.stage, f.waiting, f.reasons, f.detail = sluss.StageSending, "", nil, ""
	if f.sendsAgain() {
		f.recordStage(ctx, "")
	}
	f.show(ctx)
	return nil
}

// sendsAgain tells whether the filing sends again after a person has acted.
func (f *filing) sendsAgain() bool {
	return f.decision == nil || f.decision.Kind == sluss.DecidedNotTaken || f.decision.Kind == sluss.DecidedAgain
}

// unsigned tells whether a signature is missing.
func (f *filing) unsigned() bool { return f.content.Obligation.Signer != "" && f.signature == nil }

func (f *filing) ended() bool {
	return f.stage == sluss.StageAccepted || f.stage == sluss.StageWithdrawn
}

// recordStage records the stage of the filing, or a mark.
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
		s.Actions = append(s.Actions, Action{Kind: ActSign, Target: string(f.id), What: f.content.Obligation.Rule.Title, Role: f.waiting, Hash: f.hash})
	}
	if a, can := Correcting(f.id, f.batch, f.content.Obligation); can && f.stage == sluss.StageRejected {
		s.Actions = append(s.Actions, a)
	}
	for _, kind := range f.decisions() {
		s.Actions = append(s.Actions, Action{Kind: ActDecide, Target: string(f.id), What: string(kind), Role: sluss.Officer})
	}
	return s
}

// short is the beginning of a hash, long enough to distinguish two.
func short(hash string) string { return hash[:min(len(hash), len("sha256:")+12)] }
