package activities_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluss"
	"sluss/activities"
)

// ways are the ways on which a registry is called, each with what came of it in
// short.
var ways = map[string]func(ctx context.Context, w *world) string{
	"submit": func(ctx context.Context, w *world) string {
		r, err := w.filings().Submit(ctx, submission())
		return short(r.Outcome, r.Wait, r.Unrecorded, err)
	},
	"find": func(ctx context.Context, w *world) string {
		r, err := w.filings().Find(ctx, submission())
		switch {
		case err == nil && r.Absent:
			return "absent" + unrecorded(r.Unrecorded)
		case err == nil && !r.Known:
			return "cannot be asked" + unrecorded(r.Unrecorded)
		}
		return short(r.Outcome, r.Wait, r.Unrecorded, err)
	},
	"answer": func(ctx context.Context, w *world) string {
		o, err := w.tasks().AnswerRevision(ctx, activities.AnswerInput{Task: "E-1", RevisionAnswer: sluss.RevisionAnswer{Registry: name, Revision: "R-1", Company: "ours"}})
		return short(o, nil, nil, err)
	},
	"order": func(ctx context.Context, w *world) string {
		o, err := w.tasks().OrderRegister(ctx, activities.OrderInput{Task: "E-1", RegisterOrder: sluss.RegisterOrder{Registry: name, Company: "ours"}})
		return short(o, nil, nil, err)
	},
	"once": func(ctx context.Context, w *world) string {
		o, err := activities.CallOnce(ctx, w.tasks(), sluss.Intent{Filing: "code/A", Registry: name, Purpose: sluss.ToSubmit}, w.registry.call)
		return short(o, nil, nil, err)
	},
	"question": func(ctx context.Context, w *world) string {
		list, err := w.tasks().EcoOrganismes(ctx, name)
		if err != nil {
			return failure(err)
		}
		return fmt.Sprint(len(list), " found")
	},
	"sync": func(ctx context.Context, w *world) string {
		began := time.Now()
		r, err := w.sync().SyncStep(ctx, activities.SyncStepInput{ID: "sync/ours", Registry: name, Company: "ours"})
		return followed(began, r, err)
	},
	"print": func(ctx context.Context, w *world) string {
		began := time.Now()
		r, err := w.sync().Print(ctx, activities.PrintInput{ID: "print/1", Registry: name, Batch: "batch/default/A", Document: "D-1"})
		return followed(began, r, err)
	},
	"lists": func(ctx context.Context, w *world) string {
		c, err := w.lists().CheckReferenceData(ctx, activities.ReferenceDataInput{Registry: name, Now: true})
		switch {
		case err != nil:
			return failure(err)
		case c.Error != "":
			return "told: " + c.Error
		}
		return "1 found"
	},
}

// submits are the ways to call that submit at most once.
var submits = []string{"submit", "answer", "order", "once"}

func short(o sluss.Outcome, wait *sluss.QueuePlace, left *sluss.Answer, err error) string {
	switch {
	case err != nil:
		return failure(err)
	case wait != nil:
		return "waits"
	}
	return string(o.Kind) + unrecorded(left)
}

func unrecorded(a *sluss.Answer) string {
	if a != nil {
		return ", unrecorded"
	}
	return ""
}

func followed(began time.Time, r activities.SyncStepResult, err error) string {
	switch {
	case err != nil:
		return failure(err)
	case r.Wait != nil:
		return "waits"
	case r.Error != "":
		return "told: " + r.Error + ", again in " + r.Until.Sub(began).Round(time.Second).String()
	}
	return fmt.Sprint(r.Count, " found")
}

// said is an answer of a registry, and the result that it must have.
type said struct {
	outcome sluss.Outcome
	err     error
	status  int
	record  string
	told    map[string]string // by way to call; a missing answer does not occur there
}

