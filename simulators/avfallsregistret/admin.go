package avfallsregistret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"sluss/guard"
)

// Admin looks behind the registry over plain HTTP, for a simulator in a process of its own. It asks nobody who they
// are: serve it on the loopback interface only.
//
//	GET    /sim/records     every note, in the order taken
//	GET    /sim/extract   the agency's file of the notes of one organisation, ?reporter=<ten digits>
//	GET    /sim/counters  as Counters
//	GET    /sim/faults    misbehaviour still to come
//	POST   /sim/faults    one Fault or a list of them; all or none is added
//	DELETE /sim/faults    as ClearFaults
func (r *Registry) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/records", func(w http.ResponseWriter, _ *http.Request) {
		jsonAnswer(http.StatusOK, r.Notes()).write(w)
	})
	mux.HandleFunc("GET /sim/extract", func(w http.ResponseWriter, request *http.Request) {
		reporter := request.URL.Query().Get("reporter")
		if !tenDigits.MatchString(reporter) {
			jsonAnswer(http.StatusBadRequest, map[string]string{"error": "reporter: want the ten digits of an organisation number"}).write(w)
			return
		}
		file, err := r.Extract(reporter)
		if err != nil {
			jsonAnswer(http.StatusInternalServerError, map[string]string{"error": err.Error()}).write(w)
			return
		}
		(&answer{status: http.StatusOK, contentType: "text/csv; charset=utf-8", body: file}).write(w)
	})
	mux.HandleFunc("GET /sim/counters", func(w http.ResponseWriter, _ *http.Request) {
		jsonAnswer(http.StatusOK, r.Counters()).write(w)
	})
	mux.HandleFunc("GET /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		list := r.Faults()
		if list == nil {
			list = []Fault{}
		}
		jsonAnswer(http.StatusOK, list).write(w)
	})
	mux.HandleFunc("POST /sim/faults", func(w http.ResponseWriter, request *http.Request) {
		list, err := readFaults(http.MaxBytesReader(w, request.Body, maxBody))
		if err != nil {
			jsonAnswer(http.StatusBadRequest, map[string]string{"error": err.Error()}).write(w)
			return
		}
		for _, f := range list {
			if err := r.Fault(f); err != nil {
				jsonAnswer(http.StatusBadRequest, map[string]string{"error": err.Error()}).write(w)
				return
			}
		}
		jsonAnswer(http.StatusOK, r.Faults()).write(w)
	})
	mux.HandleFunc("DELETE /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		r.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	return guard.Guard{}.Handler(mux)
}

// readFaults reads one fault or a list, and says what is wrong with each of them.
func readFaults(from io.Reader) ([]Fault, error) {
	body, err := io.ReadAll(from)
	if err != nil {
		return nil, fmt.Errorf("read the faults: %w", err)
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' {
		body = append(append([]byte{'['}, trimmed...), ']')
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	var list []Fault
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("want one fault or a list of them: %w", err)
	}
	var wrong []error
	for i, f := range list {
		if err := f.check(); err != nil {
			wrong = append(wrong, fmt.Errorf("fault %d: %w", i+1, err))
		}
	}
	return list, errors.Join(wrong...)
}
