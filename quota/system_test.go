package quota_test

import (
	"slices"
	"time"

	"sluss/quota"
)

// filing is one thing that a registry must have by some time.
type filing struct {
	id      int
	arrives time.Time
	due     time.Time // zero: none

	known  time.Time // when it asked first
	taken  time.Time // when the registry accepted it first
	done   bool      // its workflow knows
	asks   int       // how often it asked for a permit, or tried
	missed int       // reservations that were not used, as the ledger saw it
	torn   bool      // its worker died during the call
	after  time.Duration

	number      int
	purpose     purpose
	open        bool // a submission of that number was begun and has no answer
	absent      int
	reservation *heard
	listens     func() // the workflow waits for a reservation, or its own timer
	sleeping    int64
}

type heard struct {
	reservation
	at time.Time
}

func (f *filing) onTime() bool { return !f.taken.IsZero() && !f.taken.After(f.due) }

// way is how filings wait and call.
type way int

const (
	dispatched    way = iota // by reservations
	backoff                  // at once; refused, again after 1 s, doubled up to 100 s
	registryDelay            // at once; refused, again when the registry says
	rated                    // from a task queue that gives so many a second; refused, like backoff
)

// system is workers, workflows and dispatchers, with the delays there are
// between them.
type system struct {
	*world
	way        way
	ledger     *fakeLedger
	registry   *registry
	workers    []*worker
	tasks      []*task // the task queue
	reserved   []*task // its tasks of a higher priority
	locked     time.Time
	stalled    []func() // steps of workflows that wait for a worker
	asks       int
	dispatcher struct {
		looks   bool // at the queue, every second at least
		stopped bool
	}
	rate struct {
		every time.Duration
		next  time.Time
	}
	stall  func() time.Duration // of the database, before it takes an ask
	commit func() time.Duration // how long it takes to say that the intent is recorded
	late   time.Duration        // by how much a call may leave after its reservation
}

// worker is a process. Its clock shows another time, and goes at another pace.
type worker struct {
	room   int
	ahead  time.Duration
	pace   float64 // seconds of its clock in a second
	dead   bool
	epoch  int
	in     map[*task]bool
	zeroed time.Time
}

func (w *worker) clock(now time.Time) time.Time {
	return now.Add(w.ahead).Add(time.Duration(float64(now.Sub(w.zeroed)) * (w.pace - 1)))
}

// task is a try of an activity.
type task struct {
	filing   *filing
	purpose  purpose
	worker   *worker
	epoch    int
	began    time.Time
	reserved bool // a reservation
}

func (t *task) lost() bool { return t.epoch != t.worker.epoch }

func newSystem(start time.Time, terms quota.Quota, r rule) *system {
	s := &system{world: newWorld(start), late: terms.Slip()}
	s.ledger = newFakeLedger(terms, start)
	s.registry = &registry{rule: r, has: map[int]int{}}
	for i, ahead := range []time.Duration{0, -40 * time.Second, 7 * time.Minute} {
		s.workers = append(s.workers, &worker{room: 200, ahead: ahead, pace: 1 + float64(i-1)*2e-4, in: map[*task]bool{}, zeroed: start})
	}
	per, calls := r.per, r.calls
	if r.day != nil {
		per = 24 * time.Hour
	}
	s.rate.every = per / time.Duration(calls)
	return s
}

func (s *system) start(filings []*filing) {
	for _, f := range filings {
		f.number = 1
		s.at(f.arrives, func() { s.workflow(func() { s.submit(f) }) })
	}
}

// workflow takes a step, once a worker has it.
func (s *system) workflow(step func()) {
	s.after(s.between(3*time.Millisecond, 40*time.Millisecond), func() {
		if slices.ContainsFunc(s.workers, func(w *worker) bool { return !w.dead }) {
			step()
			return
		}
		s.stalled = append(s.stalled, step)
	})
}

// timer of a workflow: a little late.
func (s *system) timer(d time.Duration, do func()) {
	s.after(max(0, d)+s.between(0, 60*time.Millisecond), func() { s.workflow(do) })
}

func (s *system) submit(f *filing) {
	reserved := f.reservation != nil
	f.reservation, f.listens = nil, nil
	s.queue(&task{filing: f, purpose: f.purpose, reserved: reserved})
}

func (s *system) queue(t *task) {
	s.after(s.between(2*time.Millisecond, 15*time.Millisecond), func() {
		if t.reserved {
			s.reserved = append(s.reserved, t)
		} else {
			s.tasks = append(s.tasks, t)
		}
		s.feed()
	})
}

