package autosys

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// FaultKind names what goes wrong.
type FaultKind string

// What can go wrong.
const (
	// FaultStatus answers with Status and nothing else of use: 400, 403, 422, 429, 500, 503 or any other.
	FaultStatus FaultKind = "status"
	// FaultSlow answers truthfully after Delay.
	FaultSlow FaultKind = "slow"
	// FaultClosed closes the connection without an answer. On a connection that it has used before, Go's own
	// HTTP client then sends the call once more by itself; the records show both.
	FaultClosed FaultKind = "closed"
	// FaultTruncated begins a truthful-looking answer and closes the connection in the middle of it.
	FaultTruncated FaultKind = "truncated"
	// FaultText answers with Code as plain text.
	FaultText FaultKind = "text"
	// FaultMessage answers with Code as feilmelding, without a list.
	FaultMessage FaultKind = "feilmelding"
)

// Fault makes the next calls go wrong. Faults are tried in the order in which they were set.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Times is how many calls it hits; 0 means one.
	Times int `json:"times,omitempty"`
	// Asked limits it to calls for this plate or chassis number, as sent; empty means any.
	Asked string `json:"asked,omitempty"`
	// Status is necessary for FaultStatus; FaultText and FaultMessage answer 200 where it is 0.
	Status int `json:"status,omitempty"`
	// Code is the code of FaultText and FaultMessage; empty means OPPLYSNINGER_IKKE_TILGJENGELIGE.
	Code string `json:"code,omitempty"`
	// RetryAfter is sent as it stands; where empty, 429 and 422 have the header that Options sets, others none.
	RetryAfter string `json:"retryAfter,omitempty"`
	// DelayMillis is how long FaultSlow waits, in milliseconds.
	DelayMillis int `json:"delayMillis,omitempty"`
}

func (f Fault) check() error {
	var wrong []error
	switch f.Kind {
	case FaultStatus:
		if f.Status < 200 || f.Status > 599 {
			wrong = append(wrong, fmt.Errorf("status %d: give the HTTP status to answer, 200 to 599", f.Status))
		}
	case FaultSlow:
		if f.DelayMillis <= 0 {
			wrong = append(wrong, fmt.Errorf("delayMillis %d: give the milliseconds to wait", f.DelayMillis))
		}
	case FaultClosed, FaultTruncated, FaultText, FaultMessage:
		if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
			wrong = append(wrong, fmt.Errorf("status %d: give an HTTP status, 200 to 599, or none", f.Status))
		}
	default:
		wrong = append(wrong, fmt.Errorf("kind %q: give one of %s, %s, %s, %s, %s, %s", f.Kind,
			FaultStatus, FaultSlow, FaultClosed, FaultTruncated, FaultText, FaultMessage))
	}
	if f.Times < 0 {
		wrong = append(wrong, fmt.Errorf("times %d: give how many calls it hits", f.Times))
	}
	return errors.Join(wrong...)
}

// Fault sets a fault for the next calls that match it. It refuses one that cannot be carried out.
func (r *Registry) Fault(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	f.Times = max(f.Times, 1)
	if f.Kind == FaultText || f.Kind == FaultMessage {
		f.Status = cmp.Or(f.Status, http.StatusOK)
		f.Code = cmp.Or(f.Code, CodeWithheld)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, f)
	return nil
}

// takeFault uses up one call of the first fault that matches; the caller holds the lock.
func (r *Registry) takeFault(asked string) (Fault, bool) {
	for i := range r.faults {
		f := &r.faults[i]
		if f.Times == 0 || f.Asked != "" && f.Asked != asked {
			continue
		}
		f.Times--
		return *f, true
	}
	return Fault{}, false
}

// spoil is the reply with the fault. Only FaultSlow uses the truthful reply; the others replace it.
func (r *Registry) spoil(f Fault, now time.Time, truthful func() reply) reply {
	var spoiled reply
	switch f.Kind {
	case FaultSlow:
		spoiled = truthful()
		spoiled.delay = time.Duration(f.DelayMillis) * time.Millisecond
	case FaultClosed:
		spoiled = reply{cut: true}
	case FaultTruncated:
		spoiled = reply{status: http.StatusOK, contentType: mediaJSON, body: []byte(`{"kjoretoydataListe":[{"kjoretoyId":{"kjenne`), cut: true}
	case FaultText:
		spoiled = reply{status: f.Status, contentType: mediaText, body: []byte(f.Code)}
	case FaultMessage:
		spoiled = reply{status: f.Status, contentType: mediaJSON, body: encode(object{"feilmelding": f.Code})}
	case FaultStatus:
		switch f.Status {
		case http.StatusTooManyRequests, http.StatusUnprocessableEntity:
			spoiled = r.overQuota(f.Status, now, nextMidnight(now, r.oslo))
		default:
			spoiled = r.refuse(f.Status, strings.ToLower(http.StatusText(f.Status)))
		}
	}
	if f.RetryAfter != "" {
		spoiled.retryAfter = f.RetryAfter
	}
	return spoiled
}
