package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/config"
	"sluss/examples"
	"sluss/guard"
	"sluss/registries"
)

// effectiveFile holds the configuration as it came about, in the data folder.
const effectiveFile = "effective.yaml"

// configure starts what is not configured, and writes the complete configuration to a
// file: standalone itself and every other process read the same.
func (h *Installation) configure(ctx context.Context, o Options, log *slog.Logger) (c config.Config, err error) {
	if c, err = o.given(ctx); err != nil {
		return c, err
	}
	c.Settle = cmp.Or(c.Settle, o.SettleUnlessGiven)
	if c.Temporal.KeyFile == "" && c.Temporal.Key == "" {
		if c.Temporal.KeyFile, err = random(o.Data, "encryption.key"); err != nil {
			return c, err
		}
	}
	if c.Database == "" {
		if c.Database, err = h.startPostgres(ctx, o); err != nil {
			return c, err
		}
	}
	if c.Registries.IsZero() {
		if err := h.startSimulators(ctx, o, &c); err != nil {
			return c, err
		}
		if len(c.Companies)+len(c.Mandates) == 0 {
			if c.Companies, c.Mandates, err = config.ReadRepresented(examples.Represented); err != nil {
				return c, err
			}
		}
	}
	if err := h.findTemporal(ctx, o, &c, log); err != nil {
		return c, err
	}
	if err := h.reserveAPI(ctx, o, &c); err != nil {
		return c, err
	}
	h.ConfigFile = filepath.Join(o.Data, effectiveFile)
	if err := c.Write(h.ConfigFile, heading(os.Environ())); err != nil {
		return c, err
	}
	return config.Load(h.ConfigFile) // as every other process reads it
}

