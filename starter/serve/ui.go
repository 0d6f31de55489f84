package serve

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"sluss/guard"
)

// UI is a proxy for the Temporal UI at that URL that refuses requests from pages of
// other sites, until the context ends.
func UI(ctx context.Context, file, address, ui string, out io.Writer) error {
	conf, err := load(file)
	if err != nil {
		return err
	}
	to, err := url.Parse(strings.TrimSuffix(ui, "/"))
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return usagef("where is the Temporal UI? give --to URL, such as http://127.0.0.1:8080")
	}
	return listen(ctx, out, "--address", address, proxy(to, conf.Hosts, out))
}

func proxy(to *url.URL, hosts []string, out io.Writer) http.Handler {
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // the UI makes its links from it
		},
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(out, nil), slog.LevelWarn),
	}
	return guard.Guard{Hosts: hosts}.Handler(forward)
}
