package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/quota"
)

var person = sluss.Person{Name: "Anna Ek", Function: "officer"}

func TestRecordingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	l, url := ready(t, filingID)
	db := rows(t, url)
	attempt := begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt
	for table, record := range map[string]func(at time.Time) error{
		"batches":     func(at time.Time) error { r := produced(); r.At = at; return l.RecordEvent(t.Context(), r) },
		"events":      func(at time.Time) error { r := pickedUp(); r.At = at; return l.RecordEvent(t.Context(), r) },
		"obligations": func(at time.Time) error { r := pickedUp(); r.At = at; return l.RecordEvent(t.Context(), r) },
		"filings":     func(at time.Time) error { r := filing(filingID); r.At = at; return l.OpenFiling(t.Context(), r) },
		"contents":    func(at time.Time) error { r := filing(filingID); r.At = at; return l.OpenFiling(t.Context(), r) },
		"stages": func(at time.Time) error {
			return l.RecordStage(t.Context(), sluss.StageRecord{
				Filing: filingID, Number: 1, Stage: sluss.StageRejected, Waiting: sluss.Officer, At: at, Until: at,
				Reasons: []sluss.Reason{{Message: "no"}}, Detail: "a \x00 and a \xff",
			})
		},
		"signatures": func(time.Time) error {
			return l.RecordSignature(t.Context(), sluss.SignatureRecord{Filing: filingID, Signature: sluss.Signature{Role: sluss.Officer, Person: person, At: noon, ContentHash: "x"}})
		},
		"corrections": func(time.Time) error {
			return l.RecordCorrection(t.Context(), sluss.CorrectionRecord{
				Batch: batchID, Number: 1, Declaration: declaration(), Obligations: []sluss.Obligation{owed("se.transport#1")},
				Correction: sluss.Correction{Set: map[string]string{"waste.mass": "1"}, By: person, At: noon},
			})
		},
		"decisions": func(time.Time) error {
			return l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedNotTaken, By: person, At: noon}})
		},
		"answers": func(time.Time) error { return l.Finish(t.Context(), accepted(attempt)) },
		"closings": func(at time.Time) error {
			return l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, How: "treated", At: at})
		},
	} {
		must(t, record(noon))
		before := count(t, db, table)
		must(t, record(noon))
		must(t, record(noon.Add(time.Minute))) // a workflow that repeats itself does so later
		if after := count(t, db, table); after != before || after == 0 {
			t.Errorf("%s: %d rows, recorded again %d", table, before, after)
		}
	}
}

func TestOtherContentUnderAUsedNameIsRefused(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	attempt := begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt
	must(t, l.Finish(t.Context(), accepted(attempt)))
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, How: "treated", At: noon}))
	for name, test := range map[string]struct {
		record func() error
		want   []string
	}{
		"declaration": {func() error {
			r := produced()
			r.Declaration.Waste.Mass++
			return l.RecordEvent(t.Context(), r)
		}, []string{"reference already declared with other content", "sha256:"}},
		"declaration of another batch": {func() error {
			r := produced()
			r.Declaration.Reference = "VO-2"
			return l.RecordEvent(t.Context(), r)
		}, []string{"batch/default/VO-2", batchID}},
		"event": {func() error {
			r := pickedUp()
			r.Event.At = r.Event.At.Add(time.Hour)
			return l.RecordEvent(t.Context(), r)
		}, []string{"pickedUp#1 at 2026-11-23T13:00:00+01:00", "2026-11-23T14:00:00+01:00"}},
		"event of somebody else": {func() error {
			r := pickedUp()
			r.Event.By = person
			return l.RecordEvent(t.Context(), r)
		}, []string{"pickedUp#1 at 2026-11-23T13:00:00+01:00"}},
		"obligation": {func() error {
			r := pickedUp()
			r.Obligations[0].Due = noon
			return l.RecordEvent(t.Context(), r)
		}, []string{"se.transport#1", "other content"}},
		"answer": {func() error {
			a := accepted(attempt)
			a.Outcome = &sluss.Outcome{Kind: sluss.Rejected}
			return l.Finish(t.Context(), a)
		}, []string{"Accepted", "Rejected"}},
		"answer to nothing": {func() error {
			return l.Finish(t.Context(), accepted("00000000-0000-4000-8000-000000000000"))
		}, []string{"no such attempt"}},
		"closing": {func() error {
			return l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, How: "refused", At: noon})
		}, []string{"treated", "refused"}},
		"decision": {func() error {
			d := sluss.DecisionRecord{Filing: filingID, Number: 3, Decision: sluss.Decision{Kind: sluss.DecidedAgain, By: person, At: noon}}
			must(t, l.RecordDecision(t.Context(), d))
			d.Decision.Kind = sluss.DecidedWithdrawn
			return l.RecordDecision(t.Context(), d)
		}, []string{"a decision on " + string(filingID), "with other content"}},
		"signature": {func() error {
			s := sluss.SignatureRecord{Filing: filingID, Signature: sluss.Signature{Role: sluss.Officer, Person: person, At: noon, ContentHash: filing(filingID).Hash}}
			must(t, l.RecordSignature(t.Context(), s))
			s.Signature.At = noon.Add(time.Minute)
			return l.RecordSignature(t.Context(), s)
		}, []string{"a signature on " + string(filingID), "with other content"}},
	} {
		err := test.record()
		if faults := sluss.Faults(nil); !errors.As(err, &faults) {
			t.Errorf("%s: %v, want faults", name, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q in: %v", name, want, err)
			}
		}
		for _, name := range []string{"Anna", "Bo Dahl"} {
			if strings.Contains(err.Error(), name) {
				t.Errorf("personal data in: %v", err)
			}
		}
	}
	if batch, err := l.Batch(t.Context(), batchID); err != nil || batch.Declaration.Waste.Mass != declaration().Waste.Mass {
		t.Errorf("%+v, %v", batch, err)
	}
}

func TestRecordingBeforeWhatItBelongsToCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	for name, err := range map[string]error{
		"event":      l.RecordEvent(t.Context(), pickedUp()),
		"filing":     l.OpenFiling(t.Context(), filing(filingID)),
		"stage":      l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, At: noon}),
		"signature":  l.RecordSignature(t.Context(), sluss.SignatureRecord{Filing: filingID}),
		"correction": l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: batchID}),
		"decision":   l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID}),
		"closing":    l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, At: noon}),
	} {
		faults := sluss.Faults(nil)
		if err == nil || errors.As(err, &faults) || !strings.Contains(err.Error(), "not in the ledger yet") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContentGoesThereAndBack(t *testing.T) {
	t.Parallel()
	l, url := ready(t, filingID)
	first, second := filing(filingID), filing(filingID)
	second.Content.Declaration.Waste.Mass = sluss.Tonne
	second.Hash = second.Content.Hash()
	for n, version := range []sluss.FilingRecord{second, first, second} {
		must(t, l.OpenFiling(t.Context(), version))
		content, hash, known, err := l.Content(t.Context(), filingID)
		if err != nil || !known || hash != version.Hash || content.Hash() != hash {
			t.Errorf("version %d: %s, %s, %t, %v; want %s", n, hash, content.Hash(), known, err, version.Hash)
		}
	}
	if n := count(t, rows(t, url), "contents"); n != 4 {
		t.Errorf("%d versions, want 4", n)
	}
	if _, _, known, err := l.Content(t.Context(), "filing/default/VO-1/none"); known || err != nil {
		t.Errorf("content of no filing: %t, %v", known, err)
	}
}

func TestAnswersAreKeptAsTheyCame(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	answer := accepted(begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt)
	answer.Outcome.Detail = "a \x00 too"
	must(t, l.Finish(t.Context(), answer))
	must(t, l.Finish(t.Context(), answer))
	attempts, err := l.Attempts(t.Context(), filingID)
	must(t, err)
	got, want := attempts[0], answer.Exchange
	if got.Exchange.Response != want.Response || got.Exchange.Request != want.Request || got.Exchange.Operation != want.Operation ||
		got.Exchange.Status != want.Status || !got.Exchange.Started.Equal(want.Started) || !got.Exchange.Ended.Equal(want.Ended) || got.Exchange.TrackingID != "ours" {
		t.Errorf("exchange %+v, want %+v", got.Exchange, want)
	}
	if got.Outcome.Receipt.ID != answer.Outcome.Receipt.ID || got.Outcome.Detail != "a \uFFFD too" || got.Number != 1 || got.Actor != "test" || !got.Answered {
		t.Errorf("attempt %+v", got)
	}
}

func TestHashOfDeclaration(t *testing.T) {
	t.Parallel()
	d := declaration()
	with := d
	with.Tenant = sluss.DefaultTenant
	if ledger.Hash(d) != ledger.Hash(with) {
		t.Error("the default tenant by name is another declaration")
	}
	with.Waste.Mass++
	if ledger.Hash(d) == ledger.Hash(with) {
		t.Error("a gram more has the same hash")
	}
}

// TestASignatureOnContentThatCameBackIsANewOne: the one before is void.
func TestASignatureOnContentThatCameBackIsANewOne(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	first, second := filing(filingID), filing(filingID)
	second.Content.Declaration.Waste.Mass++
	second.Hash = second.Content.Hash()
	s := sluss.SignatureRecord{Filing: filingID, Signature: sluss.Signature{Role: sluss.Officer, Person: person, At: noon, ContentHash: first.Hash}}
	must(t, l.RecordSignature(t.Context(), s))
	must(t, l.OpenFiling(t.Context(), second))
	must(t, l.OpenFiling(t.Context(), first))
	s.Signature.At = noon.Add(time.Minute)
	must(t, l.RecordSignature(t.Context(), s))
	state, err := l.FilingSnapshot(t.Context(), filingID)
	if err != nil || state.Signature == nil || !state.Signature.At.Equal(s.Signature.At) {
		t.Errorf("%+v, %v", state.Signature, err)
	}
}

// TestAnEventOpensItsFilingsOnce: only if it was not recorded before.
func TestAnEventOpensItsFilingsOnce(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	must(t, l.RecordEvent(t.Context(), produced()))
	event := pickedUp()
	f := filing(filingID)
	f.Stage, f.Waiting = sluss.StageSignature, sluss.Officer
	event.Filings = []sluss.FilingRecord{f}
	for n, want := range []bool{true, false} {
		event.Filings[0].Hash += strings.Repeat("x", n)
		first, err := l.Happen(t.Context(), event)
		if err != nil || first != want {
			t.Errorf("recorded for the %d. time: fresh is %v, %v", n+1, first, err)
		}
	}
	state, known, err := l.Filing(t.Context(), filingID)
	if err != nil || !known || state.Stage != sluss.StageSignature || state.Waiting != sluss.Officer || state.Hash != f.Hash || !state.Due.Equal(f.Content.Obligation.Due) {
		t.Errorf("%+v, %v", state, err)
	}
	content, hash, _, err := l.Content(t.Context(), filingID)
	if err != nil || hash != f.Hash || content.Hash() != f.Content.Hash() {
		t.Errorf("%s, %+v, %v", hash, content, err)
	}
	if open, err := l.OpenBatches(t.Context(), "", 10); err != nil || len(open) != 1 || open[0].Acts != 2 {
		t.Errorf("open: %+v, %v", open, err)
	}
}

// TestADecisionLeavesTheQueue: nobody needs the place of what is decided.
func TestADecisionLeavesTheQueue(t *testing.T) {
	t.Parallel()
	l, url := ready(t, filingID)
	must(t, l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{Limits: []quota.Limit{{Calls: 1, Per: time.Hour}}}))
	other := intent(filingID, 1)
	other.Filing = "filing/default/other/se.transport#1"
	begin(t, l, other, sluss.PermitGranted)
	begin(t, l, intent(filingID, 1), sluss.PermitQueued)
	db := rows(t, url)
	if n := count(t, db, "tickets"); n != 1 {
		t.Fatalf("%d tickets", n)
	}
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, By: person, At: noon}}))
	if n := count(t, db, "tickets"); n != 0 {
		t.Errorf("%d tickets are left", n)
	}
}

