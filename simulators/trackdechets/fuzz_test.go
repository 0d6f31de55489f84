package trackdechets

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// breaking are the root fields that make "Erreur serveur" of some input at the real service, and so of ours: of dates that
// cannot be read, of short clues, of unknown exports.
var breaking = []string{"forms", "formsLifeCycle", "searchCompanies", "registryV2ExportDownloadSignedUrl", "registryExhaustiveExportDownloadSignedUrl"}

// guesser makes values of the schema's types, many of them senseless.
type guesser struct {
	*rand.Rand
	schema *graphql.Schema
	pool   []any // ids and SIRETs
}

func (g *guesser) value(t *ast.Type, depth int) any {
	if !t.NonNull && (depth > 5 || g.IntN(4) == 0) {
		return nil
	}
	if t.Elem != nil {
		items := []any{}
		for range g.IntN(3) {
			items = append(items, g.value(t.Elem, depth+1))
		}
		return items
	}
	definition := g.schema.Types[t.NamedType]
	if definition.Kind == ast.Enum {
		return definition.EnumValues[g.IntN(len(definition.EnumValues))].Name
	}
	if definition.Kind == ast.InputObject {
		fields := map[string]any{}
		for _, field := range definition.Fields {
			if field.Type.NonNull || g.IntN(3) > 0 {
				fields[field.Name] = g.value(field.Type, depth+1)
			}
		}
		return fields
	}
	switch t.NamedType {
	case "Int":
		return g.IntN(5) * 617
	case "Float":
		return g.Float64() * 3
	case "Boolean":
		return g.IntN(2) == 0
	case "DateTime":
		return "2026-01-10T10:00:00Z"
	}
	if g.IntN(2) == 0 {
		return []any{"D 10", "R 13", "06 05 02*", "16 01 11*", "1", ""}[g.IntN(6)]
	}
	return g.pool[g.IntN(len(g.pool))]
}

// No input may make the simulator fall or answer anything but JSON.
func TestAnyInputIsAnswered(t *testing.T) {
	r := newRegistry(t, Options{Quota: Quota{Calls: -1}, GroupingDelay: -1})
	must(t, r.AddUser(User{Token: "all", Email: "all@example.test", Roles: map[string]Role{
		producer: Admin, transporter: Member, destination: Member, nextStop: Member,
	}}))
	s, err := loadSchema()
	must(t, err)
	g := &guesser{rand.New(rand.NewPCG(1, 2)), s, []any{producer, transporter, destination, nextStop}}
	for _, status := range []Status{Draft, Sealed, SignedByProducer, Sent, Received, Accepted, Processed} {
		g.pool = append(g.pool, r.bring(status, createInput()))
	}
	g.pool = append(g.pool, r.bring(Sent, storedInput()), r.bring(SignedByProducer, storedInput()))
	round, items := r.round(1)
	g.pool = append(g.pool, round, items[0], r.bsda(bsdaInput()))
	fields := map[string]*ast.FieldDefinition{}
	for _, field := range s.Mutation.Fields {
		if field.Type.NamedType != "Session" && !slices.Contains(notSimulated, field.Name) {
			fields["mutation "+field.Name] = field
		}
	}
	for _, field := range s.Query.Fields {
		if !strings.HasPrefix(field.Name, "__") && field.Type.NamedType != "Session" && !slices.Contains(notSimulated, field.Name) {
			fields["query "+field.Name] = field
		}
	}
	rounds, effects := 20, 0
	if testing.Short() {
		rounds = 5
	}
	broken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		field := fields[name]
		operation, _, _ := strings.Cut(name, " ")
		selected := everything(s, field.Type, 0)
		for range rounds {
			var declared, passed []string
			variables := map[string]any{}
			for _, arg := range field.Arguments {
				declared = append(declared, fmt.Sprintf("$%s: %s", arg.Name, arg.Type))
				passed = append(passed, fmt.Sprintf("%s: $%s", arg.Name, arg.Name))
				variables[arg.Name] = g.value(arg.Type, 0)
				if (arg.Name == "id" || arg.Name == "siret") && variables[arg.Name] != nil {
					variables[arg.Name] = g.pool[g.IntN(len(g.pool))]
				}
			}
			query := operation + "{" + field.Name
			if len(declared) > 0 {
				query = operation + "(" + strings.Join(declared, ",") + "){" + field.Name + "(" + strings.Join(passed, ",") + ")"
			}
			query += selected + "}"
			a := r.ask("all", query, variables)
			if a.status == http.StatusTooManyRequests && field.Name == "importFile" {
				continue // it has a limit of its own
			}
			if a.lost || a.body == nil || (a.code == refusal.Broken && !slices.Contains(breaking, field.Name)) {
				raw, _ := json.Marshal(variables)
				t.Fatalf("%s\n%s\n%+v", query, raw, a)
			}
			if missing := nulls(s, field.Type, tree.At(a.body, "data."+field.Name), field.Name); a.code == "" && missing != "" && !broken[missing] {
				broken[missing] = true
				t.Errorf("%s: %s is null", name, missing)
			}
			if a.code == "" && operation == "mutation" {
				effects++
				g.learn(a.body)
			}
		}
	}
	if effects < 5*rounds {
		t.Errorf("only %d mutations took effect: the guesses are too bad to show anything", effects)
	}
}

// learn adds the ids of an answer to the pool.
func (g *guesser) learn(value any) {
	switch value := value.(type) {
	case map[string]any:
		if id, ok := value["id"].(string); ok {
			g.pool = append(g.pool, id)
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			g.learn(value[key])
		}
	case []any:
		for _, entry := range value {
			g.learn(entry)
		}
	}
}

// everything selects all fields of a type, a few levels deep.
func everything(s *graphql.Schema, t *ast.Type, depth int) string {
	for t.Elem != nil {
		t = t.Elem
	}
	definition := s.Types[t.NamedType]
	if definition.Kind != ast.Object {
		return ""
	}
	chosen := []string{"__typename"}
	for _, field := range definition.Fields {
		leaf := field.Type
		for leaf.Elem != nil {
			leaf = leaf.Elem
		}
		if depth < 3 || s.Types[leaf.NamedType].Kind != ast.Object {
			chosen = append(chosen, field.Name+everything(s, field.Type, depth+1))
		}
	}
	return "{" + strings.Join(chosen, " ") + "}"
}

// nulls finds a value that is null though the schema says never.
func nulls(s *graphql.Schema, t *ast.Type, value any, path string) string {
	if value == nil {
		if t.NonNull {
			return path
		}
		return ""
	}
	if t.Elem != nil {
		entries, _ := value.([]any)
		for _, entry := range entries {
			if found := nulls(s, t.Elem, entry, path); found != "" {
				return found
			}
		}
		return ""
	}
	data, _ := value.(map[string]any)
	for _, field := range s.Types[t.NamedType].Fields {
		inner, asked := data[field.Name]
		if !asked {
			continue
		}
		if found := nulls(s, field.Type, inner, t.NamedType+"."+field.Name); found != "" {
			return found
		}
	}
	return ""
}
