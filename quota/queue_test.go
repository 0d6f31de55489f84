package quota

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func ids(grants []Grant) (ids []int64) {
	for _, g := range grants {
		ids = append(ids, g.Ticket.ID)
	}
	return ids
}

func TestQueueOrder(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	in := func(d time.Duration) time.Time { return now.Add(d) }
	terms := Quota{Limits: []Limit{{Calls: 1, Per: time.Minute}}}
	for name, test := range map[string]struct {
		tickets []Ticket
		want    []int64
	}{
		"earliest due first":                          {[]Ticket{{ID: 1, Due: in(time.Hour)}, {ID: 2, Due: in(10 * time.Minute)}}, []int64{2, 1}},
		"the same due, as they asked":                 {[]Ticket{{ID: 2, Due: in(time.Hour)}, {ID: 1, Due: in(time.Hour)}}, []int64{1, 2}},
		"urgent before all":                           {[]Ticket{{ID: 1, Due: in(time.Minute)}, {ID: 2, Urgent: true, Asked: now}}, []int64{2, 1}},
		"no clock: patience of a quarter":             {[]Ticket{{ID: 1, Due: in(20 * time.Minute)}, {ID: 2, Asked: now}, {ID: 3, Due: in(10 * time.Minute)}}, []int64{3, 2, 1}},
		"late goes last":                              {[]Ticket{{ID: 1, Due: in(-time.Hour)}, {ID: 2, Due: in(time.Hour)}}, []int64{2, 1}},
		"longest late first":                          {[]Ticket{{ID: 1, Due: in(-time.Hour)}, {ID: 2, Due: in(-2 * time.Hour)}}, []int64{2, 1}},
		"what a reservation would miss does not take": {[]Ticket{{ID: 1, Due: in(30 * time.Second)}, {ID: 2, Due: in(40 * time.Second)}, {ID: 3, Due: in(2 * time.Minute)}}, []int64{1, 3, 2}},
		"who would arrive late is late":               {[]Ticket{{ID: 1, Due: in(Underway - 1)}, {ID: 2, Due: in(Underway)}}, []int64{2, 1}},
		"patience never becomes late":                 {[]Ticket{{ID: 1, Asked: in(-time.Hour)}, {ID: 2, Due: in(time.Hour)}}, []int64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			queue := &Queue{}
			for _, ticket := range test.tickets {
				queue.Push(ticket)
			}
			grants, next := terms.Plan(now, now.Add(time.Hour), NewPast(nil, nil), queue)
			if !slices.Equal(ids(grants), test.want) || !next.IsZero() {
				t.Errorf("reservations of %v, next %v; want %v", ids(grants), next, test.want)
			}
			if forecast := ids(terms.Forecast(now, NewPast(nil, nil), test.tickets)); !slices.Equal(forecast, test.want) {
				t.Errorf("forecast %v, want %v", forecast, test.want)
			}
		})
	}
}

func TestPlanEndsAtItsHorizon(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	terms := Quota{Limits: []Limit{{Calls: 2, Per: time.Minute}}}
	queue := &Queue{}
	for id := range int64(5) {
		queue.Push(Ticket{ID: id, Asked: now})
	}
	past := NewPast(nil, nil)
	grants, next := terms.Plan(now, now.Add(time.Second), past, queue)
	if want := now.Add(time.Minute + 250*time.Millisecond); len(grants) != 2 || queue.Len() != 3 || !next.Equal(want) {
		t.Errorf("%d reservations, %d left, next %v; want 2, 3, %v", len(grants), queue.Len(), next, want)
	}
	if n := past.Since(now); n != 2 {
		t.Errorf("%d reservations remembered, want 2", n)
	}
}

func TestLateOnesHaveTheirShare(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	terms := Quota{Limits: []Limit{{Calls: 1, Per: time.Second}}}
	var waiting []Ticket
	for id := range int64(3 * lateShare) {
		waiting = append(waiting, Ticket{ID: id, Due: now.Add(time.Hour)})
	}
	waiting = append(waiting, Ticket{ID: -1, Due: now.Add(-time.Hour)}, Ticket{ID: -2, Due: now.Add(-2 * time.Hour)})
	order := ids(terms.Forecast(now, NewPast(nil, nil), waiting))
	if a, b := slices.Index(order, -2), slices.Index(order, -1); a != lateShare-1 || b != 2*lateShare-1 {
		t.Errorf("the late ones are at %d and %d, want %d and %d", a, b, lateShare-1, 2*lateShare-1)
	}
}

