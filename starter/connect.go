package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/config"
	"sluss/inbox"
	"sluss/ledger"
	"sluss/workflows"
)

// patience is how long an act may take before we say that nobody answers.
const patience = 30 * time.Second

// dialling is how long Temporal may take to let us in.
const dialling = 10 * time.Second

func configuration(c *cli.Context) (config.Config, error) {
	loaded, err := config.Load(c.String("config"))
	if err != nil {
		return loaded, usageError{err}
	}
	return loaded, nil
}

// book opens the ledger; Close must follow.
func book(c *cli.Context) (*ledger.Ledger, error) {
	conf, err := configuration(c)
	if err != nil {
		return nil, err
	}
	if conf.Database == "" {
		return nil, usagef("no ledger: set database or database_file in the configuration, or DATABASE_URL in the environment")
	}
	return ledger.Open(c.Context, conf.Database)
}

// desk connects to ledger and Temporal; close must follow.
func desk(c *cli.Context, logger *slog.Logger) (d *inbox.Desk, shut func(), err error) {
	conf, err := configuration(c)
	if err != nil {
		return nil, nil, err
	}
	l, err := book(c)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(c.Context, dialling)
	defer cancel()
	temporal, err := conf.Temporal.Dial(ctx, logger)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return &inbox.Desk{Temporal: temporal, Namespace: conf.Temporal.Namespace, Ledger: l, Policy: workflows.Policy{Settle: conf.Settle}}, func() {
		temporal.Close()
		_ = l.Close() // only reads and acts that were answered
	}, nil
}

var quiet = slog.New(slog.DiscardHandler)

// acting does one act at the desk, and says what to do where nobody answers.
func acting[T any](c *cli.Context, act func(ctx context.Context, d *inbox.Desk) (T, error)) (T, error) {
	d, shut, err := desk(c, quiet)
	if err != nil {
		var none T
		return none, err
	}
	defer shut()
	ctx, cancel := context.WithTimeout(c.Context, patience)
	defer cancel()
	done, err := act(ctx, d)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return done, fmt.Errorf("no answer within %s: is a worker running? The act may still be done: look with `starter show` before you repeat it (%w)", patience, err)
	}
	return done, err
}
