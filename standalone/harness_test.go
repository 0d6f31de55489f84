package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/config"
	"sluss/examples"
	"sluss/inbox"
	"sluss/postgres"
	"sluss/worker/engine"
)

// openHouse is a house of the test's own, on free ports, with its own
// PostgreSQL; all its state goes with the test.
func openHouse(tb testing.TB) (*House, flags) {
	tb.Helper()
	if _, err := postgres.Binaries(); err != nil {
		if errors.Is(err, postgres.ErrNoBinaries) && os.Getenv("CI") == "" {
			tb.Skipf("this test needs PostgreSQL: %v", err)
		}
		tb.Fatalf("this test needs PostgreSQL: %v", err)
	}
	// What is configured around the test is not what it is about.
	for _, name := range []string{"DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_UI", "SLUSS_SETTLE", "SLUSS_ENCRYPTION_KEY", "SLUSS_ENCRYPTION_KEY_FILE"} {
		tb.Setenv(name, "")
	}
	f := flags{Options: Options{IP: loopback, Settle: 2 * time.Second, Say: tb.Logf}, demo: true, exit: true}
	remove, err := f.dataFolder()
	must(tb, err)
	tb.Cleanup(remove)
	h, err := OpenHouse(context.WithoutCancel(tb.Context()), f.Options)
	must(tb, err)
	tb.Cleanup(h.Close)
	return h, f
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// eventually waits until try succeeds, and fails the test where it does not.
func eventually(tb testing.TB, limit time.Duration, try func(context.Context) error) {
	tb.Helper()
	if err := poll(tb.Context(), limit, try); err != nil {
		tb.Fatal(err)
	}
}

// example is a sample batch under a reference of the test's own, that departs
// in two hours.
func example(tb testing.TB, name, reference string) sluss.Declaration {
	tb.Helper()
	content, ok := maps.Collect(examples.All())[name+".json"]
	if !ok {
		tb.Fatalf("there is no example %s: %v", name, slices.Collect(maps.Keys(maps.Collect(examples.All()))))
	}
	d, err := inbox.ReadDeclaration(content)
	must(tb, err)
	d.Reference = reference
	move := time.Now().Truncate(time.Second).Add(2 * time.Hour).Sub(d.Legs[0].Departure)
	for i := range d.Legs {
		d.Legs[i].Departure = d.Legs[i].Departure.Add(move)
	}
	return d
}

// declare starts a batch that nobody has declared before.
func (h *House) declare(tb testing.TB, d sluss.Declaration) {
	tb.Helper()
	declared, err := h.Desk.Declare(tb.Context(), d, sluss.Person{Name: "test"}, time.Now().Add(-time.Hour).Truncate(time.Second))
	if err != nil || !declared.Fresh {
		tb.Fatalf("declare %s: %+v, %v", d.Reference, declared, err)
	}
}

// report tells the batch what happened, without any person's delay.
func (h *House) report(tb testing.TB, d sluss.Declaration, events ...string) {
	tb.Helper()
	for _, id := range events {
		e, err := eventOf(d, id)
		must(tb, err)
		_, err = h.Desk.Event(tb.Context(), d.ID(), e)
		must(tb, err)
	}
}

// stopEngine ends the house's worker; what it serves waits.
func (h *House) stopEngine() {
	h.engine.Stop()
}

// startEngine starts a worker again, and gives the desk its connections.
func (h *House) startEngine(tb testing.TB) {
	tb.Helper()
	c, err := config.Load(h.ConfigFile)
	must(tb, err)
	h.engine, err = engine.Start(context.WithoutCancel(tb.Context()), c, quiet)
	must(tb, err)
	h.Desk.Temporal, h.Desk.Ledger = h.engine.Temporal, h.engine.Ledger
}
