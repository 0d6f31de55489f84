package avfallsregistret

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Extracted is one note in the file of its own notes that the agency sends an
// operator. The file holds neither the kind of a note nor whether it was annulled.
type Extracted struct {
	Line      int // of the file, counted from 1
	AvfallsID string
	Noted     string // Swedish local time to the second, "2006-01-02 15:04:05"
	Reference string
	Operator  string // organisation or VAT number of the party whose duty it is
	Agent     string
	Code      string // six digits
	Mass      sluss.Mass
	// Municipalities are those of its places, in the order of the columns.
	Municipalities []string
}

// bom is the byte order mark at the beginning of the file.
const bom = "\uFEFF"

// extractColumns are the columns that a search needs.
var extractColumns = []string{"AvfallId", "Avfall.Kod", "Avfall.Mangd", "Tidpunkt", "Referens", "Verksamhetsutovare"}

// ReadExtract reads the agency's file of an operator's own notes: values separated
// by semicolons, columns in any order, NULL for a missing value. The error holds
// sluss.Faults with every fault, each with line and column. A file with faults is
// refused as a whole, since a line that cannot be read may be the note that is
// looked for.
func ReadExtract(file io.Reader) ([]Extracted, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(bom))))
	reader.Comma, reader.LazyQuotes = ';', true
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, extractFaults(sluss.Fault{Problem: "the file is empty, without even the names of its columns", Remedy: "ask the agency for it again"})
	}
	if err != nil {
		return nil, extractFaults(unreadable(err))
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	var faults sluss.Faults
	for _, name := range extractColumns {
		if _, there := columns[strings.ToLower(name)]; !there {
			faults = append(faults, sluss.Fault{Field: name, Problem: "there is no such column", Remedy: "give the file as the agency sent it, with semicolons and the names of its columns in the first line; or ask the agency for a file with this column"})
		}
	}
	if len(faults) > 0 {
		return nil, extractFaults(faults...)
	}
	rows := []Extracted{}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && cells == nil {
			return nil, extractFaults(append(faults, unreadable(err))...)
		}
		if err != nil {
			faults = append(faults, unreadable(err))
			continue
		}
		row, wrong := extractLine{columns, cells}.read()
		row.Line, _ = reader.FieldPos(0)
		for _, fault := range wrong {
			fault.Field = fmt.Sprintf("line %d, %s", row.Line, fault.Field)
			faults = append(faults, fault)
		}
		rows = append(rows, row)
	}
	if len(faults) > 0 {
		return nil, extractFaults(faults...)
	}
	return rows, nil
}

func extractFaults(faults ...sluss.Fault) error {
	return fmt.Errorf("extract: %w", sluss.Faults(faults))
}

// unreadable is the fault of a line that cannot be read as CSV.
func unreadable(err error) sluss.Fault {
	fault := sluss.Fault{Problem: err.Error(), Remedy: "give the file as the agency sent it, with semicolons: a spreadsheet may have changed it"}
	if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
		fault.Field, fault.Problem = fmt.Sprintf("line %d", parse.StartLine), parse.Err.Error()
	}
	return fault
}

// extractLine is one line of the file. columns maps the lower-case name of a column
// to its index.
type extractLine struct {
	columns map[string]int
	cells   []string
}

func (l extractLine) cell(name string) (text string, there bool) {
	i, there := l.columns[strings.ToLower(name)]
	if !there || l.cells[i] == "NULL" {
		return "", there
	}
	return strings.TrimSpace(l.cells[i]), true
}

