package workflows

import (
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// amended says that an accepted report was amended.
type amended struct {
	Obligation sluss.ObligationID `json:"obligation"`
	Receipt    *sluss.Receipt     `json:"receipt,omitempty"` // of the current version; nil: annulled
	// Withdraws is set if a whole document is annulled: its open filings are withdrawn.
	Withdraws *sluss.Decision `json:"withdraws,omitempty"`
}

// Amendment corrects or annuls one report that a registry has accepted, even long after
// its batch was closed. It is a filing of its own, with its own signature, submissions and
// outcome. It can be withdrawn until it is signed. If the batch is still open, it is told
// the current version.
func Amendment(ctx workflow.Context, in FilingInput) (FilingResult, error) {
	if in.Content.Amends == nil {
		return FilingResult{}, temporal.NewNonRetryableApplicationError("the content amends nothing", Refused, nil)
	}
	result, err := Filing(ctx, in)
	if err != nil || result.Stage != sluss.StageAccepted || in.Content.Amends.Double {
		return result, err
	}
	_, obligation, err := in.Content.Amends.Filing.Split()
	if err != nil {
		return result, temporal.NewNonRetryableApplicationError(err.Error(), Refused, nil)
	}
	news := amended{Obligation: obligation, Receipt: result.Receipt}
	if in.Content.Amends.Annul != "" {
		news.Receipt = nil
		if document := sluss.RegistryOf(in.Content.Obligation.Registry).Document; document != "" {
			a := in.Content.Amends
			news.Withdraws = &sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "the " + document + " is annulled: " + a.Reason, By: a.By, At: workflow.Now(ctx)}
		}
	}
	// The amendment is recorded, and most batches are closed by now: a failure is no error.
	if err := workflow.SignalExternalWorkflow(ctx, string(in.Batch), "", amendedSignal.Name, news).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Info("the batch was not told of the amendment", "error", err)
	}
	return result, nil
}

// amended stores the current version of a report. Filings that name the report later,
// or are not signed yet, name this version.
func (b *batch) amended(ctx workflow.Context, news amended) {
	if b.filings[news.Obligation] == nil {
		return
	}
	if b.versions == nil {
		b.versions = map[sluss.ObligationID]*sluss.Receipt{}
	}
	b.versions[news.Obligation] = news.Receipt
	b.filings[news.Obligation].state.Receipt = news.Receipt
	if news.Withdraws != nil {
		b.annul(ctx, *news.Withdraws)
		return
	}
	for _, id := range b.order {
		if o := b.filings[id]; o.runs() && slices.Contains(o.state.Obligation.After, string(news.Obligation)) {
			o.filing.receiptAmended(ctx, news)
		}
	}
	b.show(ctx)
}

// receipt is the current receipt of a filing of the batch; nil if it has none.
func (b *batch) receipt(obligation sluss.ObligationID) *sluss.Receipt {
	if version, amended := b.versions[obligation]; amended {
		return version
	}
	if o := b.filings[obligation]; o != nil {
		return o.result.Receipt
	}
	return nil
}

// receiptAmended stores the current version of a report that this filing names. A
// submission that is under way, or whose outcome is unknown, keeps the old receipt.
func (f *filing) receiptAmended(ctx workflow.Context, news amended) {
	if f.versions == nil {
		f.versions = map[sluss.ObligationID]*sluss.Receipt{}
	}
	f.versions[news.Obligation] = news.Receipt
	if f.stage == sluss.StageSignature {
		f.relink(ctx)
	}
}

// relink puts the current receipts into the content. A signature on the old content is
// void.
func (f *filing) relink(ctx workflow.Context) {
	if f.versions == nil {
		return
	}
	err := f.recorder.record(ctx, func() error {
		c := f.content
		c.Receipts = maps.Clone(f.content.Receipts)
		for _, obligation := range workflow.DeterministicKeys(f.versions) {
			if _, named := c.Receipts[string(obligation)]; !named {
				continue
			}
			if version := f.versions[obligation]; version != nil {
				c.Receipts[string(obligation)] = *version
			} else {
				delete(c.Receipts, string(obligation))
			}
		}
		f.versions = nil
		if f.ended() || c.Hash() == f.hash {
			return nil
		}
		return f.take(ctx, c)
	})
	if err != nil {
		workflow.GetLogger(ctx).Warn("the content with the current receipts was not recorded", "error", err)
	}
}

