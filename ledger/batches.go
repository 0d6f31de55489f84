package ledger

import (
	"context"
	"encoding/json"
	"time"

	"sluss"
)

// pageSize is the length of a list if its filter gives none.
const pageSize = 100

// Batch is a batch as declared and corrected.
type Batch struct {
	ID          sluss.BatchID     `json:"id"`
	Declared    bool              `json:"declared"` // false: the ledger does not know it, and all else is zero
	Hash        string            `json:"hash"`     // of the declaration as first declared; see Hash
	Declaration sluss.Declaration `json:"declaration"`
	Corrections int               `json:"corrections"` // how many it has had
	DeclaredAt  time.Time         `json:"declared_at"`
	Closed      string            `json:"closed,omitempty"` // how: "treated", "refused"
	ClosedAt    time.Time         `json:"closed_at,omitzero"`
}

const batchByID = `
select b.id, true as declared, b.hash, b.declared_at, coalesce(c.how, '') as closed, c.at as closed_at,
    coalesce(k.declaration, b.declaration) as declaration, coalesce(k.number, 0) as corrections
from batches b
left join closings c on c.batch = b.id
left join lateral (select number, declaration from corrections where batch = b.id order by line desc limit 1) k on true
where b.id = $1`

// Batch returns the batch with that id (sluss.BatchID). An unknown batch is not an
// error; see Batch.Declared.
func (l *Ledger) Batch(ctx context.Context, id sluss.BatchID) (Batch, error) {
	batch, _, err := one[Batch](ctx, l, "read "+string(id), batchByID, id)
	batch.ID = id
	return batch, err
}

// BatchFilter chooses batches; a zero field chooses all.
type BatchFilter struct {
	Tenant  string
	Stage   string // as in BatchRow
	Waiting sluss.Role
	Overdue bool
	Limit   int   // 100 if it is 0
	After   int64 // Line of the last row of the page before
}

// BatchRow is a batch in a list.
type BatchRow struct {
	Line        int64         `json:"line"` // for BatchFilter.After
	ID          sluss.BatchID `json:"id"`
	Tenant      string        `json:"tenant"`
	Reference   string        `json:"reference"`
	Predecessor string        `json:"predecessor,omitempty"` // a reference
	Waste       sluss.Waste   `json:"waste"`                 // as corrected
	// Stage is the kind of the latest event (sluss.EventKind), "declared"
	// before the first one, "closed" at the end.
	Stage       string       `json:"stage"`
	Closed      string       `json:"closed,omitempty"` // how: "treated", "refused"
	Since       time.Time    `json:"since"`            // when that happened
	OpenFilings int          `json:"open_filings"`
	Waiting     []sluss.Role `json:"waiting,omitempty"` // the roles that open filings wait for
	NextDue     time.Time    `json:"next_due,omitzero"` // the next due time of an obligation that is not discharged
	Overdue     bool         `json:"overdue,omitempty"` // NextDue is past
	Blocked     bool         `json:"blocked,omitempty"` // a filing is rejected or unknown and waits for a person
	DeclaredAt  time.Time    `json:"declared_at"`
	// Theirs is how many obligations the parties themselves discharge without a receipt
	// that is known, and TheirDue the first due time of these.
	Theirs   int       `json:"theirs,omitempty"`
	TheirDue time.Time `json:"their_due,omitzero"`
}

// A page of batches is chosen from the smallest table that knows the filter, before
// anything else of them is read.
const (
	anyBatches = `
with page as materialized (
    select id, line from batches where ($1 = '' or tenant = $1) and ($2 = 0 or line < $2) order by line desc limit $3` + batchesOfPage

	closedBatches = `
with page as materialized (
    select b.id, b.line from closings c join batches b on b.id = c.batch
    where ($1 = '' or b.tenant = $1) and ($2 = 0 or c.declared < $2)
    order by c.declared desc limit $3` + batchesOfPage

	batchesWith = `
with page as materialized (
    select batch as id, line from open_batches
    where ($1 = '' or tenant = $1) and ($2 = 0 or line < $2) and ($4 = '' or stage = $4) and ($5 = '' or $5 = any (waiting)) and (not $6 or due < now())
    order by line desc limit $3` + batchesOfPage

	batchesOfPage = `
)
select l.line, l.id, tenant, reference, predecessor, waste, stage, how as closed, since, open_filings, to_jsonb(waiting) as waiting,
    next_due, overdue, blocked, declared_at, theirs.open as theirs, theirs.due as their_due
from page cross join lateral (select * from batch_list where id = page.id offset 0) l
cross join lateral (
    select count(*) as open, min((o.obligation->>'due')::timestamptz) as due from obligations o
    where o.batch = page.id and o.obligation ? 'theirs' and not exists (select from their_receipts where batch = o.batch and obligation = o.id)
        and not exists (select from filings where batch = o.batch and obligation = o.id)
) theirs
order by page.line desc`
)

