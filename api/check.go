package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"sluss"
)

// ownFaults marks operations whose body the service checks, because its faults are more specific.
const ownFaults = "x-own-faults"

// Spec is the API's document, with unknown fields refused. It must not be changed.
func Spec() *openapi3.T { return parsed() }

var parsed = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		panic(err) // it is part of the program, and its test loads it
	}
	for _, schema := range doc.Components.Schemas {
		if s := schema.Value; len(s.Properties) > 0 {
			s.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
		}
	}
	return doc
})

// checked is a router whose handlers only get what the document allows.
type checked struct{ ServeMux }

// HandleFunc has requests checked against the document before they are handled.
func (c checked) HandleFunc(pattern string, next func(http.ResponseWriter, *http.Request)) {
	method, path, _ := strings.Cut(pattern, " ")
	doc := parsed()
	item := doc.Paths.Value(path)
	route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)}
	c.ServeMux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := check(w, r, route); err != nil {
			problem(w, err)
			return
		}
		next(w, r)
	})
}

// check reads the body and returns everything that is wrong with the request.
func check(w http.ResponseWriter, r *http.Request, route *routers.Route) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	isJSON := contentType(r) == "application/json"
	_, own := route.Operation.Extensions[ownFaults]
	if declared := route.Operation.RequestBody; declared != nil {
		if declared.Value.Content[contentType(r)] == nil {
			return sluss.Faults{{Problem: "the body is " + contentType(r), Remedy: "send " + kinds(declared.Value.Content)}}
		}
		if isJSON {
			if err := oneValue(body, own); err != nil {
				return err
			}
		}
	}
	path := map[string]string{}
	for _, p := range route.PathItem.Parameters {
		path[p.Value.Name] = r.PathValue(p.Value.Name)
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, ExcludeRequestBody: own || !isJSON, SkipSettingDefaults: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, // guarded has seen to it
		},
	})
	r.Body = io.NopCloser(bytes.NewReader(body))
	return slices.Concat(faults(r, err), texts(r, path), unknownParameters(r, route.Operation)).Err()
}

// texts are what is wrong with the parameters as text.
func texts(r *http.Request, path map[string]string) (found sluss.Faults) {
	for _, name := range slices.Sorted(maps.Keys(path)) {
		found = append(found, sluss.CheckLine(name, path[name], false)...)
	}
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		found = append(found, sluss.CheckLine(name, query.Get(name), false)...)
	}
	return found
}

// unknownParameters are parameters that the operation does not have.
func unknownParameters(r *http.Request, operation *openapi3.Operation) (found sluss.Faults) {
	var known []string
	for _, p := range operation.Parameters {
		known = append(known, p.Value.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if !slices.Contains(known, name) {
			found = append(found, sluss.Fault{Field: name, Problem: "there is no such parameter", Remedy: "leave it out, or use one of " + strings.Join(known, ", ")})
		}
	}
	return found
}

func kinds(content openapi3.Content) string {
	var names []string
	for _, kind := range bodies {
		if content[kind] != nil {
			names = append(names, kind)
		}
	}
	return strings.Join(names, " or ")
}

// oneValue requires one JSON value with well-formed text, and nothing after it.
func oneValue(body []byte, own bool) error {
	if faults := sluss.CheckJSON(body); len(faults) > 0 {
		return faults
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&value); err != nil {
		place := ""
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			place = fmt.Sprintf(" in line %d", 1+bytes.Count(body[:min(int(syntax.Offset), len(body))], []byte("\n")))
		}
		return sluss.Faults{{Problem: "not JSON: " + err.Error() + place, Remedy: "send one JSON object"}}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return sluss.Faults{{Problem: "something follows the JSON object", Remedy: "send one at a time"}}
	}
	if own {
		return nil
	}
	return sluss.CheckText(value).Err()
}

// faults translates the errors of the check. No fault quotes the body, which may hold secrets.
func faults(r *http.Request, err error) (found sluss.Faults) {
	var many openapi3.MultiError
	var request *openapi3filter.RequestError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &many) && !isRequest(err):
		for _, one := range many {
			found = append(found, faults(r, one)...)
		}
	case errors.As(err, &request) && request.Parameter != nil:
		p := request.Parameter
		text := r.URL.Query().Get(p.Name)
		if p.In == openapi3.ParameterInPath {
			text = r.PathValue(p.Name)
		}
		problem, remedy := explainParameter(request)
		found = append(found, sluss.Fault{Field: p.Name, Problem: fmt.Sprintf("%q %s", text, problem), Remedy: remedy})
	case errors.As(err, &request) && request.Err != nil:
		return faults(r, request.Err)
	case errors.As(err, &schema):
		path := schema.JSONPointer()
		var unknown string
		if _, err := fmt.Sscanf(schema.Reason, "property %q is unsupported", &unknown); err == nil {
			path = append(path, unknown)
		}
		problem, remedy := inWords(schema)
		found = append(found, sluss.Fault{Field: strings.Join(path, "."), Problem: problem, Remedy: remedy})
	default:
		found = append(found, sluss.Fault{Problem: err.Error(), Remedy: seeDocument})
	}
	return found
}

func isRequest(err error) bool {
	_, ok := err.(*openapi3filter.RequestError) //nolint:errorlint // only the outermost error has the text
	return ok
}

// explainParameter a parameter is wrong, and what it should be.
func explainParameter(err *openapi3filter.RequestError) (problem, remedy string) {
	var schema *openapi3.SchemaError
	var parse *openapi3filter.ParseError
	remedy = "give " + err.Parameter.Description
	switch {
	case errors.As(err, &schema):
		problem, choice := inWords(schema)
		if choice != seeDocument {
			remedy = choice
		}
		return problem, remedy
	case errors.As(err, &parse) && parse.Reason != "":
		return "is " + parse.Reason, remedy
	}
	return err.Reason, remedy
}

// seeDocument is the remedy if the document has no better one.
const seeDocument = "see api/openapi.yaml"

// inWords is what a value is not, and what it should be.
func inWords(err *openapi3.SchemaError) (problem, remedy string) {
	path := err.JSONPointer()
	remedy = seeDocument
	switch err.SchemaField {
	case "required":
		if p := err.Schema.Properties[path[len(path)-1]]; p != nil && p.Value.Description != "" {
			remedy = "give it: " + p.Value.Description
		}
		return "is missing", remedy
	case "properties", "additionalProperties":
		return "there is no such field", remedy
	case "enum":
		texts := make([]string, len(err.Schema.Enum))
		for i, value := range err.Schema.Enum {
			texts[i] = fmt.Sprint(value)
		}
		return "is not known", "use " + sluss.OneOf(texts)
	case "type":
		return "is no " + strings.Join(err.Schema.Type.Slice(), " or "), remedy
	}
	return err.Reason, remedy
}
