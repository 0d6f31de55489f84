package service

import (
	"context"
	"io"
	"time"

	"sluss"
)

// Imported is the result of one row.
type Imported struct {
	Row
	Batch sluss.BatchID `json:"batch,omitempty"`
	// Result is declared, unchanged (it was declared before with the same
	// content) or refused (see Faults).
	Result string `json:"result"`
	// Warnings of a declared batch prevent nothing, but a person should know them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
}

// Results of a row.
const (
	RowDeclared  = "declared"
	RowUnchanged = "unchanged"
	RowRefused   = "refused"
)

// Report is the result of a file.
type Report struct {
	Declared  int        `json:"declared"`
	Unchanged int        `json:"unchanged"`
	Refused   int        `json:"refused"`
	Rows      []Imported `json:"rows"`
}

// Import declares every valid row of a CSV file and reports the faults of the others.
// The same file again changes nothing. The error is about the file as a whole, or about
// the service: then the report says what was done so far, and the same file may be sent
// again.
func (sv *Service) Import(ctx context.Context, file io.Reader, by sluss.Person, at time.Time) (Report, error) {
	rows, err := ReadCSV(file)
	if err != nil {
		return Report{}, err
	}
	report := Report{Rows: make([]Imported, 0, len(rows))}
	for _, row := range rows {
		done := Imported{Row: row, Result: RowRefused}
		if len(row.Faults) == 0 {
			declared, err := sv.Declare(ctx, row.Declaration, by, at)
			faults, wrong := err.(sluss.Faults) //nolint:errorlint // Declare returns Faults as they are
			switch {
			case wrong:
				done.Faults = faults
			case err != nil:
				return report, err
			case declared.Fresh:
				done.Result, done.Batch, done.Warnings = RowDeclared, declared.Batch, declared.Warnings
			default:
				done.Result, done.Batch = RowUnchanged, declared.Batch
			}
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
