package autosys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sluss"
)

// maxAnswer is the most that is read of one answer, and the most that is kept of all answers of one exchange, in bytes.
// A real answer has about 20 KiB.
const maxAnswer = 256 << 10

// ask makes one call and records it in the log. Its errors are ErrNotSent and ErrOperator. If an earlier call of the
// submission was sent and this one was not, it answers Unavailable, because the submission as a whole was sent.
func (c *Client) ask(ctx context.Context, q query, calls *callLog) (Answer, error) {
	asked := c.now()
	address := *c.address
	address.RawQuery = url.Values{q.parameter: {q.value}}.Encode()
	header := http.Header{"Accept": {"application/json"}}
	header.Set("SVV-Authorization", "Apikey "+c.key)
	got := c.http.Do(ctx, http.MethodGet, address.String(), header, nil)
	if got.Status == 0 && got.Err != nil {
		first := len(calls.calls) == calls.recalled
		if got.Sent {
			calls.enter(q, asked, 0, nil)
		}
		return withoutResponse(withoutAddress(got.Err), got.Sent, first)
	}
	calls.enter(q, asked, got.Status, got.Body)
	if got.Status == http.StatusOK { // other statuses are understood without the whole body
		switch {
		case got.Err != nil:
			return Unavailable{Status: http.StatusOK, Reason: "the answer of the vehicle registry was cut off"}, nil
		case len(got.Body) > maxAnswer:
			return Unavailable{Status: http.StatusOK, Reason: fmt.Sprintf("the answer of the vehicle registry is longer than %d bytes", maxAnswer)}, nil
		}
	}
	return Classify(got.Status, got.Header, got.Body), nil
}

// withoutAddress removes the address, which holds the plate, from an error of net/http.
func withoutAddress(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// callLog collects the calls of one exchange.
type callLog struct {
	started  time.Time
	calls    []call
	recalled int // how many of them took their answer from memory and were not made
}

type call struct {
	what   string
	at     time.Time
	status int
	body   []byte
}

func (l *callLog) enter(q query, at time.Time, status int, body []byte) {
	l.calls = append(l.calls, call{q.parameter, at, status, body})
}

func (l *callLog) recall(q query, known reply) {
	l.recalled++
	l.calls = append(l.calls, call{what: q.parameter + " (from memory)", status: known.status, body: known.body})
}

// exchange is the record of the calls: the parameters that they asked by, the last status, and the answers as they
// came, as a JSON array, including those from memory. An answer that is not JSON is in it as text, and one that does
// not fit as its length.
func (l *callLog) exchange(ended time.Time) sluss.Exchange {
	e := sluss.Exchange{Operation: fmt.Sprintf("GET kjoretoydata × %d", len(l.calls)-l.recalled), Started: l.started, Ended: ended}
	if l.recalled > 0 {
		e.Operation += fmt.Sprintf(", %d from memory", l.recalled)
	}
	var asked, answers []string
	room := maxAnswer
	for _, made := range l.calls {
		asked = append(asked, made.what)
		e.Status = made.status
		answer := string(made.body)
		if !json.Valid(made.body) {
			quoted, _ := json.Marshal(answer) // a string can always be marshalled
			answer = string(quoted)
		}
		if room -= len(answer) + 1; room < 0 {
			room += len(answer) + 1
			answer = fmt.Sprintf(`"%d bytes, left out"`, len(made.body))
		}
		answers = append(answers, answer)
	}
	if len(l.calls) > 0 {
		e.Request = strings.Join(asked, ", ")
		e.Response = "[" + strings.Join(answers, ",") + "]"
	}
	return e
}

// RetryAfter is the header Retry-After: a wait, or a point in time. The zero value means that there was no header, or
// one that cannot be read.
type RetryAfter struct {
	Wait time.Duration // from the moment of the answer
	At   time.Time     // UTC
}

// From is when to call again, for an answer that came at the given time, and whether the registry said so.
// It can be before that time if the clocks differ.
func (r RetryAfter) From(answered time.Time) (time.Time, bool) {
	switch {
	case r.Wait > 0:
		return answered.Add(r.Wait), true
	case !r.At.IsZero():
		return r.At, true
	}
	return time.Time{}, false
}

// longestWait is the most that is believed: a greater number of seconds is a mistake.
const longestWait = 366 * 24 * time.Hour

// parseRetryAfter reads both forms of the header, whole seconds and a date (RFC 9110, section 10.2.3).
func parseRetryAfter(header string) RetryAfter {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		if seconds > 0 && seconds <= int64(longestWait/time.Second) {
			return RetryAfter{Wait: time.Duration(seconds) * time.Second}
		}
		return RetryAfter{}
	}
	if at, err := http.ParseTime(header); err == nil {
		return RetryAfter{At: at.UTC()}
	}
	return RetryAfter{}
}
