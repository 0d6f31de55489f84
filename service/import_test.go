package service_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/service"
)

// importer is a service without workflows: only dry runs can be made.
func importer(t *testing.T) *service.Service {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	profiles, err := declarations.Profiles("")
	must(t, err)
	return &service.Service{Ledger: l, Profiles: profiles}
}

func dryRun(t *testing.T, sv *service.Service, data []byte, o service.Import) service.Report {
	t.Helper()
	o.DryRun = true
	report, err := sv.Import(t.Context(), bytes.NewReader(data), o, sluss.Person{Name: "Anna Ek"}, noon)
	must(t, err)
	if !report.DryRun || report.Declared+report.Unchanged+report.Refused != len(report.Rows) {
		t.Errorf("%+v", report)
	}
	return report
}

func TestADryRunTellsWhatWouldBeDeclared(t *testing.T) {
	sv := importer(t)
	record(t, sv.Ledger, example(t, "se-waste-oil"))
	data, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	lines := strings.SplitAfter(string(data), "\n")
	report := dryRun(t, sv, data, service.Import{})
	if report.Unchanged != 1 || report.Refused != 0 || report.Declared != len(lines)-3 || report.Rows[0].Values != nil || report.Rows[1].Values["waste.code"] == "" || report.Rows[1].Batch == "" {
		t.Errorf("%d unchanged, %d refused, %d declared of %d, %+v", report.Unchanged, report.Refused, report.Declared, len(lines), report.Rows[0])
	}
	// Faults of form and of meaning are told together, those of meaning with the place in the file too.
	bad := dryRun(t, sv, []byte("Nr;Vikt;reference\nx;heavy;A\n"), service.Import{Options: declarations.Options{Profile: &declarations.Profile{Columns: map[string]declarations.ProfileColumn{
		"Nr": {To: []string{"waste.code"}}, "Vikt": {To: []string{"waste.mass"}},
	}}}})
	for _, want := range []string{`waste.mass: column B, "Vikt": mass "heavy": is not a number`, `waste.code: column A, "Nr": "x" is not a code`, "producer.name"} {
		if told := bad.Rows[0].Faults.Error(); strings.Count(told, want) != 1 {
			t.Errorf("want %q once in %s", want, told)
		}
	}
	if _, err := sv.Import(t.Context(), bytes.NewReader(data), service.Import{ProfileName: "none"}, sluss.Person{}, noon); err == nil || !strings.Contains(err.Error(), "use swedish, or send one with the file") {
		t.Errorf("unknown profile: %v", err)
	}
}

func TestTheReportStandsBesideTheRows(t *testing.T) {
	sv := importer(t)
	data, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	lines := strings.SplitAfter(string(data), "\n")
	file := lines[0] + strings.Replace(lines[1], ",1250,", ",\"1,250\",", 1) + strings.Replace(lines[2], "\n", ",,x\n", 1)
	report := dryRun(t, sv, []byte(file), service.Import{})
	var b bytes.Buffer
	must(t, report.WriteCSV(&b))
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 3 || !strings.Contains(strings.Join(rows[1], ";"), "waste.mass: mass \"1,250\": may be 1.250 kg or 1250 kg") || !strings.Contains(strings.Join(rows[2], ";"), "has no column") {
		t.Errorf("%q, %v", rows, err)
	}
	again := dryRun(t, sv, []byte(strings.Replace(b.String(), "1,250;", "1250;", 1)), service.Import{})
	if again.Rows[0].Result != service.RowDeclared || again.Rows[1].Result != service.RowRefused {
		t.Errorf("the mended report is not read: %v, %v, %v", again.Remarks, again.Rows[0].Faults, again.Rows[1].Faults)
	}
}

