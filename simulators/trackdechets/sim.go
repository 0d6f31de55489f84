// Package trackdechets is a simulator of the French registry Trackdéchets: the GraphQL back end as an http.Handler, for tests
// and demonstrations. It keeps state, permissions, security codes, error shapes and limits, and it fails on demand.
//
//   - BSDD: direct, with temporary storage, with up to five transporters, grouped (annexe 2, in parts too), collected in
//     rounds (annexe 1), imported from paper, duplicated, revised and cancelled.
//   - BSDA, BSDASRI, BSFF, BSVHU and BSPAOH: create, update and sign.
//   - Webhooks, exports of and declarations to the waste registry, PDF links, OAuth2.
//
// All six are documents of one machine, and what tells them apart stands in one place for each: package kinds.
//
// Not simulated: membership, searches in the national directory, and the operations that only the session of the web
// interface may use, which are refused.
//
// Behaviour follows the published schema and observed exchanges with release 2026.05.1; messages that are not publicly
// known are the simulator's own. BSDD, BSDA and BSVHU count in tonnes, the others in kilograms, as on the wire. All times
// are UTC; a date-time without zone in a request is read as Europe/Paris.
package trackdechets

import (
	"cmp"
	_ "embed" // the schema
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // Europe/Paris must be known on any machine

	"sluss/simulators/trackdechets/directory"
	"sluss/simulators/trackdechets/documents"
	"sluss/simulators/trackdechets/files"
	"sluss/simulators/trackdechets/forms"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/limits"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/registry"
	"sluss/simulators/trackdechets/revisions"
	"sluss/simulators/trackdechets/webhooks"
)

// Options are the switches of a Backend. The zero value is the real service's public behaviour, with records in memory.
type Options struct {
	// Quota is the limit per caller's address; the zero value means 1000 requests per 60 s.
	Quota Quota
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Path is the file that holds the records; every effect is on disk before its answer leaves. Empty means memory only.
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

// Backend is one simulated registry. It is safe for concurrent use. Make it with New.
type Backend struct {
	options  Options
	store    *records.Store
	server   *graphql.Server
	files    *files.Store
	registry *registry.Service
	webhooks *webhooks.Service
	meter    *limits.Meter

	mu       sync.Mutex // guards everything below
	faults   []*Fault
	signing  map[string]bool // signatures under way, by operation and document
	counters Counters
	clients  map[string]Client // by id
	grants   map[string]*grant // by authorization code
	closed   bool
}

//go:embed schema.graphql
var common string

//go:embed rest.graphql
var rest string

// sdl is the whole public schema: the part that the client holds too, and the rest.
var sdl = common + "\n" + rest

//go:embed live.graphql
var live string

// loadSchema parses the schema once for the whole process.
var loadSchema = sync.OnceValues(func() (*graphql.Schema, error) { return graphql.LoadSchema(sdl, live) })

// New opens a registry; with Options.Path set it takes up the records found there, also after a crash. The error names
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
	options.GroupingDelay = cmp.Or(options.GroupingDelay, forms.DefaultGroupingDelay)
	options.WebhookBackoff = cmp.Or(options.WebhookBackoff, time.Second)
	options.ExportTime = cmp.Or(options.ExportTime, registry.DefaultTime)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return nil, fmt.Errorf("time zone of date-times without zone: %w", err)
	}
	schema, err := loadSchema()
	if err != nil {
		return nil, err
	}
	if err := kinds.Load(); err != nil {
		return nil, fmt.Errorf("read the tables of fields: %w", err)
	}
	b := &Backend{
		options: options, files: files.New(options.BaseURL, options.Now), signing: map[string]bool{}, clients: map[string]Client{}, grants: map[string]*grant{},
		counters: Counters{Operations: map[string]int{}, Faults: map[FaultKind]int{}},
	}
	if b.store, err = records.Open(options.Path, options.Now); err != nil {
		return nil, err
	}
	meterPath := ""
	if options.Path != "" {
		meterPath = options.Path + ".quota"
	}
	if b.meter, err = limits.Open(options.Quota, options.Now, meterPath); err != nil {
		return nil, errors.Join(err, b.store.Close())
	}
	b.open(schema, paris)
	return b, nil
}

