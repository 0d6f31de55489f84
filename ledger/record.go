package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"sluss"
)

// A workflow that does not know all corrections of its batch records nothing.
// The column due is only set of what is due from us.
const recordEvent = `
with happened as (
    insert into events (batch, id, kind, happened_at, event, at, corrections)
    select $1, $2, $3, $4, $5, $6, $8
    where $8 = (select coalesce(max(number), 0) from corrections where batch = $1)
    on conflict (batch, id, corrections) do nothing
    returning 1
), owed as (
    insert into obligations (batch, id, due, obligation, at)
    select $1, o->>'id', case when not o ? 'theirs' then (o->>'due')::timestamptz end, o, $6
    from jsonb_array_elements(coalesce($7, '[]'::jsonb)) o
    where exists (select from happened) or exists (select from events where batch = $1 and id = $2 and corrections = $8 and event = $5)
    on conflict (batch, id) do nothing
    returning 1
), opened as (
    insert into filings (id, batch, obligation, registry, at)
    select f->>'filing', $1, f->'content'->'obligation'->>'id', f->'content'->'obligation'->>'registry', $6
    from jsonb_array_elements(coalesce($9, '[]'::jsonb)) f
    where exists (select from happened) and (select count(*) from owed) >= 0
    on conflict (id) do nothing
    returning 1
), contained as (
    insert into contents (filing, hash, content, obligation, due, stage, waiting, at)
    select f->>'filing', f->>'hash', f->'content', f->'content'->'obligation', (f->'content'->'obligation'->>'due')::timestamptz,
        f->>'stage', coalesce(f->>'waiting', ''), $6
    from jsonb_array_elements(coalesce($9, '[]'::jsonb)) with ordinality fs (f, n)
    where exists (select from happened) and (select count(*) from opened) >= 0
    order by n
)
select (select count(*) from happened) as events, (select count(*) from owed) as obligations`

const recordedEvent = `
select event, event = $3 as same from events where batch = $1 and id = $2 and corrections = $4`

const differentObligations = `
select o->>'id'
from jsonb_array_elements(coalesce($2, '[]'::jsonb)) o
join obligations r on r.batch = $1 and r.id = o->>'id'
where r.obligation <> o
order by 1`

// RecordEvent records an event with the obligations that follow, and declares the batch
// if the record has its declaration.
func (l *Ledger) RecordEvent(ctx context.Context, r sluss.EventRecord) error {
	_, err := l.Happen(ctx, r)
	return err
}

// Happen is RecordEvent; fresh tells whether the event was not recorded before, and its
// filings are opened.
func (l *Ledger) Happen(ctx context.Context, r sluss.EventRecord) (fresh bool, err error) {
	if r.Declaration != nil {
		_, err = l.declare(ctx, r.Batch, *r.Declaration, r.At, "")
	}
	if err == nil {
		fresh, err = l.recordEvent(ctx, r)
	}
	if err != nil {
		return false, fmt.Errorf("record event %s of %s: %w", r.Event.ID(), r.Batch, err)
	}
	return fresh, nil
}

func (l *Ledger) recordEvent(ctx context.Context, r sluss.EventRecord) (fresh bool, err error) {
	var added struct{ Events, Obligations int }
	event, owed := jsonb(r.Event), jsonb(r.Obligations)
	err = l.db.GetContext(ctx, &added, recordEvent, r.Batch, r.Event.ID(), r.Event.Kind, r.Event.At, event, r.At, owed, r.Corrections, jsonb(r.Filings))
	if err != nil {
		return false, err
	}
	if added.Events == 0 {
		before, recorded, err := one[struct {
			Event sluss.Event
			Same  bool
		}](ctx, l, "read the recorded event", recordedEvent, r.Batch, r.Event.ID(), event, r.Corrections)
		switch {
		case err != nil:
			return false, err
		case !recorded:
			return false, sluss.Faults{{
				Field: "corrections", Problem: fmt.Sprintf("%s was corrected more often than %d times", r.Batch, r.Corrections),
				Remedy: "look at the batch as recorded, then report the event again",
			}}
		case !before.Same:
			return false, sluss.Faults{{
				Field:   "event",
				Problem: fmt.Sprintf("the event is recorded as %s; it cannot become %s", describe(before.Event), describe(r.Event)),
				Remedy:  fmt.Sprintf("if the recorded one is wrong, correct it: `starter correct` with events.%s.at and the like", r.Event.ID()),
			}}
		}
	}
	if added.Obligations < len(r.Obligations) {
		err = l.sameObligations(ctx, r.Batch, r.Obligations)
	}
	return added.Events > 0, err
}

