package obligations

import (
	"slices"

	"sluss"
)

// For are the obligations that follow from the last of the events, by the rules in
// force at its time, in a fixed order: Sweden, France, Norway, each in the order
// of a batch's life. The events are all events of the batch, in their order.
//
// Reports are owed only of hazardous waste (a code with a star; in France also
// waste with persistent organic pollutants); the Norwegian check concerns every
// load. A report that must be signed by law is signed by the party itself, others
// by the declaration's Approval, if it names one. Look-ups need no signature: of
// vehicles in Norway, of the companies on a BSDD in France.
//
// A Swedish report names the nearest report before it, in this batch or in the one
// that it continues. It waits for that one until one working day before it is due.
// The report of a Swedish reception follows from the arrival, whose clock it has, and once
// more from the verdict, which says what is told; see Owed.
// A step of the BSDD names the creation and the step before it, and always waits
// for them. An obligation that gates a planned departure is due at that departure;
// the later French steps have no clock.
func For(d sluss.Declaration, events []sluss.Event) []sluss.Obligation {
	if len(events) == 0 {
		return nil
	}
	b := newBatch(d, events...)
	steps := b.branch(b.france())
	return slices.Concat(b.sweden(), b.beforeFrance(steps), steps, b.norway())
}

// Owed are the obligations that the events put on the parties so far: those of For for
// each event, in order; of one that a later event puts otherwise, the later form. Once the batch is cancelled, nothing is owed any more that gates an
// event which then cannot come, nor is any step of a BSDD: it is annulled as a whole.
func Owed(d sluss.Declaration, events []sluss.Event) (owed []sluss.Obligation) {
	for n := range events {
		for _, o := range For(d, events[:n+1]) {
			if i := slices.IndexFunc(owed, func(before sluss.Obligation) bool { return before.ID == o.ID }); i >= 0 {
				owed[i] = o
				continue
			}
			owed = append(owed, o)
		}
	}
	if _, cancelled := find(events, sluss.Cancelled); cancelled {
		owed = slices.DeleteFunc(owed, func(o sluss.Obligation) bool {
			_, came := happened(events, o.Gates)
			return o.Gates != "" && !came || sluss.RegistryOf(o.Registry).Document != ""
		})
	}
	return owed
}

// GatedBy tells whether the obligation must be discharged before the event of
// that id may happen. Accepted and refused are two ways through one gate, of
// which Gates names the first.
func GatedBy(o sluss.Obligation, eventID sluss.EventID) bool {
	if kind, leg, err := eventID.Split(); err == nil && kind == sluss.WasteRefused {
		eventID = sluss.NewEventID(sluss.WasteAccepted, leg)
	}
	return o.Gates != "" && o.Gates == eventID
}
