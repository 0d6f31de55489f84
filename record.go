package sluss

import "time"

// EventRecord records an event with the obligations that follow from it. The first
// one of a batch also records its declaration.
type EventRecord struct {
	Batch       BatchID      `json:"batch"`
	Declaration *Declaration `json:"declaration,omitempty"` // with the event produced
	Event       Event        `json:"event"`
	Obligations []Obligation `json:"obligations"`
	Corrections int          `json:"corrections,omitempty"` // of the batch, before the event was recorded
	// Filings are those of the obligations that need not wait for others. They are opened
	// with the event, if that was not recorded before.
	Filings []FilingRecord `json:"filings,omitempty"`
	At      time.Time      `json:"at"` // when it was recorded
}

// FilingRecord opens a filing, or changes the content of an open one.
type FilingRecord struct {
	Filing  FilingID    `json:"filing"`
	Batch   BatchID     `json:"batch"`
	Content Content     `json:"content"`
	Hash    string      `json:"hash"`
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"` // the role that it waits for, if any
	At      time.Time   `json:"at"`
}

// StageRecord records the stage that a filing has from a moment on.
type StageRecord struct {
	Filing  FilingID    `json:"filing"`
	Number  int         `json:"number"` // of this stage within the filing, counted by the workflow
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"`
	Until   time.Time   `json:"until,omitzero"` // when the filing goes on, if that is known
	Reasons []Reason    `json:"reasons,omitempty"`
	Detail  string      `json:"detail,omitempty"`
	Mark    Mark        `json:"mark,omitempty"`
	At      time.Time   `json:"at"`
}

// Mark is something about a filing that does not change its stage.
type Mark string

// The marks that the clock of a filing sets.
const (
	MarkReminder Mark = "reminder"
	MarkOverdue  Mark = "overdue"
)

// The marks of a hold: Until is its end, and Detail who holds it, or has released it, and why.
const (
	MarkHeld     Mark = "held"
	MarkReleased Mark = "released"
)

// SignatureRecord records a signature on a filing, accepted or refused.
type SignatureRecord struct {
	Filing    FilingID  `json:"filing"`
	Signature Signature `json:"signature"`
	Refused   string    `json:"refused,omitempty"` // why it was refused; empty: it was accepted
}

// CorrectionRecord records a correction of a batch, with the corrected declaration.
type CorrectionRecord struct {
	Batch       BatchID      `json:"batch"`
	Number      int          `json:"number"` // of this correction within the batch, counted from 1
	Correction  Correction   `json:"correction"`
	Declaration Declaration  `json:"declaration"`
	Events      []Event      `json:"events,omitempty"`      // all events of the batch, if the correction changed them
	Obligations []Obligation `json:"obligations,omitempty"` // new ones that follow from it
}

// KeptRecord records an event that cannot be taken yet.
type KeptRecord struct {
	Batch BatchID   `json:"batch"`
	Kept  KeptEvent `json:"kept"`
	At    time.Time `json:"at"`
}

// DecisionRecord records a person's decision on a filing.
type DecisionRecord struct {
	Filing   FilingID `json:"filing"`
	Number   int      `json:"number"` // of the submission that the decision is about
	Decision Decision `json:"decision"`
}

// CloseRecord records the end of a batch.
type CloseRecord struct {
	Batch BatchID   `json:"batch"`
	How   string    `json:"how"` // "treated", "refused", "cancelled", "accepted" by the producer that it went back to, "annulled"
	At    time.Time `json:"at"`
}

// Purpose says what a call is for.
type Purpose string

// The two purposes of a call.
const (
	ToSubmit Purpose = "submit"
	ToAsk    Purpose = "ask"
)

// Intent is a request to call a registry.
type Intent struct {
	Filing   string // the id of the filing, or of what else calls: a task, a sync, reference data
	Number   int    // of the submission, counted by the workflow from 1
	Purpose  Purpose
	Registry string // whose rate limits apply
	Calls    int    // how many calls of the rate limits it uses
	Hash     string // of the content
	Actor    string // the process that calls, for engineers
	// Due is when the registry must have the report. The intent that is due earliest
	// goes first. Zero: there is no deadline.
	Due time.Time
	// Urgent: a person waits for the answer. The intent goes before all others and is
	// never queued: if the call cannot be made now, Begin answers so.
	Urgent bool
}

// PermitKind is how the ledger answers an intent.
type PermitKind string

// The answers of Begin.
const (
	PermitGranted     PermitKind = "go"          // the intent is recorded: call now, once
	PermitQueued      PermitKind = "wait"        // no call now: see Permit.Wait
	PermitInterrupted PermitKind = "interrupted" // an earlier attempt at this submission has no answer: it may have got through
	PermitSettled     PermitKind = "settled"     // this submission already has an outcome
)

// Permit is the ledger's answer to an intent: whether and when to call.
type Permit struct {
	Kind    PermitKind
	Attempt string        // if granted: the id of the attempt
	At      time.Time     // if granted: when to call, by this process's clock
	Slip    time.Duration // if granted: how much later than At the call may leave
	Wait    QueuePlace    // if queued
	Outcome Outcome       // if settled
}

// QueuePlace is a submission's place in the queue for a registry's rate limits. Prefer the
// duration In to the moment At: it does not depend on this process's clock.
type QueuePlace struct {
	// Granted: there is a reservation, after In. Otherwise In is an estimate of the
	// wait; zero: it is unknown.
	Granted bool          `json:"granted,omitempty"`
	In      time.Duration `json:"in,omitempty"`
	At      time.Time     `json:"at,omitzero"`     // the same as a moment, for people
	Ahead   int           `json:"ahead,omitempty"` // how many calls go first
	Why     string        `json:"why,omitempty"`   // a reason besides the rate limits: paused, or the registry asked us to wait
}

// String says why the call cannot be made now, and until about when if that is known.
func (w QueuePlace) String() string {
	text := w.Why
	if text == "" {
		text = "the quota is used up"
	}
	if !w.At.IsZero() {
		text += ", until about " + w.At.Format(time.RFC3339)
	}
	return text
}

// Reservation is the moment at which a queued filing may make its call.
type Reservation struct {
	Ticket  int64         `json:"ticket"`
	Filing  string        `json:"filing"`
	Number  int           `json:"number"`
	Purpose Purpose       `json:"purpose"`
	In      time.Duration `json:"in"` // from now until the reservation
	At      time.Time     `json:"at"` // the same as a moment, for people
}

// Dispatched is the result of one look of the dispatcher at a registry's queue.
type Dispatched struct {
	Reservations []Reservation // of which filings must be told now
	Waiting      int           // calls without a reservation
	Next         time.Duration // until the next round; zero: nothing is queued
	Warn         bool          // it is time to warn filings that will be late
}

// Forecast is when a filing in the queue is expected to be sent.
type Forecast struct {
	Ticket int64     `json:"ticket"`
	Filing string    `json:"filing"`
	Due    time.Time `json:"due"`
	At     time.Time `json:"at"` // about when it will be sent
	Late   bool      `json:"late"`
}

// Answer is the result of an attempt.
type Answer struct {
	Attempt  string   `json:"attempt"`
	Outcome  *Outcome `json:"outcome,omitempty"` // nil: nothing was sent, see Error
	Absent   bool     `json:"absent,omitempty"`  // of a question: the registry has nothing
	Error    string   `json:"error,omitempty"`
	Exchange Exchange `json:"exchange"`
	// Banned: the registry refuses all our calls. All calls are then held back for a
	// while, so that thousands of filings do not call in vain.
	Banned bool `json:"banned,omitempty"`
}
