package main

import (
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
)

// amended opens an amendment of VO-1's note in the story.
func amended(t *testing.T, l *ledger.Ledger, n int, a sluss.Amendment) (id sluss.FilingID, hash string) {
	t.Helper()
	note := sluss.FilingID("filing/default/VO-1/se.transport#1")
	filed, _, _, err := l.Content(t.Context(), note)
	must(t, err)
	a.Filing, a.By.Name = note, "Karin Holm"
	content, err := obligations.Amend(filed, n, a)
	must(t, err)
	id, hash = sluss.NewBatchID("default", "VO-1").Filing(content.Obligation.ID), content.Hash()
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{
		Filing: id, Batch: "batch/default/VO-1", Content: content, Hash: hash, Stage: sluss.StageSignature, Waiting: content.Obligation.Signer, At: noon.Add(48 * time.Hour),
	}))
	return id, hash
}

// settled has a person say that the registry took it.
func settled(t *testing.T, l *ledger.Ledger, id sluss.FilingID, receipt string) {
	t.Helper()
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: id, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: receipt, Reason: "seen there", At: noon}}))
}

func TestVersionsForPeople(t *testing.T) {
	l, _ := story(t)
	show := func(wants ...string) {
		t.Helper()
		code, out, errs := try(t, "show", "VO-1")
		out = recordedAt.ReplaceAllString(out, "RECENTLY")
		for _, want := range wants {
			if code != exitOK || !strings.Contains(out, want+"\n") {
				t.Errorf("exit %d, %s; no line %q in\n%s", code, errs, want, out)
			}
		}
		if again := strings.Count(out, "  version "); len(wants) == 0 && again != 0 {
			t.Errorf("versions of what was never amended:\n%s", out)
		}
	}
	show()

	id, hash := amended(t, l, 1, sluss.Amendment{Receipt: "0b5c", Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again"})
	show(
		"  se.transport#1.amend1  avfallsregistret, waiting for signature (the officer)",
		"  starter sign VO-1 --role officer --filing se.transport#1.amend1 --hash "+hash+" --name NAME",
		"  starter decide VO-1/se.transport#1.amend1 withdrawn --reason REASON --by NAME",
		"  2031-11-26 12:00 +01:00  se.transport#1.amend1: Karin Holm corrects 0b5c: waste.mass = 1180 (weighed again): waiting for signature, waits for the officer",
	)
	if code, out, _ := try(t, "sign", "VO-1", "--role", "officer", "--name", "A", "--dry-run"); code != exitOK || !strings.Contains(out, "  amends    corrects 0b5c, waste.mass=1180 (weighed again, Karin Holm)\n") {
		t.Errorf("sign: exit %d\n%s", code, out)
	}
	if code, out, _ := try(t, "inbox", "--role", "officer"); code != exitOK || !strings.Contains(out, "VO-1/se.transport#1.amend1  waiting for signature (the officer)") {
		t.Errorf("inbox: exit %d\n%s", code, out)
	}

	settled(t, l, id, "a7e1")
	show(
		"    version   0b5c superseded, RECENTLY",
		"    version   a7e1 counts, RECENTLY: corrects 0b5c, waste.mass=1180 (weighed again, Karin Holm)",
	)
	id, _ = amended(t, l, 2, sluss.Amendment{Receipt: "a7e1", Annul: sluss.SentTwice, Reason: "the collector told it"})
	settled(t, l, id, "a7e1")
	show(
		"    version   0b5c superseded, RECENTLY",
		"    version   a7e1 annulled, RECENTLY: corrects 0b5c, waste.mass=1180 (weighed again, Karin Holm)",
		"    annulled  RECENTLY: annuls a7e1, sent-twice (the collector told it, Karin Holm)",
	)
	if shown := decoded[service.Shown](t, "show", "VO-1"); len(shown.Reports) != 1 || shown.Reports[0].Annulled != sluss.SentTwice || len(shown.Reports[0].Versions) != 3 {
		t.Errorf("notes %+v", shown.Reports)
	}
}

func TestWhatToDoAboutRejectedAmendments(t *testing.T) {
	for rule, want := range map[string]string{
		sluss.RuleCorrection: "starter amend A-1/se.removal.amend1 waste.mass=VALUE --reason REASON --by NAME",
		sluss.RuleAnnulment:  "starter decide A-1/se.removal.amend1 again --reason REASON --by NAME",
	} {
		f := ledger.Filing{
			ID: "filing/default/A-1/se.removal.amend1", Batch: "batch/default/A-1", Open: true, Stage: sluss.StageRejected, Waiting: sluss.Officer,
			Obligation: sluss.Obligation{ID: "se.removal.amend1", Registry: sluss.Avfallsregistret, Rule: sluss.Rule{ID: rule}}, Reasons: []sluss.Reason{{Field: "waste.mass"}},
		}
		if got := nextCommands(service.Seen(f)); got[0] != want {
			t.Errorf("%s: %q", rule, got)
		}
	}
}

func TestHowAmendmentsAreAskedFor(t *testing.T) {
	opened(t)
	for line, want := range map[string]struct {
		code int
		text string
	}{
		"amend VO-1/se.removal --reason x --by A":                                   {exitUsage, "nothing to correct"},
		"amend VO-1/se.removal waste.mass --reason x --by A":                        {exitUsage, "is not path=value"},
		"amend VO-1 waste.mass=1 --reason x --by A":                                 {exitUsage, "names no filing"},
		"amend VO-1/se.removal.amend0 waste.mass=1 --reason x --by A":               {exitUsage, "names no filing"},
		"amend VO-1/se.removal waste.mass=1 --by A":                                 {exitUsage, "--reason"},
		"amend VO-1/se.removal waste.mass=1 --reason x":                             {exitUsage, "--by NAME"},
		"amend VO-1/se.removal events.pickedUp#1.mass=1 --reason x --by A":          {exitRefused, "no such batch"},
		"annul VO-1/se.removal.amend2 --because sent-twice --reason x --by A":       {exitRefused, "no such batch"},
		"annul VO-1/se.removal --reason x --by A":                                   {exitUsage, "one of wrong-waste, wrong-note, wrong-operator, sent-twice"},
		"annul VO-1/se.removal waste.mass=1 --because sent-twice --reason x --by A": {exitUsage, "unexpected argument"},
		"annul VO-1/se.removal --because sent-twice --by A":                         {exitUsage, "--reason"},
	} {
		if code, _, errs := try(t, strings.Fields(line)...); code != want.code || !strings.Contains(errs, want.text) {
			t.Errorf("%s: exit %d, %s; want %d and %q", line, code, errs, want.code, want.text)
		}
	}
}
