package trackdechets_test

import (
	"encoding/json"
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
	"testing"
	"time"

	"sluss/simulators/trackdechets"
)

// The least that must agree of the exchanges recorded in 2026-11. Raise a number when more agree; never lower one.
const (
	recordings2026 = "../../../shared/recordings/trackdechets-2026-11"
	leastCodes     = 388 // in HTTP status and error code
	leastMessages  = 294 // also in the wording of errors
	leastAnswers   = 284 // also in everything else that was asked for
)

// exchange2026 is one recorded request of an actor, with its answer.
type exchange2026 struct {
	Actor      string         `json:"actor"`
	Query      string         `json:"query"`
	Variables  map[string]any `json:"variables"`
	HTTPStatus int            `json:"httpStatus"`
	Response   any            `json:"response"`
}

// probe2026 is one exchange with the steps that prepare it.
type probe2026 struct {
	Kind, Label, Actor string
	Prepare            []exchange2026
	Request            struct {
		Method, Path, Auth string
		Headers            map[string]string
		Body               any
	}
	Status int
	Body   any
	Note   string
}

// company2026 is a company as both kinds of recording describe it.
type company2026 struct {
	Name                string   `json:"name"`
	CompanyName         string   `json:"companyName"`
	Siret               string   `json:"siret"`
	VATNumber           string   `json:"vatNumber"`
	Address             string   `json:"address"`
	CompanyTypes        []string `json:"companyTypes"`
	WasteProcessorTypes []string `json:"wasteProcessorTypes"`
	CollectorTypes      []string `json:"collectorTypes"`
	SecurityCode        int      `json:"securityCode"`
	TransporterReceipt  bool     `json:"transporterReceipt"`
}

func (c company2026) register(t *testing.T, b *trackdechets.Backend, receipt bool) {
	t.Helper()
	added := trackdechets.Company{
		Siret: c.Siret, VATNumber: c.VATNumber, Name: c.Name, Address: c.Address, Types: c.CompanyTypes, SecurityCode: c.SecurityCode,
		WasteProcessorTypes: c.WasteProcessorTypes, CollectorTypes: c.CollectorTypes,
	}
	if c.CompanyName != "" {
		added.Name = c.CompanyName
	}
	if receipt {
		added.Receipt = trackdechets.Receipt{Number: "the number", Department: "83", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	if err := b.AddCompany(added); err != nil {
		t.Fatal(err)
	}
}

// agreement counts exchanges by how far they agree with their recordings.
type agreement struct{ all, codes, messages, answers int }

// TestRecordedIn2026 is a ratchet: it fails if fewer exchanges agree than did before. With -v it says which do not.
func TestRecordedIn2026(t *testing.T) {
	if _, err := os.Stat(recordings2026); err != nil {
		t.Skipf("the recordings are not here: %v", err)
	}
	var sum agreement
	replayProbes2026(t, &sum)
	replayWorkflows2026(t, &sum)
	told := fmt.Sprintf("recorded in 2026-11: HTTP status and code of %d, also messages of %d, whole answers of %d of %d exchanges agree",
		sum.codes, sum.messages, sum.answers, sum.all)
	t.Log(told)
	if sum.codes < leastCodes || sum.messages < leastMessages || sum.answers < leastAnswers {
		t.Errorf("%s; it was %d, %d, %d before", told, leastCodes, leastMessages, leastAnswers)
	}
}

func replayProbes2026(t *testing.T, sum *agreement) {
	t.Helper()
	var actors struct {
		Companies []company2026
		Users     []struct {
			Actor string
			Roles map[string]trackdechets.Role
		}
	}
	read2026(t, filepath.Join(recordings2026, "actors.json"), &actors)
	var probes []probe2026
	read2026(t, filepath.Join(recordings2026, "probes.json"), &probes)
	for _, p := range probes {
		b := backend2026(t)
		for _, c := range actors.Companies {
			c.register(t, b, c.TransporterReceipt)
		}
		for _, u := range actors.Users {
			user2026(t, b, u.Actor, u.Roles)
		}
		ids := map[string]string{}
		prepared := true
		for _, step := range p.Prepare {
			status, own := step.send(b, ids)
			prepared = prepared && status == step.HTTPStatus && code2026(own) == code2026(step.Response)
			learn2026(ids, step.Response, own)
		}
		req := httptest.NewRequestWithContext(t.Context(), p.Request.Method, rename2026(p.Request.Path, ids), strings.NewReader(rename2026(text2026(p.Request.Body), ids)))
		for name, value := range p.Request.Headers {
			req.Header.Set(name, value)
		}
		if p.Request.Auth != "" {
			req.Header.Set("Authorization", p.Request.Auth+" "+p.Actor)
		}
		status, own := send2026(b, req)
		sum.count(t, p.Kind+": "+p.Label, prepared, p.Status, status, p.Body, own, ids)
	}
}

func replayWorkflows2026(t *testing.T, sum *agreement) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(recordings2026, "*.*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		var w struct {
			Companies []company2026
			Steps     []exchange2026
		}
		read2026(t, path, &w)
		b := backend2026(t)
		for _, c := range w.Companies {
			c.register(t, b, slices.Contains(c.CompanyTypes, "TRANSPORTER"))
			id := c.Siret
			if id == "" {
				id = c.VATNumber
			}
			user2026(t, b, c.Name, map[string]trackdechets.Role{id: trackdechets.Member})
		}
		ids := map[string]string{}
		for i, step := range w.Steps {
			status, own := step.send(b, ids)
			learn2026(ids, step.Response, own)
			sum.count(t, fmt.Sprintf("%s, step %d", filepath.Base(path), i), true, step.HTTPStatus, status, step.Response, own, ids)
		}
	}
}

