package serve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/postgres/pgtest"
)

func TestServeRefusesToBeReached(t *testing.T) {
	t.Setenv("SLUSS_API_ADDRESS", "0.0.0.0:8090")
	if err := API(t.Context(), "", io.Discard); !errors.As(err, new(UsageError)) || !strings.Contains(err.Error(), "api.token_file") {
		t.Errorf("%v", err)
	}
}

// served starts what listens, and returns the URL that it tells and what ends
// it.
func served(t *testing.T, serve func(ctx context.Context, told io.Writer) error) (url string, end context.CancelFunc, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, write)
		_ = write.Close()
		done <- err
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("it does not say where it listens: %v", err)
	}
	_, url, _ = strings.Cut(strings.TrimSpace(line), "listening on ")
	return url, cancel, done
}

func TestRequestsUnderWayAreFinished(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		_, _ = io.WriteString(w, "done")
	})
	url, end, ended := served(t, func(ctx context.Context, told io.Writer) error { return listen(ctx, told, "x", "127.0.0.1:0", handler) })
	body := make(chan string, 1)
	go func() {
		r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, url, nil)
		if err != nil {
			body <- err.Error()
			return
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			body <- err.Error()
			return
		}
		defer response.Body.Close()
		data, _ := io.ReadAll(response.Body)
		body <- string(data)
	}()
	<-arrived
	end()
	close(release)
	if got := <-body; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAddressInUseIsSaid(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	if err := listen(t.Context(), io.Discard, "api.address", other.Listener.Addr().String(), nil); !errors.As(err, new(UsageError)) || !strings.Contains(err.Error(), "api.address") {
		t.Errorf("%v", err)
	}
}

func TestCodecServesTheUI(t *testing.T) {
	t.Setenv("SLUSS_ENCRYPTION_KEY", strings.Repeat("0f", 32))
	url, end, ended := served(t, func(ctx context.Context, told io.Writer) error {
		return Codec(ctx, "", "127.0.0.1:0", "http://127.0.0.1:8233/", told)
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, url+"/decode", nil)
	must(t, err)
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	must(t, response.Body.Close())
	if got := response.Header.Get("Access-Control-Allow-Origin"); got != "http://127.0.0.1:8233" {
		t.Errorf("origin %q", got)
	}
	end()
	must(t, <-ended)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestServingForNobodyIsSaid, until a company is entered that holds.
func TestServingForNobodyIsSaid(t *testing.T) {
	l, err := ledger.Open(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	said := func() string {
		var told bytes.Buffer
		warnOfNobody(t.Context(), l, slog.New(slog.NewTextHandler(&told, nil)))
		return told.String()
	}
	if text := said(); text != "" {
		t.Errorf("before the ledger is migrated: %s", text)
	}
	if err := l.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const warning = "every declaration is refused"
	if text := said(); !strings.Contains(text, warning) {
		t.Errorf("with nobody: %s", text)
	}
	if _, _, err := l.AddCompany(t.Context(), sluss.Company{Country: "SE", ID: "5560069618", Name: "A"}); err != nil {
		t.Fatal(err)
	}
	if text := said(); text != "" {
		t.Errorf("with a company: %s", text)
	}
	if _, err := l.EndCompany(t.Context(), "", "SE", "5560069618", sluss.Ending{At: time.Now(), Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	if text := said(); !strings.Contains(text, warning) {
		t.Errorf("once it has ended: %s", text)
	}
}
