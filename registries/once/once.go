// Package once makes an HTTP call at most once, and tells whether any of it may
// have left this machine. Registries honour no idempotency key, so a call that
// is made again by stealth is a second filing, or a second call of the quota.
//
// A caller may assume that one Do is at most one request at the other end.
// Every call has a connection of its own: one that was kept alive may die just
// as the next call is written to it, and then nobody knows whether that
// arrived, and net/http sends what it holds to be harmless, such as a GET,
// again by itself. HTTP/2 is not spoken, since it sends refused streams again,
// and no redirect is followed, since that would be a further call, uncounted,
// that shows the credentials to whoever is there.
//
// Where Reply.Sent is false, nothing of the call has left: there never was a
// connection, with TLS a trusted one, to write it to, and it may be made again.
// Where it is true, the call may have arrived, whatever Reply.Err says.
//
// Do has no deadline but its context's; only dialling and the TLS handshake end
// by themselves, each after ten seconds. The environment's HTTPS_PROXY,
// HTTP_PROXY and NO_PROXY are heeded.
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
	// TLS is for https addresses: our certificate, whom to trust. Nil is the
	// machine's own authorities and no certificate. TLS 1.2 is the least in any case.
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

// New makes a client. It calls nobody, and leaves the options as they are.
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
