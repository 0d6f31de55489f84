package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/Khan/genqlient/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// The kinds have the same operations under their own names, so the text of each is made
// of the contract: all arguments of its root field, and of what it answers those fields
// that the Go type into which it is read has too.

// run makes the call of a root field, and reads its value. A call of which the contract
// knows nothing is not made.
func run(ctx context.Context, s *calls.Session, field string, variables map[string]any, into any) error {
	text, err := operation(field, reflect.TypeOf(into).Elem())
	if err != nil {
		return err
	}
	var told map[string]json.RawMessage
	if err := s.MakeRequest(ctx, &graphql.Request{OpName: field, Query: text, Variables: variables}, &graphql.Response{Data: &told}); err != nil {
		return err
	}
	if len(told[field]) == 0 || string(told[field]) == "null" {
		return calls.ErrNoData
	}
	return json.Unmarshal(told[field], into)
}

// operation is the text of a call that reads its answer into a type.
func operation(field string, into reflect.Type) (string, error) {
	schema, err := wire.Contract()
	if err != nil {
		return "", err
	}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		f := root.Fields.ForName(field)
		if f == nil {
			continue
		}
		var declared, given []string
		for _, a := range f.Arguments {
			declared = append(declared, fmt.Sprintf("$%s: %s", a.Name, a.Type))
			given = append(given, fmt.Sprintf("%s: $%s", a.Name, a.Name))
		}
		return fmt.Sprintf("%s %s(%s) { %s(%s)%s }", strings.ToLower(root.Name), field, strings.Join(declared, ", "), field, strings.Join(given, ", "),
			selection(schema, schema.Types[f.Type.Name()], into)), nil
	}
	return "", fmt.Errorf("the contract has no %s", field)
}

// selection are the fields of a type of the schema that a type of ours has too; empty of
// scalars. Of transporters it asks for the list where there is one.
func selection(schema *ast.Schema, t *ast.Definition, ours reflect.Type) string {
	for ours.Kind() == reflect.Pointer || ours.Kind() == reflect.Slice {
		ours = ours.Elem()
	}
	if t.Kind != ast.Object || ours.Kind() != reflect.Struct {
		return ""
	}
	var fields []string
	for held := range ours.Fields() {
		name := held.Tag.Get("json")
		f := t.Fields.ForName(name)
		if f == nil || name == "transporter" && t.Fields.ForName("transporters") != nil {
			continue
		}
		of := schema.Types[f.Type.Name()]
		if below := selection(schema, of, held.Type); below != "" || of.Kind != ast.Object {
			fields = append(fields, name+below)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return " { " + strings.Join(fields, " ") + " }"
}

// Operations are the texts of all calls that are made here.
func Operations() (texts []string, err error) {
	add := func(into any, fields ...string) {
		for _, field := range fields {
			text, unknown := operation(field, reflect.TypeOf(into))
			if unknown != nil {
				err = unknown
			}
			texts = append(texts, text)
		}
	}
	for _, k := range kinds {
		for _, verb := range []string{"create", "createDraft", "update", "publish", "delete", "sign"} {
			add(document{}, verb+k.name)
		}
		add(document{}, k.query())
		add(connection[document]{}, k.query()+"s")
		add(file{}, k.query()+"Pdf")
		if k.several {
			add(piece{}, "create"+k.name+"Transporter", "update"+k.name+"Transporter", "delete"+k.name+"Transporter")
		}
		if k.revised {
			add(revision{}, "create"+k.name+"RevisionRequest", "submit"+k.name+"RevisionRequestApproval", "cancel"+k.name+"RevisionRequest")
			add(connection[revision]{}, k.query()+"RevisionRequests")
		}
	}
	add(document{}, "signBsdasriEmissionWithSecretCode")
	add(piece{}, "updateBsffPackaging", "createFicheInterventionBsff")
	return texts, err
}

// connection is a page of a list.
type connection[T any] struct {
	PageInfo struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	} `json:"pageInfo"`
	Edges []struct {
		Node T `json:"node"`
	} `json:"edges"`
}

// page reads one page of a list, and where the next begins: empty after the last.
// Errors as of calls.Session.Answered.
func page[T any](ctx context.Context, s *calls.Session, field string, variables map[string]any, after string) (nodes []T, next string, err error) {
	if after != "" {
		variables["after"] = after
	}
	var told connection[T]
	unread := run(ctx, s, field, variables, &told)
	for _, edge := range told.Edges {
		nodes = append(nodes, edge.Node)
	}
	next, err = s.Next(unread, told.PageInfo.HasNextPage, told.PageInfo.EndCursor, after)
	return nodes, next, err
}

// file is where a file is.
type file struct {
	DownloadLink string `json:"downloadLink"`
}

// piece is what belongs to a document and has an id of its own. A deletion answers the
// id alone.
type piece struct {
	ID string `json:"id"`
}

// UnmarshalJSON reads either.
func (p *piece) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &p.ID) == nil {
		return nil
	}
	type plain piece
	return json.Unmarshal(data, (*plain)(p))
}
