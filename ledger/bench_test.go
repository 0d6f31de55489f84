package ledger_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"sluss"
	"sluss/bars"
	"sluss/ledger"
	"sluss/quota"
)

// The ledger that the benchmarks of reading fill. A batch has about twenty lines.
var (
	benchBatches = flag.Int("ledger-batches", 5000, "how many `batches` the benchmarks of reading fill the ledger with")
	benchOpen    = flag.Int("ledger-open", 2000, "how many of these `batches` are open")
)

// BenchmarkInbox compares what people read of a large ledger with the bare rows behind
// it: the same rows of the same tables by their keys, read in the same minute.
//
//	go test -run '^$' -bench Inbox ./ledger -ledger-batches 50000 -ledger-open 20000
func BenchmarkInbox(b *testing.B) {
	l, _ := filled(b, *benchBatches, *benchOpen)
	compare(b, l)
}

func compare(b *testing.B, l *ledger.Ledger) {
	b.Helper()
	for _, r := range readings(*benchBatches, *benchOpen) {
		b.Run(r.name, func(b *testing.B) {
			var took, bare []time.Duration
			keys, err := r.read(b.Context(), l)
			must(b, err)
			for b.Loop() {
				began := time.Now()
				_, err := r.read(b.Context(), l)
				must(b, err)
				took = append(took, time.Since(began))
				began = time.Now()
				must(b, r.bare(b.Context(), l, keys))
				bare = append(bare, time.Since(began))
			}
			fastest, barest := slices.Min(took), slices.Min(bare) // other processes only add to these
			b.ReportMetric(float64(len(keys)), "rows")
			b.ReportMetric(fastest.Seconds()*1000, "ms")
			b.ReportMetric(barest.Seconds()*1000, "bare-ms")
			ratio := float64(fastest) / float64(barest)
			b.ReportMetric(ratio, "x-bare")
			bars.AtMost("ledger/"+r.name+"-of-bare-rows", ratio, 3)
		})
	}
}

// reading is something that people read, and the bare rows behind it.
type reading struct {
	name string
	read func(ctx context.Context, l *ledger.Ledger) (keys []string, err error)
	bare func(ctx context.Context, l *ledger.Ledger, keys []string) error
}

func readings(batches, open int) []reading {
	list := []reading{
		{"inbox", inbox(ledger.InboxFilter{}), bareFilings},
		{"inbox/overdue", inbox(ledger.InboxFilter{Overdue: true}), bareFilings},
		{"inbox/role", inbox(ledger.InboxFilter{Waiting: sluss.Officer}), bareFilings},
		{"inbox/tenant", inbox(ledger.InboxFilter{Tenant: "north", Registry: sluss.Trackdechets}), bareFilings},
		{"inbox/page", inbox(ledger.InboxFilter{Skip: open / 2}), bareFilings},
		{"inbox/outdated", corrected, bareContents},
		{"list", list(ledger.BatchFilter{}), bareBatches},
		{"list/tenant", list(ledger.BatchFilter{Tenant: "north"}), bareBatches},
		{"list/overdue", list(ledger.BatchFilter{Overdue: true}), bareBatches},
		{"list/role", list(ledger.BatchFilter{Waiting: sluss.Officer}), bareBatches},
		{"list/stage", list(ledger.BatchFilter{Stage: "received"}), bareBatches},
		{"list/closed", list(ledger.BatchFilter{Stage: "closed"}), bareBatches},
		{"list/all", list(ledger.BatchFilter{Tenant: "default", Stage: "accepted", Waiting: sluss.Officer, Overdue: true}), bareBatches},
	}
	return append(list,
		reading{"show", show(sluss.BatchID(fmt.Sprint("batch/default/F-", batches/2*2))), bareBatch},
		reading{"show/closed", show("batch/default/F-1000"), bareBatch},
		reading{"chain", chain(sluss.BatchID(fmt.Sprint("batch/default/F-", batches/35*35-3))), bareChain},
		reading{"sync/changes", changes, bareDocuments},
		reading{"sync/adrift", adrift, bareDocuments},
		reading{"sync/document", document, bareDocuments},
	)
}

func inbox(f ledger.InboxFilter) func(context.Context, *ledger.Ledger) ([]string, error) {
	return func(ctx context.Context, l *ledger.Ledger) (keys []string, err error) {
		rows, err := l.Inbox(ctx, f)
		for _, r := range rows {
			keys = append(keys, string(r.ID))
		}
		return keys, err
	}
}

// corrected reads the reports that end the first page of the inbox.
func corrected(ctx context.Context, l *ledger.Ledger) (keys []string, err error) {
	rows, err := l.OutdatedFilings(ctx, "", "")
	for _, r := range rows {
		keys = append(keys, string(r.Filing))
	}
	if err == nil {
		_, err = l.ChangedResults(ctx, "")
	}
	return keys, err
}

func list(f ledger.BatchFilter) func(context.Context, *ledger.Ledger) ([]string, error) {
	return func(ctx context.Context, l *ledger.Ledger) (keys []string, err error) {
		rows, err := l.Batches(ctx, f)
		for _, r := range rows {
			keys = append(keys, string(r.ID))
		}
		return keys, err
	}
}

