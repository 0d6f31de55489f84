package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"sluss/service"
)

// Connect returns a client of the service at a URL. If token is not empty, it is sent
// with each request. The HTTP client sets the timeout.
func Connect(url, token string, through *http.Client) (*ClientWithResponses, error) {
	return NewClientWithResponses(url, WithHTTPClient(through), WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "application/json")
		}
		return nil
	}))
}

// Error is an answer that is no success.
type Error struct {
	Status  int
	Problem Problem
}

func (e *Error) Error() string { return e.Problem.Error }

// Unwrap is the faults, if there are any.
func (e *Error) Unwrap() error { return e.Problem.Faults.Err() }

// reply is what all responses of the generated client have in common.
type reply interface {
	StatusCode() int
	Bytes() []byte
}

// Read returns the response if it is a success. Otherwise the error is an Error, or
// says why there is no response.
func Read[R reply](answer R, err error) (R, error) {
	if err != nil {
		return answer, err
	}
	if status := answer.StatusCode(); status >= http.StatusMultipleChoices {
		return answer, failure(status, answer.Bytes())
	}
	return answer, nil
}

// Value returns the content of a response 200. Errors are those of Read.
func Value[T any, R interface {
	reply
	GetJSON200() *T
}](answer R, err error) (value T, _ error) {
	if answer, err = Read(answer, err); err != nil {
		return value, err
	}
	if content := answer.GetJSON200(); content != nil {
		return *content, nil
	}
	return value, foreignAnswer(answer.StatusCode())
}

// Decoded decodes the body of a success if the operation has several success
// responses. Errors are those of Read.
func Decoded[T any, R reply](answer R, err error) (value T, _ error) {
	if answer, err = Read(answer, err); err != nil {
		return value, err
	}
	if json.Unmarshal(answer.Bytes(), &value) != nil {
		return value, foreignAnswer(answer.StatusCode())
	}
	return value, nil
}

// Stream reads the lines of an import that is streamed. The error is that of Read, or wraps
// ErrBrokenOff if the import did not come to its end.
func Stream(answer *http.Response, err error, line func(ImportLine)) error {
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		return failure(answer.StatusCode, body)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), streamType) {
		return foreignAnswer(answer.StatusCode)
	}
	decoder := json.NewDecoder(answer.Body)
	for first := true; ; first = false {
		var l ImportLine
		switch err := decoder.Decode(&l); {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: the service ended its answer", ErrBrokenOff)
		case err != nil:
			return fmt.Errorf("%w: %w", ErrBrokenOff, err)
		case l.Error != "":
			return fmt.Errorf("%w: %s", ErrBrokenOff, l.Error)
		}
		if line(l); l.Report != nil && !first {
			return nil
		}
	}
}

// streamType is the content type of an answer that is streamed.
const streamType = "application/x-ndjson"

// ErrBrokenOff is of an import that did not come to its end. What is pending is not done.
var ErrBrokenOff = errors.New("the import broke off")

// failure is the error of an answer that is no success.
func failure(status int, body []byte) *Error {
	failed := &Error{Status: status}
	if json.Unmarshal(body, &failed.Problem) != nil || failed.Problem.Error == "" {
		return foreignAnswer(status)
	}
	return failed
}

// foreignAnswer is the error about a response that does not come from this API, but
// for example from a proxy.
func foreignAnswer(status int) *Error {
	return &Error{Status: http.StatusBadGateway, Problem: Problem{Error: fmt.Sprintf("the answer was %d %s, which is not from this API", status, http.StatusText(status))}}
}

// Attached returns the name of the file that is attached to a response.
func Attached(header http.Header) string {
	_, name, _ := strings.Cut(header.Get("Content-Disposition"), "filename=")
	return strings.Trim(name, `"`)
}

// Kinds of actions.
const (
	ActEvent   = service.ActEvent
	ActSign    = service.ActSign
	ActCorrect = service.ActCorrect
	ActAmend   = service.ActAmend
	ActResults = service.ActResults
	ActDecide  = service.ActDecide
	ActExtract = service.ActExtract
)

// Results of the rows of a table.
const (
	RowDeclared = service.RowDeclared
	RowReported = service.RowReported
	RowPending  = service.RowPending
)

// Results of an extract, for a filing and for a note.
const (
	ExtractTaken    = service.ExtractTaken
	ExtractAbsent   = service.ExtractAbsent
	ExtractDoubtful = service.ExtractDoubtful
	NoteStranger    = service.NoteStranger
)

// Answers to a revision.
const (
	Accept   = service.Accept
	Refuse   = service.Refuse
	Withdraw = service.Withdraw
)
