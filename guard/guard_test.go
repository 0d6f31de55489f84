package guard_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"sluss/guard"
)

func TestGuard(t *testing.T) {
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	g := guard.Guard{Hosts: []string{"", "plant.example"}, Origins: []string{"http://127.0.0.1:8233"}}
	type request struct{ method, host, origin, site string }
	for r, want := range map[request]int{
		{host: "127.0.0.1:80"}:                     200,
		{host: "127.3.2.1"}:                        200,
		{host: "[::1]:80"}:                         200,
		{host: "localhost"}:                        200,
		{host: "LocalHost.:80"}:                    200,
		{host: own + ":80"}:                        200,
		{host: "192.0.2.7:80"}:                     200, // the address that the request was sent to
		{host: "192.0.2.8:80"}:                     421,
		{host: "Plant.example"}:                    200,
		{host: "evil.example:80"}:                  421,
		{host: "127.0.0.1.evil.example"}:           421,
		{host: "localhost.evil.example"}:           421,
		{host: "plant.example.evil.example"}:       421,
		{host: ""}:                                 421,
		{host: "evil.example", origin: "http://x"}: 421,

		{method: "POST", host: "127.0.0.1:80", origin: "http://127.0.0.1:80"}:                      200,
		{method: "POST", host: "127.0.0.1:80", origin: "http://127.0.0.1:8233"}:                    200,
		{method: "OPTIONS", host: "127.0.0.1:80", origin: "http://127.0.0.1:8233"}:                 200,
		{method: "POST", host: "127.0.0.1:80", origin: "http://127.0.0.1:81"}:                      403,
		{method: "POST", host: "127.0.0.1:80", origin: "https://evil.example"}:                     403,
		{method: "GET", host: "127.0.0.1:80", origin: "https://evil.example"}:                      403,
		{method: "OPTIONS", host: "127.0.0.1:80", origin: "https://evil.example"}:                  403,
		{method: "POST", host: "127.0.0.1:80", origin: "null"}:                                     403,
		{method: "POST", host: "127.0.0.1:80", origin: "http://127.0.0.1:80@evil.example"}:         403,
		{method: "POST", host: "127.0.0.1:80", origin: "https://plant.example"}:                    200, // a proxy that names us otherwise
		{method: "POST", host: "plant.example", origin: "https://plant.example"}:                   200,
		{method: "POST", host: "127.0.0.1:80", site: "cross-site"}:                                 403,
		{method: "POST", host: "127.0.0.1:80", site: "same-origin", origin: "http://127.0.0.1:80"}: 200,
		{method: "GET", host: "127.0.0.1:80", site: "cross-site"}:                                  200, // a person follows a link
		{method: "DELETE", host: "127.0.0.1:80"}:                                                   200, // no browser
		{method: "POST", host: "127.0.0.1:80", origin: "http://127.0.0.1:80", site: "cross-site"}:  200,
	} {
		next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
		local := &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 80}
		asked := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, local), r.method, "/", http.NoBody)
		asked.Host = r.host
		for name, value := range map[string]string{"Origin": r.origin, "Sec-Fetch-Site": r.site} {
			if value != "" {
				asked.Header.Set(name, value)
			}
		}
		answer := httptest.NewRecorder()
		g.Handler(next).ServeHTTP(answer, asked)
		if answer.Code != want || want != 200 && strings.TrimSpace(answer.Body.String()) == "" {
			t.Errorf("%+v: %d %s, want %d", r, answer.Code, answer.Body, want)
		}
	}
}

func TestGuardAnswersAsTheServiceDoes(t *testing.T) {
	g := guard.Guard{Refuse: func(w http.ResponseWriter, status int, problem string) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte("{" + problem + "}"))
	}}
	asked := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	asked.Host = "evil.example"
	answer := httptest.NewRecorder()
	g.Handler(http.NotFoundHandler()).ServeHTTP(answer, asked)
	if answer.Code != 421 || !strings.HasPrefix(answer.Body.String(), `{this is not "evil.example"`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9": true, "[::1]:80": true, "::1": true, "localhost:80": true, "LOCALHOST": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "plant.example:80": false, "127.0.0.1.example": false, "": false, "10.0.0.1": false,
	} {
		if got := guard.Loopback(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
