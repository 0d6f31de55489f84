package sluss

import "time"

// BatchSnapshot is the state of a batch: all that a new run of its workflow needs
// to go on.
type BatchSnapshot struct {
	Declaration Declaration `json:"declaration"` // as corrected
	Corrections int         `json:"corrections,omitempty"`
	Events      []Event     `json:"events"`         // as corrected, in the order of the batch's life
	Kept        []KeptEvent `json:"kept,omitempty"` // reported, and not taken yet
	// Filings are the states of the obligations, in the order in which they arose.
	Filings []ObligationSnapshot `json:"filings,omitempty"`
	// Versions are the current receipts of filings that were amended, by obligation;
	// nil if the filing is annulled.
	Versions  map[ObligationID]*Receipt `json:"versions,omitempty"`
	Documents []Document                `json:"documents,omitempty"` // last changed by others
	Annulment *Decision                 `json:"annulment,omitempty"` // of its BSDD; nil: it is not annulled
	Closed    string                    `json:"closed,omitempty"`    // how it ended; empty: it is open
	// Acts counts the events, corrections and decisions that are recorded.
	Acts  int          `json:"acts,omitempty"`
	Loads map[int]Mass `json:"loads,omitempty"` // by leg, what the batch was told that goes on its vehicles
}

// ObligationSnapshot is the state of one obligation of a batch.
type ObligationSnapshot struct {
	// Obligation is the one in the latest content of its filing.
	Obligation Obligation `json:"obligation"`
	Opened     bool       `json:"opened,omitempty"` // its filing was opened; if not, all fields below are zero
	End        *FilingEnd `json:"end,omitempty"`    // nil: the filing is open
	// The state of an open filing.
	Stage   FilingStage `json:"stage,omitempty"`
	Waiting Role        `json:"waiting,omitempty"`
	Until   time.Time   `json:"until,omitzero"`
	Reasons []Reason    `json:"reasons,omitempty"`
	Detail  string      `json:"detail,omitempty"`
	Overdue bool        `json:"overdue,omitempty"` // the filing was marked as overdue
	Hash    string      `json:"hash,omitempty"`    // of the filing's latest content
	// Outdated: the batch was corrected, and the obligation or the content of its
	// filing may be older than the correction.
	Outdated bool `json:"outdated,omitempty"`
	// Asked is the declaration that a question to a registry was about; nil if the
	// filing is not a question. Grounds identifies the part of it that the answer
	// depends on; empty: unknown.
	Asked   *Declaration `json:"asked,omitempty"`
	Grounds string       `json:"grounds,omitempty"`
	// Told is how many receipts are recorded of an obligation of theirs; the last is in End.
	Told int `json:"told,omitempty"`
}

// FilingEnd is how a filing ended.
type FilingEnd struct {
	Stage     FilingStage `json:"stage"`               // accepted or withdrawn
	Receipt   *Receipt    `json:"receipt,omitempty"`   // if accepted: its own, also if it was amended since
	Clearance *Clearance  `json:"clearance,omitempty"` // the verdict on vehicles
	Others    bool        `json:"others,omitempty"`    // others had done at the registry what was to be filed
}

// FilingSnapshot is what the ledger knows about a filing.
type FilingSnapshot struct {
	Opened bool       `json:"opened,omitempty"` // it was opened before; if not, all fields below are zero
	End    *FilingEnd `json:"end,omitempty"`    // nil: it is open
	// Receipts are the ones that its latest content names.
	Receipts map[string]Receipt `json:"receipts,omitempty"`
	// Signature is the valid one on the latest content; nil: there is none.
	Signature *Signature `json:"signature,omitempty"`
	// Number is the number of the next submission, or of the one without an outcome.
	Number int `json:"number,omitempty"`
	// Rejected is the hash of the content of submission Number if that was rejected;
	// empty: it was not.
	Rejected string `json:"rejected,omitempty"`
	Stages   int    `json:"stages,omitempty"`  // the highest number of its stages
	Overdue  bool   `json:"overdue,omitempty"` // the filing was marked as overdue
	Held     *Held  `json:"held,omitempty"`    // the last hold, if it was not released
	// Events and Corrections are the numbers of events and corrections of its batch.
	Events      int `json:"events,omitempty"`
	Corrections int `json:"corrections,omitempty"`
}

// Revival is the restart of a workflow that was ended from outside although the
// ledger had what it does as open.
type Revival struct {
	Workflow string    `json:"workflow"`          // its id
	Batch    BatchID   `json:"batch,omitempty"`   // that the workflow is about; empty: several
	Run      string    `json:"run,omitempty"`     // the new run
	How      string    `json:"how"`               // "terminated", "canceled", "failed", "timed out", "completed"; "deleted" if Temporal does not know it
	Reason   string    `json:"reason,omitempty"`  // as Temporal reports it; it may contain personal data
	EndedAt  time.Time `json:"ended_at,omitzero"` // zero: unknown
	At       time.Time `json:"at"`
}

// OpenBatch is a batch that the ledger has not closed.
type OpenBatch struct {
	Batch BatchID
	Run   string // the run of its workflow that knows all of the ledger; empty: unknown
	Acts  int    // events, corrections and decisions that are recorded
}
