package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Amending is a person's request to correct or annul a report that a registry has
// accepted.
type Amending struct {
	Set map[string]string `json:"set,omitempty"` // path -> value as text; see sluss.Content.Corrected
	// Remove and Add are list items, as in sluss.Correction.
	Remove []string                   `json:"remove,omitempty"`
	Add    map[string]json.RawMessage `json:"add,omitempty"`
	Annul  sluss.AnnulReason          `json:"annul,omitempty"` // why it is annulled; empty: it is corrected
	// Receipt is that of another note, unknown to the ledger, that reports the same:
	// that note is annulled as sent-twice, and the filing's own is not. Empty: the
	// receipt of the filing.
	Receipt string       `json:"receipt,omitempty"`
	Reason  string       `json:"reason"`
	By      sluss.Person `json:"by"`
}

// Amended is the result of the request.
type Amended struct {
	Filing  sluss.FilingID `json:"filing"`  // of the amendment, to be signed and decided as any
	Note    sluss.FilingID `json:"report"`  // the filing that it amends
	Receipt string         `json:"receipt"` // of the version that it amends
	Hash    string         `json:"hash"`    // of its content: what a signature must be on
	Waiting sluss.Role     `json:"waiting"` // whose signature it waits for
	Fresh   bool           `json:"fresh"`   // false: it was asked for before, and goes on with this content
}

// Amend corrects or annuls a note that the Swedish registry has accepted, or asks the
// other parties of a French BSDD for a revision or its cancellation. The amendment is
// a filing of its own that is sent once it is signed, even long after its batch has
// closed. filing is the note's filing or any amendment of it. If a correction still
// waits for its signature, or was rejected, Amend changes that correction; the same
// request again changes nothing. The error is Faults, or a Refusal with faults if the
// note cannot be amended in its present state. Each fault says what to do instead.
func (sv *Service) Amend(ctx context.Context, filing sluss.FilingID, request Amending) (Amended, error) {
	if faults := tooLarge(sluss.Correction{Set: request.Set, Remove: request.Remove, Add: request.Add}); len(faults) > 0 {
		return Amended{}, faults
	}
	m, err := sv.amendable(ctx, filing)
	if err != nil {
		return Amended{}, err
	}
	content, faults, err := m.amended(ctx, sv.Ledger, request)
	m.lookAtBSDD(request, content.Declaration.Origin)
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
		Filing: m.note.Batch.Filing(o.ID), Note: m.note.ID, Receipt: content.Amends.Receipt, Hash: content.Hash(), Waiting: o.Signer, Fresh: m.pending == nil,
	}
	if m.pending == nil {
		if err := sv.start(ctx, done.Filing, m.note.Batch, content); err != nil {
			return done, err
		}
		return done, sv.waitUntilShown(ctx, done.Filing, done.Hash)
	}
	if m.pending.Hash == done.Hash {
		return done, nil
	}
	// A change from one content to another, and the change back, are two acts.
	if _, err = updateFiling(ctx, sv, done.Filing, workflows.AmendUpdate, content, []string{m.pending.Hash, done.Hash}); err != nil {
		return done, err
	}
	return done, sv.waitUntilShown(ctx, done.Filing, done.Hash)
}

// beforeShown is how long an amendment may take until the ledger shows it.
const beforeShown = 2 * time.Second

// waitUntilShown waits until the ledger shows a filing with a content, so that whoever signs it next finds it there. If that
// takes long it is shown later, which is no fault of the request.
func (sv *Service) waitUntilShown(ctx context.Context, id sluss.FilingID, hash string) error {
	for end := time.Now().Add(beforeShown); time.Now().Before(end); {
		f, known, err := sv.Ledger.Filing(ctx, id)
		if err != nil || (known && f.Hash == hash) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause / 4):
		}
	}
	return nil
}

