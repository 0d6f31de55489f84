package ledger_test

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/config"
	"sluss/examples"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/quota"
)

// TestMain lets more tests run at once than there are processors: many of them wait for
// what the server does after a while.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var template = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	l, err := ledger.Open(ctx, url)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Migrate(ctx); err != nil {
		return err
	}
	companies, mandates, err := config.ReadRepresented(examples.Represented)
	if err != nil {
		return err
	}
	return l.Configure(ctx, companies, mandates, time.Now())
})

// fresh is a new migrated ledger, and its URL.
func fresh(t *testing.T) (*ledger.Ledger, string) {
	t.Helper()
	url := template.Database(t)
	return open(t, url), url
}

func open(t *testing.T, url string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// hasty opens a ledger whose timeouts are a fifth of the ordinary, so that a test
// need not wait for these.
func hasty(t *testing.T, url string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.OpenHasty(t.Context(), url, 5)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// rows opens the database behind the ledger's back.
func rows(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, table string) (n int) {
	t.Helper()
	must(t, db.QueryRowContext(t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 3600))

const batchID, filingID = "batch/default/VO-1", "filing/default/VO-1/se.transport#1"

func declaration() sluss.Declaration {
	return sluss.Declaration{
		Reference: "VO-1", Predecessor: "VO-0",
		Waste: sluss.Waste{Code: "130205*", Name: "Waste oil", Mass: 1250_500},
	}
}

func produced() sluss.EventRecord {
	d := declaration()
	return sluss.EventRecord{
		Batch: batchID, Declaration: &d, At: noon,
		Event: sluss.Event{Kind: sluss.Produced, At: noon, By: sluss.Person{Name: "Anna Ek"}},
	}
}

func owed(id sluss.ObligationID) sluss.Obligation {
	return sluss.Obligation{
		ID: id, Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport, Role: sluss.Transporter, Leg: 1, Event: "pickedUp#1",
		Rule: sluss.Rule{ID: "se.transport", Statute: "Avfallsförordningen (2020:614)", Paragraph: "ch. 6 § 2", Title: "tell of the transport", Country: "SE"},
		Due:  noon.AddDate(0, 0, 2),
	}
}

func pickedUp() sluss.EventRecord {
	return sluss.EventRecord{
		Batch: batchID, At: noon.Add(time.Hour),
		Event:       sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: noon.Add(time.Hour), By: sluss.Person{Name: "Bo Dahl"}},
		Obligations: []sluss.Obligation{owed("se.transport#1")},
	}
}

func filing(id sluss.FilingID) sluss.FilingRecord {
	_, obligation, _ := id.Split()
	content := sluss.Content{Declaration: declaration(), Obligation: owed(obligation), Events: []sluss.Event{produced().Event, pickedUp().Event}}
	return sluss.FilingRecord{
		Filing: id, Batch: batchID, Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: noon.Add(time.Hour),
	}
}

// ready is a ledger with a batch and open filings of the ids given.
func ready(t *testing.T, filings ...sluss.FilingID) (*ledger.Ledger, string) {
	t.Helper()
	l, url := fresh(t)
	must(t, l.RecordEvent(t.Context(), produced()))
	must(t, l.RecordEvent(t.Context(), pickedUp()))
	for _, id := range filings {
		must(t, l.OpenFiling(t.Context(), filing(id)))
	}
	return l, url
}

func TestTheRecordIsAppendOnly(t *testing.T) {
	t.Parallel()
	_, url := ready(t, filingID)
	db := rows(t, url)
	tables := strings.Fields("batches events obligations filings contents stages attempts answers signatures corrections decisions closings quota_acts results result_batches result_corrections prints revision_answers register_files revivals kept_events companies mandates endings their_receipts")
	if n := count(t, db, "information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('quotas', 'tickets', 'foreign_calls', 'lookups', 'reference_data', 'syncs', 'documents', 'open_batches', 'open_filings', 'corrected_filings', 'goose_db_version')"); n != len(tables) {
		t.Errorf("%d tables of the record, this test knows %d", n, len(tables))
	}
	for _, table := range tables {
		before := count(t, db, table)
		for _, statement := range []string{"update " + table + " set line = line", "delete from " + table, "truncate " + table + " cascade"} {
			_, err := db.ExecContext(t.Context(), statement)
			if err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", statement, err)
			}
		}
		if after := count(t, db, table); after != before {
			t.Errorf("%s: %d rows became %d", table, before, after)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := pgtest.Database(t)
	for name, test := range map[string]struct{ url, want string }{
		"no URL":      {"postgres://sluss:hush@:x:y/", "want"},
		"not a DSN":   {"hush", "URL such as"},
		"nobody home": {"postgres://sluss:hush@127.0.0.1:1/sluss?sslmode=disable", "is the server running"},
		"no database": {strings.Replace(good, "/sluss_test_", "/sluss_none_", 1), "create the database first"},
	} {
		l, err := ledger.Open(t.Context(), test.url)
		if err == nil {
			l.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), strings.TrimPrefix(test.want, "want")) {
			t.Errorf("%s: %v; want %q and no password", name, err, test.want)
		}
	}
}

func TestStatementsAreCounted(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	must(t, l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{}))
	before := l.Statements()
	must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 1, Stage: sluss.StageSending, At: noon}))
	if n := l.Statements() - before; n != 1 {
		t.Errorf("a stage took %d statements, want 1", n)
	}
	before = l.Statements()
	permit, err := l.Begin(t.Context(), intent(filingID, 1))
	must(t, err)
	must(t, l.Finish(t.Context(), accepted(permit.Attempt)))
	if n := l.Statements() - before; n != 4 { // quota, look, intent; answer
		t.Errorf("a call took %d statements, want 4", n)
	}
}

// The registry may have taken what was sent, unless it said that it did not.
func TestMayBeTaken(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	must(t, l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{}))
	look := func(when string, want bool) {
		t.Helper()
		if taken, err := l.MayBeTaken(t.Context(), filingID); err != nil || taken != want {
			t.Errorf("%s: %v, %v", when, taken, err)
		}
	}
	look("never sent", false)
	permit, err := l.Begin(t.Context(), intent(filingID, 1))
	must(t, err)
	look("under way", true)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "wrong"}}}}))
	look("rejected", false)
	permit, err = l.Begin(t.Context(), intent(filingID, 2))
	must(t, err)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Unknown}}))
	look("the answer was lost", true)
}
