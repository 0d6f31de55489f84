// Package autosys simulates the single query (enkeltoppslag) of the Norwegian vehicle registry, Autosys: an HTTP
// handler that answers, counts, refuses and fails like the real registry, over vehicles that the user adds.
// Options has a switch for each point that the registry's documentation leaves open.
package autosys

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the quota follows Oslo's midnight on machines without zone files too

	"sluss/registries/numbers"
)

// The paths of the single query on the registry's two hosts.
const (
	QueryPath        = "/ws/no/vegvesen/kjoretoy/felles/datautlevering/enkeltoppslag/kjoretoydata" // www.vegvesen.no
	QueryPathOpenAPI = "/enkeltoppslag/kjoretoydata"                                               // akfell-datautlevering.atlas.vegvesen.no
)

// CodeWithheld is the feilmelding for a vehicle whose data the registry does not give out.
const CodeWithheld = "OPPLYSNINGER_IKKE_TILGJENGELIGE"

const (
	mediaJSON = "application/json"
	mediaText = "text/plain;charset=UTF-8"
)

// Registry is the simulated registry. It is safe for concurrent use.
type Registry struct {
	options Options
	oslo    *time.Location
	mux     *http.ServeMux

	mu       sync.Mutex
	vehicles []Vehicle
	faults   []Fault
	records  []Lookup
	used     map[use]int
	log      *os.File
}

// New makes a registry without vehicles. With Options.Path it knows the calls that an earlier one has logged there;
// vehicles and faults are not kept. It fails on wrong options and on a log that cannot be read.
func New(options Options) (*Registry, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("vehicle registry simulator: %w", err)
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		return nil, fmt.Errorf("vehicle registry simulator: %w", err)
	}
	r := &Registry{options: options, oslo: oslo, mux: http.NewServeMux(), used: map[use]int{}}
	if options.Path != "" {
		if err := r.reload(options.Path); err != nil {
			return nil, fmt.Errorf("vehicle registry simulator: %w", err)
		}
	}
	r.mux.HandleFunc("GET "+QueryPath, r.lookup)
	r.mux.HandleFunc("GET "+QueryPathOpenAPI, r.lookup)
	return r, nil
}

