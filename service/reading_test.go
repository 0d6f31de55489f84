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
