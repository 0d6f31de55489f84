package engine

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluss"
)

// queueOf is the ledger of a dispatcher: a round for each time that it is asked, the last
// one for ever.
type queueOf struct {
	sync.Mutex
	rounds []sluss.Dispatched
	err    error
	asked  []time.Time
	told   []int64
	ended  []int64
	warned int
	marked []string
}

func (q *queueOf) Dispatch(context.Context, string) (sluss.Dispatched, error) {
	q.Lock()
	defer q.Unlock()
	q.asked = append(q.asked, time.Now())
	if q.err != nil {
		return sluss.Dispatched{}, q.err
	}
	return q.rounds[min(len(q.asked), len(q.rounds))-1], nil
}

func (q *queueOf) MarkNotified(_ context.Context, told, ended []sluss.Reservation) error {
	q.Lock()
	defer q.Unlock()
	for _, r := range told {
		q.told = append(q.told, r.Ticket)
	}
	for _, r := range ended {
		q.ended = append(q.ended, r.Ticket)
	}
	slices.Sort(q.told)
	return nil
}

func (q *queueOf) Warn(context.Context, string) ([]sluss.Forecast, error) {
	q.Lock()
	defer q.Unlock()
	q.warned++
	return []sluss.Forecast{{Filing: "filing/late"}, {Filing: "filing/away"}}, nil
}

func (q *queueOf) MarkWarned(_ context.Context, told []sluss.Forecast) error {
	q.Lock()
	defer q.Unlock()
	for _, f := range told {
		q.marked = append(q.marked, f.Filing)
	}
	return nil
}

// filings hear of their reservations, in order. Those that begin with "ended" do not run;
// "away" cannot be reached, and "slow" answers after a minute.
type filings struct {
	sync.Mutex
	heard map[string]time.Duration
	late  []string
}

func (f *filings) Reserved(ctx context.Context, r sluss.Reservation) (bool, error) {
	switch r.Filing {
	case "filing/slow":
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	case "filing/away":
		return false, errors.New("Temporal does not answer")
	}
	f.Lock()
	defer f.Unlock()
	if f.heard == nil {
		f.heard = map[string]time.Duration{}
	}
	f.heard[r.Filing] = r.In
	return !strings.HasPrefix(r.Filing, "ended"), nil
}

func (f *filings) Forecast(_ context.Context, c sluss.Forecast) error {
	f.Lock()
	defer f.Unlock()
	f.late = append(f.late, c.Filing)
	if c.Filing == "filing/away" {
		return errors.New("Temporal does not answer")
	}
	return nil
}

// dispatchFor runs a dispatcher for so long.
func dispatchFor(t *testing.T, q *queueOf, f *filings, d time.Duration) (log string) {
	t.Helper()
	var said strings.Builder
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	(&dispatcher{registry: sluss.Trackdechets, ledger: q, filings: f, log: slog.New(slog.NewTextHandler(&said, nil))}).run(ctx)
	return said.String()
}

func reservationFor(ticket int64, filing string) sluss.Reservation {
	return sluss.Reservation{Ticket: ticket, Filing: filing, In: time.Second}
}

func TestDispatcherTellsFilingsTheirReservations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queueOf{rounds: []sluss.Dispatched{
			{Waiting: 3, Next: 500 * time.Millisecond, Reservations: []sluss.Reservation{
				reservationFor(1, "filing/a"), reservationFor(2, "ended/b"), reservationFor(3, "filing/away"), reservationFor(4, "filing/slow"),
			}},
			{Waiting: 2, Next: 8 * time.Hour, Warn: true},
			{},
		}}
		f := &filings{}
		began := time.Now()
		log := dispatchFor(t, q, f, 20*time.Second)
		if !slices.Equal(q.told, []int64{1}) || !slices.Equal(q.ended, []int64{2}) || f.heard["filing/a"] != time.Second {
			t.Errorf("told %v, ended %v; heard %v", q.told, q.ended, f.heard)
		}
		// A filing that does not answer holds up no round, and a far round is looked for
		// every second: an operator may change it.
		for i, want := range []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond} {
			if got := q.asked[i].Sub(began); got != want {
				t.Errorf("look %d after %s, want after %s", i, got, want)
			}
		}
		if q.warned != 1 || len(f.late) != 2 || !slices.Equal(q.marked, []string{"filing/late"}) {
			t.Errorf("warned %d times, told %v, recorded %v", q.warned, f.late, q.marked)
		}
		for _, filing := range []string{"filing/away", "filing/slow"} {
			if !strings.Contains(log, "filing="+filing) {
				t.Errorf("nobody hears that %s was not told: %s", filing, log)
			}
		}
	})
}

// TestDispatcherAtRest looks once a second, and does nothing else.
func TestDispatcherAtRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queueOf{rounds: []sluss.Dispatched{{}}}
		if log := dispatchFor(t, q, &filings{}, time.Minute); len(q.asked) > 61 || len(q.told)+q.warned > 0 || log != "" {
			t.Errorf("%d looks in a minute; log %q", len(q.asked), log)
		}
	})
}

// TestDispatcherOutlivesItsLedger: it says once that the ledger is away, and once that it
// is back.
func TestDispatcherOutlivesItsLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queueOf{rounds: []sluss.Dispatched{{Waiting: 1, Next: time.Second}}, err: errors.New("PostgreSQL is restarted")}
		time.AfterFunc(30*time.Second, func() {
			q.Lock()
			defer q.Unlock()
			q.err = nil
		})
		log := dispatchFor(t, q, &filings{}, time.Minute)
		if strings.Count(log, "no reservations can be made") != 1 || strings.Count(log, "reservations are made again") != 1 || len(q.asked) < 59 {
			t.Errorf("%d looks; log %s", len(q.asked), log)
		}
	})
}
