package quota

import (
	"slices"
	"testing"
	"time"
)

func TestAskRemembersAReservation(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	terms := Quota{Limits: []Limit{{Calls: 3, Per: time.Minute}}}
	for calls, want := range map[int]int{2: 3, 3: 1} { // three more do not go
		past := NewPast([]time.Time{now}, nil)
		reservedAt, granted := terms.Ask(Situation{Now: now, Past: past}, Ticket{Calls: calls})
		if granted != (calls == 2) || past.Since(now) != want {
			t.Errorf("%d calls: reservation %v, granted %v; %d reservations are remembered, want %d", calls, reservedAt, granted, past.Since(now), want)
		}
	}
}

func TestUrgentOnesWaitLonger(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	for _, ahead := range []time.Duration{Near, Near + 1000, NearUrgent, NearUrgent + 1000} {
		for _, urgent := range []bool{false, true} {
			past := NewPast([]time.Time{now.Add(ahead)}, nil)
			reservedAt, granted := Quota{}.Ask(Situation{Now: now, Past: past}, Ticket{Calls: 1, Urgent: urgent})
			if want := ahead <= (Quota{}).Near(Ticket{Urgent: urgent}); granted != want || granted && !reservedAt.Equal(now.Add(ahead)) {
				t.Errorf("%s ahead, urgent %t: reservation %v, granted %v", ahead, urgent, reservedAt, granted)
			}
		}
	}
	if normal, urgent := (Quota{}).Near(Ticket{}), (Quota{}).Near(Ticket{Urgent: true}); normal != 250*time.Millisecond || urgent != 2*time.Second {
		t.Errorf("near is %s, for urgent ones %s", normal, urgent)
	}
}

// TestUrgentOnesDoNotLeaveWithTheLateOnesOfTheWindowBefore: those that have a reservation
// may still leave a grace later than it.
func TestUrgentOnesDoNotLeaveWithTheLateOnesOfTheWindowBefore(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	for _, per := range []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, time.Minute} {
		q := Quota{Limits: []Limit{{Calls: 1, Per: per}}}
		for ahead := -q.Grace(); ahead <= q.Horizon(); ahead += per / 100 {
			reserved := now.Add(ahead)
			past := NewPast([]time.Time{reserved}, nil)
			leaves, granted := q.Ask(Situation{Now: now, Past: past}, Ticket{Calls: 1, Urgent: true})
			if latest := reserved.Add(q.Grace()); granted && leaves.Before(latest.Add(per)) && latest.After(now) {
				t.Fatalf("one call in %s: one leaves at %s, and one that is reserved for %s ahead may leave at %s", per, leaves.Sub(now), ahead, latest.Sub(now))
			}
		}
	}
}

func TestUrgentOnesGoBeforeTheShareOfTheLate(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	queue := &Queue{Given: lateShare - 1}
	queue.Push(Ticket{ID: 1, Due: now.Add(-time.Hour)})
	queue.Push(Ticket{ID: 2, Urgent: true})
	if first, _ := queue.Pop(now); first.ID != 2 {
		t.Errorf("the reservation is for ticket %d", first.ID)
	}
}

func TestPlanGivesTheLastMomentToo(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	for _, short := range []time.Duration{0, time.Microsecond} {
		queue := &Queue{}
		queue.Push(Ticket{ID: 1, Calls: 1})
		past := NewPast([]time.Time{now.Add(time.Second)}, nil)
		grants, next := Quota{}.Plan(now, now.Add(time.Second-short), past, queue)
		if given := short == 0; given != (len(grants) == 1) || given != next.IsZero() {
			t.Errorf("%s before the reservation: given %v, next %v", short, grants, next)
		}
	}
}

func TestPlanIsOfUrgentAndOfSeveralCalls(t *testing.T) {
	now := at(t, "2026-01-01T06:00:00Z")
	terms := Quota{Limits: []Limit{{Calls: 4, Day: zone(t, "UTC")}}, Reserve: 3}
	queue := &Queue{}
	queue.Push(Ticket{ID: 1, Calls: 3, Urgent: true})
	queue.Push(Ticket{ID: 2, Calls: 1, Asked: now})
	past := NewPast(nil, nil)
	grants, next := terms.Plan(now, now.Add(time.Minute), past, queue)
	if !slices.Equal(ids(grants), []int64{1}) || past.Since(now) != 3 {
		t.Errorf("reservations of %v, %d reservations remembered; want one of three calls", ids(grants), past.Since(now))
	}
	if want := at(t, "2026-01-01T23:00:00Z"); !next.Equal(want) {
		t.Errorf("the next reservation is at %v, want that of the reserve's last call, %v", next, want)
	}
}

func TestPastKeepsItsOrder(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	past := NewPast(nil, nil)
	for _, second := range []time.Duration{3, 1, 2, 2} {
		past.Add(now.Add(second * time.Second))
	}
	for i, want := range []int{4, 4, 3, 1, 0} {
		if got := past.Since(now.Add(time.Duration(i) * time.Second)); got != want {
			t.Errorf("%d reservations from second %d on, want %d", got, i, want)
		}
	}
}
