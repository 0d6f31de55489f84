package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"sluss"
)

// RecordRevisionAnswer records a person's answer to a revision, and the registry's
// outcome.
func (l *Ledger) RecordRevisionAnswer(ctx context.Context, a sluss.RevisionAnswer, o sluss.Outcome) error {
	return l.write(ctx, "record the answer to the revision "+a.Revision, `insert into revision_answers (registry, revision, company, answer, outcome) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		a.Registry, a.Revision, a.Company, jsonb(a), jsonb(o))
}

// RevisionAnswers returns the answers to a revision, in order.
func (l *Ledger) RevisionAnswers(ctx context.Context, revision string) ([]sluss.RevisionAnswer, error) {
	type row struct{ Answer sluss.RevisionAnswer }
	rows, err := many[row](ctx, l, "read the answers to the revision "+revision, `select answer from revision_answers where revision = $1 order by line`, revision)
	return each(rows, func(r row) sluss.RevisionAnswer { return r.Answer }), err
}

// KeepRegister stores a register of waste that was fetched. If it is stored already,
// nothing changes.
func (l *Ledger) KeepRegister(ctx context.Context, f sluss.RegisterFile) error {
	sum := sha256.Sum256(f.Content)
	return l.write(ctx, "store the register of waste "+f.ID, `insert into register_files (id, ordered, content, sha256) values ($1, $2, $3, $4) on conflict (id) do nothing`,
		f.ID, jsonb(f.RegisterOrder), f.Content, hex.EncodeToString(sum[:]))
}

// Register returns a fetched register of waste with its content; false if there is none
// with that id.
func (l *Ledger) Register(ctx context.Context, id string) (f sluss.RegisterFile, known bool, err error) {
	row, known, err := one[struct {
		sluss.RegisterFile
		Ordered sluss.RegisterOrder
	}](ctx, l, "read the register of waste "+id, `select id, ordered, content, sha256, fetched_at as at from register_files where id = $1`, id)
	f = row.RegisterFile
	f.RegisterOrder, f.Size = row.Ordered, len(f.Content)
	return f, known, err
}
