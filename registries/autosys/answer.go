package autosys

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Answer is the registry's answer to one query. It is one of Found, NotFound, Withheld, Unclear, BadRequest,
// KeyRefused, QuotaSpent and Unavailable.
type Answer interface{ answer() }

// Found is one hit or, for a short chassis number, several; never none. The caller decides which vehicle was meant,
// and whether it is the one that was asked for.
type Found struct {
	Vehicles []Vehicle
	// Raw is the whole answer as it came, with everything that Vehicles does not hold. Do not change it.
	Raw     json.RawMessage
	Message string // a feilmelding beside the list; not known to happen
	// Misread is the path of the first field of Vehicle that has another type than the registry has published; empty
	// if there is none. Such fields are absent from Vehicles; all others have been read.
	Misread string
}

// NotFound means that there is no such vehicle. The registry has several ways to say it: 204, 200 with an empty list,
// and perhaps 404, which can also mean that the address of the registry is wrong.
type NotFound struct{ Status int }

// Withheld is a feilmelding instead of data. OPPLYSNINGER_IKKE_TILGJENGELIGE is sent for a shielded vehicle, and
// possibly for an unknown one.
type Withheld struct{ Code string }

// Unclear is a 200 that says nothing that the registry has published: no body, neither a list nor a feilmelding, or a
// feilmelding of which the meaning is not known. Asking again may never help, so a person must decide.
type Unclear struct {
	Code string // the feilmelding as it came; empty if there was none
}

// BadRequest means that the registry does not accept the query: the plate or chassis number has the wrong form, or
// both or neither were given. Detail is the beginning of its text, if any. It may hold the plate, so keep it out of
// logs.
type BadRequest struct{ Detail string }

// KeyRefused is an API key that is unknown, inactive or blocked, or a header that was not understood: 401 or 403.
type KeyRefused struct{ Status int }

// QuotaSpent is 429 or 422: no more calls with this key, usually until midnight in Oslo.
type QuotaSpent struct {
	Status     int
	RetryAfter RetryAfter
}

// Unavailable is everything else. The query has no answer yet, and nothing about the vehicle is known.
type Unavailable struct {
	Status     int
	Reason     string // without anything of the body
	RetryAfter RetryAfter
}

func (Found) answer()       {}
func (NotFound) answer()    {}
func (Withheld) answer()    {}
func (Unclear) answer()     {}
func (BadRequest) answer()  {}
func (KeyRefused) answer()  {}
func (QuotaSpent) answer()  {}
func (Unavailable) answer() {}

// withheldCodes are the codes for withheld data that have been seen in real answers. They mean the same with
// any status, and as plain text as well as in JSON.
var withheldCodes = []string{"OPPLYSNINGER_IKKE_TILGJENGELIGE", "OPPLYSNINGER_UTILGJENGELIG"}

// failureCodes are those of a registry that fails: they say nothing about the vehicle. They are known from a client of
// the bulk query.
var failureCodes = []string{"TEKNISK_FEIL", "TJENESTE_IKKE_TILGJENGELIG"}

// Classify tells what an HTTP answer to the single query means. It never fails: an answer that it does not understand
// is Unavailable. The body must be complete, and Found keeps it: do not change it afterwards.
func Classify(status int, header http.Header, body []byte) Answer {
	body = bytes.TrimSpace(body)
	read, misread, problem := decode(body)
	if slices.Contains(withheldCodes, read.Message) && len(read.Vehicles) == 0 {
		return Withheld{Code: read.Message}
	}
	retryAfter := parseRetryAfter(header.Get("Retry-After"))
	switch status {
	case http.StatusNoContent, http.StatusNotFound:
		return NotFound{Status: status}
	case http.StatusBadRequest:
		return BadRequest{Detail: detail(body)}
	case http.StatusUnauthorized, http.StatusForbidden:
		return KeyRefused{Status: status}
	case http.StatusTooManyRequests, http.StatusUnprocessableEntity:
		return QuotaSpent{Status: status, RetryAfter: retryAfter}
	}
	if status != http.StatusOK {
		return Unavailable{
			Status: status, RetryAfter: retryAfter,
			Reason: strings.TrimSpace(fmt.Sprintf("the registry answered with status %d %s", status, http.StatusText(status))),
		}
	}
	switch {
	case len(body) == 0:
		return Unclear{}
	case problem != nil:
		return Unavailable{Status: status, Reason: problem.Error(), RetryAfter: retryAfter}
	case len(read.Vehicles) > 0:
		return Found{Vehicles: read.Vehicles, Raw: body, Message: read.Message, Misread: misread}
	case slices.Contains(failureCodes, read.Message):
		return Unavailable{Status: status, Reason: "the registry says that its service is not available", RetryAfter: retryAfter}
	case read.Message != "", read.Vehicles == nil:
		return Unclear{Code: read.Message}
	}
	return NotFound{Status: status}
}

// response is the part of the body of a 200 (KjoretoydataResponse) that is read.
type response struct {
	Message  string    `json:"feilmelding"`
	Vehicles []Vehicle `json:"kjoretoydataListe"`
}

// bareCode is a code of the registry that stands alone, without JSON around it.
var bareCode = regexp.MustCompile(`^"?([A-ZÆØÅ]+(?:_[A-ZÆØÅ0-9]+)+)"?$`)

// decode reads a body, which may be a bare code instead of JSON. If fields of vehicles have another type than
// published, misread is the path of the first. The error quotes nothing of the body.
func decode(body []byte) (read response, misread string, err error) {
	if code := bareCode.FindSubmatch(body); code != nil {
		return response{Message: string(code[1])}, "", nil
	}
	if len(body) == 0 {
		return response{}, "", errors.New("the body is empty")
	}
	if body[0] != '{' {
		return response{}, "", errors.New("the body is not a JSON object")
	}
	err = json.Unmarshal(body, &read)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		path := strings.TrimPrefix(mismatch.Field, "kjoretoydataListe")
		if len(read.Vehicles) > 0 && path != mismatch.Field { // all other fields of the vehicles have been read
			return read, cmp.Or(strings.TrimPrefix(path, "."), "kjoretoydataListe"), nil
		}
		return response{}, "", fmt.Errorf("the field %s has another type than %s", mismatch.Field, mismatch.Type)
	}
	if malformed, ok := errors.AsType[*json.SyntaxError](err); ok {
		return response{}, "", fmt.Errorf("the body is not JSON, or cut off, from byte %d of %d on", malformed.Offset, len(body))
	}
	if err != nil {
		return response{}, "", errors.New("the body cannot be read as JSON")
	}
	return read, "", nil
}

const longestDetail = 200

// detail is the beginning of a text, on one line.
func detail(body []byte) string {
	printable := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(string(body), "?"))
	runes := []rune(strings.Join(strings.Fields(printable), " "))
	return string(runes[:min(len(runes), longestDetail)])
}