// Batches lists batches, the latest declared first.
func (l *Ledger) Batches(ctx context.Context, f BatchFilter) ([]BatchRow, error) {
	query, args := f.statement()
	return many[BatchRow](ctx, l, "list batches", query, args...)
}

func (f BatchFilter) statement() (query string, args []any) {
	args = []any{f.Tenant, f.After, limit(f.Limit)}
	switch {
	case f.Waiting != "" || f.Overdue || f.Stage != "" && f.Stage != closed:
		return batchesWith, append(args, f.Stage, f.Waiting, f.Overdue)
	case f.Stage == closed:
		return closedBatches, args
	default:
		return anyBatches, args
	}
}

// closed is the stage of a batch after its end.
const closed = "closed"

func limit(given int) int {
	if given <= 0 {
		return pageSize
	}
	return given
}

// TimelineLine is one line of the record of a batch.
type TimelineLine struct {
	Line int64     `json:"line"` // counts over the whole ledger
	At   time.Time `json:"at"`   // when it was recorded
	// Kind is one of declared, event, event kept, obligation, content, amendment, stage, reminder,
	// overdue, held, released, attempt, answer, signature, correction, decision, revived, closed.
	Kind   string          `json:"kind"`
	Filing sluss.FilingID  `json:"filing,omitempty"` // empty: about the batch
	Text   string          `json:"text"`             // plain English, one line; it may contain names of persons
	Detail json.RawMessage `json:"detail,omitempty"` // the recorded value, where there is one
}

const timelineOf = `select line, at, kind, filing, text, detail from timeline where batch = $1 order by line`

// Timeline returns everything about a batch in the order in which it was recorded.
func (l *Ledger) Timeline(ctx context.Context, batch sluss.BatchID) ([]TimelineLine, error) {
	return many[TimelineLine](ctx, l, "read the timeline of "+string(batch), timelineOf, batch)
}

// LinkedBatch is a predecessor or successor of a batch.
type LinkedBatch struct {
	Batch     sluss.BatchID `json:"batch,omitempty"`     // the other batch; empty if it is another company's
	Reference string        `json:"reference,omitempty"` // its reference
	// Mass is how much of the one went into the other; nil if all of it did.
	Mass    *sluss.Mass `json:"mass,omitempty"`
	Receipt string      `json:"receipt,omitempty"` // of the last report on it, if another company filed that
}

// Chain is the predecessors and successors of a batch.
type Chain struct {
	Predecessors []LinkedBatch `json:"predecessors,omitempty"`
	Successors   []LinkedBatch `json:"successors,omitempty"`
}

const (
	predecessors = `
select case when predecessor <> '' then 'batch/' || tenant || '/' || predecessor else '' end as batch, predecessor as reference, mass, receipt
from chain where batch = $1`

	// Batches that name this one are found by index, including those whose declaration
	// was corrected since.
	successors = `
with this as (select tenant, reference from batches where id = $1),
named as (select jsonb_build_array(jsonb_build_object('reference', reference)) as list, tenant, reference from this),
candidates as (
    select b.id from batches b join named n on b.tenant = n.tenant and b.predecessor = n.reference and b.predecessor <> ''
    union select b.id from batches b join named n on b.declaration->'predecessors' @> n.list
    union select k.batch from corrections k join named n on k.declaration->'predecessors' @> n.list
    union select k.batch from corrections k join named n on k.declaration->>'predecessor' = n.reference and k.declaration->>'predecessor' <> ''
)
select c.batch, c.reference, c.mass, c.receipt
from candidates d cross join lateral (select * from chain where batch = d.id offset 0) c join this t on t.tenant = c.tenant and t.reference = c.predecessor
order by c.batch`
)

// Chain returns the predecessors and successors of a batch, by the corrected
// declarations.
func (l *Ledger) Chain(ctx context.Context, batch sluss.BatchID) (chain Chain, err error) {
	if chain.Predecessors, err = many[LinkedBatch](ctx, l, "read the chain of "+string(batch), predecessors, batch); err != nil {
		return Chain{}, err
	}
	chain.Successors, err = many[LinkedBatch](ctx, l, "read the chain of "+string(batch), successors, batch)
	return chain, err
}
