package quota_test

import (
	"slices"
	"time"

	"sluss/quota"
)

// fakeLedger keeps calls, tickets and reservations in memory. It decides
// as package ledger does, with the same arithmetic.
type fakeLedger struct {
	terms     quota.Quota
	made      []time.Time // reservations of calls, ours and those that others are known to have made; in order
	tickets   map[key]*ticket
	inTime    tickets
	late      tickets
	reserved  []*ticket // by reservation
	order     fenwick   // of those that wait
	waiting   int
	ids       int64
	given     int64
	notBefore time.Time
	paused    bool
	roundAt   time.Time
	ahead     projection
	room      []time.Time // for a past that is forgotten at once
}

// purpose of a call.
type purpose int

const (
	toSubmit purpose = iota
	toAsk
)

type key struct {
	filing, number int
	purpose        purpose
}

type ticket struct {
	quota.Ticket
	key
	owner          *filing
	by             int64     // nanoseconds since the epoch
	reservedAt     time.Time // reserved
	tellAt         time.Time // zero: its filing knows the reservation
	missed         int
	suspendedUntil time.Time // it gets no reservation before this moment
	waits          bool      // without a reservation
	queued         bool      // it is in one of the heaps, perhaps without need
}

func newTicket(t quota.Ticket) *ticket { return &ticket{Ticket: t, by: t.By().UnixNano()} }

func newFakeLedger(terms quota.Quota, start time.Time) *fakeLedger {
	return &fakeLedger{terms: terms, tickets: map[key]*ticket{}, order: fenwick{from: start.Add(-48 * time.Hour)}}
}

// permit is the answer to a filing that asks to call.
type permit struct {
	callNow    bool
	reservedAt time.Time // of callNow
	granted    bool
	in         time.Duration // else: the reservation that is reserved, or expected; zero: nobody can say
}

// ask is ledger.Begin, without what it looks up of earlier outcomes.
func (l *fakeLedger) ask(now time.Time, k key, f *filing) permit {
	mine := l.tickets[k]
	word := quota.Ticket{Asked: now, Due: f.due, Calls: 1}
	var granted time.Time
	if mine != nil {
		granted = mine.reservedAt
	}
	if !l.paused {
		behind := l.behind(now, mine, f)
		s := quota.Situation{Now: now, Hold: l.notBefore, Granted: granted, Behind: behind}
		if behind || l.terms.Usable(s) {
			s.Past = quota.NewPast(nil, nil) // it does not matter
		} else {
			s.Past = l.glance(now)
		}
		reservedAt, callNow := l.terms.Ask(s, word)
		switch {
		case callNow:
			if mine != nil {
				l.drop(mine)
			}
			l.insert(reservedAt)
			return permit{callNow: true, reservedAt: reservedAt}
		case !reservedAt.IsZero():
			return permit{granted: true, in: reservedAt.Sub(now)}
		}
	}
	if mine == nil {
		l.ids++
		mine = newTicket(quota.Ticket{ID: l.ids, Asked: now, Due: f.due, Calls: 1})
		mine.key, mine.owner = k, f
		l.tickets[k] = mine
	}
	mine.suspendedUntil = time.Time{}
	if !mine.reservedAt.IsZero() {
		mine.missed++
		f.missed++
		l.unreserve(mine)
	}
	l.wait(mine)
	return permit{in: l.expect(now, mine)}
}

func (l *fakeLedger) insert(reservedAt time.Time) {
	i := len(l.made)
	for i > 0 && reservedAt.Before(l.made[i-1]) {
		i--
	}
	l.made = slices.Insert(l.made, i, reservedAt)
}

// from is how many reservations there are before a moment.
func (l *fakeLedger) from(moment time.Time) int {
	i, _ := slices.BinarySearchFunc(l.made, moment, time.Time.Compare)
	return i
}

// glance is past, until it is called again.
func (l *fakeLedger) glance(now time.Time) *quota.Past { return l.past(now, &l.room) }

