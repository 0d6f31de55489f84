package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/quota"
)

func intent(filing string, number int) sluss.Intent {
	return sluss.Intent{
		Filing: filing, Number: number, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret,
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

// begin asks for a turn and wants it to be of a kind.
func begin(t *testing.T, l *ledger.Ledger, i sluss.Intent, want sluss.TurnKind) sluss.Turn {
	t.Helper()
	turn, err := l.Begin(t.Context(), i)
	must(t, err)
	if turn.Kind != want {
		t.Fatalf("the turn of %s is %s at %s, want %s", i.Filing, turn.Kind, turn.At, want)
	}
	return turn
}

func TestTurnWithoutLimits(t *testing.T) {
	l, url := ready(t, filingID)
	turn := begin(t, l, intent(filingID, 1), sluss.TurnGo)
	if turn.Attempt == "" || time.Until(turn.At) > 0 {
		t.Errorf("turn %+v, want an attempt to be made now", turn)
	}
	begin(t, l, intent(filingID, 1), sluss.TurnInterrupted) // the process died before it could finish
	ask := intent(filingID, 1)
	ask.Purpose = sluss.ToAsk
	asked := begin(t, l, ask, sluss.TurnGo)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: asked.Attempt, Absent: true}))
	begin(t, l, ask, sluss.TurnGo) // asking changes nothing and may be interrupted
	begin(t, l, intent(filingID, 1), sluss.TurnInterrupted)
	begin(t, l, intent(filingID, 2), sluss.TurnGo)
	if n := count(t, rows(t, url), "slots"); n != 0 {
		t.Errorf("%d slots of a registry without limits", n)
	}
}

func TestTurnOfALookUpOutsideAnyBatch(t *testing.T) {
	l, _ := ready(t)
	for n, limits := range [][]quota.Limit{nil, {{Calls: 2, Per: time.Hour}}} {
		l.SetLimits(sluss.Autosys, limits)
		lookUp := intent(fmt.Sprintf("vehicle/%d", n), 1)
		lookUp.Registry = sluss.Autosys
		turn := begin(t, l, lookUp, sluss.TurnGo)
		must(t, l.Finish(t.Context(), sluss.Answer{Attempt: turn.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted}}))
		begin(t, l, lookUp, sluss.TurnSettled)
	}
}

func TestTurnIsSettledByTheOutcome(t *testing.T) {
	for kind, want := range map[sluss.OutcomeKind]sluss.TurnKind{
		sluss.Accepted: sluss.TurnSettled, sluss.Rejected: sluss.TurnSettled, sluss.Unknown: sluss.TurnSettled, sluss.Deferred: sluss.TurnGo, "": sluss.TurnGo,
	} {
		t.Run(string(kind), func(t *testing.T) {
			l, _ := ready(t, filingID)
			answer := sluss.Answer{Attempt: begin(t, l, intent(filingID, 1), sluss.TurnGo).Attempt, Error: "nothing was sent"}
			if kind != "" {
				answer = sluss.Answer{Attempt: answer.Attempt, Outcome: &sluss.Outcome{Kind: kind, Detail: "this one"}}
			}
			must(t, l.Finish(t.Context(), answer))
			turn := begin(t, l, intent(filingID, 1), want)
			if want == sluss.TurnSettled && (turn.Outcome.Kind != kind || turn.Outcome.Detail != "this one") {
				t.Errorf("settled with %+v", turn.Outcome)
			}
		})
	}
}

func TestTurnIsSettledByAnAskThatFoundIt(t *testing.T) {
	l, _ := ready(t, filingID)
	lost := begin(t, l, intent(filingID, 1), sluss.TurnGo)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: lost.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Unknown}}))
	ask := intent(filingID, 1)
	ask.Purpose = sluss.ToAsk
	must(t, l.Finish(t.Context(), accepted(begin(t, l, ask, sluss.TurnGo).Attempt)))
	if turn := begin(t, l, intent(filingID, 1), sluss.TurnSettled); turn.Outcome.Kind != sluss.Accepted {
		t.Errorf("settled with %+v, want what the registry has", turn.Outcome)
	}
	again := intent(filingID, 2)
	again.Hash = intent(filingID, 1).Hash
	begin(t, l, again, sluss.TurnSettled) // the same content under another number would be filed twice
	begin(t, l, intent(filingID, 2), sluss.TurnGo)
}

