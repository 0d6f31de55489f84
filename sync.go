package sluss

import (
	"encoding/json"
	"fmt"
	"time"
)

// Document is a registry's document as it was last seen there, whoever changed it.
type Document struct {
	Registry  string          `json:"registry"`
	ID        string          `json:"id"`                  // opaque
	Number    string          `json:"number"`              // as people read it
	CustomID  string          `json:"custom_id,omitempty"` // the id that its author gave it
	Status    string          `json:"status"`              // in the registry's words
	Verdict   string          `json:"verdict,omitempty"`   // of the receiver, in the registry's words
	UpdatedAt time.Time       `json:"updated_at"`          // by the registry's clock
	SeenAt    time.Time       `json:"seen_at"`             // by ours
	Raw       json.RawMessage `json:"raw,omitempty"`       // the fields that were read
}

// DocumentDeleted is the status of a document that its registry no longer has.
const DocumentDeleted = "DELETED"

// SyncPlace is where a sync of the changes at a registry goes on. If After is empty,
// the sync has not begun.
type SyncPlace struct {
	Since  time.Time `json:"since,omitzero"`  // changes from this moment on are read
	Before time.Time `json:"before,omitzero"` // the registry's time before the first page was read
	After  string    `json:"after,omitempty"` // the last document of the previous page
}

// SyncPage is one page of a sync.
type SyncPage struct {
	Documents []Document
	Next      *SyncPlace // where the next page begins; nil on the last page
	Until     time.Time  // on the last page: the Since of the next sync, once all of this one is stored
}

// Hook is the webhook through which a registry announces changes of one of our
// companies' documents.
type Hook struct {
	Endpoint string    `json:"endpoint"`
	State    HookState `json:"state"`
	Detail   string    `json:"detail,omitempty"` // what an operator must do, if anything
	At       time.Time `json:"at"`               // when it was checked
}

// HookState is the result of checking a webhook.
type HookState string

// The states of webhooks.
const (
	HookActive    HookState = "active"
	HookMade      HookState = "made"            // it did not exist
	HookOnAgain   HookState = "activated again" // the registry had switched it off, as it does after failed deliveries
	HookElsewhere HookState = "elsewhere"       // the company has a webhook to another address
	HookRefused   HookState = "refused"         // the registry refused to create one
)

// Works tells whether the registry will announce changes.
func (s HookState) Works() bool { return s == HookActive || s == HookMade || s == HookOnAgain }

// SyncState is how far the documents of one of our companies are synced with a
// registry.
type SyncState struct {
	Registry string    `json:"registry"`
	Company  string    `json:"company"`
	Since    time.Time `json:"since,omitzero"`     // by the registry's clock; all changes before it are stored
	SyncedAt time.Time `json:"synced_at,omitzero"` // when the last sync ended
	Error    string    `json:"error,omitempty"`    // why no sync has succeeded since
	Hook     *Hook     `json:"hook,omitempty"`     // nil: none is configured, or it was not checked yet
}

// Warnings are what an operator should know about it, one sentence each.
func (f SyncState) Warnings() (warnings []string) {
	about := f.Registry + ", sync of " + f.Company + ": "
	if f.Error != "" {
		warnings = append(warnings, about+f.Error)
	}
	if f.Hook != nil && !f.Hook.State.Works() {
		warnings = append(warnings, fmt.Sprintf("%sthe webhook is %s: %s (changes are still found by the regular sync, but later)", about, f.Hook.State, f.Hook.Detail))
	}
	return warnings
}

// ChangedDocument is a document of a batch that others have changed.
type ChangedDocument struct {
	Batch    BatchID  `json:"batch"`
	Document Document `json:"document"`
}

// Print is a document as its registry prints it, stored with its batch.
type Print struct {
	Batch     BatchID   `json:"batch"`
	Registry  string    `json:"registry"`
	Document  string    `json:"document"`   // opaque id
	Number    string    `json:"number"`     // as people read it
	Status    string    `json:"status"`     // when it was printed, in the registry's words
	Final     bool      `json:"final"`      // the document has ended: it is printed once, and again after a revision
	UpdatedAt time.Time `json:"updated_at"` // of the document, by the registry's clock
	FetchedAt time.Time `json:"fetched_at"`
	SHA256    string    `json:"sha256"` // of the content, 64 hex digits
	Content   []byte    `json:"-"`      // PDF
}
