package avfallsregistret

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var writePage = flag.Bool("write-codes-page", false, "write docs/avfallsregistret-codes.md anew")

// page is the catalogue, for people who look up a code.
func page() string {
	var b strings.Builder
	b.WriteString(`# The error codes of Avfallsregistret

Every code that the Swedish registry may answer with: what it means, which field of a note it is about, and what to do. The registry
answers with all codes of a note at once, and Sluss shows each with the field of the declaration that it comes from.

` + "`1000`" + ` and ` + "`4101`" + ` to ` + "`4104`" + ` have two meanings. Sluss distinguishes them by the text of the registry, by the kind of note and by the other codes of
the same answer. If these do not decide, it names both.

This page is made from the program: ` + "`go test ./registries/avfallsregistret -run TestCodesPage -write-codes-page`" + `.

| Code | Meaning | På svenska | Field | What to do | Åtgärd |
|---|---|---|---|---|---|
`)
	for _, e := range Catalogue() {
		wire := "–"
		if e.Wire != "" {
			wire = "`" + e.Wire + "`"
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s |\n", e.Code, e.Message, e.Swedish, wire, e.Remedy, e.SwedishRemedy)
	}
	return b.String()
}

func TestCodesPage(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "avfallsregistret-codes.md")
	if *writePage {
		if err := os.WriteFile(name, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != page() {
		t.Errorf("%s does not say what the program says: run go test ./registries/avfallsregistret -run TestCodesPage -write-codes-page", filepath.Base(name))
	}
	if lines := strings.Count(string(written), "\n| "); lines != catalogueLines+1 {
		t.Errorf("the page has %d rows, want %d and a heading", lines, catalogueLines)
	}
}
