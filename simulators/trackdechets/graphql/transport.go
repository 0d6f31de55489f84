package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/limits"
	"sluss/simulators/trackdechets/refusal"
)

const (
	maxBatch     = 5
	maxOperation = 1 << 20
	// declarations to the registry may be larger
	maxDeclaration = 20 << 20
	maxBody        = 21 << 20

	emptyBody = "POST body missing, invalid Content-Type, or JSON object has no keys."
	csrfGuard = "This operation has been blocked as a potential Cross-Site Request Forgery (CSRF). Please either specify a " +
		"'content-type' header (with a type that is not one of application/x-www-form-urlencoded, multipart/form-data, text/plain) " +
		"or provide a non-empty value for one of the following headers: x-apollo-operation-name, apollo-require-preflight\n"
)

// JSONError is a body of the middleware in front of GraphQL: {"error": ...}.
type JSONError struct {
	Error string `json:"error"`
}

// ServeHTTP answers the GraphQL endpoint.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		WriteHTML(w, http.StatusOK, "GraphiQL", "Trackdéchets (simulator)")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		WriteText(w, http.StatusMethodNotAllowed, "Apollo Server supports only GET/POST requests.")
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			WriteHTML(w, http.StatusRequestEntityTooLarge, "Error", "Payload Too Large")
		}
		return
	}
	if !passesCSRFGuard(r) {
		writeResult(w, rejected(http.StatusBadRequest, plainError(refusal.BadRequest, csrfGuard)))
		return
	}
	if !acceptsJSON(r.Header.Get("Accept")) {
		writeResult(w, rejected(http.StatusNotAcceptable, plainError(refusal.BadRequest, "An 'accept' header was provided for this request which does not accept "+
			"application/json; charset=utf-8 or application/graphql-response+json; charset=utf-8")))
		return
	}
	requests, batch, status, refused := readRequests(r, raw)
	if refused != nil {
		WriteJSON(w, status, refused)
		return
	}
	s.run(w, r, requests, batch)
}

// run executes the operations one after another and writes their answers, unless something takes their place.
func (s *Server) run(w http.ResponseWriter, r *http.Request, requests []request, batch bool) {
	user := s.Authenticate(tokenOf(r))
	status := http.StatusOK
	bodies := make([]any, 0, len(requests))
	for _, req := range requests {
		res := s.operate(w, req, user, r)
		if res.instead != nil {
			res.instead(w)
			return
		}
		if res.status != http.StatusOK {
			status = res.status
		}
		bodies = append(bodies, res.body)
	}
	w.Header().Set("Cache-Control", "no-store")
	if batch {
		WriteJSON(w, status, bodies)
		return
	}
	WriteJSON(w, status, bodies[0])
}

func (s *Server) operate(w http.ResponseWriter, req request, user *companies.User, r *http.Request) Result {
	plan, refused := s.prepare(req, user)
	if refused != nil {
		return *refused
	}
	if plan.mutation && r.Method == http.MethodGet {
		return rejected(http.StatusMethodNotAllowed, plainError(refusal.BadRequest, "GET requests only support query operations, not mutation operations"))
	}
	caller := limits.AddressOf(r)
	if user != nil {
		caller = user.Email
	}
	for _, c := range plan.Calls {
		if limit := s.Limits[c.Name()]; limit != nil && !limit.Admit(w, caller) {
			return Replaced(func(http.ResponseWriter) {}) // the limit has answered
		}
	}
	return s.Around(plan, func() Result { return s.execute(plan) })
}

// tokenOf is the token of a request, in its header or in its query string; of two neither counts.
func tokenOf(r *http.Request) string {
	asked := r.URL.Query().Get("access_token")
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case !ok || !strings.EqualFold(scheme, "Bearer"):
		return asked
	case asked != "":
		return ""
	}
	return strings.TrimSpace(token)
}

// acceptsJSON says whether an Accept header, if there is any, takes what the back end answers.
func acceptsJSON(header string) bool {
	kinds := strings.Split(header, ",")
	return header == "" || slices.ContainsFunc(kinds, func(kind string) bool {
		kind, _, _ = strings.Cut(strings.TrimSpace(kind), ";")
		return slices.Contains([]string{"*/*", "application/*", "application/json", "application/graphql-response+json"}, kind)
	})
}

