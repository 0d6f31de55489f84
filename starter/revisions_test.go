package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"sluss"
)

func TestRevisionsForPeople(t *testing.T) {
	var out bytes.Buffer
	s := &starter{zone: winter}
	s.writeRevisions(&out, []sluss.Revision{
		{
			ID: "cm1", Document: "BSD-1", Batch: "batch/default/SOLV-1", Author: "1", Name: "Ateliers", Company: "2", Comment: "weighed again", At: today,
			Asks: []sluss.Change{{Field: "waste.mass", Value: "2.95 t"}}, Approval: []sluss.Approval{{Company: "2", Status: "PENDING"}},
		},
		{ID: "cm2", Document: "BSD-2", Author: "2", Name: "Solvants", Company: "2", Ours: true, At: today},
	})
	for _, want := range []string{
		"cm1  BSD-1\n", "SOLV-1\n", "Ateliers (1), ", "waste.mass: 2.95 t\n", "starter revision accept cm1 --company 2 --by NAME\n",
		"starter revision refuse cm1 --company 2 --comment WHY --by NAME\n", "Solvants (2), which is ours", "starter revision withdraw cm2 --by NAME\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "accept cm2") {
		t.Error("our own revision may be accepted")
	}
}

func TestTasksWantTheirArguments(t *testing.T) {
	for line, want := range map[string]string{
		"revisions now":      "unexpected argument",
		"revision accept":    "ID",
		"revision perhaps x": "accept, refuse, withdraw",
		"revision refuse x":  "--comment",
		"revision accept x":  "--by",
		"export":             "--kind",
		"export --kind incoming --from 2026-01-01 -o x":                           "--company",
		"export --kind incoming --company 1 -o x":                                 "--from",
		"export --kind incoming --company 1 --from 2026-01-01":                    "-o",
		"export --kind all --company 1 --from 2026-01-01 -o x":                    "incoming, outgoing, transported, managed, ssd",
		"export --kind ssd --company 1 --from yesterday -o x":                     "no date",
		"export --kind ssd --company 1 --from 2026-01-01 --to 2026-13-01 -o x":    "no date",
		"export --kind ssd --company 1 --from 2026-01-01 --to 2026-12-01 -o x go": "unexpected argument",
	} {
		if code, _, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
	s := &starter{zone: winter}
	if day, err := s.midnight("--from", "2026-11-23"); err != nil || !day.Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, winter)) {
		t.Errorf("%s, %v", day, err)
	}
}
