// Command standalone runs all of Sluss on one machine: PostgreSQL, the Temporal
// server with its UI, the ledger, a worker, the JSON API and, unless real
// registries are configured, simulators of them.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // law and quotas count in local days, even if the machine has no time zones

	"sluss"
	"sluss/postgres"
)

const usage = `standalone runs all of Sluss on one machine, until it is interrupted.

Usage:
  go run -C standalone . --demo                the sample batches, from declaration to close
  go run -C standalone . --demo --exit         the same, then end: 0 if all closed and all records agree
  go run -C standalone . --data ~/sluss        keep all state there; start again and it goes on
  go run -C standalone . --data ~/sluss --config sluss.yaml   the same with real registries, as configured
  go run -C standalone . --simulators          only the simulators of the registries

Flags:`

type flags struct {
	Options
	demo, exit, simulators, install bool
	record                          string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "standalone:", err)
		os.Exit(1)
	}
}

func parse(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("standalone", flag.ContinueOnError)
	set.BoolVar(&f.demo, "demo", false, "declare the sample batches and act as the people who sign")
	set.BoolVar(&f.exit, "exit", false, "with --demo: end when all batches are closed; exit code 0 only if the registries' records agree with the ledger")
	set.BoolVar(&f.simulators, "simulators", false, "run only the simulators, from --port (8441) on")
	set.BoolVar(&f.install, "install", false, "install PostgreSQL's programs if there are none, and end")
	set.StringVar(&f.record, "record", "", "with --demo --exit: write the histories of the batches to this `folder`, for the replay tests")
	set.StringVar(&f.Data, "data", "", "`folder` that keeps all state; a temporary one unless given")
	set.StringVar(&f.Config, "config", os.Getenv("SLUSS_CONFIG"), "configuration `file`, see docs/configuration.md; what it leaves out is provided here")
	set.StringVar(&f.Database, "database", "", "`URL` of a PostgreSQL database to use, with a user that may create further ones; one of our own unless given or configured")
	set.StringVar(&f.IP, "ip", "127.0.0.1", "`address` to listen on; there is no authentication")
	set.IntVar(&f.Port, "port", 0, "`port` of the JSON API, unless api.address is configured; Temporal, its UI, the codec and the simulators on the ports after it; free ones unless given")
	set.DurationVar(&f.Settle, "settle", 0, "how long after a lost answer a registry is asked again before the same is sent again (70s; 5s with --demo)")
	set.Usage = func() {
		fmt.Fprintln(set.Output(), usage)
		set.PrintDefaults()
	}
	if err := set.Parse(args); err != nil {
		return f, err
	}
	switch {
	case set.NArg() > 0:
		return f, fmt.Errorf("%q is not a flag: see --help", set.Arg(0))
	case f.exit && !f.demo, f.record != "" && !f.exit:
		return f, errors.New("--exit needs --demo, and --record needs both")
	case f.demo && f.Config != "":
		return f, errors.New("--demo plays on the simulators: leave --config (and SLUSS_CONFIG) out")
	}
	if f.demo {
		f.SettleUnlessGiven = 5 * time.Second
	}
	f.Say = say
	return f, nil
}

func run(ctx context.Context, args []string) error {
	f, err := parse(args)
	if err != nil {
		return err
	}
	if f.install {
		return installPostgres(ctx)
	}
	remove, err := f.dataFolder()
	if err != nil {
		return err
	}
	defer remove()
	if f.simulators {
		return runSimulators(ctx, f)
	}
	installation, err := OpenInstallation(ctx, f.Options)
	if err != nil {
		return err
	}
	defer installation.Close()
	if f.demo {
		if err := demo(ctx, installation, f); err != nil || f.exit {
			return err
		}
	} else {
		say("everything runs and waits for work; this is its configuration:")
		if err := installation.printConfiguration(); err != nil {
			return err
		}
		installation.printAddresses()
	}
	say("Ctrl-C ends it")
	select {
	case <-ctx.Done():
		say("stopping")
		return nil
	case err := <-installation.Failed():
		return err
	}
}

// dataFolder creates the folder for all state; remove deletes it if it is temporary.
func (f *flags) dataFolder() (remove func(), err error) {
	if f.Data != "" {
		if f.Data, err = filepath.Abs(f.Data); err != nil {
			return nil, err
		}
		// PostgreSQL refuses to run as root. Outside Linux its own user must be able
		// to enter the folder.
		return func() {}, os.MkdirAll(f.Data, 0o711)
	}
	if f.Data, err = postgres.ThrowawayDir(); err != nil {
		return nil, err
	}
	dir := f.Data
	f.Throwaway = true
	return func() { _ = os.RemoveAll(dir) }, nil
}

func runSimulators(ctx context.Context, f flags) error {
	// Ports that a configuration elsewhere can count on.
	simulators, err := StartSimulators(ctx, f.Data, f.IP, cmp.Or(f.Port, 8441))
	if err != nil {
		return err
	}
	defer simulators.Stop()
	say("the simulators run; this part of the configuration serves them:")
	fmt.Print("registries:\n" + simulators.settings)
	<-ctx.Done()
	return nil
}

// printAddresses prints the addresses of UI, API and records.
func (h *Installation) printAddresses() {
	fmt.Println()
	show := func(what, where string) { fmt.Printf("  %-14s %s\n", what, where) }
	if h.UIURL != "" {
		show("Temporal UI", h.UIURL+"/namespaces/"+h.Service.Namespace+"/workflows")
	}
	show("JSON API", h.APIURL+"/api/batches")
	show("configuration", h.ConfigFile+", for starter and further workers")
	show("command line", "go run ./starter --config "+h.ConfigFile+" list")
	if h.Simulators != nil {
		for _, name := range sluss.Registries() {
			show("records of", fmt.Sprintf("%s/sim/records (%s, simulated)", h.Simulators.Admin[name], name))
		}
	}
	fmt.Println()
}

// printConfiguration shows the configuration as it came about.
func (h *Installation) printConfiguration() error {
	text, err := os.ReadFile(h.ConfigFile)
	if err == nil {
		fmt.Println(string(text))
	}
	return err
}

func say(format string, args ...any) {
	fmt.Printf("%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}
