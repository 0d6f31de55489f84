package avfallsregistret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	sim "sluss/simulators/avfallsregistret"
)

// contract is the reference description of the API, which may be in a folder next to
// the repository; nil if it is not.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	path := filepath.Join("..", "..", "..", "shared", "contracts", "avfallsregistret.openapi.yaml")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, err
	}
	// The contract contradicts itself: a place abroad has no municipality.
	document.Components.Schemas["Plats"].Value.Required = nil
	return document, nil
})

func wantContract(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if document == nil {
		t.Skip("the reference folder ../shared is not here: no contract to hold the calls against")
	}
	return document
}

// witness is a transport between client and simulator in every test of this folder.
// It checks every answer, and every request that the registry accepts, against the
// contract.
type witness struct {
	t     *testing.T
	next  http.Handler
	apart bool // the simulator leaves the contract on purpose

	lock sync.Mutex
	seen map[string]int // operations of the contract that succeeded, such as "PUT /handel/{id}"
}

func (w *witness) operations() map[string]int {
	w.lock.Lock()
	defer w.lock.Unlock()
	return maps.Clone(w.seen)
}

func (w *witness) ServeHTTP(writer http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller has disconnected
	}
	sent := r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	sent.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	w.next.ServeHTTP(answer, r)
	template, parameters := operationOf(r.URL.Path)
	if answer.Code/100 == 2 && strings.HasPrefix(answer.Header().Get("Content-Type")+"application/json", "application/json") {
		w.lock.Lock()
		w.seen[r.Method+" "+template]++
		w.lock.Unlock()
	}
	if err := keeps(sent, template, parameters, answer); err != nil && !w.apart {
		w.t.Errorf("%s %s: %d: %v\nrequest %s\nanswer %s", r.Method, r.URL.Path, answer.Code, err, body, answer.Body)
	}
	maps.Copy(writer.Header(), answer.Header())
	writer.WriteHeader(answer.Code)
	_, _ = writer.Write(answer.Body.Bytes())
}

// operationOf is the path of the contract that matches a path.
func operationOf(path string) (template string, parameters map[string]string) {
	below, isAPI := strings.CutPrefix(path, sim.BasePath)
	resource, id, hasID := strings.Cut(strings.TrimPrefix(below, "/"), "/")
	switch {
	case !isAPI:
		return path, nil
	case !hasID:
		return below, nil
	case resource == "anteckningar":
		return "/anteckningar/{avfallid}", map[string]string{"avfallid": id}
	case resource == "atervinningsresultattyper":
		return "/atervinningsresultattyper/{atervinningsresultatkod}", map[string]string{"atervinningsresultatkod": id}
	}
	return "/" + resource + "/{id}", map[string]string{"id": id}
}

// keeps checks one call against the contract. The gateway's own answers are skipped,
// since the contract does not describe them.
func keeps(r *http.Request, template string, parameters map[string]string, answer *httptest.ResponseRecorder) error {
	document, err := contract()
	if err != nil || document == nil {
		return err
	}
	item := document.Paths.Find(template)
	if item == nil || item.GetOperation(r.Method) == nil {
		return nil // the registry has answered that there is no such thing
	}
	operation := item.GetOperation(r.Method)
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters,
		Route:   &routers.Route{Spec: document, Path: template, PathItem: item, Method: r.Method, Operation: operation},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true, IncludeResponseStatus: true},
	}
	plain := !strings.HasPrefix(answer.Header().Get("Content-Type")+"application/json", "application/json")
	if plain || bytes.Contains(answer.Body.Bytes(), []byte(`"fault"`)) {
		return nil // the gateway's, or a fault on purpose
	}
	if answer.Code/100 == 2 {
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			return err
		}
	}
	if operation.Responses.Status(answer.Code) == nil || answer.Body.Len() == 0 {
		return nil
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(camel(answer.Body.Bytes()))), Options: request.Options,
	})
}

// camel spells the keys of an object as the contract does. In the registry's error
// bodies keys probably begin with capitals.
func camel(body []byte) []byte {
	var value any
	if json.Unmarshal(body, &value) != nil {
		return body
	}
	spelt, err := json.Marshal(respell(value))
	if err != nil {
		return body
	}
	return spelt
}

func respell(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, inner := range v {
			object[strings.ToLower(key[:1])+key[1:]] = respell(inner)
		}
		return object
	case []any:
		for i, inner := range v {
			v[i] = respell(inner)
		}
	}
	return value
}

// The checks against the contract can fail.
func TestWitnessSees(t *testing.T) {
	wantContract(t)
	good := `{"avfallId":"072f294c-9e70-4cf6-b6a3-139922067ddc"}`
	note := func(changes ...string) string {
		body := `{"tidpunkt":"2026-11-23T08:00:00+01:00","verksamhetsutovare":"5560000167","verksamhetensNamn":"N","verksamhetensKontaktpersonNamn":"A",
			"verksamhetensKontaktpersonEpost":"a@b.example","verksamhetensKontaktpersonTelefonnummer":"0701234567","avfall":{"kod":"130205","mangd":1},
			"tidigareInnehavare":"OKÄND","nyInnehavare":"5560000167","transaktionsDatum":"2026-11-23T08:00:00+01:00"}`
		return strings.NewReplacer(changes...).Replace(body)
	}
	for name, c := range map[string]struct {
		body, system string
		status       int
		answer       string
		wrong        bool
	}{
		"right":                {note(), "S-1", 200, good, false},
		"errors in capitals":   {note(), "S-1", 400, `{"Title":"t","Errors":[{"Code":1023,"Message":"m"}]}`, false},
		"no system id":         {note(), "", 200, good, true},
		"field that is absent": {note(`"avfall"`, `"avfal"`), "S-1", 200, good, true},
		"form":                 {note("130205", "13 02 05*"), "S-1", 200, good, true},
		"refused anyway":       {note("130205", "13 02 05*"), "S-1", 400, `{"Title":"t"}`, false},
		"answer":               {note(), "S-1", 200, `{"avfallId":5}`, true},
		"code that is a word":  {note(), "S-1", 400, `{"Errors":[{"Code":"many"}]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, sim.BasePath+"/handel", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json; charset=UTF-8")
			if c.system != "" {
				r.Header.Set("NV-Client-System-ID", c.system)
			}
			answer := httptest.NewRecorder()
			answer.Header().Set("Content-Type", "application/json; charset=utf-8")
			answer.WriteHeader(c.status)
			answer.Body.WriteString(c.answer)
			if err := keeps(r, "/handel", nil, answer); (err != nil) != c.wrong {
				t.Errorf("%v", err)
			}
		})
	}
}