// past is ledger.readPast. It needs room, which may be used again.
func (l *fakeLedger) past(now time.Time, room *[]time.Time) *quota.Past {
	began := now.Add(-l.terms.Longest() - time.Minute)
	recent := l.made[l.from(began.Add(1)):]
	var reservations []time.Time
	if room != nil {
		reservations = (*room)[:0]
	}
	reservations = slices.Grow(reservations, len(recent)+len(l.reserved)+1)
	if room != nil {
		*room = reservations
	}
	earliest := now.Add(-l.expiry())
	p := 0
	for p < len(l.reserved) && l.reserved[p].reservedAt.Before(earliest) {
		p++
	}
	for _, reservedAt := range recent {
		for ; p < len(l.reserved) && l.reserved[p].reservedAt.Before(reservedAt); p++ {
			reservations = append(reservations, l.reserved[p].reservedAt)
		}
		reservations = append(reservations, reservedAt)
	}
	for ; p < len(l.reserved); p++ {
		reservations = append(reservations, l.reserved[p].reservedAt)
	}
	earlier := map[time.Time]int{}
	for _, moment := range []time.Time{now.Add(-time.Hour), now.Add(time.Hour)} {
		for _, midnight := range l.terms.Midnights(moment) {
			earlier[midnight] = max(0, l.from(began.Add(1))-l.from(midnight))
		}
	}
	return quota.NewPast(reservations, earlier)
}

// expiry is ledger's.
func (l *fakeLedger) expiry() time.Duration { return l.terms.Grace() + time.Second }

// sift sees to it that the heaps begin with somebody who waits.
func (l *fakeLedger) sift(now time.Time) {
	for l.inTime.len() > 0 {
		first := l.inTime.first()
		if first.waits && !first.Late(now) {
			break
		}
		l.inTime.take()
		if first.waits {
			l.late.add(first)
		} else {
			first.queued = false
		}
	}
	for l.late.len() > 0 && !l.late.first().waits {
		l.late.take().queued = false
	}
}

// behind tells whether somebody waits who comes before.
func (l *fakeLedger) behind(now time.Time, mine *ticket, f *filing) bool {
	l.sift(now)
	me := mine
	if me == nil {
		me = newTicket(quota.Ticket{ID: l.ids + 1, Asked: now, Due: f.due})
	}
	before := func(ts *tickets) bool {
		return ts.len() > 0 && ts.first() != mine && earlier(ts.first(), me)
	}
	if me.Late(now) {
		return l.inTime.len() > 0 || before(&l.late)
	}
	return before(&l.inTime)
}

func (l *fakeLedger) wait(t *ticket) {
	if t.waits {
		return
	}
	t.waits = true
	l.waiting++
	l.order.add(t.By(), 1)
	if !t.queued {
		t.queued = true
		l.inTime.add(t)
	}
}

func (l *fakeLedger) unwait(t *ticket) {
	if t.waits {
		t.waits = false
		l.waiting--
		l.order.add(t.By(), -1)
	}
}

func (l *fakeLedger) unreserve(t *ticket) {
	if i := slices.Index(l.reserved, t); i >= 0 {
		l.reserved = slices.Delete(l.reserved, i, i+1)
	}
	t.reservedAt, t.tellAt = time.Time{}, time.Time{}
}

func (l *fakeLedger) drop(t *ticket) {
	l.unwait(t)
	l.unreserve(t)
	delete(l.tickets, t.key)
}

// projection is when so many calls more would leave; it holds for a moment.
type projection struct {
	made         time.Time
	hold         time.Time
	past         *quota.Past
	reservations []time.Time
}

// expect is about how long it will take.
func (l *fakeLedger) expect(now time.Time, t *ticket) time.Duration {
	if l.paused {
		return 0
	}
	const farAhead = 10_000
	ahead := l.order.before(t.By())
	if t.Late(now) {
		ahead += l.waiting - l.order.before(now)
	}
	more := max(0, ahead-farAhead)
	ahead = min(ahead, farAhead)
	p := &l.ahead
	if now.Sub(p.made) > 5*time.Second && (len(p.reservations) == 0 || now.After(p.reservations[0])) || !p.hold.Equal(l.notBefore) {
		*p = projection{made: now, hold: l.notBefore, past: l.past(now, nil)}
	}
	from := now
	if p.hold.After(from) {
		from = p.hold
	}
	for len(p.reservations) <= ahead {
		p.reservations = append(p.reservations, l.terms.Take(from, p.past, 1, false))
	}
	return max(l.terms.Beyond(p.reservations[ahead], more).Sub(now), time.Microsecond)
}

// reservation is what the dispatcher tells a filing.
type reservation struct {
	*ticket
	reservedAt time.Time
	in         time.Duration
}

