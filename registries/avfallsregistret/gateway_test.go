package avfallsregistret_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

var formats = map[string]sim.Format{"XML": sim.XML, "JSON": sim.JSON, "HTML": sim.HTML}

func TestGatewayErrorsInEveryFormat(t *testing.T) {
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			s := removal(example(t, "se-waste-oil"))
			options := sim.Options{GatewayErrors: format}

			wrong := open(t, options, func(o *avfallsregistret.Options) { o.Secret = "wrong" })
			o, exchange, err := wrong.Submit(t.Context(), s)
			wantOperator(t, o, err)
			if exchange.Operation != "POST /oauth2/token" || exchange.Status != 401 || strings.Contains(exchange.Request+exchange.Response, "wrong") {
				t.Errorf("exchange %+v", exchange)
			}

			d := open(t, options)
			for _, f := range []sim.Fault{{Kind: sim.TokenExpired, Count: 2}, {Kind: sim.Down, Status: 400}, {Kind: sim.Down, Status: 403}} {
				d.fault(t, f)
				o, _, err := d.Submit(t.Context(), s)
				wantOperator(t, o, err)
			}
			d.fault(t, sim.Fault{Kind: sim.TooMany, RetryAfterSeconds: 3})
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Deferred || !o.Throttled {
				t.Errorf("429: %+v, %v", o, err)
			}
			d.fault(t, sim.Fault{Kind: sim.FailedAfter, Status: 502})
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
				t.Errorf("502: %+v, %v", o, err)
			}
			// A 503 without a time means that nothing was passed on only if the gateway's own
			// code can be read.
			d.fault(t, sim.Fault{Kind: sim.Down})
			want := sluss.Deferred
			if format == sim.HTML {
				want = sluss.Unknown
			}
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != want {
				t.Errorf("503: %+v, %v; want %s", o, err, want)
			}
			if n := len(d.Notes()); n != 1 {
				t.Errorf("records hold %d, want the one that failed after", n)
			}
		})
	}
}

func TestQuotaOfTheRegistry(t *testing.T) {
	for name, silent := range map[string]bool{"with time": false, "silent": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{Quota: sim.Quota{Calls: 1, Per: 10 * time.Second, SilentRefusal: silent}})
			s := removal(example(t, "se-waste-oil"))
			accepted(t, d, s)
			o, _, err := d.Submit(t.Context(), s)
			want := 10 * time.Second
			if silent {
				want = time.Minute
			}
			if left := time.Until(o.NotBefore); err != nil || o.Kind != sluss.Deferred || !o.Throttled || left > want || left < want-9*time.Second {
				t.Errorf("%+v, %v, in %s", o, err, left)
			}
		})
	}
}

func TestMissingSystemIDIsTheOperators(t *testing.T) {
	d := open(t, sim.Options{}, func(o *avfallsregistret.Options) { o.SystemID = " " })
	o, _, err := d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
	wantOperator(t, o, err)
}

func TestNothingLeftThisMachine(t *testing.T) {
	registry, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := removal(example(t, "se-waste-oil"))
	for name, url := range map[string]string{"refused": "https://" + unused(t), "no such host": "https://registret.invalid"} {
		t.Run(name, func(t *testing.T) {
			client, err := avfallsregistret.New(clientOptions(t, registry, url))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []func(context.Context, sluss.Submission) (sluss.Outcome, sluss.Exchange, error){client.Submit, client.Find} {
				o, exchange, err := call(t.Context(), s)
				if !errors.Is(err, sluss.ErrNotSent) || errors.Is(err, sluss.ErrOperator) || o.Kind != "" || exchange.Status != 0 || exchange.Ended.IsZero() {
					t.Errorf("%+v, %+v, %v", o, exchange, err)
				}
			}
		})
	}
}

// The registry becomes unreachable after the token was fetched: nothing was sent.
func TestRegistryGoneAfterTheToken(t *testing.T) {
	registry, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tokens := serve(t, registry, registry)
	client, err := avfallsregistret.New(clientOptions(t, registry, tokens, func(o *avfallsregistret.Options) { o.BaseURL = "https://" + unused(t) + sim.BasePath }))
	if err != nil {
		t.Fatal(err)
	}
	o, exchange, err := client.Submit(t.Context(), removal(example(t, "se-waste-oil")))
	if !errors.Is(err, sluss.ErrNotSent) || o.Kind != "" || exchange.Operation != "POST /transportplaneringar" || exchange.Request == "" {
		t.Errorf("%+v, %+v, %v", o, exchange, err)
	}
}

