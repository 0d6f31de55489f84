package workflows_test

import (
	"testing"

	"sluss"
)

// TestWhatIsNotPlausibleIsHeldByTheBatch: also what reaches the workflow without the
// service is held until it is confirmed.
func TestWhatIsNotPlausibleIsHeldByTheBatch(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	planned := p.batch.Waste.Mass
	p.correctRefused(hour/2, map[string]string{"legs.0.transporter.country": "XX"}, "is not the code of a country")
	p.correctRefused(hour/2, map[string]string{"legs.0.departure": "2126-11-23T08:00:00+01:00"}, "years ahead (correct the year)")
	p.correctRefused(hour/2, map[string]string{"waste.mass": "90000"}, "confirmed.N.field=waste.mass")
	p.report(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.reportRefused(4*hour, sluss.Event{Kind: sluss.Received, Mass: 1_000 * planned}, "confirmed.N.field=mass")
	p.reportRefused(4*hour, sluss.Event{Kind: sluss.Received, Mass: 2 * planned, Confirmed: []sluss.Confirmation{{Field: "mass"}}}, "confirmed.0.reason")
	p.report(5*hour, sluss.Event{Kind: sluss.Received, Mass: 2 * planned, Confirmed: []sluss.Confirmation{{Field: "mass", Reason: "weighed twice"}}})
	p.report(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(30*hour, sluss.Event{Kind: sluss.Treated})
	if result := p.run(); result.How != "treated" {
		t.Errorf("ended %q", result.How)
	}
	if got := p.registry.of(sluss.ReportReception)[0].Content; len(got.Events) == 0 || got.Declaration.Waste.Mass != planned {
		t.Errorf("%+v", got)
	}
}
