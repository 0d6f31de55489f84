package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/config"
	"sluss/examples"
	"sluss/postgres/pgtest"
)

// TestInstallationAsConfigured starts an installation with a file that has only registries,
// and another one with a file that has nearly everything.
func TestInstallationAsConfigured(t *testing.T) {
	needPostgres(t)
	clearEnvironment(t)
	simulated := simulate(t)
	t.Run("registries only", func(t *testing.T) {
		o := options(t, simulated)
		for i, reference := range []string{"GIVEN-1", "GIVEN-2"} { // the second time on the same folder
			h := open(t, o)
			if h.Simulators != nil {
				t.Error("simulators run beside the registries that are configured")
			}
			c := effective(t, h)
			if c.Settle != 70*time.Second || c.Temporal.Address != h.temporal.Address() || c.Temporal.UI != h.UIURL || "http://"+c.API.Address != h.APIURL {
				t.Errorf("start %d: effective are %+v", i+1, c)
			}
			fileBatch(t, h, reference)
			encrypted(t, h, reference)
			h.Close()
		}
	})
	t.Run("all but Temporal", func(t *testing.T) {
		// A password that is not used, but must reach other processes.
		database, err := url.Parse(pgtest.Database(t))
		must(t, err)
		database.User = url.UserPassword(database.User.Username(), "hemligt")
		dir := t.TempDir()
		must(t, writeFiles(dir, map[string][]byte{
			"database": []byte(database.String()), "key": []byte(strings.Repeat("1f", 32)), "token": []byte("a token of the plant"),
		}))
		free, err := listenFree(t.Context(), loopback, 0)
		must(t, err)
		port := free.Addr().(*net.TCPAddr).Port
		must(t, free.Close())
		o := options(t, fmt.Sprintf(`
database_file: %[1]s/database
settle: 3s
temporal: {namespace: plant, encryption_key_file: %[1]s/key}
api: {address: "127.0.0.1:%[2]d", token_file: %[1]s/token}
%[3]s`, dir, port, simulated))
		o.SettleUnlessGiven = time.Hour
		h := open(t, o)
		if h.cluster != nil {
			t.Error("a PostgreSQL of our own runs next to the one that is configured")
		}
		c := effective(t, h)
		if c.Database != database.String() || c.Settle != 3*time.Second || h.Service.Policy.Settle != 3*time.Second || c.Temporal.Namespace != "plant" || h.APIURL != "http://127.0.0.1:"+strconv.Itoa(port) {
			t.Errorf("effective are %+v", c)
		}
		for token, want := range map[string]int{"": http.StatusUnauthorized, "a token of the plant": http.StatusOK} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.APIURL+"/api/batches", nil)
			must(t, err)
			if token != "" {
				request.Header.Set("Authorization", "Bearer "+token)
			}
			response, err := http.DefaultClient.Do(request)
			must(t, err)
			must(t, response.Body.Close())
			if response.StatusCode != want {
				t.Errorf("with the token %q the API answers %s", token, response.Status)
			}
		}
		fileBatch(t, h, "GIVEN-3")
		encrypted(t, h, "GIVEN-3")

		// Temporal elsewhere, too: that of the first installation.
		worker := options(t, fmt.Sprintf(`
database_file: %[1]s/database
temporal: {address: %[2]q, namespace: plant, ui: "http://127.0.0.1:1", encryption_key_file: %[1]s/key}
%[3]s`, dir, c.Temporal.Address, simulated))
		h.stopEngine()
		second := open(t, worker)
		if second.temporal != nil || second.UIURL != "http://127.0.0.1:1" {
			t.Errorf("a Temporal of our own runs at %s next to the one that is configured", second.UIURL)
		}
		fileBatch(t, second, "GIVEN-4")

		worker.Data = folder(t)
		must(t, os.WriteFile(worker.Config, []byte(fmt.Sprintf("temporal: {address: %q, namespace: nowhere}\n%s", c.Temporal.Address, simulated)), 0o600))
		if _, err := OpenInstallation(t.Context(), worker); err == nil || !strings.Contains(err.Error(), "no namespace nowhere") {
			t.Errorf("a namespace that is not there: %v", err)
		}
	})
}

