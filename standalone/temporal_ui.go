package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	uiapi "github.com/temporalio/ui-server/v2/server/api"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/headers"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"

	"sluss/guard"
)

// webUI is Temporal's web pages.
type webUI struct{ server *http.Server }

// startUI serves the pages of the server at address on the listener, and returns
// when they answer on url.
func startUI(ctx context.Context, address, url string, listener net.Listener, options TemporalOptions) (*webUI, error) {
	pages, err := uiPages(&uiconfig.Config{
		TemporalGRPCAddress: address,
		EnableUI:            true,
		DefaultNamespace:    options.Namespace,
		Codec:               uiconfig.Codec{Endpoint: options.CodecEndpoint},
		DisableNewsFetch:    true,
		HideLogs:            true,
	})
	if err != nil {
		return nil, fmt.Errorf("set up Temporal's web pages: %w", err)
	}
	door := guard.Guard{Hosts: options.Hosts}
	u := &webUI{&http.Server{Handler: door.Handler(pages), ReadHeaderTimeout: 10 * time.Second}}
	go func() {
		if err := u.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			options.Logger.Error("Temporal's web pages ended", "error", err)
		}
	}()
	err = poll(ctx, 10*time.Second, func(ctx context.Context) error { return answers(ctx, url+"/") })
	if err != nil {
		u.Stop()
		return nil, fmt.Errorf("start Temporal's web pages: %w", err)
	}
	return u, nil
}

// uiPages are the pages and the API that they use, assembled as in the UI's own
// server. That server opens its own port, without a guard, and ends the process if it
// cannot.
func uiPages(c *uiconfig.Config) (http.Handler, error) {
	provider, err := uiconfig.NewConfigProviderWithRefresh(c)
	if err != nil {
		return nil, err
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, err
	}
	e := echo.New()
	const overHTTPS = false
	e.Use(middleware.Recover(), middleware.Gzip(), middleware.Secure(),
		csrf.EnsureTokenCookie(overHTTPS), middleware.CSRFWithConfig(csrf.MiddlewareConfig(provider, overHTTPS)))
	route.SetHealthRoute(e)
	forwarded := []uiapi.Middleware{headers.WithForwardHeaders([]string{"Caller-Type"})}
	if err := route.SetAPIRoutes(e, provider, forwarded); err != nil {
		return nil, err
	}
	if err := route.SetUIRoutes(e, c.PublicPath, assets, provider); err != nil {
		return nil, err
	}
	route.SetRenderRoute(e, "/")
	return e, nil
}

// Stop closes the pages and the connections to them.
func (u *webUI) Stop() { _ = u.server.Close() }

// hostOf is the name that a URL calls its host.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
