package trackdechets

import (
	"slices"
	"time"
)

// The kinds of record.
const (
	transporterRecord = "transporter" // of a BSDD, before it stands on one
	revisionRecord    = "revision"    // of a BSDD
	receiptRecord     = "receipt"     // of a transporter
	webhookRecord     = "webhook"
	sheetRecord       = "sheet" // of an intervention on cooling equipment, for a BSFF
)

// Record is anything in the books but a BSDD: a document of another kind, a revision, a webhook.
type Record struct {
	Kind      string    `json:"kind"`
	ID        string    `json:"id"`
	Status    string    `json:"status,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Deleted   bool      `json:"deleted,omitempty"`
	// Owners are the companies of a document's author; a draft is visible to them only.
	Owners []string `json:"owners,omitempty"`
	// Data is everything else, in the words of the schema.
	Data map[string]any `json:"data"`
	// Log is every mutation that took effect, oldest first.
	Log []Entry `json:"log,omitempty"`
}

func (r *Record) clone() *Record {
	copied := *r
	copied.Owners = slices.Clone(r.Owners)
	copied.Data, _ = clone(r.Data).(map[string]any)
	copied.Log = slices.Clone(r.Log)
	return &copied
}

// wire is the record as its type of the schema.
func (r *Record) wire() map[string]any {
	data, _ := clone(r.Data).(map[string]any)
	data["id"], data["status"] = r.ID, r.Status
	data["createdAt"], data["updatedAt"] = formatTime(r.CreatedAt), formatTime(r.UpdatedAt)
	return data
}

// record makes a new record of a kind.
func (b *Backend) record(kind, id string, data map[string]any) *Record {
	now := b.now()
	return &Record{Kind: kind, ID: id, CreatedAt: now, UpdatedAt: now, Data: data}
}

// find looks a record up, as a copy to change; deleted ones are not found.
func (b *books) record(kind, id string) (*Record, bool) {
	found, ok := b.records[id]
	if !ok || found.Kind != kind || found.Deleted {
		return nil, false
	}
	return found.clone(), true
}

// newestRecords are those of a kind that were not deleted.
func (b *books) newestRecords(kind string) []*Record {
	var found []*Record
	for _, id := range slices.Backward(b.kept) {
		if r := b.records[id]; r.Kind == kind && !r.Deleted {
			found = append(found, r)
		}
	}
	return found
}

// Records returns a copy of everything in the books that is no BSDD, oldest first, deleted ones included.
func (b *Backend) Records() []Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	records := make([]Record, 0, len(b.books.kept))
	for _, id := range b.books.kept {
		records = append(records, *b.books.records[id].clone())
	}
	return records
}
