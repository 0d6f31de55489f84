package check

import (
	"cmp"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
)

// Event tells what the registry would refuse of the step that an event brings, on that
// day; nothing where there is no BSDD. Fields are those of the event. What the declaration
// alone is to blame for is not told.
func Event(d sluss.Declaration, e sluss.Event, on time.Time) (faults sluss.Faults) {
	c := sluss.Content{Declaration: d, Events: []sluss.Event{e}}
	if _, err := bsdd.New(sluss.Submission{Content: c}); err != nil {
		return nil
	}
	add := func(field, problem, remedy string) {
		faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	step := func(report sluss.ReportKind) []sluss.Reason {
		c.Obligation = sluss.Obligation{Report: report, Event: e.ID(), Leg: cmp.Or(e.Leg, len(d.Legs))}
		found, _ := Step(c, on, true) // there is a BSDD
		return found
	}
	switch {
	case e.Kind == sluss.Received:
		for _, r := range step(sluss.ReportStoring) { // which tells the mass at once; another arrival tells it with the verdict
			add("mass", r.Message, "give kilograms, not grams")
		}
	case e.Kind == sluss.WasteAccepted && e.RefusedMass > 0 && len(d.Pickups) > 0:
		add("refused_mass", "a collection round is accepted or refused as a whole", "leave it out, or report refused")
	case e.Kind == sluss.Treated && (e.Operation != "" || e.NoTraceability):
		for _, r := range step(sluss.ReportProcessing) {
			switch r.Field {
			case "treatment.operation":
				add("operation", r.Message, r.Remedy)
			case reasons.Untraced:
				add("no_traceability", r.Message, "leave it out")
			case "treatment.mode", reasons.Next, reasons.Next + ".company":
				add("operation", r.Message, "correct the treatment in the declaration first, then report it")
			}
		}
	}
	return faults
}
