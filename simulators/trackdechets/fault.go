package trackdechets

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
)

// FaultKind is how an answer fails.
type FaultKind string

// The kinds of fault.
const (
	// FaultQuota answers 429 as if the quota were spent.
	FaultQuota FaultKind = "quota"
	// FaultStatus answers with Fault.Status and an HTML or plain body, as the service, its proxy or its time limit do.
	FaultStatus FaultKind = "status"
	// FaultHTML answers 200 with an HTML page instead of JSON.
	FaultHTML FaultKind = "html"
	// FaultInternal answers 200 with INTERNAL_SERVER_ERROR, "Erreur serveur".
	FaultInternal FaultKind = "internal"
	// FaultClosed closes the connection without an answer.
	FaultClosed FaultKind = "closed"
	// FaultSlow answers properly, but only after Fault.Delay.
	FaultSlow FaultKind = "slow"
)

// Fault makes matching calls fail. A call is an operation with a matching root field; in a batch, or with several root
// fields, the first match counts.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Operation is the root field to match, e.g. "createForm"; empty matches every one.
	Operation string `json:"operation,omitempty"`
	// CustomID matches calls about a form with this customId (on createForm, the one in the input); empty matches all.
	CustomID string `json:"customId,omitempty"`
	// Times is how many calls fail; zero means one.
	Times int `json:"times,omitempty"`
	// AfterEffect lets the call do its work before the fault: the effect stands, only the answer is lost.
	AfterEffect bool `json:"afterEffect,omitempty"`
	// Status is the HTTP status of FaultStatus: 408, 500, 502, 503 ...; zero means 502.
	Status int `json:"status,omitempty"`
	// Delay holds the call back, before or after the effect, for any kind. The wait goes on when the caller has gone
	// away, and so does the work after it.
	Delay Duration `json:"delay,omitempty"`
}

// Duration is a time.Duration that JSON writes as text: "1.5s".
type Duration time.Duration

// MarshalText writes the duration as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(raw []byte) error {
	parsed, err := time.ParseDuration(string(raw))
	*d = Duration(parsed)
	return err
}

// Fault adds a fault to the queue; the oldest matching fault is used first. The error says which field is wrong.
func (b *Backend) Fault(f Fault) error {
	kinds := []FaultKind{FaultQuota, FaultStatus, FaultHTML, FaultInternal, FaultClosed, FaultSlow}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("fault: kind %q is unknown: use one of %q", f.Kind, kinds)
	}
	if f.Status == 0 {
		f.Status = http.StatusBadGateway
	}
	if f.Status < 400 || f.Status > 599 {
		return fmt.Errorf("fault: status %d is no failure: use 400 to 599", f.Status)
	}
	if f.Operation != "" && b.server.Schema.Query.Fields.ForName(f.Operation) == nil && b.server.Schema.Mutation.Fields.ForName(f.Operation) == nil {
		return fmt.Errorf("fault: operation %q is not a query or mutation of the simulator", f.Operation)
	}
	if f.Times < 0 || f.Delay < 0 {
		return fmt.Errorf("fault: times %d and delay %s must not be negative", f.Times, time.Duration(f.Delay))
	}
	f.Times = max(1, f.Times)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, &f)
	return nil
}

// underFault runs the work of a plan with the fault that matches it, if any. Of concurrent identical signatures the
// first is worked on and the others get "Erreur serveur".
func (b *Backend) underFault(p *graphql.Plan, work func() graphql.Result) graphql.Result {
	keys, free := b.claim(p)
	if !free {
		return p.Failed(refusal.Internal())
	}
	defer b.release(keys)
	fault := b.takeFault(p)
	if fault == nil {
		return work()
	}
	if fault.AfterEffect {
		res := work()
		time.Sleep(time.Duration(fault.Delay))
		return b.spoil(fault, p, res)
	}
	time.Sleep(time.Duration(fault.Delay))
	if fault.Kind == FaultSlow {
		return work()
	}
	return b.spoil(fault, p, graphql.Result{})
}

func (b *Backend) spoil(f *Fault, p *graphql.Plan, res graphql.Result) graphql.Result {
	switch f.Kind {
	case FaultSlow:
		return res
	case FaultInternal:
		return p.Failed(refusal.Internal())
	case FaultQuota, FaultStatus, FaultHTML, FaultClosed:
	}
	return graphql.Replaced(func(w http.ResponseWriter) { b.fail(w, f) })
}

// fail writes the fault in place of the whole answer.
func (b *Backend) fail(w http.ResponseWriter, f *Fault) {
	switch f.Kind {
	case FaultQuota:
		w.Header().Set("X-RateLimit-Remaining", "0")
		b.meter.Refuse(w)
	case FaultHTML:
		graphql.WriteHTML(w, http.StatusOK, "Maintenance", "Trackdéchets est en maintenance")
	case FaultClosed:
		panic(http.ErrAbortHandler) // net/http's way to close a connection without an answer
	case FaultStatus, FaultInternal, FaultSlow:
		if f.Status == http.StatusRequestTimeout {
			graphql.WriteText(w, f.Status, "Request has timed out.")
			return
		}
		graphql.WriteHTML(w, f.Status, "Error", fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status)))
	}
}

func (b *Backend) takeFault(p *graphql.Plan) *Fault {
	b.store.Lock() // a fault may be aimed at a form
	defer b.store.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, fault := range b.faults {
		if !slices.ContainsFunc(p.Calls, func(c *graphql.Call) bool { return b.matches(fault, c) }) {
			continue
		}
		b.counters.Faults[fault.Kind]++
		taken := *fault
		fault.Times--
		if fault.Times == 0 {
			b.faults = slices.Delete(b.faults, i, i+1)
		}
		return &taken
	}
	return nil
}

func (b *Backend) matches(f *Fault, c *graphql.Call) bool {
	switch {
	case f.Operation != "" && f.Operation != c.Name():
		return false
	case f.CustomID == "" || c.Text("customId") == f.CustomID || c.Text("createFormInput.customId") == f.CustomID:
		return true
	}
	return slices.ContainsFunc(b.store.Newest(kinds.BSDD.Name), func(form *Form) bool {
		return form.CustomID == f.CustomID && (form.ID == c.ID() || form.ReadableID == c.Text("readableId"))
	})
}

// claim reserves the signatures of a plan; false means that one of them is under way already.
func (b *Backend) claim(p *graphql.Plan) (keys []string, free bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range p.Calls {
		if strings.HasPrefix(c.Name(), "sign") {
			keys = append(keys, strings.Join([]string{c.Name(), c.ID(), c.Text("input.type"), c.Text("input.packagingId")}, " "))
		}
	}
	if slices.ContainsFunc(keys, func(key string) bool { return b.signing[key] }) {
		return nil, false
	}
	for _, key := range keys {
		b.signing[key] = true
	}
	return keys, true
}

func (b *Backend) release(keys []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range keys {
		delete(b.signing, key)
	}
}
