package autosys

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"sluss"
)

// maxAnswer is how much of an answer is read, and of all answers of one exchange kept; a real answer has some 20 KiB.
const maxAnswer = 256 << 10

// newHTTP is a client that makes each call once, on a connection of its own: where a connection that was kept dies,
// net/http sends a GET again by itself, and the register counts both. Nor does it follow redirections, which would
// be uncounted calls, and would show the key to whoever is there.
func newHTTP() *http.Client {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 10 * time.Second,
			DisableKeepAlives:   true,
			Protocols:           &http1,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask makes one call and enters it into the log. Its errors are ErrNotSent and ErrOperator. A call that never left
// after one that did is an answer, though: the submission as a whole was sent.
func (c *Client) ask(ctx context.Context, q query, calls *callLog) (Answer, error) {
	address := *c.address
	address.RawQuery = url.Values{q.parameter: {q.value}}.Encode()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := http.NewRequestWithContext(traced, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: the query cannot be made: %w", sluss.ErrOperator, withoutAddress(err))
	}
	request.Header.Set("SVV-Authorization", "Apikey "+c.key)
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		first := len(calls.calls) == 0
		if connected.Load() {
			calls.enter(q, 0, nil)
		}
		return withoutResponse(withoutAddress(err), connected.Load(), first)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	err = errors.Join(err, response.Body.Close())
	calls.enter(q, response.StatusCode, body)
	if response.StatusCode == http.StatusOK { // every other status says enough without its body
		switch {
		case err != nil:
			return Unavailable{Status: http.StatusOK, Reason: "the answer of the vehicle register was cut off"}, nil
		case len(body) > maxAnswer:
			return Unavailable{Status: http.StatusOK, Reason: fmt.Sprintf("the answer of the vehicle register is longer than %d bytes", maxAnswer), Unreadable: true}, nil
		}
	}
	return Classify(response.StatusCode, response.Header, body), nil
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
	started time.Time
	calls   []call
}

type call struct {
	parameter string
	status    int
	body      []byte
}

func (l *callLog) enter(q query, status int, body []byte) {
	l.calls = append(l.calls, call{parameter: q.parameter, status: status, body: body})
}

// exchange is the record of the calls: what they asked by, the last status, and the answers as they came, as a JSON
// array. An answer that is no JSON is in it as text, and one that does not fit as its length.
func (l *callLog) exchange(ended time.Time) sluss.Exchange {
	e := sluss.Exchange{Operation: fmt.Sprintf("GET kjoretoydata × %d", len(l.calls)), Started: l.started, Ended: ended}
	var asked, answers []string
	room := maxAnswer
	for _, made := range l.calls {
		asked = append(asked, made.parameter)
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
