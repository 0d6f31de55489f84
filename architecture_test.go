package sluss_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An importRule is for a package, or a pattern for packages of one kind, and what it may
// import of ours.
type importRule struct {
	name      string
	mayImport []string
}

// importRules are all packages: one that is not here must be added. No package may import
// the simulators, so only tests and standalone do.
var importRules = []importRule{
	{"sluss", nil},
	{"sluss/quota", nil},
	{"sluss/bars", nil}, // for benchmarks: what they measure beside the bars
	{"sluss/schema", nil},
	{"sluss/guard", nil},
	{"sluss/config", []string{"sluss", "sluss/guard", "sluss/obligations"}},
	{"sluss/examples", nil},
	{"sluss/tables", []string{"sluss"}},
	{"sluss/postgres", nil},
	{"sluss/postgres/*", []string{"sluss/postgres"}},
	{"sluss/obligations", []string{"sluss", "sluss/registries/numbers"}},
	{"sluss/obligations/*", []string{"sluss"}}, // for tests: the law read a second time
	{"sluss/registries", []string{"sluss", "sluss/quota", "sluss/registries/*"}},
	{"sluss/registries/once", nil},
	{"sluss/registries/numbers", nil},
	{"sluss/registries/*", []string{"sluss", "sluss/quota", "sluss/registries/once", "sluss/registries/numbers", itself}},
	{"sluss/registries/*/*", []string{"sluss", "sluss/quota", "sluss/registries/once", "sluss/registries/numbers", itself}},
	{"sluss/simulators/trackdechets", []string{"sluss/guard", "sluss/simulators/trackdechets/*"}},
	{"sluss/simulators/trackdechets/*", []string{"sluss/registries/numbers", "sluss/simulators/trackdechets/*"}},
	{"sluss/simulators/*", []string{"sluss", "sluss/guard", "sluss/quota", "sluss/registries/numbers"}},
	{"sluss/declarations", []string{"sluss", "sluss/tables", "sluss/obligations", "sluss/registries/numbers", "sluss/examples"}},
	{"sluss/ledger", []string{"sluss", "sluss/quota", "sluss/schema"}},
	{"sluss/activities", []string{"sluss"}},
	{"sluss/workflows", []string{"sluss", "sluss/obligations", "sluss/activities"}},
	{"sluss/workflows/*", []string{"sluss/activities", "sluss/workflows"}}, // for tests: a task without a server
	// People upload the Swedish agency's extract and look up error codes; and a
	// declaration that a registry would refuse is refused at once. Of activities,
	// service uses the function that calls at most once, to send a security code
	// outside of any workflow.
	{"sluss/service", []string{"sluss", "sluss/declarations", "sluss/activities", "sluss/workflows", "sluss/ledger", "sluss/obligations", "sluss/registries/avfallsregistret", "sluss/registries/trackdechets/check", "sluss/registries/trackdechets/documents", "sluss/registries/trackdechets/filing", "sluss/registries/trackdechets/wire"}},
	{"sluss/api", []string{"sluss", "sluss/guard", "sluss/declarations", "sluss/service"}},
	{"sluss/api/*", []string{"sluss/api"}}, // for tests: requests and responses compared with the document
	// The command line is a client of the API. Its server opens the ledger, Temporal
	// and the French client: the client's configuration has the token of webhooks,
	// and the client sends security codes, which must not be in a workflow's history.
	{"sluss/starter", []string{"sluss", "sluss/guard", "sluss/api", "sluss/starter/*"}},
	{"sluss/starter/serve", []string{"sluss/guard", "sluss/declarations", "sluss/service", "sluss/api", "sluss/config", "sluss/ledger", "sluss/workflows", "sluss/registries/trackdechets"}},
	{"sluss/worker", wired},
	{"sluss/worker/*", wired},
}

// itself means the packages below a registry's own folder.
const itself = "sluss/registries/NAME/..."

// wired is what a worker may import: everything but the packages for people.
var wired = []string{
	"sluss", "sluss/quota", "sluss/schema", "sluss/config", "sluss/postgres", "sluss/obligations", "sluss/registries",
	"sluss/registries/*", "sluss/ledger", "sluss/activities", "sluss/workflows", "sluss/worker/*",
}