// start starts the amendment. If one of that number exists already, it must have the
// same content; otherwise another request came first.
func (sv *Service) start(ctx context.Context, id sluss.FilingID, batch sluss.BatchID, content sluss.Content) error {
	o := content.Obligation
	_, err := sv.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: string(id), TaskQueue: workflows.Queue,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            string(o.ID) + " (" + o.Registry + ")",
		StaticDetails:                            workflows.AmendmentDetails(batch, o),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.Stage.ValueSet(string(sluss.StageSignature)), workflows.WaitingFor.ValueSet(string(o.Signer)), workflows.Registry.ValueSet([]string{o.Registry}),
			workflows.Country.ValueSet(o.Rule.Country), workflows.Blocked.ValueSet(false), workflows.Overdue.ValueSet(false),
		),
	}, workflows.Amendment, workflows.FilingInput{Batch: batch, Content: content, Policy: sv.Policy})
	already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil)
	if !errors.As(err, &already) {
		return err
	}
	var state FilingState
	value, err := sv.Temporal.QueryWorkflow(ctx, string(id), "", workflows.FilingQuery.Name, id)
	if err == nil {
		err = value.Get(&state)
	}
	if err != nil {
		return explained(err, string(id))
	}
	if state.Hash != content.Hash() {
		return &Refusal{Why: string(id) + " was just created by somebody else, with other content: look at it, then try again"}
	}
	return nil
}

// amendment is what must be known before a note is amended.
type amendment struct {
	note      ledger.Filing
	filings   []ledger.Filing      // of its batch
	notes     []ledger.FiledReport // of its batch
	latest    *ledger.FiledReport  // the note itself, of notes; nil if no registry has accepted it
	pending   *ledger.Filing       // a correction that is open
	number    int                  // of the next amendment, or of the pending one
	obstacles sluss.Faults         // why it cannot be amended
}

// amendable reads the note and its amendments so far.
func (sv *Service) amendable(ctx context.Context, filing sluss.FilingID) (*amendment, error) {
	batch, id, err := filing.Split()
	if err != nil {
		return nil, fmt.Errorf("%w filing: %w", ErrNoSuch, err)
	}
	base, _ := id.SplitAmendment()
	filings, err := sv.filings(ctx, batch)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(filings, func(f ledger.Filing) bool { return f.Obligation.ID == base })
	if at < 0 {
		return nil, fmt.Errorf("%w filing as %s: `starter show` lists those of the batch", ErrNoSuch, filing)
	}
	m := &amendment{note: filings[at], filings: filings, number: 1}
	if m.notes, err = sv.Ledger.FiledReports(ctx, batch); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(m.notes, func(n ledger.FiledReport) bool { return n.Filing == m.note.ID }); i >= 0 {
		m.latest = &m.notes[i]
	}
	for _, f := range filings {
		if of, n := f.Obligation.ID.SplitAmendment(); n > 0 && of == base {
			m.number = n + 1
			if f.Open {
				m.number, m.pending = n, &f
			}
		}
	}
	m.findObstacles()
	return m, nil
}

// findObstacles finds what prevents the note from being amended, and what to do instead.
func (m *amendment) findObstacles() {
	id, registry := m.note.Obligation.ID, sluss.RegistryOf(m.note.Registry)
	document := registry.Document
	against := func(problem, remedy string) {
		m.obstacles = append(m.obstacles, sluss.Fault{Field: "filing", Problem: problem, Remedy: remedy})
	}
	switch {
	case !registry.Amends() || m.note.Obligation.Report == sluss.ReportPreflight:
		against(string(id)+" is a question to "+m.note.Registry+": nothing was filed", "correct the batch, and it is asked again")
	case m.note.Open:
		against(fmt.Sprintf("%s is %s: no registry has it yet", id, m.note.Stage), "correct the batch with `starter correct`: the filing goes on with what is right")
	case m.latest == nil:
		against(fmt.Sprintf("%s is %s: nothing was filed", id, m.note.Stage), "declare the batch anew under another reference if it must be reported after all")
	case m.latest.Annulled != "" && document != "":
		against("the "+document+" is annulled and cannot be changed", "declare the batch anew under another reference if the waste is still to be moved")
	case m.latest.Annulled != "":
		against(fmt.Sprintf("%s is annulled (%s): the registry accepts no correction of it", id, m.latest.Annulled), "declare a batch with the right data under another reference")
	}
	if p := m.pending; p != nil && p.Stage != sluss.StageSignature && p.Stage != sluss.StageRejected {
		against(fmt.Sprintf("%s is %s", p.Obligation.ID, p.Stage), "wait until it is settled, then try again")
	}
}

