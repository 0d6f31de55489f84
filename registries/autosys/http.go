package autosys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluss"
)

// maxAnswer is how much of an answer is taken, and of all answers of one exchange kept; a real answer has some 20 KiB.
const maxAnswer = 256 << 10

// ask makes one call and enters it into the log. Its errors are ErrNotSent and ErrOperator. A call that never left
// after one that did is an answer, though: the submission as a whole was sent.
func (c *Client) ask(ctx context.Context, q query, calls *callLog) (Answer, error) {
	asked := c.now()
	address := *c.address
	address.RawQuery = url.Values{q.parameter: {q.value}}.Encode()
	header := http.Header{"Accept": {"application/json"}}
	header.Set("SVV-Authorization", "Apikey "+c.key)
	reply := c.http.Do(ctx, http.MethodGet, address.String(), header, nil)
	if reply.Status == 0 && reply.Err != nil {
		first := len(calls.calls) == calls.recalled
		if reply.Sent {
			calls.enter(q, asked, 0, nil)
		}
		return withoutResponse(withoutAddress(reply.Err), reply.Sent, first)
	}
	calls.enter(q, asked, reply.Status, reply.Body)
	if reply.Status == http.StatusOK { // every other status says enough without its body
		switch {
		case reply.Err != nil:
			return Unavailable{Status: http.StatusOK, Reason: "the answer of the vehicle registry was cut off"}, nil
		case len(reply.Body) > maxAnswer:
			return Unavailable{Status: http.StatusOK, Reason: fmt.Sprintf("the answer of the vehicle registry is longer than %d bytes", maxAnswer), Unreadable: true}, nil
		}
	}
	return Classify(reply.Status, reply.Header, reply.Body), nil
}

// withoutAddress is the error without the address that net/http puts into it, in which the plate stands.
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
	recalled int // of the calls, how many were none because the answer was in memory
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

func (l *callLog) recall(q query, known said) {
	l.recalled++
	l.calls = append(l.calls, call{what: q.parameter + " (from memory)", status: known.status, body: known.body})
}

// exchange is the record of the calls: what they asked by, the last status, and the answers as they came, as a JSON
// array, those from memory included. An answer that is no JSON is in it as text, and one that does not fit as its length.
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
			quoted, _ := json.Marshal(answer) // a string always can be
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