func passesCSRFGuard(r *http.Request) bool {
	if r.Header.Get("X-Apollo-Operation-Name") != "" || r.Header.Get("Apollo-Require-Preflight") != "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && !slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, kind)
}

// readRequests finds the operations of a request; otherwise the status and body of the refusal.
func readRequests(r *http.Request, raw []byte) (requests []request, batch bool, status int, refused any) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method == http.MethodGet:
		query := r.URL.Query()
		asked := query.Get("query")
		sent := envelope{Query: &asked, OperationName: query.Get("operationName")}
		if variables := query.Get("variables"); variables != "" {
			sent.Variables = json.RawMessage(variables)
		}
		requests, status, refused = readEnvelopes([]envelopeOfSize{{sent, len(r.URL.RawQuery)}})
		return requests, false, status, refused
	case kind == "application/graphql":
		return []request{{query: string(raw), size: len(raw)}}, false, 0, nil
	case kind != "application/json":
		return nil, false, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest, emptyBody)).body
	}
	malformed := JSONError{"JSON mal formaté ou invalide"}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	if len(trimmed) == 0 {
		return nil, false, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest, emptyBody)).body
	}
	entries := []json.RawMessage{trimmed}
	if batch = trimmed[0] == '['; batch {
		if err := json.Unmarshal(trimmed, &entries); err != nil {
			return nil, true, http.StatusBadRequest, malformed
		}
		if len(entries) > maxBatch {
			return nil, true, http.StatusBadRequest, JSONError{fmt.Sprintf("Batching is limited to %d operations per request.", maxBatch)}
		}
		if len(entries) == 0 {
			return nil, true, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest, "No operations found in request.")).body
		}
	}
	envelopes := make([]envelopeOfSize, len(entries))
	for i, entry := range entries {
		if err := json.Unmarshal(entry, &envelopes[i].envelope); err != nil {
			return nil, batch, http.StatusBadRequest, malformed
		}
		envelopes[i].size = len(entry)
	}
	requests, status, refused = readEnvelopes(envelopes)
	return requests, batch, status, refused
}

// envelope is one operation as JSON.
type envelope struct {
	Query         *string         `json:"query"`
	OperationName string          `json:"operationName"`
	Variables     json.RawMessage `json:"variables"` // an object, or an object written in a string
}

type envelopeOfSize struct {
	envelope
	size int
}

func readEnvelopes(envelopes []envelopeOfSize) (requests []request, status int, refused any) {
	for _, sent := range envelopes {
		if sent.Query == nil {
			return nil, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest, emptyBody)).body
		}
		if *sent.Query == "" {
			return nil, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest,
				"GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.")).body
		}
		raw := []byte(sent.Variables)
		var quoted string
		if json.Unmarshal(raw, &quoted) == nil && quoted != "" {
			raw = []byte(quoted)
		}
		var variables map[string]any
		if len(raw) > 0 {
			read, err := decode(json.NewDecoder(bytes.NewReader(raw)))
			object, isObject := read.(map[string]any)
			variables = object
			if err != nil || (!isObject && read != nil) {
				return nil, http.StatusBadRequest, rejected(0, plainError(refusal.BadRequest, "`variables` in a POST body must be an object if provided.")).body
			}
		}
		requests = append(requests, request{*sent.Query, sent.OperationName, variables, sent.size})
	}
	return requests, 0, nil
}

func writeResult(w http.ResponseWriter, res Result) { WriteJSON(w, res.status, res.body) }

// WriteJSON writes a body as the back end does.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		WriteText(w, http.StatusInternalServerError, err.Error())
		return
	}
	Write(w, status, "application/json; charset=utf-8", raw)
}

// WriteText writes a text as the back end does: as HTML.
func WriteText(w http.ResponseWriter, status int, body string) {
	Write(w, status, "text/html; charset=utf-8", []byte(body))
}

// WriteHTML writes a page.
func WriteHTML(w http.ResponseWriter, status int, title, body string) {
	WriteText(w, status, fmt.Sprintf(
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<pre>%s</pre>\n</body>\n</html>\n",
		html.EscapeString(title), html.EscapeString(body)))
}

// Write writes a whole response.
func Write(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may have gone away
}
