package service

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"sluss"
	"sluss/declarations"
)

// Import is how a table of batches or of events is read.
type Import struct {
	declarations.Options

	// ProfileName is that of one of Service.Profiles; empty: Options has the profile, or
	// there is none.
	ProfileName string
	DryRun      bool      // only say what would be declared, or reported
	NotedAt     time.Time // when rows that do not tell it were written down; zero: when they reach us
	// Begun is called once the file is read, with its rows, all pending, and Done after each
	// row, in the order in which they are done. Either may be nil.
	Begun func(Report)
	Done  func(Imported)
}

// Imported is the result of one row.
type Imported struct {
	declarations.Row

	Batch sluss.BatchID `json:"batch,omitempty"`
	// Result is declared or reported; unchanged (it was so before, with the same content);
	// joined (see Row.Joined); refused (see Faults); or pending, if the import broke off
	// before it.
	Result string `json:"result"`
	// Warnings prevent nothing, but a person should know them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
	// Values are what would be declared, by path; only of a dry run, and of a row that
	// would be.
	Values map[string]string `json:"declaration,omitempty"`
	// Reported is the event that a row of a table of events tells.
	Reported *ReportedEvent `json:"event,omitempty"`
}

// ReportedEvent is what a row of a table of events tells, as it was read.
type ReportedEvent struct {
	ID   sluss.EventID `json:"id"`
	At   time.Time     `json:"at"`
	Mass sluss.Mass    `json:"mass,omitempty"` // that was received
	// Obligations are those that followed from it; none if it was reported before.
	Obligations []sluss.ObligationID `json:"obligations,omitempty"`
}

// Results of a row.
const (
	RowDeclared  = "declared"
	RowReported  = "reported"
	RowUnchanged = "unchanged"
	RowJoined    = "joined"
	RowRefused   = "refused"
	RowPending   = "pending"
)

// Import declares every valid row of a table and reports the faults of the others.
// The same file again changes nothing, and goes on where the last import broke off. The
// error is about the file as a whole, or about the service: then the report says what was
// done so far, and the same file may be sent again.
func (sv *Service) Import(ctx context.Context, file io.Reader, o Import, by sluss.Person, at time.Time) (Report, error) {
	data, err := sv.table(file, &o)
	if err != nil {
		return Report{}, err
	}
	table, err := declarations.Read(data, o.Options)
	if err != nil {
		return Report{}, err
	}
	report := begin(table, o, false)
	for i, row := range table.Rows {
		if row.Declaration.NotedAt.IsZero() {
			row.Declaration.NotedAt = o.NotedAt
		}
		done, err := sv.row(ctx, row, o.DryRun, by, at)
		if err != nil {
			return report, err
		}
		report.set(i, done, o)
	}
	return report, nil
}

// table is the content of a file; the options get the profile that they name.
func (sv *Service) table(file io.Reader, o *Import) ([]byte, error) {
	if o.ProfileName != "" {
		profile, known := sv.Profiles[o.ProfileName]
		if !known {
			return nil, sluss.Faults{{
				Field: "profile", Problem: fmt.Sprintf("there is no profile %q", o.ProfileName),
				Remedy: "use " + sluss.OneOf(slices.Sorted(maps.Keys(sv.Profiles))) + ", or send one with the file",
			}}
		}
		o.Profile = &profile
	}
	return io.ReadAll(file)
}

// begin is the report of a table of which nothing is done yet.
func begin(table declarations.File, o Import, events bool) Report {
	report := Report{DryRun: o.DryRun, Events: events, Form: table.Form, Remarks: table.Remarks, Columns: table.Columns, Rows: make([]Imported, len(table.Rows)), Pending: len(table.Rows)}
	for i, row := range table.Rows {
		report.Rows[i] = Imported{Row: row, Result: RowPending}
	}
	if o.Begun != nil {
		o.Begun(report)
	}
	return report
}

// set puts the result of a row into the report.
func (r *Report) set(i int, done Imported, o Import) {
	r.count(r.Rows[i].Result, -1)
	r.Rows[i] = done
	r.count(done.Result, 1)
	if o.Done != nil {
		o.Done(done)
	}
}

// row declares one row, unless it has faults.
func (sv *Service) row(ctx context.Context, row declarations.Row, dry bool, by sluss.Person, at time.Time) (Imported, error) {
	done := Imported{Row: row, Result: RowRefused}
	if len(row.Faults) > 0 {
		if row.Read {
			more := withMeaning(row.Declaration, row.Faults)[len(row.Faults):]
			done.Faults = slices.Concat(row.Faults, row.Placed(more))
		}
		return done, nil
	}
	declare := sv.Declare
	if dry {
		declare = sv.WouldDeclare
	}
	declared, err := declare(ctx, row.Declaration, by, at)
	faults, wrong := err.(sluss.Faults) //nolint:errorlint // Declare returns Faults as they are
	switch {
	case wrong:
		done.Faults = row.Placed(faults)
	case err != nil:
		return done, err
	case declared.Fresh:
		done.Result, done.Batch, done.Warnings = RowDeclared, declared.Batch, row.Placed(declared.Warnings)
		if dry {
			done.Values = declared.Values
		}
	default:
		done.Result, done.Batch = RowUnchanged, declared.Batch
	}
	return done, nil
}