// open puts together who serves what.
func (b *Backend) open(schema *graphql.Schema, zone *time.Location) {
	b.webhooks = webhooks.New(b.store, b.options.WebhookBackoff, b.options.LocalWebhooks)
	b.registry = registry.New(b.store, b.files, schema, zone, b.options.ExportTime, b.options.BaseURL)
	service := documents.New(b.store, b.files)
	service.Sirene, service.PDFFails = b.options.Sirene, b.options.PDFFails
	all := service.Resolvers()
	for _, more := range []graphql.Resolvers{
		(&directory.Service{Store: b.store, Files: b.files}).Resolvers(), forms.New(service, zone, b.options.GroupingDelay).Resolvers(), revisions.New(service).Resolvers(),
		b.registry.Resolvers(), b.webhooks.Resolvers(),
	} {
		maps.Copy(all, more)
	}
	b.server = &graphql.Server{
		Schema: schema, Zone: zone, Resolvers: all, Lock: b.store, Around: b.underFault, Authenticate: b.user,
		Count: func(name string) { b.count(func(c *Counters) { c.Operations[name]++ }) },
		Limits: map[string]*limits.Meter{
			"createAccessToken": limits.New(Quota{Calls: 3, Per: 3 * time.Minute}, b.options.Now),
			"importFile":        limits.New(Quota{Calls: 3, Per: time.Minute}, b.options.Now),
		},
	}
}

// user finds the user of a token; nil for an unknown one.
func (b *Backend) user(token string) *User {
	b.store.Lock()
	defer b.store.Unlock()
	if user, ok := b.store.Users[token]; ok {
		return &user
	}
	return nil
}

// Close closes the files, and waits for webhooks under way, five seconds at most. The registry must not be used
// afterwards.
func (b *Backend) Close() error {
	b.mu.Lock()
	again := b.closed
	b.closed = true
	b.mu.Unlock()
	if again {
		return nil
	}
	err := errors.Join(b.store.Close(), b.meter.Close())
	b.webhooks.Close()
	return err
}

// ServeHTTP answers GraphQL on "/", and "/ping", "/download", "/upload" and "/oauth2/token"; every other path is 404.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	b.count(func(c *Counters) { c.Requests++ })
	if !b.meter.Admit(w, limits.AddressOf(r)) {
		b.count(func(c *Counters) { c.OverQuota++ })
		return
	}
	switch r.URL.Path {
	case "/":
		b.server.ServeHTTP(w, r)
	case "/ping":
		graphql.WriteText(w, http.StatusOK, "Pong!")
	case "/exports":
		graphql.WriteText(w, http.StatusGone, "Route dépréciée, utilisez la query GraphQL `formsRegister`")
	case "/download":
		b.files.ServeHTTP(w, r)
	case "/upload":
		b.registry.ServeHTTP(w, r)
	case "/oauth2/token":
		b.serveToken(w, r)
	default:
		graphql.WriteText(w, http.StatusNotFound, "Not found")
	}
}

// AddCompany registers a company or replaces its profile. It is durable with the records.
func (b *Backend) AddCompany(c Company) error { return b.store.AddCompany(c) }

// AddUser makes a user or replaces the one with the same token. It is durable with the records.
func (b *Backend) AddUser(u User) error { return b.store.AddUser(u) }

// AddDelegation makes a delegation or replaces the one of the same companies. It is durable with the records.
func (b *Backend) AddDelegation(d Delegation) error { return b.registry.AddDelegation(d) }

// Forms returns a copy of every BSDD ever created, oldest first, deleted ones included.
func (b *Backend) Forms() []Form { return b.entries(true) }

// Records returns a copy of everything in the records that is no BSDD, oldest first, deleted ones included.
func (b *Backend) Records() []Record { return b.entries(false) }

func (b *Backend) entries(forms bool) []Record {
	return slices.DeleteFunc(b.store.All(), func(d Record) bool { return (d.Kind == kinds.BSDD.Name) != forms })
}
