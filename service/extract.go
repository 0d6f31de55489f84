package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
)

// settled is how long after a call the agency must have made its file, so that the
// absence of the note proves that the registry did not accept it.
const settled = time.Hour

// Extract is how the agency's extract is read.
type Extract struct {
	By sluss.Person // who decides by the file; empty with DryRun
	// Made is when the agency made the file, if that is known. The file itself shows
	// only that it is newer than the notes in it.
	Made   time.Time
	DryRun bool // only report what would be decided
}

// What the agency's extract shows about a filing whose outcome is unknown.
const (
	ExtractTaken    = "taken"    // exactly one note matches: decided taken
	ExtractAbsent   = "absent"   // no note matches, and the file was made well after the call: a person may decide not-taken
	ExtractTooOld   = "too-old"  // no note matches, but the file may be older than the call: a newer one is needed
	ExtractDoubtful = "doubtful" // several notes match or might match: a person must look
	ExtractMoved    = "moved"    // the filing changed its state meanwhile
)

// What it shows about a note that is not one of our receipts.
const (
	NoteDouble   = "double"   // it reports the same as a filing that has another id: annul it
	NotePerhaps  = "perhaps"  // it may be a double
	NoteStranger = "stranger" // it is not ours: another system or the web service filed it
)

// Extracted is the result of reading an extract.
type Extracted struct {
	Lines int `json:"lines"` // notes in the file
	Known int `json:"known"` // those of them that are receipts in the ledger
	// MadeAfter is a time before which the agency cannot have made the file; zero: not
	// known.
	MadeAfter time.Time   `json:"made_after,omitzero"`
	DryRun    bool        `json:"dry_run,omitempty"`
	Taken     int         `json:"taken"`   // filings that are decided, or would be
	Open      int         `json:"open"`    // filings that still wait for a person
	Doubles   int         `json:"doubles"` // notes to be annulled, or looked at
	Filings   []Searched  `json:"filings"`
	Notes     []Unclaimed `json:"notes"`
}

// Searched is a filing whose outcome was unknown.
type Searched struct {
	Filing sluss.FilingID `json:"filing"`
	Result string         `json:"result"`
	Sent   time.Time      `json:"sent"`            // when it was last sent
	Notes  []LineOfFile   `json:"notes,omitempty"` // that match, or might
	Why    string         `json:"why"`
	Remedy string         `json:"remedy,omitempty"`
}

// LineOfFile names a note in the file.
type LineOfFile struct {
	Line      int    `json:"line"`
	AvfallsID string `json:"avfalls_id"`
}

// Unclaimed is a note that is not one of our receipts.
type Unclaimed struct {
	LineOfFile

	Result    string         `json:"result"`
	Reference string         `json:"reference,omitempty"`
	Code      string         `json:"code"`
	Mass      sluss.Mass     `json:"mass"`
	Noted     string         `json:"noted"`            // Swedish local time
	Filing    sluss.FilingID `json:"filing,omitempty"` // that reports the same
	Why       string         `json:"why"`
	Remedy    string         `json:"remedy,omitempty"`
}

// Extract reads the Swedish agency's extract of the operator's own notes. It decides
// `taken` for every filing with an unknown outcome that waits for a person, if exactly
// one note of the file matches it, and decides nothing else. The same file again
// changes nothing. The error is Faults if the file has faults. With any other error the
// report says what was done so far, and the same file may be sent again.
func (sv *Service) Extract(ctx context.Context, file io.Reader, e Extract) (Extracted, error) {
	rows, err := avfallsregistret.ReadExtract(file)
	if err != nil {
		return Extracted{}, err
	}
	if e.By.Name == "" && !e.DryRun {
		return Extracted{}, sluss.Faults{{Field: "by", Problem: "the name of the person is missing", Remedy: "give the name of the person who decides by the file"}}
	}
	s := search{report: Extracted{Lines: len(rows), DryRun: e.DryRun, Filings: []Searched{}, Notes: []Unclaimed{}}}
	if err := s.open(ctx, sv.Ledger, rows); err != nil {
		return Extracted{}, err
	}
	if err := s.made(e.Made); err != nil {
		return Extracted{}, err
	}
	if err := s.compareAll(); err != nil {
		return Extracted{}, err
	}
	for _, f := range s.waiting {
		found := s.judge(f)
		if found.Result == ExtractTaken && !e.DryRun {
			if err := sv.found(ctx, &found, e.By); err != nil {
				return s.report, err
			}
		}
		if found.Result == ExtractTaken {
			s.report.Taken++
		} else if found.Result != ExtractMoved {
			s.report.Open++
		}
		s.report.Filings = append(s.report.Filings, found)
	}
	return s.report, s.unclaimed()
}

// found decides that the registry took a filing.
func (sv *Service) found(ctx context.Context, f *Searched, by sluss.Person) error {
	_, err := sv.Decide(ctx, f.Filing, sluss.Decision{
		Kind: sluss.DecidedTaken, Receipt: f.Notes[0].AvfallsID, By: by,
		Reason: fmt.Sprintf("the agency's extract of our notes has it on line %d", f.Notes[0].Line),
	})
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrNoSuch) {
		f.Result, f.Why, f.Remedy = ExtractMoved, err.Error(), ""
		return nil
	}
	return err
}
