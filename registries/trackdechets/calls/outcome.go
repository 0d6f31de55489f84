package calls

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/reasons"
)

// ShortPause is how long to wait where the registry says "not now" and not until when.
const ShortPause = 30 * time.Second

const (
	limitWindow  = time.Minute // the published rate limit is per minute
	longestPause = 24 * time.Hour
)

// Outcome is what became of the session's call, with what to record of it. take says
// what the data of a good answer mean; places are the fields that reasons are about.
// The errors are sluss.ErrNotSent and sluss.ErrOperator: nothing was taken. After an
// Unknown, only who has asked the registry may act again.
func (s *Session) Outcome(places reasons.Places, take func() (sluss.Outcome, error)) (sluss.Outcome, sluss.Exchange, error) {
	o, err := s.outcome(places, take)
	if s.noEffect && err == nil && o.Kind == sluss.Unknown {
		o, err = sluss.Outcome{}, fmt.Errorf("%w: %s", sluss.ErrNotSent, o.Detail)
	}
	return o, s.Exchange(), err
}

func (s *Session) outcome(places reasons.Places, take func() (sluss.Outcome, error)) (sluss.Outcome, error) {
	if s.Status == 0 {
		return s.withoutAnswer()
	}
	a := readAnswer(s.Body)
	switch {
	case s.Status == http.StatusTooManyRequests:
		return s.throttled("Trackdéchets wants fewer calls from this address"), nil
	case s.Status == http.StatusServiceUnavailable && s.Header.Get("Retry-After") != "":
		return s.throttled("Trackdéchets is out of service"), nil
	case s.Status == http.StatusRequestTimeout || s.Status >= http.StatusInternalServerError:
		return Unknown("Trackdéchets answered %d: it may or may not have taken it", s.Status)
	case s.Status == http.StatusBadRequest && a.code() != "":
		return refusedByTypes(a, places)
	case s.Status >= http.StatusMultipleChoices:
		return operator("Trackdéchets does not take such a call there (HTTP %d): check base_url, and whether its contract has changed", s.Status)
	case s.Status != http.StatusOK:
		return Unknown("Trackdéchets answered %d: it may or may not have taken it", s.Status)
	case len(a.Errors) > 0:
		return s.refused(a, places)
	case len(a.Data) == 0 || s.Err != nil:
		return Unknown("Trackdéchets answered 200 with something else than an answer: it may or may not have taken it")
	}
	return take()
}

// Unknown is the outcome of a call that may or may not have been taken.
func Unknown(format string, args ...any) (sluss.Outcome, error) {
	return sluss.Outcome{Kind: sluss.Unknown, Detail: fmt.Sprintf(format, args...)}, nil
}

func operator(format string, args ...any) (sluss.Outcome, error) {
	return sluss.Outcome{}, fmt.Errorf("%w: "+format, append([]any{sluss.ErrOperator}, args...)...)
}

// withoutAnswer tells what never left from what may have arrived.
func (s *Session) withoutAnswer() (sluss.Outcome, error) {
	var verification *tls.CertificateVerificationError
	switch {
	case s.Sent:
		return Unknown("the call was made and its answer was lost: it may or may not have arrived")
	case errors.Is(s.Err, sluss.ErrOperator):
		return sluss.Outcome{}, s.Err
	case errors.As(s.Err, &verification):
		return operator("the certificate of Trackdéchets is not trusted: check base_url: %w", s.Err)
	case errors.Is(s.Err, http.ErrSchemeMismatch):
		return operator("there is no HTTPS at that address: check base_url: %w", s.Err)
	default:
		return sluss.Outcome{}, fmt.Errorf("%w: %w", sluss.ErrNotSent, s.Err)
	}
}

// passed are messages by which a step is not (any more) where the document stands.
var passed = []string{
	"ne pouvez pas passer ce bordereau à l'état souhaité",
	"n'en est pas à cette étape de signature",
	"ont déjà signé",
	"cette signature a déjà été apposée",
}