// given is what options, environment and file set. The error has everything that is
// wrong with it, and with the ports, before anything is started.
func (o Options) given(ctx context.Context) (config.Config, error) {
	c, err := config.Given(o.Config)
	var faults sluss.Faults
	if err != nil && !errors.As(err, &faults) {
		return c, err
	}
	fault := func(field, problem, remedy string) {
		faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	if effective := filepath.Join(o.Data, effectiveFile); o.Config != "" && same(o.Config, effective) {
		fault("--config", effective+" is written anew at each start", "name another file, or leave --config out: this one is made from it")
	}
	if !c.Registries.IsZero() && o.Throwaway {
		fault("--data", "real registries are configured, and what is filed there must be remembered", "name a folder that stays")
	}
	if c.Temporal.TLS != (config.TLS{}) && c.Temporal.Address == "" {
		fault("temporal.tls", "it is for a Temporal service elsewhere, and temporal.address is not given", "give both or neither")
	}
	if o.Database != "" {
		if c.Database != "" && c.Database != o.Database && os.Getenv("DATABASE_URL") != "" {
			fault("--database", "DATABASE_URL names another one, which starter would use", "unset it, or leave --database out")
		}
		c.Database, c.DatabaseFile = o.Database, ""
	}
	if o.Settle > 0 {
		if os.Getenv("SLUSS_SETTLE") != "" && c.Settle != o.Settle {
			fault("--settle", "SLUSS_SETTLE says something else, which starter would use", "unset it, or leave --settle out")
		}
		c.Settle = o.Settle
	}
	if _, err := c.API.Token(); c.API.Address != "" {
		faults = append(faults, faultsIn(err)...)
	}
	faults = append(faults, registryFaults(c)...)
	faults = append(faults, o.checkPorts(ctx, c)...)
	if len(faults) > 0 {
		return c, fmt.Errorf("configuration %s: %w", cmp.Or(o.Config, "(no file)"), faults)
	}
	return c, nil
}

func same(file, other string) bool {
	one, err := os.Stat(file)
	if err != nil {
		return false
	}
	two, err := os.Stat(other)
	return err == nil && os.SameFile(one, two)
}

// registryFaults is what is wrong with the registries' parts. No registry is called to find it.
func registryFaults(c config.Config) (faults sluss.Faults) {
	var parts registries.Config
	if err := c.ReadRegistries(&parts); err != nil {
		return faultsIn(err)
	}
	_, err := registries.Open(parts, nil)
	if err == nil {
		return nil
	}
	each := []error{err}
	if joined := (interface{ Unwrap() []error })(nil); errors.As(err, &joined) {
		each = joined.Unwrap()
	}
	for _, err := range each {
		part, text, _ := strings.Cut(err.Error(), ": ") // such as registries.autosys
		name := strings.TrimPrefix(part, "registries.")
		text = strings.TrimPrefix(strings.TrimPrefix(text, "registry "), name+": ")
		for line := range strings.Lines(text) {
			fault := sluss.Fault{Field: part, Problem: strings.TrimSpace(line)}
			if key, problem, ok := strings.Cut(fault.Problem, ": "); ok && keyShape.MatchString(key) {
				fault.Field, fault.Problem = part+"."+key, problem
			}
			faults = append(faults, fault)
		}
	}
	return faults
}

// keyShape is that of a key in the configuration.
var keyShape = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)*$`)

func faultsIn(err error) (faults sluss.Faults) {
	if err != nil && !errors.As(err, &faults) {
		faults = sluss.Faults{{Problem: err.Error()}}
	}
	return faults
}

// Ports after that of the API.
const (
	temporalPort = 1 + iota
	uiPort
	codecPort
	simulatorsPort = 10
)

// port is one of the ports after the API's; 0 (a free port) unless --port is given.
func (o Options) port(n int) int {
	if o.Port == 0 {
		return 0
	}
	return o.Port + n
}

// checkPorts checks that the ports to listen on are free.
func (o Options) checkPorts(ctx context.Context, c config.Config) (faults sluss.Faults) {
	wanted := map[string]int{"the JSON API": 0, "the codec": codecPort}
	if c.Temporal.Address == "" {
		wanted["Temporal"], wanted["Temporal's UI"] = temporalPort, uiPort
	}
	if c.API.Address != "" {
		delete(wanted, "the JSON API")
		if err := tryListening(ctx, c.API.Address); err != nil {
			faults = append(faults, sluss.Fault{Field: "api.address", Problem: err.Error(), Remedy: "end what listens there, or choose another port"})
		}
	}
	if c.Registries.IsZero() {
		for i, name := range sluss.Registries() {
			what := sluss.RegistryOf(name).Title
			wanted["the simulated "+what] = simulatorsPort + i
			wanted["the records of "+what] = simulatorsPort + recordsPort(i)
		}
	}
	if o.Port == 0 {
		return faults
	}
	for what, n := range wanted {
		if err := tryListening(ctx, net.JoinHostPort(o.IP, strconv.Itoa(o.port(n)))); err != nil {
			faults = append(faults, sluss.Fault{Field: "--port", Problem: fmt.Sprintf("port %d, for %s: %v", o.port(n), what, err), Remedy: "end what listens there, or choose another port"})
		}
	}
	slices.SortFunc(faults, func(a, b sluss.Fault) int { return cmp.Compare(a.Problem, b.Problem) })
	return faults
}

func tryListening(ctx context.Context, address string) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if system := (*os.SyscallError)(nil); errors.As(err, &system) {
		return system.Err
	}
	if err != nil {
		return err
	}
	return listener.Close()
}

// random is a file in the data folder with a random secret of 64 hex digits, created
// at the first start.
func random(data, name string) (file string, err error) {
	file = filepath.Join(data, name)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", err
	}
	return file, writeFiles(data, map[string][]byte{name: []byte(hex.EncodeToString(secret) + "\n")})
}

func (h *Installation) startSimulators(ctx context.Context, o Options, c *config.Config) (err error) {
	if h.Simulators, err = StartSimulators(ctx, filepath.Join(o.Data, "simulators"), o.IP, o.port(simulatorsPort)); err != nil {
		return err
	}
	o.Say("the simulators of the registries are ready")
	var part struct{ Registries yaml.Node }
	err = yaml.Unmarshal([]byte("registries:\n"+h.Simulators.settings), &part)
	c.Registries = part.Registries
	return err
}

// reserveAPI listens on the address of the API. If other machines can reach it,
// callers need a token.
func (h *Installation) reserveAPI(ctx context.Context, o Options, c *config.Config) (err error) {
	if c.API.Address == "" {
		h.api, h.APIURL, err = h.reserve(ctx, o.IP, o.port(0))
	} else {
		var listen net.ListenConfig
		h.api, err = listen.Listen(ctx, "tcp", c.API.Address)
	}
	if err != nil {
		return fmt.Errorf("the JSON API: %w", err)
	}
	c.API.Address = h.api.Addr().String()
	if h.APIURL == "" {
		host, port, err := net.SplitHostPort(c.API.Address)
		if err != nil {
			return err
		}
		h.APIURL = "http://" + net.JoinHostPort(reachable(host), port)
	}
	if c.API.TokenFile == "" && !guard.Loopback(c.API.Address) {
		c.API.TokenFile, err = random(o.Data, "api.token")
		o.Say("others can reach the JSON API: they need the token in %s", c.API.TokenFile)
	}
	return err
}

// heading is the comment at the beginning of the configuration file. Secrets of registries that
// the environment holds are in no file: a further worker needs them too.
func heading(environment []string) string {
	lines := []string{"Written by standalone at each start. Edit the file that you gave with --config instead."}
	var secrets []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if slices.ContainsFunc(sluss.Registries(), func(r string) bool { return strings.HasPrefix(name, "SLUSS_"+strings.ToUpper(r)+"_") }) {
			secrets = append(secrets, name)
		}
	}
	if slices.Sort(secrets); len(secrets) > 0 {
		lines = append(lines, "A further worker also needs these variables: "+strings.Join(secrets, ", "))
	}
	return strings.Join(lines, "\n")
}
