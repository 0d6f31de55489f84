package trackdechets

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
)

// Pauses where the service says "not now" and not until when.
const (
	quotaWindow  = time.Minute // the published quota is per minute
	shortPause   = 30 * time.Second
	longestPause = 24 * time.Hour
)

// Codes of errors that a resolver means as a refusal.
const (
	badUserInput = "BAD_USER_INPUT"
	forbidden    = "FORBIDDEN"
	tooMany      = "TOO_MANY_REQUESTS"
)

// outcome gives meaning to what came back of one call, or did not. It is the
// only place that does. take says what the data of a good answer mean; where are
// the fields that the reasons of a rejection are about. The errors are
// sluss.ErrNotSent and sluss.ErrOperator; both mean that nothing was taken.
func outcome(r reply, where places, take func() (sluss.Outcome, error)) (sluss.Outcome, error) {
	if r.Status == 0 {
		return withoutAnswer(r)
	}
	a := readAnswer(r.Body)
	switch {
	case r.Status == http.StatusTooManyRequests:
		return throttled(r, "Trackdéchets wants fewer calls from this address"), nil
	case r.Status == http.StatusServiceUnavailable && r.Header.Get("Retry-After") != "":
		return throttled(r, "Trackdéchets is out of service"), nil
	case r.Status == http.StatusRequestTimeout || r.Status >= http.StatusInternalServerError:
		return unknown("Trackdéchets answered %d: it may or may not have taken it", r.Status)
	case r.Status == http.StatusBadRequest && a.code() != "":
		return refusedByTypes(a, where)
	case r.Status >= http.StatusMultipleChoices:
		return operator("Trackdéchets does not take such a call there (HTTP %d): check base_url, and whether its contract has changed", r.Status)
	case r.Status != http.StatusOK:
		return unknown("Trackdéchets answered %d: it may or may not have taken it", r.Status)
	case len(a.Errors) > 0:
		return refused(r, a, where)
	case len(a.Data) == 0 || r.Err != nil:
		return unknown("Trackdéchets answered 200 with something else than an answer: it may or may not have taken it")
	}
	return take()
}

func unknown(format string, args ...any) (sluss.Outcome, error) {
	return sluss.Outcome{Kind: sluss.Unknown, Detail: fmt.Sprintf(format, args...)}, nil
}

func operator(format string, args ...any) (sluss.Outcome, error) {
	return sluss.Outcome{}, fmt.Errorf("%w: "+format, append([]any{sluss.ErrOperator}, args...)...)
}

// withoutAnswer tells what never left from what may have arrived.
func withoutAnswer(r reply) (sluss.Outcome, error) {
	var verification *tls.CertificateVerificationError
	switch {
	case r.Sent:
		return unknown("the call was made and its answer was lost: it may or may not have arrived")
	case errors.As(r.Err, &verification):
		return operator("the certificate of Trackdéchets is not trusted: check base_url: %w", r.Err)
	case errors.Is(r.Err, http.ErrSchemeMismatch):
		return operator("there is no HTTPS at that address: check base_url: %w", r.Err)
	default:
		return sluss.Outcome{}, fmt.Errorf("%w: %w", sluss.ErrNotSent, r.Err)
	}
}

// refused reads errors of a resolver, which come with 200.
func refused(r reply, a answer, where places) (sluss.Outcome, error) {
	switch a.code() {
	case "UNAUTHENTICATED":
		return operator("Trackdéchets does not know the token of %s (any more): make a new one there and put it in its place", r.call.actor.id)
	case badUserInput, forbidden, tooMany:
	case "INTERNAL_SERVER_ERROR", "EXTERNAL_SERVICE_ERROR":
		return unknown("Trackdéchets had an internal error%s: it may or may not have taken it", report(a))
	default:
		if strings.HasPrefix(a.code(), "GRAPHQL_") {
			return operator("Trackdéchets does not understand the call (%s): has its schema changed?", a.code())
		}
		return unknown("Trackdéchets answered with an error that we do not know (%s): it may or may not have taken it", a.code())
	}
	locked := a.says("des champs ont été verrouillés via signature")
	if locked && !strings.HasPrefix(r.call.operation, "update") || slices.ContainsFunc([]string{
		"ne pouvez pas passer ce bordereau à l'état souhaité",
		"n'en est pas à cette étape de signature",
		"ont déjà signé",
		"cette signature a déjà été apposée",
	}, a.says) {
		return unknown("the BSDD is not where this step begins: perhaps the step has been taken already")
	}
	return sluss.Outcome{Kind: sluss.Rejected, Reasons: where.reasons(a)}, nil
}

func report(a answer) string {
	if id := a.trace(); id != "" {
		return " (report " + id + ")"
	}
	return ""
}

var coercedAt = regexp.MustCompile(` at "(?:createFormInput|updateFormInput|input|[a-zA-Z]+Infos?)\.([A-Za-z.]+)[^"]*"; `)

// refusedByTypes reads an answer 400: the call did not fit the schema. Only a
// value of the declaration at a place that we know is for a person to mend. The
// messages repeat whole inputs, so they are not passed on.
func refusedByTypes(a answer, where places) (sluss.Outcome, error) {
	if a.code() == badUserInput && !a.says("is not defined by type") {
		for _, e := range a.Errors {
			at := coercedAt.FindStringSubmatch(e.Message)
			if at == nil {
				continue
			}
			if field, known := where.wireField(at[1]); known {
				return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
					Code: a.code(), Field: field, Message: "Trackdéchets cannot read the value", Original: e.Message, Remedy: "correct the value",
				}}}, nil
			}
		}
	}
	return operator("Trackdéchets does not understand the call (%s): has its schema changed?", a.code())
}

// throttled waits until the quota's window is over: X-RateLimit-Reset says
// when, by the service's own clock; Retry-After always names a whole window.
func throttled(r reply, detail string) sluss.Outcome {
	pause := quotaWindow
	if after, ok := retryAfter(r.Header.Get("Retry-After"), r.Ended); ok {
		pause = after
	}
	if reset, err := strconv.ParseInt(r.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil && r.Status == http.StatusTooManyRequests {
		theirs, err := http.ParseTime(r.Header.Get("Date"))
		if err != nil {
			theirs = r.Ended
		}
		// Date is cut to the second; the reset is rounded up.
		pause = time.Unix(reset, 0).Sub(theirs)
	}
	pause = min(max(pause, time.Second), longestPause)
	return sluss.Outcome{Kind: sluss.Deferred, Throttled: true, Detail: detail, NotBefore: r.Ended.Add(pause)}
}

// retryAfter reads seconds or an HTTP date.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	header = strings.TrimSpace(header)
	if n, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(header); err == nil {
		return at.Sub(now), true
	}
	return 0, false
}
