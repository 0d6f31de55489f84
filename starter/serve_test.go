package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss/config"
)

func TestOthersNeedAToken(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for name, test := range map[string]struct {
		api   config.API
		token string
		ok    bool
	}{
		"loopback":           {config.API{Address: "127.0.0.1:8090"}, "", true},
		"loopback 6":         {config.API{Address: "[::1]:8090"}, "", true},
		"localhost":          {config.API{Address: "localhost:8090"}, "", true},
		"all":                {config.API{Address: "0.0.0.0:8090"}, "", false},
		"all, short":         {config.API{Address: ":8090"}, "", false},
		"name":               {config.API{Address: "sluss.example:8090"}, "", false},
		"all with token":     {config.API{Address: ":8090", TokenFile: file("token", " s3cret\n")}, "s3cret", true},
		"empty token":        {config.API{Address: "127.0.0.1:8090", TokenFile: file("empty", "\n")}, "", false},
		"token file missing": {config.API{Address: "127.0.0.1:8090", TokenFile: filepath.Join(dir, "none")}, "", false},
	} {
		if token, err := apiToken(test.api); token != test.token || (err == nil) != test.ok || err != nil && exitCode(err) != exitUsage {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}

func TestServeRefusesToBeReached(t *testing.T) {
	t.Setenv("SLUSS_API_ADDRESS", "0.0.0.0:8090")
	if code, _, errs := try(t, "serve"); code != exitUsage || !strings.Contains(errs, "api.token_file") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// served starts what listens, and returns the URL that it tells and what ends
// it.
func served(t *testing.T, serve func(ctx context.Context, s *starter) error) (url string, end context.CancelFunc, ended <-chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, &starter{in: strings.NewReader(""), out: io.Discard, err: write, zone: winter, now: time.Now})
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
	url, end, ended := served(t, func(ctx context.Context, s *starter) error { return s.listen(ctx, "x", "127.0.0.1:0", handler) })
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
	s := &starter{err: io.Discard}
	if err := s.listen(t.Context(), "api.address", other.Listener.Addr().String(), nil); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "api.address") {
		t.Errorf("%v", err)
	}
}

func TestCodecServesTheUI(t *testing.T) {
	t.Setenv("SLUSS_ENCRYPTION_KEY", strings.Repeat("0f", 32))
	url, end, ended := served(t, func(ctx context.Context, s *starter) error {
		if code := s.run(ctx, []string{"codec", "--address", "127.0.0.1:0", "--origin", "http://127.0.0.1:8233/"}); code != exitOK {
			t.Errorf("exit %d", code)
		}
		return nil
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