func sayings(now time.Time) map[string]said {
	filings := func(all, each string) map[string]string { // all filings and tasks that submit alike
		return map[string]string{"submit": all, "answer": each, "order": each, "once": each}
	}
	and := func(told map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			told[more[i]] = more[i+1]
		}
		return told
	}
	later := now.Add(90 * time.Second)
	return map[string]said{
		"accepted": {
			outcome: sluss.Outcome{Kind: sluss.Accepted}, record: "Accepted",
			told: and(filings("Accepted", "Accepted"), "find", "Accepted", "question", "1 found", "sync", "1 found", "print", "1 found", "lists", "1 found"),
		},
		"rejected": {
			outcome: sluss.Outcome{Kind: sluss.Rejected, Detail: "no"}, record: "Rejected",
			told: and(filings("Rejected", "Rejected"), "find", "Rejected"),
		},
		"unknown": {outcome: sluss.Outcome{Kind: sluss.Unknown}, record: "Unknown", told: filings("Unknown", "Unknown")},
		"deferred": {
			outcome: sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: later, Detail: "too many"}, record: "Deferred throttled",
			told: and(filings("Deferred", "Deferred"), "find", "Deferred", "sync", "told: too many, again in 1m30s", "print", "told: too many, again in 1m30s"),
		},
		"not sent": {
			err: fmt.Errorf("%w: no route", sluss.ErrNotSent), record: "error",
			told: and(filings("error NotSent", "error NotSent"), "find", "error NotSent", "question", "error NotSent",
				"sync", "told: "+sluss.ErrNotSent.Error()+": no route, again in 1m0s", "print", "told: "+sluss.ErrNotSent.Error()+": no route, again in 1m0s",
				"lists", "told: "+sluss.ErrNotSent.Error()+": no route"),
		},
		"no answer": {
			err: fmt.Errorf("%w: silent", sluss.ErrUnavailable), record: "error",
			told: map[string]string{"find": "error Unavailable", "question": "error Unavailable", "lists": "told: " + sluss.ErrUnavailable.Error() + ": silent"},
		},
		"no answer now": {
			err: notNowError{sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: later, Detail: "too many"}}, record: "Deferred throttled",
			told: map[string]string{"question": "error Unavailable", "lists": "told: too many", "sync": "told: too many, again in 1m30s"},
		},
		"an operator must help": {
			err: fmt.Errorf("%w: the certificate", sluss.ErrOperator), status: 500, record: "error",
			told: and(filings("error Operator again in 1m0s", "error Operator for good"), "find", "error Operator again in 1m0s", "question", "error Operator for good",
				"sync", "told: "+sluss.ErrOperator.Error()+": the certificate, again in 15m0s", "lists", "told: "+sluss.ErrOperator.Error()+": the certificate"),
		},
		"banned": {
			err: fmt.Errorf("%w: the key", sluss.ErrOperator), status: 403, record: "error banned",
			told: and(filings("error Operator again in 1m0s", "error Operator for good"), "find", "error Operator again in 1m0s", "question", "error Operator for good",
				"sync", "told: "+sluss.ErrOperator.Error()+": the key, again in 15m0s"),
		},
		"absent": {
			err: sluss.ErrAbsent, record: "absent",
			told: map[string]string{"find": "absent", "question": "error Operator for good", "once": "error Operator for good"},
		},
		"cannot be asked": {err: sluss.ErrCannotAsk, record: "error", told: map[string]string{"find": "cannot be asked"}},
		"something else":  {err: errors.New("what is this"), record: "error", told: and(filings("error NotSent", "error NotSent"), "find", "error NotSent", "question", "error NotSent")},
	}
}

// TestWhatARegistrySays: in every way to call, an answer is recorded in the same way,
// after one call, even if the ledger fails at first.
func TestWhatARegistrySays(t *testing.T) {
	for name, say := range sayings(time.Now()) {
		for way, want := range say.told {
			for _, away := range []int{0, 3} {
				t.Run(fmt.Sprintf("%s/%s/away %d times", name, way, away), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						say := sayings(time.Now())[name]
						w := &world{registry: registry{outcome: say.outcome, err: say.err, status: say.status}, ledger: ledger{away: away}}
						got := ways[way](t.Context(), w)
						if got != want {
							t.Errorf("it told %q, want %q", got, want)
						}
						if r := w.ledger.recorded(); r != say.record || len(w.ledger.answers) != 1 {
							t.Errorf("recorded %d answers, the last %q, want one %q", len(w.ledger.answers), r, say.record)
						}
						if w.registry.calls != 1 {
							t.Errorf("%d calls", w.registry.calls)
						}
					})
				})
			}
		}
	}
}

