package obligations

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sluss"
)

// batch is a declaration with what is derived from it once, and its events.
type batch struct {
	sluss.Declaration
	route sluss.Route
	// bsdd is the number of the leg with which a BSDD begins: the first within
	// France, if all that follow it are as well, so that the BSDD covers the rest of
	// the route; 0 if there is no BSDD. What goes back to its producer has none: the
	// registry takes no producer as a destination.
	bsdd   int
	events []sluss.Event
	event  sluss.Event // the last of the events
}

func newBatch(d sluss.Declaration, events ...sluss.Event) batch {
	b := batch{Declaration: d, route: d.Route(), events: events}
	if len(events) > 0 {
		b.event = events[len(events)-1]
		b.event.At = b.event.Known()
	}
	if first := slices.IndexFunc(d.Legs, inFrance); first >= 0 && !d.Returned() && !slices.ContainsFunc(d.Legs[first:], func(l sluss.Leg) bool { return !inFrance(l) }) {
		b.bsdd = first + 1
	}
	return b
}

func inFrance(l sluss.Leg) bool { return l.Within("FR") }

// onBSDD tells whether a BSDD covers the leg of that number.
func (b batch) onBSDD(leg int) bool { return b.bsdd > 0 && leg >= b.bsdd }

// underBSDD are the legs that a BSDD covers; none if there is no BSDD.
func (b batch) underBSDD() sluss.Route {
	if b.bsdd == 0 {
		return nil
	}
	return b.route[b.bsdd-1:]
}

// unsigned tells whether a BSDD starts at a private individual or a foreign ship,
// neither of which signs.
func (b batch) unsigned() bool {
	return b.bsdd == 1 && b.Legs[0].Consignor == nil && (b.Origin == sluss.Household || b.Origin == sluss.ForeignShip)
}

// regroups tells whether the BSDD groups those of other batches (annexe 2), which
// came to the establishment in France that this one leaves.
func (b batch) regroups() bool { return b.bsdd == 1 && len(b.Predecessors) > 0 }

// hazardous tells whether the declaration calls the waste hazardous.
func (b batch) hazardous() bool { return strings.HasSuffix(b.Waste.Code, "*") }

// dangerous is hazardous as France has it: with persistent organic pollutants too.
func (b batch) dangerous() bool { return b.hazardous() || b.Waste.POP }

// owe adds the obligation to the list if its rule is in force at the moment. The rule
// has the report, the registry and the signer, and the role whose duty it is, if that
// does not depend on the batch.
func (b batch) owe(list []sluss.Obligation, id string, at time.Time, o sluss.Obligation) []sluss.Obligation {
	law, ok := inForce(id, at)
	if !ok {
		return list
	}
	o.Rule, o.Registry, o.Report, o.Event = law.Rule, law.registry, law.report, b.event.ID()
	o.ID, o.Role = cmp.Or(o.ID, sluss.ObligationID(id)), cmp.Or(o.Role, law.role)
	switch law.signer {
	case byApproval:
		o.Signer = b.Approval
	case byTheParty:
		o.Signer = o.Role
	case nobody:
	}
	return append(list, o)
}
