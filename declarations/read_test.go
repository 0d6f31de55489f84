package declarations_test

import (
	"fmt"
	"strings"
	"testing"

	"sluss"
	"sluss/declarations"
)

// read reads a table of one row below a header that has a reference besides.
func read(t *testing.T, o declarations.Options, header, row string) declarations.Row {
	t.Helper()
	file, err := declarations.Read([]byte("reference;"+header+"\nA;"+row+"\n"), o)
	if err != nil || len(file.Rows) != 1 {
		t.Fatalf("%s, %s: %+v, %v", header, row, file.Rows, err)
	}
	return file.Rows[0]
}

// told is what is wrong with a field, and what is read of it.
func told(row declarations.Row, field string) (wrong, value string) {
	for _, f := range row.Faults {
		if f.Field == field {
			wrong += f.String()
		}
	}
	for _, r := range row.Readings {
		if r.Field == field {
			value = r.Read
		}
	}
	return wrong, value
}

func TestEveryKindOfCellHasOneForm(t *testing.T) {
	for _, c := range []struct{ field, country, text, want, wrong string }{
		// waste codes
		{"waste.code", "", "13 02 05*", "130205*", ""},
		{"waste.code", "", "130205", "130205*", ""},
		{"waste.code", "", "13.02.05*", "130205*", ""},
		{"waste.code", "", "130205 *", "130205*", ""},
		{"waste.code", "", "130205＊", "130205*", ""},
		{"waste.code", "", "13-02-05", "130205*", ""},
		{"waste.code", "", "'130205*", "130205*", ""},
		{"waste.code", "", "01 01 01", "010101", ""},
		{"waste.code", "", "130205\u00a0*", "130205*", ""},
		{"waste.code", "", "60106*", "", "it is likely 060106* (write 060106*"},
		{"waste.code", "", "6 01 06", "", "it is likely 060106*"},
		{"waste.code", "", "10101", "", "it is likely 010101 "},
		{"waste.code", "", "1,30E+05", "", "a spreadsheet has rounded the code"},
		{"waste.code", "", "130205**", "", "it is likely 130205*"},
		{"waste.code", "", "*130205", "", "it is likely 130205*"},
		{"waste.code", "", "EWC 130205*", "", "it is likely 130205*"},
		// numbers of companies
		{"producer.id", "SE", "556000‑0167", "5560000167", ""},
		{"producer.id", "SE", "556000–0167", "5560000167", ""},
		{"producer.id", "SE", "5560000167,0", "", "was made a number with decimals: it is likely 5560000167"},
		{"producer.id", "SE", "SE556000016701", "", "is a VAT number: the organisationsnummer is likely 5560000167"},
		{"producer.id", "SE", "556000-0167", "5560000167", ""},
		{"producer.id", "se", "556000 0167", "5560000167", ""},
		{"producer.id", "SE", "'5560000167", "5560000167", ""},
		{"producer.id", "FR", "000 000 002 83366", "00000000283366", ""},
		{"producer.id", "FR", "404833048", "", ""},
		{"producer.id", "FR", "283366", "", "it is likely 00000000283366"},
		// codes and words
		{"producer.country", "", "se", "SE", ""},
		{"treatment.operation", "", "R 9", "R9", ""},
		{"treatment.operation", "", "d 10", "D10", ""},
		{"waste.consistence", "", "Liquid", "liquid", ""},
		{"legs.0.mode", "", "ROAD", "road", ""},
		{"legs.0.from.postcode", "SE", "761 41", "76141", ""},
		{"legs.0.from.postcode", "FR", "7100", "", "it is likely 07100"},
		{"legs.0.to.postcode", "NO", "150", "", "it is likely 0150"},
		{"legs.0.from.municipality", "SE", "188", "", "it is likely 0188"},
		{"legs.0.from.establishment", "SE", "1234567", "", "it is likely 01234567"},
		{"legs.0.from.establishment", "SE", "1234 5678", "12345678", ""},
		{"producer.contact.phone", "SE", "701234567", "", "has lost the zero at its beginning"},
		{"producer.contact.phone", "FR", "472000001", "", "has lost the zero"},
		{"producer.contact.phone", "NO", "22334455", "", ""},
		// yes and no
		{"waste.estimated", "", "ja", "true", ""},
		{"waste.estimated", "", "oui", "true", ""},
		{"waste.estimated", "", "SANT", "true", ""},
		{"waste.estimated", "", "VRAI", "true", ""},
		{"waste.pop", "", "Nei", "false", ""},
		{"waste.estimated", "", "FALSKT", "false", ""},
		{"waste.pop", "", "FAUX", "false", ""},
		{"waste.pop", "", "kanske", "", "is neither yes nor no"},
		// masses
		{"waste.mass", "", "1 250,5", "1250.5 kg", ""},
		{"waste.mass", "", "1,25 t", "1250 kg", ""},
		{"waste.mass", "", "1,250", "", "may be 1.250 kg or 1250 kg"},
		{"waste.mass", "", "12.505 kg", "", "may be 12.505"},
		{"waste.mass (t)", "", "1,25", "1250 kg", ""},
		{"waste.mass [g]", "", "500", "0.5 kg", ""},
		{"waste.mass (kg)", "", "1.250", "", "may be 1.250 kg or 1250 kg"},
	} {
		field, _, _ := strings.Cut(c.field, " ")
		header, row := c.field, c.text
		if c.country != "" {
			parent := strings.TrimSuffix(field[:strings.LastIndex(field, ".")], ".contact")
			header, row = header+";"+parent+".country", row+";"+c.country
		}
		got := read(t, declarations.Options{}, header, row)
		wrong, value := told(got, field)
		if value != c.want || (wrong != "") != (c.wrong != "") || !strings.Contains(wrong+" ", c.wrong) {
			t.Errorf("%s %q: read as %q, %q; want %q, %q", c.field, c.text, value, wrong, c.want, c.wrong)
		}
	}
	if _, value := told(read(t, declarations.Options{Decimal: ","}, "waste.mass", "1,250"), "waste.mass"); value != "1.25 kg" {
		t.Errorf("1,250 with decimal comma is %s", value)
	}
	if _, value := told(read(t, declarations.Options{Decimal: "."}, "waste.mass", "\"1,250\""), "waste.mass"); value != "1250 kg" {
		t.Errorf("1,250 with decimal point is %s", value)
	}
	if _, value := told(read(t, declarations.Options{}, "Waste.Mass (T)", "1,25"), "waste.mass"); value != "1250 kg" {
		t.Errorf("a name in capitals: %q", value)
	}
	if row := read(t, declarations.Options{}, "waste.mass;waste.estimated", "1250;true"); len(row.Readings) > 0 {
		t.Errorf("what is in its form already is told: %v", row.Readings)
	}
}

