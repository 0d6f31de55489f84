package quota

import (
	"slices"
	"time"
)

// Forecast says when each of the tickets will get to call, in that order, if no other
// tickets arrive and the registry keeps to its rate limits. It uses the rules of Plan.
func (q Quota) Forecast(now time.Time, past *Past, waiting []Ticket) []Grant {
	queue := &Queue{inTime: slices.Clone(waiting)}
	slices.SortFunc(queue.inTime, func(a, b Ticket) int { // a sorted slice is a heap
		if a.before(b) {
			return -1
		}
		return 1
	})
	grants := make([]Grant, 0, len(waiting))
	const some = 10_000
	for queue.Len() > 0 {
		at := q.Next(now, past, queue.urgent())
		ticket, _ := queue.Pop(at)
		at = q.Take(at, past, ticket.Calls, ticket.Urgent)
		grants = append(grants, Grant{Ticket: ticket, At: at})
		if len(past.reservations) > 2*some && len(past.reservations) > 4*q.most() {
			keep, _ := past.back(max(some, 2*q.most()))
			past.Forget(keep, q.Midnights(at)...)
		}
	}
	return grants
}

// most is how many past reservations the windows need to know.
func (q Quota) most() int {
	most := perSecond
	for _, l := range q.Limits {
		if l.Day == nil {
			most = max(most, l.Calls)
		}
	}
	return most
}

// WhatIf makes tickets for a supposition: so many more, asked at the moment now, with
// the due times of those that wait, or all due at the given moment.
func WhatIf(waiting []Ticket, more int, now, due time.Time) []Ticket {
	added := make([]Ticket, more)
	var last int64
	byDue := slices.Clone(waiting)
	slices.SortFunc(byDue, func(a, b Ticket) int { return a.By().Compare(b.By()) })
	for _, t := range waiting {
		last = max(last, t.ID)
	}
	for i := range added {
		added[i] = Ticket{ID: last + 1 + int64(i), Asked: now, Due: due, Calls: 1}
		if due.IsZero() && len(byDue) > 0 {
			added[i].Due = byDue[i*len(byDue)/more].Due
		}
	}
	return added
}
