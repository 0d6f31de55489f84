package records

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"

	"sluss/simulators/trackdechets/companies"
)

// line is one entry of the file, an append-only file of JSON lines. What changed together is one line: a crash leaves all
// of it or nothing. The log of a document holds the newest entry only.
type line struct {
	Company   *companies.Company `json:"company,omitempty"`
	User      *companies.User    `json:"user,omitempty"`
	Documents []*Document        `json:"documents,omitempty"`
}

func (b *Store) open(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the records: %w", err)
	}
	end, err := b.read(file)
	if err == nil {
		// What a crash left of a last line was never answered for.
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("read the records %s: %w", path, err), file.Close())
	}
	b.file, b.end = file, end
	return nil
}

// read takes up every whole line and returns where they end.
func (b *Store) read(file io.Reader) (int64, error) {
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
			b.Companies[l.Company.ID()] = *l.Company
		}
		if l.User != nil {
			b.Users[l.User.Token] = *l.User
		}
		for _, d := range l.Documents {
			if old, ok := b.documents[d.ID]; ok {
				d.Log = append(old.Log, d.Log...)
			}
			b.keep(d)
		}
		end += int64(len(raw))
	}
}

func (b *Store) keep(d *Document) {
	if _, known := b.documents[d.ID]; !known {
		b.order = append(b.order, d.ID)
	}
	b.documents[d.ID] = d
}

// append writes a line and waits until it is on disk.
func (b *Store) append(l line) error {
	if b.file == nil {
		return nil
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write the records: %w", err)
	}
	raw = append(raw, '\n')
	_, err = b.file.Write(raw)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		_, seek := b.file.Seek(b.end, io.SeekStart)
		return fmt.Errorf("write the records: %w", errors.Join(err, b.file.Truncate(b.end), seek))
	}
	b.end += int64(len(raw))
	return nil
}

// Close closes the file; there are no changes afterwards.
func (b *Store) Close() error {
	b.Lock()
	defer b.Unlock()
	b.closed = true
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// AddCompany registers a company or replaces its profile.
func (b *Store) AddCompany(c companies.Company) error {
	if c.ID() == "" {
		return fmt.Errorf("company %q: siret or vatNumber is required", c.Name)
	}
	b.Lock()
	defer b.Unlock()
	return b.PutCompany(c)
}

// PutCompany is AddCompany for who has locked the records.
func (b *Store) PutCompany(c companies.Company) error {
	if old, ok := b.Companies[c.ID()]; ok && reflect.DeepEqual(old, c) {
		return nil
	}
	if err := b.append(line{Company: &c}); err != nil {
		return err
	}
	b.Companies[c.ID()] = c
	return nil
}

// AddUser makes a user or replaces the one with the same token.
func (b *Store) AddUser(u companies.User) error {
	if u.Token == "" || u.Email == "" {
		return fmt.Errorf("user %q: token and email are required", u.Name)
	}
	for company, role := range u.Roles {
		if !slices.Contains(companies.Roles, role) {
			return fmt.Errorf("user %q: role %q in %s is unknown: use READER, DRIVER, MEMBER or ADMIN", u.Name, role, company)
		}
	}
	b.Lock()
	defer b.Unlock()
	if old, ok := b.Users[u.Token]; ok && reflect.DeepEqual(old, u) {
		return nil
	}
	if err := b.append(line{User: &u}); err != nil {
		return err
	}
	b.Users[u.Token] = u
	return nil
}
