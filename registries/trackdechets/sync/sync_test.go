package sync

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCursor(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct{ before, want time.Time }{
		"a clock":                {noon.Add(time.Minute), noon.Add(time.Minute)},
		"a clock that went back": {noon.Add(-time.Minute), noon},
		"no clock":               {time.Time{}, noon},
	} {
		if got := cursor(noon, test.before); !got.Equal(test.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Whatever changes while pages are read, and wherever a sync is broken off, no change is
// passed that was not read: the cursor moves with the last page only.
func TestNothingIsPassedUnread(t *testing.T) {
	type document struct{ updated time.Time }
	rapid.Check(t, func(t *rapid.T) {
		clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		since := clock
		var documents []document // in the order in which they were made
		read := map[int]time.Time{}
		happen := func() {
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				clock = clock.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pause")) * time.Second)
				if len(documents) == 0 || rapid.Bool().Draw(t, "new") {
					documents = append(documents, document{clock})
				} else {
					documents[rapid.IntRange(0, len(documents)-1).Draw(t, "which")].updated = clock
				}
			}
			clock = clock.Add(time.Second)
		}
		for n := range rapid.IntRange(1, 6).Draw(t, "syncs") {
			happen()
			before := clock
			for next := -1; ; {
				happen()
				if next < 0 {
					next = len(documents)
				}
				page := 0
				for ; next > 0 && page < 2; next-- {
					if at := next - 1; !documents[at].updated.Before(since) {
						read[at] = documents[at].updated
						page++
					}
				}
				if page < 2 {
					since = cursor(since, before)
					break
				}
				if rapid.IntRange(0, 5).Draw(t, "broken off") == 0 {
					break
				}
			}
			for i, d := range documents {
				if d.updated.Before(since) && read[i].Before(d.updated) {
					t.Fatalf("%s of %s was passed by %s", fmt.Sprint(n, "/", i), d.updated, since)
				}
			}
		}
	})
}
