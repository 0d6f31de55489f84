package inbox

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"sluss"
	"sluss/guard"
	"sluss/ledger"
)

// maxBody is as much as one request may send: a CSV of some thousand batches.
const maxBody = 8 << 20

// Problem is the body of every answer that is not a success.
type Problem struct {
	Error  string       `json:"error"`            // what is wrong and what to do
	Faults sluss.Faults `json:"faults,omitempty"` // all of them, each with its field
}

// API serves the desk as JSON. A token, if not empty, must come with every
// request as `Authorization: Bearer`; without one, only requests to this machine
// and from its own pages are answered.
func API(d *Desk, token string) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			value, err := serve(r)
			if err != nil {
				problem(w, err)
				return
			}
			status := http.StatusOK
			switch made := value.(type) {
			case Declared:
				status = created(made.Fresh)
			case Amended:
				status = created(made.Fresh)
			}
			answer(w, status, value)
		})
	}
	handle("GET /api/batches", d.list)
	handle("POST /api/batches", d.declare)
	handle("GET /api/batches/{tenant}/{reference}", d.show)
	handle("POST /api/batches/{tenant}/{reference}/events", func(r *http.Request) (any, error) {
		return posted(r, func(e sluss.Event) (any, error) { return d.Event(r.Context(), batchOf(r), e) })
	})
	handle("POST /api/batches/{tenant}/{reference}/corrections", func(r *http.Request) (any, error) {
		return posted(r, func(c sluss.Correction) (any, error) { return d.Correct(r.Context(), batchOf(r), c) })
	})
	handle("POST /api/filings/{tenant}/{reference}/{obligation}/signatures", func(r *http.Request) (any, error) {
		return posted(r, func(s sluss.Signature) (any, error) { return d.Sign(r.Context(), filingOf(r), s) })
	})
	handle("POST /api/filings/{tenant}/{reference}/{obligation}/decisions", func(r *http.Request) (any, error) {
		return posted(r, func(c sluss.Decision) (any, error) { return d.Decide(r.Context(), filingOf(r), c) })
	})
	handle("POST /api/filings/{tenant}/{reference}/{obligation}/amendments", d.amend)
	handle("GET /api/filings/{tenant}/{reference}/{obligation}/attempts", func(r *http.Request) (any, error) {
		if _, known, err := d.Ledger.Filing(r.Context(), filingOf(r)); err != nil || !known {
			return nil, cmp.Or(err, fmt.Errorf("%w filing as %s", ErrNoSuch, filingOf(r)))
		}
		return d.Ledger.Attempts(r.Context(), filingOf(r))
	})
	handle("GET /api/inbox", d.inbox)
	handle("POST /api/extracts", d.extract)
	d.listRoutes(handle)
	d.errandRoutes(handle)
	d.followRoutes(handle)
	d.resultRoutes(handle)
	handle("GET /api/quota", d.quotas)
	handle("GET /api/quota/usage", d.usage)
	handle("POST /api/quota/{registry}/pause", d.quotaAct(d.Pause))
	handle("POST /api/quota/{registry}/resume", d.quotaAct(d.Resume))
	handle("POST /api/quota/{registry}/lower", d.quotaAct(d.Lower))
	mux.HandleFunc("GET /api/batches/{tenant}/{reference}/pdf", d.printed)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := d.Ledger.Health(r.Context()); err != nil {
			answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error()})
			return
		}
		warnings, err := d.Warnings(r.Context())
		if err != nil {
			warnings = []string{"the code lists in the ledger cannot be read"}
		}
		answer(w, http.StatusOK, Health{Status: "ok", Warnings: warnings})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, Problem{Error: fmt.Sprintf("there is no %s %s: see docs/api.md", r.Method, r.URL.Path)})
	})
	return d.hooked(guarded(mux, token))
}

func created(fresh bool) int {
	if fresh {
		return http.StatusCreated
	}
	return http.StatusOK
}

// guarded wants the token, and JSON or CSV on writes: a page on another site
// cannot send those without asking, so no browser can be made to act.
func guarded(next http.Handler, token string) http.Handler {
	want := []byte("Bearer " + token)
	door := guard.Guard{Refuse: func(w http.ResponseWriter, status int, problem string) { answer(w, status, Problem{Error: problem}) }}
	checked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token != "" && r.URL.Path != "/healthz" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, Problem{Error: "send the API's token as Authorization: Bearer"})
			return
		}
		if kind := contentType(r); r.Method == http.MethodPost && kind != "application/json" && kind != "text/csv" {
			answer(w, http.StatusUnsupportedMediaType, Problem{Error: "send application/json, or text/csv for many batches and extracts"})
			return
		}
		next.ServeHTTP(w, r)
	})
	if token == "" {
		return door.Handler(checked)
	}
	return checked
}

func contentType(r *http.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind
}

func batchOf(r *http.Request) string {
	return sluss.BatchID(r.PathValue("tenant"), r.PathValue("reference"))
}

