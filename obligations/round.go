package obligations

import (
	"fmt"
	"slices"
	"strings"

	"sluss"
)

// Of a collection round (annexe 1) the BSDD that the receiver signs is only the
// frame: each producer's part has a BSDD of its own, which that producer and the
// transporter sign, and which follows the round from there.

// round makes of the steps of a direct chain those of a collection round. The
// parts are created and put on the round before it starts; they are signed one
// by one on the way, all before the receiver signs: the register then drops
// those that nobody has taken over.
func (b batch) round(owed []sluss.Obligation) []sluss.Obligation {
	if b.event.ID() == string(sluss.Received) {
		for i := range owed {
			if owed[i].Note == sluss.NoteArrival {
				owed[i].After = slices.Concat([]string{creation}, b.perPickup(takeOver))
			}
		}
		return owed
	}
	if i := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Note == sluss.NoteSealing }); i >= 0 {
		return append(owed[:i+1], b.parts(owed[i])...)
	}
	return owed
}

// parts are the steps of the producers' parts; all that is the same of them and
// of the sealing of the round is copied from that.
func (b batch) parts(sealed sluss.Obligation) (owed []sluss.Obligation) {
	gathered := sluss.ObligationID(gathering, len(b.Pickups)) // one more, where a correction adds a producer
	add := func(rule string, n int, o sluss.Obligation, after ...string) {
		o.Leg, o.Pickup, o.After = sealed.Leg, n, after
		if n > 0 {
			o.ID = sluss.ObligationID(rule, n)
		}
		owed = b.owe(owed, rule, b.event.At, o)
	}
	before := sluss.Obligation{Role: sealed.Role, Gates: sealed.Gates, Due: sealed.Due}
	signed := func(role sluss.Role) sluss.Obligation {
		return sluss.Obligation{Role: role, Gates: string(sluss.Received)}
	}
	for i := range b.Pickups {
		add(pickup, i+1, before, creation, sealing)
	}
	together := before
	together.ID = gathered
	add(gathering, 0, together, slices.Concat([]string{creation, sealing}, b.perPickup(pickup))...)
	for i := range b.Pickups {
		last := gathered
		if !b.answeredFor() {
			last = sluss.ObligationID(emission, i+1)
			add(emission, i+1, signed(sluss.Producer), creation, sluss.ObligationID(pickup, i+1), gathered)
		}
		add(takeOver, i+1, signed(sluss.Transporter), creation, sluss.ObligationID(pickup, i+1), last)
	}
	return owed
}

// answeredFor tells whether an éco-organisme answers for the producers of a
// round, who then need not sign.
func (b batch) answeredFor() bool {
	return slices.ContainsFunc(b.Intermediaries, func(p sluss.Party) bool { return p.Role == sluss.EcoOrganisme })
}

func (b batch) perPickup(rule string) (ids []string) {
	for i := range b.Pickups {
		ids = append(ids, sluss.ObligationID(rule, i+1))
	}
	return ids
}

// onRounds begin the codes of waste of which the register takes collection
// rounds.
var onRounds = []string{
	"1302", "1305", "1602", "1607", "2001", "130110", "130111", "130112", "130113", "150110", "150202", "160601", "190810",
}

// pickups checks a collection round.
func (f *faults) pickups(b batch) {
	if len(b.Pickups) == 0 {
		return
	}
	const field, remedy = "pickups", "leave them out, and declare a batch for each producer"
	switch {
	case b.bsdd == 0:
		f.add(field, "only France knows collection rounds", remedy)
	case b.bsdd != 1 || len(b.Legs) != 1:
		f.add(field, "a round is of one leg within France, by one transporter", "end the round where it is first received, and declare what goes on from there as a batch that continues it")
	case b.Legs[0].Consignor != nil, b.Origin != "":
		f.add(field, "who goes round hands the waste over itself", "name it as the producer, without consignor and origin")
	case len(b.Predecessors) > 0, b.Paper:
		f.add(field, "a round neither groups other batches nor goes on paper", "leave predecessors and paper out")
	}
	if code := strings.TrimSuffix(b.Waste.Code, "*"); code != "" && !slices.ContainsFunc(onRounds, func(begin string) bool { return strings.HasPrefix(code, begin) }) {
		f.add("waste.code", "the register takes no collection round of "+b.Waste.Code, remedy)
	}
	var sum sluss.Mass
	for i, p := range b.Pickups {
		sum += p.Mass
		if p.Producer.Country != "FR" && p.Producer.Country != "" {
			f.add(at(field, i, "producer", "country"), "the producers of a round are in France", "name the French establishment")
		}
		if p.Mass <= 0 {
			f.add(at(field, i, "mass"), "the mass must be more than nothing", "give kilograms, an estimate if need be")
		}
		if len(p.Packagings) == 0 {
			f.add(at(field, i, "packagings"), "the BSDD needs the packagings", "give kind and count of the containers")
		}
		f.contained(at(field, i, "packagings"), p.Packagings, true)
	}
	if sum != b.Waste.Mass {
		f.add("waste.mass", fmt.Sprintf("is %s, but the pickups are %s together", b.Waste.Mass, sum), "make them agree")
	}
}

// ofRound checks an event of a round: it is accepted or refused in whole.
func (f *faults) ofRound(b batch, e sluss.Event) {
	if len(b.Pickups) > 0 && e.Kind == sluss.Taken && e.RefusedMass > 0 {
		f.add("refused_mass", "a collection round is accepted or refused in whole", "leave it out, or report refused")
	}
}
