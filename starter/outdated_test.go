package main

import (
	"strings"
	"testing"

	"sluss"
	"sluss/ledger"
	"sluss/service"
)

// TestWhatWasFiledBeforeACorrection: show and inbox name the note, and the
// command that amends it, until that is asked for.
func TestWhatWasFiledBeforeACorrection(t *testing.T) {
	l, _ := story(t)
	const do = "starter amend VO-1/se.transport#1 waste.mass=1180 --reason REASON --by NAME\n"
	look := func(want int) {
		t.Helper()
		for _, verb := range [][]string{{"show", "VO-1"}, {"inbox"}, {"inbox", "--role", "officer"}} {
			if code, out, errs := try(t, verb...); code != exitOK || strings.Count(out, do) != want {
				t.Errorf("%s: exit %d, %s\n%s", verb, code, errs, out)
			}
		}
		items, outdated := decoded[[]service.Filing](t, "inbox"), 0
		for _, item := range items {
			if item.Outdated != nil && item.ID == "filing/default/VO-1/se.transport#1" && item.Outdated.Set["waste.mass"] == "1180" {
				outdated++
			}
		}
		if outdated != want {
			t.Errorf("the inbox has it %d times: %+v", outdated, items)
		}
	}
	look(0)
	known, err := l.Batch(t.Context(), "batch/default/VO-1")
	must(t, err)
	c := sluss.Correction{Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again", By: sluss.Person{Name: "Karin Holm"}, At: noon}
	now, err := known.Declaration.Corrected(c)
	must(t, err)
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: known.ID, Number: 9, Correction: c, Declaration: now}))
	look(1)
	if code, out, _ := try(t, "inbox", "--role", "receiver"); code != exitOK || strings.Contains(out, do) {
		t.Errorf("what the officer is to do stands in the receiver's inbox\n%s", out)
	}
	amended(t, l, 1, sluss.Amendment{Receipt: "0b5c", Set: c.Set, Reason: c.Reason})
	look(0)
}

func TestOutdatedAndTiedForPeople(t *testing.T) {
	mass := 400 * sluss.Kilogram
	var b strings.Builder
	writeOutdated(&b, []service.Outdated{{Filing: "filing/default/A/se.removal", Why: "w", Remedy: "annul it", Kind: "amend"}})
	if got := b.String(); strings.Contains(got, "starter") || !strings.Contains(got, "A/se.removal is outdated, and is not amended automatically") || !strings.Contains(got, "annul it") {
		t.Errorf("%s", got)
	}
	for want, tie := range map[string]ledger.LinkedBatch{
		"A, 400 kg": {Batch: "batch/default/A", Mass: &mass},
		"A":         {Batch: "batch/default/A"},
		"a batch of another company, 0b5c, 400 kg": {Receipt: "0b5c", Mass: &mass},
	} {
		if got := linkedBatch(tie); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
