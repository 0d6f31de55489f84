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

// Answer is what the registry said to one query. It is one of Found, NotFound, Withheld, BadRequest, KeyRefused,
// QuotaSpent and Unavailable.
type Answer interface{ answer() }

// Found is one hit or, for a short chassis number, several; never none. Which vehicle was meant, and whether an
// answered vehicle is the one that was asked for, is for the caller to see.
type Found struct {
	Vehicles []Vehicle
	Message  string // a feilmelding beside the list; not known to happen
	// Misread is the path of the first field that a verdict can rest on and that has another type than the registry
	// has published; empty if there is none. Such fields are absent from Vehicles, all others are there.
	Misread string
}

// NotFound is no such vehicle. The registry has several ways to say it: 204, 200 without or with an empty list,
// and perhaps 404, which can mean a wrong address of the registry as well.
type NotFound struct{ Status int }

// Withheld is a feilmelding instead of data. OPPLYSNINGER_IKKE_TILGJENGELIGE is sent for a shielded vehicle, and
// possibly for an unknown one; any other code is kept as it came.
type Withheld struct{ Code string }

// BadRequest is a query that the registry takes no part of: the form of the plate or chassis number, both of them
// or neither. Detail is the beginning of its text, if any; it may hold the plate, so keep it out of logs.
type BadRequest struct{ Detail string }

// KeyRefused is an API key that is unknown, inactive or blocked, or a header that was not understood: 401 or 403.
type KeyRefused struct{ Status int }

// QuotaSpent is 429 or 422: no more calls with this key, as a rule until midnight in Oslo.
type QuotaSpent struct {
	Status     int
	RetryAfter RetryAfter
}

// Unavailable is everything else. The query has no answer yet; nothing about the vehicle is known.
type Unavailable struct {
	Status     int
	Reason     string // without anything of the body
	Unreadable bool   // status 2xx, but a body that we cannot read: asking again helps only if it was cut off
	RetryAfter RetryAfter
}

func (Found) answer()       {}
func (NotFound) answer()    {}
func (Withheld) answer()    {}
func (BadRequest) answer()  {}
func (KeyRefused) answer()  {}
func (QuotaSpent) answer()  {}
func (Unavailable) answer() {}

// withheldCodes are the codes for withheld data that have been seen in real answers. They mean the same with
// any status, and as plain text as well as in JSON.
var withheldCodes = []string{"OPPLYSNINGER_IKKE_TILGJENGELIGE", "OPPLYSNINGER_UTILGJENGELIG"}

// Classify tells what an HTTP answer of the single query means. It never fails: what it does not understand is
// Unavailable. The body must be whole.
func Classify(status int, header http.Header, body []byte) Answer {
	body = bytes.TrimSpace(body)
	response, misread, problem := decode(body)
	if slices.Contains(withheldCodes, response.Message) && len(response.Vehicles) == 0 {
		return Withheld{Code: response.Message}
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
	case problem != nil:
		return Unavailable{Status: status, Reason: problem.Error(), Unreadable: true, RetryAfter: retryAfter}
	case len(response.Vehicles) > 0:
		return Found{Vehicles: response.Vehicles, Message: response.Message, Misread: misread}
	case response.Message != "":
		return Withheld{Code: response.Message}
	}
	return NotFound{Status: status}
}

// bareCode is a code of the registry that stands alone, without JSON around it.
var bareCode = regexp.MustCompile(`^"?([A-ZÆØÅ]+(?:_[A-ZÆØÅ0-9]+)+)"?$`)

// decode reads a body, which may be a bare code instead of JSON. Where single fields of vehicles have another type than
// published, misread is the path of the first. Its error quotes nothing of the body.
func decode(body []byte) (response Response, misread string, err error) {
	if code := bareCode.FindSubmatch(body); code != nil {
		return Response{Message: string(code[1])}, "", nil
	}
	if len(body) == 0 {
		return Response{}, "", errors.New("the body is empty")
	}
	if body[0] != '{' {
		return Response{}, "", errors.New("the body is not a JSON object")
	}
	err = json.Unmarshal(body, &response)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		path := strings.TrimPrefix(mismatch.Field, "kjoretoydataListe")
		if len(response.Vehicles) > 0 && path != mismatch.Field { // all else of the vehicles has been read
			return response, cmp.Or(strings.TrimPrefix(path, "."), "kjoretoydataListe"), nil
		}
		return Response{}, "", fmt.Errorf("the field %s has another type than %s", mismatch.Field, mismatch.Type)
	}
	if malformed, ok := errors.AsType[*json.SyntaxError](err); ok {
		return Response{}, "", fmt.Errorf("the body is not JSON, or cut off, from byte %d of %d on", malformed.Offset, len(body))
	}
	if err != nil {
		return Response{}, "", errors.New("the body cannot be read as JSON")
	}
	return response, "", nil
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
