package sluss

import (
	"errors"
	"time"
)

// OutcomeKind is one of the four things that a registry can say.
type OutcomeKind string

// The four outcomes. What is none of them is an error, which only time or an
// operator can help.
const (
	Accepted OutcomeKind = "Accepted" // it took it: there is a Receipt
	Rejected OutcomeKind = "Rejected" // it will not take this: there are Reasons, a person must correct
	Deferred OutcomeKind = "Deferred" // not before NotBefore
	Unknown  OutcomeKind = "Unknown"  // we cannot tell whether it took it
)

// Outcome is what a registry said to a filing.
type Outcome struct {
	Kind      OutcomeKind `json:"kind"`
	Receipt   *Receipt    `json:"receipt,omitempty"`   // of Accepted
	Reasons   []Reason    `json:"reasons,omitempty"`   // of Rejected; at least one
	NotBefore time.Time   `json:"not_before,omitzero"` // of Deferred, and of what is Pending
	Detail    string      `json:"detail,omitempty"`    // for a person, without personal data
	Clearance *Clearance  `json:"clearance,omitempty"` // of the Norwegian register
	// Pending: it took it, and others must agree before it counts, which only asking
	// tells. An answer to a submission is then Unknown, one to a question Deferred.
	Pending   bool `json:"pending,omitempty"`
	Throttled bool `json:"throttled,omitempty"` // Deferred by the other side: everybody must hold back until NotBefore
}

// Receipt is the registry's own id of what it took.
type Receipt struct {
	Registry string    `json:"registry"`
	ID       string    `json:"id"`               // avfalls-id (GUID); opaque id of a BSDD; clearance id
	Number   string    `json:"number,omitempty"` // as people read it: BSD number
	Status   string    `json:"status,omitempty"` // of the document there, where it has one
	At       time.Time `json:"at"`
}

// Reason is one reason of a rejection, in the words of the declaration.
type Reason struct {
	Code     string `json:"code,omitempty"`     // the registry's own
	Field    string `json:"field,omitempty"`    // path in the declaration
	Message  string `json:"message"`            // plain English
	Original string `json:"original,omitempty"` // the registry's own words
	Remedy   string `json:"remedy,omitempty"`
}

// Clearance is the verdict on the vehicles of one leg for their load.
type Clearance struct {
	Verdict Verdict   `json:"verdict"`
	Day     time.Time `json:"day"` // the day of transport it holds for
	Reasons []Reason  `json:"reasons,omitempty"`
	// OverrideBy are the roles that may let refused vehicles go all the same; of a
	// refusal without any, nobody may.
	OverrideBy []Role `json:"override_by,omitempty"`
	// Vehicles are what the register has of those that it gave data of.
	Vehicles []VehicleFacts `json:"vehicles,omitempty"`
}

// VehicleFacts are what the vehicle register has of one vehicle, which it does
// not name.
type VehicleFacts struct {
	Position int       `json:"position"` // among the vehicles of the leg, counted from 0
	Status   string    `json:"status"`   // registered, de-registered, exported, scrapped, never registered, unknown
	Since    time.Time `json:"since,omitzero"`
	Category string    `json:"category,omitempty"` // as N3, O4, M1
	Kerb     Mass      `json:"kerb,omitempty"`     // 0: not in the register
	Payload  Mass      `json:"payload,omitempty"`  // 0: not in the register
	Fuels    []string  `json:"fuels,omitempty"`
	// HighVoltage is yes, no or unknown: whether there is a battery of high
	// voltage, as in electric and hybrid vehicles; HighVoltageWhy is what tells.
	HighVoltage    string `json:"high_voltage"`
	HighVoltageWhy string `json:"high_voltage_why"`
	ADR            string `json:"adr,omitempty"` // the approval for dangerous goods with the latest end
}

// RuleEndOfLife is the rule of a clearance that asks for the vehicles
// themselves, because they are to be scrapped: they carry nothing, and only
// Vehicles counts.
const RuleEndOfLife = "no.end-of-life"

// Verdict is the sum of a clearance.
type Verdict string

// The verdicts, from good to bad.
const (
	Clear   Verdict = "clear"
	Warning Verdict = "warning"
	Stop    Verdict = "refused"
)

// What a registry client may answer instead of an Outcome.
var (
	// ErrNotSent: nothing reached the registry, so asking again is safe.
	ErrNotSent = errors.New("nothing was sent")
	// ErrUnavailable: it did not answer a question that changes nothing, so
	// asking again is safe.
	ErrUnavailable = errors.New("the registry did not answer")
	// ErrAbsent: asked, the registry has nothing of this filing.
	ErrAbsent = errors.New("the registry has nothing of this filing")
	// ErrCannotAsk: the registry has no way to be asked.
	ErrCannotAsk = errors.New("the registry cannot be asked")
	// ErrOperator: only an operator can help (certificate, key, configuration).
	ErrOperator = errors.New("an operator must help")
)