// TestSecretsOfTheEnvironmentReachOtherProcesses, which may run without it.
func TestSecretsOfTheEnvironmentReachOtherProcesses(t *testing.T) {
	needPostgres(t)
	clearEnvironment(t)
	t.Setenv("SLUSS_ENCRYPTION_KEY", strings.Repeat("2e", 32))
	t.Setenv("SLUSS_AUTOSYS_KEY", "not-told")
	h := open(t, options(t, simulate(t)))
	ids := func(c config.Config) string {
		ids, err := c.Temporal.KeyIDs()
		must(t, err)
		return strings.Join(ids, " ")
	}
	with := effective(t, h)
	t.Setenv("SLUSS_ENCRYPTION_KEY", "")
	without := effective(t, h)
	if ids(without) != ids(with) || ids(with) == "" {
		t.Errorf("the keys are %q with the environment, %q without", ids(with), ids(without))
	}
	text, err := os.ReadFile(h.ConfigFile)
	must(t, err)
	if !strings.Contains(string(text), "SLUSS_AUTOSYS_KEY") || strings.Contains(string(text), "not-told") || strings.Contains(string(text), strings.Repeat("2e", 32)) {
		t.Errorf("the configuration is\n%s", text)
	}
}

// TestAllFaultsAreToldBeforeAnythingStarts tries files and options that are wrong in many ways.
func TestAllFaultsAreToldBeforeAnythingStarts(t *testing.T) {
	clearEnvironment(t)
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = taken.Close() }()
	port := taken.Addr().(*net.TCPAddr).Port
	for name, test := range map[string]struct {
		file  string
		set   func(o *Options)
		wants []string
	}{
		"a broken file": {
			`
settle: ten
temporal: {adress: "127.0.0.1:7233", tls: {certificate_file: x}}
registries: {autosys: {reserve: many}, trackdechets: {enviroment: test}}`, nil,
			[]string{
				"settle: line 2", "temporal.adress: line 3: there is no such key", "temporal.tls.certificate_file: line 3", "temporal.tls: it is for a Temporal service elsewhere",
				"registries.autosys.reserve: line 4", "registries.trackdechets.enviroment: line 4",
			},
		},
		"registries that cannot be opened": {
			`
settle: -1s
registries: {autosys: {quota: plenty}, avfallsregistret: {environment: tst}}`, nil,
			[]string{"settle: line 2", "registries.autosys.quota: ", "registries.avfallsregistret.environment: ", "registries.avfallsregistret.reporter.name: "},
		},
		"taken ports":             {"", func(o *Options) { o.Port = port }, []string{fmt.Sprintf("port %d, for the JSON API: address already in use", port)}},
		"one of the ports after":  {"", func(o *Options) { o.Port = port - uiPort }, []string{fmt.Sprintf("port %d, for Temporal's UI: address already in use", port)}},
		"a taken address":         {fmt.Sprintf("api: {address: 127.0.0.1:%d}", port), nil, []string{"api.address: address already in use"}},
		"others without a token":  {"api: {address: 0.0.0.0:0}", nil, []string{"api.address: 0.0.0.0:0 can be reached by others"}},
		"a folder that goes away": {"registries: {}", func(o *Options) { o.Throwaway = true }, []string{"--data: real registries are configured"}},
		"its own file": {"", func(o *Options) {
			o.Config = filepath.Join(o.Data, effectiveFile)
			must(t, os.WriteFile(o.Config, nil, 0o600))
		}, []string{"--config: ", "is written anew at each start"}},
		"two databases": {"", func(o *Options) {
			t.Setenv("DATABASE_URL", "postgres://a@127.0.0.1/one")
			o.Database = "postgres://a@127.0.0.1/two"
		}, []string{"--database: DATABASE_URL names another one"}},
		"two durations": {"", func(o *Options) {
			t.Setenv("SLUSS_SETTLE", "9s")
			o.Settle = 8 * time.Second
		}, []string{"--settle: SLUSS_SETTLE says something else"}},
	} {
		t.Run(name, func(t *testing.T) {
			clearEnvironment(t)
			o := options(t, test.file)
			if test.set != nil {
				test.set(&o)
			}
			h, err := OpenInstallation(t.Context(), o)
			if err == nil {
				h.Close()
				t.Fatal("it was opened")
			}
			for _, want := range test.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwant %q in it", err, want)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(o.Data, "postgres*")); len(left) > 0 {
				t.Errorf("it has begun already: %v", left)
			}
		})
	}
}