// hasSQL are the packages that speak to a database, besides tests.
var hasSQL = []string{"sluss/ledger", "sluss/postgres", "sluss/postgres/*"}

var drivers = []string{"database", "github.com/jmoiron/sqlx", "github.com/lib/pq", "github.com/pressly/goose"}

func TestEveryPackageKeepsToItsImports(t *testing.T) {
	for name, imports := range packages(t) {
		row := slices.IndexFunc(importRules, func(r importRule) bool { return fits(name, r.name) })
		if row < 0 {
			t.Errorf("%s has no import rule: give it a row in this test's table, and say in docs/decisions.md why it is there", name)
			continue
		}
		for _, i := range imports {
			if ours(i) && !slices.ContainsFunc(importRules[row].mayImport, func(p string) bool { return fits(i, p) || p == itself && under(i, []string{registry(name)}) }) {
				t.Errorf("%s imports %s; of ours it may import %q", name, i, importRules[row].mayImport)
			}
			if under(i, drivers) && !slices.ContainsFunc(hasSQL, func(p string) bool { return fits(name, p) }) {
				t.Errorf("%s imports %s; SQL lives in %q", name, i, hasSQL)
			}
		}
	}
}

// TestWorkflowsHaveNoSideEffects checks all our packages that package workflows links:
// with a driver, a network or an environment, a workflow could do what a replay
// cannot repeat. The linters check the clock.
func TestWorkflowsHaveNoSideEffects(t *testing.T) {
	world := slices.Concat(drivers, []string{"net", "os", "math/rand", "crypto/rand", "go.temporal.io/sdk/client", "go.temporal.io/sdk/worker"})
	all := packages(t)
	seen := map[string]bool{}
	var visit func(name, way string)
	visit = func(name, way string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, i := range all[name] {
			if under(i, world) {
				t.Errorf("%s imports %s", way, i)
			}
			if under(i, []string{"sluss/ledger", "sluss/registries", "sluss/config", "sluss/postgres"}) && i != "sluss/registries/numbers" {
				t.Errorf("%s imports %s", way, i)
			}
			if ours(i) {
				visit(i, way+" → "+i)
			}
		}
	}
	visit("sluss/workflows", "sluss/workflows")
	if !seen["sluss/obligations"] || !seen["sluss"] {
		t.Errorf("looked at %v only: package workflows has moved", seen)
	}
}

// TestOnlyStandaloneCarriesTheServer keeps the Temporal server's two hundred
// modules out of everything else.
func TestOnlyStandaloneCarriesTheServer(t *testing.T) {
	for _, file := range files(t, "go.mod") {
		mod := goTool[struct{ Require []struct{ Path string } }](t, "mod", "edit", "-json", file)
		for _, r := range mod[0].Require {
			if under(r.Path, []string{"go.temporal.io/server", "github.com/temporalio/ui-server"}) && filepath.Dir(file) != "standalone" {
				t.Errorf("%s requires %s; only standalone/go.mod may", file, r.Path)
			}
			if r.Path == "sluss/standalone" {
				t.Errorf("%s requires %s; nothing imports it", file, r.Path)
			}
		}
	}
}

// packages are those of this module, with what each imports outside its tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	type listed struct {
		ImportPath string
		Imports    []string
	}
	for _, p := range goTool[listed](t, "list", "-e", "-json=ImportPath,Imports", "./...") {
		imports[p.ImportPath] = p.Imports
	}
	return imports
}

// goTool runs the go command and decodes the JSON values that it prints.
func goTool[T any](t *testing.T, args ...string) []T {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	var values []T
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var v T
		if err := decoder.Decode(&v); err != nil {
			t.Fatalf("go %s: %v", strings.Join(args, " "), err)
		}
		values = append(values, v)
	}
	return values
}

// files finds the files with a name in the work tree, relative to its root.
func files(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.Name() == name:
			found = append(found, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ours(pkg string) bool { return under(pkg, []string{"sluss"}) }

// under is true if pkg is one of the trees or in one.
func under(pkg string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return pkg == tree || strings.HasPrefix(pkg, tree+"/") })
}

// registry is the package of a registry that another is, or is below.
func registry(pkg string) string {
	parts := strings.Split(pkg, "/")
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func fits(pkg, pattern string) bool {
	ok, err := path.Match(pattern, pkg)
	return err == nil && ok
}
