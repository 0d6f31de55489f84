package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sluss"
)

// Filing is where a filing stands.
type Filing struct {
	ID         string            `json:"id"`
	Line       int64             `json:"line"` // of the record; counts over the whole ledger
	Batch      string            `json:"batch"`
	Tenant     string            `json:"tenant"`
	Reference  string            `json:"reference"`
	Registry   string            `json:"registry"`
	Obligation sluss.Obligation  `json:"obligation"` // with rule and due time, as in its latest content
	Hash       string            `json:"hash"`       // of that content: what a signature must be on
	Stage      sluss.FilingStage `json:"stage"`
	Open       bool              `json:"open"`              // neither accepted nor withdrawn
	Waiting    sluss.Role        `json:"waiting,omitempty"` // the person it waits for
	Until      time.Time         `json:"until,omitzero"`    // the moment it waits for
	Reasons    []sluss.Reason    `json:"reasons,omitempty"` // of the rejection it is in
	Detail     string            `json:"detail,omitempty"`
	Receipt    *sluss.Receipt    `json:"receipt,omitempty"` // of the registry, or as a person found out
	Clearance  *sluss.Clearance  `json:"clearance,omitempty"`
	Since      time.Time         `json:"since"` // it stands there
	OpenedAt   time.Time         `json:"opened_at"`
	Due        time.Time         `json:"due,omitzero"`
	Overdue    bool              `json:"overdue,omitempty"`    // open, and Due is past
	Attempts   int               `json:"attempts"`             // calls so far
	Unanswered int               `json:"unanswered,omitempty"` // of them: on their way, or cut off
}

type filingRow struct {
	Filing, Batch, Tenant, Reference, Registry string
	Line                                       int64
	Duty                                       document[sluss.Obligation]
	Hash                                       string
	Stage                                      sluss.FilingStage
	Open                                       bool
	Waiting                                    sluss.Role
	Until                                      optional
	Reasons                                    document[[]sluss.Reason]
	Detail                                     string
	Receipt                                    document[*sluss.Receipt]
	Clearance                                  document[*sluss.Clearance]
	Since                                      optional
	OpenedAt                                   optional `db:"opened_at"`
	Due                                        optional
	Overdue                                    bool
	Attempts, Unanswered                       int
}

func (r filingRow) filing() Filing {
	return Filing{
		ID: r.Filing, Line: r.Line, Batch: r.Batch, Tenant: r.Tenant, Reference: r.Reference, Registry: r.Registry,
		Obligation: r.Duty.value, Hash: r.Hash, Stage: r.Stage, Open: r.Open, Waiting: r.Waiting, Until: r.Until.Time,
		Reasons: r.Reasons.value, Detail: r.Detail, Receipt: r.Receipt.value, Clearance: r.Clearance.value,
		Since: r.Since.Time, OpenedAt: r.OpenedAt.Time, Due: r.Due.Time, Overdue: r.Overdue,
		Attempts: r.Attempts, Unanswered: r.Unanswered,
	}
}

const filingsOf = `
select s.filing, s.batch, b.tenant, b.reference, s.registry, s.line, s.duty, s.hash, s.stage, s.open, s.waiting, s.until,
    s.reasons, s.detail, s.receipt, s.clearance, s.since, s.opened_at, s.due, s.overdue, s.attempts, s.unanswered
from filing_state s join batches b on b.id = s.batch
where s.batch = $1
order by s.line`

// Filings are all filings of a batch, in the order in which they were opened.
func (l *Ledger) Filings(ctx context.Context, batch string) ([]Filing, error) {
	return l.filings(ctx, "read the filings of "+batch, filingsOf, batch)
}

const filingByID = `
select s.filing, s.batch, b.tenant, b.reference, s.registry, s.line, s.duty, s.hash, s.stage, s.open, s.waiting, s.until,
    s.reasons, s.detail, s.receipt, s.clearance, s.since, s.opened_at, s.due, s.overdue, s.attempts, s.unanswered
from filing_state s join batches b on b.id = s.batch
where s.filing = $1`

