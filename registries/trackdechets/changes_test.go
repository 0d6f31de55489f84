package trackdechets

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

func (r *register) sweep(since time.Time) []Page {
	r.t.Helper()
	var pages []Page
	for after := ""; ; {
		page, _, err := r.client.Changes(r.t.Context(), producerID, since, after)
		must(r.t, err)
		if pages = append(pages, page); page.Last {
			return pages
		}
		after = page.Next
	}
}

func all(BSDD) bool { return true }

func TestChanges(t *testing.T) {
	now := at("2026-11-22T10:00:00Z")
	r := newRegister(t, sim.Options{Now: func() time.Time { return now }})
	ids := map[string]bool{}
	for n := range 2*pageSize + 1 {
		o, e, err := r.client.CreateBSDD(t.Context(), producerID, draft(t, fmt.Sprintf("C-%d", n)))
		ids[r.takes("DRAFT", o, e, err).ID] = true
		now = now.Add(time.Millisecond)
	}
	pages := r.sweep(time.Time{})
	seen := map[string]bool{}
	for _, page := range pages {
		for _, b := range page.BSDDs {
			seen[b.ID] = true
		}
	}
	if len(pages) != 3 || len(seen) != len(ids) {
		t.Errorf("%d pages, %d documents", len(pages), len(seen))
	}
	changed := pages[2].BSDDs[0]
	now = now.Add(time.Second)
	o, e, err := r.client.SealBSDD(t.Context(), producerID, changed.ID)
	r.takes("SEALED", o, e, err)
	for _, since := range []time.Time{now, now.Add(-time.Millisecond)} {
		if pages := r.sweep(since); len(pages) != 1 || len(pages[0].BSDDs) != 1 || pages[0].BSDDs[0].Status != "SEALED" || !pages[0].BSDDs[0].Updated.Equal(now) {
			t.Errorf("since %s: %+v", since, pages)
		}
	}
	if pages := r.sweep(now.Add(time.Millisecond)); len(pages) != 1 || len(pages[0].BSDDs) != 0 || pages[0].Before.IsZero() {
		t.Errorf("%+v", pages)
	}
	oldest := pages[2].BSDDs[0].ID
	if page, _, err := r.client.Changes(t.Context(), producerID, time.Time{}, oldest); err != nil || !page.Last || len(page.BSDDs) != 0 {
		t.Errorf("after the last: %+v, %v", page, err)
	}
	middle := pages[1].BSDDs[0].ID
	o, e, err = r.client.DeleteBSDD(t.Context(), producerID, middle)
	r.takes("", o, e, err)
	var later *NotNowError
	if page, _, err := r.client.Changes(t.Context(), producerID, time.Time{}, middle); !errors.As(err, &later) || page.Last {
		t.Errorf("after what is gone: %+v, %v", page, err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota, Operation: "forms"}))
	if page, _, err := r.client.Changes(t.Context(), producerID, now, ""); !errors.As(err, &later) || !later.Throttled || page.Last {
		t.Errorf("%+v, %v", page, err)
	}
	if _, _, err := r.client.Changes(t.Context(), "1", now, ""); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no token: %v", err)
	}
}

func TestAdvance(t *testing.T) {
	noon := at("2026-11-22T12:00:00Z")
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	page := func(last bool, updated ...int) Page {
		p := Page{Before: minute(10), Last: last}
		for _, n := range updated {
			p.BSDDs = append(p.BSDDs, BSDD{ID: fmt.Sprint(n), Updated: minute(n)})
		}
		return p
	}
	but := func(ids ...string) func(BSDD) bool { return func(b BSDD) bool { return !slices.Contains(ids, b.ID) } }
	for name, test := range map[string]struct {
		sweep []Page
		kept  func(BSDD) bool
		want  time.Time
	}{
		"nothing was asked":                {nil, all, noon},
		"nothing has changed":              {[]Page{page(true)}, all, minute(10)},
		"everything was kept":              {[]Page{page(false, 5, 3), page(true, 4)}, all, minute(10)},
		"the last page did not come":       {[]Page{page(false, 5, 3)}, all, noon},
		"one was not kept":                 {[]Page{page(false, 5, 3), page(true, 4)}, but("4"), minute(4)},
		"the earliest not kept counts":     {[]Page{page(false, 5, 3), page(true, 4)}, but("5", "3"), minute(3)},
		"what came during the sweep":       {[]Page{page(true, 12)}, all, minute(10)},
		"what came then, and was not kept": {[]Page{page(true, 12)}, but("12"), minute(10)},
		"a clock that went back":           {[]Page{{Before: minute(-5), Last: true}}, all, noon},
		"no clock":                         {[]Page{{Last: true}}, all, noon},
	} {
		if got := Advance(noon, test.sweep, test.kept); !got.Equal(test.want) {
			t.Errorf("%s: %s, want %s", name, got.Format(time.TimeOnly), test.want.Format(time.TimeOnly))
		}
	}
}

// Whatever changes while pages are read, and whatever is lost on the way, nothing
// that was never kept is passed.
func TestNothingIsPassedUnkept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := at("2026-11-22T12:00:00Z")
		since := clock
		var documents []BSDD // in the order in which they were made
		kept := map[string]time.Time{}
		happen := func() {
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				clock = clock.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pause")) * time.Second)
				if len(documents) == 0 || rapid.Bool().Draw(t, "new") {
					documents = append(documents, BSDD{ID: fmt.Sprint(len(documents)), Updated: clock, Created: clock})
				} else {
					documents[rapid.IntRange(0, len(documents)-1).Draw(t, "which")].Updated = clock
				}
			}
			clock = clock.Add(time.Second)
		}
		for range rapid.IntRange(1, 6).Draw(t, "sweeps") {
			var sweep []Page
			next := 0
			happen()
			for {
				page := Page{Before: clock}
				happen()
				if len(sweep) == 0 {
					next = len(documents)
				}
				at := next
				for at > 0 && len(page.BSDDs) < 2 {
					if at--; !documents[at].Updated.Before(since) {
						page.BSDDs = append(page.BSDDs, documents[at])
					}
				}
				page.Last = len(page.BSDDs) < 2
				next = at
				sweep = append(sweep, page)
				if page.Last || rapid.IntRange(0, 5).Draw(t, "broken off") == 0 {
					break
				}
			}
			stored := map[string]bool{}
			for _, page := range sweep {
				for _, b := range page.BSDDs {
					if rapid.IntRange(0, 4).Draw(t, "store fails") > 0 {
						stored[b.ID+b.Updated.String()] = true
						if b.Updated.After(kept[b.ID]) {
							kept[b.ID] = b.Updated
						}
					}
				}
			}
			since = Advance(since, sweep, func(b BSDD) bool { return stored[b.ID+b.Updated.String()] })
			for _, d := range documents {
				if d.Updated.Before(since) && kept[d.ID].Before(d.Updated) {
					t.Fatalf("%s of %s was passed by %s", d.ID, d.Updated, since)
				}
			}
		}
	})
}
