package avfallsregistret

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"sluss"
)

// maxAnswer is how much of an answer is read and kept.
const maxAnswer = 256 << 10

// reply is what came back of one call. A status of 0 means no answer; an error
// beside a status means that the answer was cut short.
type reply struct {
	operation string
	request   string
	status    int
	header    http.Header
	body      []byte
	err       error
	sent      bool // a byte of the call may have left
	tracking  string
	started   time.Time
	ended     time.Time
}

func (r reply) exchange() sluss.Exchange {
	answer, _, _ := readFelsvar(r.body)
	return sluss.Exchange{
		Operation: r.operation, Request: r.request, Status: r.status, Response: strings.ReplaceAll(strings.ToValidUTF8(string(r.body), "\uFFFD"), "\x00", "\uFFFD"),
		TrackingID: r.tracking, TraceID: answer.TraceID, Started: r.started, Ended: r.ended,
	}
}

// newHTTP is a client that sends each call once, on a connection of its own: a
// connection kept alive may die just as the next call is written to it, and
// then nobody knows whether that arrived. It follows no redirect, since that
// would be sending again.
func newHTTP(certificate tls.Certificate, o Options) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:             http.ProxyFromEnvironment,
			DialContext:       dialer.DialContext,
			DisableKeepAlives: true,
			TLSClientConfig: &tls.Config{
				MinVersion:   tls.VersionTLS12,
				Certificates: []tls.Certificate{certificate},
				RootCAs:      o.Authorities,
			},
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
func (c *Client) send(ctx context.Context, operation, method, url string, body []byte, header http.Header) (r reply) {
	r = reply{operation: operation, request: string(body), tracking: header.Get(trackingHeader), started: time.Now()}
	defer func() { r.ended = time.Now() }()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := http.NewRequestWithContext(traced, method, url, bytes.NewReader(body))
	if err != nil {
		r.err = err
		return r
	}
	request.GetBody = nil
	request.Header = header
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

// expired says that our own certificate is of no use now.
func (c *Client) expired(now time.Time) error {
	if leaf := c.leaf; now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return fmt.Errorf("%w: the client certificate is valid from %s to %s: put a new one in its place",
			sluss.ErrOperator, leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}
