// Package api is the JSON API that openapi.yaml defines: the server over package
// service, and a client.
package api

import (
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"sluss"
	"sluss/guard"
	"sluss/service"
)

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml openapi.yaml

//go:embed openapi.yaml
var document []byte

// maxBody is as much as one request may send: a CSV of some thousand batches.
const maxBody = 8 << 20

// Options are the tokens that callers must send.
type Options struct {
	// Token must come with every request as `Authorization: Bearer`; without one,
	// only requests to this machine and from its own pages are answered.
	Token string
	// HookToken must come with each delivery of Trackdéchets' webhooks; empty: all
	// deliveries are refused.
	HookToken string
}

// server implements the operations of the document.
type server struct {
	sv *service.Service
	Options
}

var _ StrictServerInterface = (*server)(nil)

// New returns the handler of all routes of the document.
func New(sv *service.Service, o Options) http.Handler {
	s := &server{sv: sv, Options: o}
	mux := http.NewServeMux()
	s.routes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, Problem{Error: fmt.Sprintf("there is no %s %s: %s", r.Method, r.URL.Path, seeDocument)})
	})
	guard := guarded(mux, o.Token)
	if o.HookToken == "" {
		return guard
	}
	hooked := http.NewServeMux()
	s.hooks(hooked)
	hooked.Handle("/", guard)
	return hooked
}

// routes adds the routes that need the API's token.
func (s *server) routes(mux ServeMux) {
	asked := func(w http.ResponseWriter, _ *http.Request, err error) { problem(w, unread(err)) }
	HandlerWithOptions(NewStrictHandlerWithOptions(s, []StrictMiddlewareFunc{withWorkbook}, StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  asked,
		ResponseErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) { problem(w, err) },
	}), StdHTTPServerOptions{BaseRouter: checked{mux}, ErrorHandlerFunc: asked})
	mux.HandleFunc("GET /api/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(document) // the caller has closed the connection
	})
}

// unread is what remains wrong with a request that was checked.
func unread(err error) error {
	return sluss.Faults{{Problem: err.Error(), Remedy: seeDocument}}
}

// bodies are the content types that writes may have. A page of another site cannot
// send these without permission, so it cannot make a browser act.
var bodies = []string{"application/json", "text/csv", workbookType, "multipart/mixed"}

// guarded requires the token, and for writes one of the types of bodies.
func guarded(next http.Handler, token string) http.Handler {
	want := []byte("Bearer " + token)
	door := guard.Guard{Refuse: func(w http.ResponseWriter, status int, problem string) { answer(w, status, Problem{Error: problem}) }}
	checked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if token != "" && r.URL.Path != "/healthz" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, Problem{Error: "send the API's token as Authorization: Bearer"})
			return
		}
		if kind := contentType(r); r.Method == http.MethodPost && !slices.Contains(bodies, kind) {
			answer(w, http.StatusUnsupportedMediaType, Problem{Error: "send application/json, or a table of many batches, or an extract, as text/csv or XLSX"})
			return
		}
		next.ServeHTTP(w, r)
	})
	if token == "" {
		return door.Handler(checked)
	}
	return checked
}

func contentType(r *http.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind
}

// problem answers an error with the status that says who must act.
func problem(w http.ResponseWriter, err error) {
	var faults sluss.Faults
	var large *http.MaxBytesError
	var refusal *service.Refusal
	var broken brokenOffError
	switch {
	case errors.As(err, &broken):
		answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error() + " (nothing is lost: send the same again, and it goes on where it was)", Report: &broken.report})
	case errors.As(err, &large):
		answer(w, http.StatusRequestEntityTooLarge, Problem{Error: fmt.Sprintf("more than %d MiB at once: split it", maxBody>>20)})
	case errors.As(err, &refusal):
		answer(w, http.StatusConflict, Problem{Error: err.Error(), Faults: refusal.Faults})
	case errors.As(err, &faults):
		answer(w, http.StatusUnprocessableEntity, Problem{Error: faults.Error(), Faults: faults})
	case errors.Is(err, service.ErrNoSuch):
		answer(w, http.StatusNotFound, Problem{Error: err.Error()})
	case errors.Is(err, service.ErrRefused):
		answer(w, http.StatusConflict, Problem{Error: err.Error()})
	case errors.As(err, new(unsureError)):
		answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error()})
	default:
		answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error() + " (nothing is lost: send the same again)"})
	}
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // the caller has closed the connection
}
