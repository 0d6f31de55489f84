package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

// webUI is Temporal's web pages.
type webUI struct{ server *uiserver.Server }

// startUI returns when the pages of the server at address answer on url.
func startUI(ctx context.Context, address, url string, port int, options TemporalOptions) (*webUI, error) {
	ui := &webUI{server: uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: address,
		Host:                bracketed(options.IP),
		Port:                port,
		EnableUI:            true,
		DefaultNamespace:    options.Namespace,
		Codec:               uiconfig.Codec{Endpoint: options.CodecEndpoint},
		CORS:                uiconfig.CORS{CookieInsecure: true},
		DisableNewsFetch:    true,
		HideLogs:            true,
	}))}
	go func() {
		if err := ui.server.Start(); err != nil {
			options.Logger.Error("Temporal's web pages do not start", "error", err)
		}
	}()
	err := poll(ctx, 10*time.Second, func(ctx context.Context) error { return answers(ctx, url+"/") })
	if err != nil {
		ui.Stop()
		return nil, fmt.Errorf("start Temporal's web pages: %w", err)
	}
	return ui, nil
}

// Stop closes the pages and the connections to them.
func (u *webUI) Stop() { u.server.Stop() }

// bracketed writes an IP address as it stands before a port.
func bracketed(ip string) string {
	if strings.Contains(ip, ":") {
		return "[" + ip + "]"
	}
	return ip
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
