package workflows

import (
	"time"

	"sluss"
)

// BatchState is where a batch stands.
type BatchState struct {
	Batch       string        `json:"batch"`
	Hash        string        `json:"hash"` // of the declaration as it was declared
	Stage       string        `json:"stage"`
	Events      []sluss.Event `json:"events"`
	Corrections int           `json:"corrections"`
	Filings     []FilingState `json:"filings"`
	Actions     []Action      `json:"actions"`
}

// FilingState is where a filing stands.
type FilingState struct {
	Filing     string            `json:"filing"`
	Obligation sluss.Obligation  `json:"obligation"`
	Stage      sluss.FilingStage `json:"stage"`
	Waiting    sluss.Role        `json:"waiting,omitempty"`
	Until      time.Time         `json:"until,omitzero"`
	Hash       string            `json:"hash"`
	Reasons    []sluss.Reason    `json:"reasons,omitempty"`
	Detail     string            `json:"detail,omitempty"`
	Overdue    bool              `json:"overdue,omitempty"`
	Receipt    *sluss.Receipt    `json:"receipt,omitempty"`
	Actions    []Action          `json:"actions,omitempty"`
}

// Blocked tells whether only a person can move the filing on.
func (s FilingState) Blocked() bool {
	return s.Stage == sluss.StageRejected || s.Stage == sluss.StageUnknown
}

// Action is something that a person may do now.
type Action struct {
	Kind   string     `json:"kind"`           // event, sign, correct, decide
	Target string     `json:"target"`         // workflow id of the batch or filing
	What   string     `json:"what"`           // the event, the obligation, the decisions
	Role   sluss.Role `json:"role,omitempty"` // who may
	Hash   string     `json:"hash,omitempty"` // of what is to be signed
	// Blocked says what must happen first, where it is not yet allowed.
	Blocked []string `json:"blocked,omitempty"`
}

// Kinds of actions.
const (
	ActEvent   = "event"
	ActSign    = "sign"
	ActCorrect = "correct"
	ActDecide  = "decide"
)

// stageOf is the stage of a batch after an event, as people say it.
func stageOf(e sluss.Event) string {
	switch e.Kind {
	case sluss.Produced:
		return "produced"
	case sluss.PickedUp, sluss.HandedOver:
		return "in transport"
	case sluss.Received:
		return "received"
	case sluss.Taken:
		return "accepted"
	case sluss.Refused:
		return "refused"
	case sluss.Treated:
		return "treated"
	}
	return string(e.Kind)
}
