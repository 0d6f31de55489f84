package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// ended are the columns that say how a filing ended, for a filing_state s. "others" is
// true only if no submission of ours can have reached the registry.
const ended = `
    s.receipt, s.clearance,
    exists (select from answers a where a.filing = s.filing and a.kind = 'Accepted' and a.purpose = 'ask')
    and not exists (
        select from attempts t left join answers a on a.attempt = t.id
        where t.filing = s.filing and t.purpose = 'submit' and (a.attempt is null or a.kind in ('Unknown', 'Accepted'))
    ) as others,
    exists (select from stages m where m.filing = s.filing and m.mark = 'overdue') as overdue`

type endedRow struct {
	Receipt   *sluss.Receipt
	Clearance *sluss.Clearance
	Others    bool
	Overdue   bool
}

func (r endedRow) end(stage sluss.FilingStage) *sluss.FilingEnd {
	return &sluss.FilingEnd{Stage: stage, Receipt: r.Receipt, Clearance: r.Clearance, Others: r.Others}
}

// Quarterly results are obligations of a batch too, but its workflow does not file them.
const obligationsOf = `
select coalesce(s.duty, o.obligation) as obligation, s.filing is not null as opened, coalesce(s.open, true) as open,
    coalesce(s.stage, '') as stage, coalesce(s.waiting, '') as waiting, s.until, s.reasons, coalesce(s.detail, '') as detail, coalesce(s.hash, '') as hash,
    case when o.obligation->>'report' in ('clearance', 'preflight') then latest.declaration end as asked,
    case when s.filing is null then exists (select from corrections k where k.batch = o.batch)
        else latest.declaration <> now.declaration end as outdated,
    (select told from their_receipts t where t.batch = o.batch and t.obligation = o.id order by t.number desc limit 1) as theirs,
    (select count(*) from their_receipts t where t.batch = o.batch and t.obligation = o.id) as told,` + ended + `
from obligations o
join batches b on b.id = o.batch
left join filing_state s on s.batch = o.batch and s.obligation = o.id
left join lateral (select content->'declaration' as declaration from contents where filing = s.filing order by line desc limit 1) latest on true
cross join lateral (
    select coalesce((select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1), b.declaration) as declaration
) now
where o.batch = $1 and o.obligation->>'report' <> 'treatment'
order by o.line`

const eventsOf = `select event from current_events where batch = $1 order by line, place`

const keptOf = `select kept from open_kept_events where batch = $1 order by line`

// Changes that our own calls made to a document are left out.
const changedDocuments = `
select * from (` + documentsOf + `) d
where ` + notOurs + `
order by d.updated_at, d.id`

// batchSnapshot reads the state of a batch.
func (l *Ledger) batchSnapshot(ctx context.Context, id sluss.BatchID) (sluss.BatchSnapshot, error) {
	batch, err := l.Batch(ctx, id)
	if err != nil {
		return sluss.BatchSnapshot{}, err
	}
	s := sluss.BatchSnapshot{Declaration: batch.Declaration, Corrections: batch.Corrections, Closed: batch.Closed}
	events, err := many[struct{ Event sluss.Event }](ctx, l, "read the events", eventsOf, id)
	if err != nil {
		return s, err
	}
	for _, e := range events {
		s.Events = append(s.Events, e.Event)
	}
	if s.Closed != "" {
		return s, nil
	}
	kept, err := many[struct{ Kept sluss.KeptEvent }](ctx, l, "read the kept events", keptOf, id)
	if err != nil {
		return s, err
	}
	for _, k := range kept {
		s.Kept = append(s.Kept, k.Kept)
	}
	if err := l.db.GetContext(ctx, &s.Acts, `select `+actsOf+` from batches b where b.id = $1`, id); err != nil {
		return s, fmt.Errorf("count the acts: %w", err)
	}
	if s.Filings, err = l.obligations(ctx, s.Declaration); err != nil {
		return s, err
	}
	notes, err := l.FiledReports(ctx, id)
	if err != nil {
		return s, err
	}
	for _, n := range notes {
		amend(&s, n)
	}
	documents, err := many[documentRow](ctx, l, "read the documents", changedDocuments, id)
	if err != nil {
		return s, err
	}
	for _, d := range documents {
		s.Documents = append(s.Documents, d.Document)
	}
	return s, nil
}

