package sluss

import "time"

// EventKind says what happened to a batch in the world.
type EventKind string

// The life of a batch: produced, picked up by the first transporter, handed
// over to each next one, received, then accepted (whole or in part) or
// refused, and treated. Where a leg ends at a storage on the way, it is received
// there, and accepted or refused, before it goes on. A collector's batch ends
// treated as well, when what it stored or regrouped (R12, R13, D13 to D15) goes
// on in successors.
const (
	Produced   EventKind = "produced"
	PickedUp   EventKind = "pickedUp"
	HandedOver EventKind = "handedOver"
	Received   EventKind = "received"
	Taken      EventKind = "accepted"
	Refused    EventKind = "refused"
	Treated    EventKind = "treated"
)

// Event is something that happened to the batch in the world. Each happens at
// most once in a batch, by ID.
type Event struct {
	Kind EventKind `json:"kind"`
	// Leg is the leg that begins, of pickedUp (always 1) and handedOver (from 2);
	// of received, accepted and refused, the leg that ended at a storage on the
	// way, and 0 at the receiver.
	Leg int       `json:"leg,omitempty"`
	At  time.Time `json:"at"` // with zone
	// Mass is what was received, on received.
	Mass Mass `json:"mass,omitempty"`
	// RefusedMass is the part that was refused, on accepted: 0 if all was taken.
	RefusedMass Mass   `json:"refused_mass,omitempty"`
	Reason      string `json:"reason,omitempty"`    // on refused and partly accepted
	Operation   string `json:"operation,omitempty"` // on treated: what was done, where it is not what was planned
	// NoTraceability, on treated: the trace ends here, where that was not planned.
	NoTraceability bool   `json:"no_traceability,omitempty"`
	By             Person `json:"by"` // who reports it
}
