package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// FiledReport is an accepted report with all its versions.
type FiledReport struct {
	Filing     sluss.FilingID     `json:"filing"` // of the report
	Obligation sluss.ObligationID `json:"obligation"`
	Registry   string             `json:"registry"`
	// Receipt is the current one; nil if the report is annulled.
	Receipt  *sluss.Receipt    `json:"receipt,omitempty"`
	Annulled sluss.AnnulReason `json:"annulled,omitempty"` // why; empty: it is not annulled
	Versions []Version         `json:"versions"`           // in order, at least one
}

// Version is one version of a report.
type Version struct {
	// Filing made this version: the report's own filing, or an amendment.
	Filing    sluss.FilingID   `json:"filing"`
	Receipt   sluss.Receipt    `json:"receipt"`             // of an annulment: the receipt of what it annulled
	Amendment *sluss.Amendment `json:"amendment,omitempty"` // nil for the first version
	At        time.Time        `json:"at"`                  // when it was recorded
}

// Latest is the last version: the current one, or the annulment.
func (n FiledReport) Latest() Version { return n.Versions[len(n.Versions)-1] }

const versionsOf = `select report as note, filing, registry, receipt, amendment, at from report_versions where batch = $1 order by line`

// FiledReports returns all accepted reports of a batch, in the order in which they were filed,
// each with its versions.
func (l *Ledger) FiledReports(ctx context.Context, batch sluss.BatchID) ([]FiledReport, error) {
	rows, err := many[struct {
		Note     sluss.FilingID
		Registry string
		Version
	}](ctx, l, "read the versions of the reports of "+string(batch), versionsOf, batch)
	if err != nil {
		return nil, err
	}
	notes, place := []FiledReport{}, map[sluss.FilingID]int{}
	for _, r := range rows {
		at, known := place[r.Note]
		if !known {
			_, obligation, err := r.Note.Split()
			if err != nil {
				return nil, fmt.Errorf("read the versions of the reports of %s: %w", batch, err)
			}
			at = len(notes)
			place[r.Note] = at
			notes = append(notes, FiledReport{Filing: r.Note, Obligation: obligation, Registry: r.Registry})
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
    not s.open as ended, s.stage = 'withdrawn' as withdrawn
from filing_state s
left join lateral (
    select receipt, amendment from report_versions where batch = s.batch and report = s.filing order by line desc limit 1
) latest on true
where s.filing = $1`

// Receipt returns the current receipt of a filing; nil if the registry does not have it,
// or no longer, or the filing is unknown. Of an obligation of theirs it is the receipt
// that is known. ended: no receipt will follow.
func (l *Ledger) Receipt(ctx context.Context, filing sluss.FilingID) (receipt *sluss.Receipt, ended bool, err error) {
	row, _, err := one[struct {
		Receipt          *sluss.Receipt
		Ended, Withdrawn bool
	}](ctx, l, "look up the receipt of "+string(filing), receiptOf, filing)
	if err == nil && row.Receipt == nil && (!row.Ended || row.Withdrawn) {
		row.Receipt, err = l.theirReceipt(ctx, filing)
	}
	return row.Receipt, row.Ended, err
}
