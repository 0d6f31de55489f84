package trackdechets

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"sluss/simulators/trackdechets/tree"
)

// recorded counts the exchanges of the first recordings and those that the simulator answers alike.
var recorded struct{ all, agree atomic.Int32 }

func TestMain(m *testing.M) {
	code := m.Run()
	if recorded.all.Load() > 0 {
		told := fmt.Sprintf("%d of %d recorded exchanges agree", recorded.agree.Load(), recorded.all.Load())
		fmt.Println("Trackdéchets: " + told)
		if readme, err := os.ReadFile("README.md"); whole() && code == 0 && (err != nil || !strings.Contains(string(readme), told)) {
			fmt.Println("the README of the simulator does not say so: correct its section on recordings")
			code = 1
		}
	}
	os.Exit(code)
}

// whole says whether all tests were to run, each once.
func whole() bool {
	for name, value := range map[string]string{"test.run": "", "test.skip": "", "test.count": "1"} {
		if flag.Lookup(name).Value.String() != value {
			return false
		}
	}
	return true
}

// count counts one exchange when its test is over.
func count(t *testing.T) {
	t.Helper()
	recorded.all.Add(1)
	t.Cleanup(func() {
		if !t.Failed() && !t.Skipped() {
			recorded.agree.Add(1)
		}
	})
}

// exchange is one recorded request of an actor, with its answer.
type exchange struct {
	Actor      string
	Query      string
	Variables  json.RawMessage // as sent: errors show it in that order
	HTTPStatus int
	Response   any
}

// party is a company as the recordings describe it.
type party struct {
	Name, CompanyName, Siret, VATNumber, Address      string
	CompanyTypes, WasteProcessorTypes, CollectorTypes []string
	SecurityCode                                      int
	TransporterReceipt, TraderReceipt, BrokerReceipt  bool
	WasteVehiclesTypes                                []string
	Opt                                               struct {
		AllowBsdasriTakeOverWithoutSignature, AllowAppendix1SignatureAutomation bool
		WasteProcessorTypes, WasteVehiclesTypes                                 []string
	}
}

func (p party) register(t *testing.T, b *Backend, transports bool) (id string) {
	t.Helper()
	added := Company{
		Siret: p.Siret, VATNumber: p.VATNumber, Name: p.Name, Address: p.Address, Types: p.CompanyTypes, SecurityCode: p.SecurityCode,
		WasteProcessorTypes: slices.Concat(p.WasteProcessorTypes, p.Opt.WasteProcessorTypes), CollectorTypes: p.CollectorTypes,
		WasteVehiclesTypes:       slices.Concat(p.WasteVehiclesTypes, p.Opt.WasteVehiclesTypes),
		TakeOverWithoutSignature: p.Opt.AllowBsdasriTakeOverWithoutSignature, SkipsItemSignature: p.Opt.AllowAppendix1SignatureAutomation,
	}
	if p.CompanyName != "" {
		added.Name = p.CompanyName
	}
	for profile, has := range map[*Receipt]bool{&added.Receipt: transports, &added.TraderReceipt: p.TraderReceipt, &added.BrokerReceipt: p.BrokerReceipt} {
		if has {
			*profile = receipt
		}
	}
	must(t, b.AddCompany(added))
	return added.ID()
}

// replayed is a recording under way: a backend, and our ids by the recorded ones.
type replayed struct {
	*Backend
	ids map[string]string
}

func newReplayed(t *testing.T) *replayed {
	t.Helper()
	b, err := New(Options{GroupingDelay: -1})
	must(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return &replayed{b, map[string]string{}}
}

func (r *replayed) addUser(t *testing.T, name string, roles map[string]Role) {
	t.Helper()
	must(t, r.AddUser(User{Token: name, Name: "User", Email: name + "@example.test", Roles: roles}))
}

// send sends a recorded exchange and learns our ids from its answer.
func (r *replayed) send(e exchange) (status int, own any) {
	raw, _ := json.Marshal(map[string]any{"query": e.Query, "variables": e.Variables})
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(r.renamed(string(raw))))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+e.Actor)
	status, own = r.serve(req)
	r.learn(e.Response, own)
	return status, own
}