// describe identifies an event without personal data.
func describe(e sluss.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s", e.ID(), e.At.Format(time.RFC3339))
	if e.Mass != 0 {
		fmt.Fprintf(&b, " of %s", e.Mass)
	}
	if e.RefusedMass != 0 {
		fmt.Fprintf(&b, ", %s refused", e.RefusedMass)
	}
	if e.Operation != "" {
		fmt.Fprintf(&b, " by %s", e.Operation)
	}
	if data, err := json.Marshal(e); err == nil { // a hash shows differences in other fields
		sum := sha256.Sum256(data)
		fmt.Fprintf(&b, " (%x)", sum[:4])
	}
	return b.String()
}

func (l *Ledger) sameObligations(ctx context.Context, batch sluss.BatchID, owed []sluss.Obligation) error {
	var different []string
	if err := l.db.SelectContext(ctx, &different, differentObligations, batch, jsonb(owed)); err != nil {
		return err
	}
	var faults sluss.Faults
	for _, id := range different {
		faults = append(faults, sluss.Fault{
			Field:   "obligations",
			Problem: fmt.Sprintf("obligation %s of %s is already recorded with other content", id, batch),
		})
	}
	return faults.Err()
}

const openFiling = `
with opened as (
    insert into filings (id, batch, obligation, registry, at)
    values ($1, $2, $3, $4, $5)
    on conflict (id) do nothing
)
insert into contents (filing, hash, content, obligation, due, stage, waiting, at)
select $1, $6, $7, $8, $9, $10, $11, $5
where not exists (
    select from (select * from contents where filing = $1 order by line desc limit 1) latest
    where hash = $6 and stage = $10 and waiting = $11
)`

// OpenFiling opens a filing, or gives an open filing new content.
func (l *Ledger) OpenFiling(ctx context.Context, r sluss.FilingRecord) error {
	o := r.Content.Obligation
	return l.write(ctx, "open "+string(r.Filing), openFiling, r.Filing, r.Batch, o.ID, o.Registry, r.At,
		r.Hash, jsonb(r.Content), jsonb(o), moment(o.Due), r.Stage, r.Waiting)
}

const recordStage = `
insert into stages (filing, number, stage, waiting, until, reasons, detail, mark, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing`

// RecordStage records a new stage of a filing, or a mark on it.
func (l *Ledger) RecordStage(ctx context.Context, r sluss.StageRecord) error {
	return l.write(ctx, fmt.Sprintf("record stage %d of %s", r.Number, r.Filing), recordStage,
		r.Filing, r.Number, r.Stage, r.Waiting, moment(r.Until), jsonb(r.Reasons), clean(r.Detail), r.Mark, r.At)
}

const recordSignature = `
with conflicting as (
    select from signatures s
    where s.filing = $1 and s.content_hash = $3 and s.signature <> $4 and s.refused = '' and $5 = ''
        and not exists (select from contents c where c.filing = $1 and c.line > s.line and c.hash <> s.content_hash)
), signed as (
    insert into signatures (filing, role, content_hash, signature, refused, at)
    select $1, $2, $3, $4, $5, clock_timestamp()
    where not exists (select from conflicting)
    on conflict do nothing
)
select exists (select from conflicting)`

// RecordSignature records a signature, accepted or refused. The error is Faults if the
// content is signed already, in another way.
func (l *Ledger) RecordSignature(ctx context.Context, r sluss.SignatureRecord) error {
	s := r.Signature
	return l.recordOnce(ctx, "a signature on "+string(r.Filing), recordSignature, r.Filing, clean(string(s.Role)), clean(s.ContentHash), jsonb(s), clean(r.Refused))
}

