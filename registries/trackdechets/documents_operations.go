package trackdechets

import (
	"context"
	_ "embed" // the operations, and the schema
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/Khan/genqlient/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// The operations of the other documents are sent as they are written: all five
// kinds go one way, so there is nothing for a generator to make.
//
//go:embed documents.gql
var documentOperations string

// The part of the public schema that we speak; a test of the simulator's holds it
// against the contract.
//
//go:embed contract.graphqls
var schemaText string

var contract = sync.OnceValues(func() (*ast.Schema, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
	if err != nil {
		return nil, fmt.Errorf("load the schema: %w", err)
	}
	return schema, nil
})

// operationTexts are what to send, by the name of the operation: its own text and
// that of the fragment it uses.
var operationTexts = sync.OnceValues(func() (map[string]string, error) {
	all, err := parser.ParseQuery(&ast.Source{Name: "documents.gql", Input: documentOperations})
	if err != nil {
		return nil, fmt.Errorf("read the operations: %w", err)
	}
	texts := map[string]string{}
	for _, operation := range all.Operations {
		used := &ast.QueryDocument{Operations: ast.OperationList{operation}}
		for _, f := range all.Fragments {
			if spreads(operation.SelectionSet, f.Name) {
				used.Fragments = append(used.Fragments, f)
			}
		}
		var text strings.Builder
		formatter.NewFormatter(&text).FormatQueryDocument(used)
		texts[operation.Name] = text.String()
	}
	return texts, nil
})

func spreads(selected ast.SelectionSet, fragment string) bool {
	for _, one := range selected {
		switch one := one.(type) {
		case *ast.FragmentSpread:
			if one.Name == fragment {
				return true
			}
		case *ast.Field:
			if spreads(one.SelectionSet, fragment) {
				return true
			}
		}
	}
	return false
}

// run makes the call of an operation of documents.gql, and reads the value of the
// root field, which has the operation's name.
func (s *session) run(ctx context.Context, name string, variables map[string]any, into any) error {
	texts, err := operationTexts()
	if err != nil {
		return err
	}
	var told map[string]json.RawMessage
	if err := s.MakeRequest(ctx, &graphql.Request{OpName: name, Query: texts[name], Variables: variables}, &graphql.Response{Data: &told}); err != nil {
		return err
	}
	if len(told[name]) == 0 || string(told[name]) == "null" {
		return errNoData
	}
	return json.Unmarshal(told[name], into)
}
