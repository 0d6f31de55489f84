package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"sluss"
)

// TestStrangers is about requests that reach the installation and must be refused.
func TestStrangers(t *testing.T) {
	h, _ := openInstallation(t)
	t.Run("doors", func(t *testing.T) { testDoors(t, h) })
	t.Run("in clear", func(t *testing.T) { testInClear(t, h) })
	t.Run("another key", func(t *testing.T) { testAnotherKey(t, h) })
}

// testDoors sends requests to everything that a browser can reach, as a page of another site would.
func testDoors(t *testing.T, h *Installation) {
	t.Helper()
	const workflows = "/api/v1/namespaces/default/workflows"
	codec := h.codecURL(t)
	doors := map[string]struct{ get, post string }{
		"UI":    {h.UIURL + workflows, h.UIURL + workflows + "/batch%2Fdefault%2FX/signal/sign"},
		"codec": {codec + "/decode", codec + "/decode"},
		"API":   {h.APIURL + "/api/batches", h.APIURL + "/api/batches"},
	}
	for _, name := range sluss.Registries() {
		doors[name] = struct{ get, post string }{h.Simulators.Admin[name] + "/sim/records", h.Simulators.Admin[name] + "/sim/faults"}
	}
	for name, door := range doors {
		for _, visit := range []struct {
			what, method, url, host, origin string
			refused                         int // 0: let in
		}{
			{"the machine's own", http.MethodGet, door.get, "", "", 0},
			{"a name that leads here", http.MethodGet, door.get, "evil.example", "", http.StatusMisdirectedRequest},
			{"a name that leads here, sending", http.MethodPost, door.post, "evil.example:80", "http://evil.example:80", http.StatusMisdirectedRequest},
			{"a page elsewhere, reading", http.MethodGet, door.get, "", "https://evil.example", http.StatusForbidden},
			{"a page elsewhere, sending", http.MethodPost, door.post, "", "https://evil.example", http.StatusForbidden},
			{"another page of this machine", http.MethodPost, door.post, "", "http://127.0.0.1:1", http.StatusForbidden},
		} {
			request, err := http.NewRequestWithContext(t.Context(), visit.method, visit.url, bytes.NewReader([]byte("{}")))
			must(t, err)
			if visit.host != "" {
				request.Host = visit.host
			}
			if visit.origin != "" {
				request.Header.Set("Origin", visit.origin)
			}
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			must(t, err)
			said, err := io.ReadAll(response.Body)
			must(t, err)
			must(t, response.Body.Close())
			status := response.StatusCode
			if refused := status == http.StatusMisdirectedRequest || status == http.StatusForbidden; visit.refused == 0 && refused || visit.refused != 0 && status != visit.refused {
				t.Errorf("%s: %s gets %s: %s", name, visit.what, response.Status, said)
			}
			if visit.refused != 0 && !strings.Contains(string(said), "evil.example") && !strings.Contains(string(said), "127.0.0.1:1") {
				t.Errorf("%s: %s is not told why: %s", name, visit.what, said)
			}
		}
	}
	// The UI's own pages may use the codec.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, codec+"/decode", strings.NewReader(`{"payloads":[]}`))
	must(t, err)
	request.Header.Set("Origin", h.UIURL)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, response.Body.Close())
	if response.StatusCode != http.StatusOK || response.Header.Get("Access-Control-Allow-Origin") != h.UIURL {
		t.Errorf("the UI gets %s from the codec, for the origin %q", response.Status, response.Header.Get("Access-Control-Allow-Origin"))
	}
}

// codecURL is the codec's address in the UI's configuration.
func (h *Installation) codecURL(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.UIURL+"/api/v1/settings", http.NoBody)
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	settings := struct{ Codec struct{ Endpoint string } }{}
	must(t, json.NewDecoder(response.Body).Decode(&settings))
	if settings.Codec.Endpoint == "" {
		t.Fatal("the UI has no codec")
	}
	return settings.Codec.Endpoint
}
