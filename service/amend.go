package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	"sluss/workflows"
)

// Amending is what a person asks for: to correct what a registry took, or to
// annul it.
type Amending struct {
	Set   map[string]string `json:"set,omitempty"`   // path -> value as text; see sluss.Content.Corrected
	Annul sluss.AnnulReason `json:"annul,omitempty"` // why it is annulled; empty: it is corrected
	// Receipt is of another note, unknown to the ledger, that tells the same: it is
	// annulled as sent-twice, and the filing's own stands. Empty: the filing's own.
	Receipt string       `json:"receipt,omitempty"`
	Reason  string       `json:"reason"`
	By      sluss.Person `json:"by"`
}

// Amended is what became of it.
type Amended struct {
	Filing  string     `json:"filing"`  // of the amendment, to be signed and decided as any
	Note    string     `json:"report"`  // the filing that it amends
	Receipt string     `json:"receipt"` // of the version that it amends
	Hash    string     `json:"hash"`    // of its content: what a signature must be on
	Waiting sluss.Role `json:"waiting"` // whose signature it waits for
	Fresh   bool       `json:"fresh"`   // false: it was asked for before, and goes on with this content
}

// Amend corrects or annuls a note that the Swedish registry took, or asks the
// other parties of a French BSDD for a revision or its cancellation, as a filing
// of its own that is sent once it is signed, also long after its batch has
// closed. The filing is that of the note or of any amendment of it. Asked again
// while a correction still waits for its signature, or was rejected, it is that
// correction which changes. The error is Faults, all at once, or a Refusal with
// them where the note cannot be amended as things stand: each says what to do
// instead. The same again while it waits changes nothing.
func (sv *Service) Amend(ctx context.Context, filing string, asked Amending) (Amended, error) {
	m, err := sv.amendable(ctx, filing)
	if err != nil {
		return Amended{}, err
	}
	content, faults, err := m.amended(ctx, sv.Ledger, asked)
	m.lookAtBSDD(asked, content.Declaration.Origin)
	switch {
	case err != nil:
		return Amended{}, err
	case len(m.obstacles) > 0:
		faults = append(m.obstacles, faults...)
		return Amended{}, &Refusal{Why: faults.Error(), Faults: faults}
	case len(faults) > 0:
		return Amended{}, faults
	}
	o := content.Obligation
	done := Amended{
		Filing: filingAs(m.note.Batch, o.ID), Note: m.note.ID, Receipt: content.Amends.Receipt, Hash: content.Hash(), Waiting: o.Signer, Fresh: m.pending == nil,
	}
	if m.pending == nil {
		return done, sv.start(ctx, done.Filing, m.note.Batch, content)
	}
	if m.pending.Hash == done.Hash {
		return done, nil
	}
	// From one content to another and back are two acts.
	_, err = updateAs(ctx, sv, done.Filing, workflows.AmendUpdate, content, []string{m.pending.Hash, done.Hash})
	return done, err
}

// start starts the amendment. One of that number that is there already says the
// same, or somebody else was faster.
func (sv *Service) start(ctx context.Context, id, batch string, content sluss.Content) error {
	o := content.Obligation
	_, err := sv.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.Queue,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            o.ID + " (" + o.Registry + ")",
		StaticDetails:                            workflows.AmendmentDetails(batch, o),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.Stage.ValueSet(string(sluss.StageSignature)), workflows.WaitingFor.ValueSet(string(o.Signer)), workflows.Registry.ValueSet(o.Registry),
			workflows.Country.ValueSet(o.Rule.Country), workflows.Blocked.ValueSet(false), workflows.Overdue.ValueSet(false),
		),
	}, workflows.Amendment, workflows.FilingInput{Batch: batch, Content: content, Policy: sv.Policy})
	already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil)
	if !errors.As(err, &already) {
		return err
	}
	var state FilingState
	value, err := sv.Temporal.QueryWorkflow(ctx, id, "", workflows.FilingQuery.Name)
	if err == nil {
		err = value.Get(&state)
	}
	if err != nil {
		return explained(err, id)
	}
	if state.Hash != content.Hash() {
		return &Refusal{Why: id + " was just asked for, with other content: look at it, then ask again"}
	}
	return nil
}

// amendment is what there is to know before a note is amended.
type amendment struct {
	note      ledger.Filing
	filings   []ledger.Filing // of its batch
	notes     []ledger.Note   // of its batch
	latest    *ledger.Note    // of them, the note; nil where no registry took it
	pending   *ledger.Filing  // a correction that is open
	number    int             // of the next amendment, or of the pending one
	obstacles sluss.Faults    // why it cannot be amended
}

// amendable looks at the note and at the amendments that there were.
func (sv *Service) amendable(ctx context.Context, filing string) (*amendment, error) {
	batch, id, err := sluss.SplitFilingID(filing)
	if err != nil {
		return nil, fmt.Errorf("%w filing: %w", ErrNoSuch, err)
	}
	base, _ := sluss.SplitAmendmentID(id)
	filings, err := sv.filings(ctx, batch)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(filings, func(f ledger.Filing) bool { return f.Obligation.ID == base })
	if at < 0 {
		return nil, fmt.Errorf("%w filing as %s: `starter show` lists those of the batch", ErrNoSuch, filing)
	}
	m := &amendment{note: filings[at], filings: filings, number: 1}
	if m.notes, err = sv.Ledger.Notes(ctx, batch); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(m.notes, func(n ledger.Note) bool { return n.Filing == m.note.ID }); i >= 0 {
		m.latest = &m.notes[i]
	}
	for _, f := range filings {
		if of, n := sluss.SplitAmendmentID(f.Obligation.ID); n > 0 && of == base {
			m.number = n + 1
			if f.Open {
				m.number, m.pending = n, &f
			}
		}
	}
	m.look()
	return m, nil
}

