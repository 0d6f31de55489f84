package obligations

import (
	"encoding/json"
	"fmt"

	"sluss"
)

// What a declaration may hold, so that every batch can be processed: each of its filings
// keeps a copy of it.
const (
	mostItems    = 50
	mostBatches  = 300       // predecessors or pickups
	mostBytes    = 128 << 10 // as JSON
	bytesRemedy  = "shorten the texts and lists, or declare several batches"
	mostOfAKind  = 100_000 // containers
	countRemedy  = "give the number of containers, not their content"
	splitsRemedy = "declare several batches"
)

// sizes tells which lists of a declaration are too long, and whether all of it is too
// large.
func sizes(d sluss.Declaration) (f faults) {
	list := func(field string, length, most int) {
		if length > most {
			f.add(field, fmt.Sprintf("there are %d items, and %d is the most", length, most), splitsRemedy)
		}
	}
	list("predecessors", len(d.Predecessors), mostBatches)
	list("pickups", len(d.Pickups), mostBatches)
	list("waste.packagings", len(d.Waste.Packagings), mostItems)
	list("deals", len(d.Deals), mostItems)
	list("intermediaries", len(d.Intermediaries), mostItems)
	list("confirmed", len(d.Confirmed), mostItems)
	list("duties", len(d.Duties), mostItems)
	list("legs", len(d.Legs), mostItems)
	for i, l := range d.Legs[:min(len(d.Legs), mostItems)] {
		list(at("legs", i, "vehicles"), len(l.Vehicles), mostItems)
	}
	for i, p := range d.Pickups[:min(len(d.Pickups), mostBatches)] {
		list(at("pickups", i, "packagings"), len(p.Packagings), mostItems)
	}
	if len(f) > 0 {
		return f
	}
	if data, err := json.Marshal(d); err == nil && len(data) > mostBytes {
		f.add("", fmt.Sprintf("the declaration has %d bytes, and %d is the most", len(data), mostBytes), bytesRemedy)
	}
	return f
}
