// Package activities holds the side effects of the workflows, one method per
// file, each safe to run again. It is the one place that says which failures
// are worth another try.
package activities

import (
	"context"
	"log/slog"
	"time"

	"sluss"
)

// Activities carries what side effects need. The workflows name its methods
// through a nil pointer; only the worker makes a real one.
type Activities struct {
	Ledger     Ledger
	Registries map[string]Registry // by name, such as sluss.Avfallsregistret
	Log        *slog.Logger
}

// Registry is one government register, as its folder's client serves it.
type Registry interface {
	// Calls is how many calls of the registry's quota one submission takes.
	Calls(content sluss.Content) int
	// Submit tells the registry once. Whatever happens after the first byte
	// may have left is an Outcome (Unknown, if need be); the errors are
	// ErrNotSent (safe to ask again) and ErrOperator (nothing was taken, only
	// an operator can help). It never sends twice.
	Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
	// Find asks what the registry has of an earlier submission: an Accepted
	// outcome if it took it, a Deferred one if it cannot say now, or
	// ErrAbsent, ErrCannotAsk, ErrNotSent, ErrOperator. It changes nothing.
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// Ledger is the record that activities keep. Every method may be called again
// with the same values and then changes nothing.
type Ledger interface {
	RecordEvent(ctx context.Context, r EventRecord) error
	OpenFiling(ctx context.Context, r FilingRecord) error
	RecordStage(ctx context.Context, r StageRecord) error
	RecordSignature(ctx context.Context, r SignatureRecord) error
	RecordCorrection(ctx context.Context, r CorrectionRecord) error
	RecordDecision(ctx context.Context, r DecisionRecord) error
	CloseBatch(ctx context.Context, r CloseRecord) error

	// Begin asks for the turn to call. If the answer is Go, the intent is
	// durable, and Finish must follow.
	Begin(ctx context.Context, i Intent) (Turn, error)
	// Finish records the answer to an attempt, moves its filing's stage along
	// with the outcome, and after a throttled one holds the whole quota back.
	Finish(ctx context.Context, a Answer) error
}

// EventRecord is an event with the obligations that it put on parties. The
// first one of a batch also declares it.
type EventRecord struct {
	Batch       string             `json:"batch"`
	Declaration *sluss.Declaration `json:"declaration,omitempty"` // with the event produced
	Event       sluss.Event        `json:"event"`
	Obligations []sluss.Obligation `json:"obligations"`
	At          time.Time          `json:"at"` // when it was recorded
}

// FilingRecord opens a filing, or gives an open one its new content.
type FilingRecord struct {
	Filing  string            `json:"filing"`
	Batch   string            `json:"batch"`
	Content sluss.Content     `json:"content"`
	Hash    string            `json:"hash"`
	Stage   sluss.FilingStage `json:"stage"`
	Waiting sluss.Role        `json:"waiting,omitempty"` // whom it waits for, if anybody
	At      time.Time         `json:"at"`
}

// StageRecord says where a filing stands from a moment on.
type StageRecord struct {
	Filing  string            `json:"filing"`
	Number  int               `json:"number"` // counts the stages of one filing, from the workflow
	Stage   sluss.FilingStage `json:"stage"`
	Waiting sluss.Role        `json:"waiting,omitempty"`
	Until   time.Time         `json:"until,omitzero"` // what it waits for, if a moment
	Reasons []sluss.Reason    `json:"reasons,omitempty"`
	Detail  string            `json:"detail,omitempty"`
	Mark    Mark              `json:"mark,omitempty"`
	At      time.Time         `json:"at"`
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
	Filing    string          `json:"filing"`
	Signature sluss.Signature `json:"signature"`
	Refused   string          `json:"refused,omitempty"` // why, of a signal that changed nothing
}

// CorrectionRecord is a correction of a batch, with what it made of it.
type CorrectionRecord struct {
	Batch       string            `json:"batch"`
	Number      int               `json:"number"` // counts the corrections of one batch
	Correction  sluss.Correction  `json:"correction"`
	Declaration sluss.Declaration `json:"declaration"`
}

// DecisionRecord is a person's decision on a filing.
type DecisionRecord struct {
	Filing   string         `json:"filing"`
	Number   int            `json:"number"` // of the submission that it settles
	Decision sluss.Decision `json:"decision"`
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
}

// TurnKind is the answer to an intent.
type TurnKind string

// The answers of Begin.
const (
	TurnGo          TurnKind = "go"          // the intent is recorded: call now, once
	TurnWait        TurnKind = "wait"        // not before Turn.At: that slot is kept for this submission
	TurnInterrupted TurnKind = "interrupted" // an earlier attempt at this submission has no answer: it may have got through
	TurnSettled     TurnKind = "settled"     // this submission has its outcome already
)

// Turn is when, and whether, to call.
type Turn struct {
	Kind    TurnKind
	Attempt string // id of the attempt, of go
	At      time.Time
	Outcome sluss.Outcome // of settled
}

// Answer is what became of an attempt.
type Answer struct {
	Attempt  string         `json:"attempt"`
	Outcome  *sluss.Outcome `json:"outcome,omitempty"` // nil: nothing was sent, see Error
	Absent   bool           `json:"absent,omitempty"`  // of an ask: the registry has nothing
	Error    string         `json:"error,omitempty"`
	Exchange sluss.Exchange `json:"exchange"`
}
