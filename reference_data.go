package sluss

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ReferenceData is the result of checking a registry's reference data, or the schema
// of its API: how they differ from ours, and when our certificate expires.
type ReferenceData struct {
	Registry  string    `json:"registry"`
	CheckedAt time.Time `json:"checked_at"`
	Error     string    `json:"error,omitempty"` // why they could not be fetched; Lists and Drift are then from an earlier check
	// FetchedAt is when they were last fetched; zero: never.
	FetchedAt time.Time       `json:"fetched_at,omitzero"`
	Drift     []Drift         `json:"drift"`
	Lists     json.RawMessage `json:"lists,omitempty"` // in the format of the registry's client
	// CertificateEnds is when our certificate, or one that issued it, expires; zero:
	// there is none.
	CertificateEnds time.Time `json:"certificate_ends,omitzero"`
}

// Drift is one difference between a registry's reference data and ours.
type Drift struct {
	List    string `json:"list"`           // as the registry names it: "avfallstyper"
	Code    string `json:"code,omitempty"` // of the item; empty: the list as a whole
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
	// Breaks: reports that we file will fail because of it.
	Breaks bool `json:"breaks,omitempty"`
}

// String is the drift on one line.
func (d Drift) String() string {
	return strings.TrimSpace(d.List+" "+d.Code) + ": " + d.Problem + " (" + d.Remedy + ")"
}

// certificateWarning is how long before its end we warn of a certificate: an issuer
// takes days, and a person must be found who may order a new one.
const certificateWarning = 6 * 7 * 24 * time.Hour

// Warnings are what an operator should know at the moment now, one sentence each,
// without personal data.
func (c ReferenceData) Warnings(now time.Time) (warnings []string) {
	switch left := c.CertificateEnds.Sub(now); {
	case c.CertificateEnds.IsZero() || left > certificateWarning:
	case left <= 0:
		warnings = append(warnings, fmt.Sprintf("%s: the certificate ended on %s: nothing can be filed until there is a new one", c.Registry, c.CertificateEnds.Format(time.DateOnly)))
	default:
		warnings = append(warnings, fmt.Sprintf("%s: the certificate ends on %s, in %d days: order a new one", c.Registry, c.CertificateEnds.Format(time.DateOnly), int(left.Hours())/24))
	}
	watched := RegistryOf(c.Registry).Watched
	differ := "reference data differ from ours"
	if watched == WatchedSchema {
		differ = "schema differs from what we send"
	}
	breaks := slices.IndexFunc(c.Drift, func(d Drift) bool { return d.Breaks })
	// The schema changes every week: an operator must act only if it breaks us.
	if n := len(c.Drift); n > 0 && (breaks >= 0 || watched != WatchedSchema) {
		first := c.Drift[max(breaks, 0)]
		warnings = append(warnings, fmt.Sprintf("%s: its %s in %d places, the first %s (`starter reference` has them all)", c.Registry, differ, n, first))
	}
	if c.Error != "" {
		warnings = append(warnings, fmt.Sprintf("%s: its %s could not be fetched: %s", c.Registry, watched, c.Error))
	}
	return warnings
}
