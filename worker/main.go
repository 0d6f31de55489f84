// Command worker runs the workflows and calls the registries. Any number of
// them may run, on any Temporal and PostgreSQL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // law and quotas count in local days, even if the machine has no time zones

	"sluss/config"
	"sluss/worker/engine"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("worker", flag.ContinueOnError)
	file := flags.String("config", os.Getenv("SLUSS_CONFIG"), "configuration file (SLUSS_CONFIG); see docs/configuration.md")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), `worker runs the workflows and calls the registries, until it is interrupted.

Usage:
  worker --config sluss.yaml
  DATABASE_URL=postgres://… TEMPORAL_ADDRESS=temporal:7233 worker --config sluss.yaml

Flags:`)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := config.Load(*file)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	e, err := engine.Start(ctx, c, log)
	if err != nil {
		return err
	}
	defer e.Stop()
	log.Info("the worker is ready", "temporal", c.Temporal.Address, "namespace", c.Temporal.Namespace, "registries", e.Registries())
	select {
	case <-ctx.Done():
		log.Info("stopping: what is under way is finished first")
		return nil
	case err := <-e.Failed():
		return err
	}
}
