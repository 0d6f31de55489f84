package bsdd

import (
	"fmt"
	"strings"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// processingID is the obligation whose receipt tells that a BSDD waits for its group.
const processingID = "fr.processing"

// A group (annexe 2) names the BSDDs under which its predecessors came.

// Predecessors are the batches that the BSDD groups.
func (d Document) Predecessors() []sluss.Predecessor {
	if d.FirstLeg != 1 {
		return nil
	}
	return d.Declaration.Predecessors
}

// Grouped is the receipt of the BSDD under which a predecessor came, without an id
// where nobody told it; and the path of what names it.
func (d Document) Grouped(n int) (r sluss.Receipt, path string) {
	p := d.Declaration.Predecessors[n]
	if p.Receipt != "" {
		return sluss.Receipt{ID: p.Receipt}, fmt.Sprintf("predecessors.%d.receipt", n)
	}
	return d.Receipts[string(sluss.NewBatchID(d.Declaration.Tenant, p.Reference).Filing(processingID))], fmt.Sprintf("predecessors.%d.reference", n)
}

// A collection round (annexe 1) is the frame of the producers' parts, each of which
// has a BSDD of its own.

// isRound tells whether the BSDD is such a frame.
func (d Document) isRound() bool { return len(d.Declaration.Pickups) > 0 }

// Pickup is the part that the step is about; nil: it is about the round.
func (d Document) Pickup() *sluss.Pickup {
	if n := d.Obligation.Pickup; n > 0 && n <= len(d.Declaration.Pickups) {
		return &d.Declaration.Pickups[n-1]
	}
	return nil
}

func pickupID(n int) string { return fmt.Sprintf("fr.pickup#%d", n) }

// Parts are the ids of the producers' parts that were created.
func (d Document) Parts() (ids []string) {
	for i := range d.Declaration.Pickups {
		if part, made := d.Receipts[pickupID(i+1)]; made {
			ids = append(ids, part.ID)
		}
	}
	return ids
}

// Part is the content of one producer's part; the registry copies what is the round's.
func (d Document) Part() wire.FormInput {
	p := d.Pickup()
	return wire.FormInput{
		CustomID: d.CustomID(),
		Emitter:  wire.Emitter{Type: "APPENDIX1_PRODUCER", Company: CompanyOf(p.Producer)},
		WasteDetails: wire.WasteDetails{
			Quantity: new(wire.Tonnes(p.Mass)), QuantityType: QuantityType(d.Declaration.Waste.Estimated), PackagingInfos: packagings(p.Packagings), Consistences: []string{},
		},
		Intermediaries: []wire.Company{},
	}
}

// Obstacles are why no call can be made for the step: it is not known under which
// BSDDs predecessors came, or a correction has taken the step's part off the round.
func (d Document) Obstacles() (all []sluss.Reason) {
	if d.WritesAll() {
		for i := range d.Predecessors() {
			if r, path := d.Grouped(i); r.ID == "" {
				all = append(all, sluss.Reason{
					Field: path, Message: "Trackdéchets has no treatment of that batch, so its BSDD waits for no group",
					Remedy: fmt.Sprintf("take it out, or give the number of its BSDD as predecessors.%d.receipt if it waits there all the same", i),
				})
			}
		}
	}
	if d.Obligation.Pickup > len(d.Declaration.Pickups) {
		all = append(all, sluss.Reason{
			Field: "pickups", Message: fmt.Sprintf("the round has no part %d any more", d.Obligation.Pickup),
			Remedy: "withdraw this report; the registry drops what nobody takes over",
		})
	}
	return all
}

// Locate gives reasons that speak of a BSDD of the group, of one producer's part, or of
// what was told with an event the field of that.
func (d Document) Locate(all []sluss.Reason) []sluss.Reason {
	for i, reason := range all {
		for n := range d.Predecessors() {
			r, path := d.Grouped(n)
			named := r.ID != "" && strings.Contains(reason.Original, r.ID) || r.Number != "" && strings.Contains(reason.Original, r.Number)
			if (reason.Field == "" || reason.Field == "predecessors") && named {
				all[i].Field = path
				if strings.Contains(reasons.Plain(reason.Original), "quantité") {
					all[i].Field = fmt.Sprintf("predecessors.%d.mass", n)
				}
			}
		}
		if rest, told := strings.CutPrefix(reason.Field, "events."); told && d.Obligation.Event != "" {
			_, field, _ := strings.Cut(rest, ".")
			event := d.Trigger().ID()
			if field == "mass" {
				event = sluss.NewEventID(sluss.Received, d.Trigger().Leg)
			}
			all[i].Field = "events." + string(event) + "." + field
		}
		if field, below := strings.CutPrefix(reason.Field, "waste."); below && d.Pickup() != nil && (field == "packagings" || field == "mass") {
			all[i].Field = fmt.Sprintf("pickups.%d.%s", d.Obligation.Pickup-1, field)
		}
	}
	return all
}
