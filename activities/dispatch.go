package activities

import (
	"context"
	"sync"
	"time"

	"sluss"
)

// DispatchResult is the result of one round of a dispatcher.
type DispatchResult struct {
	Given   int           `json:"given"`           // reservations that filings were to be told
	Waiting int           `json:"waiting"`         // calls without a reservation
	Next    time.Duration `json:"next,omitempty"`  // until the next round; only if calls wait
	Clears  time.Time     `json:"clears,omitzero"` // about when the queue will be empty
	Why     string        `json:"why,omitempty"`   // a reason for the wait besides the rate limits
}

// Dispatch makes the reservations of the next seconds at a registry, and tells them to
// the filings. A filing that cannot be told now is told in the next round.
func (a *Activities) Dispatch(ctx context.Context, registry string) (DispatchResult, error) {
	began := time.Now()
	d, err := a.Ledger.Dispatch(ctx, registry)
	if err != nil {
		return DispatchResult{}, err
	}
	var mu sync.Mutex
	var told, ended []int64
	atOnce(d.Reservations, func(p sluss.Reservation) {
		p.In = max(0, p.In-time.Since(began))
		runs, err := a.Messenger.Reserved(ctx, p)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			a.Log.Warn("a filing was not told its reservation", "error", err)
		case runs:
			told = append(told, p.Ticket)
		default:
			ended = append(ended, p.Ticket)
		}
	})
	if err := a.Ledger.MarkNotified(ctx, told, ended); err != nil {
		return DispatchResult{}, err
	}
	return DispatchResult{Given: len(d.Reservations), Waiting: d.Waiting, Next: d.Next, Clears: d.Clears, Why: d.Why}, nil
}

// QueuedInput is a submission, or the question about it, that waits in the queue.
type QueuedInput struct {
	Registry string        `json:"registry"`
	Filing   string        `json:"filing"`
	Number   int           `json:"number"`
	Purpose  sluss.Purpose `json:"purpose"`
}

// Queued tells whether the submission is still in the queue, and wakes the dispatcher if
// none runs. If it is not in the queue, it must ask for a permit again.
func (a *Activities) Queued(ctx context.Context, in QueuedInput) (bool, error) {
	waits, hasDispatcher, err := a.Ledger.Waits(ctx, in.Filing, in.Number, in.Purpose)
	if err != nil || !waits || hasDispatcher {
		return waits, err
	}
	return true, a.Messenger.WakeDispatcher(ctx, in.Registry)
}

// Warn tells filings in advance that they will miss their due time, or that they will
// not after all. It returns how many it told.
func (a *Activities) Warn(ctx context.Context, registry string) (int, error) {
	changed, err := a.Ledger.Warn(ctx, registry)
	if err != nil {
		return 0, err
	}
	atOnce(changed, func(f sluss.Forecast) {
		if err := a.Messenger.Forecast(ctx, f); err != nil {
			a.Log.Warn("a filing was not told of its forecast", "error", err)
		}
	})
	return len(changed), nil
}

// concurrentMessages is how many messages are sent at the same time.
const concurrentMessages = 16

func atOnce[T any](list []T, tell func(T)) {
	var group sync.WaitGroup
	room := make(chan struct{}, concurrentMessages)
	for _, one := range list {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			tell(one)
		})
	}
	group.Wait()
}
