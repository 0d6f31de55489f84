package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

// declare declares the batch of the tests, as a run of its workflow does.
func declare(t *testing.T, l *ledger.Ledger, run string) *sluss.BatchSnapshot {
	t.Helper()
	r := produced()
	r.At = time.Now() // a later run does so later
	known, err := l.Declare(t.Context(), r, run)
	must(t, err)
	return known
}

func TestDeclaringAKnownBatchGivesWhereItStands(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	if known := declare(t, l, "run-1"); known != nil {
		t.Fatalf("a fresh batch stands at %+v", known)
	}
	must(t, l.RecordEvent(t.Context(), pickedUp()))
	must(t, l.OpenFiling(t.Context(), filing(filingID)))
	take(t, l, filingID, "one")
	corrected := declaration()
	corrected.Waste.Mass = 1180 * sluss.Kilogram
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{
		Batch: batchID, Number: 1, Declaration: corrected, Obligations: []sluss.Obligation{owed("se.reception")},
		Correction: sluss.Correction{Set: map[string]string{"waste.mass": "1180"}, By: person, At: noon},
	}))
	events := count(t, rows(t, url), "events")

	known := declare(t, l, "run-2")
	if known == nil || known.Closed != "" || known.Corrections != 1 || known.Declaration.Waste.Mass != corrected.Waste.Mass {
		t.Fatalf("it stands at %+v", known)
	}
	if len(known.Events) != 2 || known.Events[1].ID() != "pickedUp#1" || len(known.Filings) != 2 {
		t.Fatalf("events %+v, filings %+v", known.Events, known.Filings)
	}
	filed, fresh := known.Filings[0], known.Filings[1]
	if !filed.Opened || filed.End == nil || filed.End.Stage != sluss.StageAccepted || filed.End.Receipt.ID != "one" || filed.End.Others || filed.Outdated {
		t.Errorf("filed: %+v, %+v", filed, filed.End)
	}
	if fresh.Opened || fresh.End != nil || fresh.Obligation.ID != "se.reception" {
		t.Errorf("owed since the correction: %+v", fresh)
	}
	if after := count(t, rows(t, url), "events"); after != events {
		t.Errorf("%d events became %d", events, after)
	}
	other := produced()
	other.Declaration.Waste.Mass++
	faults := sluss.Faults(nil)
	if _, err := l.Declare(t.Context(), other, "run-3"); !errors.As(err, &faults) {
		t.Errorf("another declaration: %v", err)
	}
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, How: "treated", At: noon}))
	if known := declare(t, l, "run-4"); known == nil || known.Closed != "treated" {
		t.Errorf("closed: %+v", known)
	}
}

// TestWhereAnOpenFilingStandsInItsBatch: what a fresh run of the batch must know.
func TestWhereAnOpenFilingStandsInItsBatch(t *testing.T) {
	t.Parallel()
	l, _ := ready(t)
	r := filing(filingID)
	r.Content.Declaration.Tenant = sluss.DefaultTenant // as batches are declared
	must(t, l.OpenFiling(t.Context(), r))
	must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 3, Stage: sluss.StageRejected, Waiting: sluss.Officer, Detail: "no", At: noon}))
	must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 4, Stage: sluss.StageRejected, Mark: sluss.MarkOverdue, At: noon}))
	known := declare(t, l, "run-2")
	if f := known.Filings[0]; f.End != nil || f.Stage != sluss.StageRejected || f.Waiting != sluss.Officer || !f.Overdue || f.Outdated || f.Hash != filing(filingID).Hash {
		t.Errorf("it stands at %+v", f)
	}
	corrected := declaration()
	corrected.Waste.Mass = 1
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: batchID, Number: 1, Declaration: corrected}))
	if f := declare(t, l, "run-3").Filings[0]; !f.Outdated {
		t.Error("its content is outdated")
	}
}

