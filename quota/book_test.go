package quota_test

import (
	"container/heap"
	"slices"
	"time"

	"sluss/quota"
)

// book is the ledger's part in memory: calls made, tickets, reservations. It decides
// as package ledger does, with the same arithmetic.
type book struct {
	terms         quota.Terms
	made          []time.Time // reservations of calls, ours and those that others are known to have made; in order
	tickets       map[key]*ticket
	inTime        tickets
	late          tickets
	reserved      []*ticket // by reservation
	order         fenwick   // of those that wait
	waiting       int
	ids           int64
	turns         int64
	notBefore     time.Time
	paused        bool
	hasDispatcher time.Time
	ahead         projection
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
	owner      *filing
	by         int64     // nanoseconds since the epoch
	reservedAt time.Time // reserved
	told       bool
	missed     int
	rests      time.Time // until when it is reserved none again
	waits      bool      // without a reservation
	queued     bool      // it is in one of the heaps, perhaps without need
}

func newTicket(t quota.Ticket) *ticket { return &ticket{Ticket: t, by: t.By().UnixNano()} }

func newBook(terms quota.Terms, start time.Time) *book {
	return &book{terms: terms, tickets: map[key]*ticket{}, order: fenwick{from: start.Add(-48 * time.Hour)}}
}

// turn is the answer to who asks.
type turn struct {
	go_          bool
	reservedAt   time.Time // of go_
	granted      bool
	in           time.Duration // else: the reservation that is reserved, or expected; zero: nobody can say
	noDispatcher bool
}

// ask is ledger.Begin, without what it looks up of earlier outcomes.
func (b *book) ask(now time.Time, k key, f *filing) turn {
	mine := b.tickets[k]
	word := quota.Ticket{Asked: now, Due: f.due, Calls: 1}
	var granted time.Time
	if mine != nil {
		granted = mine.reservedAt
	}
	if !b.paused {
		behind := b.behind(now, mine, f)
		s := quota.Standing{Now: now, Hold: b.notBefore, Granted: granted, Behind: behind}
		if behind || b.terms.Holds(granted, now) && !granted.Before(b.notBefore) {
			s.Past = quota.NewPast(nil, nil) // it does not matter
		} else {
			s.Past = b.past(now)
		}
		reservedAt, go_ := b.terms.Ask(s, word)
		switch {
		case go_:
			if mine != nil {
				b.drop(mine)
			}
			b.insert(reservedAt)
			return turn{go_: true, reservedAt: reservedAt}
		case !reservedAt.IsZero():
			return turn{granted: true, in: reservedAt.Sub(now)}
		}
	}
	if mine == nil {
		b.ids++
		mine = newTicket(quota.Ticket{ID: b.ids, Asked: now, Due: f.due, Calls: 1})
		mine.key, mine.owner = k, f
		b.tickets[k] = mine
	}
	mine.rests = time.Time{}
	if !mine.reservedAt.IsZero() {
		mine.missed++
		f.missed++
		b.unreserve(mine)
	}
	b.wait(mine)
	return turn{in: b.expect(now, mine), noDispatcher: !now.Before(b.hasDispatcher.Add(5 * time.Second))}
}

func (b *book) insert(reservedAt time.Time) {
	i := len(b.made)
	for i > 0 && reservedAt.Before(b.made[i-1]) {
		i--
	}
	b.made = slices.Insert(b.made, i, reservedAt)
}

// from is how many reservations there are before a moment.
func (b *book) from(moment time.Time) int {
	i, _ := slices.BinarySearchFunc(b.made, moment, time.Time.Compare)
	return i
}

