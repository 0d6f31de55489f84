package activities

import (
	"context"
	"sync"
	"time"

	"sluss"
)

// DispatchResult is how things stand after turns were handed out.
type DispatchResult struct {
	Given   int           `json:"given"`
	Waiting int           `json:"waiting"`         // calls without a reservation
	Next    time.Duration `json:"next,omitempty"`  // after which to hand out again; of Waiting
	Clears  time.Time     `json:"clears,omitzero"` // about when nobody will wait any more
	Why     string        `json:"why,omitempty"`   // where it is not the quota alone that they wait for
}

// Dispatch hands out the turns of the next seconds at a registry, and tells the
// filings that got one. Who could not be told is told by the next one.
func (a *Activities) Dispatch(ctx context.Context, registry string) (DispatchResult, error) {
	began := time.Now()
	d, err := a.Ledger.Dispatch(ctx, registry)
	if err != nil {
		return DispatchResult{}, err
	}
	var mu sync.Mutex
	var told, gone []int64
	atOnce(d.Reservations, func(p sluss.Reservation) {
		p.In = max(0, p.In-time.Since(began))
		runs, err := a.Messenger.Reserved(ctx, p)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			a.Log.Warn("a filing was not told of its turn", "error", err)
		case runs:
			told = append(told, p.Ticket)
		default:
			gone = append(gone, p.Ticket)
		}
	})
	if err := a.Ledger.Told(ctx, told, gone); err != nil {
		return DispatchResult{}, err
	}
	return DispatchResult{Given: len(d.Reservations), Waiting: d.Waiting, Next: d.Next, Clears: d.Clears, Why: d.Why}, nil
}

// QueuedInput is a submission, or the question after it, that waits for its turn.
type QueuedInput struct {
	Registry string        `json:"registry"`
	Filing   string        `json:"filing"`
	Number   int           `json:"number"`
	Purpose  sluss.Purpose `json:"purpose"`
}

// Queued tells whether it is still in the queue, and sees to it that somebody
// hands out turns. Where it is not, it must ask again.
func (a *Activities) Queued(ctx context.Context, in QueuedInput) (bool, error) {
	waits, hasDispatcher, err := a.Ledger.Waits(ctx, in.Filing, in.Number, in.Purpose)
	if err != nil || !waits || hasDispatcher {
		return waits, err
	}
	return true, a.Messenger.WakeDispatcher(ctx, in.Registry)
}

// Warn tells the filings that will miss their due time, while there is time, and
// those that will not after all. It gives how many it told.
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

// tellers is how many messages are on their way at once.
const tellers = 16

func atOnce[T any](list []T, tell func(T)) {
	var group sync.WaitGroup
	room := make(chan struct{}, tellers)
	for _, one := range list {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			tell(one)
		})
	}
	group.Wait()
}