func unused(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func TestCancelledBeforeTheCall(t *testing.T) {
	d := open(t, sim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o, _, err := d.Submit(ctx, removal(example(t, "se-waste-oil"))); !errors.Is(err, sluss.ErrNotSent) || o.Kind != "" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestCallersDeadlineIsHonoured(t *testing.T) {
	d := open(t, sim.Options{})
	d.fault(t, sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 60_000})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	o, _, err := d.Submit(ctx, removal(example(t, "se-waste-oil")))
	if err != nil || o.Kind != sluss.Unknown || len(d.Notes()) != 1 {
		t.Errorf("%+v, %v, records %d", o, err, len(d.Notes()))
	}
}

func TestHandshakesThatFailAreTheOperators(t *testing.T) {
	registry, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := sim.NewAuthority(sim.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, registry, registry)
	plain := httptest.NewUnstartedServer(registry)
	plain.Config.ErrorLog = log.New(io.Discard, "", 0)
	plain.Start()
	t.Cleanup(plain.Close)
	for name, change := range map[string]func(*avfallsregistret.Options){
		"our certificate is of a stranger": func(o *avfallsregistret.Options) {
			o.Certificate, err = stranger.ClientCertificate(refinery.ID, refinery.Name)
			if err != nil {
				t.Fatal(err)
			}
		},
		"theirs is": func(o *avfallsregistret.Options) { o.Authorities = stranger.Pool() },
		"no HTTPS": func(o *avfallsregistret.Options) {
			o.TokenURL = strings.Replace(plain.URL, "http:", "https:", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := avfallsregistret.New(clientOptions(t, registry, url, change))
			if err != nil {
				t.Fatal(err)
			}
			o, _, err := client.Submit(t.Context(), removal(example(t, "se-waste-oil")))
			wantOperator(t, o, err)
		})
	}
}

// A gateway in front of the registry that behaves as the simulator cannot.
func behind(t *testing.T, handle func(w http.ResponseWriter, r *http.Request, registry *sim.Registry)) service {
	t.Helper()
	registry, err := sim.New(sim.Options{Now: func() time.Time { return evening }})
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, registry, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handle(w, r, registry) }))
	client, err := avfallsregistret.New(clientOptions(t, registry, url))
	if err != nil {
		t.Fatal(err)
	}
	return service{registry, client, url, nil}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	var calls atomic.Int32
	d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
		if r.URL.Path == sim.TokenPath {
			registry.ServeHTTP(w, r)
			return
		}
		calls.Add(1)
		http.Redirect(w, r, sim.BasePath+"/transporter", http.StatusTemporaryRedirect)
	})
	o, _, err := d.Submit(t.Context(), carriage(example(t, "se-waste-oil"), 1, nil))
	if err != nil || o.Kind != sluss.Unknown || calls.Load() != 1 {
		t.Errorf("%+v, %v after %d calls", o, err, calls.Load())
	}
}

func TestLongAnswerIsCut(t *testing.T) {
	d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
		if r.URL.Path == sim.TokenPath {
			registry.ServeHTTP(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"avfallId":"072f294c-9e70-4cf6-b6a3-139922067ddc","x":"`+strings.Repeat("\x00", 1<<20)+`"}`)
	})
	o, exchange, err := d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
	if err != nil || o.Kind != sluss.Unknown || strings.Contains(exchange.Response, "\x00") || len(exchange.Response) > 1<<20 {
		t.Errorf("%+v, %v, response of %d", o, err, len(exchange.Response))
	}
}

func TestManyAtOnceFetchOneToken(t *testing.T) {
	var tokens atomic.Int32
	d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
		if r.URL.Path == sim.TokenPath {
			tokens.Add(1)
		}
		registry.ServeHTTP(w, r)
	})
	s := removal(example(t, "se-waste-oil"))
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Accepted {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
	wait.Wait()
	if tokens.Load() != 1 || len(d.Notes()) != 20 {
		t.Errorf("%d tokens, %d notes", tokens.Load(), len(d.Notes()))
	}
}

func TestAnswersOfTheTokenEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"down":         {503, "", sluss.ErrNotSent},
		"too many":     {429, "", sluss.ErrNotSent},
		"HTML":         {200, "<html>", sluss.ErrNotSent},
		"no token":     {200, `{"access_token":""}`, sluss.ErrNotSent},
		"refused":      {400, `{"error":"invalid_client"}`, sluss.ErrOperator},
		"moved":        {302, "", sluss.ErrOperator},
		"no such path": {404, "", sluss.ErrOperator},
	} {
		t.Run(name, func(t *testing.T) {
			d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
				if r.URL.Path != sim.TokenPath {
					registry.ServeHTTP(w, r)
					return
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			o, exchange, err := d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
			if !errors.Is(err, c.want) || exchange.Status != c.status || len(d.Notes()) != 0 || o.Kind != "" {
				t.Errorf("%+v, %+v, %v", o, exchange, err)
			}
			if strings.Contains(exchange.Response, "access_token") {
				t.Errorf("a credential is kept: %+v", exchange)
			}
		})
	}
}

func TestLostTokenAnswerIsNotSent(t *testing.T) {
	d := open(t, sim.Options{})
	d.fault(t, sim.Fault{Kind: sim.LostRequest, Path: sim.TokenPath})
	o, _, err := d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
	if !errors.Is(err, sluss.ErrNotSent) || o.Kind != "" || len(d.Notes()) != 0 {
		t.Errorf("%+v, %v", o, err)
	}
}