// amended is the content that amends the note, with its faults. It is empty if nothing was
// filed, which is an obstacle.
func (m *amendment) amended(ctx context.Context, l *ledger.Ledger, request Amending) (sluss.Content, sluss.Faults, error) {
	if !sluss.RegistryOf(m.note.Registry).Amends() {
		return sluss.Content{}, nil, nil
	}
	from := m.note.ID
	if m.latest != nil {
		from = m.latest.Latest().Filing
	}
	filed, _, _, err := l.Content(ctx, from)
	if err != nil {
		return filed, nil, err
	}
	a := sluss.Amendment{Filing: m.note.ID, Annul: request.Annul, Set: request.Set, Remove: request.Remove, Add: request.Add, Reason: strings.TrimSpace(request.Reason), By: request.By}
	if m.latest != nil {
		a.Receipt = m.latest.Latest().Receipt.ID
	}
	if request.Receipt != "" && request.Receipt != a.Receipt {
		a.Receipt, a.Double = request.Receipt, true
		if err := m.double(ctx, l, a); err != nil {
			return filed, nil, err
		}
	}
	if m.pending != nil {
		before, _, _, err := l.Content(ctx, m.pending.ID)
		if err != nil {
			return filed, nil, err
		}
		m.join(filed, before.Amends, &a)
	}
	if filed.Receipts, err = m.receipts(ctx, l, filed); err != nil {
		return filed, nil, err
	}
	content, err := obligations.Amend(filed, m.number, a)
	faults, faulty := errors.AsType[sluss.Faults](err)
	if err != nil && !faulty {
		return content, nil, err
	}
	if a.Annul != "" {
		return content, faults, nil
	}
	refused, err := refusableContent(content)
	if err != nil {
		return content, nil, err
	}
	before, err := refusableContent(filed)
	now := time.Now()
	doubts := without(obligations.Doubt(content.Declaration, now), obligations.Doubt(filed.Declaration, now))
	return content, mergeFaults(mergeFaults(faults, without(refused, before)), doubts), err
}

// join adds the changes of a correction that is still open.
func (m *amendment) join(filed sluss.Content, before, a *sluss.Amendment) {
	if before == nil || before.Annul != "" || a.Annul != "" {
		if before == nil || before.Annul != a.Annul || before.Receipt != a.Receipt {
			m.obstacles = append(m.obstacles, sluss.Fault{
				Field: "filing", Problem: string(m.pending.Obligation.ID) + " is open, and amends the note in another way",
				Remedy: "decide it withdrawn with `starter decide`, then try again",
			})
		}
		return
	}
	set := map[string]string{}
	maps.Copy(set, before.Set)
	maps.Copy(set, a.Set)
	if len(before.Remove)+len(before.Add)+len(a.Remove)+len(a.Add) == 0 {
		a.Set = set
		return
	}
	first, err := filed.Changed(before.Change())
	if err != nil {
		return // the one that is open does not fit any more: this one replaces it
	}
	both, err := first.Changed(a.Change())
	if err != nil {
		return // told when it is applied
	}
	all := filed.Declaration.Changes(both.Declaration)
	maps.DeleteFunc(set, func(path, _ string) bool {
		return !strings.HasPrefix(path, "events.") && !strings.HasPrefix(path, "result.")
	})
	maps.Copy(all.Set, set)
	a.Set, a.Remove, a.Add = all.Set, all.Remove, all.Add
}

// double refuses to annul one of our own receipts as a double: such a note must be
// annulled by its own filing.
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

// receipts are the receipts that the note refers to, in their current versions.
func (m *amendment) receipts(ctx context.Context, l *ledger.Ledger, filed sluss.Content) (map[string]sluss.Receipt, error) {
	now := map[string]sluss.Receipt{}
	for id := range filed.Receipts {
		filing, err := sluss.ParseFilingID(id)
		if err != nil { // the id of an obligation of this batch
			filing = m.note.Batch.Filing(m.current(sluss.ObligationID(id)))
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

// current is the id of the last filing of an obligation of the batch: what was annulled and
// is owed anew has one of its own.
func (m *amendment) current(id sluss.ObligationID) sluss.ObligationID {
	last := 0
	for _, f := range m.filings {
		if first, n := f.Obligation.ID.SplitAgain(); first == id && n > last {
			id, last = first, n
		}
	}
	if last < 2 {
		return id
	}
	return id.Again(last)
}
