// Package once makes an HTTP call at most once, and tells whether any of it may have
// left this machine. Registries have no idempotency key, so a call that a library
// repeats by itself is a second filing, or a second call of the quota.
//
// One Do is at most one request at the other end. Every call has a connection of its
// own. A connection that is kept alive may close just as the next call is written to
// it: then nobody knows whether the call arrived, and net/http repeats what it
// considers harmless, such as a GET. HTTP/2 is not used, because it repeats refused
// streams. Redirects are not followed, because that would be a further call that is
// not counted and that sends the credentials to another address.
//
// If Reply.Sent is false, nothing of the call has left, because there was no
// connection (with TLS, no trusted one), and it may be made again. If it is true, the
// call may have arrived, even if Reply.Err is set.
//
// The only deadline of Do is that of its context, except that dialling and the TLS
// handshake each end after ten seconds. HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the
// environment apply.
package once

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// defaultLimit is ample: an answer of a registry has some 20 KiB.
const defaultLimit = 256 << 10

// Options of a Client.
type Options struct {
	// TLS is for https addresses: our certificate and the trusted authorities. Nil:
	// the machine's own authorities and no certificate. At least TLS 1.2 is always
	// required.
	TLS *tls.Config
	// Limit is how many bytes of an answer's body are read; 0 means 256 KiB.
	Limit int64
}

// Client makes calls, each at most once. It is safe for concurrent use. Make it
// with New.
type Client struct {
	http  *http.Client
	limit int64
}

// New returns a client. It makes no call and does not change the options.
func New(o Options) *Client {
	secure := cmp.Or(o.TLS, &tls.Config{}).Clone()
	secure.MinVersion = max(secure.MinVersion, tls.VersionTLS12)
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &Client{
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
				TLSClientConfig:     secure,
				TLSHandshakeTimeout: 10 * time.Second,
				DisableKeepAlives:   true,
				Protocols:           &http1,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limit: cmp.Or(o.Limit, defaultLimit),
	}
}

// Reply is what came back of one call.
type Reply struct {
	Status int         // 0: no answer came, and Err says why; a server that answers 000 leaves Err nil
	Header http.Header // of the answer
	Body   []byte      // of the answer, up to the client's limit, which is no error
	// Err says why there is no answer or, beside a status, that Body was cut
	// short. It quotes the address, as errors of net/http do.
	Err            error
	Sent           bool // some of the call may have left this machine
	Started, Ended time.Time
}

// Do makes one call and waits for its whole answer, no longer than the context
// lasts. An empty body is none. The header is not changed.
func (c *Client) Do(ctx context.Context, method, url string, header http.Header, body []byte) (r Reply) {
	r.Started = time.Now()
	defer func() { r.Ended = time.Now() }()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := http.NewRequestWithContext(traced, method, url, bytes.NewReader(body))
	if err != nil {
		r.Err = err
		return r
	}
	request.GetBody = nil // the body cannot be sent a second time
	request.Header = header
	response, err := c.http.Do(request)
	r.Sent = connected.Load()
	if err != nil {
		r.Err = err
		return r
	}
	r.Status, r.Header = response.StatusCode, response.Header
	r.Body, r.Err = io.ReadAll(io.LimitReader(response.Body, c.limit))
	r.Err = errors.Join(r.Err, response.Body.Close())
	return r
}