func filingOf(r *http.Request) string {
	return sluss.FilingID(r.PathValue("tenant"), r.PathValue("reference"), r.PathValue("obligation"))
}

func (d *Desk) declare(r *http.Request) (any, error) {
	by := sluss.Person{Name: "API"}
	if contentType(r) == "text/csv" {
		return d.Import(r.Context(), r.Body, by, time.Now(), nil)
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	declaration, err := ReadDeclaration(data)
	if err != nil {
		return nil, err
	}
	return d.Declare(r.Context(), declaration, by, time.Now())
}

func (d *Desk) list(r *http.Request) (any, error) {
	q, err := query(r)
	if err != nil {
		return nil, err
	}
	if err := knownRole(r, "waiting"); err != nil {
		return nil, err
	}
	return d.Ledger.Batches(r.Context(), ledger.BatchFilter{
		Tenant: r.FormValue("tenant"), Stage: r.FormValue("stage"), Waiting: sluss.Role(r.FormValue("waiting")),
		Overdue: r.FormValue("overdue") == "true", Limit: q.limit, After: q.after,
	})
}

func (d *Desk) inbox(r *http.Request) (any, error) {
	q, err := query(r)
	if err != nil {
		return nil, err
	}
	if err := knownRole(r, "role"); err != nil {
		return nil, err
	}
	return d.Inbox(r.Context(), ledger.InboxFilter{
		Tenant: r.FormValue("tenant"), Waiting: sluss.Role(r.FormValue("role")), Registry: r.FormValue("registry"), Limit: q.limit, Skip: q.skip,
	})
}

func (d *Desk) show(r *http.Request) (any, error) { return d.Show(r.Context(), batchOf(r)) }

// mostRows bounds what one request may ask for.
var mostRows = map[string]int{"limit": 1000, "skip": 1_000_000}

type page struct {
	limit, skip int
	after       int64
}

func query(r *http.Request) (p page, err error) {
	var faults sluss.Faults
	for field, number := range map[string]*int{"limit": &p.limit, "skip": &p.skip} {
		if text := r.FormValue(field); text != "" {
			if *number, err = strconv.Atoi(text); err != nil || *number < 1 || *number > mostRows[field] {
				faults = append(faults, sluss.Fault{Field: field, Problem: fmt.Sprintf("%q is not a number from 1 to %d", text, mostRows[field])})
			}
		}
	}
	if text := r.FormValue("after"); text != "" {
		if p.after, err = strconv.ParseInt(text, 10, 64); err != nil {
			faults = append(faults, sluss.Fault{Field: "after", Problem: fmt.Sprintf("%q is not the line of a row", text)})
		}
	}
	return p, faults.Err()
}

// knownRole refuses a role in which nobody acts.
func knownRole(r *http.Request, field string) error {
	if role := sluss.Role(r.FormValue(field)); role != "" && !slices.Contains(sluss.Signers(), role) {
		return sluss.Faults{{Field: field, Problem: fmt.Sprintf("%q is no role of a person who acts", role), Remedy: "use " + sluss.OneOf(sluss.Signers())}}
	}
	return nil
}

// posted decodes the body strictly and acts on it.
func posted[T any](r *http.Request, act func(T) (any, error)) (any, error) {
	var value T
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if faults := sluss.CheckJSON(data); len(faults) > 0 {
		return nil, faults
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&value)
	if err == nil {
		if _, trailing := decoder.Token(); !errors.Is(trailing, io.EOF) {
			err = errors.New("something follows the JSON object")
		}
	}
	if err != nil {
		return nil, sluss.Faults{{Problem: err.Error(), Remedy: "see docs/api.md for the fields"}}
	}
	if faults := sluss.CheckText(value); len(faults) > 0 {
		return nil, faults
	}
	return act(value)
}

// problem answers an error with the status that tells whose turn it is.
func problem(w http.ResponseWriter, err error) {
	var faults sluss.Faults
	var large *http.MaxBytesError
	var refusal *Refusal
	switch {
	case errors.As(err, &large):
		answer(w, http.StatusRequestEntityTooLarge, Problem{Error: fmt.Sprintf("more than %d MiB at once: split it", maxBody>>20)})
	case errors.As(err, &refusal):
		answer(w, http.StatusConflict, Problem{Error: err.Error(), Faults: refusal.Faults})
	case errors.As(err, &faults):
		answer(w, http.StatusUnprocessableEntity, Problem{Error: faults.Error(), Faults: faults})
	case errors.Is(err, ErrNoSuch):
		answer(w, http.StatusNotFound, Problem{Error: err.Error()})
	case errors.Is(err, ErrRefused):
		answer(w, http.StatusConflict, Problem{Error: err.Error()})
	default:
		answer(w, http.StatusServiceUnavailable, Problem{Error: err.Error() + " (nothing is lost: send the same again)"})
	}
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // the caller is gone: nobody to tell
}
