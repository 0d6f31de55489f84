package quota

import (
	"container/heap"
	"time"
)

// Ticket is a wait for reservations.
type Ticket struct {
	ID    int64     // in the order of asking
	Asked time.Time // when
	Due   time.Time // when the registry must have it; zero: it has no clock
	Calls int       // how many reservations it takes, all at one moment; at least one
	// Urgent: a person waits for the answer.
	Urgent bool
}

// Patience is by when a ticket without a due time wants its turn, from when it
// asked: somebody, or a lorry, waits at a gate.
const Patience = 15 * time.Minute

// lateShare: of so many turns one goes to the latest of the late, so that they
// come to an end even while others would always still be on time.
const lateShare = 256

// By is the moment by which tickets are ordered: the due time, or that at which
// patience ends. Urgent ones come before all.
func (t Ticket) By() time.Time {
	switch {
	case t.Urgent:
		return time.Unix(0, 0).UTC()
	case t.Due.IsZero():
		return t.Asked.Add(Patience)
	}
	return t.Due
}

// Underway is how long after its turn a call may reach the registry. Who has less
// than that left is not served in time any more; when more is due than can be
// served, everybody's turn comes in the last moment.
const Underway = time.Second

// Late tells whether a turn at that moment is past the due time.
func (t Ticket) Late(moment time.Time) bool { return !t.Due.IsZero() && t.Due.Before(moment) }

func (t Ticket) before(other Ticket) bool {
	if a, b := t.By(), other.By(); !a.Equal(b) {
		return a.Before(b)
	}
	return t.ID < other.ID
}

// Queue puts tickets into order: earliest due first, among those that a turn
// now still serves in time; what is late anyway goes after them, but for its
// share. No order gets more of them there in time.
//
// The zero value is empty. Given is how many turns were given before.
type Queue struct {
	Given int64
	// More, where many wait, brings the next of them when those in time that were
	// pushed are served or late: in order, none twice, and only such as are not due
	// before the moment. It ends with an empty page.
	More   func(due time.Time) []Ticket
	inTime tickets
	late   tickets
}

// Push adds a ticket.
func (q *Queue) Push(t Ticket) { heap.Push(&q.inTime, t) }

// Len is how many tickets wait.
func (q *Queue) Len() int { return len(q.inTime) + len(q.late) }

// Pop takes out the ticket whose turn it is at the moment; false if none is left.
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

// sort puts those aside that are late, and sees to it that somebody is there who
// is not, if anybody waits.
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

// Grant is a ticket and the moment it was given.
type Grant struct {
	Ticket Ticket
	At     time.Time
}

// Plan gives reservations to those that wait, in order, up to the moment until, and
// adds them to the past. Where somebody is left, next is the first reservation after
// that moment.
func (t Terms) Plan(now, until time.Time, past *Past, queue *Queue) (grants []Grant, next time.Time) {
	for {
		queue.sort(now)
		if queue.Len() == 0 {
			return grants, time.Time{}
		}
		at := t.Next(now, past, queue.urgent())
		if at.After(until) {
			return grants, at
		}
		ticket, _ := queue.Pop(at)
		grants = append(grants, Grant{Ticket: ticket, At: t.Take(at, past, ticket.Calls, ticket.Urgent)})
	}
}

type tickets []Ticket

func (ts tickets) Len() int           { return len(ts) }
func (ts tickets) Less(i, j int) bool { return ts[i].before(ts[j]) }
func (ts tickets) Swap(i, j int)      { ts[i], ts[j] = ts[j], ts[i] }

// Push adds a ticket, for package heap.
func (ts *tickets) Push(t any) { *ts = append(*ts, t.(Ticket)) }

// Pop takes the last one, for package heap.
func (ts *tickets) Pop() any {
	last := (*ts)[len(*ts)-1]
	*ts = (*ts)[:len(*ts)-1]
	return last
}
