package sluss

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ReferenceData is what a look at a registry's reference data, or at the schema of its
// calls, found: how they differ
// from what is carried, and when our certificate there ends.
type ReferenceData struct {
	Registry  string    `json:"registry"`
	CheckedAt time.Time `json:"checked_at"`
	Error     string    `json:"error,omitempty"` // why no lists came; Lists and Drift are then those of before
	// FetchedAt is when the lists last came; zero: never.
	FetchedAt time.Time       `json:"fetched_at,omitzero"`
	Drift     []Drift         `json:"drift"`
	Lists     json.RawMessage `json:"lists,omitempty"` // as the registry's client has them
	// CertificateEnds is when our certificate, or one above it, ends; zero: there
	// is none.
	CertificateEnds time.Time `json:"certificate_ends,omitzero"`
}

// Drift is one thing in which a registry's reference data are not what is carried.
type Drift struct {
	List    string `json:"list"`           // as the registry names it: "avfallstyper"
	Code    string `json:"code,omitempty"` // of the item; empty: the list as a whole
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
	// Breaks: something that we file will fail because of it.
	Breaks bool `json:"breaks,omitempty"`
}

// String is the drift in one line.
func (d Drift) String() string {
	return strings.TrimSpace(d.List+" "+d.Code) + ": " + d.Problem + " (" + d.Remedy + ")"
}

// certificateWarning is how long before its end a certificate is to be renewed:
// an issuer takes days, and a person must be found who may order it.
const certificateWarning = 6 * 7 * 24 * time.Hour

// Warnings are what an operator should know at a moment, a sentence each,
// without personal data.
func (c ReferenceData) Warnings(now time.Time) (warnings []string) {
	switch left := c.CertificateEnds.Sub(now); {
	case c.CertificateEnds.IsZero() || left > certificateWarning:
	case left <= 0:
		warnings = append(warnings, fmt.Sprintf("%s: the certificate ended on %s: nothing can be filed before there is a new one", c.Registry, c.CertificateEnds.Format(time.DateOnly)))
	default:
		warnings = append(warnings, fmt.Sprintf("%s: the certificate ends on %s, in %d days: order a new one", c.Registry, c.CertificateEnds.Format(time.DateOnly), int(left.Hours())/24))
	}
	what, carried := "reference data differ", "what is carried"
	if c.Registry == Trackdechets {
		what, carried = "schema differs", "what we send"
	}
	breaks := slices.IndexFunc(c.Drift, func(d Drift) bool { return d.Breaks })
	// A schema has grown every week: only what breaks us is an operator's task.
	if n := len(c.Drift); n > 0 && (breaks >= 0 || c.Registry != Trackdechets) {
		first := c.Drift[max(breaks, 0)]
		warnings = append(warnings, fmt.Sprintf("%s: its %s from %s in %d places, the first %s (`starter reference` has them all)", c.Registry, what, carried, n, first))
	}
	if c.Error != "" {
		fetched, _, _ := strings.Cut(what, " differ")
		warnings = append(warnings, fmt.Sprintf("%s: its %s could not be fetched: %s", c.Registry, fetched, c.Error))
	}
	return warnings
}
