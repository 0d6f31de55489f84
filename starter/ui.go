package main

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss/guard"
)

func (s *starter) uiVerb() *cli.Command {
	return &cli.Command{
		Name: "ui", Usage: "let browsers of this machine at a Temporal UI, and no pages of strangers, until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("A Temporal UI answers under any name, so that a page elsewhere can act in it through a browser. Publish this in its place.",
			"starter ui --to http://temporal-ui:8080",
			"SLUSS_HOSTS=temporal.plant.example starter ui --to http://127.0.0.1:8080 --address 127.0.0.1:8233"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "address", Usage: "listen on `HOST:PORT`", Value: "127.0.0.1:8233"},
			&cli.StringFlag{Name: "to", Usage: "`URL` of the Temporal UI, which nobody else should reach"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			conf, err := configuration(c)
			if err != nil {
				return err
			}
			to, err := url.Parse(strings.TrimSuffix(c.String("to"), "/"))
			if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
				return usagef("where is the Temporal UI? give --to URL, such as http://127.0.0.1:8080")
			}
			return s.listen(c.Context, "--address", c.String("address"), s.uiProxy(to, conf.Hosts))
		},
	}
}

func (s *starter) uiProxy(to *url.URL, hosts []string) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // of which the UI makes its links
		},
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(s.err, nil), slog.LevelWarn),
	}
	return guard.Guard{Hosts: hosts}.Handler(proxy)
}
