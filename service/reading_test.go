package service_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss/obligations"
	"sluss/service"
)

func TestExamplesReadTheSameFromJSONAndCSV(t *testing.T) {
	files, err := filepath.Glob("../examples/*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	byReference := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := service.ReadDeclaration(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if faults := obligations.Validate(d); len(faults) > 0 {
			t.Errorf("%s: %v", file, faults)
		}
		byReference[d.Reference] = d.Hash()
	}
	f, err := os.Open("../examples/batches.csv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	rows, err := service.ReadCSV(f)
	if err != nil || len(rows) != len(files) {
		t.Fatalf("%d rows for %d files, %v", len(rows), len(files), err)
	}
	for _, row := range rows {
		if len(row.Faults) > 0 || row.Declaration.Hash() != byReference[row.Reference] {
			t.Errorf("line %d, %s: not what its JSON says; faults %v", row.Line, row.Reference, row.Faults)
		}
	}
}

func TestReadDeclarationTellsAllFaultsAtOnce(t *testing.T) {
	_, err := service.ReadDeclaration([]byte(`{"reference":"A","waste":{"mass":"a lot","colour":"red"},"legs":[{"mode":"road","departure":"tomorrow"}],"receiver":7}`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"waste.mass", "waste.code", `no field "colour"`, "legs.0.departure", "receiver"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
	for input, want := range map[string]string{
		"":                     "not JSON",
		"{\n\"a\": 1,\n oops}": "in line 3",
		`[]`:                   "not a JSON object",
		`{} {}`:                "something follows",
	} {
		if _, err := service.ReadDeclaration([]byte(input)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", input, err, want)
		}
	}
}

func TestBadRowsDoNotStopGoodOnes(t *testing.T) {
	rows, err := service.ReadCSV(strings.NewReader("\xef\xbb\xbfreference;waste.code;waste.mass;legs.1.mode\n" +
		"A;130205*;1250,5;\n" +
		"B;130205*;heavy;road\n" +
		"C;\"130205*;1;\n" + // a quote that never closes swallows the rest
		"D;130205*;1;\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || len(rows[0].Faults) != 0 || rows[0].Declaration.Waste.Mass.Kilograms() != "1250.5" {
		t.Fatalf("rows %+v", rows)
	}
	if got := rows[1].Faults.Error(); rows[1].Line != 3 || !strings.Contains(got, "waste.mass") || !strings.Contains(got, "legs.1.mode") {
		t.Errorf("line %d: %s", rows[1].Line, got)
	}
	if rows[2].Line != 4 || !strings.Contains(rows[2].Faults.Error(), "double quotes") {
		t.Errorf("line %d: %v", rows[2].Line, rows[2].Faults)
	}
	twice, err := service.ReadCSV(strings.NewReader("reference,waste.name\nA,x\nA,y,z\n"))
	if err != nil || len(twice[1].Faults) != 2 {
		t.Errorf("%+v, %v", twice, err)
	}
	_, err = service.ReadCSV(strings.NewReader("waste.name,waste.name,farbe\n"))
	if err == nil || !strings.Contains(err.Error(), "3 faults") {
		t.Errorf("header: %v", err)
	}
	if _, err := service.ReadCSV(strings.NewReader("")); err == nil {
		t.Error("an empty file was taken")
	}
}

func TestAnAmbiguousMassIsRefusedWithBothReadings(t *testing.T) {
	rows, err := service.ReadCSV(strings.NewReader("reference;waste.mass\nA;1,250\nB;1.250\nC;1 250\nD;1\u202f250,5\nE;1,25 t\nF;1250 kg\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "", "1250", "1250.5", "1250", "1250"} {
		told := ""
		for _, f := range rows[i].Faults {
			if f.Field == "waste.mass" {
				told = f.String()
			}
		}
		if both := strings.Contains(told, "may be 1.250 kg or 1250 kg") && strings.Contains(told, "write 1.2500 kg or 1250 kg"); both != (want == "") {
			t.Errorf("line %d: %q", rows[i].Line, told)
		}
		if got := rows[i].Declaration.Waste.Mass.Kilograms(); want != "" && got != want {
			t.Errorf("line %d: %s kg, want %s", rows[i].Line, got, want)
		}
	}
	d, err := service.ReadDeclaration([]byte(`{"waste":{"mass":1.250}}`))
	if d.Waste.Mass != 1250 || err != nil {
		t.Errorf("a number of JSON is what it is: %s, %v", d.Waste.Mass, err)
	}
	if _, err := service.ReadDeclaration([]byte(`{"waste":{"mass":"1.250"}}`)); err == nil || !strings.Contains(err.Error(), "waste.mass: mass \"1.250\": may be") {
		t.Errorf("text in JSON: %v", err)
	}
}

func TestTextThatIsBrokenIsRefusedWithItsField(t *testing.T) {
	rows, err := service.ReadCSV(strings.NewReader("reference;waste.name;producer.name;receiver.name\nA;Sp\xe5n;\u202eSAS;Norrt\x00lje\nB;Olja;Rh\uFFFDne;Åkeri\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{
		{"waste.name: byte 0xE5 at offset 2", "producer.name: U+202E at offset 0", "receiver.name: U+0000 at offset 5"},
		{"producer.name: U+FFFD at offset 2"},
	} {
		told := rows[i].Faults.Error()
		for _, w := range want {
			if strings.Count(told, w) != 1 {
				t.Errorf("line %d: want %q once in %s", rows[i].Line, w, told)
			}
		}
		if strings.Contains(told, "has no name") {
			t.Errorf("line %d: a name that cannot be read is not missing: %s", rows[i].Line, told)
		}
	}
	for text, want := range map[string]string{
		"{\"producer\":{\"name\":\"Norrt\xe4lje\"}}": "producer.name: byte 0xE4 at offset 26",
		`{"producer":{"name":"a\u0000b"}}`:           "producer.name: U+0000 at offset 1",
		`{"producer":{"name":"a\ud800b"}}`:           "producer.name: U+FFFD",
		`{"legs":[{"to":{"city":"a\u200bb"}}]}`:      "legs.0.to.city: U+200B",
	} {
		if _, err := service.ReadDeclaration([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestNumbersAreUnderstoodAsPeopleWriteThem(t *testing.T) {
	rows, err := service.ReadCSV(strings.NewReader("reference;producer.country;producer.id;legs.0.from.country;legs.0.from.establishment;receiver.country;receiver.id\n" +
		"A;SE;556000-0167;SE;1234 5678;FR;000 000 002 83366\nB;SE;16556000-0167;;;NO;974 760 673\nC;SE;5,56E+09;;;SE;0000000000\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := rows[0].Declaration, rows[1].Declaration
	if a.Producer.ID != "5560000167" || a.Legs[0].From.Establishment != "12345678" || a.Receiver.ID != "00000000283366" || b.Producer.ID != "5560000167" || b.Receiver.ID != "974760673" {
		t.Errorf("%+v, %+v", a, b)
	}
	told := obligations.Validate(rows[2].Declaration).Error()
	for _, want := range []string{"producer.id: is not a number of a company in SE: a spreadsheet has rounded it", "receiver.id: is not a number of a company in SE: is nothing but zeros"} {
		if !strings.Contains(told, want) {
			t.Errorf("want %q in %s", want, told)
		}
	}
}