// TestAsManyInTimeAsCanBe compares with every order there is.
func TestAsManyInTimeAsCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		terms := Quota{Limits: []Limit{{Calls: 1, Per: time.Minute}}}
		var waiting []Ticket
		for id := range rapid.Int64Range(1, 6).Draw(t, "n") {
			due := now.Add(time.Duration(rapid.IntRange(-1, 6).Draw(t, "due"))*time.Minute + 3*Underway)
			waiting = append(waiting, Ticket{ID: id, Due: due})
		}
		moments := make([]time.Time, len(waiting))
		past := NewPast(nil, nil)
		for i := range moments {
			moments[i] = terms.Take(now, past, 1, false)
		}
		best := 0
		permute(waiting, func(order []Ticket) {
			n := 0
			for i, ticket := range order {
				if !ticket.Late(moments[i]) {
					n++
				}
			}
			best = max(best, n)
		})
		got := 0
		for _, g := range terms.Forecast(now, NewPast(nil, nil), waiting) {
			if !g.Ticket.Late(g.At) {
				got++
			}
		}
		if got != best {
			t.Fatalf("%d in time, %d could be: %v", got, best, waiting)
		}
	})
}

func permute(list []Ticket, visit func([]Ticket)) {
	var from func(int)
	from = func(i int) {
		if i == len(list) {
			visit(list)
			return
		}
		for j := i; j < len(list); j++ {
			list[i], list[j] = list[j], list[i]
			from(i + 1)
			list[i], list[j] = list[j], list[i]
		}
	}
	from(0)
}

func TestAsk(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	terms := Quota{Limits: []Limit{{Calls: 2, Per: time.Minute}}} // a grace of 10 s
	full := func() *Past { return NewPast([]time.Time{now.Add(-time.Second), now.Add(-time.Second)}, nil) }
	for name, test := range map[string]struct {
		s          Situation
		reservedAt time.Time
		granted    bool
	}{
		"nobody before":             {Situation{Past: NewPast(nil, nil)}, now, true},
		"others before":             {Situation{Past: NewPast(nil, nil), Behind: true}, time.Time{}, false},
		"quota used up":             {Situation{Past: full()}, time.Time{}, false},
		"held":                      {Situation{Past: NewPast(nil, nil), Hold: now.Add(time.Minute)}, time.Time{}, false},
		"reserved, and it is near":  {Situation{Past: full(), Granted: now.Add(Near), Behind: true}, now.Add(Near), true},
		"reserved, not yet":         {Situation{Past: full(), Granted: now.Add(time.Second), Behind: true}, now.Add(time.Second), false},
		"reserved, a little late":   {Situation{Past: full(), Granted: now.Add(-10 * time.Second)}, now, true},
		"reserved, missed":          {Situation{Past: full(), Granted: now.Add(-11 * time.Second)}, time.Time{}, false},
		"reserved, then overruled":  {Situation{Past: full(), Granted: now, Hold: now.Add(time.Minute)}, time.Time{}, false},
		"reserved, missed, but now": {Situation{Past: NewPast(nil, nil), Granted: now.Add(-11 * time.Second)}, now, true},
	} {
		t.Run(name, func(t *testing.T) {
			test.s.Now = now
			if reservedAt, granted := terms.Ask(test.s, Ticket{Calls: 1}); !reservedAt.Equal(test.reservedAt) || granted != test.granted {
				t.Errorf("reservation %v, granted %v; want %v, %v", reservedAt, granted, test.reservedAt, test.granted)
			}
		})
	}
}

func TestWhatIf(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	waiting := []Ticket{{ID: 7, Due: now.Add(2 * time.Hour)}, {ID: 3, Due: now.Add(time.Hour)}}
	added := WhatIf(waiting, 4, now, time.Time{})
	var due []time.Duration
	for _, ticket := range added {
		due = append(due, ticket.Due.Sub(now))
	}
	if want := []time.Duration{time.Hour, time.Hour, 2 * time.Hour, 2 * time.Hour}; !slices.Equal(due, want) || added[0].ID != 8 {
		t.Errorf("due in %v, want %v; ids from %d", due, want, added[0].ID)
	}
	if added := WhatIf(nil, 1, now, now.Add(time.Hour)); !added[0].Due.Equal(now.Add(time.Hour)) {
		t.Errorf("due %v", added[0].Due)
	}
}
