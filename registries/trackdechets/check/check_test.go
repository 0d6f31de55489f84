package check

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluss/registries/trackdechets/bsdd"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What the mapping takes for an operation that groups is one here.
func TestOperationsThatGroup(t *testing.T) {
	for _, o := range operations {
		if groups := len(o.modes) == 0; groups != bsdd.Groups(o.code) {
			t.Errorf("%s groups: %v", o.code, groups)
		}
	}
}

// reference reads a file of the reference folder beside the repository.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", name))
	if os.IsNotExist(err) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	must(t, err)
	return raw
}

func TestOperationsAreTheRegistrys(t *testing.T) {
	var theirs struct {
		Operations []struct{ Code string }
		Modes      map[string][]string
	}
	must(t, json.Unmarshal(reference(t, "trackdechets-operations.json"), &theirs))
	words := map[string]string{
		"RECYCLAGE": recycling, "REUTILISATION": reuse, "VALORISATION_ENERGETIQUE": energy, "ELIMINATION": elimination, "AUTRES_VALORISATIONS": otherRecovery,
	}
	if len(operations) != len(theirs.Operations) {
		t.Errorf("%d operations, want %d", len(operations), len(theirs.Operations))
	}
	for _, o := range theirs.Operations {
		ours, known := operationOf(bsdd.Compact(o.Code), modesWanted)
		var want []string
		for _, mode := range theirs.Modes[o.Code] {
			want = append(want, words[mode])
		}
		if !known || !slices.Equal(ours.modes, want) {
			t.Errorf("%s: modes %q, want %q", o.Code, ours.modes, want)
		}
	}
}

func TestCodesAreTheRegistrys(t *testing.T) {
	want := map[string]bool{}
	for line := range strings.Lines(string(reference(t, "trackdechets-waste-codes.tsv"))) {
		if row := strings.Split(line, "\t"); len(row) > 2 && row[2] == "1" {
			want[row[0]] = true
		}
	}
	if !maps.Equal(wasteCodes(), want) {
		t.Errorf("%d codes, want %d", len(wasteCodes()), len(want))
	}
}
