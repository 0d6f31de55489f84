package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/config"
	"sluss/examples"
	"sluss/ledger"
	"sluss/postgres"
	"sluss/service"
	"sluss/worker/engine"
)

// openInstallation starts an installation for the test, on free ports, with its own
// PostgreSQL; its state is deleted after the test.
func openInstallation(tb testing.TB) (*Installation, flags) {
	tb.Helper()
	needPostgres(tb)
	clearEnvironment(tb)
	f := flags{Options: Options{IP: loopback, Settle: 2 * time.Second, Say: tb.Logf}, demo: true, exit: true}
	remove, err := f.dataFolder()
	must(tb, err)
	tb.Cleanup(remove)
	h, err := OpenInstallation(context.WithoutCancel(tb.Context()), f.Options)
	must(tb, err)
	tb.Cleanup(h.Close)

	// The service has connections of its own, because tests stop the worker whose
	// connections it had.
	c, err := config.Load(h.ConfigFile)
	must(tb, err)
	h.Service.Temporal, err = c.Temporal.Dial(tb.Context(), quiet)
	must(tb, err)
	tb.Cleanup(h.Service.Temporal.Close)
	h.Service.Ledger, err = ledger.Open(tb.Context(), c.Database)
	must(tb, err)
	tb.Cleanup(func() { _ = h.Service.Ledger.Close() })
	return h, f
}

func needPostgres(tb testing.TB) {
	tb.Helper()
	if _, err := postgres.Binaries(); err != nil {
		if errors.Is(err, postgres.ErrNoBinaries) && os.Getenv("CI") == "" {
			tb.Skipf("this test needs PostgreSQL: %v", err)
		}
		tb.Fatalf("this test needs PostgreSQL: %v", err)
	}
}

// clearEnvironment removes configuration from the environment of a test.
func clearEnvironment(tb testing.TB) {
	tb.Helper()
	for _, name := range []string{
		"DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_UI", "SLUSS_CONFIG", "SLUSS_SETTLE",
		"SLUSS_ENCRYPTION_KEY", "SLUSS_ENCRYPTION_KEY_FILE", "SLUSS_API_ADDRESS", "SLUSS_API_TOKEN_FILE",
	} {
		tb.Setenv(name, "")
	}
}

// quiet is for what a test does not listen to.
var quiet = slog.New(slog.DiscardHandler)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// eventually waits until try succeeds, and fails the test if it does not.
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
	d, err := service.ReadDeclaration(content)
	must(tb, err)
	d.Reference = reference
	move := time.Now().Truncate(time.Second).Add(2 * time.Hour).Sub(d.Legs[0].Departure)
	for i := range d.Legs {
		d.Legs[i].Departure = d.Legs[i].Departure.Add(move)
	}
	return d
}

// declare starts a batch that nobody has declared before.
func (h *Installation) declare(tb testing.TB, d sluss.Declaration) {
	tb.Helper()
	declared, err := h.Service.Declare(tb.Context(), d, sluss.Person{Name: "test"}, time.Now().Add(-time.Hour).Truncate(time.Second))
	if err != nil || !declared.Fresh {
		tb.Fatalf("declare %s: %+v, %v", d.Reference, declared, err)
	}
}

// represent enters companies as ours.
func (h *Installation) represent(tb testing.TB, tenant string, parties ...sluss.Party) {
	tb.Helper()
	for _, p := range parties {
		_, _, err := h.Service.AddCompany(tb.Context(), sluss.Company{Tenant: tenant, Country: p.Country, ID: p.ID, Name: p.Name, Entry: sluss.Entry{By: officer}})
		must(tb, err)
	}
}

// report reports all events of a batch without a delay.
func (h *Installation) report(tb testing.TB, d sluss.Declaration, events ...sluss.EventID) {
	tb.Helper()
	for _, id := range events {
		e, err := eventOf(d, id)
		must(tb, err)
		_, err = h.Service.Event(tb.Context(), d.ID(), e)
		must(tb, err)
	}
}

// stopEngine stops the installation's worker; its workflows wait.
func (h *Installation) stopEngine() {
	if h.engine != nil {
		h.engine.Stop()
		h.engine = nil
	}
}

// startEngine starts a worker again.
func (h *Installation) startEngine(tb testing.TB) {
	tb.Helper()
	h.engine = startEngine(tb, h.ConfigFile)
}

func startEngine(tb testing.TB, configFile string) *engine.Engine {
	tb.Helper()
	c, err := config.Load(configFile)
	must(tb, err)
	e, err := engine.Start(context.WithoutCancel(tb.Context()), c, quiet)
	must(tb, err)
	return e
}

// program builds one of the main module's programs.
func program(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	build := exec.CommandContext(tb.Context(), "go", "build", "-o", path, "./"+name)
	build.Dir = ".."
	if output, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", name, err, output)
	}
	return path
}
