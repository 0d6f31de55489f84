package bsdd

import "sluss"

// A batch that is stored on its way has one BSDD of two parts: its recipient is who
// stores the waste, and the receiver is where the second part ends.

// StoredAfter is the leg at whose end the waste is stored, counted from 1; 0 if it
// goes straight to the receiver.
func (d Document) StoredAfter() int {
	for leg := d.FirstLeg; leg < len(d.Declaration.Legs); leg++ {
		if d.Declaration.Legs[leg-1].Storage != nil {
			return leg
		}
	}
	return 0
}

// Onward tells whether the step is about the way from a storage to the receiver.
func (d Document) Onward() bool {
	stored := d.StoredAfter()
	return stored > 0 && d.Leg > stored
}

// Recipient is whom the BSDD names so: who stores the waste on its way, else the
// receiver. With it goes what it has agreed to.
func (d Document) Recipient() (sluss.Party, sluss.Storage) {
	if leg := d.StoredAfter(); leg > 0 {
		return d.Declaration.Consignee(leg), *d.Declaration.Legs[leg-1].Storage
	}
	return d.Declaration.Receiver, sluss.Storage{Acceptance: d.Declaration.Treatment.Acceptance, Operation: d.Declaration.Treatment.Operation}
}

// Mass is what leaves at the start of the part that the step is about: as declared,
// and from a storage what was accepted there.
func (d Document) Mass() (mass sluss.Mass, estimated bool) {
	leg, w := d.StoredAfter(), d.Declaration.Waste
	received, stored := d.Happened(sluss.NewEventID(sluss.Received, leg))
	if !d.Onward() || !stored {
		return w.Mass, w.Estimated
	}
	return received.Mass - d.event(sluss.NewEventID(sluss.WasteAccepted, leg)).RefusedMass, false
}
