package trackdechets

import (
	_ "embed" // the schema
	"encoding/json"
	"fmt"
	"sync"

	"github.com/graph-gophers/graphql-go"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

//go:embed schema.graphql
var sdl string

// schema is the SDL, ready for validation and for introspection.
type schema struct {
	*ast.Schema
	rules         *rules.Rules
	introspection map[string]any // the value of __schema
}

// loadSchema parses the SDL once for the whole process; a schema is never changed.
var loadSchema = sync.OnceValues(func() (*schema, error) {
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: sdl})
	if err != nil {
		return nil, fmt.Errorf("load the schema: %w", err)
	}
	inspected, err := graphql.ParseSchema(sdl, nil)
	if err != nil {
		return nil, fmt.Errorf("load the schema for introspection: %w", err)
	}
	raw, err := inspected.ToJSON()
	if err != nil {
		return nil, fmt.Errorf("inspect the schema: %w", err)
	}
	var answer struct {
		Schema map[string]any `json:"__schema"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("inspect the schema: %w", err)
	}
	return &schema{Schema: parsed, rules: rules.NewDefaultRules(), introspection: answer.Schema}, nil
})

// inspect answers __schema and __type.
func (s *schema) inspect(field string, args map[string]any) any {
	if field == "__schema" {
		return s.introspection
	}
	for _, entry := range list(s.introspection, "types") {
		if described, ok := entry.(map[string]any); ok && described["name"] == args["name"] {
			return described
		}
	}
	return nil
}
