package declarations

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"sluss"
	"sluss/examples"
)

// models are the sample batches that templates are made of: a template has the columns
// of a batch that begins in its country.
var models = map[string]string{"se": "se-waste-oil.json", "fr": "fr-solvents.json"}

// Countries are those that there are templates for.
func Countries() []string { return []string{"se", "fr"} }

// template is the header for batches that begin in a country, in the order in which
// people fill it in, and the cells of an example.
func template(country string) (header, example []string, err error) {
	name, known := models[country]
	if !known {
		return nil, nil, sluss.Faults{{Field: "country", Problem: fmt.Sprintf("there is no template for %q", country), Remedy: "use " + sluss.OneOf(Countries())}}
	}
	var values map[string]string
	for file, data := range examples.All() {
		if file == name {
			if values, err = flat(data); err != nil {
				return nil, nil, err
			}
		}
	}
	for path, truth := range map[string]string{"waste.estimated": values["waste.estimated"], "waste.pop": values["waste.pop"]} {
		values[path] = map[string]string{"true": "yes", "": "no"}[truth]
	}
	order := []string{"reference", "waste", "producer", "legs", "receiver", "treatment"}
	part := func(path string) int {
		first, _, _ := strings.Cut(path, ".")
		return slices.Index(order, first)
	}
	header = slices.SortedFunc(maps.Keys(values), func(a, b string) int { return cmp.Or(part(a)-part(b), byPath(a, b)) })
	for _, path := range header {
		example = append(example, values[path])
	}
	return header, example, nil
}

// flat are the values of a sample batch by path.
func flat(data []byte) (map[string]string, error) {
	var d sluss.Declaration
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, err
	}
	return sluss.Declaration{}.Differences(d), nil
}

// eventTemplate is the header for events, and the cells of examples: a pick-up, a
// reception by its net mass, and one by the weighing of a full and an empty vehicle.
func eventTemplate() (header []string, samples [][]string) {
	given := []map[string]string{
		{"kind": "pickedUp", "leg": "1", "at": "2026-11-30T08:00:00+01:00", "by.name": "Bo Lind"},
		{"kind": "received", "at": "2026-11-30T14:10:00+01:00", "mass (kg)": "1250", "by.name": "Cecilia Berg"},
		{"kind": "received", "at": "2026-11-30T14:10:00+01:00", "gross (kg)": "14000", "tare (kg)": "12750", "ticket": "7001", "by.name": "Cecilia Berg"},
	}
	for _, path := range eventColumns {
		plain, _, _ := strings.Cut(path, " ")
		if _, known := events.field(plain); known {
			header = append(header, path)
		}
	}
	for i, values := range given {
		values["reference"] = "VO-2026-0101"
		if i == len(given)-1 {
			values["reference"] = "VO-2026-0102"
		}
		row := make([]string, len(header))
		for n, path := range header {
			row[n] = values[path]
		}
		samples = append(samples, row)
	}
	return header, samples
}

// TemplateText is an empty table for batches that begin in a country, se or fr: UTF-8
// with a mark and semicolons, as spreadsheets here open it. The error is Faults.
func TemplateText(country string) ([]byte, error) {
	header, _, err := template(country)
	if err != nil {
		return nil, err
	}
	return emptyText(header)
}

// EventTemplateText is TemplateText for events.
func EventTemplateText() ([]byte, error) {
	header, _ := eventTemplate()
	return emptyText(header)
}

func emptyText(header []string) ([]byte, error) {
	b := bytes.NewBufferString("\xef\xbb\xbf")
	w := csv.NewWriter(b)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(header); err != nil {
		return nil, err
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// indexes are those of lists in a path.
var indexes = regexp.MustCompile(`\.[0-9]+\b`)

// choices are the words that a column may have; nil if it may have others.
func choices(path string) []string {
	switch indexes.ReplaceAllString(path, "") {
	case "kind":
		return words(reportable())
	case "weighing":
		return []string{string(weighedIn), string(weighedOut)}
	case "waste.consistence":
		return words(sluss.Consistences())
	case "waste.packagings.kind":
		return words(sluss.PackagingKinds())
	case "legs.mode":
		return words(sluss.Modes())
	case "legs.vehicles.kind":
		return words(sluss.VehicleKinds())
	case "waste.estimated", "waste.pop":
		return []string{"yes", "no"}
	case "treatment.mode":
		return []string{"recycling", "reuse", "energy-recovery", "elimination", "other"}
	}
	return nil
}

func words[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, word := range all {
		texts[i] = string(word)
	}
	return texts
}

// filledRows is down to which row the workbook prepares its cells.
const filledRows = 2000

// TemplateWorkbook is the same as a workbook: its cells are text, so that no zero is
// lost, words can be chosen, and a second sheet has an example. The error is Faults.
func TemplateWorkbook(country string) ([]byte, error) {
	header, example, err := template(country)
	if err != nil {
		return nil, err
	}
	return emptyWorkbook("Batches", header, [][]string{example})
}

// EventTemplateWorkbook is TemplateWorkbook for events.
func EventTemplateWorkbook() ([]byte, error) {
	header, samples := eventTemplate()
	return emptyWorkbook("Events", header, samples)
}

func emptyWorkbook(rows string, header []string, samples [][]string) ([]byte, error) {
	file := excelize.NewFile()
	defer file.Close()
	const sample = "Example"
	text, err := file.NewStyle(&excelize.Style{NumFmt: 49}) // text, as ECMA-376 numbers it
	if err != nil {
		return nil, err
	}
	bold, err := file.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	_, made := file.NewSheet(sample)
	errs := []error{file.SetSheetName("Sheet1", rows), made}
	for _, sheet := range []string{rows, sample} {
		last, _ := excelize.ColumnNumberToName(len(header)) // there are fewer than a spreadsheet has
		errs = append(errs,
			file.SetColStyle(sheet, "A:"+last, text), file.SetColWidth(sheet, "A", last, 24), file.SetSheetRow(sheet, "A1", &header), file.SetRowStyle(sheet, 1, 1, bold),
			file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	}
	for i, cells := range samples {
		errs = append(errs, file.SetSheetRow(sample, fmt.Sprintf("A%d", i+2), &cells))
	}
	for i, path := range header {
		may := choices(path)
		if may == nil {
			continue
		}
		column, _ := excelize.ColumnNumberToName(i + 1)
		list := excelize.NewDataValidation(true)
		list.Sqref = fmt.Sprintf("%s2:%s%d", column, column, filledRows)
		errs = append(errs, list.SetDropList(may), file.AddDataValidation(rows, list))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = file.Write(&b)
	return b.Bytes(), err
}
