package graphql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"sluss/simulators/trackdechets/refusal"
)

const (
	maxBatch = 5

	emptyBody = "POST body missing, invalid Content-Type, or JSON object has no keys."
	noQuery   = "GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension."
)

// badRequest is the body of a refusal of what is no request at all.
func badRequest(message string) any { return rejected(0, plainError(refusal.BadRequest, message)).body }

// readRequests finds the operations of a request; otherwise the body of the refusal.
func readRequests(r *http.Request, raw []byte) (requests []request, batch bool, refused any) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method == http.MethodGet:
		req, refused := fromQuery(r)
		return []request{req}, false, refused
	case kind == "application/graphql":
		return []request{{query: string(raw), size: len(raw)}}, false, nil
	case kind != "application/json":
		return nil, false, badRequest(emptyBody)
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	if len(trimmed) == 0 {
		return nil, false, badRequest(emptyBody)
	}
	malformed := JSONError{"JSON mal formaté ou invalide"}
	if !json.Valid(trimmed) || !strings.ContainsRune("{[", rune(trimmed[0])) {
		return nil, false, malformed
	}
	entries := []json.RawMessage{trimmed}
	if batch = trimmed[0] == '['; batch {
		if err := json.Unmarshal(trimmed, &entries); err != nil {
			return nil, true, malformed
		}
		if len(entries) > maxBatch {
			return nil, true, JSONError{fmt.Sprintf("Batching is limited to %d operations per request.", maxBatch)}
		}
		if len(entries) == 0 {
			return nil, true, badRequest("No operations found in request.")
		}
	}
	for _, entry := range entries {
		req, refused := fromObject(entry)
		if refused != nil {
			return nil, batch, refused
		}
		requests = append(requests, req)
	}
	return requests, batch, nil
}

// fromObject reads an operation that was sent as JSON. What is no operation refuses the whole request; an operation
// without query is refused alone.
func fromObject(entry json.RawMessage) (req request, refused any) {
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(entry, &sent); err != nil || len(sent) == 0 {
		return req, badRequest(emptyBody)
	}
	req.size = len(entry)
	given := func(key string) bool { return len(sent[key]) > 0 && string(sent[key]) != "null" }
	if given("query") && json.Unmarshal(sent["query"], &req.query) != nil {
		return req, badRequest("GraphQL queries must be strings.")
	}
	if given("operationName") && json.Unmarshal(sent["operationName"], &req.operation) != nil {
		return req, badRequest("`operationName` in a POST body must be a string if provided.")
	}
	var extensions map[string]json.RawMessage
	if given("extensions") && json.Unmarshal(sent["extensions"], &extensions) != nil {
		return req, badRequest("`extensions` in a POST body must be an object if provided.")
	}
	if given("variables") {
		written := []byte(sent["variables"])
		if quoted := ""; json.Unmarshal(written, &quoted) == nil && quoted != "" {
			written = []byte(quoted) // an object that is written in a string will do
		}
		var ok bool
		if req.variables, ok = variablesOf(written); !ok {
			return req, badRequest("`variables` in a POST body must be an object if provided.")
		}
	}
	if req.query == "" {
		lacks := rejected(http.StatusBadRequest, plainError(refusal.BadRequest, noQuery))
		if extensions["persistedQuery"] != nil { // no query is kept here
			lacks = rejected(http.StatusOK, plainError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"))
		}
		req.refused = &lacks
	}
	return req, nil
}

// fromQuery reads an operation from the address of a GET.
func fromQuery(r *http.Request) (req request, refused any) {
	sent := r.URL.Query()
	req = request{query: sent.Get("query"), operation: sent.Get("operationName"), size: len(r.URL.RawQuery)}
	if req.query == "" {
		return req, badRequest(noQuery)
	}
	if written := sent.Get("variables"); written != "" {
		if !json.Valid([]byte(written)) {
			return req, badRequest("The `variables` search parameter contains invalid JSON.")
		}
		var ok bool
		if req.variables, ok = variablesOf([]byte(written)); !ok {
			return req, badRequest("The `variables` search parameter must contain a JSON-encoded object.")
		}
	}
	return req, nil
}

// variablesOf reads variables; false if they are no object.
func variablesOf(written []byte) (map[string]any, bool) {
	read, err := decode(json.NewDecoder(bytes.NewReader(written)))
	variables, isObject := read.(map[string]any)
	return variables, err == nil && (isObject || read == nil)
}
