package obligations

import (
	"slices"

	"sluss"
)

// france are the steps of the BSDD that follow from the latest event. The BSDD itself
// is of the first leg that it covers.
func (b batch) france() (owed []sluss.Obligation) {
	covered := b.underBSDD()
	if len(covered) == 0 || !b.dangerous() {
		return nil
	}
	first, last := covered[0], covered[len(covered)-1]
	step := func(id string, o sluss.Obligation, after ...sluss.ObligationID) {
		o.After, o.Leg = texts(after), max(o.Leg, first.Number)
		owed = b.owe(owed, id, b.event.At, o)
	}
	// beforeLeg are the steps that gate the departure of a leg, and are due at it.
	beforeLeg := func(l sluss.RouteLeg, role sluss.Role) sluss.Obligation {
		return sluss.Obligation{Leg: l.Number, Role: role, Gates: l.Departs, Due: l.Departure}
	}
	// ofLeg is a step of which each leg may have one. It names the creation and the
	// step before it.
	ofLeg := func(id string, o sluss.Obligation, before sluss.ObligationID) {
		o.ID = sluss.NewObligationID(id, o.Leg)
		step(id, o, creation, before)
	}
	taken := func(l sluss.RouteLeg, before sluss.ObligationID) { ofLeg(takeOver, beforeLeg(l, ""), before) }
	handed := func(l sluss.RouteLeg, role sluss.Role, before sluss.ObligationID) {
		ofLeg(emission, beforeLeg(l, role), before)
		taken(l, sluss.NewObligationID(emission, l.Number))
	}
	emitter := sluss.Collector
	if first.Number == 1 {
		emitter = sluss.Producer
	}
	event := b.event.ID()
	switch event {
	case sluss.EventID(sluss.Received):
		step(arrival, sluss.Obligation{Gates: sluss.EventID(sluss.WasteAccepted)}, creation, sluss.NewObligationID(takeOver, last.Number))
	case sluss.EventID(sluss.WasteAccepted):
		step(acceptance, sluss.Obligation{Gates: sluss.EventID(sluss.Treated)}, creation, arrival)
	case sluss.EventID(sluss.WasteRefused): // nothing follows that it could gate
		step(acceptance, sluss.Obligation{}, creation, arrival)
	case sluss.EventID(sluss.Treated):
		step(processing, sluss.Obligation{}, creation, acceptance)
	case first.Follows:
		step(creation, beforeLeg(first, emitter))
		step(sealing, beforeLeg(first, emitter), creation)
		handed(first, emitter, sealing)
	}
	for i, next := range covered[1:] {
		leg, goesOn := covered[i], event == next.Follows
		number := leg.Number
		switch {
		case leg.Storage == nil && goesOn:
			taken(next, sluss.NewObligationID(takeOver, number))
		case leg.Storage == nil:
		case event == sluss.NewEventID(sluss.Received, number):
			ofLeg(storage, sluss.Obligation{Leg: number, Gates: sluss.NewEventID(sluss.WasteAccepted, number)}, sluss.NewObligationID(takeOver, number))
		case event == sluss.NewEventID(sluss.WasteRefused, number): // nothing goes on
			ofLeg(storingVerdict, sluss.Obligation{Leg: number}, sluss.NewObligationID(storage, number))
		case goesOn:
			ofLeg(storingVerdict, sluss.Obligation{Leg: number, Gates: next.Departs, Due: next.Departure}, sluss.NewObligationID(storage, number))
			ofLeg(resealing, beforeLeg(next, ""), sluss.NewObligationID(storingVerdict, number))
			handed(next, sluss.Collector, sluss.NewObligationID(resealing, next.Number))
		}
	}
	return owed
}

// beforeFrance is the look-up of the companies on the BSDD, which is owed together
// with its creation and gates the same departure.
func (b batch) beforeFrance(steps []sluss.Obligation) []sluss.Obligation {
	i := slices.IndexFunc(steps, func(o sluss.Obligation) bool { return o.Report == sluss.ReportCreation })
	if i < 0 {
		return nil
	}
	made := steps[i]
	return b.owe(nil, preflight, b.event.At, sluss.Obligation{
		Role: made.Role, Leg: made.Leg, Gates: made.Gates, Due: made.Due,
	})
}

// branch changes the steps of an ordinary BSDD into those of a special one: a group
// waits for the treatment of the batches in it; a private person or ship signs
// nothing; a BSDD on paper is reported in one step at its end.
func (b batch) branch(owed []sluss.Obligation) []sluss.Obligation {
	switch {
	case b.Paper:
		return b.onPaper(owed)
	case len(b.Pickups) > 0:
		return b.round(owed)
	case b.unsigned():
		return b.withoutEmission(owed)
	case b.regroups():
		return b.grouping(owed)
	}
	return owed
}

