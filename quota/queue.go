package quota

import (
	"container/heap"
	"time"
)

// Ticket is a place in the queue for a reservation.
type Ticket struct {
	ID    int64     // increases with the time of asking
	Asked time.Time // when it was first asked for
	Due   time.Time // when the registry must have the report; zero: no deadline
	Calls int       // how many calls it makes, all at one moment; at least one
	// Urgent: a person waits for the answer.
	Urgent bool
}

// Patience is how long after asking a ticket without a due time counts as due: a
// person, or a lorry, waits for it.
const Patience = 15 * time.Minute

// lateShare: one in so many reservations goes to a late ticket, even if there is
// always another that can still be in time. So late tickets do not wait forever.
const lateShare = 256

// By is the moment by which tickets are ordered: the due time, or Patience after
// asking. Urgent tickets go first.
func (t Ticket) By() time.Time {
	switch {
	case t.Urgent:
		return time.Unix(0, 0).UTC()
	case t.Due.IsZero():
		return t.Asked.Add(Patience)
	}
	return t.Due
}

// Underway is how long after its reservation a call may reach the registry. A ticket
// that is due sooner than that is late. This matters in an overload, when every ticket
// is served at the last moment.
const Underway = time.Second

// Late tells whether that moment is past the due time.
func (t Ticket) Late(moment time.Time) bool { return !t.Due.IsZero() && t.Due.Before(moment) }

func (t Ticket) before(other Ticket) bool {
	if a, b := t.By(), other.By(); !a.Equal(b) {
		return a.Before(b)
	}
	return t.ID < other.ID
}

// Queue orders tickets. Those that can still be in time go first, the earliest due
// first. Late ones follow, except for lateShare. No other order gets more tickets
// served in time.
//
// The zero value is empty. Given is how many reservations were given before.
type Queue struct {
	Given int64
	// More, if not nil, returns the next page of tickets once all pushed tickets are
	// served or late. Pages are in order, hold no ticket twice, and only tickets that
	// are not due before the given moment. An empty page is the last.
	More   func(due time.Time) []Ticket
	inTime tickets
	late   tickets
}

// Push adds a ticket.
func (q *Queue) Push(t Ticket) { heap.Push(&q.inTime, t) }

// Len is how many tickets wait.
func (q *Queue) Len() int { return len(q.inTime) + len(q.late) }

// Pop removes the ticket that gets the reservation at the moment; false if none is left.
func (q *Queue) Pop(moment time.Time) (Ticket, bool) {
	q.sort(moment)
	from := &q.inTime
	if len(q.late) > 0 && (len(q.inTime) == 0 || q.Given%lateShare == lateShare-1 && !q.urgent()) {
		from = &q.late
	}
	if len(*from) == 0 {
		return Ticket{}, false
	}
	q.Given++
	return heap.Pop(from).(Ticket), true
}

// sort moves late tickets to their own heap, and loads more tickets until one can be
// in time or none is left.
func (q *Queue) sort(moment time.Time) {
	reaches := moment.Add(Underway)
	for {
		for len(q.inTime) > 0 && q.inTime[0].Late(reaches) {
			heap.Push(&q.late, heap.Pop(&q.inTime))
		}
		if len(q.inTime) > 0 || q.More == nil {
			return
		}
		page := q.More(reaches)
		if len(page) == 0 {
			q.More = nil
		}
		for _, t := range page {
			q.Push(t)
		}
	}
}

// urgent tells whether the next ticket is urgent.
func (q *Queue) urgent() bool { return len(q.inTime) > 0 && q.inTime[0].Urgent }

// Grant is a ticket with its reservation.
type Grant struct {
	Ticket Ticket
	At     time.Time
}

// Plan gives reservations to the tickets in the queue, in order, up to the moment
// until, and adds them to the past. If tickets are left, next is the first reservation
// after that moment.
func (q Quota) Plan(now, until time.Time, past *Past, queue *Queue) (grants []Grant, next time.Time) {
	for {
		queue.sort(now)
		if queue.Len() == 0 {
			return grants, time.Time{}
		}
		at := q.Next(now, past, queue.urgent())
		if at.After(until) {
			return grants, at
		}
		ticket, _ := queue.Pop(at)
		grants = append(grants, Grant{Ticket: ticket, At: q.Take(at, past, ticket.Calls, ticket.Urgent)})
	}
}

type tickets []Ticket

func (ts tickets) Len() int           { return len(ts) }
func (ts tickets) Less(i, j int) bool { return ts[i].before(ts[j]) }
func (ts tickets) Swap(i, j int)      { ts[i], ts[j] = ts[j], ts[i] }

// Push adds a ticket, for package heap.
func (ts *tickets) Push(t any) { *ts = append(*ts, t.(Ticket)) }

// Pop removes the last ticket, for package heap.
func (ts *tickets) Pop() any {
	last := (*ts)[len(*ts)-1]
	*ts = (*ts)[:len(*ts)-1]
	return last
}
