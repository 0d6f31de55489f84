package sluss

import "time"

// EventKind is what happened to a batch.
type EventKind string

// The life of a batch: produced, picked up by the first transporter, handed over
// to each further one, received, then accepted (in whole or in part) or refused,
// and treated. If a leg ends at a storage on the way, the batch is received
// there, and accepted or refused, before it goes on. A collector's batch also
// ends treated, by R12, R13 or D13 to D15: its waste goes on in other batches.
const (
	Produced      EventKind = "produced"
	PickedUp      EventKind = "pickedUp"
	HandedOver    EventKind = "handedOver"
	Received      EventKind = "received"
	WasteAccepted EventKind = "accepted"
	WasteRefused  EventKind = "refused"
	Treated       EventKind = "treated"
)

// Event is something that happened to the batch. An event with a given ID happens
// at most once in a batch.
type Event struct {
	Kind EventKind `json:"kind"`
	// Leg, counted from 1: of pickedUp (always 1) and handedOver (from 2), the leg
	// that starts; of received, accepted and refused at a storage on the way, the
	// leg that ended there; else 0.
	Leg int       `json:"leg,omitempty"`
	At  time.Time `json:"at"` // with zone
	// Mass is what was received, on received.
	Mass Mass `json:"mass,omitempty"`
	// RefusedMass is the part that was refused, on accepted: 0 if there was none.
	RefusedMass Mass   `json:"refused_mass,omitempty"`
	Reason      string `json:"reason,omitempty"`    // on refused and partly accepted
	Operation   string `json:"operation,omitempty"` // on treated: what was done, if not what was planned
	// NoTraceability, on treated, is as in Treatment, if that was not planned.
	NoTraceability bool   `json:"no_traceability,omitempty"`
	By             Person `json:"by"` // who reports it
	// Confirmed are the values that are so although they are not plausible.
	Confirmed []Confirmation `json:"confirmed,omitempty"`
}
