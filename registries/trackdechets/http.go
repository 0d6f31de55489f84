package trackdechets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"sluss"
)

// maxAnswer is how much of an answer is read and kept.
const maxAnswer = 256 << 10

// call is one GraphQL operation on behalf of an organisation.
type call struct {
	name      string // of the root field that decides, such as "markAsSealed"
	query     string
	variables any
	actor     actor
}

// actor is the organisation whose token goes with a call.
type actor struct {
	id    string // SIRET, or VAT number of a foreign one
	token string
}

// reply is what came back of one call. A status of 0 means no answer; an error
// beside a status means that the answer was cut short.
type reply struct {
	call    call
	request string
	status  int
	header  http.Header
	body    []byte
	err     error
	sent    bool // a byte of the call may have left
	started time.Time
	ended   time.Time
}

func (r reply) exchange() sluss.Exchange {
	return sluss.Exchange{
		Operation: r.call.name, Request: r.request, Status: r.status, Response: string(r.body),
		TraceID: readAnswer(r.body).trace(), Started: r.started, Ended: r.ended,
	}
}

// newHTTP is a client that sends each call once, on a connection of its own: a
// connection kept alive may die just as the next call is written to it, and
// then nobody knows whether that arrived. It follows no redirect, since that
// would be sending again, and to somebody else.
func newHTTP() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dialer.DialContext,
			DisableKeepAlives:   true,
			TLSHandshakeTimeout: 10 * time.Second,
			Protocols:           onlyHTTP1(),
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func onlyHTTP1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}

// send makes one call and waits for its whole answer.
func (c *Client) send(ctx context.Context, what call) (r reply) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r = reply{call: what, started: time.Now()}
	defer func() { r.ended = time.Now() }()
	body, err := json.Marshal(map[string]any{"query": what.query, "variables": what.variables})
	if err != nil {
		r.err = err
		return r
	}
	r.request = string(body)
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		r.err = err
		return r
	}
	request.GetBody = nil // the body cannot be sent a second time
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+what.actor.token)
	response, err := c.http.Do(request)
	r.sent = connected.Load()
	if err != nil {
		r.err = err
		return r
	}
	r.status, r.header = response.StatusCode, response.Header
	r.body, r.err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	r.err = errors.Join(r.err, response.Body.Close())
	return r
}
