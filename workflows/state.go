package workflows

import (
	"fmt"
	"time"

	"sluss"
)

// BatchState is the state of a batch.
type BatchState struct {
	Batch       sluss.BatchID     `json:"batch"`
	Hash        string            `json:"hash"`  // of the declaration as first declared
	Stage       string            `json:"stage"` // the latest event's kind, "declared" before any, "closed" at the end
	Events      []sluss.Event     `json:"events"`
	Kept        []sluss.KeptEvent `json:"kept,omitempty"` // reported, and not taken yet
	Corrections int               `json:"corrections"`
	Filings     []FilingState     `json:"filings"`
	Theirs      []TheirState      `json:"theirs,omitempty"` // obligations that others discharge
	Actions     []Action          `json:"actions"`
}

// FilingState is the state of a filing.
type FilingState struct {
	Filing     sluss.FilingID    `json:"filing"`
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

// Blocked tells whether the filing waits for a person to resolve a problem.
func (s FilingState) Blocked() bool {
	return s.Waiting != "" && (s.Stage == sluss.StageRejected || s.Stage == sluss.StageUnknown)
}

// Action is something that a person may do now.
type Action struct {
	Kind   string     `json:"kind"`           // event, sign, correct, amend, decide
	Target string     `json:"target"`         // workflow id of the batch or filing
	What   string     `json:"what"`           // the event, the obligation, the decisions
	Role   sluss.Role `json:"role,omitempty"` // who may
	Hash   string     `json:"hash,omitempty"` // of what is to be signed
	// Blocked says what must happen first; empty: the action is allowed.
	Blocked []string `json:"blocked,omitempty"`
}

// Kinds of actions.
const (
	ActEvent   = "event"
	ActSign    = "sign"
	ActCorrect = "correct"
	ActAmend   = "amend"
	ActDecide  = "decide"
)

// Decisions returns the decisions that a person may make about a filing now.
func Decisions(stage sluss.FilingStage, waiting sluss.Role, report sluss.ReportKind) []sluss.DecisionKind {
	switch {
	case stage == sluss.StageUnknown && waiting != "":
		return []sluss.DecisionKind{sluss.DecidedTaken, sluss.DecidedNotTaken}
	case stage == sluss.StageDeferred && waiting != "": // it will be late: a person may file it by hand
		return []sluss.DecisionKind{sluss.DecidedTaken, sluss.DecidedWithdrawn}
	case stage == sluss.StageRejected && asks(report):
		return []sluss.DecisionKind{sluss.DecidedAgain, sluss.DecidedOverride, sluss.DecidedWithdrawn}
	case stage == sluss.StageRejected:
		return []sluss.DecisionKind{sluss.DecidedAgain, sluss.DecidedTaken, sluss.DecidedWithdrawn}
	}
	return nil
}

// asks tells whether the filing only asks a registry and files nothing.
func asks(report sluss.ReportKind) bool {
	return report == sluss.ReportClearance || report == sluss.ReportPreflight
}

// party is the name of the party that has the obligation.
func party(d sluss.Declaration, o sluss.Obligation) string {
	if obliged, _ := d.Obliged(o); obliged.Name != "" {
		return obliged.Name
	}
	return string(o.Role)
}

// person says who must act: the role, and for which party.
func person(d sluss.Declaration, o sluss.Obligation, waiting sluss.Role) string {
	if waiting == o.Role {
		return fmt.Sprintf("the %s, %s", waiting, party(d, o))
	}
	return "the " + string(waiting)
}
