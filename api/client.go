package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"sluss/service"
)

// Connect is a client of the service at that URL, with its token if it wants one,
// which waits as long as the HTTP client does.
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

// reply is what every answer of the client can tell.
type reply interface {
	StatusCode() int
	Bytes() []byte
}

// Read is the answer, if it is a success; else the error is an Error, or says why
// there is no answer.
func Read[R reply](answer R, err error) (R, error) {
	if err != nil {
		return answer, err
	}
	if status := answer.StatusCode(); status >= http.StatusMultipleChoices {
		failed := &Error{Status: status}
		if json.Unmarshal(answer.Bytes(), &failed.Problem) != nil || failed.Problem.Error == "" {
			return answer, foreign(status)
		}
		return answer, failed
	}
	return answer, nil
}

// Value is what an answer of 200 holds; errors are those of Read.
func Value[T any, R interface {
	reply
	GetJSON200() *T
}](answer R, err error) (value T, _ error) {
	if answer, err = Read(answer, err); err != nil {
		return value, err
	}
	if told := answer.GetJSON200(); told != nil {
		return *told, nil
	}
	return value, foreign(answer.StatusCode())
}

// Decoded is what the body of a success holds, where several may; errors are those
// of Read.
func Decoded[T any, R reply](answer R, err error) (value T, _ error) {
	if answer, err = Read(answer, err); err != nil {
		return value, err
	}
	if json.Unmarshal(answer.Bytes(), &value) != nil {
		return value, foreign(answer.StatusCode())
	}
	return value, nil
}

// foreign is an answer of something else than this API, such as a proxy.
func foreign(status int) *Error {
	return &Error{Status: http.StatusBadGateway, Problem: Problem{Error: fmt.Sprintf("the answer was %d %s, which is not from this API", status, http.StatusText(status))}}
}

// Attached is the name of the file that an answer brings.
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

// RowDeclared is the result of a row of a table that is declared, or would be.
const RowDeclared = service.RowDeclared

// What an extract tells of a filing, and of a note.
const (
	ExtractTaken    = service.ExtractTaken
	ExtractAbsent   = service.ExtractAbsent
	ExtractDoubtful = service.ExtractDoubtful
	NoteStranger    = service.NoteStranger
)

// What a person says to a revision.
const (
	Accept   = service.Accept
	Refuse   = service.Refuse
	Withdraw = service.Withdraw
)
