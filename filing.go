package sluss

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Content is all that a filing tells its registry. A signature is on its Hash.
type Content struct {
	Declaration Declaration `json:"declaration"`
	Obligation  Obligation  `json:"obligation"`
	// Events are all events of the batch up to and including the one that put
	// the obligation there, in order.
	Events []Event `json:"events"`
	// Receipts are those of the obligations that this one comes after, by
	// obligation id; one that did not come in time is missing.
	Receipts map[string]Receipt `json:"receipts,omitempty"`
	// Result is what a report on a quarter's treatment tells. Its declaration
	// and events are those of the largest of the batches.
	Result *Result `json:"result,omitempty"`
	// Amends is set where this corrects or annuls a note that was taken before.
	Amends *Amendment `json:"amends,omitempty"`
}

// Hash is the content hash: "sha256:" and 64 hex digits of the content's
// canonical JSON.
func (c Content) Hash() string { return hash(c) }

// Hash is the hash of the declaration's canonical JSON: two declarations say
// the same if and only if it is equal.
func (d Declaration) Hash() string { return hash(d) }

func hash(value any) string {
	data, err := json.Marshal(value)
	if err != nil { // a time beyond the year 9999
		return "unhashable: " + err.Error()
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Event is the event of that kind, the latest where there are several legs;
// false where it has not happened.
func (c Content) Event(kind EventKind) (Event, bool) {
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == kind {
			return e, true
		}
	}
	return Event{}, false
}

// Happened is the event of that id; false where it has not happened.
func (c Content) Happened(id string) (Event, bool) {
	for _, e := range c.Events {
		if e.ID() == id {
			return e, true
		}
	}
	return Event{}, false
}

// Submission is one content on its way to a registry.
type Submission struct {
	Filing    string     `json:"filing"` // FilingID
	Content   Content    `json:"content"`
	Signature *Signature `json:"signature,omitempty"`
}

// Exchange is one call of a registry as it went over the wire, kept in the
// ledger. It holds no credentials.
type Exchange struct {
	Operation  string    `json:"operation"`             // "POST /transporter", "signEmissionForm"
	Request    string    `json:"request,omitempty"`     // body
	Status     int       `json:"status,omitempty"`      // HTTP status; 0: no answer
	Response   string    `json:"response,omitempty"`    // body, as it came
	TrackingID string    `json:"tracking_id,omitempty"` // ours, where the registry takes one
	TraceID    string    `json:"trace_id,omitempty"`    // the registry's own
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended"`
	Counter    *Counter  `json:"counter,omitempty"` // what the registry said of our quota, where it does
}

// Counter is a registry's own count of the calls on our quota, by whomever.
type Counter struct {
	Used  int           `json:"used"`  // in its window until now
	Since time.Duration `json:"since"` // how long ago that window began
}

// FilingStage is where a filing stands.
type FilingStage string

// The stages of a filing. Accepted and Withdrawn are ends.
const (
	StageSignature FilingStage = "waiting for signature"
	StageSending   FilingStage = "sending"
	StageDeferred  FilingStage = "deferred"
	StageRejected  FilingStage = "rejected"
	StageUnknown   FilingStage = "unknown"
	StageAccepted  FilingStage = "accepted"
	StageWithdrawn FilingStage = "withdrawn"
)

// Correction is a person's amended data: new values by path in the declaration.
type Correction struct {
	Set    map[string]string `json:"set"` // path in the declaration -> value as text; see Declaration.Set
	Reason string            `json:"reason"`
	By     Person            `json:"by"`
	At     time.Time         `json:"at"`
}

// DecisionKind is what a person decides where the registry cannot tell, or
// where a rejection is not to be corrected.
type DecisionKind string

// The decisions: of an Unknown, taken or not-taken; of any rejection, again,
// taken or withdrawn; of a refused clearance also override.
const (
	DecidedTaken     DecisionKind = "taken"     // the registry has it: Receipt names it
	DecidedNotTaken  DecisionKind = "not-taken" // the registry does not have it: send again
	DecidedAgain     DecisionKind = "again"     // what was wrong is mended elsewhere: send the same again
	DecidedOverride  DecisionKind = "override"  // go, although the clearance says no
	DecidedWithdrawn DecisionKind = "withdrawn" // nothing is owed after all
)

// Decision is a person's word on a filing that only a person can settle.
type Decision struct {
	Kind    DecisionKind `json:"kind"`
	Receipt string       `json:"receipt,omitempty"` // of taken: the registry's id
	Reason  string       `json:"reason"`
	By      Person       `json:"by"`
	At      time.Time    `json:"at"`
	// Role and ContentHash sign an override: in which role, and of what.
	Role        Role   `json:"role,omitempty"`
	ContentHash string `json:"content_hash,omitempty"`
}
