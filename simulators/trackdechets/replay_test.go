package trackdechets

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// recorded counts the exchanges of the recordings and those that the simulator answers alike.
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

type workflow struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Companies []struct {
		Name                string   `json:"name"`
		CompanyTypes        []string `json:"companyTypes"`
		WasteProcessorTypes []string `json:"wasteProcessorTypes"`
		CollectorTypes      []string `json:"collectorTypes"`
		Siret               string   `json:"siret"`
		VATNumber           string   `json:"vatNumber"`
		CompanyName         string   `json:"companyName"`
		Address             string   `json:"address"`
		SecurityCode        int      `json:"securityCode"`
	} `json:"companies"`
	Steps []exchange `json:"steps"`
}

type exchange struct {
	Actor      string         `json:"actor"`
	Query      string         `json:"query"`
	Variables  map[string]any `json:"variables"`
	HTTPStatus int            `json:"httpStatus"`
	Response   map[string]any `json:"response"`
}

// workflows are the recorded ones.
func workflows(t *testing.T) []string {
	t.Helper()
	reference(t, "recordings/README.md") // skips where there is no reference folder
	paths, err := filepath.Glob(filepath.Join(referenceFolder(t), "recordings/trackdechets/*.*.json"))
	must(t, err)
	if len(paths) == 0 {
		t.Fatal("no recorded workflow")
	}
	return paths
}

func readWorkflow(t *testing.T, path string) workflow {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	var w workflow
	must(t, json.Unmarshal(raw, &w))
	return w
}

func TestRecordedWorkflows(t *testing.T) {
	for _, path := range workflows(t) {
		w := readWorkflow(t, path)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			replayWorkflow(t, w)
		})
	}
	t.Logf("%d of %d exchanges agree", recorded.agree.Load(), recorded.all.Load())
}

func replayWorkflow(t *testing.T, w workflow) {
	t.Helper()
	r := newRegister(t, Options{GroupingDelay: time.Millisecond})
	for _, c := range w.Companies {
		added := Company{
			Siret: c.Siret, VATNumber: c.VATNumber, Name: c.CompanyName, Address: c.Address, Types: c.CompanyTypes,
			WasteProcessorTypes: c.WasteProcessorTypes, CollectorTypes: c.CollectorTypes, SecurityCode: c.SecurityCode,
		}
		if slices.Contains(c.CompanyTypes, "TRANSPORTER") {
			added.Receipt = receipt
		}
		must(t, r.AddCompany(added))
		must(t, r.AddUser(User{Token: c.Name, Email: c.Name + "@example.test", Roles: map[string]Role{added.id(): Member}}))
	}
	ids := map[string]string{}
	for i, step := range w.Steps {
		fields := slices.Sorted(maps.Keys(object(step.Response, "data")))
		ok := t.Run(fmt.Sprintf("%d %s", i, strings.Join(fields, " ")), func(t *testing.T) {
			count(t)
			variables, _ := renamed(step.Variables, ids).(map[string]any)
			a := r.ask(step.Actor, step.Query, variables)
			if a.status != step.HTTPStatus {
				t.Fatalf("HTTP %d %s %q, recorded HTTP %d", a.status, a.code, a.message, step.HTTPStatus)
			}
			if a.code != "" {
				t.Fatalf("%s %q", a.code, a.message)
			}
			learn(ids, step.Response, a.body)
			if want, got := written(renamed(step.Response, ids)), written(a.body); want != got {
				t.Errorf("answer\n%s\nrecorded\n%s", got, want)
			}
		})
		if !ok {
			t.FailNow()
		}
	}
}

// learn walks a recorded answer and ours side by side and remembers every pair of ids.
func learn(ids map[string]string, theirs, ours any) {
	switch theirs := theirs.(type) {
	case map[string]any:
		own, _ := ours.(map[string]any)
		for key, value := range theirs {
			id, isText := value.(string)
			if mine, ok := own[key].(string); ok && isText && (key == "id" || key == "readableId") {
				ids[id] = mine
			}
			learn(ids, value, own[key])
		}
	case []any:
		own, _ := ours.([]any)
		for i, value := range theirs {
			if i < len(own) {
				learn(ids, value, own[i])
			}
		}
	}
}

// renamed writes a value with our ids for the recorded ones.
func renamed(value any, ids map[string]string) any {
	switch value := value.(type) {
	case map[string]any:
		copied := map[string]any{}
		for key, inner := range value {
			copied[key] = renamed(inner, ids)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, inner := range value {
			copied[i] = renamed(inner, ids)
		}
		return copied
	case string:
		if mine, ok := ids[value]; ok {
			return mine
		}
	}
	return value
}

func written(value any) string {
	raw, _ := json.Marshal(value)
	return string(raw)
}
