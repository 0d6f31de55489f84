package trackdechets

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

// jsonError is a body of the middleware in front of GraphQL: {"error": ...}.
type jsonError struct {
	Error string `json:"error"`
}

func (b *Backend) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		writeHTML(w, http.StatusOK, "GraphiQL", "Trackdéchets (simulator)")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		writeText(w, http.StatusMethodNotAllowed, "Apollo Server supports only GET/POST requests.")
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			writeHTML(w, http.StatusRequestEntityTooLarge, "Error", "Payload Too Large")
		}
		return
	}
	if !passesCSRFGuard(r) {
		writeResult(w, rejected(http.StatusBadRequest, plainError(codeBadRequest, csrfGuard)))
		return
	}
	requests, batch, status, refused := readRequests(r, raw)
	if refused != nil {
		writeJSON(w, status, refused)
		return
	}
	b.run(w, r, requests, batch)
}

// run executes the operations one after another and writes their answers, unless a fault takes the answer's place.
func (b *Backend) run(w http.ResponseWriter, r *http.Request, requests []request, batch bool) {
	user := b.authenticate(r)
	status := http.StatusOK
	bodies := make([]any, 0, len(requests))
	for _, req := range requests {
		res := b.operate(req, user, r.Method)
		if res.tokens && !b.tokens.admit(w, callerOf(user, r)) {
			return
		}
		if res.limited != nil {
			res.limited.refuse(w)
			return
		}
		if res.failed != nil {
			b.fail(w, res.failed)
			return
		}
		if res.status != http.StatusOK {
			status = res.status
		}
		bodies = append(bodies, res.body)
	}
	w.Header().Set("Cache-Control", "no-store")
	if batch {
		writeJSON(w, status, bodies)
		return
	}
	writeJSON(w, status, bodies[0])
}

func (b *Backend) operate(req request, user *User, method string) result {
	plan, refused := b.prepare(req, user)
	if refused != nil {
		return *refused
	}
	if plan.mutation && method == http.MethodGet {
		return rejected(http.StatusMethodNotAllowed, plainError(codeBadRequest, "GET requests only support query operations"))
	}
	if user != nil && slices.ContainsFunc(plan.calls, func(c *call) bool { return c.field.Name == "importFile" }) {
		if used, _, err := b.files.hit(user.Email); err != nil || used > b.files.quota.Calls {
			return result{limited: b.files}
		}
	}
	res := b.underFault(plan, func() result { return b.execute(plan) })
	res.tokens = slices.ContainsFunc(plan.calls, func(c *call) bool { return c.field.Name == "createAccessToken" })
	return res
}

// callerOf is whose limit an operation with one of its own counts against.
func callerOf(user *User, r *http.Request) string {
	if user != nil {
		return user.Email
	}
	return addressOf(r)
}

// authenticate finds the user of the token; an unknown token is an anonymous caller.
func (b *Backend) authenticate(r *http.Request) *User {
	token := r.URL.Query().Get("access_token")
	if scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if user, ok := b.users[token]; ok {
		return &user
	}
	return nil
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
		sent := envelope{Query: query.Get("query"), OperationName: query.Get("operationName")}
		if variables := query.Get("variables"); variables != "" {
			sent.Variables = json.RawMessage(variables)
		}
		requests, status, refused = readEnvelopes([]envelopeOfSize{{sent, len(r.URL.RawQuery)}})
		return requests, false, status, refused
	case kind == "application/graphql":
		return []request{{query: string(raw), size: len(raw)}}, false, 0, nil
	case kind != "application/json":
		return nil, false, http.StatusBadRequest, rejected(0, plainError(codeBadRequest, emptyBody)).body
	}
	malformed := jsonError{"JSON mal formaté ou invalide"}
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return nil, false, http.StatusBadRequest, rejected(0, plainError(codeBadRequest, emptyBody)).body
	}
	entries := []json.RawMessage{trimmed}
	if batch = trimmed[0] == '['; batch {
		if err := json.Unmarshal(trimmed, &entries); err != nil {
			return nil, true, http.StatusBadRequest, malformed
		}
		if len(entries) > maxBatch {
			return nil, true, http.StatusBadRequest, jsonError{fmt.Sprintf("Batching is limited to %d operations per request.", maxBatch)}
		}
		if len(entries) == 0 {
			return nil, true, http.StatusBadRequest, rejected(0, plainError(codeBadRequest, "No operations found in request.")).body
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
	Query         string          `json:"query"`
	OperationName string          `json:"operationName"`
	Variables     json.RawMessage `json:"variables"` // an object, or an object written in a string
}

type envelopeOfSize struct {
	envelope
	size int
}

func readEnvelopes(envelopes []envelopeOfSize) (requests []request, status int, refused any) {
	for _, sent := range envelopes {
		if sent.Query == "" {
			return nil, http.StatusBadRequest, rejected(0, plainError(codeBadRequest, emptyBody)).body
		}
		raw := []byte(sent.Variables)
		var quoted string
		if json.Unmarshal(raw, &quoted) == nil && quoted != "" {
			raw = []byte(quoted)
		}
		var variables map[string]any
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &variables); err != nil {
				return nil, http.StatusBadRequest, rejected(0, plainError(codeBadRequest, "`variables` in a POST body must be an object if provided.")).body
			}
		}
		requests = append(requests, request{sent.Query, sent.OperationName, variables, sent.size})
	}
	return requests, 0, nil
}

func writeResult(w http.ResponseWriter, res result) { writeJSON(w, res.status, res.body) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		writeText(w, http.StatusInternalServerError, err.Error())
		return
	}
	write(w, status, "application/json; charset=utf-8", raw)
}

// writeOAuth writes JSON as the OAuth2 endpoint does.
func writeOAuth(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		writeText(w, http.StatusInternalServerError, err.Error())
		return
	}
	write(w, status, "application/json", raw)
}

func writeText(w http.ResponseWriter, status int, body string) {
	write(w, status, "text/html; charset=utf-8", []byte(body))
}

func writeHTML(w http.ResponseWriter, status int, title, body string) {
	writeText(w, status, fmt.Sprintf(
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<pre>%s</pre>\n</body>\n</html>\n",
		html.EscapeString(title), html.EscapeString(body)))
}

func write(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may have gone away
}