// TestAnEmptyQueueIsNotLookedAt: only once somebody is in it, which this process knows.
func TestAnEmptyQueueIsNotLookedAt(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	must(t, l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{Limits: []quota.Limit{{Calls: 1, Per: time.Hour}}}))
	look := func(want bool) {
		t.Helper()
		before := l.Statements()
		wait, err := l.Queue(t.Context(), intent(filingID, 1))
		if looked := l.Statements() > before; err != nil || looked != want || (wait != nil) != want {
			t.Errorf("looked: %v, %+v, %v", looked, wait, err)
		}
	}
	if _, err := l.Dispatch(t.Context(), sluss.Avfallsregistret); err != nil {
		t.Fatal(err)
	}
	look(false)
	first, second := intent(filingID, 1), intent(filingID, 1)
	first.Filing, second.Filing = "filing/default/first/se.transport#1", "filing/default/second/se.transport#1"
	begin(t, l, first, sluss.PermitGranted)
	begin(t, l, second, sluss.PermitQueued)
	look(true)
}

func TestAWorkflowThatWasCutOffMayComeAgainWithOtherValues(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	for _, stage := range []sluss.FilingStage{sluss.StageDeferred, sluss.StageRejected, sluss.StageDeferred} {
		must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: 1, Stage: stage, At: noon}))
	}
	state, known, err := l.Filing(t.Context(), filingID)
	if err != nil || !known || state.Stage != sluss.StageRejected {
		t.Errorf("%+v, %v; want the stage that was recorded last", state, err)
	}
}
