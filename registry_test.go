package sluss_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/declarations"
	"sluss/examples"
	"sluss/obligations"
	"sluss/registries"
	"sluss/registries/numbers"
)

// place is where a registry must be known.
type place struct {
	name string // as CONTRIBUTING.md has it, with NAME for the registry's name
	want string
	has  func(sluss.Registry) bool
}

// places are all places, besides registry.go, that a registry must be known at.
func places(t *testing.T) []place {
	t.Helper()
	return []place{
		{"registries/NAME", "a client, with its configuration in README.md", func(r sluss.Registry) bool {
			text, err := os.ReadFile(filepath.Join("registries", r.Name, "README.md"))
			return err == nil && strings.Contains(string(text), "registries:\n  "+r.Name+":")
		}},
		{"registries/registries.go", "a field of Config, which Open opens", opens},
		{"registries/numbers/numbers.go", "the form of its country's company numbers in Company", func(r sluss.Registry) bool {
			_, err := numbers.Company(r.Country, "DE136695976")
			return err != nil
		}},
		{"simulators/NAME", "a simulator", func(r sluss.Registry) bool { return isFolder(filepath.Join("simulators", r.Name)) }},
		{"obligations/rules.go", "rules, and For in obligations/obligations.go that applies them", owed(t)},
		{"obligations/calendar.go", "the holidays of its country in WorkingDays", func(r sluss.Registry) bool {
			thursday := time.Date(2026, time.December, 31, 11, 0, 0, 0, time.UTC)
			return obligations.WorkingDays(r.Country).Add(thursday, 1).After(time.Date(2027, time.January, 2, 0, 0, 0, 0, time.UTC))
		}},
		{"obligations/validate_parties.go", "how its country's company numbers are written", func(r sluss.Registry) bool {
			wrong := obligations.Validate(sluss.Declaration{Producer: sluss.Party{ID: "?", Country: r.Country}})
			return slices.ContainsFunc(wrong, func(f sluss.Fault) bool { return f.Field == "producer.id" && !strings.Contains(f.Remedy, "VAT") })
		}},
		{"obligations/amend.go", "how a report is amended, if any can be, and by which rules", func(r sluss.Registry) bool {
			_, err := obligations.Amend(sluss.Content{Obligation: sluss.Obligation{Registry: r.Name}}, 1, sluss.Amendment{})
			faults, _ := errors.AsType[sluss.Faults](err)
			_, corrects := obligations.InForce(r.Correction, time.Now())
			_, annuls := obligations.InForce(r.Annulment, time.Now())
			return corrects == r.Amends() && annuls == r.Amends() && r.Amends() != slices.ContainsFunc(faults, func(f sluss.Fault) bool { return f.Field == "filing" })
		}},
		{"schema", "its name in the SQL of outdated reports, if it corrects reports", func(r sluss.Registry) bool {
			return r.Corrects() == strings.Contains(read(t, "schema/*.sql"), "note.registry = '"+r.Name+"'")
		}},
		{"service/check.go", "its checks in checksOf", namedIn(t, "service/check.go")},
		{"standalone/simulators.go", "the start of its simulator", namedIn(t, "standalone/simulators.go")},
		{"standalone/comparison.go", "the comparison of its records", namedIn(t, "standalone/comparison.go")},
		{"deploy/sluss.yaml", "its configuration", func(r sluss.Registry) bool { return configured(t)[r.Name] != nil }},
		{"docker-compose.yml", "the port of its simulator, as in deploy/sluss.yaml, in the health check", func(r sluss.Registry) bool {
			url, _ := configured(t)[r.Name]["base_url"].(string)
			port := regexp.MustCompile(`127\.0\.0\.1:(\d+)`).FindStringSubmatch(url)
			return port != nil && strings.Contains(strings.Join(readCompose(t).Services["simulators"].Healthcheck.Test, " "), "/dev/tcp/127.0.0.1/"+port[1])
		}},
		{"examples", "a batch that is filed there", owed(t)},
		{"declarations/template.go", "a template for its country, if anything is filed there", func(r sluss.Registry) bool {
			_, err := declarations.TemplateText(strings.ToLower(r.Country))
			return r.Amends() == (err == nil)
		}},
		{"api/openapi.yaml", "its name in the parameter AtRegistry", func(r sluss.Registry) bool {
			return regexp.MustCompile(`AtRegistry: \{.*description: '[^']*\b` + r.Name + `\b`).MatchString(read(t, "api/openapi.yaml"))
		}},
		{"docs/configuration.md", "its name below registries", func(r sluss.Registry) bool {
			return strings.Contains(read(t, "docs/configuration.md"), "\n  "+r.Name+": {}")
		}},
		{"README.md", "a link to its folder", func(r sluss.Registry) bool {
			return strings.Contains(read(t, "README.md"), "(registries/"+r.Name+"/README.md)")
		}},
	}
}