// Add puts vehicles in the registry, each in place of one with the same plate (without a plate: the same
// chassis number). If one of them is wrong it adds none, and its error names every fault of that vehicle.
func (r *Registry) Add(vehicles ...Vehicle) error {
	for i, v := range vehicles {
		if err := v.check(); err != nil {
			return fmt.Errorf("vehicle %d: %w", i+1, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range vehicles {
		r.vehicles = slices.DeleteFunc(r.vehicles, func(old Vehicle) bool {
			return compact(old.Plate) == compact(v.Plate) && (v.Plate != "" || old.VIN == v.VIN)
		})
		r.vehicles = append(r.vehicles, v)
	}
	return nil
}

// ServeHTTP answers the single query on the paths of both hosts.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }

// reply is what goes back to the caller.
type reply struct {
	status      int
	contentType string
	retryAfter  string
	body        []byte
	missed      bool          // no such vehicle
	delay       time.Duration // before anything is sent
	cut         bool          // the connection is closed after the body
}

func (r *Registry) lookup(w http.ResponseWriter, req *http.Request) {
	answer, err := r.answer(req.Header.Get("SVV-Authorization"), req.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if answer.delay > 0 {
		select {
		case <-time.After(answer.delay):
		case <-req.Context().Done():
			return
		}
	}
	answer.send(w)
}

func (a reply) send(w http.ResponseWriter) {
	if a.cut && a.status == 0 {
		panic(http.ErrAbortHandler) // how net/http is told to close the connection
	}
	if a.contentType != "" && len(a.body) > 0 {
		w.Header().Set("Content-Type", a.contentType)
	}
	if a.retryAfter != "" {
		w.Header().Set("Retry-After", a.retryAfter)
	}
	w.WriteHeader(a.status)
	_, err := w.Write(a.body)
	if a.cut {
		if err == nil {
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// answer decides on one call and records it before anything is sent.
func (r *Registry) answer(authorization string, query url.Values) (reply, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.options.Now()
	call := Lookup{At: now}
	key, formed := r.key(authorization)
	if key != "" {
		call.Key = KeyHash(key)
	}
	plate, vin := query.Get(string(ByPlate)), query.Get(string(ByVIN))
	switch {
	case plate != "" && vin == "":
		call.By, call.Asked = ByPlate, plate
	case plate == "" && vin != "":
		call.By, call.Asked = ByVIN, vin
	}

	truthful := func() reply { return r.truthful(now, call, key, formed) }
	var answer reply
	if fault, hit := r.takeFault(call.Asked); hit {
		call.Fault = fault.Kind
		answer = r.spoil(fault, now, truthful)
	} else {
		answer = truthful()
	}
	call.Status = answer.status
	call.Counted = call.Key != "" && r.counts(answer)
	return answer, r.record(call)
}

// key takes the API key out of the header, and says whether the header has the required form.
func (r *Registry) key(authorization string) (key string, formed bool) {
	if key, ok := strings.CutPrefix(authorization, "Apikey "); ok {
		return key, key != ""
	}
	return authorization, r.options.RawKey && authorization != ""
}

func (r *Registry) counts(a reply) bool {
	switch {
	case a.missed:
		return !r.options.FreeMisses
	case a.status == http.StatusBadRequest:
		return !r.options.FreeBadRequests
	}
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return false
	}
	return true
}

// truthful is the answer without any fault.
func (r *Registry) truthful(now time.Time, call Lookup, key string, formed bool) reply {
	o := r.options
	switch {
	case !formed:
		return r.refuse(o.MissingKeyAnswer, "the header SVV-Authorization must be: Apikey, a space, the key")
	case len(o.Keys) > 0 && !slices.Contains(o.Keys, key):
		return r.refuse(http.StatusForbidden, "the key is not known")
	}
	if until, over := r.overMinute(call.Key, now); over {
		return r.overQuota(http.StatusTooManyRequests, now, until)
	}
	if r.used[r.useOf(call.Key, now)] >= o.DailyQuota {
		return r.overQuota(o.QuotaAnswer, now, nextMidnight(now, r.oslo))
	}
	if call.By == "" {
		return r.refuse(http.StatusBadRequest, "give either kjennemerke or understellsnummer")
	}
	if !wellFormed(call.By, call.Asked, o) {
		return r.refuse(http.StatusBadRequest, "the form of "+string(call.By)+" is wrong")
	}
	return r.find(call)
}

func wellFormed(by By, asked string, o Options) bool {
	asked = askedForm(asked, o)
	if by == ByVIN {
		return numbers.IsPlain(numbers.NorwegianChassis, asked)
	}
	if o.PersonalSpaces {
		asked = strings.ReplaceAll(asked, " ", "")
	}
	return numbers.IsPlain(numbers.NorwegianPlate, asked)
}

func (r *Registry) find(call Lookup) reply {
	hits := []object{}
	for _, v := range r.vehicles {
		switch {
		case !v.answersTo(call.By, call.Asked, r.options), r.options.GoneNotFound && v.gone():
		case v.Shielded:
			return r.withheld()
		default:
			hits = append(hits, r.render(v, call))
		}
	}
	if len(hits) > 0 {
		return reply{status: http.StatusOK, contentType: mediaJSON, body: encode(r.envelope(hits))}
	}
	missed := reply{status: http.StatusNoContent}
	switch r.options.NotFound {
	case NotFoundMessage:
		missed = r.withheld()
	case NotFoundNothing:
		missed = reply{status: http.StatusOK, contentType: mediaJSON, body: encode(object{})}
	case NotFoundEmptyList:
		missed = reply{status: http.StatusOK, contentType: mediaJSON, body: encode(r.envelope(hits))}
	case NotFoundStatus:
		missed = reply{status: http.StatusNotFound}
	case NotFoundNoContent:
	}
	missed.missed = true
	return missed
}

// withheld is the code for data that is not given out, in the form that Options sets.
func (r *Registry) withheld() reply {
	o := r.options
	if o.WithheldText {
		return reply{status: o.WithheldStatus, contentType: mediaText, body: []byte(o.WithheldCode)}
	}
	return reply{status: o.WithheldStatus, contentType: mediaJSON, body: encode(object{"feilmelding": o.WithheldCode})}
}
