package sluss

import "time"

// EventRecord is an event with the obligations that it put on parties. The
// first one of a batch also declares it.
type EventRecord struct {
	Batch       string       `json:"batch"`
	Declaration *Declaration `json:"declaration,omitempty"` // with the event produced
	Event       Event        `json:"event"`
	Obligations []Obligation `json:"obligations"`
	At          time.Time    `json:"at"` // when it was recorded
}

// FilingRecord opens a filing, or gives an open one its new content.
type FilingRecord struct {
	Filing  string      `json:"filing"`
	Batch   string      `json:"batch"`
	Content Content     `json:"content"`
	Hash    string      `json:"hash"`
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"` // whom it waits for, if anybody
	At      time.Time   `json:"at"`
}

// StageRecord says where a filing stands from a moment on.
type StageRecord struct {
	Filing  string      `json:"filing"`
	Number  int         `json:"number"` // counts the stages of one filing, from the workflow
	Stage   FilingStage `json:"stage"`
	Waiting Role        `json:"waiting,omitempty"`
	Until   time.Time   `json:"until,omitzero"` // what it waits for, if a moment
	Reasons []Reason    `json:"reasons,omitempty"`
	Detail  string      `json:"detail,omitempty"`
	Mark    Mark        `json:"mark,omitempty"`
	At      time.Time   `json:"at"`
}

// Mark is a sign on a filing that does not change where it stands.
type Mark string

// The marks that clocks put on filings.
const (
	MarkReminder Mark = "reminder"
	MarkOverdue  Mark = "overdue"
)

// SignatureRecord is a signature on a filing, or one that was refused.
type SignatureRecord struct {
	Filing    string    `json:"filing"`
	Signature Signature `json:"signature"`
	Refused   string    `json:"refused,omitempty"` // why, of a signal that changed nothing
}

// CorrectionRecord is a correction of a batch, with what it made of it.
type CorrectionRecord struct {
	Batch       string       `json:"batch"`
	Number      int          `json:"number"` // counts the corrections of one batch
	Correction  Correction   `json:"correction"`
	Declaration Declaration  `json:"declaration"`
	Obligations []Obligation `json:"obligations,omitempty"` // that it brought about
}

// DecisionRecord is a person's decision on a filing.
type DecisionRecord struct {
	Filing   string   `json:"filing"`
	Number   int      `json:"number"` // of the submission that it settles
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
	Registry string // whose quota it takes from
	Calls    int    // how many of it
	Hash     string // of the content
	Actor    string // process that is about to call, for engineers
	// Due is when the registry must have it: who is due sooner calls sooner. Zero:
	// it has no clock of its own.
	Due time.Time
	// Urgent: a person waits for the answer. It goes before all others, and is not
	// kept waiting: where it has no turn, nobody will call it.
	Urgent bool
}

// TurnKind is the answer to an intent.
type TurnKind string

// The answers of Begin.
const (
	TurnGo          TurnKind = "go"          // the intent is recorded: call now, once
	TurnWait        TurnKind = "wait"        // see Turn.Wait: ask again then, or when the turn is told
	TurnInterrupted TurnKind = "interrupted" // an earlier attempt at this submission has no answer: it may have got through
	TurnSettled     TurnKind = "settled"     // this submission has its outcome already
)

// Turn is when, and whether, to call.
type Turn struct {
	Kind    TurnKind
	Attempt string    // id of the attempt, of go
	At      time.Time // of go, by this process's clock
	Wait    Wait      // of wait
	Outcome Outcome   // of settled
	// Ungoverned: nobody hands out turns for this registry at the moment.
	Ungoverned bool
}

// Wait is one submission's place in the queue for a registry's quota. Spans of
// time say more than moments here: they hold whatever a process's clock says.
type Wait struct {
	// Granted: the slot is promised, and comes after In. Else In is about how long
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

// Promise is a turn that was given to a filing which waits for it.
type Promise struct {
	Ticket  int64         `json:"ticket"`
	Filing  string        `json:"filing"`
	Number  int           `json:"number"`
	Purpose Purpose       `json:"purpose"`
	In      time.Duration `json:"in"` // how long after the promise the slot is
	At      time.Time     `json:"at"` // the same as a moment, for people
}

// Dispatched is what came of handing out turns.
type Dispatched struct {
	Promises []Promise     // that nobody was told of yet
	Waiting  int           // tickets without a slot
	Next     time.Duration // after which to look again; of Waiting
	Clears   time.Time     // about when nobody will wait any more; of Waiting
	Why      string        // where it is not the quota alone that they wait for
}

// Forecast is what will come of a filing that waits for its turn.
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
	// Banned: the registry lets none of us in. Nobody calls it for a while, so that
	// ten thousand filings do not knock one after another.
	Banned bool `json:"banned,omitempty"`
}
