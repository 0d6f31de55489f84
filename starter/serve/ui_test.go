package serve

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUIIsReachedByItsOwnPagesOnly(t *testing.T) {
	t.Setenv("SLUSS_HOSTS", "temporal.plant.example")
	ui := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Method+" "+r.URL.RequestURI()+" as "+r.Host)
	}))
	t.Cleanup(ui.Close)
	address, end, ended := served(t, func(ctx context.Context, told io.Writer) error {
		return UI(ctx, "", "127.0.0.1:0", ui.URL+"/", told)
	})
	for _, test := range []struct {
		method, host, origin string
		want                 int
	}{
		{http.MethodGet, "", "", http.StatusOK},
		{http.MethodPost, "", address, http.StatusOK},
		{http.MethodPost, "temporal.plant.example", "https://temporal.plant.example", http.StatusOK},
		{http.MethodGet, "evil.example", "", http.StatusMisdirectedRequest},
		{http.MethodPost, "", "https://evil.example", http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, address+"/api/v1/namespaces?x=a%2Fb", http.NoBody)
		must(t, err)
		r.Host = test.host
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		response, err := http.DefaultClient.Do(r)
		must(t, err)
		body, err := io.ReadAll(response.Body)
		must(t, err)
		must(t, response.Body.Close())
		if response.StatusCode != test.want || test.want == http.StatusOK && !strings.HasPrefix(string(body), test.method+" /api/v1/namespaces?x=a%2Fb as "+test.host) {
			t.Errorf("%+v: %s %s", test, response.Status, body)
		}
	}
	end()
	must(t, <-ended)
	for _, to := range []string{"", "nowhere"} {
		if err := UI(t.Context(), "", "127.0.0.1:0", to, io.Discard); !errors.As(err, new(UsageError)) {
			t.Errorf("%q: %v", to, err)
		}
	}
}
