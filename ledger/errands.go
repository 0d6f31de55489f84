package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sluss"
)

// RecordRevisionAnswer keeps a person's word on a revision, and what its registry
// said to it.
func (l *Ledger) RecordRevisionAnswer(ctx context.Context, a sluss.RevisionAnswer, o sluss.Outcome) error {
	_, err := l.db.ExecContext(ctx, `insert into revision_answers (registry, revision, company, answer, outcome) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		a.Registry, a.Revision, a.Company, jsonb(a), jsonb(o))
	if err != nil {
		return fmt.Errorf("record the answer to the revision %s: %w", a.Revision, err)
	}
	return nil
}

// RevisionAnswers are what people have said to a revision, in order.
func (l *Ledger) RevisionAnswers(ctx context.Context, revision string) ([]sluss.RevisionAnswer, error) {
	var rows []document[sluss.RevisionAnswer]
	if err := l.db.SelectContext(ctx, &rows, `select answer from revision_answers where revision = $1 order by line`, revision); err != nil {
		return nil, fmt.Errorf("read the answers to the revision %s: %w", revision, err)
	}
	list := make([]sluss.RevisionAnswer, len(rows))
	for i, r := range rows {
		list[i] = r.value
	}
	return list, nil
}

// KeepRegister keeps a register of waste that was fetched; the same again
// changes nothing.
func (l *Ledger) KeepRegister(ctx context.Context, f sluss.RegisterFile) error {
	sum := sha256.Sum256(f.Content)
	_, err := l.db.ExecContext(ctx, `insert into register_files (id, ordered, content, sha256) values ($1, $2, $3, $4) on conflict (id) do nothing`,
		f.ID, jsonb(f.RegisterOrder), f.Content, hex.EncodeToString(sum[:]))
	if err != nil {
		return fmt.Errorf("keep the register %s: %w", f.ID, err)
	}
	return nil
}

// Register is a register of waste that was fetched, with its content; false
// where none of that id was.
func (l *Ledger) Register(ctx context.Context, id string) (f sluss.RegisterFile, known bool, err error) {
	var rows []struct {
		Ordered   document[sluss.RegisterOrder]
		Content   []byte
		Sum       string   `db:"sha256"`
		FetchedAt optional `db:"fetched_at"`
	}
	if err := l.db.SelectContext(ctx, &rows, `select ordered, content, sha256, fetched_at from register_files where id = $1`, id); err != nil {
		return f, false, fmt.Errorf("read the register %s: %w", id, err)
	}
	if len(rows) == 0 {
		return f, false, nil
	}
	r := rows[0]
	return sluss.RegisterFile{RegisterOrder: r.Ordered.value, ID: id, SHA256: r.Sum, Size: len(r.Content), At: r.FetchedAt.Time, Content: r.Content}, true, nil
}
