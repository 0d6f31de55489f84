package once_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sluss/registries/once"
)

// asked is a request as the server got it.
type asked struct {
	*http.Request
	body string
}

// records are what a server was asked.
type records struct {
	lock sync.Mutex
	all  []asked
}

func (b *records) requests() []asked {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.all
}

// keeping is a handler that keeps records of what it passes on.
func keeping(t *testing.T, handle http.HandlerFunc) (*records, http.Handler) {
	t.Helper()
	b := &records{}
	return b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		b.lock.Lock()
		b.all = append(b.all, asked{r, string(body)})
		b.lock.Unlock()
		handle(w, r)
	})
}

func serve(t *testing.T, handle http.HandlerFunc) (*records, string) {
	t.Helper()
	b, handler := keeping(t, handle)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return b, server.URL
}

// wire writes bytes instead of an answer, and hangs up.
func wire(t *testing.T, text string) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = buffered.WriteString(text)
		_ = buffered.Flush()
		_ = conn.Close()
	}
}

func fine(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Answer", "yes")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, "taken")
}

func check(t *testing.T, got once.Reply, status int, body string, sent, failed bool) {
	t.Helper()
	if got.Status != status || string(got.Body) != body || got.Sent != sent || (got.Err != nil) != failed {
		t.Errorf("status %d, body %q, sent %v, error %v; want %d, %q, %v, failed %v", got.Status, got.Body, got.Sent, got.Err, status, body, sent, failed)
	}
	if got.Started.IsZero() || got.Ended.Before(got.Started) {
		t.Errorf("from %v to %v", got.Started, got.Ended)
	}
}

func TestCallArrivesAsGiven(t *testing.T) {
	registry, url := serve(t, fine)
	client := once.New(once.Options{})
	header := http.Header{"X-Key": {"k"}}
	got := client.Do(t.Context(), http.MethodPost, url+"/notes?a=b", header, []byte("note"))
	check(t, got, http.StatusCreated, "taken", true, false)
	if got.Header.Get("X-Answer") != "yes" || len(header) != 1 {
		t.Errorf("header %v of the answer, %v of the call", got.Header, header)
	}
	check(t, client.Do(t.Context(), http.MethodGet, url+"/notes", nil, nil), http.StatusCreated, "taken", true, false)
	all := registry.requests()
	if len(all) != 2 {
		t.Fatalf("%d requests, want 2", len(all))
	}
	if q := all[0]; q.Method != http.MethodPost || q.RequestURI != "/notes?a=b" || q.Header.Get("X-Key") != "k" || q.body != "note" || q.ContentLength != 4 {
		t.Errorf("arrived: %s %s %v %q", q.Method, q.RequestURI, q.Header, q.body)
	}
	if q := all[1]; q.Method != http.MethodGet || q.body != "" || q.Header.Get("Content-Length") != "" || len(q.TransferEncoding) > 0 {
		t.Errorf("arrived: %s %v %q", q.Method, q.Header, q.body)
	}
}

// Also where the server would speak HTTP/2 and keep connections.
func TestEachCallHasAConnectionOfItsOwn(t *testing.T) {
	registry, handler := keeping(t, fine)
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	client := once.New(once.Options{TLS: &tls.Config{RootCAs: trust(server)}})
	for range 3 {
		check(t, client.Do(t.Context(), http.MethodGet, server.URL, nil, nil), http.StatusCreated, "taken", true, false)
	}
	from := map[string]bool{}
	for _, q := range registry.requests() {
		from[q.RemoteAddr] = true
		if q.ProtoMajor != 1 || !q.Close {
			t.Errorf("%s, to be closed: %v", q.Proto, q.Close)
		}
	}
	if len(from) != 3 {
		t.Errorf("%d connections for 3 calls", len(from))
	}
}

func TestLostAnswerIsNotAskedForAgain(t *testing.T) {
	for name, text := range map[string]string{"closed": "", "half a status": "HTTP/1.1 2", "no HTTP": "SSH-2.0\r\n\r\n"} {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost} {
			t.Run(name+" "+method, func(t *testing.T) {
				lost := wire(t, text)
				registry, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/lost" {
						lost(w, r)
						return
					}
					fine(w, r)
				})
				client := once.New(once.Options{})
				var body []byte
				if method != http.MethodGet {
					body = []byte("note")
				}
				check(t, client.Do(t.Context(), method, url, nil, body), http.StatusCreated, "taken", true, false)
				check(t, client.Do(t.Context(), method, url+"/lost", nil, body), 0, "", true, true)
				if all := registry.requests(); len(all) != 2 {
					t.Errorf("%d requests for 2 calls", len(all))
				}
			})
		}
	}
}

