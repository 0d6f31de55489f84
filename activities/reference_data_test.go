package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
)

// TestReferenceDataAreCheckedOnceADay although the schedule runs every hour: earlier
// if the last check failed, or if a person asks.
func TestReferenceDataAreCheckedOnceADay(t *testing.T) {
	for what, test := range map[string]struct {
		age    time.Duration
		failed string
		now    bool
		looks  bool
	}{
		"an hour ago":                 {age: time.Hour},
		"yesterday, an hour to go":    {age: 23 * time.Hour},
		"yesterday at this time":      {age: 24*time.Hour - time.Minute, looks: true},
		"nothing came an hour ago":    {age: time.Hour, failed: "no answer", looks: true},
		"a person asks an hour later": {age: time.Hour, now: true, looks: true},
	} {
		t.Run(what, func(t *testing.T) {
			w := &world{}
			before := time.Now().Add(-test.age)
			w.ledger.reference = []sluss.ReferenceData{{Registry: name, CheckedAt: before, Error: test.failed, Lists: json.RawMessage(`{}`)}}
			found, err := w.lists().CheckReferenceData(t.Context(), activities.ReferenceDataInput{Registry: name, Now: test.now})
			if err != nil || found.Lists != nil || found.CheckedAt.After(before) != test.looks || (len(w.ledger.intents) == 1) != test.looks {
				t.Errorf("%+v, %v, with %d calls", found, err, len(w.ledger.intents))
			}
		})
	}
}
