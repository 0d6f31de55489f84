package sluss

import (
	"strings"
	"time"
)

// EventKind is what happened to a batch.
type EventKind string

// The life of a batch: produced, picked up by the first transporter, handed over
// to each further one, received, then accepted (in whole or in part) or refused,
// and treated. If a leg ends at a storage on the way, the batch is received
// there, and accepted or refused, before it goes on. A collector's batch also
// ends treated, by R12, R13 or D13 to D15: its waste goes on in other batches. A
// batch whose waste does not go that way, or never was, is cancelled: it can be as
// long as nobody has received it.
const (
	Produced      EventKind = "produced"
	PickedUp      EventKind = "pickedUp"
	HandedOver    EventKind = "handedOver"
	Received      EventKind = "received"
	WasteAccepted EventKind = "accepted"
	WasteRefused  EventKind = "refused"
	Treated       EventKind = "treated"
	Cancelled     EventKind = "cancelled"
)

// Event is something that happened to the batch. An event with a given ID happens
// at most once in a batch.
type Event struct {
	Kind EventKind `json:"kind"`
	// Leg, counted from 1: of pickedUp (always 1) and handedOver (from 2), the leg
	// that starts; of received, accepted and refused at a storage on the way, the
	// leg that ended there; else 0.
	Leg int `json:"leg,omitempty"`
	// At is when it happened, with zone. On produced it may be zero: it is not known,
	// and whatever follows may have happened at any time.
	At time.Time `json:"at,omitzero"`
	// NotedAt is when the operator wrote it down, with zone. Left out: when it reaches us.
	NotedAt time.Time `json:"noted_at,omitzero"`
	// Mass is what was received, on received.
	Mass Mass `json:"mass,omitempty"`
	// RefusedMass is the part that was refused, on accepted: 0 if there was none.
	RefusedMass Mass   `json:"refused_mass,omitempty"`
	Reason      string `json:"reason,omitempty"`    // on refused, partly accepted and cancelled
	Operation   string `json:"operation,omitempty"` // on treated: what was done, if not what was planned
	// NoTraceability, on treated, is as in Treatment, if that was not planned.
	NoTraceability bool   `json:"no_traceability,omitempty"`
	By             Person `json:"by"` // who reports it
	// Confirmed are the values that are so although they are not plausible.
	Confirmed []Confirmation `json:"confirmed,omitempty"`
}

// Known is when the event happened or, if that is not known, when it was noted.
func (e Event) Known() time.Time {
	if e.At.IsZero() {
		return e.NotedAt
	}
	return e.At
}

// KeptEvent is an event that was reported before it could be taken.
type KeptEvent struct {
	Event Event `json:"event"`
	// Missing are the events that come before it and are not reported, in their order.
	Missing []EventID `json:"missing,omitempty"`
	// Why it was not taken when those had come; empty: they have not.
	Why string `json:"why,omitempty"`
}

// Text says what the event waits for, as the end of a sentence.
func (k KeptEvent) Text() string {
	if k.Why != "" {
		return "cannot be taken: " + k.Why
	}
	ids := make([]string, len(k.Missing))
	for i, id := range k.Missing {
		ids[i] = string(id)
	}
	return "is taken once " + strings.Join(ids, " and ") + " is reported"
}
