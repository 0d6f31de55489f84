package quota

import (
	"slices"
	"time"
)

// Forecast is when each of the tickets will have its turn, if nobody else comes
// and the registry keeps to its word; in the order of the turns. It goes the
// same way as Plan does.
func (t Terms) Forecast(now time.Time, past *Past, waiting []Ticket) []Grant {
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
		at := t.Next(now, past, queue.urgent())
		ticket, _ := queue.Pop(at)
		at = t.Take(at, past, ticket.Calls, ticket.Urgent)
		grants = append(grants, Grant{Ticket: ticket, At: at})
		if len(past.reservations) > 2*some && len(past.reservations) > 4*t.most() {
			keep, _ := past.back(max(some, 2*t.most()))
			past.Forget(keep, t.Midnights(at)...)
		}
	}
	return grants
}

// most is how many reservations any window needs to be remembered.
func (t Terms) most() int {
	most := perSecond
	for _, l := range t.Limits {
		if l.Day == nil {
			most = max(most, l.Calls)
		}
	}
	return most
}

// WhatIf is so many tickets more, due like those that wait: asked at the moment
// now, or all due at one moment where that is given.
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