func (l *Ledger) obligations(ctx context.Context, d sluss.Declaration) ([]sluss.ObligationSnapshot, error) {
	rows, err := many[struct {
		endedRow
		Obligation   sluss.Obligation
		Opened, Open bool
		Stage        sluss.FilingStage
		Waiting      sluss.Role
		Until        time.Time
		Reasons      []sluss.Reason
		Detail, Hash string
		Asked        *sluss.Declaration
		Outdated     bool
		Theirs       *sluss.TheirReceipt
		Told         int
	}](ctx, l, "read the obligations", obligationsOf, d.ID())
	if err != nil {
		return nil, err
	}
	list := make([]sluss.ObligationSnapshot, len(rows))
	for i, r := range rows {
		o := sluss.ObligationSnapshot{Obligation: now(d, r.Obligation), Opened: r.Opened, Hash: r.Hash, Overdue: r.Overdue, Asked: r.Asked, Told: r.Told}
		if o.Obligation.Theirs && r.Stage != sluss.StageAccepted {
			o.End = theirEnd(r.Theirs)
		} else if r.Open {
			o.Stage, o.Waiting, o.Until, o.Reasons, o.Detail, o.Outdated = r.Stage, r.Waiting, r.Until, r.Reasons, r.Detail, r.Outdated
		} else {
			o.End = r.end(r.Stage)
		}
		list[i] = o
	}
	return list, nil
}

// amend puts the current version of a report into the snapshot of its batch.
func amend(s *sluss.BatchSnapshot, n FiledReport) {
	if len(n.Versions) < 2 {
		return
	}
	if s.Versions == nil {
		s.Versions = map[sluss.ObligationID]*sluss.Receipt{}
	}
	s.Versions[n.Obligation] = n.Receipt
	if last, document := n.Latest(), sluss.RegistryOf(n.Registry).Document; n.Annulled != "" && document != "" {
		s.Annulment = &sluss.Decision{
			Kind: sluss.DecidedWithdrawn, Reason: "the " + document + " is annulled: " + last.Amendment.Reason, By: last.Amendment.By, At: last.At,
		}
	}
}

// A signature is valid as long as the content has not changed since.
const filingSnapshot = `
select s.open, s.stage, latest.receipts, sig.signature, coalesce(rejected.hash, '') as rejected,
    greatest(1, submitted.number, (select max(number) + 1 from decisions where filing = s.filing and kind in ('again', 'not-taken'))) as number,
    coalesce((select max(number) from stages where filing = s.filing), 0) as stages,
    (select count(*) from current_events where batch = s.batch) as events,
    coalesce((select max(number) from corrections where batch = s.batch), 0) as corrections,` + ended + `
from filing_state s
cross join lateral (
    select hash, content->'receipts' as receipts from contents where filing = s.filing order by line desc limit 1
) latest
cross join lateral (select max(number) as number from attempts where filing = s.filing and purpose = 'submit') submitted
left join lateral (
    select t.hash from answers a join attempts t on t.id = a.attempt
    where a.filing = s.filing and a.number = submitted.number and a.purpose = 'submit' and a.kind = 'Rejected'
        and not exists (select from decisions d where d.filing = s.filing and d.number = submitted.number and d.kind in ('again', 'not-taken'))
    limit 1
) rejected on true
left join lateral (
    select given.signature from (
        select line, signature, content_hash from signatures where filing = s.filing and refused = '' order by line desc limit 1
    ) given
    where given.content_hash = latest.hash
        and not exists (select from contents c where c.filing = s.filing and c.line > given.line and c.hash <> given.content_hash)
) sig on true
where s.filing = $1`

// FilingSnapshot reads the state of a filing.
func (l *Ledger) FilingSnapshot(ctx context.Context, filing sluss.FilingID) (sluss.FilingSnapshot, error) {
	r, opened, err := one[struct {
		endedRow
		Open                bool
		Stage               sluss.FilingStage
		Receipts            map[string]sluss.Receipt
		Signature           *sluss.Signature
		Rejected            string
		Number, Stages      int
		Events, Corrections int
	}](ctx, l, "read the state of "+string(filing), filingSnapshot, filing)
	if err != nil || !opened {
		return sluss.FilingSnapshot{}, err
	}
	s := sluss.FilingSnapshot{
		Opened: true, Receipts: r.Receipts, Signature: r.Signature, Number: r.Number, Rejected: r.Rejected, Stages: r.Stages,
		Overdue: r.Overdue, Events: r.Events, Corrections: r.Corrections,
	}
	if !r.Open {
		s.End = r.end(r.Stage)
	}
	return s, nil
}