// TestAnswerThatTheLedgerDoesNotTake: the registry's answer is returned, or the next
// try finds an unknown outcome; nothing is submitted twice.
func TestAnswerThatTheLedgerDoesNotTake(t *testing.T) {
	for name, say := range sayings(time.Now()) {
		for way, want := range say.told {
			t.Run(name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					say := sayings(time.Now())[name]
					w := &world{registry: registry{outcome: say.outcome, err: say.err, status: say.status}, ledger: ledger{away: -1}}
					began := time.Now()
					got := ways[way](t.Context(), w)
					if took := time.Since(began); took < 4*time.Second || took > 6*time.Second {
						t.Errorf("it tried for %s", took)
					}
					switch {
					case (way == "submit" || way == "find") && !strings.HasPrefix(want, "error"):
						want += ", unrecorded"
					case way == "sync" || way == "print" || way == "lists":
						want = "error" // and all of it again
					}
					if got != want {
						t.Errorf("it told %q, want %q", got, want)
					}
					w.ledger.away, w.registry.err, w.registry.outcome = 0, nil, sluss.Outcome{Kind: sluss.Accepted}
					again := ways[way](t.Context(), w)
					if slices.Contains(submits, way) && (again != "Unknown" || w.registry.calls != 1) {
						t.Errorf("the next try told %q after %d calls, want Unknown after one", again, w.registry.calls)
					}
					if !slices.Contains(submits, way) && w.registry.calls != 2 {
						t.Errorf("a question that may be asked again was asked %d times", w.registry.calls)
					}
				})
			})
		}
	}
}

// TestNothingIsCalledWithoutAnIntent: if the ledger does not answer, or grants no
// permit, no registry is called.
func TestNothingIsCalledWithoutAnIntent(t *testing.T) {
	waits := map[string]string{"submit": "waits", "find": "waits", "sync": "waits", "print": "waits", "lists": "told: the quota is used up: it is tried again"}
	for way, do := range ways {
		w := &world{ledger: ledger{beginAway: true}}
		if got := do(t.Context(), w); got != "error" || w.registry.calls != 0 {
			t.Errorf("%s without a ledger told %q after %d calls", way, got, w.registry.calls)
		}
		w = &world{ledger: ledger{wait: &sluss.QueuePlace{In: 7 * time.Second}}}
		want := waits[way]
		if want == "" {
			want = "error Busy again in 7s"
		}
		if got := do(t.Context(), w); got != want || w.registry.calls != 0 || len(w.ledger.answers) != 0 {
			t.Errorf("%s without a permit told %q after %d calls, want %q", way, got, w.registry.calls, want)
		}
	}
}

// TestIntents: what is recorded before each call.
func TestIntents(t *testing.T) {
	want := map[string]sluss.Intent{
		"submit":   {Filing: "filing/default/A/fr.creation", Purpose: sluss.ToSubmit, Calls: 3, Due: due},
		"find":     {Filing: "filing/default/A/fr.creation", Purpose: sluss.ToAsk, Calls: 1, Due: due},
		"answer":   {Filing: sluss.TaskID(name, sluss.TaskRevisionAnswer, "E-1"), Purpose: sluss.ToSubmit, Calls: 1, Urgent: true},
		"order":    {Filing: sluss.TaskID(name, sluss.TaskRegister, "E-1"), Purpose: sluss.ToSubmit, Calls: 1, Urgent: true},
		"once":     {Filing: "code/A", Purpose: sluss.ToSubmit, Calls: 1, Urgent: true},
		"question": {Filing: sluss.TaskID(name, sluss.TaskEcoOrganismes), Purpose: sluss.ToAsk, Calls: 1, Urgent: true},
		"sync":     {Filing: "sync/ours", Purpose: sluss.ToAsk, Calls: 2},
		"print":    {Filing: "print/1", Purpose: sluss.ToAsk, Calls: 3, Urgent: true},
		"lists":    {Filing: "reference-data/" + name, Purpose: sluss.ToAsk, Calls: 5, Urgent: true},
	}
	for way, do := range ways {
		w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}}
		do(t.Context(), w)
		i := want[way]
		i.Number, i.Registry, i.Actor = 1, name, "test"
		if way == "submit" || way == "find" {
			i.Hash = submission().Submission.Content.Hash()
		}
		if len(w.ledger.intents) != 1 || w.ledger.intents[0] != i {
			t.Errorf("%s: %+v, want %+v", way, w.ledger.intents, i)
		}
	}
}

// TestCallWaitsForAReservationThatComesSoon: with one question to the ledger, and another
// when it has come. For one that comes later, the workflow waits.
func TestCallWaitsForAReservationThatComesSoon(t *testing.T) {
	for _, test := range []struct {
		in   time.Duration
		want string
	}{{activities.Soon, "Accepted"}, {activities.Soon + time.Second, "waits"}} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}, ledger: ledger{reserved: time.Now().Add(test.in)}}
			began := time.Now()
			if got := ways["submit"](t.Context(), w); got != test.want || w.ledger.asks != 1 {
				t.Errorf("in %s: it told %q after %d questions", test.in, got, w.ledger.asks)
			}
			if took := time.Since(began); test.want == "Accepted" && (took < test.in-250*time.Millisecond || took > test.in) {
				t.Errorf("called after %s, want %s", took, test.in)
			}
		})
		synctest.Test(t, func(t *testing.T) {
			w := &world{ledger: ledger{reserved: time.Now().Add(activities.Soon)}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if got := ways["submit"](ctx, w); got != "error NotSent" || w.registry.calls != 0 {
				t.Errorf("cancelled, and it told %q after %d calls", got, w.registry.calls)
			}
		})
	}
}

