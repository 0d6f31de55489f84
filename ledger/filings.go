package ledger

import (
	"context"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// Filing is a filing and its state.
type Filing struct {
	ID         sluss.FilingID    `json:"id"`
	Line       int64             `json:"line"` // of the record; counts over the whole ledger
	Batch      sluss.BatchID     `json:"batch"`
	Tenant     string            `json:"tenant"`
	Reference  string            `json:"reference"`
	Registry   string            `json:"registry"`
	Obligation sluss.Obligation  `json:"obligation"` // with rule and due time, as in its latest content
	Hash       string            `json:"hash"`       // of that content, which a signature must name
	Stage      sluss.FilingStage `json:"stage"`
	Open       bool              `json:"open"`              // neither accepted nor withdrawn
	Waiting    sluss.Role        `json:"waiting,omitempty"` // the role it waits for
	Until      time.Time         `json:"until,omitzero"`    // when it goes on, if that is known
	Reasons    []sluss.Reason    `json:"reasons,omitempty"` // of the rejection, if it is rejected
	Detail     string            `json:"detail,omitempty"`
	Receipt    *sluss.Receipt    `json:"receipt,omitempty"` // from the registry, or from a person's decision
	Clearance  *sluss.Clearance  `json:"clearance,omitempty"`
	Since      time.Time         `json:"since"` // in this stage since
	OpenedAt   time.Time         `json:"opened_at"`
	AroseAt    time.Time         `json:"arose_at,omitzero"` // when its obligation was recorded; not of an amendment
	NotedAt    time.Time         `json:"noted_at,omitzero"` // when the event was noted that it follows from
	Due        time.Time         `json:"due,omitzero"`
	Overdue    bool              `json:"overdue,omitempty"`    // open, and Due is past
	Attempts   int               `json:"attempts"`             // calls so far
	Unanswered int               `json:"unanswered,omitempty"` // of these: under way, or interrupted
}

const filingColumns = `
    s.filing as id, s.line, s.batch, b.tenant, b.reference, s.registry, s.duty as obligation, s.hash, s.stage, s.open, s.waiting, s.until,
    s.reasons, s.detail, s.receipt, s.clearance, s.since, s.opened_at, s.due, s.overdue, s.attempts, s.unanswered,
    (select o.at from obligations o where o.batch = s.batch and o.id = s.obligation) as arose_at,
    (select (e.event->>'noted_at')::timestamptz from current_events e where e.batch = s.batch and e.id = s.duty->>'event') as noted_at`

const filingsOf = `select` + filingColumns + ` from filing_state s join batches b on b.id = s.batch where s.batch = $1 order by s.line`

// Filings returns all filings of a batch, in the order in which they were opened.
func (l *Ledger) Filings(ctx context.Context, batch sluss.BatchID) ([]Filing, error) {
	return many[Filing](ctx, l, "read the filings of "+string(batch), filingsOf, batch)
}

const filingByID = `select` + filingColumns + ` from filing_state s join batches b on b.id = s.batch where s.filing = $1`

// Filing returns one filing; false if there is none with that id.
func (l *Ledger) Filing(ctx context.Context, id sluss.FilingID) (Filing, bool, error) {
	return one[Filing](ctx, l, "read "+string(id), filingByID, id)
}

const filingsByID = `select` + filingColumns + ` from unnest($1::text[]) as wanted (id) cross join lateral (select * from filing_state where filing = wanted.id offset 0) s join batches b on b.id = s.batch`

// FilingsByID returns the filings with those ids that there are, by id.
func (l *Ledger) FilingsByID(ctx context.Context, ids []sluss.FilingID) (map[sluss.FilingID]Filing, error) {
	list, err := many[Filing](ctx, l, "read filings", filingsByID, pq.Array(ids))
	filings := make(map[sluss.FilingID]Filing, len(list))
	for _, f := range list {
		filings[f.ID] = f
	}
	return filings, err
}

// InboxFilter chooses filings that wait for a person; a zero field chooses all.
type InboxFilter struct {
	Tenant   string
	Waiting  sluss.Role
	Registry string
	Overdue  bool
	Limit    int // 100 if it is 0
	Skip     int // how many to pass over
}

// The filings of the page are chosen from few columns, before anything else is read.
// Offset 0 has the view evaluated for each of them, and not for all filings.
const listInbox = `
with page as materialized (
    select filing, line, due from open_filings
    where waiting <> '' and ($1 = '' or tenant = $1) and ($2 = '' or waiting = $2) and ($3 = '' or registry = $3) and (not $4 or due < now())
    order by due, line
    limit $5 offset $6
)
select` + filingColumns + `
from page cross join lateral (select * from filing_state where filing = page.filing offset 0) s join batches b on b.id = s.batch
order by page.due, page.line`

// Inbox lists the filings that wait for a person, the earliest due time first.
func (l *Ledger) Inbox(ctx context.Context, f InboxFilter) ([]Filing, error) {
	return many[Filing](ctx, l, "read the inbox", listInbox, f.Tenant, f.Waiting, f.Registry, f.Overdue, limit(f.Limit), max(f.Skip, 0))
}

const latestContent = `select content, hash from contents where filing = $1 order by line desc limit 1`

// Content returns the latest content of a filing with its hash; false if there is no
// filing with that id.
func (l *Ledger) Content(ctx context.Context, filing sluss.FilingID) (content sluss.Content, hash string, known bool, err error) {
	row, known, err := one[struct {
		Content sluss.Content
		Hash    string
	}](ctx, l, "read the content of "+string(filing), latestContent, filing)
	return row.Content, row.Hash, known, err
}

// Attempt is one call of a registry.
type Attempt struct {
	ID         string         `json:"id"`
	Filing     string         `json:"filing"` // its id, or that of what else has an Intent
	Number     int            `json:"number"` // of the submission
	Purpose    sluss.Purpose  `json:"purpose"`
	Registry   string         `json:"registry"`
	Hash       string         `json:"hash"`
	Calls      int            `json:"calls"` // how many calls it counts as
	Actor      string         `json:"actor"`
	ReservedAt time.Time      `json:"reserved_at"` // from when it was allowed
	At         time.Time      `json:"at"`          // when the intent was recorded
	Answered   bool           `json:"answered"`
	AnsweredAt time.Time      `json:"answered_at,omitzero"`
	Outcome    *sluss.Outcome `json:"outcome,omitempty"`
	Absent     bool           `json:"absent,omitempty"` // the registry was asked and had nothing
	Error      string         `json:"error,omitempty"`
	Exchange   sluss.Exchange `json:"exchange"`
}

const attemptsOf = `
select t.id, t.filing, t.number, t.purpose, t.registry, t.hash, t.calls, t.actor, t.reserved_at, t.at,
    a.attempt is not null as answered, a.at as answered_at, a.outcome, a.absent, a.error,
    a.operation as "exchange.operation", a.request as "exchange.request", a.status as "exchange.status", a.response as "exchange.response",
    a.tracking_id as "exchange.tracking_id", a.trace_id as "exchange.trace_id", a.started as "exchange.started", a.ended as "exchange.ended"
from attempts t left join answers a on a.attempt = t.id
where t.filing = $1
order by t.line`

// Attempts returns all calls made for a filing, or for what else has an Intent, in
// order, with their answers.
func (l *Ledger) Attempts(ctx context.Context, caller string) ([]Attempt, error) {
	return many[Attempt](ctx, l, "read the attempts of "+caller, attemptsOf, caller)
}

const mayBeTaken = `
select exists (
    select from attempts t left join answers a on a.attempt = t.id
    where t.filing = $1 and t.purpose = 'submit' and (a.attempt is null or coalesce(a.kind, '') not in ('Rejected', 'Deferred'))
) as taken`

// MayBeTaken tells whether the registry may have taken a submission of a filing: one was
// sent, and was neither rejected nor put off.
func (l *Ledger) MayBeTaken(ctx context.Context, filing sluss.FilingID) (bool, error) {
	row, _, err := one[struct{ Taken bool }](ctx, l, "look for submissions of "+string(filing), mayBeTaken, filing)
	return row.Taken, err
}
