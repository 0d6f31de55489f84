// Package trackdechets is a simulator of the French register Trackdéchets: the GraphQL back end as an http.Handler, for tests
// and demonstrations. It keeps state, permissions, security codes, error shapes and limits, and it fails on demand.
//
//   - BSDD: direct, with temporary storage, with up to five transporters, grouped (annexe 2, in parts too), collected in
//     rounds (annexe 1), imported from paper, duplicated, revised and cancelled.
//   - BSDA, BSDASRI, BSFF, BSVHU and BSPAOH: one path of create, update and sign, driven by a machine for each kind
//     (kinds.go) and by tables of what each signature requires and seals (editions).
//   - Webhooks, exports of and declarations to the waste registry, PDF links, OAuth2.
//
// Not simulated: imports of registry files, delegations, membership, searches in the national directory, and the
// operations that only the session of the web interface may use, which are refused.
//
// Behaviour follows the published schema and observed exchanges with release 2026.05.1; messages that are not publicly
// known are the simulator's own. BSDD, BSDA and BSVHU count in tonnes, the others in kilograms, as on the wire. All times
// are UTC; a date-time without zone in a request is read as Europe/Paris.
package trackdechets

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // Europe/Paris must be known on any machine
)

// Options are the switches of a Backend. The zero value is the real service's public behaviour, with books in memory.
type Options struct {
	// Quota is the limit per caller's address; the zero value means 1000 requests per 60 s.
	Quota Quota
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Path is the file that holds the books; every effect is on disk before its answer leaves. Empty means memory only.
	Path string
	// PDFFails makes a refusal or partial refusal answer "Erreur serveur" after it has taken effect, as the real
	// service does when its e-mail or PDF cannot be made.
	PDFFails bool
	// Sirene makes names and addresses of known companies overwrite the sent ones, as the real service does when the
	// national company directory answers.
	Sirene bool
	// GroupingDelay is how long after an effect on a group its grouped forms follow; zero means 300 ms, negative at once.
	GroupingDelay time.Duration
	// WebhookBackoff is the wait before a webhook is tried again; zero means 1 s.
	WebhookBackoff time.Duration
	// ExportTime is how long an export of the registry takes; zero means 2 s.
	ExportTime time.Duration
	// LocalWebhooks lets webhooks go to http, this machine and private networks, which the real service refuses.
	LocalWebhooks bool
	// BaseURL stands before the path in links to downloads, e.g. "http://127.0.0.1:8082"; empty leaves the path alone.
	BaseURL string
}

// Quota allows Calls requests per fixed window of length Per, which opens with the first request of an address. A
// negative Calls means no limit.
type Quota struct {
	Calls int
	Per   time.Duration
}

// Backend is one simulated register. It is safe for concurrent use. Make it with New.
type Backend struct {
	options Options
	schema  *schema
	meter   *meter
	tokens  *meter // of createAccessToken, which has a limit of its own
	files   *meter // of importFile, which has one too
	paris   *time.Location

	mu        sync.Mutex // guards everything below
	companies map[string]Company
	users     map[string]User // by token
	books     *books
	attempts  map[attemptKey]*attempts
	faults    []*Fault
	signing   map[string]bool // signatures under way, by operation and form
	counters  Counters
	downloads map[string]download // by token
	uploads   map[string]upload   // by file key
	clients   map[string]Client   // by id
	grants    map[string]*grant   // by authorization code
	failures  map[hookKey]*failures
	closed    bool

	hooked  *http.Client   // sends webhooks
	sending sync.WaitGroup // webhooks under way
	stopped chan struct{}  // closed by Close
}

// New opens a register; with Options.Path set it takes up the books found there, also after a crash. The error names
// the line of the file that cannot be read.
func New(options Options) (*Backend, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Quota.Calls == 0 {
		options.Quota.Calls = 1000
	}
	if options.Quota.Per <= 0 {
		options.Quota.Per = time.Minute
	}
	if options.GroupingDelay == 0 {
		options.GroupingDelay = defaultGroupingDelay
	}
	if options.WebhookBackoff == 0 {
		options.WebhookBackoff = time.Second
	}
	if options.ExportTime == 0 {
		options.ExportTime = defaultExportTime
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, fmt.Errorf("time zone of date-times without zone: %w", err)
	}
	schema, err := loadSchema()
	if err != nil {
		return nil, err
	}
	if _, err := editions(); err != nil {
		return nil, fmt.Errorf("read the edition rules: %w", err)
	}
	b := &Backend{
		options:   options,
		schema:    schema,
		paris:     paris,
		companies: map[string]Company{},
		users:     map[string]User{},
		attempts:  map[attemptKey]*attempts{},
		signing:   map[string]bool{},
		downloads: map[string]download{},
		uploads:   map[string]upload{},
		clients:   map[string]Client{},
		grants:    map[string]*grant{},
		failures:  map[hookKey]*failures{},
		hooked:    &http.Client{Timeout: deliveryTimeout},
		stopped:   make(chan struct{}),
		counters:  Counters{Operations: map[string]int{}, Effects: map[string]int{}, Faults: map[FaultKind]int{}},
	}
	b.books, err = openBooks(options.Path, b.companies, b.users)
	if err != nil {
		return nil, err
	}
	b.meter, err = openMeter(options)
	if err != nil {
		return nil, errors.Join(err, b.books.close())
	}
	b.tokens = &meter{quota: Quota{Calls: 3, Per: 3 * time.Minute}, now: options.Now, windows: map[string]*window{}}
	b.files = &meter{quota: Quota{Calls: 3, Per: time.Minute}, now: options.Now, windows: map[string]*window{}}
	b.regroup() // what a crash kept from following its group
	return b, nil
}

// Close closes the files, and waits for webhooks under way, five seconds at most. The register must not be used
// afterwards.
func (b *Backend) Close() error {
	b.mu.Lock()
	if !b.closed {
		close(b.stopped)
	}
	b.closed = true
	err := errors.Join(b.books.close(), b.meter.close())
	b.mu.Unlock()
	b.sending.Wait()
	return err
}

// ServeHTTP answers GraphQL on "/", and "/ping", "/download", "/upload" and "/oauth2/token"; every other path is 404.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.count(func(c *Counters) { c.Requests++ })
	if !b.meter.admit(w, addressOf(r)) {
		b.count(func(c *Counters) { c.OverQuota++ })
		return
	}
	switch r.URL.Path {
	case "/":
		b.serveGraphQL(w, r)
	case "/ping":
		writeText(w, http.StatusOK, "Pong!")
	case "/download":
		b.serveDownload(w, r)
	case "/upload":
		b.serveUpload(w, r)
	case "/oauth2/token":
		b.serveToken(w, r)
	default:
		writeText(w, http.StatusNotFound, "Not found")
	}
}

// now is the register's clock in the resolution of the wire.
func (b *Backend) now() time.Time { return b.options.Now().UTC().Truncate(time.Millisecond) }
