package avfallsregistret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Note is one entry of the registry's records: a note that was taken, by POST or PUT, whatever answer left.
type Note struct {
	AvfallID    string          `json:"avfallId"` // the waste id given in the answer
	ID          string          `json:"id"`       // the note's own id in the read model; never in an answer to POST or PUT
	Type        string          `json:"type"`     // as the contract names it, e.g. "Transportplanering"
	Path        string          `json:"path"`     // e.g. "transportplaneringar"
	Body        json.RawMessage `json:"body"`     // as received, without insignificant blanks
	Operator    string          `json:"operator"`
	Agent       string          `json:"agent,omitempty"`
	Reporter    string          `json:"reporter"` // the organisation number that the caller was known by
	Code        string          `json:"code"`     // six digits
	Kg          float64         `json:"kg"`
	Predecessor string          `json:"predecessor,omitempty"` // foregaendeAvfallId
	Referens    string          `json:"referens,omitempty"`
	SystemID    string          `json:"systemId,omitempty"`
	TrackingID  string          `json:"trackingId,omitempty"`
	Received    time.Time       `json:"received"`
	Replaces    string          `json:"replaces,omitempty"`   // waste id of the version that this one corrects
	ReplacedBy  string          `json:"replacedBy,omitempty"` // waste id of the version that corrects this one
	Annulled    *Annulment      `json:"annulled,omitempty"`
}

// Current says whether the note still stands: neither corrected by a newer version nor annulled.
func (n Note) Current() bool { return n.ReplacedBy == "" && n.Annulled == nil }

// Annulment is why, when and by whom a note was annulled.
type Annulment struct {
	Reason string    `json:"reason"` // FelAvfall, FelAnteckningstyp, FelVU or SkickatDubbelt
	By     string    `json:"by"`     // the reporter's organisation number
	At     time.Time `json:"at"`
}

// entry is one line of the file behind the records: exactly one of the two.
type entry struct {
	Note  *Note      `json:"note,omitempty"`
	Annul *annulment `json:"annul,omitempty"`
}

type annulment struct {
	AvfallID string `json:"avfallId"`
	Annulment
}

// noteLog are the notes in the order taken. With a file, an entry is in it, and synced, before it is in memory.
type noteLog struct {
	mu    sync.Mutex
	file  *os.File
	size  int64
	notes []*Note
	byID  map[string]*Note
}

// openLog reads the file at path, dropping a last line that a killed process left unfinished.
func openLog(path string) (*noteLog, error) {
	b := &noteLog{byID: map[string]*Note{}}
	if path == "" {
		return b, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the records: %w", err)
	}
	b.file = file
	if err := b.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("read the records %s: %w", path, err), file.Close())
	}
	return b, nil
}

func (b *noteLog) read() error {
	content, err := io.ReadAll(b.file)
	if err != nil {
		return err
	}
	number := 0
	for line := range bytes.Lines(content) {
		number++
		if line[len(line)-1] != '\n' {
			break
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if err := b.apply(e); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		b.size += int64(len(line))
	}
	if err := b.file.Truncate(b.size); err != nil {
		return err
	}
	_, err = b.file.Seek(b.size, io.SeekStart)
	return err
}

func (b *noteLog) apply(e entry) error {
	switch {
	case e.Note != nil:
		if old := b.byID[e.Note.Replaces]; old != nil {
			old.ReplacedBy = e.Note.AvfallID
		}
		b.notes = append(b.notes, e.Note)
		b.byID[e.Note.AvfallID] = e.Note
	case e.Annul != nil:
		note := b.byID[e.Annul.AvfallID]
		if note == nil {
			return fmt.Errorf("annuls %q, which is not in the records", e.Annul.AvfallID)
		}
		note.Annulled = &e.Annul.Annulment
	default:
		return errors.New("neither a note nor an annulment")
	}
	return nil
}

// enter makes the entry durable and then effective. The caller holds the lock.
func (b *noteLog) enter(e entry) error {
	if b.file != nil {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write the records: %w", err)
		}
		line = append(line, '\n')
		if err := b.write(line); err != nil {
			return fmt.Errorf("write the records: %w", errors.Join(err, b.back()))
		}
		b.size += int64(len(line))
	}
	return b.apply(e)
}

func (b *noteLog) write(line []byte) error {
	if _, err := b.file.Write(line); err != nil {
		return err
	}
	return b.file.Sync()
}

// back takes a line that was written in part off the file again.
func (b *noteLog) back() error {
	if err := b.file.Truncate(b.size); err != nil {
		return err
	}
	_, err := b.file.Seek(b.size, io.SeekStart)
	return err
}

func (b *noteLog) list() []Note {
	b.mu.Lock()
	defer b.mu.Unlock()
	notes := make([]Note, len(b.notes))
	for i, note := range b.notes {
		notes[i] = note.clone()
	}
	return notes
}

func (n *Note) clone() Note {
	note := *n
	note.Body = slices.Clone(n.Body)
	if n.Annulled != nil {
		annulled := *n.Annulled
		note.Annulled = &annulled
	}
	return note
}

func (b *noteLog) close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}
