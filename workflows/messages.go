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

// recorder records the messages of people to a workflow: signatures, decisions, corrections and
// events. It records one at a time, in the order in which they arrive, and they take
// effect once they are recorded. While one is being recorded, the workflow starts no call
// of a registry.
type recorder struct {
	arrived int
	pending []int // numbers of those that are not recorded yet, in order
}

// record runs do once all earlier messages are recorded.
func (w *recorder) record(ctx workflow.Context, do func() error) error {
	w.arrived++
	number := w.arrived
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

// idle tells whether no message is being recorded.
func (w *recorder) idle() bool { return len(w.pending) == 0 }

// awaitIdle waits until no message is being recorded, including those that have arrived
// with the current workflow task.
func (w *recorder) awaitIdle(ctx workflow.Context) error {
	delivered := false
	workflow.Go(ctx, func(workflow.Context) { delivered = true }) // runs after the goroutines that receive messages
	return workflow.Await(ctx, func() bool { return delivered && w.idle() })
}

// messageHandler handles one kind of message that people may send to a workflow.
type messageHandler[In, Out any] struct {
	recorder *recorder
	// valid refuses a message that is not allowed now.
	valid func(ctx workflow.Context, in In) error
	// record puts it into the ledger; only after that may it change anything.
	record func(ctx workflow.Context, in In) (Out, error)
	// at is the time of the message; nil: it has none. If the time is zero and the message
	// is valid, the time is now.
	at      func(*In) *time.Time
	noted   func(*In) *time.Time // when it was written down; nil: it is not told. Zero: it is filled in
	events  func() []sluss.Event // of the batch
	handled []handledMessage[In, Out]
}

type handledMessage[In, Out any] struct {
	in  In
	out Out
}

// handle handles a message. If the same message is not valid a second time, it gets the same
// answer as the first time, because the sender may not have received that.
func (w *messageHandler[In, Out]) handle(ctx workflow.Context, in In) (out Out, err error) {
	err = w.recorder.record(ctx, func() error {
		if err := w.check(ctx, in); err != nil {
			if before := w.earlier(in); before != nil {
				out = before.out
				return nil
			}
			return refusal(err)
		}
		original := in
		if at := w.moment(&in); at != nil && at.IsZero() {
			*at = workflow.Now(ctx)
		}
		if out, err = w.record(ctx, in); err == nil {
			w.handled = append(w.handled, handledMessage[In, Out]{original, out})
		}
		return err
	})
	return out, err
}

// validate refuses an invalid message at once, unless the same message was recorded
// before, or another is being recorded, after which this one may be valid.
func (w *messageHandler[In, Out]) validate(ctx workflow.Context, in In) error {
	if !w.recorder.idle() || w.earlier(in) != nil {
		return refusal(sluss.CheckText(in).Err())
	}
	return refusal(w.check(ctx, in))
}

// check refuses a message that cannot be read, is not valid now, or has an impossible
// time. A signal was not checked before.
func (w *messageHandler[In, Out]) check(ctx workflow.Context, in In) error {
	if faults := sluss.CheckText(in); len(faults) > 0 {
		return faults
	}
	err := w.valid(ctx, in)
	at := w.moment(&in)
	if at == nil || at.IsZero() || w.noted != nil { // what happened may have happened before all that is known
		return err
	}
	began := sluss.Content{Events: w.events()}.Began()
	return joinFaults(err, sluss.CheckActTime("at", *at, began, workflow.Now(ctx)).Err())
}

func (w *messageHandler[In, Out]) moment(in *In) *time.Time {
	if w.at == nil {
		return nil
	}
	return w.at(in)
}

// earlier is the earlier occurrence of the same message; nil: there is none. A message
// without a time equals the same message with one.
func (w *messageHandler[In, Out]) earlier(in In) *handledMessage[In, Out] {
	for i := range slices.Backward(w.handled) {
		one, other := w.handled[i].in, in
		if a, b := w.moment(&one), w.moment(&other); a != nil {
			if !a.IsZero() && !b.IsZero() && !a.Equal(*b) {
				continue
			}
			*a, *b = time.Time{}, time.Time{}
		}
		if w.noted != nil {
			if a, b := w.noted(&one), w.noted(&other); a.IsZero() || b.IsZero() {
				*a, *b = time.Time{}, time.Time{}
			}
		}
		if reflect.DeepEqual(one, other) {
			return &w.handled[i]
		}
	}
	return nil
}

// joinFaults joins the faults of two checks. An error that is not a list of faults is returned
// alone.
func joinFaults(a, b error) error {
	var first, second sluss.Faults
	switch {
	case a == nil:
		return b
	case errors.As(a, &first) && errors.As(b, &second):
		return slices.Concat(first, slices.DeleteFunc(second, func(f sluss.Fault) bool {
			return slices.ContainsFunc(first, func(known sluss.Fault) bool { return known.Field == f.Field })
		}))
	}
	return a
}

// refused tells whether a message was refused, and why.
func refused(err error) (why string, is bool) {
	application := (*temporal.ApplicationError)(nil)
	if errors.As(err, &application) && application.Type() == Refused {
		return application.Message(), true
	}
	return "", false
}
