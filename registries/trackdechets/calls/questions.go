package calls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluss"
	"sluss/registries/once"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// NotNowError says that a question has no answer yet, and when to ask again. It is a
// sluss.ErrUnavailable.
type NotNowError struct {
	Until     time.Time
	Throttled bool // by the registry's rate limit: everybody must hold back until then
	Detail    string
}

// Error says when to ask again.
func (n *NotNowError) Error() string {
	return fmt.Sprintf("%s: ask again at %s", n.Detail, n.Until.Format(time.RFC3339))
}

// Outcome is the same as an outcome.
func (n *NotNowError) Outcome() sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: n.Until, Throttled: n.Throttled, Detail: n.Detail}
}

// Unwrap makes it a sluss.ErrUnavailable.
func (n *NotNowError) Unwrap() error { return sluss.ErrUnavailable }

// NotNow is the error that the session's question is to be asked again soon.
func (s *Session) NotNow(detail string) error {
	return &NotNowError{Until: s.Ended.Add(ShortPause), Detail: detail}
}

// Found is Outcome of a question: nothing was at stake, so it is never Unknown, and
// there is one more error, sluss.ErrAbsent.
func (s *Session) Found(places reasons.Places, take func() (sluss.Outcome, error)) (sluss.Outcome, error) {
	o, err := s.outcome(places, take)
	switch a := readAnswer(s.Body); {
	case err != nil || o.Kind == sluss.Accepted || o.Kind == sluss.Deferred:
		return o, err
	case o.Kind == sluss.Unknown:
		return sluss.Outcome{Kind: sluss.Deferred, NotBefore: s.Ended.Add(ShortPause), Detail: "Trackdéchets cannot say now: " + o.Detail}, nil
	case len(a.Errors) == 0:
		return o, nil
	case s.Missing():
		return sluss.Outcome{}, sluss.ErrAbsent
	default:
		return operator("Trackdéchets does not let the token of %s read this (%s): check its rights", s.company, a.code())
	}
}

// Answered is the error of a question whose answer could, or could not, be read: nil,
// a *NotNowError, sluss.ErrAbsent, ErrNotSent or ErrOperator.
func (s *Session) Answered(unread error) error {
	o, err := s.Found(reasons.Places{}, func() (sluss.Outcome, error) {
		if unread != nil {
			return Unknown("its answer cannot be read")
		}
		return sluss.Outcome{Kind: sluss.Accepted}, nil
	})
	if err == nil && o.Kind == sluss.Deferred {
		err = &NotNowError{Until: o.NotBefore, Throttled: o.Throttled, Detail: o.Detail}
	}
	return err
}

// Deferred is the error of a question as an outcome: Accepted where there is none,
// Deferred of a *NotNowError; other errors stay.
func Deferred(err error) (sluss.Outcome, error) {
	if later, is := errors.AsType[*NotNowError](err); is {
		return later.Outcome(), nil
	}
	if err != nil {
		return sluss.Outcome{}, err
	}
	return sluss.Outcome{Kind: sluss.Accepted}, nil
}

// NextPage is where the next page of a list begins; empty: this is the last. A list
// that does not lead on would be asked for without end.
func NextPage(more bool, end, after string) (string, error) {
	switch {
	case !more:
		return "", nil
	case end == "" || end == after:
		return "", errors.New("the list does not lead on")
	}
	return end, nil
}

// IsNumber tells the number of a BSDD, which mutations do not take, from an opaque
// id.
func IsNumber(id string) bool { return strings.HasPrefix(id, "BSD-") || strings.HasPrefix(id, "TD-") }

// IDs are the two arguments by which a BSDD is looked up.
func IDs(id string) (opaque, number string) {
	if IsNumber(id) {
		return "", id
	}
	return id, ""
}

// Form looks one BSDD up by either of its ids; without an id it was not found, and
// the session tells why.
func (s *Session) Form(ctx context.Context, id string) (wire.Form, error) {
	opaque, number := IDs(id)
	told, err := wire.FindForm(ctx, s, opaque, number)
	if err == nil && told.Form.Id == "" {
		err = ErrNoData
	}
	return told.Form, err
}

// AcceptedForm is Accepted with the receipt of a BSDD.
func (s *Session) AcceptedForm(f wire.Form) (sluss.Outcome, error) {
	return s.Accepted(sluss.Receipt{ID: f.Id, Number: f.ReadableId, Status: f.Status, At: time.Time(f.UpdatedAt)})
}

// Opaque is the opaque id of a BSDD of which the number may be known alone; false
// where it could not be looked up: the session then tells why.
func (s *Session) Opaque(ctx context.Context, id string) (string, bool) {
	if !IsNumber(id) {
		return id, true
	}
	asked := s.Another("form")
	f, err := asked.Form(ctx, id)
	if err != nil {
		s.WithoutEffect(asked)
	}
	return f.Id, err == nil
}

// largestFile is what is read of a file; a larger one is an error.
const largestFile = 64 << 20

// Download fetches what is behind a link that an answer holds, without any token.
// Errors as of Answered; none tells the link.
func (c *Client) Download(ctx context.Context, link string) ([]byte, error) {
	base, err := url.Parse(c.options.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: base_url: %w", sluss.ErrOperator, err)
	}
	at, err := base.Parse(link)
	if err != nil || at.Scheme != "https" && at.Scheme != base.Scheme {
		return nil, fmt.Errorf("%w: the registry's link to a file is none that we follow", sluss.ErrOperator)
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	s := Session{Reply: once.New(once.Options{Limit: largestFile + 1}).Do(ctx, http.MethodGet, at.String(), http.Header{}, nil)}
	switch {
	case s.Status == http.StatusTooManyRequests:
		o := s.throttled("Trackdéchets wants fewer calls from this address")
		return nil, &NotNowError{Until: o.NotBefore, Throttled: true, Detail: o.Detail}
	case s.Status == http.StatusForbidden:
		return nil, s.NotNow("the link to the file has run out")
	case s.Status != http.StatusOK || s.Err != nil:
		return nil, s.NotNow(fmt.Sprintf("the file did not come whole (HTTP %d)", s.Status))
	case len(s.Body) > largestFile:
		return nil, fmt.Errorf("%w: the file has more than %d MiB: ask for a shorter period", sluss.ErrOperator, largestFile>>20)
	}
	return s.Body, nil
}
