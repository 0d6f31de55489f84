package trackdechets

import (
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/sync"
	sim "sluss/simulators/trackdechets"
)

// The copy that a sync has read says that a step was not taken, as asking would. It says nothing where the step was taken, where
// it never can be, where there is no document yet, and where documents are not followed.
func TestCopiesSayWhatWasNotDone(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	creation := b.submission(sluss.ReportCreation)
	r.bring(b, sluss.ReportEmission)
	options := r.options
	options.Sync = sync.Options{Every: time.Minute}
	following := New(options)
	page, _, _, err := following.SyncStep(t.Context(), producerID, sluss.SyncPlace{})
	must(t, err)
	if len(page.Documents) != 1 {
		t.Fatalf("%+v", page)
	}
	read := page.Documents[0]
	takeOver := b.submission(sluss.ReportTakeOver)
	gone, cancelled := read, read
	gone.Status = sluss.DocumentDeleted
	cancelled.Status = "CANCELED"
	for name, test := range map[string]struct {
		client *Client
		s      sluss.Submission
		read   sluss.Document
		want   bool
	}{
		"the next step":              {following, takeOver, read, true},
		"the step that was taken":    {following, b.submission(sluss.ReportEmission), read, false},
		"of a document that is gone": {following, takeOver, gone, false},
		"of a cancelled one":         {following, takeOver, cancelled, false},
		"nobody follows":             {r.client, takeOver, read, false},
	} {
		if got := test.client.NotYet(test.s, test.read); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if id := following.Copy(takeOver); id != read.ID {
		t.Errorf("the copy is of %s, not %s", id, read.ID)
	}
	if id := following.Copy(creation); id != "" {
		t.Errorf("a creation has a copy %s", id)
	}
}