func backend2026(t *testing.T) *trackdechets.Backend {
	t.Helper()
	b, err := trackdechets.New(trackdechets.Options{GroupingDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func user2026(t *testing.T, b *trackdechets.Backend, name string, roles map[string]trackdechets.Role) {
	t.Helper()
	if err := b.AddUser(trackdechets.User{Token: name, Name: name, Email: name + "@example.test", Roles: roles}); err != nil {
		t.Fatal(err)
	}
}

func read2026(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (e exchange2026) send(b http.Handler, ids map[string]string) (int, any) {
	raw, _ := json.Marshal(map[string]any{"query": e.Query, "variables": e.Variables})
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(rename2026(string(raw), ids)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+e.Actor)
	return send2026(b, req)
}

func send2026(b http.Handler, req *http.Request) (int, any) {
	res := httptest.NewRecorder()
	b.ServeHTTP(res, req)
	raw, _ := io.ReadAll(res.Body)
	var body any
	if json.Unmarshal(raw, &body) != nil {
		body = string(raw)
	}
	return res.Code, body
}

// count compares one answer with its recording; what differs is logged.
func (a *agreement) count(t *testing.T, name string, prepared bool, wantStatus, gotStatus int, want, got any, ids map[string]string) {
	t.Helper()
	a.all++
	switch {
	case !prepared:
		t.Logf("%s: what prepares it is answered otherwise than recorded", name)
		return
	case wantStatus != gotStatus || code2026(want) != code2026(got):
		t.Logf("%s: HTTP %d %s %q, recorded HTTP %d %s %q", name, gotStatus, code2026(got), messages2026(got), wantStatus, code2026(want), messages2026(want))
		return
	}
	a.codes++
	if theirs, ours := rename2026(messages2026(want), ids), messages2026(got); theirs != ours {
		t.Logf("%s: message %q, recorded %q", name, ours, theirs)
		return
	}
	a.messages++
	if theirs, ours := stable2026(want, ids), stable2026(got, nil); theirs != ours {
		t.Logf("%s: answer\n%s\nrecorded\n%s", name, ours, theirs)
		return
	}
	a.answers++
}

func errors2026(body any) []map[string]any {
	answer, _ := body.(map[string]any)
	listed, _ := answer["errors"].([]any)
	var found []map[string]any
	for _, entry := range listed {
		if e, ok := entry.(map[string]any); ok {
			found = append(found, e)
		}
	}
	return found
}

// code2026 is the code of the first error, or nothing.
func code2026(body any) string {
	for _, e := range errors2026(body) {
		extensions, _ := e["extensions"].(map[string]any)
		code, _ := extensions["code"].(string)
		return code
	}
	return ""
}

var (
	volatile2026 = regexp.MustCompile(`"(createdAt|updatedAt|loggedAt|startCursor|endCursor|cursor|email|token|downloadLink|signedUrl|fileKey)":"[^"]*"`)
	opaque2026   = regexp.MustCompile(`\bc[a-z0-9]{24}\b|\b(BSD|BSDA|DASRI|FF|VHU|PAOH)-\d{8}-[0-9A-Z]{9}\b`)
)

func messages2026(body any) string {
	var all []string
	for _, e := range errors2026(body) {
		message, _ := e["message"].(string)
		all = append(all, opaque2026.ReplaceAllString(message, "-"))
	}
	return strings.Join(all, "\n")
}

// stable2026 writes an answer without what differs between two runs: ids, times, places in the query.
func stable2026(body any, ids map[string]string) string {
	for _, e := range errors2026(body) {
		delete(e, "locations")
	}
	raw, _ := json.Marshal(body)
	return opaque2026.ReplaceAllString(volatile2026.ReplaceAllString(rename2026(string(raw), ids), `"$1":"-"`), "-")
}

func text2026(body any) string {
	if written, ok := body.(string); ok || body == nil {
		return written
	}
	raw, _ := json.Marshal(body)
	return string(raw)
}

// learn2026 walks a recorded answer and ours side by side and remembers every pair of ids.
func learn2026(ids map[string]string, theirs, ours any) {
	switch theirs := theirs.(type) {
	case map[string]any:
		own, _ := ours.(map[string]any)
		for key, value := range theirs {
			id, isText := value.(string)
			if mine, ok := own[key].(string); ok && isText && (key == "id" || key == "readableId") {
				ids[id] = mine
			}
			learn2026(ids, value, own[key])
		}
	case []any:
		own, _ := ours.([]any)
		for i, value := range theirs {
			if i < len(own) {
				learn2026(ids, value, own[i])
			}
		}
	}
}

func rename2026(written string, ids map[string]string) string {
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		written = strings.ReplaceAll(written, id, ids[id])
	}
	return written
}
