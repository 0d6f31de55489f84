package declarations_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"sluss"
	"sluss/declarations"
	"sluss/obligations"
	"sluss/tables"
)

// sample is the header of a template, and the cells of its example.
func sample(t *testing.T, country string) (header, cells []string) {
	t.Helper()
	book, err := declarations.TemplateWorkbook(country)
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := file.GetRows("Example")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0], rows[1]
}

func TestTemplatesMakeTheSampleBatches(t *testing.T) {
	for _, country := range declarations.Countries() {
		header, cells := sample(t, country)
		text, err := declarations.TemplateText(country)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff")); got != strings.Join(header, ";") {
			t.Errorf("%s: the text has %s, the workbook %s", country, got, header)
		}
		book, _ := declarations.TemplateWorkbook(country)
		file, err := excelize.OpenReader(bytes.NewReader(book))
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range cells { // a person types into the first sheet
			name, _ := excelize.CoordinatesToCellName(i+1, 2)
			if err := file.SetCellStr("Batches", name, cell); err != nil {
				t.Fatal(err)
			}
		}
		var filled bytes.Buffer
		if err := file.Write(&filled); err != nil {
			t.Fatal(err)
		}
		for form, data := range map[string][]byte{"CSV": append(text, []byte(strings.Join(cells, ";"))...), "XLSX": filled.Bytes()} {
			read, err := declarations.Read(data, declarations.Options{})
			if err != nil || len(read.Rows) != 1 {
				t.Fatalf("%s, %s: %+v, %v", country, form, read, err)
			}
			row := read.Rows[0]
			if d := row.Declaration; len(row.Faults) > 0 || len(obligations.Validate(d)) > 0 || d.Waste.Mass == 0 || d.Waste.Estimated != (country == "fr") {
				t.Errorf("%s, %s: %v, %v, %+v", country, form, row.Faults, obligations.Validate(d), d)
			}
		}
	}
	if _, err := declarations.TemplateText("no"); err == nil || !strings.Contains(err.Error(), "use se or fr") {
		t.Errorf("no: %v", err)
	}
}

// A template that Excel saves as CSV in Swedish or French: in Windows-1252, with
// semicolons, words of its language for true and false, and numbers without the zeros
// at their beginning. It is read, or each cell to be mended is told, in one line.
func TestATemplateAsExcelSavesIt(t *testing.T) {
	truths := map[string]*strings.Replacer{"se": strings.NewReplacer("yes", "SANT", "no", "FALSKT"), "fr": strings.NewReplacer("yes", "VRAI", "no", "FAUX")}
	for _, c := range []struct {
		country, locale string
		changed         map[string]string
		wrong           []string // fields that must be mended
	}{
		{"se", "sv", map[string]string{"legs.0.departure": "2026-11-30 08:00"}, nil},
		{"se", "sv", map[string]string{
			"legs.0.departure": "2026-11-30 08:00", "legs.0.from.municipality": "188", "producer.contact.phone": "701234567", "producer.id": "5,56E+09", "waste.mass": "1 250,5",
		}, []string{"legs.0.from.municipality", "producer.contact.phone", "producer.id"}},
		{"fr", "fr", map[string]string{"legs.0.departure": "30/11/2026 09:00", "waste.mass": "3200,5"}, nil},
		{"fr", "fr", map[string]string{
			"legs.0.departure": "30/11/2026 09:00", "producer.id": "283366", "legs.0.transporter.id": "2,83374E+05", "receiver.id": "283390", "legs.0.from.postcode": "7100",
		}, []string{"producer.id", "legs.0.transporter.id", "receiver.id", "legs.0.from.postcode"}},
	} {
		header, cells := sample(t, c.country)
		for i, path := range header {
			if text, there := c.changed[path]; there {
				cells[i] = text
			} else if path == "waste.estimated" || path == "waste.pop" {
				cells[i] = truths[c.country].Replace(cells[i])
			}
		}
		data, err := charmap.Windows1252.NewEncoder().Bytes([]byte(strings.Join(header, ";") + "\r\n" + strings.Join(cells, ";") + "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		read, err := declarations.Read(data, declarations.Options{Locale: c.locale})
		if err != nil || len(read.Rows) != 1 || read.Form != "Windows-1252, separated by semicolons" {
			t.Fatalf("%+v, %v", read, err)
		}
		row := read.Rows[0]
		faults := row.Faults
		for _, f := range obligations.Validate(row.Declaration) {
			if !slices.ContainsFunc(faults, func(told sluss.Fault) bool { return told.Field == f.Field }) {
				faults = append(faults, f)
			}
		}
		for _, f := range faults {
			if !slices.Contains(c.wrong, f.Field) || strings.Contains(f.String(), "\n") || f.Remedy == "" {
				t.Errorf("%s: %s", c.country, f)
			}
		}
		if len(faults) != len(c.wrong) {
			t.Errorf("%s: %v; want one each of %v", c.country, faults, c.wrong)
		}
		if d := row.Declaration; len(c.wrong) == 0 && (d.Waste.Estimated != (c.country == "fr") || d.Legs[0].Departure.IsZero()) {
			t.Errorf("%s: %+v", c.country, d)
		}
	}
}

// The API's document names the encodings.
func TestTheDocumentNamesTheEncodings(t *testing.T) {
	document, err := os.ReadFile("../api/openapi.yaml")
	if err != nil || !strings.Contains(string(document), "enum: ["+strings.Join(tables.Encodings(), ", ")+"]") {
		t.Errorf("the document does not name %v (%v)", tables.Encodings(), err)
	}
}
