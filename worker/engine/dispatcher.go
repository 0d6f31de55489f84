package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sluss"
)

// dispatcher hands out the reservations of one registry. Every worker process runs one for
// each of its registries. They need not know of each other: the ledger is the queue, and
// lets one of them at a time hand out.
type dispatcher struct {
	registry string
	ledger   interface {
		Dispatch(ctx context.Context, registry string) (sluss.Dispatched, error)
		MarkNotified(ctx context.Context, told, ended []sluss.Reservation) error
		Warn(ctx context.Context, registry string) ([]sluss.Forecast, error)
		MarkWarned(ctx context.Context, told []sluss.Forecast) error
	}
	filings interface {
		// Reserved tells a filing its reservation; false if it does not run any more.
		Reserved(ctx context.Context, r sluss.Reservation) (bool, error)
		// Forecast tells a filing that it will miss its due time, or that it will not
		// after all.
		Forecast(ctx context.Context, f sluss.Forecast) error
	}
	log *slog.Logger

	telling sync.WaitGroup
	failing bool
}

const (
	// looksEvery is how often the queue is looked at if nothing is to be done: one read.
	looksEvery = time.Second
	// tellers is how many messages of a round are sent at the same time, and tellTimeout
	// how long one may take: as long as the call may be late, because whoever gives up
	// under load sends it again. Another process sends it only after that.
	tellers     = 64
	tellTimeout = 10 * time.Second
)

// run hands out reservations until the context ends.
func (d *dispatcher) run(ctx context.Context) {
	defer d.telling.Wait()
	for ctx.Err() == nil {
		select {
		case <-time.After(d.look(ctx)):
		case <-ctx.Done():
		}
	}
}

// look makes a round if it is time to, and returns when to look again. Filings are told
// beside that: a slow Temporal does not hold up the next round.
func (d *dispatcher) look(ctx context.Context) time.Duration {
	round, err := d.ledger.Dispatch(ctx, d.registry)
	if err != nil {
		if !d.failing && ctx.Err() == nil {
			d.log.Warn("no reservations can be made; trying every second", "registry", d.registry, "error", err)
		}
		d.failing = true
		return looksEvery
	}
	if d.failing {
		d.log.Info("reservations are made again", "registry", d.registry)
		d.failing = false
	}
	if len(round.Reservations) > 0 {
		d.telling.Go(func() { d.tell(ctx, round.Reservations) })
	}
	if round.Warn {
		d.telling.Go(func() { d.warn(ctx) })
	}
	if round.Next > 0 {
		return min(round.Next, looksEvery)
	}
	return looksEvery
}

// tell tells filings their reservations, the next ones first.
func (d *dispatcher) tell(ctx context.Context, reservations []sluss.Reservation) {
	ctx = context.WithoutCancel(ctx) // who stops finishes this
	began := time.Now()
	var mu sync.Mutex
	var told, ended []sluss.Reservation
	atOnce(reservations, func(r sluss.Reservation) {
		ctx, cancel := context.WithTimeout(ctx, tellTimeout)
		defer cancel()
		sent := r
		sent.In = max(0, r.In-time.Since(began))
		runs, err := d.filings.Reserved(ctx, sent)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			d.log.Warn("a filing was not told its reservation", "registry", d.registry, "filing", r.Filing, "error", err)
		case runs:
			told = append(told, r)
		default:
			ended = append(ended, r)
		}
	})
	if err := d.ledger.MarkNotified(ctx, told, ended); err != nil {
		d.log.Warn("filings may be told their reservation twice", "registry", d.registry, "error", err)
	}
}

// warn tells filings in advance that they will miss their due time, or that they will not
// after all.
func (d *dispatcher) warn(ctx context.Context) {
	forecasts, err := d.ledger.Warn(ctx, d.registry)
	if err != nil {
		d.log.Warn("nobody is warned of filings that will be late", "registry", d.registry, "error", err)
	}
	var mu sync.Mutex
	var told []sluss.Forecast
	atOnce(forecasts, func(f sluss.Forecast) {
		ctx, cancel := context.WithTimeout(ctx, tellTimeout)
		defer cancel()
		if err := d.filings.Forecast(ctx, f); err != nil {
			d.log.Warn("a filing was not told of its forecast", "registry", d.registry, "filing", f.Filing, "error", err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, f)
	})
	if err := d.ledger.MarkWarned(ctx, told); err != nil {
		d.log.Warn("filings may be told their forecast twice", "registry", d.registry, "error", err)
	}
}

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
