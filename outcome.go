package sluss

import (
	"errors"
	"time"
)

// OutcomeKind is one of the four things that a registry can say.
type OutcomeKind string

// The four outcomes. Anything else is an error, which only time or an operator
// can resolve.
const (
	Accepted OutcomeKind = "Accepted" // there is a Receipt
	Rejected OutcomeKind = "Rejected" // there are Reasons: a person must correct it
	Deferred OutcomeKind = "Deferred" // ask again at NotBefore
	Unknown  OutcomeKind = "Unknown"  // we cannot tell whether the registry accepted it
)

// Outcome is what a registry said to a filing.
type Outcome struct {
	Kind      OutcomeKind `json:"kind"`
	Receipt   *Receipt    `json:"receipt,omitempty"`   // of Accepted
	Reasons   []Reason    `json:"reasons,omitempty"`   // of Rejected; at least one
	NotBefore time.Time   `json:"not_before,omitzero"` // of Deferred, and of what is Pending
	Detail    string      `json:"detail,omitempty"`    // for a person, without personal data
	Clearance *Clearance  `json:"clearance,omitempty"` // of the Norwegian registry
	// Pending: the registry has it, and others must approve before it counts. The
	// outcome of a submission is then Unknown, and that of asking is Deferred.
	Pending   bool `json:"pending,omitempty"`
	Throttled bool `json:"throttled,omitempty"` // Deferred by the registry: nobody may call it until NotBefore
}

// Receipt is the registry's own id of what it accepted.
type Receipt struct {
	Registry string    `json:"registry"`
	ID       string    `json:"id"`               // avfalls-id (GUID); opaque id of a BSDD; clearance id
	Number   string    `json:"number,omitempty"` // as people read it: BSD number
	Status   string    `json:"status,omitempty"` // of the document there, if it has one
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
	Day     time.Time `json:"day"` // of transport, for which it holds
	// Load is what they have to carry in all, kg, and With the other batches of it, of
	// the same tenant.
	Load    Mass      `json:"load,omitempty"`
	With    []BatchID `json:"with,omitempty"`
	Reasons []Reason  `json:"reasons,omitempty"`
	// OverrideBy are the roles that may let refused vehicles go nevertheless. Empty:
	// nobody may.
	OverrideBy []Role `json:"override_by,omitempty"`
	// Vehicles are what the registry has of the vehicles that it knows.
	Vehicles []VehicleFacts `json:"vehicles,omitempty"`
}

// VehicleFacts are what the vehicle registry has of one vehicle, without its
// plate or chassis number.
type VehicleFacts struct {
	Position int       `json:"position"` // among the vehicles of the leg, counted from 0
	Status   string    `json:"status"`   // registered, de-registered, exported, scrapped, never registered, unknown
	Since    time.Time `json:"since,omitzero"`
	Category string    `json:"category,omitempty"` // as N3, O4, M1
	Kerb     Mass      `json:"kerb,omitempty"`     // 0: unknown
	Payload  Mass      `json:"payload,omitempty"`  // 0: unknown
	Fuels    []string  `json:"fuels,omitempty"`
	// HighVoltage is yes, no or unknown: whether there is a high-voltage battery, as
	// in electric and hybrid vehicles. HighVoltageWhy is how we know.
	HighVoltage    string `json:"high_voltage"`
	HighVoltageWhy string `json:"high_voltage_why"`
	ADR            string `json:"adr,omitempty"` // the approval for dangerous goods with the latest end
}

// RuleEndOfLife is the rule of a clearance of vehicles that are to be scrapped.
// They carry no load, so only Clearance.Vehicles counts.
const RuleEndOfLife = "no.end-of-life"

// Verdict is the result of a clearance.
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
	// ErrAbsent: the registry was asked and has nothing of this filing.
	ErrAbsent = errors.New("the registry has nothing of this filing")
	// ErrCannotAsk: the registry has no way to be asked.
	ErrCannotAsk = errors.New("the registry cannot be asked")
	// ErrOperator: only an operator can resolve it (certificate, key, configuration).
	ErrOperator = errors.New("an operator must help")
)
