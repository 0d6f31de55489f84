// Package records keeps what lasts: companies, users, and documents with their history, in memory and in a file.
package records

import (
	"os"
	"slices"
	"sync"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// Store hold companies, users and documents. Whoever reads or changes them holds the lock.
type Store struct {
	sync.Mutex
	Companies map[string]companies.Company // by SIRET or VAT number
	Users     map[string]companies.User    // by token
	// Effects counts the mutations of users that took effect, by name.
	Effects map[string]int

	clock     func() time.Time
	documents map[string]*Document
	order     []string // ids, oldest first
	changed   []func([]Change)
	file      *os.File // nil: memory only
	end       int64    // where the file's last whole line ends
	closed    bool
}

// Change is what became of a document. Before is nil for a new one.
type Change struct{ Before, After *Document }

// Author is who makes a change: a call of a user, or a job of the registry.
type Author interface {
	// Author is the name of the mutation and the user's e-mail address; a job has a name only.
	Author() (name, user string)
}

// Job is the registry acting by itself.
type Job string

// Author is the job's name.
func (j Job) Author() (name, user string) { return string(j), "" }

// Open takes up the records in a file, also after a crash; without a path they are in memory only. The error names the
// line of the file that cannot be read.
func Open(path string, now func() time.Time) (*Store, error) {
	b := &Store{
		Companies: map[string]companies.Company{}, Users: map[string]companies.User{}, Effects: map[string]int{},
		clock: now, documents: map[string]*Document{},
	}
	if path == "" {
		return b, nil
	}
	return b, b.open(path)
}

// Now is the registry's clock in the resolution of the wire.
func (b *Store) Now() time.Time { return b.clock().UTC().Truncate(time.Millisecond) }

// OnChange adds who is told of every change, after it stands, with the lock held.
func (b *Store) OnChange(tell func([]Change)) { b.changed = append(b.changed, tell) }

// Closed says that the records take no more changes.
func (b *Store) Closed() bool { return b.closed }

// New makes a document that is not in the records yet.
func (b *Store) New(kind, id string, data map[string]any) *Document {
	now := b.Now()
	return &Document{Kind: kind, ID: id, CreatedAt: now, UpdatedAt: now, Data: data}
}

// Commit makes changed documents durable and visible, in one piece, writes who did it into their logs, and tells the
// others. The company is the one acted for; the input is kept in the log of the first document.
func (b *Store) Commit(by Author, company string, input map[string]any, changed ...*Document) error {
	name, user := by.Author()
	now := b.Now()
	changes := make([]Change, len(changed))
	for i, d := range changed {
		changes[i] = Change{b.documents[d.ID], d}
		var before map[string]any
		if old := changes[i].Before; old != nil {
			before = old.Data
		}
		d.UpdatedAt = now
		d.Log = append(d.Log, Entry{
			Name: name, At: now, User: user, Company: company, Status: d.Status, Input: tree.Clone(input), Updated: updated(before, d.Data),
		})
	}
	if err := b.append(line{Documents: newestEntries(changed)}); err != nil {
		return err
	}
	for _, d := range changed {
		b.keep(d)
	}
	if user != "" {
		b.Effects[name]++
	}
	for _, tell := range b.changed {
		tell(changes)
	}
	return nil
}

// Keep is Commit for one entry that is no document; it answers the entry as the schema has it.
func (b *Store) Keep(by Author, entry *Document, input map[string]any) (any, error) {
	if err := b.Commit(by, "", input, entry); err != nil {
		return nil, err
	}
	return entry.Wire(), nil
}

// updated are the changes of a document; of its transporters the first that changed, under "transporter".
func updated(before, after map[string]any) map[string]any {
	changes := tree.Changes(before, after)
	if _, changed := changes["transporters"]; changed {
		delete(changes, "transporters")
		old := tree.Objects(before, "transporters")
		for i, transporter := range tree.Objects(after, "transporters") {
			var was map[string]any
			if i < len(old) {
				was = old[i]
			}
			if !tree.Same(was, transporter) {
				changes["transporter"] = tree.Changes(was, transporter)
				break
			}
		}
	}
	return changes
}

// newestEntries are copies with the newest entry of the log only: the file has the others already.
func newestEntries(changed []*Document) []*Document {
	lines := make([]*Document, len(changed))
	for i, d := range changed {
		copied := *d
		copied.Log = d.Log[len(d.Log)-1:]
		lines[i] = &copied
	}
	return lines
}

// CompanyOf finds a company by its opaque id or, for convenience, by its SIRET or VAT number.
func (b *Store) CompanyOf(id string) (companies.Company, bool) {
	for _, company := range b.Companies {
		if id != "" && (company.OpaqueID() == id || company.ID() == id) {
			return company, true
		}
	}
	return companies.Company{}, false
}

// Find looks a document of a kind up by its id, as a copy; deleted ones are not found.
func (b *Store) Find(kind, id string) (*Document, bool) {
	found, ok := b.documents[id]
	if !ok || found.Kind != kind || found.Deleted {
		return nil, false
	}
	return found.Clone(), true
}

// Look is Find without the copy: what it returns must not be changed.
func (b *Store) Look(id string) (*Document, bool) {
	found, ok := b.documents[id]
	return found, ok && !found.Deleted
}

// Newest are the documents of a kind that were not deleted, newest first. They must not be changed.
func (b *Store) Newest(kind string) []*Document {
	var found []*Document
	for _, id := range slices.Backward(b.order) {
		if d := b.documents[id]; d.Kind == kind && !d.Deleted {
			found = append(found, d)
		}
	}
	return found
}

// All returns a copy of everything, oldest first, deleted ones included.
func (b *Store) All() []Document {
	b.Lock()
	defer b.Unlock()
	all := make([]Document, 0, len(b.order))
	for _, id := range b.order {
		all = append(all, *b.documents[id].Clone())
	}
	return all
}
