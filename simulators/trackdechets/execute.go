package trackdechets

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

const (
	maxRootFields = 5
	maxDepth      = 10
)

// request is one GraphQL operation as sent.
type request struct {
	query     string
	operation string // operationName
	variables map[string]any
	size      int // bytes
}

// call is a root field about to be resolved.
type call struct {
	field *ast.Field
	args  map[string]any
	user  *User // nil: anonymous
}

// plan is an operation that passed parsing, validation, limits and coercion.
type plan struct {
	mutation  bool
	calls     []*call
	variables map[string]any
	fragments ast.FragmentDefinitionList
}

// prepare answers a plan, or the refusal of the whole operation.
func (b *Backend) prepare(req request, user *User) (*plan, *result) {
	refuse := func(status int, errs ...wireError) (*plan, *result) {
		refused := rejected(status, errs...)
		return nil, &refused
	}
	document, err := parser.ParseQuery(&ast.Source{Input: req.query})
	if err != nil {
		var syntax *gqlerror.Error
		if !errors.As(err, &syntax) {
			syntax = gqlerror.Wrap(err)
		}
		return refuse(http.StatusBadRequest, fromParser(syntax, codeParse, "Syntax Error: "+syntax.Message+"."))
	}
	limit := maxOperation
	if _, declares := declarationTypes[rootName(document)]; declares {
		limit = maxDeclaration
	}
	if req.size > limit {
		return refuse(http.StatusInternalServerError, plainError(codeBadUserInput, fmt.Sprintf(
			"Payload size for operation \"%s\" exceeds the limit of %d.00 MB. Actual size: %.2f MB.", rootName(document), limit>>20, float64(req.size)/(1<<20))))
	}
	errs := deepFields(document)
	for _, invalid := range validator.ValidateWithRules(b.schema.Schema, document, b.schema.rules) {
		errs = append(errs, fromParser(invalid, codeValidation, invalid.Message))
	}
	if len(errs) > 0 {
		return refuse(http.StatusBadRequest, errs...)
	}
	operation := document.Operations.ForName(req.operation)
	if operation == nil {
		return refuse(http.StatusBadRequest, plainError("OPERATION_RESOLUTION_FAILURE",
			"Must provide operation name if query contains multiple operations."))
	}
	c := coercion{b.schema, b.paris}
	variables, errs := c.variables(operation.VariableDefinitions, req.variables)
	if len(errs) > 0 {
		return refuse(http.StatusBadRequest, errs...)
	}
	p := &plan{mutation: operation.Operation == ast.Mutation, variables: variables, fragments: document.Fragments}
	for _, fields := range p.collect(operation.SelectionSet) {
		args, errs := c.arguments(fields[0], variables)
		if len(errs) > 0 {
			return refuse(http.StatusBadRequest, errs...)
		}
		merged := *fields[0]
		merged.SelectionSet = selections(fields)
		p.calls = append(p.calls, &call{&merged, args, user})
	}
	if len(p.calls) > maxRootFields {
		return refuse(http.StatusBadRequest, plainError(codeMaxOperations,
			fmt.Sprintf("Batching by query merging is limited to %d operations per query.", maxRootFields)))
	}
	return p, nil
}

// execute resolves the root fields one after another and stops at the first error, since none of them may be null.
func (b *Backend) execute(p *plan) result {
	data := map[string]any{}
	for _, c := range p.calls {
		value, err := b.resolve(p, c)
		if err != nil {
			return answered(nil, c.wireError(err))
		}
		data[c.field.Alias] = value
	}
	return answered(data)
}

func (c *call) wireError(err error) wireError {
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = internalError()
	}
	wire := plainError(refused.code, refused.message)
	maps.Copy(wire.Extensions, refused.extra)
	if !refused.bare {
		wire.Path = []string{c.field.Alias}
		wire.Locations = locate(c.field.Position)
	}
	return wire
}

