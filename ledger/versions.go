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

const versionsOf = `select report as note, filing, registry, receipt, amendment, at from report_versions where batch = $1 order by line`

// Notes are all notes of a batch that a registry took, in the order in which
// they were filed, each with its versions.
func (l *Ledger) Notes(ctx context.Context, batch string) ([]Note, error) {
	rows, err := many[struct {
		Note, Registry string
		Version
	}](ctx, l, "read the versions of the notes of "+batch, versionsOf, batch)
	if err != nil {
		return nil, err
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
		n.Versions = append(n.Versions, r.Version)
		n.Receipt, n.Annulled = &r.Receipt, ""
		if a := r.Amendment; a != nil && a.Annul != "" {
			n.Receipt, n.Annulled = nil, a.Annul
		}
	}
	return notes, nil
}

const receiptOf = `
select
    case when latest.amendment ? 'annul' then null else coalesce(latest.receipt, s.receipt) end as receipt,
    not s.open as ended
from filing_state s
left join lateral (
    select receipt, amendment from report_versions where batch = s.batch and report = s.filing order by line desc limit 1
) latest on true
where s.filing = $1`

// Receipt is under what the registry has the filing, in its latest version; nil
// where it has not, or no longer, or the ledger knows no such filing. It has
// ended where nothing more will come.
func (l *Ledger) Receipt(ctx context.Context, filing string) (receipt *sluss.Receipt, ended bool, err error) {
	row, _, err := one[struct {
		Receipt *sluss.Receipt
		Ended   bool
	}](ctx, l, "look up the receipt of "+filing, receiptOf, filing)
	return row.Receipt, row.Ended, err
}
