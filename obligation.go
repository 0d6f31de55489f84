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

// Note is what an obligation asks to tell, one for each kind of call.
type Note string

// The notes of the Swedish register, the steps of the French BSDD, and the
// Norwegian clearance.
const (
	NoteRemoval   Note = "removal"   // Sweden, producer's note
	NoteTransport Note = "transport" // Sweden, transporter's note
	NoteReception Note = "reception" // Sweden, treater's note of what came
	// NoteCollection is Sweden's note of a collector on what came (insamlingar).
	NoteCollection Note = "collection"
	// NoteCollectionTransport is Sweden's note of a collector on what leaves (insamlingstransport).
	NoteCollectionTransport Note = "collection-transport"
	// NoteDeal is Sweden's note of a dealer or broker (handel).
	NoteDeal Note = "deal"
	// NoteTreatment is Sweden's note of a treater on a quarter's results (behandlingsresultat).
	NoteTreatment Note = "treatment"
	// NoteForwarding is Sweden's note of a treater on what leaves (behandlingsoverlamningar).
	NoteForwarding Note = "forwarding"

	NoteCreation Note = "creation"  // France, the BSDD is created
	NoteSealing  Note = "sealing"   // France, the BSDD is sealed
	NoteEmission Note = "emission"  // France, the consignor signs
	NoteTakeOver Note = "take-over" // France, the transporter signs

	// At a storage on the way through France.
	NoteStoring        Note = "storing"         // who stores signs the arrival there
	NoteStoringVerdict Note = "storing-verdict" // who stores accepts or refuses
	NoteResealing      Note = "resealing"       // who stores seals what goes on

	NotePickup    Note = "pickup"    // France, one producer's part of a collection round is created
	NoteGathering Note = "gathering" // France, the parts are put on the round

	NoteArrival    Note = "arrival"    // France, the receiver signs the arrival
	NoteAcceptance Note = "acceptance" // France, the receiver accepts or refuses
	NoteProcessing Note = "processing" // France, the receiver signs the treatment
	NotePaper      Note = "paper"      // France, the receiver tells of a BSDD that was signed on paper
	NotePreflight  Note = "preflight"  // France, may these companies be on the BSDD
	NoteClearance  Note = "clearance"  // Norway, may these vehicles carry this load
)

// Names of the registries, as in ids, task queues and configuration.
const (
	Avfallsregistret = "avfallsregistret"
	Trackdechets     = "trackdechets"
	Autosys          = "autosys"
)

// Obligation is a duty that an event puts on a party.
type Obligation struct {
	ID       string `json:"id"` // unique in its batch: rule id and leg, "se.transport#1"
	Rule     Rule   `json:"rule"`
	Registry string `json:"registry"`
	Note     Note   `json:"note"`
	Role     Role   `json:"role"`           // of the party whose duty it is
	Leg      int    `json:"leg,omitempty"`  // where the duty concerns one leg, counted from 1
	Deal     int    `json:"deal,omitempty"` // where the duty concerns one deal, counted from 1
	// Pickup is where the duty concerns one producer of a collection round, counted
	// from 1.
	Pickup int    `json:"pickup,omitempty"`
	Event  string `json:"event"` // id of the event that put it there
	// NoteBy is when the party must have made the note, Due when the registry
	// must have it. Zero: no clock of its own, only the gate.
	NoteBy time.Time `json:"note_by,omitzero"`
	Due    time.Time `json:"due,omitzero"`
	// Gates is the id of the event that may not happen before this is
	// discharged; empty: it runs beside the batch, against its clock.
	Gates string `json:"gates,omitempty"`
	// After are the obligations whose receipts this one names. It waits for
	// them until AfterUntil, then goes without; zero: it cannot go without. One
	// of another batch is named by its FilingID.
	After      []string  `json:"after,omitempty"`
	AfterUntil time.Time `json:"after_until,omitzero"`
	// Signer is the role whose signature must be on the content before it is
	// sent; empty: nobody's.
	Signer Role `json:"signer,omitempty"`
}

// Obliged is the party whose duty the obligation is, and its path in the
// declaration; neither if the declaration has no such party.
func (d Declaration) Obliged(o Obligation) (party Party, path string) {
	var holder Holder
	leg, _ := d.Route().Leg(o.Leg) // its holders are empty if there is no such leg
	switch o.Role {
	case Producer:
		if o.Note == NoteEmission && o.Pickup > 0 && o.Pickup <= len(d.Pickups) {
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
		case o.Note == NoteStoring, o.Note == NoteStoringVerdict:
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
