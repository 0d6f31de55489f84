package engine

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"sluss"
	"sluss/config"
	"sluss/ledger"
	"sluss/postgres/pgtest"
)

// TestAWorkerEntersWhomItsConfigurationNames, and says so if nobody is entered at all.
func TestAWorkerEntersWhomItsConfigurationNames(t *testing.T) {
	l, err := ledger.Open(t.Context(), pgtest.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	must(t, l.Migrate(t.Context()))
	var told bytes.Buffer
	e := &Engine{Ledger: l}
	log := slog.New(slog.NewTextHandler(&told, nil))
	must(t, e.represent(t.Context(), config.Config{}, log))
	if !strings.Contains(told.String(), "no company is entered that we report for") {
		t.Errorf("told %q", told.String())
	}
	told.Reset()
	c := config.Config{
		Companies: []sluss.Company{{Country: "SE", ID: "5560069618", Name: "A"}},
		Mandates:  []sluss.Mandate{{Country: "SE", ID: "5560000167", Name: "B", Duties: []string{sluss.AllDuties}, From: "2026-12-01", Evidence: "x", As: sluss.AsAgent}},
	}
	for _, configured := range []config.Config{c, c, {}} { // a worker without both keys changes nothing
		must(t, e.represent(t.Context(), configured, log))
		r, err := l.Represented(t.Context(), "")
		if must(t, err); len(r.Companies) != 1 || len(r.Mandates) != 1 || !r.Companies[0].Configured || r.Companies[0].Ended != nil || told.Len() > 0 {
			t.Errorf("%+v, told %q", r, told.String())
		}
	}
}
