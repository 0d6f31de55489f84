// Package apitest checks requests and responses in tests against the API's document.
package apitest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"sluss/api"
)

// Client is an HTTP client that fails the test if a response, or a request that was
// not refused, does not conform to the document.
func Client(t *testing.T) *http.Client {
	t.Helper()
	for _, kind := range []string{"application/yaml", "application/pdf", "application/x-ndjson", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "multipart/mixed"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
	doc := api.Spec()
	c := &checking{t: t, mux: http.NewServeMux(), routes: map[string]*routers.Route{}, asked: map[string]bool{}}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			pattern := method + " " + path
			c.mux.HandleFunc(pattern, http.NotFound)
			c.routes[pattern] = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: operation}
		}
	}
	return &http.Client{Transport: c}
}

type checking struct {
	t      *testing.T
	mux    *http.ServeMux
	routes map[string]*routers.Route
	asked  map[string]bool // operations that were answered with a success
}

// Missed are the operations of the document that a client was not answered yet with a
// success.
func Missed(client *http.Client) (ids []string) {
	c, _ := client.Transport.(*checking)
	for _, route := range c.routes {
		if id := route.Operation.OperationID; !c.asked[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// RoundTrip sends the request and holds both sides against the document.
func (c *checking) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := drain(&r.Body)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := drain(&answer.Body)
	if err != nil {
		return nil, err
	}
	_, pattern := c.mux.Handler(r)
	route := c.routes[pattern]
	if route == nil || answer.StatusCode == http.StatusUnauthorized {
		return answer, nil // the route is asked for because there is none
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r.Clone(r.Context()), Route: route, PathParams: values(r, route.Path),
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	input.Request.Body = io.NopCloser(bytes.NewReader(sent))
	if answer.StatusCode < http.StatusBadRequest {
		c.asked[route.Operation.OperationID] = true
		input.Options.ExcludeRequestBody = r.Header.Get("Content-Type") == "text/csv"
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			c.t.Errorf("%s %s was sent otherwise than the document says: %v\n%s", r.Method, r.URL, err, sent)
		}
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(body)), Options: input.Options,
	})
	if err != nil {
		c.t.Errorf("%s %s: %d was answered otherwise than the document says: %v", r.Method, r.URL, answer.StatusCode, err)
	}
	return answer, nil
}

// drain reads a body, and replaces it so that it can be read again.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(*body)
	if err != nil {
		return nil, err
	}
	err = (*body).Close()
	*body = io.NopCloser(bytes.NewReader(data))
	return data, err
}

// values are the values of the path's parameters.
func values(r *http.Request, template string) map[string]string {
	found := map[string]string{}
	mux := http.NewServeMux()
	mux.HandleFunc(template, func(_ http.ResponseWriter, r *http.Request) {
		for part := range strings.SplitSeq(template, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				name = strings.TrimSuffix(name, "}")
				found[name] = r.PathValue(name)
			}
		}
	})
	mux.ServeHTTP(nil, r)
	return found
}
