package workflows

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// words are what people say to a workflow: signatures, decisions, corrections,
// events. They are recorded one at a time, in the order in which they came, and
// each counts from then on. While one is being recorded, the workflow starts no
// call of a registry.
type words struct {
	came    int
	pending []int // numbers of those that are not recorded yet, in order
}

// record has a word recorded once those before it are.
func (w *words) record(ctx workflow.Context, do func() error) error {
	w.came++
	number := w.came
	w.pending = append(w.pending, number)
	defer func() {
		w.pending = slices.DeleteFunc(w.pending, func(n int) bool { return n == number })
	}()
	// A workflow.Mutex would let the last update go first.
	if err := workflow.Await(ctx, func() bool { return w.pending[0] == number }); err != nil {
		return err
	}
	return do()
}

// none tells whether no word is being recorded.
func (w *words) none() bool { return len(w.pending) == 0 }

// recorded waits until no word is being recorded. What has come with this very
// task is heard first.
func (w *words) recorded(ctx workflow.Context) error {
	delivered := false
	workflow.Go(ctx, func(workflow.Context) { delivered = true }) // runs after those that listen
	return workflow.Await(ctx, func() bool { return delivered && w.none() })
}

// word is one thing that people may say to a workflow.
type word[In, Out any] struct {
	words *words
	// valid refuses what cannot be said as things stand; its ctx tells the time.
	valid func(ctx workflow.Context, in In) error
	// record puts it into the ledger; only then it may change anything.
	record func(ctx workflow.Context, in In) (Out, error)
	// at is when it was said; nil: that is not told. A word that is valid without a
	// time is said now.
	at     func(*In) *time.Time
	events func() []sluss.Event // of the batch
	said   []said[In, Out]
}

type said[In, Out any] struct {
	in  In
	out Out
}

// say takes a word. One that cannot be said again is answered as it was the first
// time: whoever sent it did not get the answer.
func (w *word[In, Out]) say(ctx workflow.Context, in In) (out Out, err error) {
	err = w.words.record(ctx, func() error {
		if err := w.check(ctx, in); err != nil {
			if before := w.before(in); before != nil {
				out = before.out
				return nil
			}
			return refusal(err)
		}
		told := in
		if at := w.moment(&in); at != nil && at.IsZero() {
			*at = workflow.Now(ctx)
		}
		if out, err = w.record(ctx, in); err == nil {
			w.said = append(w.said, said[In, Out]{told, out})
		}
		return err
	})
	return out, err
}

// check refuses a word that cannot be read, is not valid now, or is of a time that
// cannot be. Of a signal nobody has looked at it before.
func (w *word[In, Out]) check(ctx workflow.Context, in In) error {
	if faults := sluss.CheckText(in); len(faults) > 0 {
		return faults
	}
	err := w.valid(ctx, in)
	at := w.moment(&in)
	if at == nil || at.IsZero() {
		return err
	}
	began := sluss.Content{Events: w.events()}.Began()
	return both(err, sluss.CheckActTime("at", *at, began, workflow.Now(ctx)).Err())
}

func (w *word[In, Out]) moment(in *In) *time.Time {
	if w.at == nil {
		return nil
	}
	return w.at(in)
}

// before is the same word as it was said before; nil: it was not. A time that was
// not told does not make it another one.
func (w *word[In, Out]) before(in In) *said[In, Out] {
	for i := range slices.Backward(w.said) {
		one, other := w.said[i].in, in
		if a, b := w.moment(&one), w.moment(&other); a != nil {
			if !a.IsZero() && !b.IsZero() && !a.Equal(*b) {
				continue
			}
			*a, *b = time.Time{}, time.Time{}
		}
		if reflect.DeepEqual(one, other) {
			return &w.said[i]
		}
	}
	return nil
}

// both are the faults that two checks found. A refusal that is no list of faults
// is told alone.
func both(a, b error) error {
	var first, second sluss.Faults
	switch {
	case a == nil:
		return b
	case errors.As(a, &first) && errors.As(b, &second):
		return slices.Concat(first, second)
	}
	return a
}

// refused tells whether a word was turned down, and why.
func refused(err error) (why string, is bool) {
	application := (*temporal.ApplicationError)(nil)
	if errors.As(err, &application) && application.Type() == Refused {
		return application.Message(), true
	}
	return "", false
}