func (r *replayed) serve(req *http.Request) (status int, body any) {
	res := httptest.NewRecorder()
	r.ServeHTTP(res, req)
	raw, _ := io.ReadAll(res.Body)
	if req.Method == http.MethodHead {
		raw = nil // the server in front of a handler sends none
	}
	if json.Unmarshal(raw, &body) != nil {
		body = string(raw)
	}
	return res.Code, body
}

// learn walks a recorded answer and ours side by side and remembers every pair of ids.
func (r *replayed) learn(theirs, ours any) {
	switch theirs := theirs.(type) {
	case map[string]any:
		own, _ := ours.(map[string]any)
		for key, value := range theirs {
			id, isText := value.(string)
			if mine, ok := own[key].(string); ok && isText && (key == "id" || key == "readableId") {
				r.ids[id] = mine
			}
			r.learn(value, own[key])
		}
	case []any:
		own, _ := ours.([]any)
		for i, value := range theirs {
			if i < len(own) {
				r.learn(value, own[i])
			}
		}
	}
}

// renamed writes a text with our ids for the recorded ones.
func (r *replayed) renamed(written string) string {
	for _, id := range slices.Sorted(maps.Keys(r.ids)) {
		written = strings.ReplaceAll(written, id, r.ids[id])
	}
	return written
}

// eachStep replays the workflows of a folder.
func eachStep(t *testing.T, folder string, step func(t *testing.T, r *replayed, workflow string, number int, e exchange)) {
	t.Helper()
	reference(t, "recordings/README.md") // skips where there is no reference folder
	paths, err := filepath.Glob(filepath.Join(referenceFolder(t), "recordings", folder, "*.*.json"))
	must(t, err)
	if len(paths) == 0 {
		t.Fatal("no recorded workflow")
	}
	for _, path := range paths {
		var w struct {
			Companies []party
			Steps     []exchange
		}
		read(t, filepath.Join("recordings", folder, filepath.Base(path)), &w)
		r := newReplayed(t)
		for _, p := range w.Companies {
			r.addUser(t, p.Name, map[string]Role{p.register(t, r.Backend, slices.Contains(p.CompanyTypes, "TRANSPORTER")): Member})
		}
		for i, e := range w.Steps {
			step(t, r, filepath.Base(path), i, e)
		}
	}
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	must(t, json.Unmarshal(reference(t, path), into))
}

func TestRecordedWorkflows(t *testing.T) {
	eachStep(t, "trackdechets", func(t *testing.T, r *replayed, workflow string, number int, e exchange) {
		t.Helper()
		t.Run(fmt.Sprintf("%s %d", workflow, number), func(t *testing.T) {
			count(t)
			status, own := r.send(e)
			if want, got := stable(e.Response, r), stable(own, nil); status != e.HTTPStatus || want != got {
				t.Errorf("HTTP %d, recorded %d: answer\n%s\nrecorded\n%s", status, e.HTTPStatus, got, want)
			}
		})
	})
}

var (
	passing = regexp.MustCompile(`"(createdAt|updatedAt|loggedAt|startCursor|endCursor|cursor|email|token|downloadLink|signedUrl|fileKey)":"[^"]*"`)
	opaque  = regexp.MustCompile(`\bc[a-z0-9]{24}\b|\b(BSD|BSDA|DASRI|FF|VHU|PAOH)-\d{8}-[0-9A-Z]{9}\b`)
)

// stable writes an answer without what differs between two runs: ids, times, places in the query.
func stable(body any, r *replayed) string {
	answer, _ := body.(map[string]any)
	for _, e := range tree.Objects(answer, "errors") {
		delete(e, "locations")
	}
	raw, _ := json.Marshal(body)
	written := string(raw)
	if r != nil {
		written = r.renamed(written)
	}
	return opaque.ReplaceAllString(passing.ReplaceAllString(written, `"$1":"-"`), "-")
}
