package graphql

import (
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
	maxOperation = 1 << 20
	// declarations to the registry may be larger
	maxDeclaration = 20 << 20
	maxBody        = 21 << 20

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
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		writeResult(w, rejected(http.StatusMethodNotAllowed, plainError(refusal.BadRequest, "Apollo Server supports only GET/POST requests.")))
		return
	}
	if !acceptsJSON(r.Header.Get("Accept")) {
		writeResult(w, rejected(http.StatusNotAcceptable, plainError(refusal.BadRequest, "An 'accept' header was provided for this request which does not accept "+
			"application/json; charset=utf-8 or application/graphql-response+json; charset=utf-8")))
		return
	}
	requests, batch, refused := readRequests(r, raw)
	if refused != nil {
		WriteJSON(w, http.StatusBadRequest, refused)
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
	if req.refused != nil {
		return *req.refused
	}
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
