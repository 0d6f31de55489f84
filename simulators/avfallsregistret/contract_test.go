package avfallsregistret_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	sim "sluss/simulators/avfallsregistret"
)

// contract is the reference description of the API, which is beside the repository or not at all.
func contract(t *testing.T) *openapi3.T {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "contracts", "avfallsregistret.openapi.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestAnswersKeepTheContract(t *testing.T) {
	document := contract(t)
	_, d := open(t, sim.Options{ErrorCasing: sim.CamelCase, GatewayErrors: sim.JSON})
	taken := d.take("POST", "/transporter", transport())
	results := note(m{
		"rapporteringsar": 2026, "rapporteringskvartalNr": 3, "behandlingar": []m{{"kod": "R3", "underkod": "A"}},
		"mangdIckeFarligtAvfall": 10,
	})
	for _, c := range []struct {
		method, path, operation string
		body                    m
		status                  int
	}{
		{"POST", "/transportplaneringar", "/transportplaneringar", planned(m{"mottagningsplats": m{"kommunkod": "0180", "cfarNR": "12345678"}}), 200},
		{"POST", "/transporter", "/transporter", transport(m{"tidigareInnehavare": "OKÄND", "transportStartplats": m{"kommunkod": "0188"}}), 200},
		{"POST", "/behandlingsmottaganden", "/behandlingsmottaganden", reception(agent()), 200},
		{"POST", "/behandlingsresultat", "/behandlingsresultat", results, 200},
		{"POST", "/transporter", "/transporter", m{}, 400},
		{"POST", "/handel", "/handel", m{}, 400},
		{"PUT", "/transporter/" + taken, "/transporter/{id}", transport(), 200},
		{"PUT", "/transporter/" + taken, "/transporter/{id}", transport(), 400},
		{"GET", "/anteckningar", "/anteckningar", nil, 200},
		{"GET", "/anteckningar/x", "/anteckningar/{avfallid}", nil, 400},
		{"GET", "/anteckningar/072f294c-9e70-4cf6-b6a3-139922067ddc", "/anteckningar/{avfallid}", nil, 404},
		{"DELETE", "/anteckningar", "/anteckningar", annulment(taken, "Misstag"), 400},
		{"GET", "/avfallstyper", "/avfallstyper", nil, 200},
		{"GET", "/transportsatt", "/transportsatt", nil, 200},
		{"GET", "/anteckningstyper", "/anteckningstyper", nil, 200},
		{"GET", "/behandlingsmetoder", "/behandlingsmetoder", nil, 200},
		{"GET", "/atervinningsresultattyper", "/atervinningsresultattyper", nil, 200},
		{"GET", "/atervinningsresultattyper/01", "/atervinningsresultattyper/{atervinningsresultatkod}", nil, 200},
	} {
		operation := document.Paths.Find(c.operation).GetOperation(c.method)
		if c.body != nil && c.status == http.StatusOK {
			keeps(t, c.method+" "+c.path, operation.RequestBody.Value.Content, asBytes(t, c.body))
		}
		got := d.call(c.method, c.path, c.body)
		if got.status != c.status {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, got.status, got.body, c.status)
			continue
		}
		answer := operation.Responses.Status(c.status).Value
		keeps(t, c.method+" "+c.path, answer.Content, got.body)
	}
}

func TestTokenKeepsTheContract(t *testing.T) {
	document := contract(t)
	_, d := open(t, sim.Options{})
	got := d.fetchToken(sim.DefaultKey, sim.DefaultSecret, "grant_type=client_credentials")
	keeps(t, "token", document.Paths.Find(sim.TokenPath).Post.Responses.Status(200).Value.Content, got.body)
}

func keeps(t *testing.T, what string, content openapi3.Content, body []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if err := content.Get("application/json").Schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func asBytes(t *testing.T, value any) []byte {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