func TestTurnWaitsForItsSlot(t *testing.T) {
	second := filingID + "b"
	l, url := ready(t, filingID, second)
	l.SetLimits(sluss.Avfallsregistret, []quota.Limit{{Calls: 1, Per: time.Hour}})
	begin(t, l, intent(filingID, 1), sluss.TurnGo)
	wait := begin(t, l, intent(second, 1), sluss.TurnWait)
	if ahead := time.Until(wait.At); ahead < time.Hour-time.Minute || ahead > time.Hour+2*time.Minute {
		t.Errorf("the second turn is in %s, want about an hour", ahead)
	}
	if again := begin(t, l, intent(second, 1), sluss.TurnWait); !again.At.Equal(wait.At) {
		t.Errorf("asked again, the slot moved from %s to %s", wait.At, again.At)
	}
	db := rows(t, url)
	if n := count(t, db, "slots"); n != 2 {
		t.Errorf("%d slots for two calls", n)
	}

	shift := func(by string) { // time passes
		_, err := db.ExecContext(t.Context(), "update slots set at = at - interval '"+by+"'")
		must(t, err)
	}
	shift(fmt.Sprintf("%d milliseconds", time.Until(wait.At).Milliseconds()))
	turn := begin(t, l, intent(second, 1), sluss.TurnGo)
	if ahead := time.Until(turn.At); ahead > 250*time.Millisecond {
		t.Errorf("go, but only in %s", ahead)
	}
	if n := count(t, db, "slots where used"); n != 2 {
		t.Errorf("%d slots used, want 2", n)
	}
}

func TestSlotThatWasMissedIsLost(t *testing.T) {
	second := filingID + "b"
	l, url := ready(t, filingID, second)
	l.SetLimits(sluss.Avfallsregistret, []quota.Limit{{Calls: 1, Per: time.Hour}})
	begin(t, l, intent(filingID, 1), sluss.TurnGo)
	wait := begin(t, l, intent(second, 1), sluss.TurnWait)
	db := rows(t, url)
	_, err := db.ExecContext(t.Context(), "update slots set at = at - ($1 || ' milliseconds')::interval", (time.Until(wait.At) + time.Minute).Milliseconds())
	must(t, err)
	later := begin(t, l, intent(second, 1), sluss.TurnWait)
	if ahead := time.Until(later.At); ahead < 58*time.Minute {
		t.Errorf("the next slot is in %s, but one was booked a minute ago", ahead)
	}
}

func TestTurnOfSeveralCalls(t *testing.T) {
	second := filingID + "b"
	l, url := ready(t, filingID, second)
	l.SetLimits(sluss.Avfallsregistret, []quota.Limit{{Calls: 5, Per: time.Hour}})
	three := intent(filingID, 1)
	three.Calls = 3
	begin(t, l, three, sluss.TurnGo)
	three.Filing = second
	wait := begin(t, l, three, sluss.TurnWait)
	if ahead := time.Until(wait.At); ahead < 59*time.Minute {
		t.Errorf("six calls of five in an hour, the last three in %s", ahead)
	}
	db := rows(t, url)
	if n := count(t, db, "(select distinct at from slots where not used) moments"); n != 1 {
		t.Errorf("calls that are made together have slots at %d moments", n)
	}
	if n := count(t, db, "slots"); n != 6 {
		t.Errorf("%d slots, want 6", n)
	}
	if again := begin(t, l, three, sluss.TurnWait); !again.At.Equal(wait.At) {
		t.Errorf("asked again, the slot moved from %s to %s", wait.At, again.At)
	}
	_, err := db.ExecContext(t.Context(), "update slots set at = at - ($1 || ' milliseconds')::interval", time.Until(wait.At).Milliseconds())
	must(t, err)
	begin(t, l, three, sluss.TurnGo)
	if n := count(t, db, "slots where used"); n != 6 {
		t.Errorf("%d slots used, want 6", n)
	}
}

func TestThrottlingHoldsEverybodyBack(t *testing.T) {
	for name, limits := range map[string][]quota.Limit{"without limits": nil, "with limits": {{Calls: 100, Per: time.Second}}} {
		t.Run(name, func(t *testing.T) {
			second := filingID + "b"
			l, url := ready(t, filingID, second)
			other := open(t, url)
			l.SetLimits(sluss.Avfallsregistret, limits)
			other.SetLimits(sluss.Avfallsregistret, limits)
			until := time.Now().Add(time.Hour).Round(time.Microsecond)
			turns := []sluss.Turn{begin(t, l, intent(filingID, 1), sluss.TurnGo), begin(t, l, intent(filingID, 2), sluss.TurnGo)}
			for i, notBefore := range []time.Time{until, until.Add(-time.Minute)} { // the later moment counts, not the later answer
				must(t, l.Finish(t.Context(), sluss.Answer{
					Attempt: turns[i].Attempt, Outcome: &sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: notBefore},
				}))
			}
			soon := until.Add(-time.Second) // who waits may come back a little before its slot
			if wait := begin(t, other, intent(second, 1), sluss.TurnWait); wait.At.Before(soon) {
				t.Errorf("the other process may call at %s, before %s", wait.At, until)
			}
			if wait := begin(t, l, intent(filingID, 1), sluss.TurnWait); wait.At.Before(soon) {
				t.Errorf("may call at %s, before %s", wait.At, until)
			}
			if n := count(t, rows(t, url), fmt.Sprintf("slots where not used and at < '%s'", until.UTC().Format(time.RFC3339Nano))); n != 0 {
				t.Errorf("%d slots before the registry wants to hear of us", n)
			}
			state, err := l.QuotaState(t.Context())
			must(t, err)
			if len(state) != 1 || !state[0].Held || !state[0].NotBefore.Equal(until) {
				t.Errorf("quota state %+v", state)
			}
		})
	}
}

