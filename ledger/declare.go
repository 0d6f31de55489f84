package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// Hash is the hash by which the ledger distinguishes two declarations of one batch:
// "sha256:" and 64 hex digits.
func Hash(d sluss.Declaration) string {
	if d.Tenant == "" {
		d.Tenant = sluss.DefaultTenant
	}
	return d.Hash()
}

const declareBatch = `
with declared as (
    insert into batches (id, tenant, reference, predecessor, declaration, hash, declared_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (id) do nothing
    returning id, line, tenant
)
insert into open_batches (batch, line, tenant, run) select id, line, tenant, $8 from declared`

const recordedBatch = `select hash, declared_at from batches where id = $1`

// declare records a batch; fresh is false if it was declared before.
func (l *Ledger) declare(ctx context.Context, batch sluss.BatchID, d sluss.Declaration, at time.Time, run string) (fresh bool, err error) {
	if d.Tenant == "" {
		d.Tenant = sluss.DefaultTenant
	}
	if d.ID() != batch {
		return false, sluss.Faults{{Field: "reference", Problem: fmt.Sprintf("the declaration is of %s, not of %s", d.ID(), batch)}}
	}
	hash := Hash(d)
	result, err := l.db.ExecContext(ctx, declareBatch, batch, d.Tenant, d.Reference, d.Predecessor, jsonb(d), hash, at, run)
	if err != nil {
		return false, err
	}
	if added, err := result.RowsAffected(); err != nil || added > 0 {
		return true, err
	}
	var before struct {
		Hash       string
		DeclaredAt time.Time
	}
	if err := l.db.GetContext(ctx, &before, recordedBatch, batch); err != nil {
		return false, err
	}
	if before.Hash != hash {
		return false, sluss.Faults{{
			Field: "reference",
			Problem: fmt.Sprintf("reference already declared with other content: %s was declared at %s with content %s, now with %s",
				batch, before.DeclaredAt.UTC().Format(time.RFC3339), before.Hash, hash),
			Remedy: "correct the batch, or declare a new one under another reference",
		}}
	}
	return false, nil
}

// Declare records a batch with its first event and the obligations that follow. If
// the batch is known already, it returns a snapshot of it and changes nothing. The
// run is that of the batch's workflow, which from then on knows all that the ledger
// has. If the batch is known with another declaration, the error holds sluss.Faults.
func (l *Ledger) Declare(ctx context.Context, r sluss.EventRecord, run string) (known *sluss.BatchSnapshot, err error) {
	fail := func(err error) (*sluss.BatchSnapshot, error) { return nil, fmt.Errorf("declare %s: %w", r.Batch, err) }
	fresh, err := l.declare(ctx, r.Batch, *r.Declaration, r.At, run)
	if err != nil {
		return fail(err)
	}
	if !fresh {
		if _, err := l.db.ExecContext(ctx, takeOver, r.Batch, run); err != nil {
			return fail(err)
		}
		snapshot, err := l.batchSnapshot(ctx, r.Batch)
		if err != nil {
			return fail(err)
		}
		if len(snapshot.Events) > 0 { // otherwise an earlier call was interrupted after the declaration
			return &snapshot, nil
		}
	}
	if _, err := l.recordEvent(ctx, r); err != nil {
		return fail(err)
	}
	return nil, nil
}

const takeOver = `update open_batches set run = $2 where batch = $1 and run <> $2`

const continueBatch = `update open_batches set run = $3 where batch = $1 and run = $2`

// ContinueBatch records that a run of a batch's workflow has passed all that it knew
// to the next run.
func (l *Ledger) ContinueBatch(ctx context.Context, batch sluss.BatchID, from, to string) error {
	return l.write(ctx, "record the run of "+string(batch), continueBatch, batch, from, to)
}

const closeBatch = `
with closed as (
    insert into closings (batch, declared, how, at) values ($1, coalesce((select line from batches where id = $1), 0), $2, $3)
    on conflict (batch) do nothing
    returning how
)
select how from closed union all select how from closings where batch = $1`

// CloseBatch records the end of a batch.
func (l *Ledger) CloseBatch(ctx context.Context, r sluss.CloseRecord) error {
	var how string
	err := l.db.GetContext(ctx, &how, closeBatch, r.Batch, r.How, r.At)
	if err == nil && how != r.How {
		err = sluss.Faults{{Field: "how", Problem: fmt.Sprintf("%s is already closed as %s; it cannot close as %s", r.Batch, how, r.How)}}
	}
	if err != nil {
		return fmt.Errorf("close %s: %w", r.Batch, err)
	}
	return nil
}
