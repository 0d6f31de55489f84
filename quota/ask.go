package quota

import "time"

// Situation is what Ask needs to know when a ticket asks to call.
type Situation struct {
	Now     time.Time
	Hold    time.Time // the registry asked us not to call before this moment; zero: it did not
	Past    *Past
	Granted time.Time // the ticket's reservation, which is part of Past; zero: none
	Behind  bool      // tickets wait that go before this one
}

// Near is how far in the future a granted moment may be: the caller sleeps until
// then. An urgent caller sleeps up to NearUrgent. Neither may be beyond the Horizon.
const (
	Near       = 250 * time.Millisecond
	NearUrgent = 2 * time.Second
)

// Near is how far in the future the moment granted to a ticket may be.
func (q Quota) Near(t Ticket) time.Duration {
	if t.Urgent {
		return min(NearUrgent, q.Horizon())
	}
	return min(Near, q.Horizon())
}

// Ask decides whether a ticket may make its calls now. If granted, reservedAt is the
// moment at which they may leave, and at which they must be remembered. If not, it is
// the ticket's reservation, or zero. A reservation that was missed by more than the
// grace, or that is before Hold, does not count.
func (q Quota) Ask(s Situation, ticket Ticket) (reservedAt time.Time, granted bool) {
	near := s.Now.Add(q.Near(ticket))
	if q.Usable(s) {
		if s.Granted.After(near) {
			return s.Granted, false
		}
		return later(s.Granted, s.Now), true
	}
	if s.Behind {
		return time.Time{}, false
	}
	tried := &Past{reservations: append([]time.Time(nil), s.Past.reservations...), earlier: s.Past.earlier}
	if reservedAt = q.Take(later(s.Now, s.Hold), tried, ticket.Calls, ticket.Urgent); reservedAt.After(near) {
		return time.Time{}, false
	}
	s.Past.reservations = tried.reservations
	return reservedAt, true
}

// Usable tells whether the ticket's reservation can be used, now or when it comes. Past
// and Behind do not matter then.
func (q Quota) Usable(s Situation) bool {
	return !s.Granted.IsZero() && !s.Granted.Before(s.Hold) && !s.Granted.Add(q.Grace()).Before(s.Now)
}