func TestAmendedNotesAndAnnulmentsStandWithTheBatch(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	take(t, l, filingID, "one")
	second := amendment(1, sluss.Amendment{Receipt: "one", Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again"})
	must(t, l.OpenFiling(t.Context(), second))
	if open, err := l.OpenAmendments(t.Context()); err != nil || !slices.Equal(open, []sluss.FilingID{second.Filing}) {
		t.Errorf("open amendments %v, %v", open, err)
	}
	if v := declare(t, l, "run-2").Versions; len(v) != 0 {
		t.Errorf("a version that is not taken yet counts: %+v", v)
	}
	take(t, l, second.Filing, "two")
	known := declare(t, l, "run-3")
	if v := known.Versions["se.transport#1"]; v == nil || v.ID != "two" || known.Filings[0].End.Receipt.ID != "one" || len(known.Filings) != 1 {
		t.Errorf("it stands at %+v", known)
	}
	if open, err := l.OpenAmendments(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open amendments %v, %v", open, err)
	}
}

func TestWhatAFilingGoesOnFrom(t *testing.T) {
	t.Parallel()
	signature := func(hash string) sluss.Signature {
		return sluss.Signature{Role: sluss.Officer, Person: person, At: noon, ContentHash: hash}
	}
	sign := func(l *ledger.Ledger, r sluss.FilingRecord) error {
		return l.RecordSignature(t.Context(), sluss.SignatureRecord{Filing: r.Filing, Signature: signature(r.Hash)})
	}
	other := filing(filingID)
	other.Content.Declaration.Waste.Mass++
	other.Hash = other.Content.Hash()
	for name, test := range map[string]struct {
		happen func(t *testing.T, l *ledger.Ledger)
		want   sluss.FilingSnapshot
		signed bool
	}{
		"opened": {func(*testing.T, *ledger.Ledger) {}, sluss.FilingSnapshot{Number: 1}, false},
		"signed": {func(t *testing.T, l *ledger.Ledger) { t.Helper(); must(t, sign(l, filing(filingID))) }, sluss.FilingSnapshot{Number: 1}, true},
		"a refused signature": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			must(t, l.RecordSignature(t.Context(), sluss.SignatureRecord{Filing: filingID, Signature: signature(filing(filingID).Hash), Refused: "not yours"}))
		}, sluss.FilingSnapshot{Number: 1}, false},
		"signed, then changed": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			must(t, sign(l, filing(filingID)))
			must(t, l.OpenFiling(t.Context(), other))
		}, sluss.FilingSnapshot{Number: 1}, false},
		"signed, changed, and changed back": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			must(t, sign(l, filing(filingID)))
			must(t, l.OpenFiling(t.Context(), other))
			must(t, l.OpenFiling(t.Context(), filing(filingID)))
		}, sluss.FilingSnapshot{Number: 1}, false},
		"on its way": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			begin(t, l, intent(filingID, 2), sluss.PermitGranted)
			must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 7, Stage: sluss.StageSending, Mark: sluss.MarkOverdue, At: noon}))
		}, sluss.FilingSnapshot{Number: 2, Stages: 7, Overdue: true}, false},
		"rejected": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			reject(t, l, 1)
		}, sluss.FilingSnapshot{Number: 1, Rejected: "sha256:1"}, false},
		"rejected, and sent again": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			reject(t, l, 1)
			begin(t, l, intent(filingID, 2), sluss.PermitGranted)
		}, sluss.FilingSnapshot{Number: 2}, false},
		"rejected, and decided to be sent again": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			reject(t, l, 1)
			must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedAgain}}))
		}, sluss.FilingSnapshot{Number: 2}, false},
		"accepted": {
			func(t *testing.T, l *ledger.Ledger) {
				t.Helper()
				take(t, l, filingID, "one")
			},
			sluss.FilingSnapshot{Number: 1, End: &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "one"}}},
			false,
		},
		"accepted, asked after a lost answer": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			lose(t, l, 1)
			find(t, l, 1)
		}, sluss.FilingSnapshot{Number: 1, End: &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "there"}}}, false},
		"done by others": {
			func(t *testing.T, l *ledger.Ledger) {
				t.Helper()
				find(t, l, 1)
			},
			sluss.FilingSnapshot{Number: 1, End: &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "there"}, Others: true}},
			false,
		},
		"withdrawn": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn}}))
		}, sluss.FilingSnapshot{Number: 1, End: &sluss.FilingEnd{Stage: sluss.StageWithdrawn}}, false},
		"never filed": {func(t *testing.T, l *ledger.Ledger) {
			t.Helper()
			r := filing(filingID)
			r.Stage = sluss.StageWithdrawn
			must(t, l.OpenFiling(t.Context(), r))
		}, sluss.FilingSnapshot{Number: 1, End: &sluss.FilingEnd{Stage: sluss.StageWithdrawn}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := ready(t, filingID)
			test.happen(t, l)
			got, err := l.FilingSnapshot(t.Context(), filingID)
			must(t, err)
			if !got.Opened || got.Events != 2 || got.Number != test.want.Number || got.Rejected != test.want.Rejected || got.Stages != test.want.Stages || got.Overdue != test.want.Overdue {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			if (got.Signature != nil) != test.signed {
				t.Errorf("signature %+v, want one: %v", got.Signature, test.signed)
			}
			if !sameEnd(got.End, test.want.End) {
				t.Errorf("ended %+v, want %+v", got.End, test.want.End)
			}
		})
	}
	l, _ := fresh(t)
	if s, err := l.FilingSnapshot(t.Context(), filingID); err != nil || s.Opened || s.End != nil {
		t.Errorf("nothing is known of it: %+v, %v", s, err)
	}
}

func sameEnd(got, want *sluss.FilingEnd) bool {
	if got == nil || want == nil {
		return got == nil && want == nil
	}
	id := func(r *sluss.Receipt) string {
		if r == nil {
			return ""
		}
		return r.ID
	}
	return got.Stage == want.Stage && got.Others == want.Others && id(got.Receipt) == id(want.Receipt)
}

func reject(t *testing.T, l *ledger.Ledger, number int) {
	t.Helper()
	permit := begin(t, l, intent(filingID, number), sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "no"}}}}))
}

func lose(t *testing.T, l *ledger.Ledger, number int) {
	t.Helper()
	permit := begin(t, l, intent(filingID, number), sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Unknown}}))
}

func find(t *testing.T, l *ledger.Ledger, number int) {
	t.Helper()
	i := intent(filingID, number)
	i.Purpose = sluss.ToAsk
	permit := begin(t, l, i, sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{ID: "there"}}}))
}

// TestACorrectionKeepsItsNumber: a run of a batch's workflow that has not heard of
// a correction must not record another one in its place.
func TestACorrectionKeepsItsNumber(t *testing.T) {
	t.Parallel()
	l, url := ready(t)
	correct := func(mass string) error {
		return l.RecordCorrection(t.Context(), sluss.CorrectionRecord{
			Batch: batchID, Number: 1, Declaration: declaration(), Obligations: []sluss.Obligation{owed(sluss.ObligationID("of " + mass))},
			Correction: sluss.Correction{Set: map[string]string{"waste.mass": mass}, By: person, At: noon},
		})
	}
	must(t, correct("1180"))
	faults := sluss.Faults(nil)
	if err := correct("1190"); !errors.As(err, &faults) {
		t.Errorf("another correction under its number: %v", err)
	}
	if db := rows(t, url); count(t, db, "corrections") != 1 || count(t, db, "obligations where id = 'of 1190'") != 0 {
		t.Error("it was recorded")
	}
}