// show reads what `starter show` shows of the ledger.
func show(batch sluss.BatchID) func(context.Context, *ledger.Ledger) ([]string, error) {
	return func(ctx context.Context, l *ledger.Ledger) ([]string, error) {
		b, err := l.Batch(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, read := range []func() error{
			func() error { _, err := l.Filings(ctx, batch); return err },
			func() error { _, err := l.FiledReports(ctx, batch); return err },
			func() error { _, err := l.Timeline(ctx, batch); return err },
			func() error { _, err := l.Documents(ctx, batch); return err },
			func() error { _, err := l.Chain(ctx, batch); return err },
			func() error {
				if b.Corrections == 0 {
					return nil
				}
				_, err := l.OutdatedFilings(ctx, batch, "")
				return err
			},
			func() error { _, err := l.Prints(ctx, batch); return err },
		} {
			if err := read(); err != nil {
				return nil, err
			}
		}
		return []string{string(batch)}, nil
	}
}

func chain(batch sluss.BatchID) func(context.Context, *ledger.Ledger) ([]string, error) {
	return func(ctx context.Context, l *ledger.Ledger) ([]string, error) {
		c, err := l.Chain(ctx, batch)
		keys := []string{string(batch)}
		for _, tie := range slices.Concat(c.Predecessors, c.Successors) {
			keys = append(keys, string(tie.Batch))
		}
		return keys, err
	}
}

func changes(ctx context.Context, l *ledger.Ledger) ([]string, error) {
	return documentIDs(l.ChangedDocuments(ctx, sluss.Trackdechets))
}

func adrift(ctx context.Context, l *ledger.Ledger) ([]string, error) {
	return documentIDs(l.Adrift(ctx, []string{"REFUSED", "CANCELED", sluss.DocumentDeleted}))
}

func document(ctx context.Context, l *ledger.Ledger) ([]string, error) {
	d, _, err := l.Document(ctx, sluss.Trackdechets, "BSD-filing/default/F-400/se.reception")
	return []string{d.ID}, err
}

func documentIDs(list []sluss.ChangedDocument, err error) (keys []string, _ error) {
	for _, d := range list {
		keys = append(keys, d.Document.ID)
	}
	return keys, err
}

func bareFilings(ctx context.Context, l *ledger.Ledger, keys []string) error {
	_, err := ledger.Read[ledger.Filing](ctx, l, `
		select f.id, f.line, f.batch, f.registry, f.at as opened_at, c.obligation, c.hash, c.due, c.stage, c.waiting, c.at as since, b.tenant, b.reference
		from filings f join contents c on c.filing = f.id join batches b on b.id = f.batch
		where f.id = any ($1)`, pq.Array(keys))
	return err
}

// bareContents reads what outdated notes are compared with.
func bareContents(ctx context.Context, l *ledger.Ledger, keys []string) error {
	_, err := ledger.Read[ledger.OutdatedFiling](ctx, l, `
		select f.id as filing, c.content as told, b.declaration as "then", b.declaration as now
		from filings f join contents c on c.filing = f.id join batches b on b.id = f.batch
		where f.id = any ($1)`, pq.Array(keys))
	return err
}

func bareBatches(ctx context.Context, l *ledger.Ledger, keys []string) error {
	_, err := ledger.Read[ledger.BatchRow](ctx, l, `
		select id, line, tenant, reference, predecessor, declaration->'waste' as waste, declared_at from batches where id = any ($1)`, pq.Array(keys))
	return err
}

// bareChain reads as many statements as there are directions.
func bareChain(ctx context.Context, l *ledger.Ledger, keys []string) error {
	if err := bareBatches(ctx, l, keys[:1]); err != nil {
		return err
	}
	return bareBatches(ctx, l, keys[1:])
}

func bareDocuments(ctx context.Context, l *ledger.Ledger, keys []string) error {
	_, err := ledger.Read[sluss.Document](ctx, l, `
		select registry, id, number, custom_id, status, verdict, updated_at, seen_at from documents where registry = 'trackdechets' and id = any ($1)`, pq.Array(keys))
	return err
}

// bareBatch reads all lines of a batch, with one statement for each table.
func bareBatch(ctx context.Context, l *ledger.Ledger, keys []string) error {
	of := `where filing in (select id from filings where batch = $1)`
	for _, table := range []string{
		"batches where id = $1", "events where batch = $1", "obligations where batch = $1", "filings where batch = $1", "contents " + of, "stages " + of,
		"attempts " + of, "answers " + of, "signatures " + of, "corrections where batch = $1", "decisions " + of, "closings where batch = $1",
	} {
		name, _, _ := strings.Cut(table, " ")
		if _, err := ledger.Read[string](ctx, l, `select to_jsonb(`+name+`) from `+table, keys[0]); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkRecording records a filing, from its content to its receipt, in a large
// ledger: seven statements and two commits of transactions.
func BenchmarkRecording(b *testing.B) {
	l, _ := filled(b, *benchBatches, *benchOpen)
	record(b, l)
}

func record(b *testing.B, l *ledger.Ledger) {
	b.Helper()
	ctx, run := b.Context(), time.Now().UnixNano()
	must(b, l.SetQuota(ctx, sluss.Avfallsregistret, quota.Quota{Limits: []quota.Limit{{Calls: 1_000_000, Per: time.Second}}}))
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		batch := sluss.NewBatchID("", fmt.Sprint("F-", *benchBatches-n%1000))
		id := batch.Filing(sluss.ObligationID(fmt.Sprintf("bench#%d", run+int64(n))))
		f := filing(id)
		f.Batch = batch
		if (*benchBatches-n%1000)%10 == 2 { // another tenant's
			continue
		}
		began := time.Now()
		must(b, l.OpenFiling(ctx, f))
		must(b, l.RecordStage(ctx, sluss.StageRecord{Filing: id, Number: 1, Stage: sluss.StageSending, At: noon}))
		permit, err := l.Begin(ctx, intent(id, 1))
		must(b, err)
		if permit.Kind != sluss.PermitGranted {
			b.Fatalf("the permit is %+v", permit)
		}
		must(b, l.Finish(ctx, accepted(permit.Attempt)))
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms")
}
