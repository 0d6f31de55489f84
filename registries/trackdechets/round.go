package trackdechets

import (
	"context"
	"fmt"

	"sluss"
)

// isRound tells whether the BSDD is the frame of a collection round (annexe 1),
// each producer's part of which has a BSDD of its own.
func (d document) isRound() bool { return len(d.Declaration.Pickups) > 0 }

// pickup is the part that the note is about; nil: it is about the round.
func (d document) pickup() *sluss.Pickup {
	if n := d.Obligation.Pickup; n > 0 && n <= len(d.Declaration.Pickups) {
		return &d.Declaration.Pickups[n-1]
	}
	return nil
}

func pickupID(n int) string { return fmt.Sprintf("fr.pickup#%d", n) }

// partForm is one producer's part: what is the round's, the register copies.
func (d document) partForm() formInput {
	p := d.pickup()
	return formInput{
		CustomID:       d.customID(),
		Emitter:        emitterInput{Type: "APPENDIX1_PRODUCER", Company: companyOf(p.Producer)},
		WasteDetails:   wasteDetails{Quantity: new(tonnes(p.Mass)), QuantityType: quantityType(d.Declaration.Waste.Estimated), PackagingInfos: packagingsOf(p.Packagings), Consistences: []string{}},
		Intermediaries: []company{},
	}
}

// parts are the BSDDs of the producers' parts that were created.
func (d document) parts() (parts []fraction) {
	for i := range d.Declaration.Pickups {
		if part, made := d.Receipts[pickupID(i+1)]; made {
			parts = append(parts, fraction{Form: byID{part.ID}})
		}
	}
	return parts
}

// dropped tells that a correction has taken the note's part off the round.
func (d document) dropped() (reasons []sluss.Reason) {
	if d.Obligation.Pickup <= len(d.Declaration.Pickups) {
		return nil
	}
	return []sluss.Reason{{
		Field: "pickups", Message: fmt.Sprintf("the round has no part %d any more", d.Obligation.Pickup),
		Remedy: "withdraw this report; the register drops what nobody takes over",
	}}
}

// gathered asks whether the parts are on the round: they are sealed when they
// are put there, all in one.
func (c *Client) gathered(ctx context.Context, d document, who actor) (*session, func() (sluss.Outcome, error)) {
	asked, last := c.as(who, "form"), ""
	for _, part := range d.parts() {
		last = part.Form.ID
	}
	f := lookUp(ctx, asked, last)
	return asked, func() (sluss.Outcome, error) {
		at, known := rank(f.Status)
		switch {
		case f.Id == "":
			return unknown("Trackdéchets gave no document")
		case !known || at < atSealed:
			return sluss.Outcome{}, sluss.ErrAbsent
		}
		round := d.receipt()
		round.At, round.Status = asked.reply.Ended, ""
		return sluss.Outcome{Kind: sluss.Accepted, Receipt: &round}, nil
	}
}

// collected is what must be told of one producer's part.
func (i *inspection) collected() {
	p := i.pickup()
	i.written(labelEmitter, p.Producer)
	i.established(labelEmitter, p.Producer)
	i.packagings(p.Packagings)
	i.when(len(p.Packagings) == 0, "conditionnement")
}

// ofPickup gives reasons about the waste of one producer's part the fields of
// that part.
func (d document) ofPickup(reasons []sluss.Reason) []sluss.Reason {
	if d.pickup() == nil {
		return reasons
	}
	for i, reason := range reasons {
		for _, field := range []string{"packagings", "mass"} {
			if reason.Field == "waste."+field {
				reasons[i].Field = fmt.Sprintf("pickups.%d.%s", d.Obligation.Pickup-1, field)
			}
		}
	}
	return reasons
}
