package sluss

// Predecessor is a batch of which this one holds all or a part.
type Predecessor struct {
	Reference string `json:"reference,omitempty"` // in the same tenant; empty for another company's batch
	Mass      Mass   `json:"mass"`                // kg that came from it
	// Receipt is the registry's id of the last note on it, as the company that
	// handed it over tells: the registry does not pass it on.
	Receipt string `json:"receipt,omitempty"`
}

// Precursor is the predecessor that reports name. A registry takes one, so of
// several it is the largest by mass, the first of equals. Zero if there is none.
func (d Declaration) Precursor() Predecessor {
	largest := Predecessor{Reference: d.Predecessor}
	for i, p := range d.Predecessors {
		if i == 0 || p.Mass > largest.Mass {
			largest = p
		}
	}
	return largest
}
