package records

import (
	"crypto/rand"
	"math/big"
	"slices"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// Status is a document's place in its life, as the status types of the schema.
type Status string

// Document is one entry of the records: a document of any kind, and everything else that lasts (a revision, a webhook, an
// export ...), which has no ReadableID.
type Document struct {
	Kind       string    `json:"kind"`       // of documents the name of their type in the schema: "Form", "Bsda"
	ID         string    `json:"id"`         // what mutations take
	ReadableID string    `json:"readableId"` // for people; of all kinds but the BSDD it is the ID
	CustomID   string    `json:"customId"`   // the caller's own reference to a BSDD; not unique
	Status     Status    `json:"status"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
	Deleted    bool      `json:"deleted"`
	// Owners are the companies of the document's author on it; a draft is visible to them only.
	Owners []string `json:"owners,omitempty"`
	// Signed are the acts that were done to the document, each once, in the order of their first time.
	Signed []string `json:"signed,omitempty"`
	// Data is everything else, in the words of the schema; date-times as the wire writes them.
	Data map[string]any `json:"data"`
	// Log is every mutation that took effect, oldest first.
	Log []Entry `json:"log,omitempty"`
}

// Entry is one mutation that took effect.
type Entry struct {
	Name    string         `json:"name"`    // the mutation, e.g. "markAsSealed"
	At      time.Time      `json:"at"`      // by the registry's clock
	User    string         `json:"user"`    // e-mail address; empty when the registry acted by itself
	Company string         `json:"company"` // SIRET (or VAT number) acted for
	Status  Status         `json:"status"`  // after the mutation
	Input   map[string]any `json:"input,omitempty"`
	// Updated is what the mutation changed in the data, with the new values.
	Updated map[string]any `json:"updated,omitempty"`
}

// Clone is a copy that may be changed.
func (d *Document) Clone() *Document {
	copied := *d
	copied.Owners = slices.Clone(d.Owners)
	copied.Signed = slices.Clone(d.Signed)
	copied.Data = tree.Clone(d.Data)
	copied.Log = make([]Entry, len(d.Log))
	for i, entry := range d.Log {
		entry.Input, entry.Updated = tree.Clone(entry.Input), tree.Clone(entry.Updated)
		copied.Log[i] = entry
	}
	return &copied
}

// Wire is a copy of the data with what the schema has beside it on every type.
func (d *Document) Wire() map[string]any {
	data := tree.Clone(d.Data)
	data["id"], data["status"] = d.ID, string(d.Status)
	data["createdAt"], data["updatedAt"] = tree.FormatTime(d.CreatedAt), tree.FormatTime(d.UpdatedAt)
	return data
}

// Text is the text at a path. Number, Truth, List, Object and Objects read other values.
func (d *Document) Text(path string) string { return tree.Text(d.Data, path) }

// Number is the number at a path of the data.
func (d *Document) Number(path string) (float64, bool) { return tree.Number(d.Data, path) }

// Truth says whether true stands at a path of the data.
func (d *Document) Truth(path string) bool { return tree.Truth(d.Data, path) }

// List is the list at a path of the data.
func (d *Document) List(path string) []any { return tree.List(d.Data, path) }

// Object is the object at a path of the data, not a copy.
func (d *Document) Object(path string) map[string]any { return tree.Object(d.Data, path) }

// Objects are the objects of the list at a path of the data.
func (d *Document) Objects(path string) []map[string]any { return tree.Objects(d.Data, path) }

// Company is the number of the company at a path of the data.
func (d *Document) Company(path string) string { return companies.IDOf(d.Data, path) }

// RandomText is made of letters of an alphabet.
func RandomText(alphabet string, length int) string {
	letters := make([]byte, length)
	for i := range letters {
		// crypto/rand never fails on the platforms Go supports.
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		letters[i] = alphabet[n.Int64()]
	}
	return string(letters)
}

// NewID is an opaque id.
func NewID() string { return "c" + RandomText("0123456789abcdefghijklmnopqrstuvwxyz", 24) }

// NewReadableID is an id for people; the prefix tells the kind of document.
func NewReadableID(prefix string, now time.Time) string {
	return prefix + "-" + now.Format("20060102") + "-" + RandomText("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 9)
}
