package autosys

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// NotFoundAnswer is how the registry says that it has no such vehicle. Which way production uses is unknown.
type NotFoundAnswer string

// The ways of saying "not found". The best evidence is for an empty 204.
const (
	NotFoundNoContent NotFoundAnswer = "204"         // status 204 and no body (default)
	NotFoundMessage   NotFoundAnswer = "feilmelding" // status 200, the code for withheld data, no list
	NotFoundEmptyList NotFoundAnswer = "empty list"  // status 200 and an empty list
	NotFoundNothing   NotFoundAnswer = "nothing"     // status 200 and an empty object
	NotFoundStatus    NotFoundAnswer = "404"         // status 404 and no body
)

// RetryAfterForm is how the Retry-After header is written. The registry documents no form.
type RetryAfterForm string

// The two forms of HTTP, and a missing header.
const (
	RetryAfterSeconds RetryAfterForm = "seconds" // whole seconds (default)
	RetryAfterDate    RetryAfterForm = "date"    // an HTTP date, in GMT
	RetryAfterNone    RetryAfterForm = "none"    // no header
)

// Sparse is how much an answer holds besides the vehicle's identity. Every field is optional.
type Sparse string

// The amounts of data in an answer.
const (
	SparseNot    Sparse = "no"     // all that the vehicle has (default)
	SparseAbsent Sparse = "absent" // no other member
	SparseEmpty  Sparse = "empty"  // all other members, as empty objects and lists
)

// ErrorBody is the body of 400, 401, 403, 429 and 5xx. The registry documents none.
type ErrorBody string

// The bodies of refusals.
const (
	ErrorBodyEmpty ErrorBody = "empty" // nothing (default)
	ErrorBodyText  ErrorBody = "text"  // one plain line
	ErrorBodyJSON  ErrorBody = "json"  // an object with status, error and message
)

// Options sets what the registry's documentation defines (key, quota) and, as
// switches, what it does not define.
// The zero value is a registry that accepts every key and has a quota of 50,000.
type Options struct {
	// Keys are the API keys that are accepted; none means that every key is.
	Keys []string
	// DailyQuota is the number of calls that a key has for one calendar day in Oslo; 0 means 50,000.
	DailyQuota int
	// PerMinute limits the calls of a key in any 60 seconds; 0 means no such limit, as documented.
	PerMinute int
	// QuotaAnswer is 429 (default; the documentation) or 422 (the OpenAPI file).
	QuotaAnswer int
	// RetryAfter is the form of the header on 429 and 422.
	RetryAfter RetryAfterForm
	// FreeMisses and FreeBadRequests leave calls that find nothing, or are refused with 400, out of the quota.
	FreeMisses, FreeBadRequests bool

	// NotFound is the answer for an unknown plate or chassis number.
	NotFound NotFoundAnswer
	// GoneNotFound answers scrapped and exported vehicles (VRAKET, UTFORT) as not found instead of with full data.
	GoneNotFound bool
	// WithheldText sends the code for withheld data as plain text instead of as JSON.
	WithheldText bool
	// WithheldCode is that code; empty means OPPLYSNINGER_IKKE_TILGJENGELIGE.
	WithheldCode string
	// WithheldStatus is the status that it comes with; 0 means 200.
	WithheldStatus int

	// MissingKeyAnswer is the status for a missing or malformed SVV-Authorization header: 403 (default) or 401.
	MissingKeyAnswer int
	// RawKey also accepts the key without the word Apikey before it.
	RawKey bool
	// ErrorBody is the body of refusals.
	ErrorBody ErrorBody

	// Lenient accepts lower case, spaces and hyphens in the plate and the chassis number; otherwise they are answered with 400.
	Lenient bool
	// PersonalSpaces finds a personal plate only with the spaces that it is registered with, and lets spaces pass.
	PersonalSpaces bool
	// PersonalAsID puts the personal plate, when asked for, in kjoretoyId; otherwise
	// the ordinary plate is there.
	PersonalAsID bool

	// Kuid writes the vehicle's kuid in kjoretoyId.
	Kuid bool
	// HideADR leaves the ADR approval out of every answer.
	HideADR bool
	// ADRCode is godkjenningstype.kodeVerdi of an ADR approval; empty means ADR.
	ADRCode string
	// OmitNoInspection leaves periodiskKjoretoyKontroll out, instead of writing {},
	// if there is no inspection duty.
	OmitNoInspection bool
	// Sparse leaves optional fields out, or empty.
	Sparse Sparse
	// Drift adds fields and code values that the documentation does not know.
	Drift bool

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Path is the file of the call log: JSON lines, appended and synced before each answer, read again by New.
	// Empty keeps the log in memory only.
	Path string
}

const defaultQuota = 50_000

// withDefaults sets the defaults. Its error names every wrong option.
func (o Options) withDefaults() (Options, error) {
	o.DailyQuota = cmp.Or(o.DailyQuota, defaultQuota)
	o.QuotaAnswer = cmp.Or(o.QuotaAnswer, http.StatusTooManyRequests)
	o.RetryAfter = cmp.Or(o.RetryAfter, RetryAfterSeconds)
	o.NotFound = cmp.Or(o.NotFound, NotFoundNoContent)
	o.MissingKeyAnswer = cmp.Or(o.MissingKeyAnswer, http.StatusForbidden)
	o.ErrorBody = cmp.Or(o.ErrorBody, ErrorBodyEmpty)
	o.ADRCode = cmp.Or(o.ADRCode, "ADR")
	o.Sparse = cmp.Or(o.Sparse, SparseNot)
	o.WithheldCode = cmp.Or(o.WithheldCode, CodeWithheld)
	o.WithheldStatus = cmp.Or(o.WithheldStatus, http.StatusOK)
	if o.Now == nil {
		o.Now = time.Now
	}
	var wrong []error
	if o.DailyQuota < 0 {
		wrong = append(wrong, fmt.Errorf("DailyQuota is %d: it cannot be negative", o.DailyQuota))
	}
	if o.PerMinute < 0 {
		wrong = append(wrong, fmt.Errorf("PerMinute is %d: it cannot be negative", o.PerMinute))
	}
	if o.WithheldStatus < 200 || o.WithheldStatus > 599 {
		wrong = append(wrong, fmt.Errorf("WithheldStatus is %d: it must be an HTTP status, 200 to 599", o.WithheldStatus))
	}
	wrong = append(wrong,
		oneOf("Sparse", o.Sparse, SparseNot, SparseAbsent, SparseEmpty),
		oneOf("QuotaAnswer", o.QuotaAnswer, http.StatusTooManyRequests, http.StatusUnprocessableEntity),
		oneOf("RetryAfter", o.RetryAfter, RetryAfterSeconds, RetryAfterDate, RetryAfterNone),
		oneOf("NotFound", o.NotFound, NotFoundNoContent, NotFoundMessage, NotFoundEmptyList, NotFoundNothing, NotFoundStatus),
		oneOf("MissingKeyAnswer", o.MissingKeyAnswer, http.StatusUnauthorized, http.StatusForbidden),
		oneOf("ErrorBody", o.ErrorBody, ErrorBodyEmpty, ErrorBodyText, ErrorBodyJSON),
	)
	return o, errors.Join(wrong...)
}

func oneOf[T comparable](name string, got T, allowed ...T) error {
	if slices.Contains(allowed, got) {
		return nil
	}
	return fmt.Errorf("%s is %v: it must be one of %v", name, got, allowed)
}
