package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// Note is what a registry took of one obligation, through all its versions.
type Note struct {
	Filing     string `json:"filing"` // FilingID of the note
	Obligation string `json:"obligation"`
	Registry   string `json:"registry"`
	// Receipt is by which the registry has it now; nil where it is annulled.
	Receipt  *sluss.Receipt    `json:"receipt,omitempty"`
	Annulled sluss.AnnulReason `json:"annulled,omitempty"` // why; empty: it stands
	Versions []Version         `json:"versions"`           // in order, at least one
}

// Version is one version of a note.
type Version struct {
	// Filing is the filing that brought it: that of the note, or of an amendment.
	Filing    string           `json:"filing"`
	Receipt   sluss.Receipt    `json:"receipt"`             // of an annulment that of the note
	Amendment *sluss.Amendment `json:"amendment,omitempty"` // none of the first one
	At        time.Time        `json:"at"`                  // when it was recorded
}

// Latest is the version that counts, or that which annulled the note.
func (n Note) Latest() Version { return n.Versions[len(n.Versions)-1] }

const versionsOf = `select note, filing, registry, receipt, amendment, at from note_versions where batch = $1 order by line`

// Notes are all notes of a batch that a registry took, in the order in which
// they were filed, each with its versions.
func (l *Ledger) Notes(ctx context.Context, batch string) ([]Note, error) {
	var rows []struct {
		Note, Filing, Registry string
		Receipt                document[sluss.Receipt]
		Amendment              document[*sluss.Amendment]
		At                     optional
	}
	if err := l.db.SelectContext(ctx, &rows, versionsOf, batch); err != nil {
		return nil, fmt.Errorf("read the versions of the notes of %s: %w", batch, err)
	}
	notes, place := []Note{}, map[string]int{}
	for _, r := range rows {
		at, known := place[r.Note]
		if !known {
			_, obligation, err := sluss.SplitFilingID(r.Note)
			if err != nil {
				return nil, fmt.Errorf("read the versions of the notes of %s: %w", batch, err)
			}
			at = len(notes)
			place[r.Note] = at
			notes = append(notes, Note{Filing: r.Note, Obligation: obligation, Registry: r.Registry})
		}
		n := &notes[at]
		n.Versions = append(n.Versions, Version{Filing: r.Filing, Receipt: r.Receipt.value, Amendment: r.Amendment.value, At: r.At.Time})
		n.Receipt, n.Annulled = &r.Receipt.value, ""
		if a := r.Amendment.value; a != nil && a.Annul != "" {
			n.Receipt, n.Annulled = nil, a.Annul
		}
	}
	return notes, nil
}
