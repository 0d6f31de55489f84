package trackdechets

import (
	"encoding/json"
	"maps"
	"net/http"

	"sluss/guard"
	"sluss/simulators/trackdechets/graphql"
)

// Counters are what the registry has seen since it was made; they are not durable.
type Counters struct {
	Requests   int               `json:"requests"`   // HTTP requests, each batch one
	OverQuota  int               `json:"overQuota"`  // of these, answered 429 for the quota
	Operations map[string]int    `json:"operations"` // resolved root fields by name, refused ones included
	Effects    map[string]int    `json:"effects"`    // mutations that took effect, by name
	Faults     map[FaultKind]int `json:"faults"`     // faults that struck, by kind
}

// Counters returns a copy of the counters.
func (b *Backend) Counters() Counters {
	b.store.Lock()
	effects := maps.Clone(b.store.Effects)
	b.store.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	copied := b.counters
	copied.Operations = maps.Clone(copied.Operations)
	copied.Faults = maps.Clone(copied.Faults)
	copied.Effects = effects
	return copied
}

func (b *Backend) count(change func(*Counters)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.counters)
}

// Admin is the operator's side of the simulator, to be served on loopback only: it has no authentication.
//
//	GET  /sim/records      every Form
//	GET  /sim/counters   Counters
//	POST /sim/faults     a Fault, e.g. {"kind":"closed","operation":"createForm","afterEffect":true}
//	POST /sim/companies  a Company
//	POST /sim/users      a User
//	GET  /sim/other-records    every Record: documents of the other kinds, revisions, webhooks ...
//	POST /sim/delegations  a Delegation
//	POST /sim/clients    a Client of OAuth2
//	POST /sim/grants     {"client":"id","token":"the user's","code":"..."}: an authorization code
//
// A POST answers 204, or 400 with {"error": ...}.
func (b *Backend) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/records", func(w http.ResponseWriter, _ *http.Request) { graphql.WriteJSON(w, http.StatusOK, b.Forms()) })
	mux.HandleFunc("GET /sim/counters", func(w http.ResponseWriter, _ *http.Request) { graphql.WriteJSON(w, http.StatusOK, b.Counters()) })
	mux.Handle("POST /sim/faults", accept(b.Fault))
	mux.Handle("POST /sim/companies", accept(b.AddCompany))
	mux.Handle("POST /sim/users", accept(b.AddUser))
	mux.Handle("POST /sim/delegations", accept(b.AddDelegation))
	mux.HandleFunc("GET /sim/other-records", func(w http.ResponseWriter, _ *http.Request) { graphql.WriteJSON(w, http.StatusOK, b.Records()) })
	mux.Handle("POST /sim/clients", accept(b.AddClient))
	mux.Handle("POST /sim/grants", accept(func(g struct{ Client, Token, Code string }) error { return b.Grant(g.Client, g.Token, g.Code) }))
	return guard.Guard{}.Handler(mux)
}

// mostRead is how long the body of a POST may be, in bytes.
const mostRead = 1 << 20

func accept[T any](add func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var value T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostRead))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&value)
		if err == nil {
			err = add(value)
		}
		if err != nil {
			graphql.WriteJSON(w, http.StatusBadRequest, graphql.JSONError{Error: err.Error()})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
