// Package sim is a simulator of the French register Trackdéchets: the GraphQL back end as an http.Handler, for tests
// and demonstrations. It knows the direct chain of the BSDD (draft, seal, two signatures, reception, acceptation,
// processing) with its state machine, permissions, security codes, validation, error shapes and limits, and it fails
// on demand. Wastes by temporary storage, grouping, several transporters and revisions are refused as not simulated.
//
// Behaviour follows the published schema and observed exchanges with release 2026.05.1; messages that are not publicly
// known are the simulator's own. Quantities are tonnes, as on the wire. All times are UTC; a date-time without zone in
// a request is read as Europe/Paris.
package sim

import (
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
	paris   *time.Location

	mu        sync.Mutex // guards everything below
	companies map[string]Company
	users     map[string]User // by token
	books     *books
	attempts  map[attemptKey]*attempts
	faults    []*Fault
	signing   map[string]bool // signatures under way, by operation and form
	counters  Counters
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
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, fmt.Errorf("time zone of date-times without zone: %w", err)
	}
	schema, err := loadSchema()
	if err != nil {
		return nil, err
	}
	b := &Backend{
		options:   options,
		schema:    schema,
		paris:     paris,
		meter:     &meter{quota: options.Quota, now: options.Now, windows: map[string]*window{}},
		companies: map[string]Company{},
		users:     map[string]User{},
		attempts:  map[attemptKey]*attempts{},
		signing:   map[string]bool{},
		counters:  Counters{Operations: map[string]int{}, Effects: map[string]int{}, Faults: map[FaultKind]int{}},
	}
	b.books, err = openBooks(options.Path, b.companies, b.users)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Close closes the file of the books. The register must not be used afterwards.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.books.close()
}

// ServeHTTP answers GraphQL on "/", and "/ping" and "/download"; every other path is 404.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.count(func(c *Counters) { c.Requests++ })
	if !b.meter.admit(w, r) {
		b.count(func(c *Counters) { c.OverQuota++ })
		return
	}
	switch r.URL.Path {
	case "/":
		b.serveGraphQL(w, r)
	case "/ping":
		writeText(w, http.StatusOK, "Pong!")
	case "/download":
		if r.URL.Query().Get("token") == "" {
			writeText(w, http.StatusBadRequest, "La chaîne de requête `token` est manquante.")
			return
		}
		writeText(w, http.StatusForbidden, "Token invalide ou expiré.")
	default:
		writeText(w, http.StatusNotFound, "Not found")
	}
}

// now is the register's clock in the resolution of the wire.
func (b *Backend) now() time.Time { return b.options.Now().UTC().Truncate(time.Millisecond) }
