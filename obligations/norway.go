package obligations

import (
	"slices"

	"sluss"
)

// norway are the look-ups that follow from the last event.
func (b batch) norway() (owed []sluss.Obligation) {
	for _, l := range b.route {
		norwegian := func(v sluss.Vehicle) bool { return v.Country == "NO" }
		if b.event.ID() != l.Follows || l.Mode != sluss.Road || !slices.ContainsFunc(l.Vehicles, norwegian) {
			continue
		}
		owed = b.owe(owed, clearance, b.event.At, sluss.Obligation{
			ID: sluss.NewObligationID(clearance, l.Number), Leg: l.Number,
			Gates: l.Departs, Due: l.Departure,
		})
	}
	return owed
}