func TestASlotBeforeTheThrottlingIsLost(t *testing.T) {
	second := filingID + "b"
	l, _ := ready(t, filingID, second)
	l.SetLimits(sluss.Avfallsregistret, []quota.Limit{{Calls: 1, Per: time.Minute}})
	turn := begin(t, l, intent(filingID, 1), sluss.TurnGo)
	before := begin(t, l, intent(second, 1), sluss.TurnWait)
	until := before.At.Add(time.Hour)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: turn.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: until}}))
	if after := begin(t, l, intent(second, 1), sluss.TurnWait); after.At.Before(until.Add(-time.Second)) {
		t.Errorf("its turn is still %s, before %s", after.At, until)
	}
}

func TestTwoProcessesNeverExceedTheLimit(t *testing.T) {
	const goroutines, calls = 20, 4
	limits := []quota.Limit{{Calls: 24, Per: 2 * time.Second}}
	var ids []string
	for n := range goroutines * calls {
		ids = append(ids, fmt.Sprintf("%s-%d", filingID, n))
	}
	one, url := ready(t, ids...)
	two := open(t, url)
	one.SetLimits(sluss.Avfallsregistret, limits)
	two.SetLimits(sluss.Avfallsregistret, limits)
	var all sync.WaitGroup
	for n := range goroutines {
		l := []*ledger.Ledger{one, two}[n%2]
		all.Go(func() {
			for _, id := range ids[n*calls : (n+1)*calls] {
				for {
					turn, err := l.Begin(t.Context(), intent(id, 1))
					if err != nil {
						t.Error(err)
						return
					}
					time.Sleep(time.Until(turn.At))
					if turn.Kind != sluss.TurnGo {
						continue
					}
					if err := l.Finish(t.Context(), accepted(turn.Attempt)); err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	all.Wait()
	var slots []time.Time
	for _, id := range ids {
		attempts, err := one.Attempts(t.Context(), id)
		must(t, err)
		made := 0
		for _, a := range attempts {
			slots = append(slots, a.Slot)
			if a.Outcome != nil {
				made++
			} else if !strings.Contains(a.Error, "slot was over") { // on a slow machine
				t.Errorf("attempt without outcome: %+v", a)
			}
		}
		if made != 1 {
			t.Errorf("%s was submitted %d times", id, made)
		}
	}
	slices.SortFunc(slots, time.Time.Compare)
	for n := limits[0].Calls; n < len(slots); n++ {
		if window := slots[n].Sub(slots[n-limits[0].Calls]); window <= limits[0].Per {
			t.Errorf("%d calls within %s, allowed are %s", limits[0].Calls+1, window, limits[0])
		}
	}
}

func TestOneSubmissionGoesOnce(t *testing.T) {
	for name, limits := range map[string][]quota.Limit{"without limits": nil, "with limits": {{Calls: 1000, Per: time.Minute}}} {
		t.Run(name, func(t *testing.T) {
			l, url := ready(t, filingID)
			other := open(t, url)
			l.SetLimits(sluss.Avfallsregistret, limits)
			other.SetLimits(sluss.Avfallsregistret, limits)
			kinds := make(chan sluss.TurnKind, 20)
			var all sync.WaitGroup
			for n := range cap(kinds) {
				all.Go(func() {
					turn, err := []*ledger.Ledger{l, other}[n%2].Begin(t.Context(), intent(filingID, 1))
					if err != nil {
						t.Error(err)
					}
					kinds <- turn.Kind
				})
			}
			all.Wait()
			close(kinds)
			got := map[sluss.TurnKind]int{}
			for kind := range kinds {
				got[kind]++
			}
			if got[sluss.TurnGo] != 1 || got[sluss.TurnInterrupted] != 19 {
				t.Errorf("turns %v, want one go and the rest interrupted", got)
			}
		})
	}
}

func TestSlotsAreForgottenInTime(t *testing.T) {
	l, url := ready(t, filingID)
	l.SetLimits(sluss.Avfallsregistret, []quota.Limit{{Calls: 1, Per: time.Second}})
	db := rows(t, url)
	_, err := db.ExecContext(t.Context(), `insert into quotas (registry, next_seq) values ($1, 1000)`, sluss.Avfallsregistret)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `insert into slots (registry, seq, at, filing, number, purpose, used)
		select $1, seq, now() - (1000 - seq) * interval '1 hour', 'x', 1, 'submit', true from generate_series(1, 999) seq`, sluss.Avfallsregistret)
	must(t, err)
	begin(t, l, intent(filingID, 1), sluss.TurnGo)
	if n := count(t, db, "slots"); n < 47 || n > 49 {
		t.Errorf("%d slots left, want those of two days and the new one", n)
	}
}