func (b batch) grouping(owed []sluss.Obligation) []sluss.Obligation {
	for i := range owed {
		o := &owed[i]
		if o.Leg != 1 {
			continue // of what goes on from a storage
		}
		switch o.Report { //nolint:exhaustive // later steps need no predecessor
		case sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission:
			o.After = append(o.After, b.awaited()...)
			if b.Legs[0].Consignor != nil {
				o.Role = sluss.Collector
			}
			if o.Report == sluss.ReportEmission {
				o.Signer = o.Role
			}
		}
	}
	return owed
}

// awaited are the filings of the treatments of the batches in a group, except of
// those whose BSDD is given by its id.
func (b batch) awaited() (filings []string) {
	for _, p := range b.Predecessors {
		if p.Reference != "" && p.Receipt == "" {
			filings = append(filings, string(sluss.NewBatchID(b.Tenant, p.Reference).Filing(processing)))
		}
	}
	return filings
}

// withoutEmission leaves the BSDD to the transporter: the registry itself signs for
// a private individual or a foreign ship when the BSDD is sealed.
func (b batch) withoutEmission(owed []sluss.Obligation) []sluss.Obligation {
	signed := sluss.NewObligationID(emission, 1)
	owed = slices.DeleteFunc(owed, func(o sluss.Obligation) bool { return o.ID == signed })
	for i := range owed {
		o := &owed[i]
		if o.Report == sluss.ReportCreation || o.Report == sluss.ReportSealing {
			o.Role = sluss.Transporter
		}
		if n := slices.Index(o.After, string(signed)); n >= 0 {
			o.After[n] = sealing
		}
	}
	return owed
}

// onPaper is the only step of a BSDD on paper. It has the id of the treatment's
// step, by which other batches refer to it. If the waste is refused, there is no
// step: the registry accepts none.
func (b batch) onPaper(owed []sluss.Obligation) []sluss.Obligation {
	i := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Report == sluss.ReportProcessing })
	if i < 0 {
		return nil
	}
	told := owed[i]
	told.After = nil
	return b.owe(nil, paper, b.event.At, told)
}

// round changes the steps of an ordinary BSDD into those of a collection round
// (annexe 1). The BSDD that the receiver signs only joins the producers' parts,
// each of which is a BSDD that its producer and the transporter sign. The parts
// are created and joined to the round before it starts. They are signed one by one
// on the way, all before the receiver signs: the registry then drops those that
// nobody has signed for.
func (b batch) round(owed []sluss.Obligation) []sluss.Obligation {
	if b.event.ID() == sluss.EventID(sluss.Received) {
		for i := range owed {
			if owed[i].Report == sluss.ReportArrival {
				owed[i].After = texts(slices.Concat([]sluss.ObligationID{creation}, b.perPickup(takeOver)))
			}
		}
		return owed
	}
	if i := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Report == sluss.ReportSealing }); i >= 0 {
		return append(owed[:i+1], b.parts(owed[i])...)
	}
	return owed
}

// parts are the steps of the producers' parts. What they have in common with the
// sealing of the round is copied from it.
func (b batch) parts(sealed sluss.Obligation) (owed []sluss.Obligation) {
	gathered := sluss.NewObligationID(gathering, len(b.Pickups)) // one more, where a correction adds a producer
	add := func(rule string, n int, o sluss.Obligation, after ...sluss.ObligationID) {
		o.Leg, o.Pickup, o.After = sealed.Leg, n, texts(after)
		if n > 0 {
			o.ID = sluss.NewObligationID(rule, n)
		}
		owed = b.owe(owed, rule, b.event.At, o)
	}
	before := sluss.Obligation{Role: sealed.Role, Gates: sealed.Gates, Due: sealed.Due}
	signed := func(role sluss.Role) sluss.Obligation {
		return sluss.Obligation{Role: role, Gates: sluss.EventID(sluss.Received)}
	}
	for i := range b.Pickups {
		add(pickup, i+1, before, creation, sealing)
	}
	together := before
	together.ID = gathered
	add(gathering, 0, together, slices.Concat([]sluss.ObligationID{creation, sealing}, b.perPickup(pickup))...)
	for i := range b.Pickups {
		last := gathered
		if !b.answeredFor() {
			last = sluss.NewObligationID(emission, i+1)
			add(emission, i+1, signed(sluss.Producer), creation, sluss.NewObligationID(pickup, i+1), gathered)
		}
		add(takeOver, i+1, signed(sluss.Transporter), creation, sluss.NewObligationID(pickup, i+1), last)
	}
	return owed
}

// answeredFor tells whether an éco-organisme answers for the producers on a round,
// which then need not sign.
func (b batch) answeredFor() bool {
	return slices.ContainsFunc(b.Intermediaries, func(p sluss.Party) bool { return p.Role == sluss.EcoOrganisme })
}

func texts[ID ~string](ids []ID) (list []string) {
	for _, id := range ids {
		list = append(list, string(id))
	}
	return list
}

func (b batch) perPickup(rule string) (ids []sluss.ObligationID) {
	for i := range b.Pickups {
		ids = append(ids, sluss.NewObligationID(rule, i+1))
	}
	return ids
}
