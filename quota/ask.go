package quota

import "time"

// Situation is how things stand when a ticket asks for its turn.
type Situation struct {
	Now     time.Time
	Hold    time.Time // the registry said "not before" this; zero: it did not
	Past    *Past
	Granted time.Time // the reservation that the ticket was reserved; zero: none. It is part of Past.
	Behind  bool      // tickets wait that come before this one
}

// Near is how far ahead a reservation may be for the turn to come now: the caller
// sleeps so long. Somebody who waits for the answer sleeps up to NearUrgent.
const (
	Near       = 250 * time.Millisecond
	NearUrgent = 2 * time.Second
)

// Near is how far ahead this ticket's reservation may be.
func (t Ticket) Near() time.Duration {
	if t.Urgent {
		return NearUrgent
	}
	return Near
}

// Ask decides whether a ticket has its turn, at reservation: the moment at which its
// calls may leave, and at which they are to be remembered. A reservation that was
// missed by more than the grace, or that the registry has overruled, is none.
// Where it is not its turn, reservation is the one it was reserved, or zero.
func (t Terms) Ask(s Situation, ticket Ticket) (reservedAt time.Time, granted bool) {
	near := s.Now.Add(ticket.Near())
	if t.Holds(s.Granted, s.Now) && !s.Granted.Before(s.Hold) {
		if s.Granted.After(near) {
			return s.Granted, false
		}
		return later(s.Granted, s.Now), true
	}
	if s.Behind {
		return time.Time{}, false
	}
	tried := &Past{reservations: append([]time.Time(nil), s.Past.reservations...), earlier: s.Past.earlier}
	if reservedAt = t.Take(later(s.Now, s.Hold), tried, ticket.Calls, ticket.Urgent); reservedAt.After(near) {
		return time.Time{}, false
	}
	s.Past.reservations = tried.reservations
	return reservedAt, true
}

// Holds tells whether a reservation that was reserved can still be used.
func (t Terms) Holds(granted, now time.Time) bool {
	return !granted.IsZero() && !granted.Add(t.Grace()).Before(now)
}
