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

// Import is how a table of batches is read.
type Import struct {
	declarations.Options

	// ProfileName is that of one of Service.Profiles; empty: Options has the profile, or
	// there is none.
	ProfileName string
	DryRun      bool      // only say what would be declared
	NotedAt     time.Time // when rows that do not tell it were written down; zero: when they reach us
}

// Imported is the result of one row.
type Imported struct {
	declarations.Row

	Batch sluss.BatchID `json:"batch,omitempty"`
	// Result is declared, unchanged (it was declared before with the same
	// content) or refused (see Faults).
	Result string `json:"result"`
	// Warnings of a declared batch prevent nothing, but a person should know them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
	// Values are what would be declared, by path; only of a dry run, and of a row that
	// would be.
	Values map[string]string `json:"declaration,omitempty"`
}

// Results of a row.
const (
	RowDeclared  = "declared"
	RowUnchanged = "unchanged"
	RowRefused   = "refused"
)

// Import declares every valid row of a table and reports the faults of the others.
// The same file again changes nothing. The error is about the file as a whole, or about
// the service: then the report says what was done so far, and the same file may be sent
// again.
func (sv *Service) Import(ctx context.Context, file io.Reader, o Import, by sluss.Person, at time.Time) (Report, error) {
	if o.ProfileName != "" {
		profile, known := sv.Profiles[o.ProfileName]
		if !known {
			return Report{}, sluss.Faults{{
				Field: "profile", Problem: fmt.Sprintf("there is no profile %q", o.ProfileName),
				Remedy: "use " + sluss.OneOf(slices.Sorted(maps.Keys(sv.Profiles))) + ", or send one with the file",
			}}
		}
		o.Profile = &profile
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return Report{}, err
	}
	table, err := declarations.Read(data, o.Options)
	if err != nil {
		return Report{}, err
	}
	report := Report{DryRun: o.DryRun, Form: table.Form, Remarks: table.Remarks, Columns: table.Columns, Rows: make([]Imported, 0, len(table.Rows))}
	for _, row := range table.Rows {
		if row.Declaration.NotedAt.IsZero() {
			row.Declaration.NotedAt = o.NotedAt
		}
		done, err := sv.row(ctx, row, o.DryRun, by, at)
		if err != nil {
			return report, err
		}
		switch done.Result {
		case RowDeclared:
			report.Declared++
		case RowUnchanged:
			report.Unchanged++
		default:
			report.Refused++
		}
		report.Rows = append(report.Rows, done)
	}
	return report, nil
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
		declare = func(ctx context.Context, d sluss.Declaration, _ sluss.Person, at time.Time) (Declared, error) {
			_, declared, err := sv.examine(ctx, d, at)
			return declared, err
		}
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
			done.Values = sluss.Declaration{}.Differences(row.Declaration)
		}
	default:
		done.Result, done.Batch = RowUnchanged, declared.Batch
	}
	return done, nil
}
