// Package avfallsregistret is a simulator of Avfallsregistret, the Swedish registry of hazardous waste, with its gateway: mutual TLS,
// OAuth2 tokens, the eight kinds of notes with the registry's validation, correction, annulment, reference data and, in the
// test environment, reads. What is not public about the real registry is a switch in Options; the zero value behaves as
// the test environment was observed or inferred to behave.
//
// Like the registry it never de-duplicates: each accepted POST is a note of its own. Its records (Registry.Notes) hold
// every note ever taken, also those whose answer was lost on purpose (Register.Fault), so a test or a demonstration can
// compare what a client believes with what the registry has.
package avfallsregistret

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Registry is the simulated registry, an http.Handler for a server with the TLS configuration of TLSConfig. It is safe
// for concurrent use.
type Registry struct {
	options Options
	log     *noteLog
	meter   meter
	faults  faults

	mu     sync.Mutex
	tokens map[string]time.Time
}

// New makes a registry and, with Options.Path, reads the records it had before. It fails on options that contradict
// themselves and on records that cannot be read.
func New(options Options) (*Registry, error) {
	options = options.withDefaults()
	var wrong []error
	if options.SuccessStatus != http.StatusOK && options.SuccessStatus != http.StatusCreated {
		wrong = append(wrong, fmt.Errorf("success status %d: want 200 or 201", options.SuccessStatus))
	}
	if !slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}, options.ChangeStatus) {
		wrong = append(wrong, fmt.Errorf("status of a refused change %d: want 400, 404, 409 or 422", options.ChangeStatus))
	}
	if options.PageSize < 1 || options.MaxPageSize < options.PageSize {
		wrong = append(wrong, fmt.Errorf("page size %d of at most %d: want at least 1, and no more than the most", options.PageSize, options.MaxPageSize))
	}
	if options.Identity == FromApplication && !tenDigits.MatchString(options.AppOrgnr) {
		wrong = append(wrong, fmt.Errorf("organisation number of the application %q: want ten digits", options.AppOrgnr))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if options.Authority == nil {
		authority, err := NewAuthority(ECDSA)
		if err != nil {
			return nil, err
		}
		options.Authority = authority
	}
	kept, err := openLog(options.Path)
	if err != nil {
		return nil, err
	}
	return &Registry{
		options: options,
		log:     kept,
		meter:   meter{quota: options.Quota},
		tokens:  map[string]time.Time{},
	}, nil
}

// Close closes the file of the records. Serve no calls after it.
func (r *Registry) Close() error { return r.log.close() }

// Authority is the authority that vouches for the registry's server and for the clients it admits.
func (r *Registry) Authority() *Authority { return r.options.Authority }

// TLSConfig is for the server of this registry on 127.0.0.1, ::1, localhost and the further hosts: its certificate is of
// the authority, and it asks for one of the same authority. HTTP/1.1 only, so that a lost answer is a closed connection.
func (r *Registry) TLSConfig(hosts ...string) (*tls.Config, error) {
	certificate, err := r.options.Authority.ServerCertificate(hosts...)
	if err != nil {
		return nil, fmt.Errorf("certificate of the registry: %w", err)
	}
	auth := tls.RequireAndVerifyClientCert
	if r.options.CertificateAtGateway {
		auth = tls.VerifyClientCertIfGiven
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   auth,
		ClientCAs:    r.options.Authority.Pool(),
		NextProtos:   []string{"http/1.1"},
	}, nil
}

// Notes is every note ever taken, in the order taken, with what became of each.
func (r *Registry) Notes() []Note { return r.log.list() }

const (
	systemHeader   = "NV-Client-System-ID"
	trackingHeader = "NV-Client-Tracking-ID"
	maxBody        = 1 << 20
)

// call is a request past the gateway.
type call struct {
	*http.Request
	path     string // below BasePath, with its slash
	reporter string
	body     []byte
}

// ServeHTTP answers one call. A fault that loses the answer closes the connection.
func (r *Registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	tracking := request.Header.Get(trackingHeader)
	if tracking == "" {
		tracking = uuid.NewString()
	}
	request.Header.Set(trackingHeader, tracking)
	w.Header().Set(trackingHeader, tracking)
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		r.gateway(http.StatusRequestEntityTooLarge, 0, "Request body could not be read").write(w)
		return
	}
	if request.URL.Path == TokenPath {
		r.tokenCall(request, body).write(w)
		return
	}
	path, found := strings.CutPrefix(request.URL.Path, BasePath)
	if !found || !strings.HasPrefix(path, "/") {
		r.gateway(http.StatusNotFound, 404, "No matching resource found").write(w)
		return
	}
	c := call{Request: request, path: path, body: body}
	reply := r.admit(&c)
	if reply == nil {
		reply = r.answer(c)
	}
	reply.write(w)
}

// answer lets one call take effect, unless a fault is due before, and words the answer, unless one is due after.
func (r *Registry) answer(c call) *answer {
	if due := r.faults.take(c, before, false); due != nil {
		r.meter.fault()
		return r.spoilt(c, due, nil)
	}
	reply := r.route(c)
	if due := r.faults.take(c, after, reply.effect); due != nil {
		r.meter.fault()
		return r.spoilt(c, due, reply)
	}
	return reply
}

// admit is the gateway: certificate, token, quota, system id. It gives nil to a call that may pass.
func (r *Registry) admit(c *call) *answer {
	reporter, certified := r.reporter(c.Request)
	if !certified {
		return r.gateway(http.StatusUnauthorized, 900907, "Client certificate missing")
	}
	c.reporter = reporter
	if refusal := r.bearer(c.Request); refusal != nil {
		return refusal
	}
	if wait, refused := r.meter.arrive(r.options.Now()); refused {
		return r.tooMany(wait)
	}
	if !r.options.SystemIDOptional && strings.TrimSpace(c.Header.Get(systemHeader)) == "" {
		return r.gateway(http.StatusBadRequest, 0, "Header "+systemHeader+" is missing")
	}
	return nil
}

var serialNumber = regexp.MustCompile(`^16(\d{10})`)

// reporter is the organisation number that the caller is known by, empty for a certificate that names none.
func (r *Registry) reporter(request *http.Request) (orgnr string, certified bool) {
	if request.TLS == nil || len(request.TLS.PeerCertificates) == 0 {
		return "", false
	}
	if r.options.Identity == FromApplication {
		return r.options.AppOrgnr, true
	}
	if found := serialNumber.FindStringSubmatch(request.TLS.PeerCertificates[0].Subject.SerialNumber); found != nil {
		return found[1], true
	}
	return "", true
}

func (r *Registry) route(c call) *answer {
	resource, id, hasID := strings.Cut(c.path[1:], "/")
	if kind, found := findType(resource); found {
		switch {
		case c.Method == http.MethodPost && !hasID:
			return r.create(c, kind)
		case c.Method == http.MethodPut && hasID:
			return r.correct(c, kind, id)
		}
		return r.gateway(http.StatusMethodNotAllowed, 405, "Method not allowed for given API resource")
	}
	switch {
	case resource == "anteckningar" && !hasID && c.Method == http.MethodDelete:
		return r.annul(c)
	case resource == "anteckningar" && !hasID && c.Method == http.MethodGet:
		return r.readMany(c)
	case resource == "anteckningar" && c.Method == http.MethodGet:
		return r.readOne(c, id)
	case c.Method == http.MethodGet:
		if list, found := r.codeList(resource, id, c); found {
			return list
		}
	}
	return r.gateway(http.StatusNotFound, 404, "No matching resource found")
}
