package avfallsregistret

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Swedish time, also where the machine has no zones
)

// extractColumns are those known of the agency's file; it may have more, and their order is not known.
var extractColumns = []string{
	"AvfallId", "Avfall.Kod", "Avfall.Mangd", "CfarNr", "TransaktionsDatum", "Tidpunkt", "Referens", "Ombud", "Verksamhetsutovare",
	"Plats1.Typ", "Plats1.Kommunkod", "Plats1.Adressrad", "Plats1.Postnummer",
	"Plats2.Typ", "Plats2.Kommunkod", "Plats2.Adressrad", "Plats2.Postnummer",
}

// extractDates are the fields that the agency's file shows as TransaktionsDatum.
var extractDates = []string{"transaktionsDatum", "borttransportDatum", "transportStartDatum", "mottagningsDatum"}

// Extract is the file that the agency sends an organisation on request: its own notes, as operator or agent, in every
// version, annulled or not. It has semicolons, a byte order mark, NULL for what is absent, and Swedish local time without
// offset. How places are named in it is invented.
func (r *Registry) Extract(orgnr string) ([]byte, error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("\uFEFF")
	writer := csv.NewWriter(&out)
	writer.Comma, writer.UseCRLF = ';', true
	if err := writer.Write(extractColumns); err != nil {
		return nil, err
	}
	for _, note := range r.Notes() {
		if !note.ownedBy(orgnr) || r.options.ExtractCurrentOnly && !note.Current() {
			continue
		}
		row, err := r.extractRow(note, zone)
		if err != nil {
			return nil, fmt.Errorf("note %s: %w", note.AvfallID, err)
		}
		if err := writer.Write(row); err != nil {
			return nil, err
		}
	}
	writer.Flush()
	return out.Bytes(), writer.Error()
}

func (r *Registry) extractRow(note Note, zone *time.Location) ([]string, error) {
	body, err := readObject(note.Body)
	if err != nil {
		return nil, err
	}
	text := func(o object, name string) string {
		if value, _ := o.text(name); value != "" {
			return value
		}
		return "NULL"
	}
	local := func(name string) string {
		value, _ := body.text(name)
		moment, ok := parseMoment(value)
		if !ok {
			return "NULL"
		}
		return moment.In(zone).Format("2006-01-02 15:04:05.0000000")
	}
	date := "NULL"
	for _, name := range extractDates {
		if body.has(name) {
			date = local(name)
		}
	}
	kg := strconv.FormatFloat(note.Kg, 'f', -1, 64)
	if r.options.ExtractDecimalComma {
		kg = strings.Replace(kg, ".", ",", 1)
	}
	row := []string{
		note.AvfallID, note.Code, kg, text(body, "cfarNR"), date, local("tidpunkt"),
		text(body, "referens"), text(body, "ombud"), note.Operator,
	}
	kind, _ := findType(note.Path)
	for i := range 2 {
		if i >= len(kind.places) {
			row = append(row, "NULL", "NULL", "NULL", "NULL")
			continue
		}
		where, _ := body.get(kind.places[i].name).(object)
		address, _ := where.get("adress").(object)
		row = append(row, kind.places[i].name, text(where, "kommunkod"), text(address, "adressrad"), text(address, "postnummer"))
	}
	return row, nil
}
