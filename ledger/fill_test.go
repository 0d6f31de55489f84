package ledger_test

import (
	"database/sql"
	_ "embed"
	"encoding/json"
	"os"
	"testing"

	"sluss"
	"sluss/ledger"
)

//go:embed testdata/fill.sql
var fillSQL string

// filled is a ledger with so many batches, so many of them open.
func filled(t testing.TB, batches, open int) (*ledger.Ledger, *sql.DB) {
	t.Helper()
	url := template.Database(t)
	db := fill(t, url, batches, open)
	l, err := ledger.Open(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l, db
}

func fill(t testing.TB, url string, batches, open int) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // the fill is a session's
	data, err := os.ReadFile("../examples/se-waste-oil.json")
	must(t, err)
	content := sluss.Content{Obligation: owed("se.transport#1"), Events: []sluss.Event{produced().Event, pickedUp().Event}}
	must(t, json.Unmarshal(data, &content.Declaration))
	for name, value := range map[string]any{"batches": batches, "open": open, "content": content, "owed": content.Obligation} {
		text, err := json.Marshal(value)
		must(t, err)
		_, err = db.ExecContext(t.Context(), `select set_config('fill.' || $1, $2, false)`, name, string(text))
		must(t, err)
	}
	_, err = db.ExecContext(t.Context(), fillSQL)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `vacuum analyze`)
	must(t, err)
	return db
}