// mayAmend refuses new content if the amendment cannot change any more.
func (f *filing) mayAmend(ctx workflow.Context, c sluss.Content) error {
	o := f.content.Obligation
	switch {
	case f.content.Amends == nil:
		return fmt.Errorf("%s amends nothing: correct the batch", o.ID)
	case f.stage != sluss.StageSignature && f.stage != sluss.StageRejected || f.decision != nil:
		return fmt.Errorf("%s is %s: it cannot change now", o.ID, f.stage)
	case c.Amends == nil || c.Amends.Filing != f.content.Amends.Filing || c.Amends.Receipt != f.content.Amends.Receipt || c.Amends.Annul != f.content.Amends.Annul:
		return fmt.Errorf("%s amends another report, or in another way", o.ID)
	case c.Obligation.ID != o.ID:
		return fmt.Errorf("%s is another amendment than %s", c.Obligation.ID, o.ID)
	case c.Hash() == f.hash:
		return fmt.Errorf("%s says that already", o.ID)
	}
	return checkMoments(ctx, c)
}

// checkMoments refuses an amendment that gives an event an impossible time: in the
// future, or more than a year before all other events.
func checkMoments(ctx workflow.Context, c sluss.Content) (err error) {
	for i, e := range c.Events {
		path := "events." + string(e.ID()) + ".at"
		if _, amended := c.Amends.Set[path]; !amended {
			continue
		}
		others := sluss.Content{Events: slices.Delete(slices.Clone(c.Events), i, i+1)}.Began()
		if !others.IsZero() {
			others = others.AddDate(-1, 0, 0)
		}
		err = joinFaults(err, sluss.CheckActTime(path, e.At, others, workflow.Now(ctx)).Err())
	}
	return err
}

func (f *filing) applyContent(ctx workflow.Context, c sluss.Content) (FilingState, error) {
	err := f.take(ctx, c)
	return f.state(), err
}

// mayApprove refuses a signature on an amendment that is decided or impossible. It also
// refuses people who are not officers if they would approve their own amendment.
func (f *filing) mayApprove(ctx workflow.Context, s sluss.Signature) error {
	a, id := f.content.Amends, f.content.Obligation.ID
	switch {
	case a == nil:
		return nil
	case f.decision != nil:
		return fmt.Errorf("%s has been decided already", id)
	case s.Role != sluss.Officer && s.Person.Name == a.By.Name:
		return fmt.Errorf("%s was asked for by %s: another person must approve it", id, a.By.Name)
	}
	return checkMoments(ctx, f.content)
}

// DecisionsOf returns the decisions that a person may make about a filing now. An
// amendment that is not signed yet may be withdrawn.
func DecisionsOf(stage sluss.FilingStage, waiting sluss.Role, o sluss.Obligation) []sluss.DecisionKind {
	if _, n := o.ID.SplitAmendment(); stage == sluss.StageSignature && (n > 0 || o.Rule.ID == sluss.RuleRefusal) {
		return []sluss.DecisionKind{sluss.DecidedWithdrawn}
	}
	return Decisions(stage, waiting, o.Report)
}

// Correcting is the action that corrects a rejected filing. A quarterly result and an
// amendment are corrected themselves, any other filing through its batch. False for an
// annulment, which has nothing to correct.
func Correcting(filing sluss.FilingID, batch sluss.BatchID, o sluss.Obligation) (Action, bool) {
	a := Action{Kind: ActCorrect, Target: string(batch), What: "what " + o.Registry + " rejected", Role: sluss.Officer}
	if o.Report == sluss.ReportTreatment {
		a.Kind, a.Target = ActResults, string(filing)
	}
	_, amends := o.ID.SplitAmendment()
	if amends > 0 {
		a.Kind, a.Target = ActAmend, string(filing)
	}
	return a, amends == 0 || o.Rule.ID != sluss.RegistryOf(o.Registry).Annulment
}