// Filing is one filing; false where there is none of that id.
func (l *Ledger) Filing(ctx context.Context, id string) (Filing, bool, error) {
	list, err := l.filings(ctx, "read "+id, filingByID, id)
	if err != nil || len(list) == 0 {
		return Filing{}, false, err
	}
	return list[0], true, nil
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

const listInbox = `
select filing, batch, tenant, reference, registry, line, duty, hash, stage, open, waiting, until,
    reasons, detail, receipt, clearance, since, opened_at, due, overdue, attempts, unanswered
from inbox
where ($1 = '' or tenant = $1) and ($2 = '' or waiting = $2) and ($3 = '' or registry = $3) and (not $4 or overdue)
order by due nulls last, line
limit $5 offset $6`

// Inbox lists the filings that wait for a person, the earliest due time first.
func (l *Ledger) Inbox(ctx context.Context, f InboxFilter) ([]Filing, error) {
	return l.filings(ctx, "read the inbox", listInbox, f.Tenant, f.Waiting, f.Registry, f.Overdue, limit(f.Limit), max(f.Skip, 0))
}

func (l *Ledger) filings(ctx context.Context, what, query string, args ...any) ([]Filing, error) {
	var rows []filingRow
	if err := l.db.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	list := make([]Filing, len(rows))
	for i, r := range rows {
		list[i] = r.filing()
	}
	return list, nil
}

const latestContent = `select content, hash from contents where filing = $1 order by line desc limit 1`

// Content is what a filing tells in its latest version, with its hash; false
// where there is no filing of that id.
func (l *Ledger) Content(ctx context.Context, filing string) (content sluss.Content, hash string, known bool, err error) {
	var row struct {
		Content document[sluss.Content]
		Hash    string
	}
	err = l.db.GetContext(ctx, &row, latestContent, filing)
	if errors.Is(err, sql.ErrNoRows) {
		return sluss.Content{}, "", false, nil
	}
	if err != nil {
		return sluss.Content{}, "", false, fmt.Errorf("read the content of %s: %w", filing, err)
	}
	return row.Content.value, row.Hash, true, nil
}

// Attempt is one call of a registry.
type Attempt struct {
	ID         string         `json:"id"`
	Filing     string         `json:"filing"`
	Number     int            `json:"number"` // of the submission
	Purpose    sluss.Purpose  `json:"purpose"`
	Registry   string         `json:"registry"`
	Hash       string         `json:"hash"`
	Calls      int            `json:"calls"` // slots it took
	Actor      string         `json:"actor"`
	Slot       time.Time      `json:"slot"` // from which it was allowed
	At         time.Time      `json:"at"`   // when the intent was recorded
	Answered   bool           `json:"answered"`
	AnsweredAt time.Time      `json:"answered_at,omitzero"`
	Outcome    *sluss.Outcome `json:"outcome,omitempty"`
	Absent     bool           `json:"absent,omitempty"` // asked, the registry had nothing
	Error      string         `json:"error,omitempty"`
	Exchange   sluss.Exchange `json:"exchange"`
}

const attemptsOf = `
select t.id, t.filing, t.number, t.purpose, t.registry, t.hash, t.calls, t.actor, t.slot, t.at,
    a.attempt is not null as answered, a.at as answered_at, a.outcome, coalesce(a.absent, false) as absent,
    coalesce(a.error, '') as error, coalesce(a.operation, '') as operation, a.request, coalesce(a.status, 0) as status,
    a.response, coalesce(a.tracking_id, '') as tracking_id, coalesce(a.trace_id, '') as trace_id, a.started, a.ended
from attempts t left join answers a on a.attempt = t.id
where t.filing = $1
order by t.line`

// Attempts are all calls made for a filing, in order, with what came back.
func (l *Ledger) Attempts(ctx context.Context, filing string) ([]Attempt, error) {
	var rows []struct {
		ID, Filing            string
		Number                int
		Purpose               sluss.Purpose
		Registry, Hash, Actor string
		Calls                 int
		Slot, At              optional
		Answered              bool
		AnsweredAt            optional `db:"answered_at"`
		Outcome               document[*sluss.Outcome]
		Absent                bool
		Error, Operation      string
		Request, Response     []byte
		Status                int
		TrackingID            string `db:"tracking_id"`
		TraceID               string `db:"trace_id"`
		Started, Ended        optional
	}
	if err := l.db.SelectContext(ctx, &rows, attemptsOf, filing); err != nil {
		return nil, fmt.Errorf("read the attempts of %s: %w", filing, err)
	}
	list := make([]Attempt, len(rows))
	for i, r := range rows {
		list[i] = Attempt{
			ID: r.ID, Filing: r.Filing, Number: r.Number, Purpose: r.Purpose, Registry: r.Registry, Hash: r.Hash, Calls: r.Calls,
			Actor: r.Actor, Slot: r.Slot.Time, At: r.At.Time, Answered: r.Answered, AnsweredAt: r.AnsweredAt.Time,
			Outcome: r.Outcome.value, Absent: r.Absent, Error: r.Error,
			Exchange: sluss.Exchange{
				Operation: r.Operation, Request: string(r.Request), Status: r.Status, Response: string(r.Response),
				TrackingID: r.TrackingID, TraceID: r.TraceID, Started: r.Started.Time, Ended: r.Ended.Time,
			},
		}
	}
	return list, nil
}