func TestTimes(t *testing.T) {
	const such = "give the file's locale"
	for _, c := range []struct{ locale, country, text, want, wrong string }{
		{"sv", "", "30/11/2026 21:30", "2026-11-30T21:30:00+01:00", ""},
		{"sv", "", "2026-11-30 21:30", "2026-11-30T21:30:00+01:00", ""},
		{"sv", "", "20261130 21:30", "2026-11-30T21:30:00+01:00", ""},
		{"fr", "", "30/11/2026 21h30", "2026-11-30T21:30:00+01:00", ""},
		{"nb", "", "30.11.2026 21.30", "2026-11-30T21:30:00+01:00", ""},
		{"nb", "", "1.2.2026 08:00:00", "2026-02-01T08:00:00+01:00", ""},
		{"en-GB", "", "30/11/2026 21:30", "2026-11-30T21:30:00Z", ""},
		{"en-GB", "SE", "30/11/2026 21:30", "2026-11-30T21:30:00+01:00", ""},
		{"en-US", "SE", "11/30/2026 21:30", "2026-11-30T21:30:00+01:00", ""},
		{"sv", "PT", "2026-11-30 21:30", "", "that of the place is not certain"},
		{"sv_FI", "", "2026-11-30T21:30", "2026-11-30T21:30:00+02:00", ""},
		{"en-US", "", "11/30/2026 21:30", "", "has no zone"},
		{"sv", "", "11/30/2026 21:30", "", "does not exist"},
		{"sv", "", "11/30/2026", "", "does not exist"},
		{"", "", "2026-02-30", "", "does not exist"},
		{"", "", "11/30/2026 21:30", "", such},
		{"sv", "", "30.11.2026", "", "has no time of day"},
		{"sv", "", "20261130", "", "has no time of day"},
		{"", "", "2026-11-30", "", "has no time of day"},
		{"sv", "", "30/11/26 21:30", "", "is not a time"},
		{"sv", "", "30-nov-2026 21:30", "", "is not a time"},
		{"sv", "", "2026-02-30 10:00", "", "does not exist"},
		{"sv", "", "2026-11-30 24:00", "", "does not exist"},
		{"", "", "30/11/2026 21:30", "", such},
		{"", "", "2026-11-30 21:30", "", such},
		{"", "", "3/4/2026 08:00", "", "may be 2026-04-03 or 2026-03-04 (" + such},
		{"", "", "2026-11-30T21:30", "", such},
		{"", "", "2026-11-30 21:30 +01:00", "2026-11-30T21:30:00+01:00", ""},
		{"", "", "2026-11-30T21:30:00+0100", "2026-11-30T21:30:00+01:00", ""},
		{"", "", "2026-11-30T21:30:00.0+01:00", "2026-11-30T21:30:00+01:00", ""},
		{"sv", "", "46356,895833", "", "is a spreadsheet's number for 2026-11-30 21:30"},
		{"", "", "46356", "", "is a spreadsheet's number for 2026-11-30 00:00"},
		{"sv", "", "2026-03-29 02:30", "", "does not exist in Europe/Stockholm, as clocks go forward: it may be 2026-03-29T02:30:00+02:00 or 2026-03-29T02:30:00+01:00"},
		{"sv", "", "2026-10-25 02:30", "", "exists twice in Europe/Stockholm, as clocks go back: it may be 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"},
		{"sv", "", "2026-10-25 01:59", "2026-10-25T01:59:00+02:00", ""},
		{"sv", "", "2026-10-25 03:00", "2026-10-25T03:00:00+01:00", ""},
		{"sv", "", "2026-03-29 03:00", "2026-03-29T03:00:00+02:00", ""},
	} {
		header, row := "legs.0.departure", c.text
		if c.country != "" {
			header, row = header+";legs.0.from.country", row+";"+c.country
		}
		wrong, value := told(read(t, declarations.Options{Locale: c.locale}, header, row), "legs.0.departure")
		if value != c.want || (wrong != "") != (c.wrong != "") || !strings.Contains(wrong, c.wrong) {
			t.Errorf("%s %q: read as %q, %q; want %q, %q", c.locale, c.text, value, wrong, c.want, c.wrong)
		}
	}
	for locale, want := range map[string]string{"en": "give en-GB or en-US", "x": "is not a locale", "zz-ZZ": "is not a locale", "es": "is not a locale that is known here"} {
		if _, err := declarations.ParseLocale(locale); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", locale, err, want)
		}
	}
}