func TestWhatNeverLeftIsNotSent(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	registry, handler := keeping(t, fine)
	plain, untrusted, old := httptest.NewUnstartedServer(handler), httptest.NewUnstartedServer(handler), httptest.NewUnstartedServer(handler)
	for _, server := range []*httptest.Server{plain, untrusted, old} {
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(server.Close)
	}
	plain.Start()
	untrusted.StartTLS()
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	laxTLS := &tls.Config{RootCAs: trust(old), MinVersion: tls.VersionTLS10}
	for name, c := range map[string]struct {
		ctx context.Context
		url string
		tls *tls.Config
	}{
		"connection refused":      {t.Context(), refusing, nil},
		"certificate not trusted": {t.Context(), untrusted.URL, nil},
		"older than TLS 1.2":      {t.Context(), old.URL, laxTLS},
		"no TLS there":            {t.Context(), strings.Replace(plain.URL, "http:", "https:", 1), nil},
		"cancelled before":        {cancelled, plain.URL, nil},
		"no address":              {t.Context(), "http://a b/", nil},
		"no scheme of ours":       {t.Context(), "ftp://127.0.0.1/", nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				check(t, once.New(once.Options{TLS: c.tls}).Do(c.ctx, method, c.url, nil, []byte("note")), 0, "", false, true)
			}
		})
	}
	if all := registry.requests(); len(all) != 0 {
		t.Errorf("%d requests", len(all))
	}
	if laxTLS.MinVersion != tls.VersionTLS10 {
		t.Error("the caller's options were changed")
	}
}

func TestRedirectIsAnAnswer(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		registry, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/there" {
				fine(w, r)
				return
			}
			w.Header().Set("Location", "/there")
			w.WriteHeader(status)
		})
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := once.New(once.Options{}).Do(t.Context(), method, url, nil, []byte("note"))
			check(t, got, status, "", true, false)
			if got.Header.Get("Location") != "/there" {
				t.Errorf("%d: header %v", status, got.Header)
			}
		}
		if all := registry.requests(); len(all) != 2 {
			t.Errorf("%d: %d requests for 2 calls", status, len(all))
		}
	}
}

func TestBodyIsReadToTheLimit(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 300<<10)
	_, url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(long) })
	for limit, want := range map[int64]int{0: 256 << 10, 1: 1, 300 << 10: 300 << 10, 400 << 10: 300 << 10} {
		got := once.New(once.Options{Limit: limit}).Do(t.Context(), http.MethodGet, url, nil, nil)
		check(t, got, http.StatusOK, string(long[:want]), true, false)
	}
}

func TestAnswerCutShort(t *testing.T) {
	_, url := serve(t, wire(t, "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\ntaken"))
	got := once.New(once.Options{}).Do(t.Context(), http.MethodPost, url, nil, []byte("note"))
	check(t, got, http.StatusCreated, "taken", true, true)
	if !errors.Is(got.Err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", got.Err)
	}
}

func TestStatus000IsNoAnswer(t *testing.T) {
	_, url := serve(t, wire(t, "HTTP/1.1 000 None\r\n\r\n"))
	check(t, once.New(once.Options{}).Do(t.Context(), http.MethodGet, url, nil, nil), 0, "", true, false)
}

// The context ends while the server has the call, before its answer or in the
// middle of it.
func TestSlowAnswerIsNotWaitedFor(t *testing.T) {
	for _, begin := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ntaken"} {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		hungUp := make(chan error, 1)
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				hungUp <- err
				return
			}
			defer conn.Close()
			_, err = http.ReadRequest(bufio.NewReader(conn))
			_, unwritten := io.WriteString(conn, begin)
			cancel()
			_, _ = io.Copy(io.Discard, conn) // until the client hangs up
			hungUp <- errors.Join(err, unwritten)
		}()
		got := once.New(once.Options{}).Do(ctx, http.MethodPost, "http://"+listener.Addr().String(), nil, nil)
		if !got.Sent || !errors.Is(got.Err, context.Canceled) || begin == "" && got.Status != 0 {
			t.Errorf("after %q: %+v", begin, got)
		}
		if err := <-hungUp; err != nil {
			t.Error(err)
		}
	}
}

func trust(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return pool
}