// past is ledger.readPast.
func (b *book) past(now time.Time) *quota.Past {
	began := now.Add(-b.terms.Longest() - time.Minute)
	recent := b.made[b.from(began.Add(1)):]
	reservations := make([]time.Time, 0, len(recent)+len(b.reserved)+1)
	earliest := now.Add(-b.terms.Grace())
	p := 0
	for p < len(b.reserved) && b.reserved[p].reservedAt.Before(earliest) {
		p++
	}
	for _, reservedAt := range recent {
		for ; p < len(b.reserved) && b.reserved[p].reservedAt.Before(reservedAt); p++ {
			reservations = append(reservations, b.reserved[p].reservedAt)
		}
		reservations = append(reservations, reservedAt)
	}
	for ; p < len(b.reserved); p++ {
		reservations = append(reservations, b.reserved[p].reservedAt)
	}
	earlier := map[time.Time]int{}
	for _, moment := range []time.Time{now.Add(-time.Hour), now.Add(time.Hour)} {
		for _, midnight := range b.terms.Midnights(moment) {
			earlier[midnight] = max(0, b.from(began.Add(1))-b.from(midnight))
		}
	}
	return quota.NewPast(reservations, earlier)
}

// sift sees to it that the heaps begin with somebody who waits.
func (b *book) sift(now time.Time) {
	for len(b.inTime) > 0 {
		first := b.inTime[0]
		if first.waits && !first.Late(now) {
			break
		}
		heap.Pop(&b.inTime)
		if first.waits {
			heap.Push(&b.late, first)
		} else {
			first.queued = false
		}
	}
	for len(b.late) > 0 && !b.late[0].waits {
		heap.Pop(&b.late).(*ticket).queued = false
	}
}

// behind tells whether somebody waits who comes before.
func (b *book) behind(now time.Time, mine *ticket, f *filing) bool {
	b.sift(now)
	me := mine
	if me == nil {
		me = newTicket(quota.Ticket{ID: b.ids + 1, Asked: now, Due: f.due})
	}
	before := func(ts tickets) bool {
		return len(ts) > 0 && ts[0] != mine && earlier(ts[0], me)
	}
	if me.Late(now) {
		return len(b.inTime) > 0 || before(b.late)
	}
	return before(b.inTime)
}

func (b *book) wait(t *ticket) {
	if t.waits {
		return
	}
	t.waits = true
	b.waiting++
	b.order.add(t.By(), 1)
	if !t.queued {
		t.queued = true
		heap.Push(&b.inTime, t)
	}
}

func (b *book) unwait(t *ticket) {
	if t.waits {
		t.waits = false
		b.waiting--
		b.order.add(t.By(), -1)
	}
}

func (b *book) unreserve(t *ticket) {
	if i := slices.Index(b.reserved, t); i >= 0 {
		b.reserved = slices.Delete(b.reserved, i, i+1)
	}
	t.reservedAt, t.told = time.Time{}, false
}

func (b *book) drop(t *ticket) {
	b.unwait(t)
	b.unreserve(t)
	delete(b.tickets, t.key)
}

// projection is when so many calls more would leave; it holds for a moment.
type projection struct {
	made         time.Time
	hold         time.Time
	past         *quota.Past
	reservations []time.Time
}

// expect is about how long it will take.
func (b *book) expect(now time.Time, t *ticket) time.Duration {
	if b.paused {
		return 0
	}
	const farAhead = 10_000
	ahead := b.order.before(t.By())
	if t.Late(now) {
		ahead += b.waiting - b.order.before(now)
	}
	more := max(0, ahead-farAhead)
	ahead = min(ahead, farAhead)
	p := &b.ahead
	if now.Sub(p.made) > 5*time.Second && (len(p.reservations) == 0 || now.After(p.reservations[0])) || !p.hold.Equal(b.notBefore) {
		*p = projection{made: now, hold: b.notBefore, past: b.past(now)}
	}
	from := now
	if p.hold.After(from) {
		from = p.hold
	}
	for len(p.reservations) <= ahead {
		p.reservations = append(p.reservations, b.terms.Take(from, p.past, 1, false))
	}
	return max(b.terms.Beyond(p.reservations[ahead], more).Sub(now), time.Microsecond)
}

// reservation is what a filing is told.
type reservation struct {
	*ticket
	reservedAt time.Time
	in         time.Duration
}

