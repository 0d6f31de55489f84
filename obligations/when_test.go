package obligations

import (
	"strings"
	"testing"
	"time"

	"sluss"
)

// TestTimesOfWhatHappened: not in the future, nor in another age; years ago only if it is
// confirmed. A correction is asked about what it changes alone.
func TestTimesOfWhatHappened(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	sure := []sluss.Confirmation{{Field: "at", Reason: "found in the archive"}}
	for name, test := range map[string]struct {
		e    sluss.Event
		want string
	}{
		"today":                {sluss.Event{At: now, NotedAt: now}, ""},
		"a clock ahead":        {sluss.Event{At: now.Add(4 * time.Minute), NotedAt: now.Add(4 * time.Minute)}, ""},
		"not known":            {sluss.Event{}, ""},
		"last year":            {sluss.Event{At: now.AddDate(-1, 0, -1)}, ""},
		"to come":              {sluss.Event{At: now.Add(6 * time.Minute)}, "at: 2026-11-23T12:06:00Z is in the future"},
		"2020":                 {sluss.Event{At: now.AddDate(-6, 0, 0)}, "at: 2020-11-23T12:00:00Z is 6 years ago"},
		"2020, confirmed":      {sluss.Event{At: now.AddDate(-6, 0, 0), Confirmed: sure}, ""},
		"1900, even confirmed": {sluss.Event{At: now.AddDate(-126, 0, 0), Confirmed: sure}, "is 126 years ago"},
		"2099, even confirmed": {sluss.Event{At: now.AddDate(73, 0, 0), Confirmed: sure}, "is in the future"},
		"to be noted":          {sluss.Event{At: now, NotedAt: now.Add(time.Hour)}, "noted_at: 2026-11-23T13:00:00Z is in the future"},
	} {
		faults := DoubtHappened(test.e, now)
		if text := faults.Error(); len(faults) > 1 || (len(faults) == 1) != (test.want != "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %v", name, faults)
		}
		test.e.Kind = sluss.Received
		before := sluss.Event{Kind: sluss.Received, At: now.AddDate(0, 0, -1)}
		corrected := DoubtCorrected([]sluss.Event{before}, []sluss.Event{test.e}, now)
		if len(corrected) != len(faults) || len(faults) == 1 && corrected[0].Field != "events.received."+faults[0].Field {
			t.Errorf("%s, by a correction: %v", name, corrected)
		}
		if same := DoubtCorrected([]sluss.Event{test.e}, []sluss.Event{test.e}, now); len(same) > 0 {
			t.Errorf("%s, as before: %v", name, same)
		}
	}
}
