package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

// amendment is a filing that amends filingID for the nth time.
func amendment(n int, a sluss.Amendment) sluss.FilingRecord {
	r := filing(sluss.FilingID(filingID + fmt.Sprintf(".amend%d", n)))
	a.Filing, a.By = filingID, person
	r.Content.Amends, r.Content.Obligation.Due = &a, time.Time{}
	r.Content.Obligation.Signer, r.Stage, r.Waiting = sluss.Officer, sluss.StageSignature, sluss.Officer
	r.Hash = r.Content.Hash()
	return r
}

func take(t *testing.T, l *ledger.Ledger, filing sluss.FilingID, receipt string) {
	t.Helper()
	permit := begin(t, l, intent(filing, 1), sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{
		Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: receipt, At: noon},
	}}))
}

func onlyNote(t *testing.T, l *ledger.Ledger) ledger.FiledReport {
	t.Helper()
	notes, err := l.FiledReports(t.Context(), batchID)
	must(t, err)
	if len(notes) != 1 || notes[0].Filing != filingID || notes[0].Obligation != "se.transport#1" {
		t.Fatalf("notes %+v", notes)
	}
	return notes[0]
}

func TestVersionsOfANote(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	ctx := t.Context()
	if notes, err := l.FiledReports(ctx, batchID); err != nil || len(notes) != 0 {
		t.Errorf("before it was taken: %+v, %v", notes, err)
	}
	take(t, l, filingID, "one")
	must(t, l.CloseBatch(ctx, sluss.CloseRecord{Batch: batchID, How: "treated", At: noon}))
	if n := onlyNote(t, l); n.Receipt.ID != "one" || len(n.Versions) != 1 || n.Versions[0].Amendment != nil {
		t.Errorf("as filed: %+v", n)
	}

	second := amendment(1, sluss.Amendment{Receipt: "one", Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again"})
	must(t, l.OpenFiling(ctx, second))
	if n := onlyNote(t, l); n.Receipt.ID != "one" || len(n.Versions) != 1 {
		t.Errorf("a correction that is not taken yet counts: %+v", n)
	}
	inbox, err := l.Inbox(ctx, ledger.InboxFilter{Waiting: sluss.Officer})
	must(t, err)
	if len(inbox) != 1 || inbox[0].ID != second.Filing || inbox[0].Hash != second.Hash {
		t.Errorf("inbox %+v", inbox)
	}
	row := onlyBatch(t, l, ledger.BatchFilter{Waiting: sluss.Officer})
	if row.Stage != "closed" || row.OpenFilings != 1 {
		t.Errorf("a closed batch with an amendment: %+v", row)
	}
	take(t, l, second.Filing, "two")
	if n := onlyNote(t, l); n.Receipt.ID != "two" || len(n.Versions) != 2 || n.Latest().Amendment.Reason != "weighed again" || n.Latest().Filing != second.Filing {
		t.Errorf("corrected: %+v", n)
	}

	if receipt, ended, err := l.Receipt(ctx, filingID); err != nil || receipt == nil || receipt.ID != "two" || !ended {
		t.Errorf("the receipt of the latest version: %+v, %v, %v", receipt, ended, err)
	}

	withdrawn := amendment(2, sluss.Amendment{Receipt: "two", Annul: sluss.WrongWaste, Reason: "a mistake"})
	must(t, l.OpenFiling(ctx, withdrawn))
	must(t, l.RecordDecision(ctx, sluss.DecisionRecord{Filing: withdrawn.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "it was right", By: person, At: noon}}))
	if n := onlyNote(t, l); n.Annulled != "" || n.Receipt.ID != "two" {
		t.Errorf("an amendment that was withdrawn counts: %+v", n)
	}

	gone := amendment(3, sluss.Amendment{Receipt: "two", Annul: sluss.SentTwice, Reason: "seen in the e-service"})
	must(t, l.OpenFiling(ctx, gone))
	must(t, l.RecordDecision(ctx, sluss.DecisionRecord{Filing: gone.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "two", Reason: "seen there", By: person, At: noon}}))
	if receipt, ended, err := l.Receipt(ctx, filingID); err != nil || receipt != nil || !ended {
		t.Errorf("the receipt of what is annulled: %+v, %v, %v", receipt, ended, err)
	}
	n := onlyNote(t, l)
	if n.Annulled != sluss.SentTwice || n.Receipt != nil || len(n.Versions) != 3 || n.Latest().Receipt.ID != "two" {
		t.Errorf("annulled: %+v", n)
	}

	timeline, err := l.Timeline(ctx, batchID)
	must(t, err)
	var got []string
	for _, line := range timeline {
		if strings.Contains(string(line.Filing), ".amend") && (line.Kind == "content" || line.Kind == "amendment") {
			got = append(got, line.Kind+": "+line.Text)
		}
	}
	want := []string{
		"amendment: Anna Ek corrects one: waste.mass = 1180 (weighed again): waiting for signature, waits for the officer",
		"amendment: Anna Ek annuls two: wrong-waste (a mistake): waiting for signature, waits for the officer",
		"amendment: Anna Ek annuls two: sent-twice (seen in the e-service): waiting for signature, waits for the officer",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("timeline:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReceiptOfAFiling(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	look := func(filing sluss.FilingID, want string, wantEnded bool) {
		t.Helper()
		receipt, ended, err := l.Receipt(t.Context(), filing)
		must(t, err)
		got := ""
		if receipt != nil {
			got = receipt.ID
		}
		if got != want || ended != wantEnded {
			t.Errorf("%s: %q, ended %v; want %q, %v", filing, got, ended, want, wantEnded)
		}
	}
	look("filing/default/VO-99/se.collection", "", false)
	look(filingID, "", false)
	attempt := begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt
	look(filingID, "", false)
	answer := accepted(attempt)
	must(t, l.Finish(t.Context(), answer))
	look(filingID, answer.Outcome.Receipt.ID, true)

	l, _ = ready(t, filingID)
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, By: person, At: noon}}))
	look(filingID, "", true)
}
