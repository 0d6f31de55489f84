package sluss

import (
	"fmt"
	"time"
)

// Rule is a piece of law, dated.
type Rule struct {
	ID        string    `json:"id"`        // "se.transport"
	Statute   string    `json:"statute"`   // "Avfallsförordningen (2020:614)"
	Paragraph string    `json:"paragraph"` // "ch. 6 § 2, clock of § 11"
	Title     string    `json:"title"`     // what is owed, in plain English
	Country   string    `json:"country"`   // whose law: ISO 3166-1 alpha-2
	From      time.Time `json:"from"`      // in force from this day
	To        time.Time `json:"to"`        // and before this one; zero: still in force
}

// ReportKind is what an obligation asks to report, one for each kind of call.
type ReportKind string

// The notes in the Swedish registry, the steps of the French BSDD, and the
// Norwegian clearance.
const (
	ReportRemoval   ReportKind = "removal"   // Sweden, producer's note
	ReportTransport ReportKind = "transport" // Sweden, transporter's note
	ReportReception ReportKind = "reception" // Sweden, treater's note of what it received
	// ReportCollection is a Swedish collector's note of what it received (insamlingar).
	ReportCollection ReportKind = "collection"
	// ReportCollectionTransport is a Swedish collector's note of what leaves (insamlingstransport).
	ReportCollectionTransport ReportKind = "collection-transport"
	// ReportDeal is a Swedish dealer's or broker's note (handel).
	ReportDeal ReportKind = "deal"
	// ReportTreatment is a Swedish treater's note of the results of a quarter (behandlingsresultat).
	ReportTreatment ReportKind = "treatment"
	// ReportForwarding is a Swedish treater's note of what leaves (behandlingsoverlamningar).
	ReportForwarding ReportKind = "forwarding"

	ReportCreation ReportKind = "creation"  // France, the BSDD is created
	ReportSealing  ReportKind = "sealing"   // France, the BSDD is sealed
	ReportEmission ReportKind = "emission"  // France, the consignor signs
	ReportTakeOver ReportKind = "take-over" // France, the transporter signs

	// At a storage on the way through France.
	ReportStoring        ReportKind = "storing"         // the storage signs the arrival
	ReportStoringVerdict ReportKind = "storing-verdict" // the storage accepts or refuses
	ReportResealing      ReportKind = "resealing"       // the storage seals the BSDD for the next leg

	ReportPickup    ReportKind = "pickup"    // France, one producer's part of a collection round is created
	ReportGathering ReportKind = "gathering" // France, the parts are joined to the round

	ReportArrival    ReportKind = "arrival"    // France, the receiver signs the arrival
	ReportAcceptance ReportKind = "acceptance" // France, the receiver accepts or refuses
	ReportProcessing ReportKind = "processing" // France, the receiver signs the treatment
	ReportPaper      ReportKind = "paper"      // France, the receiver reports a BSDD that was signed on paper
	ReportPreflight  ReportKind = "preflight"  // France, may these companies be on the BSDD
	ReportClearance  ReportKind = "clearance"  // Norway, may these vehicles carry this load
)

// Obligation is a duty that an event puts on a party.
type Obligation struct {
	ID       ObligationID `json:"id"` // unique in its batch
	Rule     Rule         `json:"rule"`
	Registry string       `json:"registry"`
	Report   ReportKind   `json:"report"`
	Role     Role         `json:"role"`           // of the party whose duty it is
	Leg      int          `json:"leg,omitempty"`  // if the duty concerns one leg: its number, counted from 1
	Deal     int          `json:"deal,omitempty"` // if the duty concerns one deal: its number, counted from 1
	// Pickup: if the duty concerns one producer on a collection round, its number,
	// counted from 1.
	Pickup int     `json:"pickup,omitempty"`
	Event  EventID `json:"event"` // id of the event that it follows from
	// NoteBy is when the party must have made its own record, Due when the registry
	// must have the report. Zero: there is no clock, only the gate.
	NoteBy time.Time `json:"note_by,omitzero"`
	Due    time.Time `json:"due,omitzero"`
	// Gates is the id of the event that may not happen before this is discharged.
	// Empty: no event waits for it.
	Gates EventID `json:"gates,omitempty"`
	// Awaits is the id of the event without which it is not known what is told: whether
	// what arrived is accepted. It waits for that event until AfterUntil, and then for
	// the Signer. Empty: it waits for no event.
	Awaits EventID `json:"awaits,omitempty"`
	// After are the obligations whose receipts this one names: by id, or by FilingID
	// if of another batch. It waits for them until AfterUntil and is then filed
	// without; if that is zero, it cannot be filed without them.
	After      []string  `json:"after,omitempty"`
	AfterUntil time.Time `json:"after_until,omitzero"`
	// Signer is the role that must sign the content before it is sent; empty: none.
	Signer Role `json:"signer,omitempty"`
	// Theirs: the party itself discharges it, and we file nothing. See Represented.Whose.
	Theirs bool `json:"theirs,omitempty"`
	// Own: the party's mandate is for its own credential, so no agent may report it.
	Own bool `json:"own,omitempty"`
}

// Obliged is the party whose duty the obligation is, and its path in the
// declaration; neither if the declaration has no such party.
func (d Declaration) Obliged(o Obligation) (party Party, path string) {
	var holder Holder
	leg, _ := d.Route().Leg(o.Leg) // its holders are empty if there is no such leg
	switch o.Role {
	case Producer:
		if o.Report == ReportEmission && o.Pickup > 0 && o.Pickup <= len(d.Pickups) {
			return d.Pickups[o.Pickup-1].Producer, fmt.Sprintf("pickups.%d.producer", o.Pickup-1)
		}
		return d.Producer, "producer"
	case Receiver:
		return d.Receiver, "receiver"
	case Transporter:
		holder = leg.Carrier
	case Collector, Treater:
		switch {
		case o.Leg == 0:
			return d.Receiver, "receiver"
		case o.Report == ReportStoring, o.Report == ReportStoringVerdict:
			holder = leg.TakesOver
		default:
			holder = leg.HandsOver
		}
	case Dealer, Broker:
		if o.Deal > 0 && o.Deal <= len(d.Deals) {
			return d.Deals[o.Deal-1].Trader, fmt.Sprintf("deals.%d.trader", o.Deal-1)
		}
	case Officer, EcoOrganisme: // an officer approves, an éco-organisme is named: neither owes a report
	}
	return holder.Party, holder.Path
}