// dispatch is ledger.Dispatch.
func (b *book) dispatch(now time.Time) (reservations []reservation, next time.Duration) {
	for _, t := range slices.Clone(b.reserved) {
		if t.reservedAt.Before(now.Add(-b.terms.Grace())) {
			t.rests = now.Add(min(10*time.Second<<min(t.missed, 10), 5*time.Minute))
			t.missed++
			t.owner.missed++
			b.unreserve(t)
			b.wait(t)
		}
	}
	if b.waiting > 0 {
		next = b.give(now)
	}
	b.hasDispatcher = time.Time{}
	if b.waiting > 0 {
		b.hasDispatcher = now.Add(next)
	}
	for _, t := range b.reserved {
		if !t.told {
			reservations = append(reservations, reservation{t, t.reservedAt, max(0, t.reservedAt.Sub(now))})
		}
	}
	return reservations, next
}

func (b *book) give(now time.Time) (next time.Duration) {
	if b.paused {
		return 10 * time.Minute
	}
	horizon := b.terms.Horizon()
	from := now.Add(min(500*time.Millisecond, horizon/4))
	if b.notBefore.After(from) {
		from = b.notBefore
	}
	until := now.Add(horizon)
	behind := 0
	for _, t := range b.reserved {
		if t.reservedAt.Before(now.Add(-time.Second)) {
			behind++
		}
	}
	most := max(0, b.most()-4*behind)
	queue := &quota.Queue{Taken: b.turns}
	taken := map[int64]*ticket{}
	if !from.After(until) {
		b.sift(now)
		page := func(ts *tickets, due time.Time) (page []quota.Ticket) {
			for len(page) < most && len(*ts) > 0 {
				t := heap.Pop(ts).(*ticket)
				if t.queued = false; !t.waits {
					continue
				}
				if taken[t.ID] = t; !t.rests.After(now) && !t.Late(due) {
					page = append(page, t.Ticket)
				}
			}
			return page
		}
		for _, t := range page(&b.late, time.Time{}) {
			queue.Push(t)
		}
		queue.More = func(due time.Time) []quota.Ticket { return page(&b.inTime, due) }
	} else {
		queue.Push(quota.Ticket{Calls: 1})
	}
	grants, first := b.terms.Plan(from, until, b.past(now), queue)
	grants = grants[:min(len(grants), most)]
	b.turns = queue.Taken
	for _, g := range grants {
		t := taken[g.Ticket.ID]
		delete(taken, t.ID)
		b.unwait(t)
		t.reservedAt, t.told = g.At, false
		b.reserved = append(b.reserved, t)
	}
	slices.SortStableFunc(b.reserved, func(a, b *ticket) int { return a.reservedAt.Compare(b.reservedAt) })
	for _, t := range taken { // in any order: a heap does not mind
		t.queued = true
		if t.Late(now) {
			heap.Push(&b.late, t)
		} else {
			heap.Push(&b.inTime, t)
		}
	}
	next = horizon / 2
	if ahead := first.Sub(now) - horizon; !first.IsZero() && ahead > next {
		next = ahead
	}
	return next
}

// most is more than a horizon can take.
func (b *book) most() int {
	most := b.terms.Most()
	for _, l := range b.terms.Limits {
		if l.Day == nil {
			most = min(most, 64+l.Calls/20+int(float64(l.Calls)*float64(b.terms.Horizon())/float64(l.Per)))
		}
	}
	return most
}

// finish is ledger.Finish, as far as the quota goes.
func (b *book) finish(now time.Time, a answer, hold time.Time) {
	if a.refused && hold.After(b.notBefore) {
		b.notBefore = hold
	}
	if a.used > 0 {
		since := now.Add(-a.since - 2*time.Second)
		for range a.used - (len(b.made) - b.from(since.Add(1))) {
			b.insert(now)
		}
	}
}

type tickets []*ticket

func earlier(a, b *ticket) bool {
	if a.by != b.by {
		return a.by < b.by
	}
	return a.ID < b.ID
}

func (ts tickets) Len() int           { return len(ts) }
func (ts tickets) Less(i, j int) bool { return earlier(ts[i], ts[j]) }
func (ts tickets) Swap(i, j int)      { ts[i], ts[j] = ts[j], ts[i] }
func (ts *tickets) Push(t any)        { *ts = append(*ts, t.(*ticket)) }
func (ts *tickets) Pop() any {
	last := (*ts)[len(*ts)-1]
	*ts = (*ts)[:len(*ts)-1]
	return last
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