// look says what keeps the note from being amended, and what to do instead.
func (m *amendment) look() {
	id := m.note.Obligation.ID
	against := func(problem, remedy string) {
		m.obstacles = append(m.obstacles, sluss.Fault{Field: "filing", Problem: problem, Remedy: remedy})
	}
	switch {
	case m.note.Registry == sluss.Autosys || m.note.Obligation.Report == sluss.ReportPreflight:
		against(id+" is a question to "+m.note.Registry+": nothing was filed", "correct the batch, and it is asked again")
	case m.note.Open:
		against(fmt.Sprintf("%s is %s: no registry has it yet", id, m.note.Stage), "correct the batch with `starter correct`: the filing goes on with what is right")
	case m.latest == nil:
		against(fmt.Sprintf("%s is %s: nothing was filed", id, m.note.Stage), "declare the batch anew under a reference of its own if it must be reported after all")
	case m.latest.Annulled != "" && m.note.Registry == sluss.Trackdechets:
		against("the BSDD is annulled: nothing of it can change", "declare the batch anew under a reference of its own if the waste still is to go")
	case m.latest.Annulled != "":
		against(fmt.Sprintf("%s is annulled (%s): the registry takes no correction of it", id, m.latest.Annulled), "declare a batch with what is right under a reference of its own")
	}
	if p := m.pending; p != nil && p.Stage != sluss.StageSignature && p.Stage != sluss.StageRejected {
		against(fmt.Sprintf("%s is %s", p.Obligation.ID, p.Stage), "wait until it is settled, then ask again")
	}
}

// amended is the content that amends the note, with what is wrong with it.
func (m *amendment) amended(ctx context.Context, l *ledger.Ledger, asked Amending) (sluss.Content, sluss.Faults, error) {
	from := m.note.ID
	if m.latest != nil {
		from = m.latest.Latest().Filing
	}
	filed, _, _, err := l.Content(ctx, from)
	if err != nil {
		return filed, nil, err
	}
	a := sluss.Amendment{Filing: m.note.ID, Annul: asked.Annul, Set: asked.Set, Reason: strings.TrimSpace(asked.Reason), By: asked.By}
	if m.latest != nil {
		a.Receipt = m.latest.Latest().Receipt.ID
	}
	if asked.Receipt != "" && asked.Receipt != a.Receipt {
		a.Receipt, a.Double = asked.Receipt, true
		if err := m.double(ctx, l, a); err != nil {
			return filed, nil, err
		}
	}
	if m.pending != nil {
		before, _, _, err := l.Content(ctx, m.pending.ID)
		if err != nil {
			return filed, nil, err
		}
		m.join(before.Amends, &a)
	}
	if filed.Receipts, err = m.receipts(ctx, l, filed); err != nil {
		return filed, nil, err
	}
	content, err := obligations.Amend(filed, m.number, a)
	faults, told := errors.AsType[sluss.Faults](err)
	if err != nil && !told {
		return content, nil, err
	}
	if a.Annul == "" {
		faults = beside(faults, without(avfallsregistret.Check(content), avfallsregistret.Check(filed)))
	}
	return content, faults, nil
}

// join adds what a correction that is still open changed before.
func (m *amendment) join(before, a *sluss.Amendment) {
	if before == nil || before.Annul != "" || a.Annul != "" {
		if before == nil || before.Annul != a.Annul || before.Receipt != a.Receipt {
			m.obstacles = append(m.obstacles, sluss.Fault{
				Field: "filing", Problem: m.pending.Obligation.ID + " is open, and amends the note otherwise",
				Remedy: "decide it withdrawn with `starter decide`, then ask again",
			})
		}
		return
	}
	set := map[string]string{}
	maps.Copy(set, before.Set)
	maps.Copy(set, a.Set)
	a.Set = set
}

// double sees to it that what is annulled as a double is no receipt of ours: such
// a note is annulled by its own filing.
func (m *amendment) double(ctx context.Context, l *ledger.Ledger, a sluss.Amendment) error {
	ours, err := l.Receipts(ctx)
	for _, r := range ours {
		if strings.EqualFold(r.ID, a.Receipt) && r.Registry == m.note.Registry {
			m.obstacles = append(m.obstacles, sluss.Fault{
				Field: "receipt", Problem: r.ID + " is the receipt of " + r.Filing, Remedy: "annul that filing, without a receipt",
			})
			break
		}
	}
	return err
}

// receipts are those that the note names, in the versions that count now.
func (m *amendment) receipts(ctx context.Context, l *ledger.Ledger, filed sluss.Content) (map[string]sluss.Receipt, error) {
	now := map[string]sluss.Receipt{}
	for id := range filed.Receipts {
		filing := id
		if _, _, err := sluss.SplitFilingID(id); err != nil {
			filing = filingAs(m.note.Batch, id)
		}
		receipt, _, err := l.Receipt(ctx, filing)
		if err != nil {
			return nil, err
		}
		if receipt != nil {
			now[id] = *receipt
		}
	}
	if len(now) == 0 {
		return nil, nil // it names none
	}
	return now, nil
}

// filingAs is the filing of an obligation of a batch.
func filingAs(batch, obligation string) string {
	return sluss.FilingOf(batch, obligation)
}
