package sluss

import "time"

// BatchSnapshot is where a batch stands: all that a fresh run of its workflow
// needs to go on.
type BatchSnapshot struct {
	Declaration Declaration `json:"declaration"` // as corrected
	Corrections int         `json:"corrections,omitempty"`
	Events      []Event     `json:"events"` // in the order in which they were taken
	// Filings are what has become of the obligations, in the order in which they
	// arose.
	Filings []ObligationSnapshot `json:"filings,omitempty"`
	// Versions are, by obligation, the receipts of filings that were amended, in
	// the version that counts; nil where the version is an annulment.
	Versions  map[string]*Receipt `json:"versions,omitempty"`
	Documents []Document          `json:"documents,omitempty"` // that others were the last to change
	Annulment *Decision           `json:"annulment,omitempty"` // of its BSDD; nil: none
	Closed    string              `json:"closed,omitempty"`    // how it ended; empty: it is open
}

// ObligationSnapshot is what has become of one obligation of a batch.
type ObligationSnapshot struct {
	// Obligation is as in the latest content of its filing.
	Obligation Obligation `json:"obligation"`
	Opened     bool       `json:"opened,omitempty"` // its filing was opened; where not, all below is zero
	End        *FilingEnd `json:"end,omitempty"`    // nil: the filing is open
	// Where an open filing stands.
	Stage   FilingStage `json:"stage,omitempty"`
	Waiting Role        `json:"waiting,omitempty"`
	Until   time.Time   `json:"until,omitzero"`
	Reasons []Reason    `json:"reasons,omitempty"`
	Detail  string      `json:"detail,omitempty"`
	Overdue bool        `json:"overdue,omitempty"` // it was marked as overdue
	Hash    string      `json:"hash,omitempty"`    // of its latest content
	// Outdated: the batch was corrected, and the obligation, or the content of its
	// filing, may be from before.
	Outdated bool `json:"outdated,omitempty"`
	// Asked is the declaration about which a question to a registry was put; nil of
	// what is no question. Grounds are what of it the answer rests on, where they
	// are known.
	Asked   *Declaration `json:"asked,omitempty"`
	Grounds string       `json:"grounds,omitempty"`
}

// FilingEnd is how a filing ended.
type FilingEnd struct {
	Stage     FilingStage `json:"stage"`               // accepted or withdrawn
	Receipt   *Receipt    `json:"receipt,omitempty"`   // of accepted; its own, whatever amended it since
	Clearance *Clearance  `json:"clearance,omitempty"` // of vehicles that were looked up
	Others    bool        `json:"others,omitempty"`    // others had done it at the registry
}

// FilingSnapshot is what the ledger knows of a filing whose workflow starts, or
// is looked for.
type FilingSnapshot struct {
	Opened bool       `json:"opened,omitempty"` // before; where not, all below is zero
	End    *FilingEnd `json:"end,omitempty"`    // nil: it is open
	// Receipts are those that its latest content names.
	Receipts map[string]Receipt `json:"receipts,omitempty"`
	// Signature is that which counts for the latest content; nil: none does.
	Signature *Signature `json:"signature,omitempty"`
	// Number is that of the next submission, or of the one that has no outcome yet.
	Number int `json:"number,omitempty"`
	// Rejected is the hash of the content with which submission Number was
	// rejected; empty: it was not.
	Rejected string `json:"rejected,omitempty"`
	Stages   int    `json:"stages,omitempty"`  // the highest number of a stage
	Overdue  bool   `json:"overdue,omitempty"` // it was marked as overdue
	// Events and Corrections are how many its batch has.
	Events      int `json:"events,omitempty"`
	Corrections int `json:"corrections,omitempty"`
}

// Revival is the fresh start of a workflow that was ended from outside while the
// ledger had it open.
type Revival struct {
	Workflow string    `json:"workflow"`          // its id
	Batch    string    `json:"batch,omitempty"`   // that it concerns; empty: several
	Run      string    `json:"run,omitempty"`     // the fresh one
	How      string    `json:"how"`               // "terminated", "canceled", "failed", "timed out", "completed"; "deleted" where Temporal has nothing of it
	Reason   string    `json:"reason,omitempty"`  // as Temporal has it; it may hold personal data
	EndedAt  time.Time `json:"ended_at,omitzero"` // zero: unknown
	At       time.Time `json:"at"`
}

// OpenBatch is a batch that the ledger has not closed.
type OpenBatch struct {
	Batch string
	Run   string // of its workflow, that knows all of the ledger; empty: unknown
}
