package graphql

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
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
	// refused is the answer to an operation without query.
	refused *Result
}

// Call is a root field about to be resolved.
type Call struct {
	Args map[string]any
	User *companies.User // nil: anonymous

	field *ast.Field
}

// Name is the root field's.
func (c *Call) Name() string { return c.field.Name }

// Author is the root field's name and the user's e-mail address.
func (c *Call) Author() (name, user string) { return c.field.Name, c.User.Email }

// Text is the argument at a path, if it is a text.
func (c *Call) Text(path string) string { return tree.Text(c.Args, path) }

// Object is the argument at a path, if it is an object.
func (c *Call) Object(path string) map[string]any { return tree.Object(c.Args, path) }

// ID is the id of the document that the call is about; empty for lists and where something is made.
func (c *Call) ID() string {
	for _, path := range []string{"id", "updateFormInput.id", "formInput.id", "input.formId", "input.id"} {
		if id := tree.Text(c.Args, path); id != "" {
			return id
		}
	}
	return ""
}

// Plan is an operation that passed parsing, validation, limits and coercion.
type Plan struct {
	Calls     []*Call
	mutation  bool
	variables map[string]any
	fragments ast.FragmentDefinitionList
}

// prepare answers a plan, or the refusal of the whole operation.
func (s *Server) prepare(req request, user *companies.User) (*Plan, *Result) {
	refuse := func(status int, errs ...wireError) (*Plan, *Result) {
		refused := rejected(status, errs...)
		return nil, &refused
	}
	document, syntax := parse(req.query)
	if syntax != nil {
		return refuse(http.StatusBadRequest, *syntax)
	}
	limit := maxOperation
	if strings.HasPrefix(rootName(document), "addTo") {
		limit = maxDeclaration
	}
	if req.size > limit {
		return refuse(http.StatusInternalServerError, plainError(refusal.BadUserInput, fmt.Sprintf(
			"Payload size for operation \"%s\" exceeds the limit of %d.00 MB. Actual size: %.2f MB.", rootName(document), limit>>20, float64(req.size)/(1<<20))))
	}
	if p := s.Schema.forSession(document, req, user); p != nil {
		return p, nil
	}
	errs := deepFields(document)
	invalid, breaks := s.Schema.schemaErrors(document, req.query, validator.ValidateWithRules(s.Schema.Schema, document, s.Schema.rules))
	if breaks {
		return refuse(http.StatusInternalServerError, plainError(refusal.Broken, refusal.Internal().Message))
	}
	if errs = append(errs, invalid...); len(errs) > 0 {
		return refuse(http.StatusBadRequest, errs...)
	}
	operation := document.Operations.ForName(req.operation)
	if operation == nil && req.operation != "" {
		return refuse(http.StatusBadRequest, plainError("OPERATION_RESOLUTION_FAILURE", fmt.Sprintf("Unknown operation named %q.", req.operation)))
	}
	if operation == nil {
		return refuse(http.StatusBadRequest, plainError("OPERATION_RESOLUTION_FAILURE",
			"Must provide operation name if query contains multiple operations."))
	}
	if operation.Operation == ast.Subscription { // answered by nothing: what the real service says is not known
		return refuse(http.StatusBadRequest, plainError(refusal.BadRequest, "Subscriptions are not supported"))
	}
	if named := slices.DeleteFunc(slices.Clone(operation.SelectionSet), func(selection ast.Selection) bool { _, isField := selection.(*ast.Field); return !isField }); len(named) > maxRootFields {
		return refuse(http.StatusBadRequest, plainError(refusal.MaxOperations,
			fmt.Sprintf("Batching by query merging is limited to %d operations per query.", maxRootFields)))
	}
	c := Coercion{s.Schema, s.Zone}
	variables, errs := c.variables(operation.VariableDefinitions, req.variables)
	if len(errs) > 0 {
		return refuse(http.StatusBadRequest, errs...)
	}
	p := &Plan{mutation: operation.Operation == ast.Mutation, variables: variables, fragments: document.Fragments}
	for _, fields := range p.collect(operation.SelectionSet) {
		args, errs := c.arguments(fields[0], variables)
		if len(errs) > 0 {
			return refuse(http.StatusBadRequest, errs...)
		}
		merged := *fields[0]
		merged.SelectionSet = selections(fields)
		p.Calls = append(p.Calls, &Call{Args: args, User: user, field: &merged})
	}
	return p, nil
}

// project cuts a value down to the fields asked for.
func (p *Plan) project(s *Schema, t *ast.Type, asked ast.SelectionSet, value any) any {
	if make, ok := value.(tree.Later); ok {
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
func (p *Plan) collect(selected ast.SelectionSet) [][]*ast.Field {
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

func (p *Plan) skipped(directives ast.DirectiveList) bool {
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
			err := plainError(refusal.Validation, fmt.Sprintf("'%s' exceeds maximum operation depth of %d", operation.Name, maxDepth))
			err.Locations = locate(position)
			errs = append(errs, err)
		}
	}
	return errs
}

func fromParser(err *gqlerror.Error, message string) wireError {
	wire := plainError(refusal.Validation, message)
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