// feed gives tasks to workers that have room.
func (s *system) feed() {
	for len(s.tasks)+len(s.reserved) > 0 {
		if s.way == rated {
			if s.now.Before(s.rate.next) {
				return
			}
			s.rate.next = s.now.Add(s.rate.every)
			s.at(s.rate.next, s.feed)
		}
		var best *worker
		for _, w := range s.workers {
			if !w.dead && len(w.in) < w.room && (best == nil || len(w.in) < len(best.in)) {
				best = w
			}
		}
		if best == nil {
			return
		}
		from := &s.tasks
		if len(s.reserved) > 0 {
			from = &s.reserved
		}
		t := (*from)[0]
		*from = (*from)[1:]
		t.worker, t.epoch, t.began = best, best.epoch, s.now
		best.in[t] = true
		t.filing.asks++
		s.asks++
		if s.way != dispatched {
			s.leave(t)
			continue
		}
		s.after(s.between(time.Millisecond, 20*time.Millisecond), func() { s.begin(t) })
	}
}

// begin asks for a permit: one filing after another, as with the ledger's lock.
func (s *system) begin(t *task) {
	if t.lost() {
		return
	}
	var held time.Duration
	if s.stall != nil {
		held = s.stall()
	}
	from := s.now.Add(held)
	if s.locked.After(from) {
		from = s.locked
	}
	s.locked = from.Add(s.between(time.Millisecond, 2*time.Millisecond))
	s.at(from, func() {
		if t.lost() {
			return
		}
		f := t.filing
		if t.purpose == toSubmit && f.open { // it was interrupted
			s.end(t, func() {
				f.purpose, f.absent = toAsk, 0
				s.submit(f)
			})
			return
		}
		if f.known.IsZero() {
			f.known = s.now
		}
		given := s.ledger.ask(s.now, key{f.id, f.number, t.purpose}, f)
		if given.callNow {
			f.open = t.purpose == toSubmit
		}
		looked := t.worker.clock(s.now.Add(s.between(200*time.Microsecond, 2*time.Millisecond)))
		reply := s.between(2*time.Millisecond, 8*time.Millisecond)
		if s.commit != nil {
			reply += s.commit()
		}
		s.after(reply, func() {
			if t.lost() {
				return
			}
			if !given.callNow {
				s.dispatch()
				s.granted(t, given)
				return
			}
			at := looked.Add(given.reservedAt.Sub(from))
			if t.worker.clock(s.now).Sub(at) > s.late { // answered at once: nothing was sent
				f.open = false
				s.granted(t, permit{granted: true, in: time.Second})
				return
			}
			wait := time.Duration(float64(at.Sub(t.worker.clock(s.now))) / t.worker.pace)
			s.after(wait, func() {
				if !t.lost() {
					s.leave(t)
				}
			})
		})
	})
}

// granted is what an activity makes of a reservation: it waits, if that comes soon.
func (s *system) granted(t *task, given permit) {
	if !given.granted || given.in > 3*time.Second {
		s.end(t, func() { s.awaitReservation(t.filing, given) })
		return
	}
	s.after(given.in-100*time.Millisecond, func() { s.begin(t) })
}

// leave makes the call. What becomes of its worker does not hold it up.
func (s *system) leave(t *task) {
	f := t.filing
	s.after(s.between(20*time.Millisecond, 120*time.Millisecond), func() {
		a := s.registry.call(s.now, f, t.purpose == toSubmit)
		s.after(s.between(20*time.Millisecond, 300*time.Millisecond), func() {
			if !t.lost() {
				s.answered(t, a)
			}
		})
	})
}

// answered is what the workflow makes of an answer.
func (s *system) answered(t *task, a answer) {
	f := t.filing
	if s.way != dispatched {
		s.end(t, func() {
			if !a.refused {
				f.done = true
				return
			}
			f.after = min(max(time.Second, 2*f.after), 100*time.Second)
			again := f.after
			if s.way == registryDelay {
				again = max(a.again, time.Second)
			}
			s.after(again, func() { s.queue(&task{filing: f}) })
		})
		return
	}
	hold := s.now.Add(time.Minute)
	if a.again > 0 {
		hold = s.now.Add(min(max(a.again.Truncate(time.Second)+time.Second, time.Second), 25*time.Hour))
	}
	s.ledger.finish(s.now, a, hold)
	f.open = false
	s.end(t, func() {
		switch {
		case a.refused:
			s.timer(hold.Sub(s.now), func() { s.submit(f) })
		case t.purpose == toSubmit || a.accepted:
			f.done = true
		case f.absent == 0:
			f.absent++
			s.timer(70*time.Second, func() { s.submit(f) })
		default:
			f.number, f.purpose = f.number+1, toSubmit
			s.submit(f)
		}
	})
}