func (l extractLine) read() (row Extracted, faults sluss.Faults) {
	text := func(name string) string {
		text, _ := l.cell(name)
		return text
	}
	row = Extracted{
		AvfallsID: text("AvfallId"), Reference: text("Referens"), Operator: text("Verksamhetsutovare"), Agent: text("Ombud"),
		Code: bareCode(text("Avfall.Kod")), Noted: text("Tidpunkt"),
	}
	for i := 1; ; i++ {
		code, there := l.cell(fmt.Sprintf("Plats%d.Kommunkod", i))
		if !there {
			break
		}
		if code != "" {
			row.Municipalities = append(row.Municipalities, code)
		}
	}
	fault := func(field, problem, remedy string) {
		faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	mass, err := sluss.ParseKilograms(text("Avfall.Mangd"))
	if row.Mass = mass; err != nil {
		fault("Avfall.Mangd", err.Error(), "give kilograms as the agency wrote them: 1250 or 1250,5")
	}
	if !validGUID(row.AvfallsID) {
		fault("AvfallId", fmt.Sprintf("%q is no waste id", row.AvfallsID), "give 36 characters, such as 072f294c-9e70-4cf6-b6a3-139922067ddc")
	}
	row.Noted = strings.Replace(row.Noted[:min(len(row.Noted), len(time.DateTime))], "T", " ", 1)
	if _, err := time.Parse(time.DateTime, row.Noted); err != nil {
		fault("Tidpunkt", fmt.Sprintf("%q is no local time", row.Noted), "give the time as the agency wrote it, such as 2026-11-23 08:00:00: a spreadsheet may have changed it")
	}
	return row, faults
}

// FindInExtract looks for a submission among the notes of the agency's file, as
// Find does at the registry, since production cannot be asked. The outcome is
// Accepted if exactly one note matches in reference, code, mass, party, time and
// municipalities. The error is sluss.ErrAbsent if no note might be it; that is
// conclusive only if the file was made well after the last attempt. Otherwise it
// is sluss.ErrCannotAsk: a person must look. FindInExtract makes no calls.
func (c *Client) FindInExtract(rows []Extracted, s sluss.Submission) (sluss.Outcome, error) {
	sure, maybe, err := InExtract(rows, s.Content)
	switch {
	case err != nil:
		return sluss.Outcome{}, err
	case len(sure) == 0 && len(maybe) == 0:
		return sluss.Outcome{}, sluss.ErrAbsent
	case len(sure) != 1 || len(maybe) > 0:
		return sluss.Outcome{}, fmt.Errorf("%w: %d notes of the file match this one and %d more might: a person must look", sluss.ErrCannotAsk, len(sure), len(maybe))
	}
	return sluss.Outcome{
		Kind: sluss.Accepted, Detail: "the agency's file has it",
		Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: sure[0].AvfallsID, At: time.Now()},
	}, nil
}

// InExtract returns the notes of the agency's file that match the content: sure
// agree in reference, code, mass, party, time and municipalities; maybe differ only
// in what the file may write in another form. The file holds neither a note's kind
// nor whether it was annulled, so the caller must first remove the rows that are
// known to be other notes. The error is sluss.ErrOperator.
func InExtract(rows []Extracted, content sluss.Content) (sure, maybe []Extracted, err error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, nil, err
	}
	m, err := (&Client{zone: zone}).message(content)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		switch m.compareExtracted(row, zone) {
		case same:
			sure = append(sure, row)
		case perhaps:
			maybe = append(maybe, row)
		case other:
		}
	}
	return sure, maybe, nil
}

// zoneDoubt is how far two times may differ if they are the same moment in
// different zones.
const zoneDoubt = 2 * time.Hour

// compareExtracted returns perhaps if a note differs only in its places, which the
// file may write in another form, or by a few hours, since the file gives no zone.
func (m message) compareExtracted(row Extracted, zone *time.Location) likeness {
	if row.Reference != m.note.Referens || !strings.EqualFold(row.Operator, m.note.Verksamhetsutovare) ||
		row.Code != m.note.Avfall.Kod || row.Mass != m.note.Avfall.Mangd {
		return other
	}
	noted, err := time.ParseInLocation(time.DateTime, row.Noted, zone)
	switch off := noted.Sub(m.noted(zone)).Abs(); {
	case err != nil, off > 0 && off <= zoneDoubt:
		return perhaps
	case off > 0:
		return other
	case !slices.Equal(slices.Sorted(slices.Values(row.Municipalities)), m.municipalities()):
		return perhaps
	}
	return same
}

// municipalities are those of the note's places, sorted.
func (m message) municipalities() []string {
	var codes []string
	for _, place := range m.places {
		if place.Municipality != "" {
			codes = append(codes, place.Municipality)
		}
	}
	slices.Sort(codes)
	return codes
}
