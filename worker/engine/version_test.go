package engine

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestVersionIsThatOfTheCode, and of nothing else: nobody must remember to change it,
// and workers with the same code have the same version.
func TestVersionIsThatOfTheCode(t *testing.T) {
	id, err := build()
	if again, _ := build(); err != nil || len(id) != 12 || again != id {
		t.Errorf("%q, then %q, %v", id, again, err)
	}
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	of := func(files fstest.MapFS) string {
		id, err := hash(files)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first := of(fstest.MapFS{"a.go": file("one"), "b.go": file("two")})
	for name, test := range map[string]struct {
		files fstest.MapFS
		same  bool
	}{
		"again":        {fstest.MapFS{"b.go": file("two"), "a.go": file("one")}, true},
		"a test":       {fstest.MapFS{"a.go": file("one"), "b.go": file("two"), "b_test.go": file("x")}, true},
		"a change":     {fstest.MapFS{"a.go": file("one"), "b.go": file("two!")}, false},
		"another name": {fstest.MapFS{"a.go": file("one"), "c.go": file("two")}, false},
		"a file more":  {fstest.MapFS{"a.go": file("one"), "b.go": file("two"), "c.go": file("")}, false},
		"moved":        {fstest.MapFS{"a.go": file("onetwo"), "b.go": file("")}, false},
	} {
		if got := of(test.files); (got == first) != test.same {
			t.Errorf("%s: %s, after %s", name, got, first)
		}
	}
}

// TestVersionIsThatOfAllThatWorkflowsUse: every package of ours that workflows link
// is in their version.
func TestVersionIsThatOfAllThatWorkflowsUse(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "sluss/workflows").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Of activities they know the names only.
	hashed := []string{"sluss", "sluss/registries/numbers", "sluss/obligations", "sluss/activities", "sluss/workflows"}
	for name := range strings.FieldsSeq(string(out)) {
		if (name == "sluss" || strings.HasPrefix(name, "sluss/")) && !slices.Contains(hashed, name) {
			t.Errorf("workflows use %s, which is not in their version", name)
		}
	}
}
