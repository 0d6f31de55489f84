package trackdechets

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// books hold the documents in order of creation, and on disk as an append-only file of JSON lines.
type books struct {
	file    *os.File // nil: memory only
	end     int64    // where the file's last whole line ends
	forms   map[string]*Form
	order   []string
	records map[string]*Record
	kept    []string // ids of the records, oldest first

	groups   map[string]map[string]bool // forms that group a form, by its id
	carriers map[string]string          // the form that a transporter stands on, by the transporter's id
}

// line is one entry of the file. What changed together is one line: a crash leaves all of it or nothing. The Log of a
// form holds the newest entry only.
type line struct {
	Company *Company  `json:"company,omitempty"`
	User    *User     `json:"user,omitempty"`
	Form    *Form     `json:"form,omitempty"` // the only form that changed
	Forms   []*Form   `json:"forms,omitempty"`
	Records []*Record `json:"records,omitempty"`
}

func openBooks(path string, companies map[string]Company, users map[string]User) (*books, error) {
	b := &books{forms: map[string]*Form{}, records: map[string]*Record{}, groups: map[string]map[string]bool{}, carriers: map[string]string{}}
	if path == "" {
		return b, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the books: %w", err)
	}
	end, err := b.read(file, companies, users)
	if err == nil {
		// What a crash left of a last line was never answered for.
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the books %s: %w", path, err), file.Close())
	}
	b.file, b.end = file, end
	return b, nil
}

// read takes up every whole line and returns where they end.
func (b *books) read(file io.Reader, companies map[string]Company, users map[string]User) (int64, error) {
	reader := bufio.NewReader(file)
	var end int64
	for n := 1; ; n++ {
		raw, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		var l line
		if err := json.Unmarshal(bytes.TrimSpace(raw), &l); err != nil {
			return end, fmt.Errorf("line %d: %w", n, err)
		}
		if l.Company != nil {
			companies[l.Company.id()] = *l.Company
		}
		if l.User != nil {
			users[l.User.Token] = *l.User
		}
		if l.Form != nil {
			l.Forms = append(l.Forms, l.Form)
		}
		for _, form := range l.Forms {
			if old, ok := b.forms[form.ID]; ok {
				form.Log = append(old.Log, form.Log...)
			}
			b.keep(form)
		}
		for _, record := range l.Records {
			b.keepRecord(record)
		}
		end += int64(len(raw))
	}
}

// keep takes a form up in memory, with what points to it.
func (b *books) keep(f *Form) {
	if old, known := b.forms[f.ID]; !known {
		b.order = append(b.order, f.ID)
	} else {
		for _, part := range old.fractions() {
			delete(b.groups[part.id], f.ID)
		}
		for _, transporter := range old.transporters() {
			delete(b.carriers, text(transporter, "id"))
		}
	}
	b.forms[f.ID] = f
	for _, part := range f.fractions() {
		if b.groups[part.id] == nil {
			b.groups[part.id] = map[string]bool{}
		}
		b.groups[part.id][f.ID] = true
	}
	for _, transporter := range f.transporters() {
		b.carriers[text(transporter, "id")] = f.ID
	}
}

func (b *books) keepRecord(r *Record) {
	if _, known := b.records[r.ID]; !known {
		b.kept = append(b.kept, r.ID)
	}
	b.records[r.ID] = r
}

// append writes a line and waits until it is on disk.
func (b *books) append(l line) error {
	if b.file == nil {
		return nil
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write the books: %w", err)
	}
	raw = append(raw, '\n')
	_, err = b.file.Write(raw)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		_, seek := b.file.Seek(b.end, io.SeekStart)
		return fmt.Errorf("write the books: %w", errors.Join(err, b.file.Truncate(b.end), seek))
	}
	b.end += int64(len(raw))
	return nil
}

// commit makes an effect durable and then visible. The newest entry of each form's Log tells of it.
func (b *books) commit(forms []*Form, records []*Record) error {
	written := line{Records: records}
	for _, f := range forms {
		copied := *f
		copied.Log = f.Log[len(f.Log)-1:]
		written.Forms = append(written.Forms, &copied)
	}
	if err := b.append(written); err != nil {
		return err
	}
	for _, f := range forms {
		b.keep(f)
	}
	for _, r := range records {
		b.keepRecord(r)
	}
	return nil
}

func (b *books) close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// newestFirst are the forms that were not deleted.
func (b *books) newestFirst() []*Form {
	var forms []*Form
	for _, id := range slices.Backward(b.order) {
		if !b.forms[id].Deleted {
			forms = append(forms, b.forms[id])
		}
	}
	return forms
}

// find looks a form up by either id; deleted forms are not found.
func (b *books) find(id, readableID string) (*Form, error) {
	form, ok := b.forms[id]
	if id == "" {
		for _, candidate := range b.forms {
			if candidate.ReadableID == readableID {
				form, ok = candidate, true
			}
		}
	}
	if !ok || form.Deleted {
		return nil, badInput(fmt.Sprintf("Le bordereau avec l'identifiant \"%s\" n'existe pas.", id+readableID))
	}
	return form, nil
}

// Books returns a copy of every BSDD ever created, oldest first, deleted ones included.
func (b *Backend) Books() []Form {
	b.mu.Lock()
	defer b.mu.Unlock()
	forms := make([]Form, 0, len(b.books.order))
	for _, id := range b.books.order {
		forms = append(forms, *b.books.forms[id].clone())
	}
	return forms
}
