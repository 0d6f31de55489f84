package engine

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/registries/trackdechets"
	"sluss/registries/trackdechets/wire"
	"sluss/service"
	sim "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// theCode is the security code of every company in a shared world.
const theCode = 7403

// bell is a fake of Temporal that signals a workflow of a shared world.
type bell struct {
	client.Client // nothing else is asked of it

	w *shared
}

func (b bell) SignalWorkflow(_ context.Context, id, _, name string, arg any) error {
	return b.w.env.SignalWorkflowByID(id, name, arg)
}

// TestSigningByCodeSettlesTheFiling: a wrong code is reported and sent once; the
// right one, whose answer is lost, is sent once too, and the filing finds it signed.
// The code is stored nowhere.
func TestSigningByCodeSettlesTheFiling(t *testing.T) {
	w := openShared(t)
	d, ctx := w.batch, t.Context()
	url := httptest.NewServer(w.registry)
	t.Cleanup(url.Close)
	lorry := d.Legs[0].Transporter.ID
	// The lorry's device has no token of the producer.
	registry := trackdechets.New(trackdechets.Options{URL: url.URL, Tokens: map[string]string{lorry: "token-of-" + lorry}, TestCompanies: true})
	people := &service.Service{Ledger: w.ledger, Temporal: bell{w: w}, Signer: registry, Actor: "test"}
	filing := d.ID().Filing("fr.emission#1")
	var told []string
	sign := func(at time.Time, code wire.SecurityCode) (sluss.Outcome, error) {
		o, err := people.SignByCode(ctx, service.CodeSignature{Filing: filing, Role: sluss.Producer, By: sluss.Person{Name: "Claire Dupuis"}, At: at, Code: code})
		if err != nil {
			told = append(told, err.Error())
		}
		return o, err
	}
	sent := func() int { return w.registry.Counters().Operations["signEmissionForm"] }
	w.after(time.Hour, func(at time.Time) {
		if _, err := sign(at, 9876); !errors.Is(err, service.ErrRefused) || !strings.Contains(err.Error(), "the security code is wrong") || !strings.Contains(err.Error(), "enter it again") || sent() != 1 {
			t.Errorf("a wrong code: %v, sent %d times", err, sent())
		}
		must(t, w.registry.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signEmissionForm", AfterEffect: true}))
		if o, err := sign(at, theCode); !errors.Is(err, service.ErrNoAnswer) || o.Kind != sluss.Unknown || sent() != 2 {
			t.Errorf("a lost answer: %+v, %v, sent %d times", o, err, sent())
		}
		if o, err := sign(at, theCode); err != nil || o.Kind != sluss.Accepted || sent() != 2 {
			t.Errorf("entered again: %+v, %v, sent %d times", o, err, sent())
		}
	})
	w.after(2*time.Hour, func(at time.Time) {
		if _, err := sign(at, theCode); !errors.Is(err, service.ErrRefused) || sent() != 2 {
			t.Errorf("once it is settled: %v", err)
		}
	})
	w.after(3*time.Hour, func(time.Time) { w.env.CancelWorkflow() })
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(d.ID()), TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(workflows.Batch, workflows.BatchInput{
		Declaration: d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	f, _, err := w.ledger.Filing(ctx, filing)
	must(t, err)
	form := w.registry.Forms()[0]
	if f.Stage != sluss.StageAccepted || f.Receipt == nil || f.Receipt.ID != form.ID || form.Status != "SIGNED_BY_PRODUCER" {
		t.Errorf("%s with %+v; the records have %s", f.Stage, f.Receipt, form.Status)
	}
	made, err := w.ledger.Attempts(ctx, "code/"+string(filing))
	must(t, err)
	if len(made) != 3 || made[0].Outcome.Kind != sluss.Rejected || made[1].Outcome.Kind != sluss.Unknown || made[2].Purpose != sluss.ToAsk {
		t.Errorf("%+v", made)
	}
	for _, a := range made {
		if a.Calls != 1 || a.Purpose == sluss.ToSubmit && !strings.Contains(a.Exchange.Request, `"securityCode":"***"`) {
			t.Errorf("%d calls, %s", a.Calls, a.Exchange.Request)
		}
	}
	for _, text := range told {
		if strings.Contains(text, "7403") || strings.Contains(text, "9876") {
			t.Errorf("the code is told: %s", text)
		}
	}
	if n := w.rowsWith("9876") + w.rowsWith("7403"); n > 0 || w.rowsWith("emittedBy") == 0 {
		t.Errorf("the ledger has the code in %d rows", n)
	}
}

// rowsWith are how many rows of all tables of the ledger have the text in them, also
// in bytes.
func (w *shared) rowsWith(text string) (rowsFound int) {
	w.t.Helper()
	db, err := sql.Open("postgres", w.url)
	must(w.t, err)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(w.t.Context(), `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	must(w.t, err)
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var name string
		must(w.t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(w.t, rows.Err())
	if len(tables) < 5 {
		w.t.Fatalf("tables %v", tables)
	}
	for _, name := range tables {
		var found int
		must(w.t, db.QueryRowContext(w.t.Context(), `select count(*) from "`+name+`" r where r::text ~ $1 or r::text ~ $2`,
			`(^|[^0-9a-z.])`+text+`([^0-9a-z]|$)`, `\\\\x[0-9a-f]*`+hex.EncodeToString([]byte(text))).Scan(&found))
		rowsFound += found
	}
	return rowsFound
}