// end gives the worker its room back, and the result to the workflow.
func (s *system) end(t *task, step func()) {
	delete(t.worker.in, t)
	s.workflow(step)
	s.feed()
}

// awaitReservation is the workflow's.
func (s *system) awaitReservation(f *filing, given permit) {
	if given.granted && f.reservation == nil {
		f.reservation = &heard{reservation{reservedAt: s.now.Add(given.in), in: given.in}, s.now}
	}
	f.sleeping++
	mine := f.sleeping
	next := func() {
		f.listens = nil
		f.sleeping++
		if f.reservation == nil {
			s.submit(f)
			return
		}
		wait := f.reservation.at.Add(f.reservation.in - 2*time.Second).Sub(s.now)
		if wait <= 0 {
			s.submit(f)
			return
		}
		s.timer(wait, func() { s.submit(f) })
	}
	if f.reservation != nil {
		next()
		return
	}
	f.listens = next
	s.timer(2*given.in+24*time.Hour, func() {
		if f.sleeping == mine {
			next()
		}
	})
}

// dispatch lets the workers look at the queue, as long as there are tickets.
func (s *system) dispatch() {
	if !s.dispatcher.looks {
		s.dispatcher.looks = true
		s.after(s.between(0, time.Second), s.look)
	}
}

// look makes a round if it is time to.
func (s *system) look() {
	if len(s.ledger.tickets) == 0 {
		s.dispatcher.looks = false
		return
	}
	s.round()
	pause := time.Second
	if next := s.ledger.roundAt.Sub(s.now); next > 0 && next < pause {
		pause = next
	}
	s.after(pause+s.between(10*time.Millisecond, 40*time.Millisecond), s.look)
}

// round is made by one of the workers, which then tells the filings.
func (s *system) round() {
	i := slices.IndexFunc(s.workers, func(w *worker) bool { return !w.dead })
	if s.dispatcher.stopped || i < 0 || s.ledger.roundAt.After(s.now) {
		return
	}
	on, epoch := s.workers[i], s.workers[i].epoch
	reservations, _ := s.ledger.dispatch(s.now)
	began := s.now
	for i, p := range reservations {
		s.after(20*time.Millisecond+time.Duration(i/16)*6*time.Millisecond+s.between(0, 6*time.Millisecond), func() {
			if epoch != on.epoch {
				return
			}
			p.in = max(0, p.in-s.now.Sub(began))
			if p.ticket.reservedAt.Equal(p.reservedAt) {
				p.tellAt = time.Time{}
			}
			s.workflow(func() { s.hear(p) })
		})
	}
}

// hear is how a filing receives its reservation.
func (s *system) hear(p reservation) {
	f := p.owner
	if p.number != f.number || f.done {
		return
	}
	f.reservation = &heard{p, s.now}
	if f.listens != nil {
		f.listens()
	}
}

// crash ends a worker in the middle of everything; after a while it is started again.
func (s *system) crash(w *worker, away time.Duration) {
	w.dead = true
	w.epoch++
	for _, t := range s.held(w) {
		t.filing.torn = true
		s.at(t.began.Add(31*time.Second), func() { s.queue(&task{filing: t.filing, purpose: t.purpose}) })
	}
	clear(w.in)
	s.after(away, func() {
		w.dead = false
		stalled := s.stalled
		s.stalled = nil
		for _, step := range stalled {
			s.workflow(step)
		}
		s.feed()
	})
}

// held are the tasks of a worker, in an order that is the same in every run.
func (s *system) held(w *worker) []*task {
	var held []*task
	for t := range w.in {
		held = append(held, t)
	}
	slices.SortFunc(held, func(a, b *task) int { return a.filing.id - b.filing.id })
	return held
}

// stop lets no worker hand out reservations for a while.
func (s *system) stop(away time.Duration) {
	s.dispatcher.stopped = true
	s.after(away, func() { s.dispatcher.stopped = false })
}

// pause is an operator's.
func (s *system) pause(length time.Duration) {
	s.ledger.paused = true
	s.after(length, func() {
		s.ledger.paused = false
		s.ledger.notBefore = time.Time{}
		s.ledger.roundAt = s.now
	})
}
