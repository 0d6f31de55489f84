// Package refusal holds the errors that Trackdéchets answers with, and their codes.
package refusal

import "strings"

// The codes in extensions.code.
const (
	Parse           = "GRAPHQL_PARSE_FAILED"
	Validation      = "GRAPHQL_VALIDATION_FAILED"
	MaxOperations   = "GRAPHQL_MAX_OPERATIONS_ERROR"
	BadRequest      = "BAD_REQUEST"
	BadUserInput    = "BAD_USER_INPUT"
	Unauthenticated = "UNAUTHENTICATED"
	Denied          = "FORBIDDEN"
	TooManyRequests = "TOO_MANY_REQUESTS"
	Broken          = "INTERNAL_SERVER_ERROR"
)

// Refusal is an error that a root field answers with.
type Refusal struct {
	Code    string
	Message string
	// Bare errors have lost their path and locations, as those of the real validation have.
	Bare bool
	// Extra stands beside the code in the extensions.
	Extra map[string]any
}

func (r *Refusal) Error() string { return r.Message }

// BadInput is BAD_USER_INPUT.
func BadInput(message string) *Refusal { return &Refusal{Code: BadUserInput, Message: message} }

// Forbidden is FORBIDDEN.
func Forbidden(message string) *Refusal { return &Refusal{Code: Denied, Message: message} }

// NotSignedIn is UNAUTHENTICATED.
func NotSignedIn() *Refusal {
	return &Refusal{Code: Unauthenticated, Message: "Vous n'êtes pas connecté."}
}

// NotMember refuses a user who has no role in a company.
func NotMember(company string) *Refusal {
	return Forbidden("Vous n'êtes pas membre de l'entreprise portant le siret \"" + company + "\".")
}

// Internal is INTERNAL_SERVER_ERROR.
func Internal() *Refusal { return &Refusal{Code: Broken, Message: "Erreur serveur", Bare: true} }

// Invalid joins every complaint of a validation; without complaints there is no error.
func Invalid(complaints []string) error {
	if len(complaints) == 0 {
		return nil
	}
	return &Refusal{Code: BadUserInput, Message: strings.Join(complaints, "\n"), Bare: true}
}
