package trackdechets

import (
	"net/http"
	"strings"
)

// The codes in extensions.code.
const (
	codeParse           = "GRAPHQL_PARSE_FAILED"
	codeValidation      = "GRAPHQL_VALIDATION_FAILED"
	codeMaxOperations   = "GRAPHQL_MAX_OPERATIONS_ERROR"
	codeBadRequest      = "BAD_REQUEST"
	codeBadUserInput    = "BAD_USER_INPUT"
	codeUnauthenticated = "UNAUTHENTICATED"
	codeForbidden       = "FORBIDDEN"
	codeTooManyRequests = "TOO_MANY_REQUESTS"
	codeInternal        = "INTERNAL_SERVER_ERROR"
)

// refusal is an error that a resolver answers with.
type refusal struct {
	code    string
	message string
	// bare errors have lost their path and locations, as those of the real validation have.
	bare  bool
	extra map[string]any
}

func (r *refusal) Error() string { return r.message }

func badInput(message string) *refusal  { return &refusal{code: codeBadUserInput, message: message} }
func forbidden(message string) *refusal { return &refusal{code: codeForbidden, message: message} }

func notSignedIn() *refusal {
	return &refusal{code: codeUnauthenticated, message: "Vous n'êtes pas connecté."}
}

func internalError() *refusal {
	return &refusal{code: codeInternal, message: "Erreur serveur", bare: true}
}

// invalid joins every complaint of a validation; firstInvalid answers the first alone.
func invalid(complaints []string) error {
	if len(complaints) == 0 {
		return nil
	}
	return &refusal{code: codeBadUserInput, message: strings.Join(complaints, "\n"), bare: true}
}

func firstInvalid(complaints []string) error {
	return invalid(complaints[:min(1, len(complaints))])
}

// wireError is one entry of "errors".
type wireError struct {
	Message    string         `json:"message"`
	Locations  []location     `json:"locations,omitempty"`
	Path       []string       `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions"`
}

type location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// result is the answer to one operation.
type result struct {
	status int
	body   any
	// failed is set when the whole answer is replaced by a fault.
	failed *Fault
	// tokens is set when the operation counts against the limit of createAccessToken.
	tokens bool
	// limited is the limit of its own that the operation went over; nothing was done.
	limited *meter
}

// rejected answers an operation that never reached a resolver: there is no "data".
func rejected(status int, errs ...wireError) result {
	return result{status: status, body: map[string]any{"errors": errs}}
}

// answered answers an operation that reached a resolver: always HTTP 200.
func answered(data map[string]any, errs ...wireError) result {
	if len(errs) > 0 {
		return result{status: http.StatusOK, body: map[string]any{"errors": errs, "data": nil}}
	}
	return result{status: http.StatusOK, body: map[string]any{"data": data}}
}

func plainError(code, message string) wireError {
	return wireError{Message: message, Extensions: map[string]any{"code": code}}
}