// TestCasesOfPlants runs files as plants sent them, which are kept beside the
// repository, and asserts what is right.
func TestCasesOfPlants(t *testing.T) {
	const folder = "../../shared/cases/csv/"
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("%s is not there: its files are not run", folder)
	}
	sv := importer(t)
	swedish := service.Import{Options: declarations.Options{Locale: "sv"}}
	const both, rounded, likely = "may be 1.250 kg or 1250 kg", "a spreadsheet has rounded", "it is likely "
	cases := []struct {
		file string
		by   service.Import
		form string            // what the file is read as begins so
		rows map[string]string // by reference: the fault; or "PATH=VALUE" of what is declared
		told string            // of the file; with strict that is refused
	}{
		{file: "csv-02-windows1252.csv", form: "Windows-1252, separated by semicolons", rows: map[string]string{"C-02": "receiver.name=Mälarens Oljeraffinaderi AB"}},
		{file: "csv-22-french-windows1252.csv", form: "Windows-1252", rows: map[string]string{"C-22": "producer.name=Ateliers du Rhône SAS"}},
		{file: "csv-24-french-utf8-read-as-1252.csv", rows: map[string]string{"C-24": `producer.name: "Ateliers du RhÃ´ne SAS" looks as if it was encoded twice: it is likely "Ateliers du Rhône SAS"`}},
		{file: "csv-26-french-control-chars.csv", rows: map[string]string{"C-26": "producer.name: U+0000", "C-26b": "producer.name: U+202E", "C-26c": "producer.name: U+200B"}},
		{file: "csv-03-sep-line.csv", rows: map[string]string{"C-03": "waste.mass=1250"}},
		{file: "02a-excel-unicode-text-utf16le-bom-tab.csv", form: "UTF-16 LE, separated by tabs", rows: map[string]string{"U16-1": "producer.contact.name=Åsa Ek"}},
		{file: "csv-06-thousands-comma.csv", rows: map[string]string{"C-06": both}},
		{file: "csv-06-thousands-comma.csv", by: service.Import{Options: declarations.Options{Decimal: "."}}, rows: map[string]string{"C-06": "waste.mass=1250"}},
		{file: "csv-07-thousands-point.csv", rows: map[string]string{"C-07": both}},
		{file: "csv-07-thousands-point.csv", by: service.Import{Options: declarations.Options{Decimal: ","}}, rows: map[string]string{"C-07": "waste.mass=1250"}},
		{file: "03-masses-as-people-write-them.csv", rows: map[string]string{
			"NUM-00": "waste.mass=1250.5", "NUM-01": "waste.mass=1250", "NUM-02": "waste.mass=1250.5", "NUM-03": "waste.mass=1250", "NUM-04": both, "NUM-05": both, "NUM-06": "waste.mass=1250.5", "NUM-07": "waste.mass=1250.5",
			"NUM-08": "waste.mass=1250", "NUM-09": "waste.mass=1250", "NUM-10": "waste.mass=1250", "NUM-13": "waste.mass=1250", "NUM-14": rounded, "NUM-15": "must be more than 0", "NUM-16": "must be more than 0", "NUM-20": "is not a number",
			"NUM-21": "is not a number", "NUM-22": "is not a number", "NUM-23": "waste.mass=1250", "NUM-26": "is not a whole number of grams",
		}},
		{file: "csv-11-local-dates.csv", rows: map[string]string{"C-11a": "give the file's locale", "C-11b": "give the file's locale", "C-11c": "is a spreadsheet's number for 2026-11-23 08:00"}},
		{file: "csv-11-local-dates.csv", by: swedish, rows: map[string]string{"C-11a": "legs.0.departure=2026-11-23T08:00:00+01:00", "C-11b": "legs.0.departure=2026-11-23T08:00:00+01:00", "C-11c": "is a spreadsheet's number for"}},
		{file: "04-dates.csv", by: swedish, rows: map[string]string{
			"DAT-00": "has no time of day", "DAT-01": "has no time of day", "DAT-02": "has no time of day", "DAT-03": "legs.0.departure=2026-11-30T21:30:00+01:00", "DAT-04": "legs.0.departure=2026-11-30T21:30:00+01:00",
			"DAT-05": "legs.0.departure=2026-11-30T21:30:00+01:00", "DAT-06": "legs.0.departure=2026-11-30T21:30:00+01:00", "DAT-07": "does not exist", "DAT-09": "legs.0.departure=2026-11-30T21:30:00+01:00",
			"DAT-10": "is a spreadsheet's number", "DAT-12": "legs.0.departure=2026-11-30T21:30:00+01:00", "DAT-13": "does not exist", "DAT-14": "does not exist", "DAT-19": "is not a time",
		}},
		{file: "csv-13-trailing-empty-rows.csv", rows: map[string]string{"C-13": "waste.mass=1250"}, told: "are empty: passed over"},
		{file: "csv-14-extra-empty-columns.csv", rows: map[string]string{"C-14": "waste.mass=1250"}, told: "have neither names nor values"},
		{file: "08a-unknown-extra-columns.csv", rows: map[string]string{"EXT-1": "waste.mass=1250"}, told: "(Kommentar), "},
		{file: "05-waste-codes.csv", rows: map[string]string{
			"KOD-01": "waste.code=130205*", "KOD-02": "waste.code=130205*", "KOD-03": "waste.code=130205*", "KOD-04": "waste.code=130205*", "KOD-05": "waste.code=130205*", "KOD-06": "waste.code=130205*", "KOD-07": likely + "010101",
			"KOD-09": likely + "010304*", "KOD-11": rounded, "KOD-12": likely + "130205*", "KOD-13": likely + "130205*", "KOD-15": "waste.code=130205*", "KOD-16": likely + "130205*", "KOD-18": "has no code 999999",
			"KOD-19": "waste.code=130205*", "KOD-20": "waste.code=130205*", "KOD-21": likely + "060106*", "KOD-22": "waste.code=060106*",
		}},
		{file: "06-orgnr-as-excel-mangles.csv", rows: map[string]string{
			"ORG-01": rounded, "ORG-02": rounded, "ORG-03": likely + "5560000167", "ORG-07": "likely 5560000167", "ORG-10": "producer.id=5560000167", "ORG-11": "producer.id=5560000167", "ORG-05": "producer.id=5560000167", "ORG-06": "producer.id=5560000167", "ORG-08": "producer.id=5560000167", "ORG-09": "check digit", "ORG-12": "is not a number of a company in SE", "ORG-18": "nothing but zeros",
			"ORG-19": "producer.id=5560000167", "ORG-20": "producer.id=5560000167",
		}},
		{file: "08g-swedish-headers.csv", by: service.Import{ProfileName: "swedish"}, form: "Windows-1252", rows: map[string]string{"102345": "waste.mass=1250"}},
		{file: "08i-unclosed-quote.csv", rows: map[string]string{"UNQ-0": "waste.mass=1250", "UNQ-1": "column C: a quote is opened and not closed", "UNQ-2": "waste.mass=1250", "UNQ-3": "waste.mass=1250"}},
	}
	ran := map[string]bool{}
	for _, c := range cases {
		ran[c.file] = true
		data, err := os.ReadFile(folder + c.file)
		must(t, err)
		report := dryRun(t, sv, data, c.by)
		if !strings.HasPrefix(report.Form, c.form) || c.told != "" && !strings.Contains(report.Remarks.Error(), c.told) || c.told == "" && len(report.Remarks) > 0 {
			t.Errorf("%s: %s, %v", c.file, report.Form, report.Remarks)
		}
		found := 0
		for _, row := range report.Rows {
			want, there := c.rows[row.Reference]
			if !there {
				continue
			}
			found++
			path, value, declared := strings.Cut(want, "=")
			switch {
			case declared && (row.Result != service.RowDeclared || row.Values[path] != value):
				t.Errorf("%s, %s: %s with %q, %v; want %s", c.file, row.Reference, row.Result, row.Values[path], row.Faults, want)
			case !declared && (row.Result != service.RowRefused || !strings.Contains(row.Faults.Error(), want)):
				t.Errorf("%s, %s: %s, %v; want %q", c.file, row.Reference, row.Result, row.Faults, want)
			}
		}
		if found != len(c.rows) {
			t.Errorf("%s: %d of %d rows stand in the report", c.file, found, len(c.rows))
		}
		if c.told == "" {
			continue
		}
		c.by.Strict = true
		if _, err := sv.Import(t.Context(), bytes.NewReader(data), c.by, sluss.Person{}, noon); err == nil || !strings.Contains(err.Error(), c.told) {
			t.Errorf("%s, strict: %v", c.file, err)
		}
	}
	files, err := filepath.Glob(folder + "*.csv")
	must(t, err)
	for _, file := range files {
		if !ran[filepath.Base(file)] {
			t.Errorf("%s is not run", file)
		}
	}
}