// dispatch is a round of ledger.Dispatch.
func (l *fakeLedger) dispatch(now time.Time) (reservations []reservation, next time.Duration) {
	for _, t := range slices.Clone(l.reserved) {
		if t.reservedAt.Before(now.Add(-l.expiry())) {
			if t.tellAt.IsZero() {
				t.suspendedUntil = now.Add(min(10*time.Second<<min(t.missed, 10), 5*time.Minute))
				t.missed++
				t.owner.missed++
			}
			l.unreserve(t)
			l.wait(t)
		}
	}
	next = l.terms.Horizon() / 2
	if l.waiting > 0 {
		next = l.give(now)
	}
	l.roundAt = now.Add(next)
	for _, t := range l.reserved {
		if !t.tellAt.IsZero() && !t.tellAt.After(now) {
			t.tellAt = now.Add(12 * time.Second)
			reservations = append(reservations, reservation{t, t.reservedAt, max(0, t.reservedAt.Sub(now))})
		}
	}
	return reservations, next
}

func (l *fakeLedger) give(now time.Time) (next time.Duration) {
	if l.paused {
		return 10 * time.Minute
	}
	horizon := l.terms.Horizon()
	from := now.Add(min(500*time.Millisecond, horizon/4))
	if l.notBefore.After(from) {
		from = l.notBefore
	}
	until := now.Add(horizon)
	behind := 0
	for _, t := range l.reserved {
		if t.reservedAt.Before(now.Add(-time.Second)) {
			behind++
		}
	}
	most := l.terms.Most(behind)
	queue := &quota.Queue{Given: l.given}
	taken := map[int64]*ticket{}
	if !from.After(until) {
		l.sift(now)
		page := func(ts *tickets, due time.Time) (page []quota.Ticket) {
			for len(page) < most && ts.len() > 0 {
				t := ts.take()
				if t.queued = false; !t.waits {
					continue
				}
				if taken[t.ID] = t; !t.suspendedUntil.After(now) && !t.Late(due) {
					page = append(page, t.Ticket)
				}
			}
			return page
		}
		for _, t := range page(&l.late, time.Time{}) {
			queue.Push(t)
		}
		queue.More = func(due time.Time) []quota.Ticket { return page(&l.inTime, due) }
	} else {
		queue.Push(quota.Ticket{Calls: 1})
	}
	grants, first := l.terms.Plan(from, until, l.glance(now), queue)
	grants = grants[:min(len(grants), most)]
	l.given = queue.Given
	for _, g := range grants {
		t := taken[g.Ticket.ID]
		delete(taken, t.ID)
		l.unwait(t)
		t.reservedAt, t.tellAt = g.At, now
		l.reserved = append(l.reserved, t)
	}
	slices.SortStableFunc(l.reserved, func(a, b *ticket) int { return a.reservedAt.Compare(b.reservedAt) })
	for _, t := range taken { // in any order: a heap does not mind
		t.queued = true
		if t.Late(now) {
			l.late.add(t)
		} else {
			l.inTime.add(t)
		}
	}
	next = horizon / 2
	if ahead := first.Sub(now) - horizon; !first.IsZero() && ahead > next {
		next = ahead
	}
	return next
}

// finish is ledger.Finish, as far as the quota goes.
func (l *fakeLedger) finish(now time.Time, a answer, hold time.Time) {
	if a.refused && hold.After(l.notBefore) {
		l.notBefore = hold
	}
	if a.used > 0 {
		since := now.Add(-a.since - 2*time.Second)
		for range a.used - (len(l.made) - l.from(since.Add(1))) {
			l.insert(now)
		}
	}
}

// tickets are in the order of their By, and then of their ids.
type tickets struct{ minHeap[*ticket] }

func (ts *tickets) add(t *ticket) { ts.push(t.by, t.ID, t) }

func (ts *tickets) take() *ticket {
	_, t := ts.pop()
	return t
}

func (ts *tickets) len() int { return len(ts.entries) }

func (ts *tickets) first() *ticket { return ts.entries[0].v }

func earlier(a, b *ticket) bool {
	if a.by != b.by {
		return a.by < b.by
	}
	return a.ID < b.ID
}

// fenwick counts moments, by the second, and how many come before another.
type fenwick struct {
	from time.Time
	sums [1 << 21]int32 // three weeks
}

func (f *fenwick) place(moment time.Time) int {
	return min(max(1, int(moment.Sub(f.from)/time.Second)), len(f.sums)-1)
}

func (f *fenwick) add(moment time.Time, n int32) {
	for i := f.place(moment); i < len(f.sums); i += i & -i {
		f.sums[i] += n
	}
}

func (f *fenwick) before(moment time.Time) (n int) {
	for i := f.place(moment) - 1; i > 0; i -= i & -i {
		n += int(f.sums[i])
	}
	return n
}
