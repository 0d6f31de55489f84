package sluss

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Content is everything that a filing tells its registry. A signature is on its Hash.
type Content struct {
	Declaration Declaration `json:"declaration"`
	Obligation  Obligation  `json:"obligation"`
	// Events are all events of the batch up to and including the one that the
	// obligation follows from, in order.
	Events []Event `json:"events"`
	// Receipts are those of the obligations in Obligation.After, by obligation id.
	// One that did not come in time is missing.
	Receipts map[string]Receipt `json:"receipts,omitempty"`
	// Result is the content of a report on a quarter's treatment. The content's
	// declaration and events are then those of the largest of the batches.
	Result *Result `json:"result,omitempty"`
	// Amends is set if this corrects or annuls a report that was accepted before.
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

// Event is the latest event of that kind; false if there is none.
func (c Content) Event(kind EventKind) (Event, bool) {
	for _, e := range slices.Backward(c.Events) {
		if e.Kind == kind {
			return e, true
		}
	}
	return Event{}, false
}

// Happened is the event of that id; false if it has not happened.
func (c Content) Happened(id EventID) (Event, bool) {
	for _, e := range c.Events {
		if e.ID() == id {
			return e, true
		}
	}
	return Event{}, false
}

// Submission is one content on its way to a registry.
type Submission struct {
	Filing    FilingID   `json:"filing"` // of a look-up of vehicles without a batch: the id of its task
	Content   Content    `json:"content"`
	Signature *Signature `json:"signature,omitempty"`
	// Beside are the other batches that go on the vehicles of a look-up. They are found
	// when it is made.
	Beside []LoadPart `json:"-"`
}

// Exchange is one call of a registry as it went over the wire. The ledger keeps
// it. It holds no credentials.
type Exchange struct {
	Operation  string    `json:"operation"`             // "POST /transporter", "signEmissionForm"
	Request    string    `json:"request,omitempty"`     // body
	Status     int       `json:"status,omitempty"`      // HTTP status; 0: no answer
	Response   string    `json:"response,omitempty"`    // body, as it came
	TrackingID string    `json:"tracking_id,omitempty"` // ours, if the registry accepts one
	TraceID    string    `json:"trace_id,omitempty"`    // the registry's own
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended"`
	Counter    *Counter  `json:"counter,omitempty"` // what the registry said of our quota, if it did
}

// Counter is a registry's own count of all calls on our quota.
type Counter struct {
	Used  int           `json:"used"`  // so far, in the current window
	Since time.Duration `json:"since"` // how long ago the window began
}

// FilingStage is the state of a filing.
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

// DecisionKind is what a person decides if the registry cannot tell, or if a
// rejection is not to be corrected.
type DecisionKind string

// The decisions. Of an Unknown: taken or not-taken; of a rejection: again, taken
// or withdrawn; of a refused clearance also override.
const (
	DecidedTaken     DecisionKind = "taken"     // the registry has it: Receipt names it
	DecidedNotTaken  DecisionKind = "not-taken" // the registry does not have it: send again
	DecidedAgain     DecisionKind = "again"     // what was wrong is corrected elsewhere: send the same again
	DecidedOverride  DecisionKind = "override"  // the vehicles may go although they were refused
	DecidedWithdrawn DecisionKind = "withdrawn" // nothing is owed after all
)

// Decision is what a person decided on a filing that only a person can settle.
type Decision struct {
	Kind    DecisionKind `json:"kind"`
	Receipt string       `json:"receipt,omitempty"` // of taken: the registry's id
	Reason  string       `json:"reason"`
	By      Person       `json:"by"`
	At      time.Time    `json:"at"`
	// Role and ContentHash sign an override: in which role, and of what.
	Role        Role   `json:"role,omitempty"`
	ContentHash string `json:"content_hash,omitempty"`
	// Replaces is the receipt that a person gave by mistake, in whose place taken puts
	// another.
	Replaces string `json:"replaces,omitempty"`
}