// refused reads errors of a resolver, which come with 200.
func (s *Session) refused(a answer, places reasons.Places) (sluss.Outcome, error) {
	switch code := a.code(); {
	case code == "UNAUTHENTICATED":
		return operator("Trackdéchets does not know the token of %s (any more): make a new one there and put it in its place", s.company)
	case slices.Contains([]string{reasons.BadUserInput, reasons.Forbidden, reasons.TooMany}, code):
	case code == "INTERNAL_SERVER_ERROR", code == "EXTERNAL_SERVICE_ERROR":
		report := a.trace()
		if report != "" {
			report = " (report " + report + ")"
		}
		return Unknown("Trackdéchets had an internal error%s: it may or may not have taken it", report)
	case strings.HasPrefix(code, "GRAPHQL_"):
		return operator("Trackdéchets does not understand the call (%s): has its schema changed?", code)
	default:
		return Unknown("Trackdéchets answered with an error that we do not know (%s): it may or may not have taken it", code)
	}
	locked := a.says("des champs ont été verrouillés via signature")
	if locked && !strings.HasPrefix(s.name, "update") || slices.ContainsFunc(passed, a.says) {
		return Unknown("the document is not where this step begins: perhaps the step has been taken already")
	}
	return sluss.Outcome{Kind: sluss.Rejected, Reasons: places.Of(a.code(), a.lines())}, nil
}

var coercedAt = regexp.MustCompile(` at "(?:createFormInput|updateFormInput|input|[a-zA-Z]+Infos?)\.([A-Za-z.]+)[^"]*"; `)

// refusedByTypes reads an answer 400: the call did not fit the schema. Only a value
// of the declaration at a place that we know is for a person to correct. The messages
// repeat whole inputs, so they are not passed on.
func refusedByTypes(a answer, places reasons.Places) (sluss.Outcome, error) {
	if a.code() == reasons.BadUserInput && !a.says("is not defined by type") {
		for _, e := range a.Errors {
			at := coercedAt.FindStringSubmatch(e.Message)
			if at == nil {
				continue
			}
			if field, known := places.Field(at[1]); known {
				return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
					Code: a.code(), Field: field, Message: "Trackdéchets cannot read the value", Original: e.Message, Remedy: "correct the value",
				}}}, nil
			}
		}
	}
	return operator("Trackdéchets does not understand the call (%s): has its schema changed?", a.code())
}

// throttled waits until the rate limit's window is over: X-RateLimit-Reset says when,
// by the registry's own clock; Retry-After always names a whole window.
func (s *Session) throttled(detail string) sluss.Outcome {
	pause := limitWindow
	after := strings.TrimSpace(s.Header.Get("Retry-After"))
	if n, err := strconv.ParseUint(after, 10, 31); err == nil {
		pause = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		pause = at.Sub(s.Ended)
	}
	if reset, err := strconv.ParseInt(s.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && s.Status == http.StatusTooManyRequests {
		theirs, err := http.ParseTime(s.Header.Get("Date"))
		if err != nil {
			theirs = s.Ended
		}
		pause = time.Unix(reset, 0).Sub(theirs) // Date is cut to the second; the reset is rounded up
	}
	pause = min(max(pause, time.Second), longestPause)
	return sluss.Outcome{Kind: sluss.Deferred, Throttled: true, Detail: detail, NotBefore: s.Ended.Add(pause)}
}

// Accepted is the outcome with the receipt of what has that id; where the answer has
// none, the call is Unknown.
func (s *Session) Accepted(r sluss.Receipt) (sluss.Outcome, error) {
	if r.ID == "" {
		return Unknown("Trackdéchets answered without what it took")
	}
	r.Registry = sluss.Trackdechets
	if r.At.IsZero() {
		r.At = s.Ended
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &r}, nil
}
