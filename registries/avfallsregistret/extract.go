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

// Extracted is a note in the file that the agency sends an operator of its own
// notes. The file tells neither the kind of a note nor whether it still stands.
type Extracted struct {
	Line      int // of the file, from 1
	AvfallsID string
	Noted     string // Swedish local time to the second, "2006-01-02 15:04:05"
	Reference string
	Operator  string // organisation or VAT number of the party whose duty it is
	Agent     string
	Code      string // six digits
	Mass      sluss.Mass
	// Municipalities are those of its places, in order of their numbers.
	Municipalities []string
}

// bom is how the file begins.
const bom = "\uFEFF"

// extractColumns are the columns that a search needs.
var extractColumns = []string{"AvfallId", "Avfall.Kod", "Avfall.Mangd", "Tidpunkt", "Referens", "Verksamhetsutovare"}

// ReadExtract reads the agency's file of an operator's own notes: semicolons,
// columns by their names in any order, NULL for what is absent. Its error holds
// sluss.Faults, each with line and column, of all that is wrong; nothing is then
// to be relied on, since what cannot be read may be the note that is looked for.
func ReadExtract(file io.Reader) ([]Extracted, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(bom))))
	reader.Comma, reader.LazyQuotes = ';', true
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, extractFaults(sluss.Fault{Problem: "the file is empty: it has not even the names of its columns", Remedy: "ask the agency for it again"})
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
			faults = append(faults, sluss.Fault{Field: name, Problem: "there is no such column", Remedy: "give the file as the agency sent it, with semicolons and the names of its columns in the first line; or ask the agency for the file with it"})
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

// unreadable is a line that is none of the file's.
func unreadable(err error) sluss.Fault {
	fault := sluss.Fault{Problem: err.Error(), Remedy: "give the file as the agency sent it, with semicolons: a spreadsheet may have changed it"}
	if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
		fault.Field, fault.Problem = fmt.Sprintf("line %d", parse.StartLine), parse.Err.Error()
	}
	return fault
}

// extractLine is one line of the file with the places of its columns by their
// names in lower case.
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
		fault("Avfall.Mangd", err.Error(), "kilograms, as the agency wrote them: 1250 or 1250,5")
	}
	if !validGUID(row.AvfallsID) {
		fault("AvfallId", fmt.Sprintf("%q is no waste id", row.AvfallsID), "36 characters, such as 072f294c-9e70-4cf6-b6a3-139922067ddc")
	}
	row.Noted = strings.Replace(row.Noted[:min(len(row.Noted), len(time.DateTime))], "T", " ", 1)
	if _, err := time.Parse(time.DateTime, row.Noted); err != nil {
		fault("Tidpunkt", fmt.Sprintf("%q is no local time", row.Noted), "as the agency wrote it, such as 2026-11-23 08:00:00: a spreadsheet may have changed it")
	}
	return row, faults
}

// FindInExtract looks for a submission among the notes of the agency's file, as
// Find does at the registry: it is the way out where production cannot be asked.
// Accepted if exactly one note has its reference, code, mass, party, moment and
// municipalities; sluss.ErrAbsent if none might be it, which says something only
// of a file that was made well after the last attempt; else sluss.ErrCannotAsk:
// a person must look. It calls nobody.
func (c *Client) FindInExtract(rows []Extracted, s sluss.Submission) (sluss.Outcome, error) {
	sure, maybe, err := InExtract(rows, s.Content)
	switch {
	case err != nil:
		return sluss.Outcome{}, err
	case len(sure) == 0 && len(maybe) == 0:
		return sluss.Outcome{}, sluss.ErrAbsent
	case len(sure) != 1 || len(maybe) > 0:
		return sluss.Outcome{}, fmt.Errorf("%w: %d notes of the file are this one and %d more might be: a person must look", sluss.ErrCannotAsk, len(sure), len(maybe))
	}
	return sluss.Outcome{
		Kind: sluss.Accepted, Detail: "the agency's file has it",
		Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: sure[0].AvfallsID, At: time.Now()},
	}, nil
}

// InExtract are the notes of the agency's file that tell the same as the content:
// those that agree in reference, code, mass, party, moment and municipalities,
// and those that might, but for what the file words in a way of its own. The file
// tells neither a note's kind nor whether it still stands, so notes that are
// known to be others are to be taken out of the rows before. The error is
// sluss.ErrOperator.
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

// zoneDoubt is how far a moment may be off that is told in another zone than
// ours.
const zoneDoubt = 2 * time.Hour

// compareExtracted is a doubt where a note agrees but for its places, which the
// file may word in a way of its own, or for some hours, since it tells no zone.
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