// TestCallIsMadeAtItsReservation: not before it; and not at all if the activity was
// cancelled, or if the reservation has expired. That nothing was sent is recorded,
// and is not an unknown outcome.
func TestCallIsMadeAtItsReservation(t *testing.T) {
	for _, way := range submits {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}, ledger: ledger{reservedAt: 3 * time.Second}}
				began := time.Now()
				if got := ways[way](t.Context(), w); got != "Accepted" || time.Since(began) != 3*time.Second {
					t.Errorf("it told %q after %s", got, time.Since(began))
				}
				w = &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}, ledger: ledger{reservedAt: 3 * time.Second}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if got := ways[way](ctx, w); got != "error NotSent" || w.registry.calls != 0 || w.ledger.recorded() != "error" {
					t.Errorf("given up: told %q after %d calls, recorded %q", got, w.registry.calls, w.ledger.recorded())
				}
				w.ledger.reservedAt = -time.Second // this process was frozen for so long
				if got := ways[way](t.Context(), w); got != "error NotSent" || w.registry.calls != 0 || w.ledger.recorded() != "error" {
					t.Errorf("frozen: told %q after %d calls, recorded %q", got, w.registry.calls, w.ledger.recorded())
				}
				w.ledger.reservedAt = 0
				if got := ways[way](t.Context(), w); got != "Accepted" || w.registry.calls != 1 {
					t.Errorf("afterwards: told %q after %d calls", got, w.registry.calls)
				}
			})
		})
	}
}

// TestAnswerIsRecordedAfterTheActivitysTime: an answer is recorded even if it comes
// after the activity has timed out.
func TestAnswerIsRecordedAfterTheActivitysTime(t *testing.T) {
	for way, do := range ways {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}, takes: time.Minute}}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				do(ctx, w)
				if r := w.ledger.recorded(); r != "Accepted" {
					t.Errorf("recorded %q", r)
				}
			})
		})
	}
}

// TestSettledSubmissionIsNotSentAgain: the next try returns the outcome of the first.
func TestSettledSubmissionIsNotSentAgain(t *testing.T) {
	for _, way := range submits {
		for _, kind := range []sluss.OutcomeKind{sluss.Accepted, sluss.Rejected, sluss.Unknown} {
			w := &world{registry: registry{outcome: sluss.Outcome{Kind: kind}}}
			first, again := ways[way](t.Context(), w), ways[way](t.Context(), w)
			if first != again || w.registry.calls != 1 {
				t.Errorf("%s: %q, then %q after %d calls", way, first, again, w.registry.calls)
			}
		}
	}
}

// TestWhatCannotBeCalled: a registry that is not configured, or cannot tell how many
// calls it takes.
func TestWhatCannotBeCalled(t *testing.T) {
	w := &world{registry: registry{countErr: errAway}}
	if _, err := w.filings().Submit(t.Context(), submission()); !errors.Is(err, errAway) || len(w.ledger.intents) != 0 {
		t.Errorf("without a count of calls: %v, %+v", err, w.ledger.intents)
	}
	elsewhere := submission()
	elsewhere.Submission.Content.Obligation.Registry = "elsewhere"
	_, submit := w.filings().Submit(t.Context(), elsewhere)
	_, find := w.filings().Find(t.Context(), elsewhere)
	_, task := w.tasks().EcoOrganismes(t.Context(), "elsewhere")
	_, syncing := w.sync().SyncStep(t.Context(), activities.SyncStepInput{Registry: "elsewhere"})
	_, lists := w.lists().CheckReferenceData(t.Context(), activities.ReferenceDataInput{Registry: "elsewhere"})
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"submit": {submit, "error Operator"}, "find": {find, "error Operator"}, "task": {task, "error Operator for good"},
		"sync": {syncing, "error Operator"}, "lists": {lists, "error Operator"},
	} {
		if got := failure(test.err); got != test.want || !strings.Contains(test.err.Error(), "configure it") {
			t.Errorf("%s: %q, %v", name, got, test.err)
		}
	}
}
