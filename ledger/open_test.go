package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

// What is open, by the record alone.
const (
	inboxByRecord = `
select s.filing from filing_state s join batches b on b.id = s.batch
where s.open and s.waiting <> '' and ($1 = '' or b.tenant = $1) and ($2 = '' or s.waiting = $2) and ($3 = '' or s.registry = $3) and (not $4 or s.overdue)
order by s.due nulls last, s.line`

	batchesByRecord = `
select b.id, b.line, b.tenant,
    case when c.batch is not null then 'closed' else coalesce((select kind from current_events where batch = b.id order by line desc, place desc limit 1), 'declared') end as stage,
    s.open_filings, coalesce(to_jsonb(s.waiting), '[]') as waiting, least(s.due, o.due) as next_due, coalesce(least(s.due, o.due) < now(), false) as overdue,
    coalesce(s.blocked, false) as blocked
from batches b
left join closings c on c.batch = b.id
cross join lateral (
    select count(*) as open_filings, array_agg(distinct waiting order by waiting) filter (where waiting <> '') as waiting, min(due) as due,
        bool_or(stage in ('rejected', 'unknown') and waiting <> '') as blocked
    from filing_state where batch = b.id and open
) s
cross join lateral (
    select min(due) as due from obligations
    where batch = b.id and c.batch is null and not exists (select from filings where batch = b.id and obligation = obligations.id)
) o
order by b.line desc`

	correctedByRecord = `
select before.filing || ' as told by ' || before.by || ' on line ' || before.line
from (select batch, max(line) as line from corrections group by batch) corrected
cross join lateral (
    select note.id as filing, told.* from filings note
    cross join lateral (
        select f.id as by, c.line, c.content
        from filings f join contents c on c.filing = f.id
        where f.batch = corrected.batch
            and (f.id = note.id or c.content->'amends'->>'filing' = note.id and not c.content @> '{"amends": {"double": true}}')
            and not exists (select from decisions d where d.filing = f.id and d.kind = 'withdrawn')
            and c.hash = coalesce(
                (select a.hash from attempts a where a.filing = f.id and a.purpose = 'submit' order by a.line desc limit 1),
                (select l.hash from contents l where l.filing = f.id order by l.line desc limit 1))
        order by c.line desc limit 1
    ) told
    where note.batch = corrected.batch and note.registry = 'avfallsregistret' and told.line < corrected.line
        and note.obligation !~ '\.amend[0-9]+$' and note.obligation not like 'se.treatment#%'
        and not coalesce(told.content->'amends' ? 'annul', false)
) before
join filing_state s on s.filing = before.filing
where s.stage = 'accepted'
order by 1`
)

