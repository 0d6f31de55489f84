package trackdechets

import (
	"errors"
	"slices"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/check"
	sim "sluss/simulators/trackdechets"
)

// onPaper is a batch that was treated, and of which the registry knows nothing.
func onPaper(t *testing.T) (*registry, *batch) {
	t.Helper()
	b := newBatch(t, "fr-solvents.json")
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T09:05:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T15:20:00+01:00"), Mass: 3_150 * sluss.Kilogram})
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-23T16:00:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	return newRegistry(t, sim.Options{}), b
}

func TestABSDDFromPaper(t *testing.T) {
	r, b := onPaper(t)
	s := b.submission(sluss.ReportPaper)
	if _, _, err := r.client.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("found %v", err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "importPaperForm", AfterEffect: true, Times: 1}))
	if told, _, err := r.client.Submit(t.Context(), s); err != nil || told.Kind != sluss.Unknown {
		t.Errorf("%+v, %v", told, err)
	}
	found, _, err := r.client.Find(t.Context(), s)
	if err != nil || found.Kind != sluss.Accepted || found.Receipt.Status != "PROCESSED" {
		t.Errorf("%+v, %v", found, err)
	}
	f := r.only()
	for _, test := range []struct {
		path string
		want any
	}{
		{"emittedBy", "Reporter of pickedUp#1"},
		{"emittedAt", "2026-11-23T08:05:00.000Z"},
		{"receivedBy", "Reporter of received"},
		{"receivedAt", "2026-11-23T14:20:00.000Z"},
		{"quantityReceived", 3.15},
		{"processedBy", "Signer of paper"},
		{"processedAt", "2026-12-01T09:00:00.000Z"},
	} {
		if got := dig(f.Data, test.path); got != test.want {
			t.Errorf("%s: %v, want %v", test.path, got, test.want)
		}
	}
}

func TestFaultsOfABSDDFromPaper(t *testing.T) {
	r, b := onPaper(t)
	b.declaration.Treatment.Acceptance, b.declaration.Waste.Packagings, b.declaration.Treatment.Mode = "", nil, ""
	s := b.submission(sluss.ReportPaper)
	found, err := check.Step(s.Content, today, true)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"treatment.acceptance", "treatment.mode", "waste.packagings"}) {
		t.Errorf("faults in %q, %v", got, err)
	}
	told, _, err := r.client.Submit(t.Context(), s)
	if err != nil || told.Kind != sluss.Rejected || !slices.Equal(fields(told.Reasons), fields(found)) {
		t.Errorf("%+v, %v", told, err)
	}
}
