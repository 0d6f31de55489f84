package check

import (
	"maps"
	"os"
	"path/filepath"
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

func TestCodesAreTheRegistrys(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "trackdechets-waste-codes.tsv"))
	if os.IsNotExist(err) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	must(t, err)
	want := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if row := strings.Split(line, "\t"); len(row) > 2 && row[2] == "1" {
			want[row[0]] = true
		}
	}
	if !maps.Equal(wasteCodes(), want) {
		t.Errorf("%d codes, want %d", len(wasteCodes()), len(want))
	}
}
