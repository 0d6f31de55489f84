package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const recallLookup = `select status, body from lookups where key = $1 and asked_at >= $2`

// lookupsKept is how long answers are kept at least: personal data that nobody
// needs on the day after tomorrow.
const lookupsKept = 48 * time.Hour

// Each new answer takes some old ones with it, and waits for nobody who does the
// same.
const rememberLookup = `
with pruned as (
    delete from lookups where key in (
        select key from lookups where asked_at < $5 and key <> $1 limit 100 for update skip locked)
)
insert into lookups (key, asked_at, status, body) values ($1, $2, $3, $4)
on conflict (key) do update set asked_at = excluded.asked_at, status = excluded.status, body = excluded.body
where lookups.asked_at <= excluded.asked_at`

// RecallLookup is what a register said to a question of that key, if it was
// asked at since or later; status 0 where there is no such answer. It is a
// memory and no record: an answer is forgotten after two days or so.
func (l *Ledger) RecallLookup(ctx context.Context, key string, since time.Time) (status int, body []byte, err error) {
	var row struct {
		Status int
		Body   []byte
	}
	err = l.db.GetContext(ctx, &row, recallLookup, key, since)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil, nil
	case err != nil:
		return 0, nil, fmt.Errorf("recall a look-up: %w", err)
	}
	return row.Status, row.Body, nil
}

// RememberLookup keeps what a register said to a question of that key, in place
// of an earlier answer; a later one stays.
func (l *Ledger) RememberLookup(ctx context.Context, key string, asked time.Time, status int, body []byte) error {
	if body == nil {
		body = []byte{} // an answer without a body is one
	}
	if _, err := l.db.ExecContext(ctx, rememberLookup, key, asked, status, body, asked.Add(-lookupsKept)); err != nil {
		return fmt.Errorf("remember a look-up: %w", err)
	}
	return nil
}
