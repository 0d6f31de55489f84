package ledger_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

type inner struct {
	TraceID string
	At      time.Time
}

type row struct {
	inner

	ID       int64
	SHA256   string
	Sum      int
	Share    float64
	Mass     *sluss.Mass
	Ticket   *int64
	Body     []byte
	Request  string
	Roles    []sluss.Role
	Receipt  *sluss.Receipt
	Outcome  sluss.Outcome
	NextDue  time.Time
	Open     bool
	Exchange sluss.Exchange
}

// TestRowsAreReadByTheNamesOfTheirColumns: what is null is zero, times are in UTC,
// and what is not simple is JSON; a column that has no field is a mistake.
func TestRowsAreReadByTheNamesOfTheirColumns(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	mass, ticket := sluss.Mass(1250_500), int64(7)
	full := row{
		inner: inner{TraceID: "t", At: noon.UTC()}, ID: 3, SHA256: "ab", Sum: 12, Share: 0.5, Mass: &mass, Ticket: &ticket,
		Body: []byte{0xff, 0}, Request: "\xff", Roles: []sluss.Role{sluss.Officer, sluss.Producer},
		Receipt: &sluss.Receipt{ID: "r", At: noon.UTC()}, Outcome: sluss.Outcome{Kind: sluss.Accepted}, NextDue: noon.UTC(), Open: true,
		Exchange: sluss.Exchange{Status: 200, Started: noon.UTC()},
	}
	const columns = ` as t(trace_id, at, id, sha256, sum, share, mass, ticket, body, request, roles, receipt, outcome, next_due, open, "exchange.status", "exchange.started")`
	got, err := ledger.Read[row](t.Context(), l, `select * from (values
		('t'::text, $1::timestamptz, 3::bigint, 'ab'::text, 12::numeric, 0.5::float8, 1250.500::numeric, 7::bigint, '\xff00'::bytea, '\xff'::bytea,
		to_jsonb(array['officer', 'producer']), '{"id": "r", "at": "2026-11-23T11:00:00Z"}'::jsonb, '{"kind": "Accepted"}'::jsonb, $1::timestamptz, true, 200, $1::timestamptz),
		(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null))`+columns, noon)
	must(t, err)
	if len(got) != 2 || !reflect.DeepEqual(got[1], row{}) {
		t.Fatalf("%+v", got)
	}
	if !reflect.DeepEqual(got[0], full) {
		t.Errorf("%+v, want %+v", got[0], full)
	}
	if names, err := ledger.Read[string](t.Context(), l, "select unnest(array['a', 'b'])"); err != nil || !reflect.DeepEqual(names, []string{"a", "b"}) {
		t.Errorf("%q, %v", names, err)
	}
	if none, err := ledger.Read[int](t.Context(), l, "select 1 where false"); err != nil || none == nil || len(none) != 0 {
		t.Errorf("none are %v, %v", none, err)
	}
	if _, err := ledger.Read[row](t.Context(), l, "select 1 as id, 2 as colour"); err == nil || !strings.Contains(err.Error(), "no field for the column colour") {
		t.Errorf("a column without a field: %v", err)
	}
}
