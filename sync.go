package sluss

import (
	"encoding/json"
	"fmt"
	"time"
)

// Document is one of a registry's documents as it was last seen there, whoever
// changed it.
type Document struct {
	Registry  string          `json:"registry"`
	ID        string          `json:"id"`                  // opaque
	Number    string          `json:"number"`              // as people read it
	CustomID  string          `json:"custom_id,omitempty"` // what its maker calls it
	Status    string          `json:"status"`              // in the registry's words
	Verdict   string          `json:"verdict,omitempty"`   // of the receiver, in the registry's words
	UpdatedAt time.Time       `json:"updated_at"`          // by the registry's clock
	SeenAt    time.Time       `json:"seen_at"`             // by ours
	Raw       json.RawMessage `json:"raw,omitempty"`       // as far as it was read
}

// DocumentDeleted is the status of a document that is at its registry no more.
const DocumentDeleted = "DELETED"

// SyncPlace is how far a sync over what has changed at a registry has come. Where
// After is empty it has not begun.
type SyncPlace struct {
	Since  time.Time `json:"since,omitzero"`  // from where it asks
	Before time.Time `json:"before,omitzero"` // the registry's time before the first page was made up
	After  string    `json:"after,omitempty"` // the last document of the page before
}

// SyncPage is one page of a sync.
type SyncPage struct {
	Documents []Document
	Next      *SyncPlace // where the next page begins; nil after the last
	Until     time.Time  // of the last page: from where the next sync asks, once all of this one is kept
}

// Hook is where a registry tells of changes by itself, as of one company of ours.
type Hook struct {
	Endpoint string    `json:"endpoint"`
	State    HookState `json:"state"`
	Detail   string    `json:"detail,omitempty"` // what to do, where somebody must
	At       time.Time `json:"at"`               // when it was looked at
}

// HookState is how a hook was found.
type HookState string

// The states of hooks.
const (
	HookActive    HookState = "active"
	HookMade      HookState = "made"            // it was not there
	HookOnAgain   HookState = "activated again" // it was switched off, as it is after failed deliveries
	HookElsewhere HookState = "elsewhere"       // the company's tells somebody else
	HookRefused   HookState = "refused"         // the registry does not let us have one
)

// Works tells whether the registry will tell us.
func (s HookState) Works() bool { return s == HookActive || s == HookMade || s == HookOnAgain }

// SyncState is how far the documents of a company of ours are followed at a
// registry.
type SyncState struct {
	Registry string    `json:"registry"`
	Company  string    `json:"company"`
	Since    time.Time `json:"since,omitzero"`     // up to when, by the registry's clock, all that changed is kept
	SyncedAt time.Time `json:"synced_at,omitzero"` // when the last sync ended
	Error    string    `json:"error,omitempty"`    // why none came to its end since
	Hook     *Hook     `json:"hook,omitempty"`     // nil: none is configured, or nobody has looked
}

// Warnings are what an operator should know of it, a sentence each.
func (f SyncState) Warnings() (warnings []string) {
	about := f.Registry + ", following " + f.Company + ": "
	if f.Error != "" {
		warnings = append(warnings, about+f.Error)
	}
	if f.Hook != nil && !f.Hook.State.Works() {
		warnings = append(warnings, fmt.Sprintf("%sthe webhook is %s: %s (changes are found by asking, later)", about, f.Hook.State, f.Hook.Detail))
	}
	return warnings
}

// ChangedDocument is a document of a batch that others have changed.
type ChangedDocument struct {
	Batch    string   `json:"batch"`
	Document Document `json:"document"`
}

// Print is a document as its registry prints it, kept with its batch.
type Print struct {
	Batch     string    `json:"batch"`
	Registry  string    `json:"registry"`
	Document  string    `json:"document"`   // opaque id
	Number    string    `json:"number"`     // as people read it
	Status    string    `json:"status"`     // that it had, in the registry's words
	Final     bool      `json:"final"`      // nothing more was to come: it is kept once, and anew after a revision
	UpdatedAt time.Time `json:"updated_at"` // the document, by the registry's clock
	FetchedAt time.Time `json:"fetched_at"`
	SHA256    string    `json:"sha256"` // of the content, 64 hex digits
	Content   []byte    `json:"-"`      // PDF
}
