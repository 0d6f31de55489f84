package service_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss/declarations"
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
		if faults := append(obligations.Validate(d), obligations.Doubt(d, d.Legs[0].Departure)...); len(faults) > 0 {
			t.Errorf("%s: %v", file, faults)
		}
		byReference[d.Reference] = d.Hash()
	}
	data, err := os.ReadFile("../examples/batches.csv")
	if err != nil {
		t.Fatal(err)
	}
	table, err := declarations.Read(data, declarations.Options{})
	rows := table.Rows
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

func TestAnAmbiguousMassIsRefusedWithBothReadings(t *testing.T) {
	d, err := service.ReadDeclaration([]byte(`{"waste":{"mass":1.250}}`))
	if d.Waste.Mass != 1250 || err != nil {
		t.Errorf("a number of JSON is what it is: %s, %v", d.Waste.Mass, err)
	}
	if _, err := service.ReadDeclaration([]byte(`{"waste":{"mass":"1.250"}}`)); err == nil || !strings.Contains(err.Error(), "waste.mass: mass \"1.250\": may be") {
		t.Errorf("text in JSON: %v", err)
	}
}

func TestTextThatIsBrokenIsRefusedWithItsField(t *testing.T) {
	for text, want := range map[string]string{
		"{\"producer\":{\"name\":\"Norrt\xe4lje\"}}": "producer.name: byte 0xE4 at offset 26",
		`{"producer":{"name":"a\u0000b"}}`:           "producer.name: U+0000 at offset 1",
		`{"producer":{"name":"a\ud800b"}}`:           "producer.name: U+FFFD",
		`{"legs":[{"to":{"city":"a\u200bb"}}]}`:      "legs.0.to.city: U+200B",
		`{"producer":{"name":"RhÃ´ne"}}`:             `producer.name: "RhÃ´ne" looks as if it was encoded twice: it is likely "Rhône"`,
	} {
		if _, err := service.ReadDeclaration([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestABatchInJSONIsReadAsARowOfATable reads values that tables take, and does not take
// those that tables refuse.
func TestABatchInJSONIsReadAsARowOfATable(t *testing.T) {
	for _, c := range []struct{ from, to, field, read, wrong string }{
		{from: `"130205*"`, to: `"13 02 05*"`, field: "waste.code", read: "130205*"},
		{from: `"130205*"`, to: `"130205"`, field: "waste.code", read: "130205*"},
		{from: `"130205*"`, to: `"30205*"`, field: "waste.code", wrong: "it is likely 030205*"},
		{from: `"130205*"`, to: `"60106*"`, field: "waste.code", wrong: "it is likely 060106*"},
		{from: `"5560000167"`, to: `"556000-0167"`, field: "producer.id", read: "5560000167"},
		{from: `"5560000167"`, to: `"SE556000016701"`, field: "producer.id", wrong: "the organisationsnummer is likely 5560000167"},
		{from: `"R9"`, to: `"R 9"`, field: "treatment.operation", read: "R9"},
		{from: `"76141"`, to: `"761 41"`, field: "legs.0.from.postcode", read: "76141"},
		{from: `"0188"`, to: `188`, field: "legs.0.from.municipality", wrong: "it is likely 0188"},
		{from: `"liquid"`, to: `"Liquid"`, field: "waste.consistence", read: "liquid"},
		{from: `1250`, to: `1250.00`},
		{from: `1250`, to: `"1,25 t"`, field: "waste.mass", read: "1250 kg"},
		{from: `1250`, to: `"1,250"`, field: "waste.mass", wrong: "may be 1.250 kg or 1250 kg"},
		{from: `2026-11-23T08:00:00+01:00`, to: `23/11/2026 08:00`, field: "legs.0.departure", wrong: "give the file's locale"},
		{from: `"liquid"`, to: `null`},
		{from: `"liquid"`, to: `""`},
	} {
		text := exampleText(t, "se-waste-oil")
		if !strings.Contains(text, c.from) {
			t.Fatalf("the example has no %s", c.from)
		}
		_, readings, err := service.ReadDeclared([]byte(strings.Replace(text, c.from, c.to, 1)))
		said := ""
		for _, r := range readings {
			said += r.Field + "=" + r.Read
		}
		switch {
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.field+": ") || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s: %v; want %q", c.to, err, c.wrong)
		case c.wrong == "" && err != nil, c.read != "" && said != c.field+"="+c.read, c.wrong+c.read == "" && said != "":
			t.Errorf("%s: %v, %s; want %s=%s", c.to, err, said, c.field, c.read)
		}
	}
}
