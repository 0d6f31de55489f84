package quota_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// world is virtual time with its future events, and random numbers that are the same
// in every run. Its clock is the database's.
type world struct {
	now    time.Time
	events minHeap[func()]
	seq    int64
	chance *rand.Rand
}

func newWorld(start time.Time) *world {
	return &world{now: start, chance: rand.New(rand.NewPCG(1, uint64(start.Unix())))}
}

// after schedules something after a duration.
func (w *world) after(d time.Duration, do func()) {
	w.seq++
	w.events.push(w.now.Add(max(0, d)).UnixNano(), w.seq, do)
}

// at schedules something at a moment.
func (w *world) at(moment time.Time, do func()) { w.after(moment.Sub(w.now), do) }

// between is a span by chance.
func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.chance.Int64N(int64(most-least)+1))
}

// run lets time pass until nothing more happens before the moment.
func (w *world) run(until time.Time) {
	for len(w.events.entries) > 0 && w.events.entries[0].at < until.UnixNano() {
		at, do := w.events.pop()
		w.now = time.Unix(0, at).UTC()
		do()
	}
	w.now = until
}

// rule is what a registry really allows, and how it counts.
type rule struct {
	calls   int
	per     time.Duration
	day     *time.Location // the quota is of the calendar day; else of a window
	rolling bool           // of any window; else of one that begins with its first call
}

// registry is a registry that counts and refuses by itself.
type registry struct {
	rule
	clock   time.Duration // by how much its clock is ahead
	mute    bool          // it does not say when to call again
	counts  bool          // it says how much of the window is used
	has     map[int]int   // how often it has accepted each filing
	opened  time.Time     // the window
	used    int
	recent  []time.Time // accepted, of the last window
	today   string
	ours    int // hits
	refused int // of ours
	others  int // hits of others
	spoiled int // refusals of others
	served  []served
}

// served is a call of ours that was not refused.
type served struct {
	at     time.Time
	filing *filing // nil: it was asked for what it has
}

// answer is what comes back.
type answer struct {
	refused  bool
	again    time.Duration // after a refusal; zero: it does not say
	used     int           // of the window
	since    time.Duration // it has been open
	accepted bool
}

func (r *registry) hit(now time.Time) (a answer) {
	now = now.Add(r.clock)
	switch {
	case r.day != nil:
		if today := now.In(r.day).Format(time.DateOnly); today != r.today {
			r.today, r.used = today, 0
		}
		r.used++
		if a.refused = r.used > r.calls; a.refused && !r.mute {
			y, m, d := now.In(r.day).Date()
			a.again = time.Date(y, m, d+1, 0, 0, 0, 0, r.day).Sub(now)
		}
	case r.rolling:
		first := len(r.recent)
		for i, hit := range r.recent {
			if now.Sub(hit) < r.per {
				first = i
				break
			}
		}
		r.recent = r.recent[first:]
		if a.refused = len(r.recent) >= r.calls; !a.refused {
			r.recent = append(r.recent, now)
		} else if !r.mute {
			a.again = r.recent[0].Add(r.per).Sub(now)
		}
	default:
		if now.Sub(r.opened) >= r.per {
			r.opened, r.used = now, 0
		}
		r.used++
		if a.refused = r.used > r.calls; a.refused && !r.mute {
			a.again = r.opened.Add(r.per).Sub(now)
		}
		if r.counts {
			a.used, a.since = min(r.used, r.calls), now.Sub(r.opened)
		}
	}
	return a
}

// call is a call of ours: a submission, or a question about one.
func (r *registry) call(now time.Time, f *filing, submits bool) answer {
	a := r.hit(now)
	r.ours++
	switch {
	case a.refused:
		r.refused++
		return a
	case submits:
		if r.has[f.id]++; r.has[f.id] == 1 {
			f.taken = now
		}
		r.served = append(r.served, served{now, f})
	default:
		r.served = append(r.served, served{now, nil})
	}
	a.accepted = r.has[f.id] > 0
	return a
}

// foreign is a call of another system that shares the quota.
func (r *registry) foreign(now time.Time) {
	r.others++
	if r.hit(now).refused {
		r.spoiled++
	}
}

func TestRegistryCounts(t *testing.T) {
	start := time.Date(2026, 10, 24, 21, 59, 0, 0, time.UTC)
	oslo := zone(t, "Europe/Oslo")
	for name, test := range map[string]struct {
		rule rule
		hits []time.Duration
		want []bool
	}{
		"from the first call": {
			rule{calls: 2, per: time.Minute},
			[]time.Duration{0, 59 * time.Second, 59 * time.Second, time.Minute, time.Minute, time.Minute},
			[]bool{false, false, true, false, false, true},
		},
		"rolling": {
			rule{calls: 2, per: time.Minute, rolling: true},
			[]time.Duration{0, 59 * time.Second, time.Minute, time.Minute, 119 * time.Second, 2 * time.Minute},
			[]bool{false, false, false, true, false, false},
		},
		"day": {
			rule{calls: 1, day: oslo},
			[]time.Duration{0, time.Second, time.Minute, 25*time.Hour + 59*time.Second, 25*time.Hour + time.Minute},
			[]bool{false, true, false, true, false},
		},
	} {
		r := &registry{rule: test.rule}
		var got []bool
		for _, hit := range test.hits {
			got = append(got, r.hit(start.Add(hit)).refused)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: refused %v, want %v", name, got, test.want)
		}
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
