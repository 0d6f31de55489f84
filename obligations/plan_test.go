package obligations

import (
	"slices"
	"testing"
	"time"

	"sluss"
)

// planned are the ids of what a declaration owes as planned.
func planned(d sluss.Declaration) (ids []sluss.ObligationID) {
	for _, c := range Planned(d) {
		ids = append(ids, c.Obligation.ID)
	}
	return ids
}

func TestPlannedIsAllThatIsOwedIfAllGoesAsPlanned(t *testing.T) {
	for name, test := range map[string]struct {
		d    sluss.Declaration
		want []sluss.ObligationID
	}{
		"within Sweden":       {swedish(), []sluss.ObligationID{"se.removal", "se.transport#1", "se.reception"}},
		"by two transporters": {swedishTwoLegs(), []sluss.ObligationID{"se.removal", "se.transport#1", "se.transport#2", "se.reception"}},
		"with a deal":         {traded(sluss.Dealer), []sluss.ObligationID{"se.deal#1", "se.removal", "se.transport#1", "se.reception"}},
		"within France":       {french(), []sluss.ObligationID{"fr.preflight", "fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1", "fr.arrival", "fr.acceptance", "fr.processing"}},
		"nothing":             {sluss.Declaration{}, nil},
		"a way without times": {sluss.Declaration{Legs: make([]sluss.Leg, 2)}, nil},
	} {
		if got := planned(test.d); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for _, c := range Planned(swedishTwoLegs()) {
		if last := c.Events[len(c.Events)-1]; last.ID() != c.Obligation.Event {
			t.Errorf("%s comes of %s, but the last event of its content is %s", c.Obligation.ID, c.Obligation.Event, last.ID())
		}
		if received, ok := c.Event(sluss.Received); ok && (received.Mass != c.Declaration.Waste.Mass || !received.At.Equal(c.Declaration.Legs[1].Departure)) {
			t.Errorf("%s: received %s at %s", c.Obligation.ID, received.Mass, received.At.Format(time.RFC3339))
		}
	}
}
