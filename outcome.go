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
	NotBefore time.Time   `json:"not_before,omitzero"` // of Deferred
	Detail    string      `json:"detail,omitempty"`    // for a person, without personal data
	Clearance *Clearance  `json:"clearance,omitempty"` // of the Norwegian register
	Throttled bool        `json:"throttled,omitempty"` // Deferred by the other side: everybody must hold back until NotBefore
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
}

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