func TestTextThatIsBrokenIsRefusedWithItsField(t *testing.T) {
	row := read(t, declarations.Options{}, "waste.name;producer.name;receiver.name;legs.0.from.city", "RhÃ´ne;\u202eSAS;Norrt\x00lje;a\u200bb")
	for field, want := range map[string]string{
		"waste.name": `"RhÃ´ne" looks as if it was encoded twice: it is likely "Rhône"`, "producer.name": "U+202E at offset 0", "receiver.name": "U+0000 at offset 5", "legs.0.from.city": "U+200B at offset 1",
	} {
		if wrong, _ := told(row, field); !strings.Contains(wrong, want) {
			t.Errorf("%s: %q, want %q", field, wrong, want)
		}
	}
}

func TestColumns(t *testing.T) {
	const text = "reference;waste.mass;Kommentar;;sluss.faults\nA;1250;hej;x;y\nB;1250;;;\n;;;;\n"
	file, err := declarations.Read([]byte(text), declarations.Options{})
	if err != nil || len(file.Rows) != 2 {
		t.Fatalf("%+v, %v", file, err)
	}
	wants := []string{"row 4 is empty", "column D has values and no name", "columns that are not known are not read: C (Kommentar)"}
	for _, want := range wants {
		if strings.Count(file.Remarks.Error(), want) != 1 {
			t.Errorf("want %q once in %v", want, file.Remarks)
		}
	}
	_, err = declarations.Read([]byte(text), declarations.Options{Strict: true})
	for _, want := range wants {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("strict: want %q in %v", want, err)
		}
	}
	for text, want := range map[string]string{
		"waste.name;waste.name;waste.nam\n":   "3 faults",
		"reference;waste.nam\n":               "waste.nam: column B is not a field of a declaration",
		"reference;reference\n":               "is in the header twice, in column A, \"reference\" and column B",
		"reference;waste.mass;waste.mass (t)": "waste.mass: is in the header twice",
		"farbe\n":                             "`starter template` writes a header",
		"reference;a\u202eb\n":                "column B: U+202E",
	} {
		if _, err := declarations.Read([]byte(text), declarations.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
	_, err = declarations.Read([]byte("reference\n\x81\xf0"), declarations.Options{Locale: "en", Decimal: "x", Encoding: "y"})
	if err == nil || !strings.Contains(err.Error(), "3 faults") {
		t.Errorf("options: %v", err)
	}
}

func TestEveryRowStandsInTheReport(t *testing.T) {
	file, err := declarations.Read([]byte("reference;waste.name;legs.1.mode\nA;x;\nB;\"x;road\nC;x;\nA;y;;z\n"), declarations.Options{})
	if err != nil || len(file.Rows) != 4 {
		t.Fatalf("%+v, %v", file, err)
	}
	for i, want := range []string{"", "column B: a quote is opened and not closed", "", "reference: A is already on line 2"} {
		row := file.Rows[i]
		if row.Line != i+2 || row.Reference != string("ABCA"[i]) || (len(row.Faults) > 0) != (want != "") || row.Read == strings.Contains(want, "quote") || i == 1 && len(row.Faults) > 1 || want != "" && !strings.Contains(row.Faults.Error(), want) {
			t.Errorf("%+v, want %q", row, want)
		}
	}
	if told := file.Rows[3].Faults.Error(); !strings.Contains(told, "the cell in column D has no column in the header") {
		t.Error(told)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("reference;waste.mass;legs.0.departure", "A;1,250;30/11/2026 21:30", "sv")
	f.Add("Vågsedelsnr;Datum;Org.nr", "7;2026-10-25 02:30;5,56E+09", "")
	f.Add("reference,waste.code,producer.id,producer.country", "A,6 01 06,283366,FR", "fr")
	profiles, err := declarations.Profiles("")
	if err != nil {
		f.Fatal(err)
	}
	swedish := profiles["swedish"]
	f.Fuzz(func(t *testing.T, header, row, locale string) {
		for _, profile := range []*declarations.Profile{nil, &swedish} {
			file, err := declarations.Read([]byte(header+"\n"+row+"\n"), declarations.Options{Locale: locale, Profile: profile})
			if (err == nil) != (file.Rows != nil) {
				t.Errorf("%+v, %v", file, err)
			}
			for _, r := range file.Rows {
				if len(r.Faults) == 0 && !r.Read {
					t.Errorf("a row has neither declaration nor fault: %+v", r)
				}
				_ = fmt.Sprint(r.Readings, r.Placed(r.Faults))
			}
		}
	})
}

func TestACorrectionIsReadAsADeclaration(t *testing.T) {
	d := sluss.Declaration{Producer: sluss.Party{Country: "SE"}, Legs: []sluss.Leg{{From: sluss.Place{Country: "FR"}}}}
	plain, readings, faults := declarations.Plain(d, map[string]string{
		"waste.code": "13 02 05*", "waste.mass": "1,25 t", "waste.pop": "ja", "treatment.operation": "R 9", "waste.consistence": "Liquid", "waste.name": "", "nothing.such": "X",
	})
	for path, want := range map[string]string{"waste.code": "130205*", "waste.mass": "1,25 t", "waste.pop": "true", "treatment.operation": "R9", "waste.consistence": "liquid", "waste.name": "", "nothing.such": "X"} {
		if plain[path] != want {
			t.Errorf("%s: %q, want %q", path, plain[path], want)
		}
	}
	if len(plain) != 7 || len(readings) != 4 || len(faults) > 0 {
		t.Errorf("%v, %v, %v", plain, readings, faults)
	}
	_, _, faults = declarations.Plain(d, map[string]string{"waste.code": "60106*", "legs.0.from.postcode": "7100", "producer.id": "SE556000016701"})
	for _, want := range []string{"waste.code: ", "it is likely 060106*", "legs.0.from.postcode: ", "it is likely 07100", "producer.id: ", "likely 5560000167"} {
		if !strings.Contains(faults.Error(), want) || strings.Contains(faults.Error(), "column") {
			t.Errorf("want %q in %v", want, faults)
		}
	}
}