// TestEveryRegistryIsSimulated, at ports that follow each other: first those of the
// registries, then those of their records.
func TestEveryRegistryIsSimulated(t *testing.T) {
	simulators, err := StartSimulators(t.Context(), t.TempDir(), loopback, 0)
	must(t, err)
	defer simulators.Stop()
	var part struct{ Registries map[string]any }
	must(t, yaml.Unmarshal([]byte("registries:\n"+simulators.settings), &part))
	taken := map[int]string{}
	for i, name := range sluss.Registries() {
		if part.Registries[name] == nil || simulators.Admin[name] == "" {
			t.Errorf("%s has no simulator with records: %v, %v", name, part.Registries, simulators.Admin)
		}
		for _, port := range []int{i, recordsPort(i)} {
			if other := taken[port]; other != "" {
				t.Errorf("port %d is that of %s and of %s", port, other, name)
			}
			taken[port] = name
		}
	}
}

// simulate runs registries in another process's place, and returns the part of
// the configuration about them.
func simulate(t *testing.T) string {
	t.Helper()
	simulators, err := StartSimulators(context.WithoutCancel(t.Context()), t.TempDir(), loopback, 0)
	must(t, err)
	t.Cleanup(simulators.Stop)
	return string(examples.Represented) + "registries:\n" + simulators.settings
}

// options are those of an installation with a file that has the text; without a file,
// if there is no text.
func options(t *testing.T, file string) Options {
	t.Helper()
	o := Options{Data: folder(t), IP: loopback, Say: t.Logf}
	if file != "" {
		o.Config = filepath.Join(t.TempDir(), "plant.yaml")
		must(t, os.WriteFile(o.Config, []byte(file), 0o600))
	}
	return o
}

// folder is a folder for an installation's data, which stays until the test ends.
func folder(t *testing.T) string {
	t.Helper()
	f := flags{Options: Options{Data: filepath.Join(t.TempDir(), "data")}}
	_, err := f.dataFolder()
	must(t, err)
	return f.Data
}

func open(t *testing.T, o Options) *Installation {
	t.Helper()
	h, err := OpenInstallation(context.WithoutCancel(t.Context()), o)
	must(t, err)
	t.Cleanup(h.Close)
	return h
}

func effective(t *testing.T, h *Installation) config.Config {
	t.Helper()
	c, err := config.Load(h.ConfigFile)
	must(t, err)
	return c
}

// fileBatch files a batch at the Swedish registry, by any worker.
func fileBatch(t *testing.T, h *Installation, reference string) {
	t.Helper()
	d := example(t, "se-waste-oil", reference)
	h.declare(t, d)
	h.report(t, d, "pickedUp#1", "received", "accepted", "treated")
	h.awaitClosed(t, d)
}

// encrypted checks that nothing in the histories of a batch is in clear but what
// Temporal searches for.
func encrypted(t *testing.T, h *Installation, reference string) {
	t.Helper()
	for _, id := range []string{string(sluss.NewBatchID("", reference))} {
		seen := 0
		events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			must(t, err)
			must(t, proxy.VisitPayloads(t.Context(), event, proxy.VisitPayloadsOptions{
				SkipSearchAttributes: true,
				Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
					for _, p := range payloads {
						if seen++; string(p.GetMetadata()["encoding"]) != "binary/encrypted" {
							return nil, fmt.Errorf("%s, %s: in clear is %s", id, event.GetEventType(), p)
						}
					}
					return payloads, nil
				},
			}))
		}
		if seen < 5 {
			t.Errorf("%s has %d payloads only", id, seen)
		}
	}
}
