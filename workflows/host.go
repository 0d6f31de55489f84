package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// host is the workflow in which a filing runs: that of its batch, or one of its own.
type host interface {
	// changed is called after everything about the filing that people see has changed.
	changed(ctx workflow.Context, f *filing)
	// record writes to the ledger, and retries until it succeeds.
	record(ctx workflow.Context, activity, record any, summary string) error
	// recorded is record with a result.
	recorded(ctx workflow.Context, activity, record any, summary string, result any) error
	// act records what a person did.
	act(ctx workflow.Context, activity, record any, summary string, result any) error
	// knows is false if the ledger has more of the batch than this run. The run then ends.
	knows(s sluss.FilingSnapshot) bool
	// leaves tells whether this history is about to end, and nothing may be started in it.
	leaves(ctx workflow.Context) bool
	// calls is called before a call of a registry, and the returned function after it.
	calls() (over func())
}

// Addressed is a message to one of the filings that a workflow runs.
type Addressed[T any] struct {
	Filing  sluss.FilingID `json:"filing"`
	Message T              `json:"message"`
}

// filings are the filings that a workflow runs.
type filings struct {
	list []*filing // in the order in which they were started
	// settled waits until all filings that may be written to are in the list.
	settled func(ctx workflow.Context) error
	// certain tells whether they are now.
	certain func() bool
}

// find returns the filing with that id; nil if this run of the workflow has none.
func (l *filings) find(id sluss.FilingID) *filing {
	for _, f := range slices.Backward(l.list) {
		if f.id == id {
			return f
		}
	}
	return nil
}

func (l *filings) errNone(id sluss.FilingID) error {
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("%q has ended, or was not started yet", string(id)), NoSuch, nil)
}

// listen sets up the handlers of the messages to filings. Signals are handled once ready
// says so.
func (l *filings) listen(ctx workflow.Context, in *inbound, ready func() bool) error {
	err := workflow.SetQueryHandler(ctx, FilingQuery.Name, func(id sluss.FilingID) (FilingState, error) {
		if f := l.find(id); f != nil {
			return f.state(), nil
		}
		return FilingState{}, l.errNone(id)
	})
	if err != nil {
		return err
	}
	if err := handleFor(ctx, SignUpdate, l, func(f *filing) *messageHandler[sluss.Signature, FilingState] { return f.signs }); err != nil {
		return err
	}
	if err := handleFor(ctx, HoldUpdate, l, func(f *filing) *messageHandler[sluss.Hold, FilingState] { return f.holds }); err != nil {
		return err
	}
	if err := handleFor(ctx, ReleaseUpdate, l, func(f *filing) *messageHandler[sluss.Release, FilingState] { return f.releases }); err != nil {
		return err
	}
	if err := handleFor(ctx, DecideUpdate, l, func(f *filing) *messageHandler[sluss.Decision, FilingState] { return f.decides }); err != nil {
		return err
	}
	if err := handleFor(ctx, AmendUpdate, l, func(f *filing) *messageHandler[sluss.Content, FilingState] { return f.amends }); err != nil {
		return err
	}
	SignSignal.eachTracked(ctx, in, ready, func(ctx workflow.Context, m Addressed[sluss.Signature]) {
		if f := l.find(m.Filing); f != nil {
			f.signed(ctx, m.Message)
		} else {
			workflow.GetLogger(ctx).Warn("a signature is on no open filing", "filing", m.Filing)
		}
	})
	UnreadableSignal.eachTracked(ctx, in, ready, l.unreadable)
	ReservedSignal.eachTracked(ctx, in, ready, func(ctx workflow.Context, r sluss.Reservation) {
		if f := l.find(sluss.FilingID(r.Filing)); f != nil {
			f.reserved(ctx, r)
		}
	})
	ForecastSignal.eachTracked(ctx, in, ready, func(ctx workflow.Context, c sluss.Forecast) {
		if f := l.find(sluss.FilingID(c.Filing)); f != nil {
			f.forecast(ctx, c)
		}
	})
	CheckSignal.eachTracked(ctx, in, ready, func(_ workflow.Context, id sluss.FilingID) {
		if f := l.find(id); f != nil {
			f.changedByOthers = true
		}
	})
	return nil
}

// handleFor answers an update that is addressed to a filing.
func handleFor[In, Out any](ctx workflow.Context, u Update[Addressed[In], Out], l *filings, of func(*filing) *messageHandler[In, Out]) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, u.Name, func(ctx workflow.Context, m Addressed[In]) (out Out, err error) {
		if err := l.settled(ctx); err != nil {
			return out, err
		}
		f := l.find(m.Filing)
		if f == nil {
			return out, l.errNone(m.Filing)
		}
		return of(f).handle(ctx, m.Message)
	}, workflow.UpdateHandlerOptions{Validator: func(ctx workflow.Context, m Addressed[In]) error {
		switch f := l.find(m.Filing); {
		case f != nil:
			return of(f).validate(ctx, m.Message)
		case l.certain():
			return l.errNone(m.Filing)
		}
		return refusal(sluss.CheckText(m.Message).Err())
	}})
}

// moment is a mark on a filing that is to come.
type moment struct {
	at      time.Time
	summary string
	do      func(ctx workflow.Context)
}

// keepClock does what next returns once it is time. An earlier timer is kept if the
// moment for which it was started is not awaited any more: it costs less than starting
// another, and what is awaited is looked up when it fires.
func keepClock(ctx workflow.Context, next func(ctx workflow.Context) *moment) {
	workflow.GoNamed(ctx, "clock", func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return next(ctx) != nil }) == nil {
			started := next(ctx)
			err := awaitUntil(ctx, started.at, started.summary, func() bool {
				m := next(ctx)
				return m != nil && m.at.Before(started.at)
			})
			if err != nil {
				return
			}
			if m := next(ctx); m != nil && !m.at.After(workflow.Now(ctx)) {
				m.do(ctx)
			}
		}
	})
}

// sooner is the moment that comes first; nil if there is none.
func sooner(a, b *moment) *moment {
	if a == nil || b != nil && b.at.Before(a.at) {
		return b
	}
	return a
}
