package graphql

import "net/http"

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

// Result is the answer to one operation.
type Result struct {
	status int
	body   any
	// instead is set when something else is written in place of the whole response.
	instead func(http.ResponseWriter)
}

// rejected answers an operation that never reached a resolver: there is no "data".
func rejected(status int, errs ...wireError) Result {
	return Result{status: status, body: map[string]any{"errors": errs}}
}

// answered answers an operation that reached a resolver: always HTTP 200. Without data nothing of it may be used.
func answered(data map[string]any, errs ...wireError) Result {
	body := map[string]any{"data": data}
	if data == nil {
		body["data"] = nil
	}
	if len(errs) > 0 {
		body["errors"] = errs
	}
	return Result{status: http.StatusOK, body: body}
}

func plainError(code, message string) wireError {
	return wireError{Message: message, Extensions: map[string]any{"code": code}}
}
