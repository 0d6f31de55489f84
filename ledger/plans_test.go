package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"testing"

	"github.com/lib/pq"

	"sluss"
	"sluss/ledger"
)

var seqScan = regexp.MustCompile(`Seq Scan on (\w+)`)

// TestNoLargeTableIsReadWhole: what people look at takes as long in ten years as it does
// today. Tables of what is open stay small.
func TestNoLargeTableIsReadWhole(t *testing.T) {
	_, db := filled(t, 3000, 300)
	large := map[string]bool{}
	for _, table := range texts(t.Context(), t, db, `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples > 1000`) {
		large[table] = true
	}
	if len(large) < 9 || large["open_batches"] {
		t.Fatalf("large tables: %v", large)
	}
	const batch, filing = "batch/default/F-1000", "filing/default/F-1000/se.reception"
	for name, args := range map[string][]any{
		"inbox": {"", "", "", false, 100, 0}, "batch": {batch}, "filings": {batch}, "filing": {filing}, "filings by id": {pq.Array([]string{filing})}, "versions": {batch},
		"timeline": {batch}, "predecessors": {batch}, "successors": {batch}, "documents": {batch}, "prints": {batch}, "snapshot": {batch}, "outdated": {"", "default"},
		"changes": {sluss.Trackdechets, "7 days"}, "changes of a batch": {batch}, "document": {sluss.Trackdechets, "BSD-1"},
	} {
		checkPlan(t, db, large, name, ledger.Statements[name], args)
	}
	for _, f := range []ledger.BatchFilter{
		{},
		{After: 9000},
		{Tenant: "north"},
		{Stage: "received"},
		{Stage: "closed"},
		{Stage: "closed", Tenant: "north", After: 9000},
		{Waiting: sluss.Officer},
		{Overdue: true},
		{Tenant: "default", Stage: "accepted", Waiting: sluss.Officer, Overdue: true},
	} {
		query, args := f.Statement()
		checkPlan(t, db, large, fmt.Sprintf("list %+v", f), query, args)
	}
}

func checkPlan(t *testing.T, db *sql.DB, large map[string]bool, name, query string, args []any) {
	t.Helper()
	plan := ""
	for _, line := range texts(t.Context(), t, db, "explain (costs off) "+query, args...) {
		plan += line + "\n"
	}
	for _, scan := range seqScan.FindAllStringSubmatch(plan, -1) {
		if large[scan[1]] {
			t.Errorf("%s reads all of %s:\n%s", name, scan[1], plan)
			return
		}
	}
}

func texts(ctx context.Context, t *testing.T, db *sql.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, query, args...)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var text string
		must(t, rows.Scan(&text))
		list = append(list, text)
	}
	must(t, rows.Err())
	return list
}
