package autosys

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"sluss/guard"
)

// Admin is the simulator's own interface for testers. Do not serve it on the network that the registry is on.
//
//	GET  /sim/records     every call, as a list of Lookup
//	GET  /sim/counters  what each key has used, as a list of Counter
//	POST /sim/faults    one Fault, for the next calls
//	POST /sim/vehicles  one Vehicle, added or replaced
//
// A POST answers 204, or 400 with every fault of its body.
func (r *Registry) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/records", func(w http.ResponseWriter, _ *http.Request) { show(w, append([]Lookup{}, r.Lookups()...)) })
	mux.HandleFunc("GET /sim/counters", func(w http.ResponseWriter, _ *http.Request) { show(w, r.Counters()) })
	mux.HandleFunc("POST /sim/faults", func(w http.ResponseWriter, req *http.Request) { take(w, req, r.Fault) })
	mux.HandleFunc("POST /sim/vehicles", func(w http.ResponseWriter, req *http.Request) {
		take(w, req, func(v Vehicle) error { return r.Add(v) })
	})
	return guard.Guard{}.Handler(mux)
}

func show(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", mediaJSON)
	_, _ = w.Write(encode(v))
}

const maxPosted = 1 << 20

func take[T any](w http.ResponseWriter, req *http.Request, use func(T) error) {
	var posted T
	decoder := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxPosted))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&posted)
	if err == nil && decoder.Decode(new(any)) != io.EOF {
		err = errors.New("more follows after the object")
	}
	if err != nil {
		http.Error(w, fmt.Sprintf("the body must be one JSON object: %v", err), http.StatusBadRequest)
		return
	}
	if err := use(posted); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
