package ledger_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/quota"
)

func intent(filing sluss.FilingID, number int) sluss.Intent {
	return sluss.Intent{
		Filing: string(filing), Number: number, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret,
		Calls: 1, Hash: fmt.Sprint("sha256:", number), Actor: "test",
	}
}

func accepted(attempt string) sluss.Answer {
	return sluss.Answer{
		Attempt: attempt,
		Outcome: &sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: "guid-" + attempt[:4], At: noon}},
		Exchange: sluss.Exchange{
			Operation: "POST /transporter", Request: "{}", Status: 200, Response: "\xff\x00 as it came", TrackingID: "ours", Started: noon, Ended: noon.Add(time.Second),
		},
	}
}

// begin asks for a permit and wants it to be of a kind.
func begin(t *testing.T, l *ledger.Ledger, i sluss.Intent, want sluss.PermitKind) sluss.Permit {
	t.Helper()
	permit, err := l.Begin(t.Context(), i)
	must(t, err)
	if permit.Kind != want {
		t.Fatalf("the permit for %s is %s at %s, want %s", i.Filing, permit.Kind, permit.At, want)
	}
	return permit
}

func TestPermitWithoutLimits(t *testing.T) {
	t.Parallel()
	l, url := ready(t, filingID)
	permit := begin(t, l, intent(filingID, 1), sluss.PermitGranted)
	if permit.Attempt == "" || time.Until(permit.At) > 0 {
		t.Errorf("permit %+v, want an attempt to be made now", permit)
	}
	begin(t, l, intent(filingID, 1), sluss.PermitInterrupted) // the process died before it could finish
	ask := intent(filingID, 1)
	ask.Purpose = sluss.ToAsk
	asked := begin(t, l, ask, sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: asked.Attempt, Absent: true}))
	begin(t, l, ask, sluss.PermitGranted) // asking changes nothing and may be interrupted
	begin(t, l, intent(filingID, 1), sluss.PermitInterrupted)
	begin(t, l, intent(filingID, 2), sluss.PermitGranted)
	if n := count(t, rows(t, url), "tickets"); n != 0 {
		t.Errorf("%d wait for a registry without limits", n)
	}
}

func TestPermitForALookUpOutsideAnyBatch(t *testing.T) {
	t.Parallel()
	l, _ := ready(t)
	for n, limits := range [][]quota.Limit{nil, {{Calls: 2, Per: time.Hour}}} {
		must(t, l.SetQuota(t.Context(), sluss.Autosys, quota.Quota{Limits: limits}))
		lookUp := intent(sluss.FilingID(fmt.Sprintf("vehicle/%d", n)), 1)
		lookUp.Registry = sluss.Autosys
		permit := begin(t, l, lookUp, sluss.PermitGranted)
		must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted}}))
		begin(t, l, lookUp, sluss.PermitSettled)
	}
}

func TestPermitIsSettledByTheOutcome(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sluss.OutcomeKind]sluss.PermitKind{
		sluss.Accepted: sluss.PermitSettled, sluss.Rejected: sluss.PermitSettled, sluss.Unknown: sluss.PermitSettled, sluss.Deferred: sluss.PermitGranted, "": sluss.PermitGranted,
	} {
		t.Run(string(kind), func(t *testing.T) {
			l, _ := ready(t, filingID)
			answer := sluss.Answer{Attempt: begin(t, l, intent(filingID, 1), sluss.PermitGranted).Attempt, Error: "nothing was sent"}
			if kind != "" {
				answer = sluss.Answer{Attempt: answer.Attempt, Outcome: &sluss.Outcome{Kind: kind, Detail: "this one"}}
			}
			must(t, l.Finish(t.Context(), answer))
			permit := begin(t, l, intent(filingID, 1), want)
			if want == sluss.PermitSettled && (permit.Outcome.Kind != kind || permit.Outcome.Detail != "this one") {
				t.Errorf("settled with %+v", permit.Outcome)
			}
		})
	}
}

func TestPermitIsSettledByAQuestionThatFoundIt(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	lost := begin(t, l, intent(filingID, 1), sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: lost.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Unknown}}))
	ask := intent(filingID, 1)
	ask.Purpose = sluss.ToAsk
	must(t, l.Finish(t.Context(), accepted(begin(t, l, ask, sluss.PermitGranted).Attempt)))
	if permit := begin(t, l, intent(filingID, 1), sluss.PermitSettled); permit.Outcome.Kind != sluss.Accepted {
		t.Errorf("settled with %+v, want what the registry has", permit.Outcome)
	}
	again := intent(filingID, 2)
	again.Hash = intent(filingID, 1).Hash
	begin(t, l, again, sluss.PermitSettled) // the same content under another number would be filed twice
	begin(t, l, intent(filingID, 2), sluss.PermitGranted)
}

func TestOneSubmissionGoesOnce(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string][]quota.Limit{"without limits": nil, "with limits": {{Calls: 1000, Per: time.Minute}}} {
		t.Run(name, func(t *testing.T) {
			l, url := ready(t, filingID)
			other := open(t, url)
			limited(t, l, limits...)
			kinds := make(chan sluss.PermitKind, 20)
			var all sync.WaitGroup
			for n := range cap(kinds) {
				all.Go(func() {
					permit, err := []*ledger.Ledger{l, other}[n%2].Begin(t.Context(), intent(filingID, 1))
					if err != nil {
						t.Error(err)
					}
					kinds <- permit.Kind
				})
			}
			all.Wait()
			close(kinds)
			got := map[sluss.PermitKind]int{}
			for kind := range kinds {
				got[kind]++
			}
			if got[sluss.PermitGranted] != 1 || got[sluss.PermitInterrupted] != 19 {
				t.Errorf("permits %v, want one go and the rest interrupted", got)
			}
		})
	}
}
