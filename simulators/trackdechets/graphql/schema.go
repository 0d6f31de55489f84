package graphql

import (
	"encoding/json"
	"fmt"

	"github.com/graph-gophers/graphql-go"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// Schema is the SDL, ready for validation and for introspection.
type Schema struct {
	*ast.Schema
	rules         *rules.Rules
	introspection map[string]any // the value of __schema
}

// LoadSchema parses an SDL, with what is served beside it but not shown by introspection. A schema is never changed.
func LoadSchema(sdl, beside string) (*Schema, error) {
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: sdl}, &ast.Source{Name: "live.graphql", Input: beside})
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
	return &Schema{Schema: parsed, rules: rules.NewDefaultRules(), introspection: answer.Schema}, nil
}

// inspect answers __schema and __type.
func (s *Schema) inspect(field string, args map[string]any) any {
	if field == "__schema" {
		return s.introspection
	}
	for _, entry := range tree.List(s.introspection, "types") {
		if described, ok := entry.(map[string]any); ok && described["name"] == args["name"] {
			return described
		}
	}
	return nil
}

// session is the type of what the session of the web interface alone is served.
const session = "Session"

// forSession is the plan of an operation that asks for nothing but what the session of the web interface is served; nil for
// others. What else may be wrong with the operation is not looked at before it is refused.
func (s *Schema) forSession(document *ast.QueryDocument, req request, user *companies.User) *Plan {
	operation := document.Operations.ForName(req.operation)
	if operation == nil || operation.Operation == ast.Subscription {
		return nil
	}
	root := s.Query
	if operation.Operation == ast.Mutation {
		root = s.Mutation
	}
	p := &Plan{mutation: operation.Operation == ast.Mutation}
	for _, selection := range operation.SelectionSet {
		field, isField := selection.(*ast.Field)
		if !isField {
			return nil
		}
		definition := root.Fields.ForName(field.Name)
		if definition == nil || definition.Type.NamedType != session {
			return nil
		}
		asked := *field
		asked.Definition = &ast.FieldDefinition{Name: field.Name, Type: ast.NonNullNamedType(session, nil)}
		p.Calls = append(p.Calls, &Call{User: user, field: &asked})
	}
	return p
}

// isForSession says whether a field is served to the session of the web interface alone.
func (c *Call) isForSession() bool { return c.field.Definition.Type.NamedType == session }
