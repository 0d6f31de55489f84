package sluss

import "time"

// EventRecord is an event with the obligations that follow from it. The first one
// of a batch also has its declaration.
type EventRecord struct {
	Batch       string       `json:"batch"`
	Declaration *Declaration `json:"declaration,omitempty"` // with the event produced
	Event       Event        `json:"event"`
	Obligations []Obligation `json:"obligations"`
	At          time.Time    `json:"at"` // when it was recorded
}

// FilingRecord opens a filing, or changes the content of an open one.
type FilingRecord struct {
	Filing  string      `json:"filing"`
	Batch   string      `json:"batch"`
	Content Content     `json:"content"`
	Hash    string      `json:"hash"`
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"` // whom it waits for, if anybody
	At      time.Time   `json:"at"`
}

// StageRecord is the stage of a filing from a moment on.
type StageRecord struct {
	Filing  string      `json:"filing"`
	Number  int         `json:"number"` // of the stage among those of the filing, counted by the workflow
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"`
	Until   time.Time   `json:"until,omitzero"` // the moment that it waits for, if any
	Reasons []Reason    `json:"reasons,omitempty"`
	Detail  string      `json:"detail,omitempty"`
	Mark    Mark        `json:"mark,omitempty"`
	At      time.Time   `json:"at"`
}

// Mark is a mark on a filing that does not change its stage.
type Mark string

// The marks that clocks put on filings.
const (
	MarkReminder Mark = "reminder"
	MarkOverdue  Mark = "overdue"
)

// SignatureRecord is a signature on a filing, accepted or refused.
type SignatureRecord struct {
	Filing    string    `json:"filing"`
	Signature Signature `json:"signature"`
	Refused   string    `json:"refused,omitempty"` // why it was refused; empty: it was not
}

// CorrectionRecord is a correction of a batch, with the corrected declaration.
type CorrectionRecord struct {
	Batch       string       `json:"batch"`
	Number      int          `json:"number"` // of the correction among those of the batch, counted from 1
	Correction  Correction   `json:"correction"`
	Declaration Declaration  `json:"declaration"`
	Obligations []Obligation `json:"obligations,omitempty"` // that follow from it
}

// DecisionRecord is a person's decision on a filing.
type DecisionRecord struct {
	Filing   string   `json:"filing"`
	Number   int      `json:"number"` // of the submission that it decides
	Decision Decision `json:"decision"`
}

// CloseRecord closes a batch.
type CloseRecord struct {
	Batch string    `json:"batch"`
	How   string    `json:"how"` // "treated", "refused"
	At    time.Time `json:"at"`
}

// Purpose says what a call is for.
type Purpose string

// The two purposes of a call.
const (
	ToSubmit Purpose = "submit"
	ToAsk    Purpose = "ask"
)

// Intent is a call that is about to be made.
type Intent struct {
	Filing   string
	Number   int // of the submission, counted by the workflow from 1
	Purpose  Purpose
	Registry string // whose rate limits it counts against
	Calls    int    // how many it counts as
	Hash     string // of the content
	Actor    string // process that is about to call, for engineers
	// Due is when the registry must have it: of two intents the one that is due
	// earlier goes first. Zero: there is no deadline.
	Due time.Time
	// Urgent: a person waits for the answer. It goes before all others, and it does
	// not queue: if it cannot go now, it does not go at all.
	Urgent bool
}

// PermitKind is the answer to an intent.
type PermitKind string

// The answers of Begin.
const (
	PermitGranted     PermitKind = "go"          // the intent is recorded: call now, once
	PermitQueued      PermitKind = "wait"        // see Turn.Wait: ask again then, or when the turn is told
	PermitInterrupted PermitKind = "interrupted" // an earlier attempt at this submission has no answer: it may have got through
	PermitSettled     PermitKind = "settled"     // this submission has its outcome already
)

// Permit is when, and whether, to call.
type Permit struct {
	Kind    PermitKind
	Attempt string    // id of the attempt, of go
	At      time.Time // of go, by this process's clock
	Wait    Wait      // of wait
	Outcome Outcome   // of settled
	// NoDispatcher: nobody hands out turns for this registry at the moment.
	NoDispatcher bool
}

// Wait is one submission's place in the queue for a registry's quota. Spans of
// time say more than moments here: they hold whatever a process's clock says.
type Wait struct {
	// Granted: the reservation is reserved, and comes after In. Else In is about how long
	// it will take, as things stand; zero: nobody can say.
	Granted bool          `json:"granted,omitempty"`
	In      time.Duration `json:"in,omitempty"`
	At      time.Time     `json:"at,omitzero"`     // the same as a moment, for people
	Ahead   int           `json:"ahead,omitempty"` // calls that come before
	Why     string        `json:"why,omitempty"`   // where it is not the quota alone: paused, held back
}

// String is why it cannot be now, and until about when, where anybody can say.
func (w Wait) String() string {
	text := w.Why
	if text == "" {
		text = "the quota is used up"
	}
	if !w.At.IsZero() {
		text += ", until about " + w.At.Format(time.RFC3339)
	}
	return text
}

// Reservation is a turn that was given to a filing which waits for it.
type Reservation struct {
	Ticket  int64         `json:"ticket"`
	Filing  string        `json:"filing"`
	Number  int           `json:"number"`
	Purpose Purpose       `json:"purpose"`
	In      time.Duration `json:"in"` // how long after the reservation the reservation is
	At      time.Time     `json:"at"` // the same as a moment, for people
}

// Dispatched is what came of handing out turns.
type Dispatched struct {
	Reservations []Reservation // that nobody was told of yet
	Waiting      int           // tickets without a reservation
	Next         time.Duration // after which to look again; of Waiting
	Clears       time.Time     // about when nobody will wait any more; of Waiting
	Why          string        // where it is not the quota alone that they wait for
}

// Forecast is when a filing in the queue is expected to be sent.
type Forecast struct {
	Filing string    `json:"filing"`
	Due    time.Time `json:"due"`
	At     time.Time `json:"at"` // about when its turn comes
	Late   bool      `json:"late"`
}

// Answer is what became of an attempt.
type Answer struct {
	Attempt  string   `json:"attempt"`
	Outcome  *Outcome `json:"outcome,omitempty"` // nil: nothing was sent, see Error
	Absent   bool     `json:"absent,omitempty"`  // of an ask: the registry has nothing
	Error    string   `json:"error,omitempty"`
	Exchange Exchange `json:"exchange"`
	// Banned: the registry refuses all our calls. Nobody calls it for a while, so that
	// thousands of filings do not call in vain.
	Banned bool `json:"banned,omitempty"`
}