// project cuts a value down to the fields asked for.
func (p *plan) project(s *schema, t *ast.Type, asked ast.SelectionSet, value any) any {
	if make, ok := value.(later); ok {
		value = make()
	}
	if t.Elem != nil {
		items, _ := value.([]any)
		if items == nil && !t.NonNull {
			return nil
		}
		projected := make([]any, len(items))
		for i, item := range items {
			projected[i] = p.project(s, t.Elem, asked, item)
		}
		return projected
	}
	if value == nil {
		return nil
	}
	definition := s.Types[t.NamedType]
	fields, isObject := value.(map[string]any)
	if definition.Kind != ast.Object || !isObject {
		if written, ok := value.(string); ok && t.NamedType == "String" {
			return filter(written)
		}
		return value
	}
	projected := map[string]any{}
	for _, group := range p.collect(asked) {
		field := group[0]
		if field.Name == "__typename" {
			projected[field.Alias] = definition.Name
			continue
		}
		projected[field.Alias] = p.project(s, field.Definition.Type, selections(group), fields[field.Name])
	}
	return projected
}

// collect groups the fields of a selection by answer key, in order, with fragments unfolded.
func (p *plan) collect(selected ast.SelectionSet) [][]*ast.Field {
	var groups [][]*ast.Field
	index := map[string]int{}
	var walk func(ast.SelectionSet)
	walk = func(selected ast.SelectionSet) {
		for _, selection := range selected {
			switch selection := selection.(type) {
			case *ast.Field:
				if p.skipped(selection.Directives) {
					continue
				}
				i, seen := index[selection.Alias]
				if !seen {
					i = len(groups)
					index[selection.Alias] = i
					groups = append(groups, nil)
				}
				groups[i] = append(groups[i], selection)
			case *ast.InlineFragment:
				if !p.skipped(selection.Directives) {
					walk(selection.SelectionSet)
				}
			case *ast.FragmentSpread:
				if fragment := p.fragments.ForName(selection.Name); fragment != nil && !p.skipped(selection.Directives) {
					walk(fragment.SelectionSet)
				}
			}
		}
	}
	walk(selected)
	return groups
}

func (p *plan) skipped(directives ast.DirectiveList) bool {
	condition := func(name string) (bool, bool) {
		directive := directives.ForName(name)
		if directive == nil {
			return false, false
		}
		value, _ := literal(directive.Arguments.ForName("if").Value, p.variables)
		holds, _ := value.(bool)
		return holds, true
	}
	if skip, ok := condition("skip"); ok && skip {
		return true
	}
	include, ok := condition("include")
	return ok && !include
}

func selections(group []*ast.Field) ast.SelectionSet {
	var all ast.SelectionSet
	for _, field := range group {
		all = append(all, field.SelectionSet...)
	}
	return all
}

// deepFields finds operations nested too deep; introspection is exempt.
func deepFields(document *ast.QueryDocument) []wireError {
	var errs []wireError
	for _, operation := range document.Operations {
		visited := map[string]bool{}
		var walk func(ast.SelectionSet, int) *ast.Position
		walk = func(selected ast.SelectionSet, depth int) *ast.Position {
			for _, selection := range selected {
				var found *ast.Position
				switch selection := selection.(type) {
				case *ast.Field:
					switch {
					case strings.HasPrefix(selection.Name, "__"):
					case depth > maxDepth:
						found = selection.Position
					default:
						found = walk(selection.SelectionSet, depth+1)
					}
				case *ast.InlineFragment:
					found = walk(selection.SelectionSet, depth)
				case *ast.FragmentSpread:
					if fragment := document.Fragments.ForName(selection.Name); fragment != nil && !visited[selection.Name] {
						visited[selection.Name] = true // a cycle is the validation's to report
						found = walk(fragment.SelectionSet, depth)
						visited[selection.Name] = false
					}
				}
				if found != nil {
					return found
				}
			}
			return nil
		}
		if position := walk(operation.SelectionSet, 0); position != nil {
			err := plainError(codeValidation, fmt.Sprintf("'%s' exceeds maximum operation depth of %d", operation.Name, maxDepth))
			err.Locations = locate(position)
			errs = append(errs, err)
		}
	}
	return errs
}

func fromParser(err *gqlerror.Error, code, message string) wireError {
	wire := plainError(code, message)
	for _, l := range err.Locations {
		wire.Locations = append(wire.Locations, location{l.Line, l.Column})
	}
	return wire
}

func rootName(document *ast.QueryDocument) string {
	for _, operation := range document.Operations {
		for _, selection := range operation.SelectionSet {
			if field, ok := selection.(*ast.Field); ok {
				return field.Name
			}
		}
	}
	return ""
}
