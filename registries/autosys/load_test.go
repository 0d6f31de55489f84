package autosys_test

import (
	"slices"
	"strings"
	"testing"

	"sluss"
	sim "sluss/simulators/autosys"
)

// TestAllBatchesOnALorryCount looks a lorry with a payload of 14 125 kg up for one batch, and
// for three that go together.
func TestAllBatchesOnALorryCount(t *testing.T) {
	o := open(t, sim.Options{})
	s := submission(lorry("TS10003"))
	s.Content.Declaration.Waste.Mass = 9 * sluss.Tonne
	alone, _, err := o.Submit(t.Context(), s)
	if err != nil || alone.Kind != sluss.Accepted || alone.Clearance.Load != 9*sluss.Tonne || len(alone.Clearance.With) > 0 {
		t.Fatalf("%+v, %v", alone, err)
	}
	s.Beside = []sluss.LoadPart{{Batch: "batch/default/NO-2", Leg: 1, Mass: 9 * sluss.Tonne}, {Batch: "batch/north/NO-3", Leg: 1, Mass: 9 * sluss.Tonne}}
	together, _, err := o.Submit(t.Context(), s)
	c := together.Clearance
	if err != nil || together.Kind != sluss.Rejected || c == nil || c.Load != 27*sluss.Tonne || !slices.Equal(c.With, []sluss.BatchID{"batch/default/NO-2"}) {
		t.Fatalf("%+v, %v", together, err)
	}
	said := together.Reasons[0].Message
	if !strings.Contains(said, "the load weighs 27000 kg (with default/NO-2, 1 of others, which go on the same vehicle at about the same time)") || strings.Contains(said, "NO-3") {
		t.Errorf("%s", said)
	}
}
