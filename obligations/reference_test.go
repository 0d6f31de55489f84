package obligations

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWasteCodes(t *testing.T) {
	for _, test := range []struct {
		code             string
		hazardous, known bool
	}{
		{"130205*", true, true},
		{"130205", true, true},
		{"160103", false, true},
		{"160604", false, true}, // until the change of batteries
		{"160604*", true, true}, // from it
		{"160607*", true, true},
		{"160635", false, true},
		{"1302", false, false},
		{"139999", false, false},
		{"", false, false},
		{"from", false, false},
	} {
		if hazardous, known := codeOn(test.code, ""); hazardous != test.hazardous || known != test.known {
			t.Errorf("%q: hazardous %t, known %t", test.code, hazardous, known)
		}
	}
}

func TestWasteCodesAreThoseOfTheAnnex(t *testing.T) {
	rows := 0
	for line := range strings.Lines(reference(t, "data/sweden-avfallskoder.tsv")) {
		fields := strings.Split(line, "\t") // code, code with spaces, hazardous, text
		if len(fields[0]) != 6 {
			continue
		}
		rows++
		if hazardous, known := codeOn(fields[0], "2026-12-08"); !known || hazardous != (fields[2] == "1") {
			t.Errorf("%s: hazardous %t, known %t", fields[0], hazardous, known)
		}
	}
	ours := 0
	for line := range strings.Lines(wasteCodes) {
		if !strings.Contains(line, "from") {
			ours++
		}
	}
	if rows != 842 || ours != rows {
		t.Errorf("the annex has %d codes, ours %d", rows, ours)
	}
}

func TestMunicipalities(t *testing.T) {
	codes := strings.Fields(municipalities)
	if len(codes) != 290 || !slices.IsSorted(codes) || len(slices.Compact(codes)) != 290 {
		t.Errorf("%d municipalities, want 290, each once", len(codes))
	}
	for _, known := range []string{"0114", "0180", "0980", "1280", "1480", "1881", "2584"} {
		if !slices.Contains(codes, known) {
			t.Errorf("%s is missing", known)
		}
	}
}

// reference reads a file of the reference folder beside the repository.
func reference(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", path))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reference folder ../shared is not here: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
