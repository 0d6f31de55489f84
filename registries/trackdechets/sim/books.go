package sim

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

// books hold the forms in order of creation, and on disk as an append-only file of JSON lines.
type books struct {
	file  *os.File // nil: memory only
	end   int64    // where the file's last whole line ends
	forms map[string]*Form
	order []string
}

// line is one entry of the file: exactly one field is set. The Log of a form holds the newest entry only.
type line struct {
	Company *Company `json:"company,omitempty"`
	User    *User    `json:"user,omitempty"`
	Form    *Form    `json:"form,omitempty"`
}

func openBooks(path string, companies map[string]Company, users map[string]User) (*books, error) {
	b := &books{forms: map[string]*Form{}}
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
		switch {
		case l.Company != nil:
			companies[l.Company.id()] = *l.Company
		case l.User != nil:
			users[l.User.Token] = *l.User
		case l.Form != nil:
			form := *l.Form
			if old, ok := b.forms[form.ID]; ok {
				form.Log = append(old.Log, form.Log...)
			}
			b.keep(&form)
		}
		end += int64(len(raw))
	}
}

func (b *books) keep(f *Form) {
	if _, known := b.forms[f.ID]; !known {
		b.order = append(b.order, f.ID)
	}
	b.forms[f.ID] = f
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

// commit makes a mutation's effect durable and then visible.
func (b *books) commit(f *Form, entry Entry) error {
	written := *f
	written.Log = []Entry{entry}
	if err := b.append(line{Form: &written}); err != nil {
		return err
	}
	f.Log = append(f.Log, entry)
	b.keep(f)
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
