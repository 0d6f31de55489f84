package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// pageSize is how many rows a list has where its filter does not say.
const pageSize = 100

// Batch is a batch as declared and corrected.
type Batch struct {
	ID          string            `json:"id"`
	Declared    bool              `json:"declared"` // false: the ledger has nothing of it, and all else is zero
	Hash        string            `json:"hash"`     // of the declaration as first declared; see Hash
	Declaration sluss.Declaration `json:"declaration"`
	Corrections int               `json:"corrections"` // how many there were
	DeclaredAt  time.Time         `json:"declared_at"`
	Closed      string            `json:"closed,omitempty"` // how: "treated", "refused"
	ClosedAt    time.Time         `json:"closed_at,omitzero"`
}

const batchByID = `
select b.hash, b.declared_at, c.how, c.at as closed_at,
    coalesce(k.declaration, b.declaration) as declaration, coalesce(k.number, 0) as corrections
from batches b
left join closings c on c.batch = b.id
left join lateral (select number, declaration from corrections where batch = b.id order by line desc limit 1) k on true
where b.id = $1`

// Batch is the batch of that id (sluss.BatchID). One that was never declared is
// no error.
func (l *Ledger) Batch(ctx context.Context, id string) (Batch, error) {
	var row struct {
		Hash        string
		DeclaredAt  optional `db:"declared_at"`
		How         sql.NullString
		ClosedAt    optional `db:"closed_at"`
		Declaration document[sluss.Declaration]
		Corrections int
	}
	err := l.db.GetContext(ctx, &row, batchByID, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Batch{ID: id}, nil
	}
	if err != nil {
		return Batch{}, fmt.Errorf("read %s: %w", id, err)
	}
	return Batch{
		ID: id, Declared: true, Hash: row.Hash, Declaration: row.Declaration.value, Corrections: row.Corrections,
		DeclaredAt: row.DeclaredAt.Time, Closed: row.How.String, ClosedAt: row.ClosedAt.Time,
	}, nil
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
	Line        int64       `json:"line"` // for BatchFilter.After
	ID          string      `json:"id"`
	Tenant      string      `json:"tenant"`
	Reference   string      `json:"reference"`
	Predecessor string      `json:"predecessor,omitempty"` // a reference
	Waste       sluss.Waste `json:"waste"`                 // as corrected
	// Stage is the kind of the latest event (sluss.EventKind), "declared"
	// before the first one, "closed" at the end.
	Stage       string       `json:"stage"`
	Closed      string       `json:"closed,omitempty"` // how: "treated", "refused"
	Since       time.Time    `json:"since"`            // when that happened in the world
	OpenFilings int          `json:"open_filings"`
	Waiting     []sluss.Role `json:"waiting,omitempty"` // the persons that open filings wait for
	NextDue     time.Time    `json:"next_due,omitzero"` // of what is owed, filed or not
	Overdue     bool         `json:"overdue,omitempty"` // NextDue is past
	Blocked     bool         `json:"blocked,omitempty"` // a filing is rejected or unknown and only a person can help
	DeclaredAt  time.Time    `json:"declared_at"`
}

const listBatches = `
select line, id, tenant, reference, predecessor, waste, stage, how, since, open_filings, waiting, next_due, overdue, blocked, declared_at
from batch_list
where ($1 = '' or tenant = $1) and ($2 = '' or stage = $2) and ($3 = '' or $3 = any (waiting) and id in (select batch from open_filings))
    and (not $4 or overdue and (stage <> 'closed' or id in (select batch from open_filings))) and ($5 = 0 or line < $5)
order by line desc
limit $6`

// Batches lists batches, the latest declared first.
func (l *Ledger) Batches(ctx context.Context, f BatchFilter) ([]BatchRow, error) {
	var rows []struct {
		Line                               int64
		ID, Tenant, Reference, Predecessor string
		Waste                              document[sluss.Waste]
		Stage, How                         string
		Since                              optional
		OpenFilings                        int `db:"open_filings"`
		Waiting                            pq.StringArray
		NextDue                            optional `db:"next_due"`
		Overdue, Blocked                   bool
		DeclaredAt                         optional `db:"declared_at"`
	}
	err := l.db.SelectContext(ctx, &rows, listBatches, f.Tenant, f.Stage, f.Waiting, f.Overdue, f.After, limit(f.Limit))
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	list := make([]BatchRow, len(rows))
	for i, r := range rows {
		list[i] = BatchRow{
			Line: r.Line, ID: r.ID, Tenant: r.Tenant, Reference: r.Reference, Predecessor: r.Predecessor, Waste: r.Waste.value,
			Stage: r.Stage, Closed: r.How, Since: r.Since.Time, OpenFilings: r.OpenFilings, NextDue: r.NextDue.Time,
			Overdue: r.Overdue, Blocked: r.Blocked, DeclaredAt: r.DeclaredAt.Time,
		}
		for _, role := range r.Waiting {
			list[i].Waiting = append(list[i].Waiting, sluss.Role(role))
		}
	}
	return list, nil
}

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
	// Kind is one of declared, event, obligation, content, amendment, stage, reminder,
	// overdue, attempt, answer, signature, correction, decision, revived, closed.
	Kind   string          `json:"kind"`
	Filing string          `json:"filing,omitempty"` // empty: about the batch
	Text   string          `json:"text"`             // plain English, one line; it may name persons
	Detail json.RawMessage `json:"detail,omitempty"` // the recorded value, where there is one
}

const timelineOf = `select line, at, kind, filing, text, detail from timeline where batch = $1 order by line`

// Timeline is everything of a batch in the order in which it was recorded.
func (l *Ledger) Timeline(ctx context.Context, batch string) ([]TimelineLine, error) {
	var rows []struct {
		Line               int64
		At                 optional
		Kind, Filing, Text string
		Detail             document[json.RawMessage]
	}
	if err := l.db.SelectContext(ctx, &rows, timelineOf, batch); err != nil {
		return nil, fmt.Errorf("read the timeline of %s: %w", batch, err)
	}
	lines := make([]TimelineLine, len(rows))
	for i, r := range rows {
		lines[i] = TimelineLine{Line: r.Line, At: r.At.Time, Kind: r.Kind, Filing: r.Filing, Text: r.Text, Detail: r.Detail.value}
	}
	return lines, nil
}