func TestEveryRegistryIsKnownEverywhere(t *testing.T) {
	for _, name := range sluss.Registries() {
		r := sluss.RegistryOf(name)
		if r.Title == "" || r.Country == "" || (r.Correction == "") != (r.Annulment == "") || r.Document != "" && !r.Amends() {
			t.Errorf("registry.go: the row of %s lacks something: %+v", name, r)
		}
		for _, p := range places(t) {
			if !p.has(r) {
				t.Errorf("%s lacks, for %s: %s", strings.ReplaceAll(p.name, "NAME", name), name, p.want)
			}
		}
	}
	clients, err := filepath.Glob("registries/*/client.go")
	if err != nil || len(clients) < 2 {
		t.Fatalf("found only %q: %v", clients, err)
	}
	for _, file := range clients {
		if name := filepath.Base(filepath.Dir(file)); !slices.Contains(sluss.Registries(), name) {
			t.Errorf("registry.go lacks a row for %s", name)
		}
	}
}

// TestUnknownRegistryIsMissedEverywhere checks that the test above can fail at every place.
func TestUnknownRegistryIsMissedEverywhere(t *testing.T) {
	if r := sluss.RegistryOf("dmr"); !reflect.DeepEqual(r, sluss.Registry{}) {
		t.Errorf("an unknown registry is %+v", r)
	}
	for _, p := range places(t) {
		if p.has(sluss.Registry{Name: "dmr", Title: "DMR", Country: "DK", Correction: "dk.correction", Annulment: "dk.annulment"}) {
			t.Errorf("%s does not show that a registry is missing", p.name)
		}
	}
}

// TestContributingListsThePlaces compares the steps of "Add a registry" with the places.
func TestContributingListsThePlaces(t *testing.T) {
	_, steps, _ := strings.Cut(read(t, "CONTRIBUTING.md"), "## Add a registry\n")
	steps, _, _ = strings.Cut(steps, "\n## ")
	known := []string{"registry.go"}
	for _, p := range places(t) {
		known = append(known, p.name)
	}
	for _, name := range known {
		if !strings.Contains(steps, "`"+name+"`") {
			t.Errorf("CONTRIBUTING.md, \"Add a registry\", does not list `%s`", name)
		}
	}
	for _, found := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(steps, -1) {
		if !slices.Contains(known, found[1]) {
			t.Errorf("CONTRIBUTING.md, \"Add a registry\", lists `%s`, which no test checks", found[1])
		}
	}
}

// opens tells whether a registry that is configured by nothing but its name is opened,
// or refused because of what is missing.
func opens(r sluss.Registry) bool {
	var c registries.Config
	for field, value := range reflect.ValueOf(&c).Elem().Fields() {
		if field.Tag.Get("yaml") == r.Name {
			value.Set(reflect.New(field.Type.Elem()))
		}
	}
	opened, err := registries.Open(c, nil)
	return len(opened) == 1 && opened[0].Name == r.Name || err != nil && strings.HasPrefix(err.Error(), "registries."+r.Name+": ")
}

// owed tells whether one of the examples owes a report to a registry.
func owed(t *testing.T) func(sluss.Registry) bool {
	t.Helper()
	owed := map[string]bool{}
	for name, text := range examples.All() {
		var d sluss.Declaration
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, c := range obligations.Planned(d) {
			owed[c.Obligation.Registry] = true
		}
	}
	return func(r sluss.Registry) bool { return owed[r.Name] }
}

// namedIn tells whether a table in a file has a registry as a key, by its constant: its
// name with a capital letter.
func namedIn(t *testing.T, file string) func(sluss.Registry) bool {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if pair, is := n.(*ast.KeyValueExpr); is {
			if key, is := pair.Key.(*ast.SelectorExpr); is {
				keys[key.Sel.Name] = true
			}
		}
		return true
	})
	return func(r sluss.Registry) bool { return keys[strings.ToUpper(r.Name[:1])+r.Name[1:]] }
}

// configured are the registries in deploy/sluss.yaml.
func configured(t *testing.T) map[string]map[string]any {
	t.Helper()
	var c struct{ Registries map[string]map[string]any }
	if err := yaml.Unmarshal([]byte(read(t, "deploy/sluss.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c.Registries
}

// read returns the text of all files that fit one of the patterns.
func read(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no file fits %s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