// recordOnce runs a statement that records nothing, and says so, if the ledger has
// something else in the place of what is recorded.
func (l *Ledger) recordOnce(ctx context.Context, what, statement string, args ...any) error {
	var conflict bool
	err := l.db.GetContext(ctx, &conflict, statement, args...)
	if err == nil && conflict {
		err = sluss.Faults{{Problem: what + " is recorded already, with other content", Remedy: "look at it as recorded"}}
	}
	if err != nil {
		return fmt.Errorf("record %s: %w", what, err)
	}
	return nil
}

const recordCorrection = `
with conflicting as (
    select from corrections where batch = $1 and number = $2 and correction <> $3
), corrected as (
    insert into corrections (batch, number, correction, declaration, events, at)
    select $1, $2, $3, $4, $6, clock_timestamp()
    where not exists (select from conflicting)
    on conflict do nothing
), owed as (
    insert into obligations (batch, id, due, obligation, at)
    select $1, o->>'id', case when not o ? 'theirs' then (o->>'due')::timestamptz end, o, clock_timestamp()
    from jsonb_array_elements(coalesce($5, '[]'::jsonb)) o
    where not exists (select from conflicting)
    on conflict (batch, id) do nothing
    returning 1
)
select (select count(*) from owed) as owed, exists (select from conflicting) as conflict`

// RecordCorrection records a correction with the corrected declaration and the new
// obligations.
func (l *Ledger) RecordCorrection(ctx context.Context, r sluss.CorrectionRecord) error {
	var added struct {
		Owed     int
		Conflict bool
	}
	err := l.db.GetContext(ctx, &added, recordCorrection,
		r.Batch, r.Number, jsonb(r.Correction), jsonb(r.Declaration), jsonb(r.Obligations), jsonb(identified(r.Events)))
	switch {
	case err != nil:
	case added.Conflict:
		err = sluss.Faults{{
			Field: "number", Problem: fmt.Sprintf("correction %d of %s is recorded with other content", r.Number, r.Batch),
			Remedy: "look at the batch as recorded, then correct it again",
		}}
	case added.Owed < len(r.Obligations):
		err = l.sameObligations(ctx, r.Batch, r.Obligations)
	}
	if err != nil {
		return fmt.Errorf("record correction %d of %s: %w", r.Number, r.Batch, err)
	}
	return nil
}

// identified are events as a correction records them, each with its id.
func identified(events []sluss.Event) (list []map[string]any) {
	for _, e := range events {
		list = append(list, map[string]any{"id": e.ID(), "event": e})
	}
	return list
}

const keepEvent = `
insert into kept_events (batch, id, kept, at) values ($1, $2, $3, $4)
on conflict do nothing`

// KeepEvent records an event that cannot be taken yet, in place of the same one.
func (l *Ledger) KeepEvent(ctx context.Context, r sluss.KeptRecord) error {
	id := r.Kept.Event.ID()
	return l.write(ctx, fmt.Sprintf("keep event %s of %s", id, r.Batch), keepEvent, r.Batch, id, jsonb(r.Kept), r.At)
}

// A decision settles its submission, which needs no place in the queue any more.
const recordDecision = `
with conflicting as (
    select from decisions where filing = $1 and number = $2 and decision <> $4
), decided as (
    insert into decisions (filing, number, kind, decision, at)
    select $1, $2, $3, $4, clock_timestamp()
    where not exists (select from conflicting)
    on conflict do nothing
), left_queue as (
    delete from tickets where filing = $1 and number <= $2 and not exists (select from conflicting)
)
select exists (select from conflicting)`

// RecordDecision records a person's decision on a filing. After taken and override the
// filing counts as accepted; withdrawn ends it. The error is Faults if another decision
// on the same submission is recorded.
func (l *Ledger) RecordDecision(ctx context.Context, r sluss.DecisionRecord) error {
	return l.recordOnce(ctx, "a decision on "+string(r.Filing), recordDecision, r.Filing, r.Number, clean(string(r.Decision.Kind)), jsonb(r.Decision))
}
