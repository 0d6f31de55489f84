package obligations

import (
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluss"
	"sluss/obligations/statutetest"
)

// TestSwedishObligationsAreThoseOfTheStatute draws batches and their events, and
// compares the obligations with package statutetest, which implements the statute a
// second time.
func TestSwedishObligationsAreThoseOfTheStatute(t *testing.T) {
	seen := map[string]int{}
	compare := func(t *rapid.T) {
		d := drawDeclaration(t)
		events := drawLife(t, d)
		owed := map[string]sluss.Obligation{}
		for _, o := range Owed(d, events) {
			if o.Registry != sluss.Avfallsregistret {
				continue
			}
			if before, twice := owed[string(o.ID)]; twice {
				t.Fatalf("%s is owed twice: of %s and of %s", o.ID, before.Event, o.Event)
			}
			owed[string(o.ID)] = o
			seen[o.Rule.ID]++
		}
		want := statutetest.Notes(d, events)
		for _, w := range want {
			got, ok := owed[w.ID]
			if !ok {
				t.Errorf("%s is not owed", w)
				continue
			}
			delete(owed, w.ID)
			if g := statutetest.Read(got); g != w {
				t.Errorf("got  %s\nwant %s", g, w)
			}
			signer := d.Approval
			if w.Silent() {
				signer = cmp.Or(signer, sluss.Officer)
			}
			if got.Gates != "" || got.Signer != signer || !strings.HasSuffix(got.Rule.ID, "."+string(got.Report)) && got.Rule.ID != refusal {
				t.Errorf("%s: gates %q, signer %q, note %q", got.ID, got.Gates, got.Signer, got.Report)
			}
		}
		for id, o := range owed {
			t.Errorf("%s is owed by no paragraph: %+v", id, o)
		}
		if t.Failed() {
			t.Logf("%+v\n%+v", d, events)
		}
	}
	for range 20 { // a hundred batches each
		rapid.Check(t, compare)
	}
	for _, rule := range Rules() {
		if law := latest(rule.ID); rule.Country == "SE" && rule.ID != treatment && law.report != "" && seen[rule.ID] == 0 {
			t.Errorf("no batch that was drawn owes %s: the draw is too narrow", rule.ID)
		}
	}
}