// TestWhatIsOpenFollowsTheRecord lets several processes record at random, also about
// the same filing at once: lists then have what follows from the record alone.
func TestWhatIsOpenFollowsTheRecord(t *testing.T) {
	const processes, acts, batches = 4, 150, 8
	l, _ := fresh(t)
	for n := range batches {
		r := produced()
		r.Declaration.Reference, r.Declaration.Tenant = fmt.Sprint("R-", n), []string{"", "north"}[n%2]
		r.Batch = r.Declaration.ID()
		must(t, l.RecordEvent(t.Context(), r))
	}
	var all sync.WaitGroup
	for process := range processes {
		all.Go(func() {
			p := &recorder{t: t, l: l, rand: rand.New(rand.NewPCG(7, uint64(process)))}
			for n := range acts {
				p.act(process*acts+n, p.rand.IntN(batches))
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	compareInbox(t, l)
	compareBatches(t, l)
	corrected, err := ledger.Read[string](t.Context(), l, correctedByRecord)
	must(t, err)
	kept, err := ledger.Read[string](t.Context(), l, `select filing || ' as told by ' || by || ' on line ' || told from corrected_filings order by 1`)
	must(t, err)
	if !slices.Equal(corrected, kept) || len(kept) == 0 {
		t.Errorf("corrected since filed:\n%q\nwant\n%q", kept, corrected)
	}
}

func compareInbox(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	found := 0
	for _, f := range []ledger.InboxFilter{
		{}, {Overdue: true}, {Tenant: "north"}, {Waiting: sluss.Officer}, {Waiting: sluss.Transporter, Overdue: true}, {Registry: sluss.Avfallsregistret, Tenant: "default"},
	} {
		want, err := ledger.Read[string](t.Context(), l, inboxByRecord, f.Tenant, f.Waiting, f.Registry, f.Overdue)
		must(t, err)
		var got []string
		for f.Limit = 3; f.Skip < len(want)+f.Limit; f.Skip += f.Limit {
			page, err := l.Inbox(t.Context(), f)
			must(t, err)
			for _, filing := range page {
				got = append(got, string(filing.ID))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("inbox %+v:\n%q\nwant\n%q", f, got, want)
		}
		found += len(want)
	}
	if found == 0 {
		t.Error("nothing waits for anybody")
	}
}

func compareBatches(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	all, err := ledger.Read[ledger.BatchRow](t.Context(), l, batchesByRecord)
	must(t, err)
	found := map[string]bool{}
	for _, stage := range []string{"", "declared", "produced", "pickedUp", "received", "closed"} {
		for _, role := range []sluss.Role{"", sluss.Officer, sluss.Transporter} {
			for _, f := range []ledger.BatchFilter{{}, {Overdue: true}, {Tenant: "north"}, {Tenant: "default", Overdue: true}} {
				f.Stage, f.Waiting, f.Limit = stage, role, 2
				want := []ledger.BatchRow{}
				for _, b := range all {
					if (f.Tenant == "" || b.Tenant == f.Tenant) && (stage == "" || b.Stage == stage) && (role == "" || slices.Contains(b.Waiting, role)) && (!f.Overdue || b.Overdue) {
						want = append(want, b)
					}
				}
				got := []ledger.BatchRow{}
				for {
					page, err := l.Batches(t.Context(), f)
					must(t, err)
					if len(page) == 0 {
						break
					}
					for _, b := range page {
						got = append(got, ledger.BatchRow{
							ID: b.ID, Line: b.Line, Tenant: b.Tenant, Stage: b.Stage, OpenFilings: b.OpenFilings, Waiting: b.Waiting, NextDue: b.NextDue, Overdue: b.Overdue, Blocked: b.Blocked,
						})
					}
					f.After = page[len(page)-1].Line
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("batches %+v:\n%+v\nwant\n%+v", f, got, want)
				}
				found[stage] = found[stage] || len(want) > 0
			}
		}
	}
	if !found["closed"] || !found["pickedUp"] {
		t.Errorf("stages that were seen: %v", found)
	}
}

// recorder is a process that records at random.
type recorder struct {
	t    *testing.T
	l    *ledger.Ledger
	rand *rand.Rand
}

// act records something about a batch. What the ledger refuses is no matter here.
func (p *recorder) act(n, of int) {
	ctx := p.t.Context()
	d := declaration()
	d.Reference, d.Tenant = fmt.Sprint("R-", of), []string{"", "north"}[of%2]
	obligation := sluss.NewObligationID("se.transport", 1+p.rand.IntN(3))
	id := d.ID().Filing(obligation)
	o := owed(obligation)
	o.Due, o.Signer = time.Now().Add(time.Duration(p.rand.IntN(11)-5)*time.Hour).Truncate(time.Second), []sluss.Role{"", sluss.Transporter}[p.rand.IntN(2)]
	stages := []sluss.FilingStage{sluss.StageSignature, sluss.StageSending, sluss.StageDeferred, sluss.StageUnknown, sluss.StageRejected, sluss.StageWithdrawn}
	stage, role := stages[p.rand.IntN(len(stages))], []sluss.Role{"", sluss.Officer, sluss.Transporter}[p.rand.IntN(3)]
	switch p.rand.IntN(14) {
	case 0, 1, 2, 3:
		d.Waste.Mass = sluss.Mass(1000 + n)
		f := sluss.FilingRecord{Filing: id, Batch: d.ID(), Content: sluss.Content{Declaration: d, Obligation: o}, Stage: stage, Waiting: role, At: noon}
		f.Hash = f.Content.Hash()
		_ = p.l.OpenFiling(ctx, f)
	case 4, 5:
		_ = p.l.RecordStage(ctx, sluss.StageRecord{Filing: id, Number: n, Stage: stage, Waiting: role, Mark: []sluss.Mark{"", "", sluss.MarkReminder}[n%3], At: noon})
	case 6, 7, 8, 9:
		kinds := []sluss.OutcomeKind{sluss.Rejected, sluss.Deferred, sluss.Unknown, sluss.Accepted}
		i := intent(id, n)
		i.Purpose = []sluss.Purpose{sluss.ToSubmit, sluss.ToSubmit, sluss.ToAsk}[n%3]
		if row, known, err := p.l.Filing(ctx, id); err == nil && known {
			i.Hash = row.Hash
		}
		permit, err := p.l.Begin(ctx, i)
		if err == nil && permit.Kind == sluss.PermitGranted && n%5 > 0 {
			_ = p.l.Finish(ctx, sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: kinds[p.rand.IntN(len(kinds))]}})
		}
	case 10:
		kinds := []sluss.DecisionKind{sluss.DecidedTaken, sluss.DecidedNotTaken, sluss.DecidedAgain, sluss.DecidedWithdrawn}
		_ = p.l.RecordDecision(ctx, sluss.DecisionRecord{Filing: id, Number: n, Decision: sluss.Decision{Kind: kinds[p.rand.IntN(len(kinds))], By: person, At: noon}})
	case 11:
		kind := []sluss.EventKind{sluss.PickedUp, sluss.Received}[n%2]
		before, _ := p.l.Batch(ctx, d.ID())
		_ = p.l.RecordEvent(ctx, sluss.EventRecord{Batch: d.ID(), Event: sluss.Event{Kind: kind, At: noon}, Obligations: []sluss.Obligation{o}, Corrections: before.Corrections, At: noon})
	case 12:
		d.Waste.Mass = sluss.Mass(n)
		var events []sluss.Event
		if n%12 == 0 {
			events = []sluss.Event{produced().Event}
		}
		_ = p.l.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: d.ID(), Number: n, Declaration: d, Events: events, Correction: sluss.Correction{By: person, At: noon}})
	case 13:
		if p.rand.IntN(4) == 0 && of%3 == 0 {
			_ = p.l.CloseBatch(ctx, sluss.CloseRecord{Batch: d.ID(), How: "treated", At: noon})
		}
	}
}
