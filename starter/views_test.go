package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/service"
)

var update = flag.Bool("update", false, "write what the views look like now to testdata")

// What differs from run to run.
var (
	recordedAt = regexp.MustCompile(`202[1-9]-\d\d-\d\d \d\d:\d\d \+01:00`) // by the database's own clock
	hashes     = regexp.MustCompile(`sha256:[0-9a-f]+`)
	line       = regexp.MustCompile(`--after \d+`)
)

// TestViewsForPeople holds what people see against testdata/views.txt.
func TestViewsForPeople(t *testing.T) {
	_, hash := story(t)
	var transcript strings.Builder
	for _, args := range []string{
		"list", "list --overdue", "list --stage closed", "list --tenant nobody", "list --limit 1",
		"inbox", "inbox --role receiver",
		"show VO-1", "show VO-2", "show north/NO-1",
		"attempts VO-1/se.transport#1", "attempts VO-2/se.removal", "quota",
		"sign VO-2 --role officer --name A --dry-run",
		"sign VO-2 --role producer --name A",
		"sign VO-2 --role officer --name A --filing se.removal --hash sha256:00",
		"sign VO-2 --role officer --name A --filing se.transport#9",
		"show VO-9", "attempts VO-9/se.removal",
	} {
		code, out, errs := try(t, strings.Fields(args)...)
		if strings.ContainsAny(out+errs, "\x1b") {
			t.Errorf("%s: an escape sequence came through", args)
		}
		fmt.Fprintf(&transcript, "$ starter %s\n%s", args, out)
		for text := range strings.Lines(errs) {
			fmt.Fprintf(&transcript, "(standard error) %s", text)
		}
		fmt.Fprintf(&transcript, "(exit %d)\n\n", code)
	}
	got := transcript.String()
	if !strings.Contains(got, "--hash "+hash+" --name NAME") {
		t.Error("the command that signs does not name the whole hash of the content")
	}
	for pattern, replacement := range map[*regexp.Regexp]string{
		recordedAt: "RECENTLY", hashes: "sha256:HASH", line: "--after LINE",
	} {
		got = pattern.ReplaceAllString(got, replacement)
	}
	file := filepath.Join("testdata", "views.txt")
	if *update {
		must(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if got != string(want) {
		t.Errorf("the views changed; if that is meant, run go test with -update. Now:\n%s", got)
	}
}

// decoded reads the JSON answer of one command line into the type that it should have,
// without unknown fields.
func decoded[T any](t *testing.T, args ...string) (value T) {
	t.Helper()
	code, out, errs := try(t, append(args, "--json")...)
	decoder := json.NewDecoder(bytes.NewReader([]byte(out)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); code != exitOK || err != nil {
		t.Errorf("%s: exit %d, %v, %s", args, code, err, errs)
	}
	return value
}

func TestViewsForMachines(t *testing.T) {
	_, hash := story(t)
	if rows := decoded[[]ledger.BatchRow](t, "list"); len(rows) != 3 || rows[0].Reference != "VO-2" || !rows[1].Overdue || rows[2].Closed != "treated" {
		t.Errorf("list %+v", rows)
	}
	if filings := decoded[[]service.Filing](t, "inbox", "--registry", "autosys"); len(filings) != 1 || filings[0].Stage != sluss.StageRejected || len(filings[0].Reasons) != 1 {
		t.Errorf("inbox %+v", filings)
	}
	if shown := decoded[service.Shown](t, "show", "VO-1"); shown.Stage != "closed" || len(shown.Filings) != 1 || len(shown.Timeline) != 7 || shown.Declaration.Waste.Mass != 1250_000 {
		t.Errorf("show %+v", shown)
	}
	if attempts := decoded[[]ledger.Attempt](t, "attempts", "VO-1/se.transport#1"); len(attempts) != 1 || attempts[0].Exchange.Request != "secret" {
		t.Errorf("attempts %+v", attempts)
	}
	if quotas := decoded[[]ledger.Quota](t, "quota"); len(quotas) != 1 || len(quotas[0].Limits) != 0 || quotas[0].Waiting != 0 {
		t.Errorf("quota %+v, want that of the one call, without limits", quotas)
	}
	if signing := decoded[[]signing](t, "sign", "VO-2", "--role", "officer", "--name", "A", "--dry-run"); len(signing) != 1 || signing[0].Hash != hash || signing[0].Content.Hash() != hash {
		t.Errorf("sign %+v", signing)
	}
}

func TestErrorsForMachines(t *testing.T) {
	opened(t)
	for args, want := range map[string]struct {
		code int
		text string
	}{
		"show VO-9 --json":                         {exitRefused, "there is no such batch"},
		"--json sign VO-9 --role officer --name A": {exitRefused, "there is no such batch"},
		"show --json":                              {exitUsage, "BATCH is missing"},
		"event VO-9 pickedUp --by A --json --at 2026-11-24T08:00":   {exitUnavailable, "no Temporal"},
		"declare ../examples/se-to-fr.json --json":                  {exitUnavailable, "no Temporal"},
		"import --json ../examples/batches.csv":                     {exitUnavailable, "no Temporal"},
		"vehicle TS10003 --load 8t --json":                          {exitUnavailable, "no Temporal"},
		"decide VO-9/se.removal withdrawn --reason x --by A --json": {exitUnavailable, "no Temporal"},
	} {
		code, out, errs := try(t, strings.Fields(args)...)
		var problem api.Problem
		if err := json.Unmarshal([]byte(errs), &problem); err != nil || code != want.code || out != "" || !strings.Contains(problem.Error, want.text) {
			t.Errorf("%s: exit %d, %q, %q, %v; want exit %d and %q", args, code, out, errs, err, want.code, want.text)
		}
	}
	t.Setenv("SLUSS_API_URL", "http://127.0.0.1:1")
	if code, _, errs := try(t, "list"); code != exitUnavailable || !strings.Contains(errs, "is `starter serve` running there?") || !strings.Contains(errs, "--api") {
		t.Errorf("nobody serves: exit %d, %s", code, errs)
	}
}

func TestMigrateMakesTheTables(t *testing.T) {
	url := pgtest.Database(t)
	t.Setenv("DATABASE_URL", url)
	for range 2 {
		if code, out, errs := try(t, "migrate"); code != exitOK || out == "" {
			t.Fatalf("exit %d, %s", code, errs)
		}
	}
	if status := decoded[map[string]string](t, "migrate"); status["status"] != "ok" {
		t.Errorf("migrate %v", status)
	}
	t.Setenv("DATABASE_URL", "")
	if code, _, errs := try(t, "migrate"); code != exitUsage || !strings.Contains(errs, "DATABASE_URL") {
		t.Errorf("no ledger is set: exit %d, %s", code, errs)
	}
}
