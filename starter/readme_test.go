package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api/apitest"
	"sluss/obligations"
)

// TestReadmeShowsTheInbox holds the transcript in README.md against what `starter
// inbox` prints: one report waits for a signature, and one is rejected.
func TestReadmeShowsTheInbox(t *testing.T) {
	l := opened(t)
	waits := func(d sluss.Declaration, obligation sluss.ObligationID, stage sluss.FilingStage, reasons ...sluss.Reason) {
		contents := obligations.Planned(d)
		i := slices.IndexFunc(contents, func(c sluss.Content) bool { return c.Obligation.ID == obligation })
		if i < 0 {
			t.Fatalf("%s does not owe %s", d.ID(), obligation)
		}
		c := contents[i]
		for i, e := range c.Events {
			r := sluss.EventRecord{Batch: d.ID(), Event: e, At: e.At}
			if i == 0 {
				r.Declaration = &d
			}
			must(t, l.RecordEvent(t.Context(), r))
		}
		id, at := d.ID().Filing(obligation), c.Events[len(c.Events)-1].At
		opened, waiting := stage, sluss.Officer
		if len(reasons) > 0 {
			opened, waiting = sluss.StageSending, ""
		}
		must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{Filing: id, Batch: d.ID(), Content: c, Hash: c.Hash(), Stage: opened, Waiting: waiting, At: at}))
		if len(reasons) > 0 {
			must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: id, Number: 1, Stage: stage, Waiting: sluss.Officer, Reasons: reasons, At: at}))
		}
	}
	waits(example(t, "se-waste-oil.json", sluss.DefaultTenant, "VO-2026-0101"), "se.transport#1", sluss.StageRejected,
		sluss.Reason{Code: "1051", Field: "legs.0.from.municipality", Message: "the municipality is unknown", Remedy: "give the four digits of Statistics Sweden, such as 0180 for Stockholm"})
	waits(example(t, "se-two-transporters.json", sluss.DefaultTenant, "VO-2026-0102"), "se.removal", sluss.StageSignature)

	var out bytes.Buffer
	s := &starter{
		in: strings.NewReader(""), out: &out, err: &out, zone: winter, transport: apitest.Client(t).Transport,
		now: func() time.Time { return time.Date(2026, 11, 25, 7, 30, 0, 0, winter) },
	}
	if code := s.run(t.Context(), []string{"inbox"}); code != exitOK {
		t.Fatalf("exit %d\n%s", code, &out)
	}
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	if want := "$ starter inbox\n" + hashes.ReplaceAllString(out.String(), "sha256:…"); !strings.Contains(string(readme), want) {
		t.Errorf("README.md should have\n%s", want)
	}
}
