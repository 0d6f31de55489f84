package calls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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

// Next is where the next page of a list begins, after the one that the session asked for
// from after; empty: this is the last. A list that names no new place would be asked for
// without end, so it cannot be read. Errors as of Answered.
func (s *Session) Next(unread error, more bool, end, after string) (next string, err error) {
	switch {
	case unread != nil || !more:
	case end == "" || end == after:
		unread = errors.New("the list names no next page")
	default:
		next = end
	}
	return next, s.Answered(unread)
}

// Page reads one page of a list, and where the next begins: empty after the last. After is
// empty for the first. Errors as of Answered.
func Page[T any](ctx context.Context, s *Session, variables map[string]any, after string) (nodes []T, next string, err error) {
	variables["after"] = after
	var told wire.Connection[T]
	unread := s.Ask(ctx, variables, &told)
	for _, edge := range told.Edges {
		nodes = append(nodes, edge.Node)
	}
	next, err = s.Next(unread, told.PageInfo.HasNextPage, told.PageInfo.EndCursor, after)
	return nodes, next, err
}

// Oldest is the one that was made first of those with a reference, from a list that
// begins with the newest; detail names the others, where there are any.
func Oldest[T any](all []T, reference string, made func(T) time.Time, number func(T) string) (oldest T, detail string) {
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b T) int { return made(a).Compare(made(b)) })
	var younger []string
	for _, one := range all[1:] {
		younger = append(younger, number(one))
	}
	if len(younger) > 0 {
		detail = fmt.Sprintf("there are %d documents of %s; we go on with %s, the oldest: a person must delete %s in Trackdéchets",
			len(all), reference, number(all[0]), strings.Join(younger, ", "))
	}
	return all[0], detail
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
	var form wire.Form
	opaque, number := IDs(id)
	err := s.Ask(ctx, map[string]any{"id": opaque, "readableId": number}, &form)
	if err == nil && form.ID == "" {
		err = ErrNoData
	}
	return form, err
}

// AcceptedForm is Accepted with the receipt of a BSDD.
func (s *Session) AcceptedForm(f wire.Form) (sluss.Outcome, error) {
	return s.Accepted(sluss.Receipt{ID: f.ID, Number: f.ReadableID, Status: f.Status, At: time.Time(f.UpdatedAt)})
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
	return f.ID, err == nil
}

// largestFile is what is read of a file; a larger one is an error.
const largestFile = 64 << 20

// File fetches what is behind the link that the session's answer holds, without any
// token. Errors as of Answered; neither they nor the exchange tell the link.
func (s *Session) File(ctx context.Context, link string, unread error) ([]byte, error) {
	if unread == nil && link == "" {
		unread = errors.New("the answer holds no link")
	}
	if err := s.Answered(unread); err != nil {
		return nil, err
	}
	base, err := url.Parse(s.client.options.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: base_url: %w", sluss.ErrOperator, err)
	}
	at, err := base.Parse(link)
	if err != nil || at.Scheme != "https" && at.Scheme != base.Scheme {
		return nil, fmt.Errorf("%w: the registry's link to a file is none that we follow", sluss.ErrOperator)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.options.Timeout)
	defer cancel()
	got := Session{Reply: once.New(once.Options{Limit: largestFile + 1}).Do(ctx, http.MethodGet, at.String(), http.Header{}, nil)}
	switch {
	case got.Status == http.StatusTooManyRequests:
		o := got.throttled("Trackdéchets wants fewer calls from this address")
		return nil, &NotNowError{Until: o.NotBefore, Throttled: true, Detail: o.Detail}
	case got.Status == http.StatusForbidden:
		return nil, got.NotNow("the link to the file has run out")
	case got.Status != http.StatusOK || got.Err != nil:
		return nil, got.NotNow(fmt.Sprintf("the file did not come whole (HTTP %d)", got.Status))
	case len(got.Body) > largestFile:
		return nil, fmt.Errorf("%w: the file has more than %d MiB: ask for a shorter period", sluss.ErrOperator, largestFile>>20)
	}
	return got.Body, nil
}
