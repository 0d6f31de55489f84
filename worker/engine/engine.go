// Package engine wires registries, ledger, activities and workflows together,
// and runs them: it is what a worker process is.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"

	"sluss/activities"
	"sluss/config"
	"sluss/ledger"
	"sluss/registries"
	"sluss/workflows"
)

// Engine is a running worker.
type Engine struct {
	Temporal client.Client
	Ledger   *ledger.Ledger

	names   []string
	workers []worker.Worker
	failed  chan error

	stopDispatchers func() // nil: none runs
}

// leastPollers is how many workflow tasks are asked for at the same time, at least: so
// many fresh ones, and so many of workflows in the cache.
const leastPollers = 10

// drain is how long what is under way may take to finish when a worker stops:
// longer than a call of a registry.
const drain = activities.CallTimeout + 5*time.Second

// Start connects, brings the ledger's schema up to date, and polls one task
// queue for the workflows and one for each configured registry. The error says
// which part could not be started and what to check.
func Start(ctx context.Context, c config.Config, log *slog.Logger) (*Engine, error) {
	var settings registries.Config
	if err := c.ReadRegistries(&settings); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	e := &Engine{failed: make(chan error, 1)}
	var err error
	if e.Ledger, err = ledger.Open(ctx, c.Database); err != nil {
		return nil, err
	}
	e.Ledger.Log = log
	opened, err := registries.Open(settings, e.Ledger)
	if err != nil {
		e.Stop()
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if err := e.Ledger.Migrate(ctx); err != nil {
		e.Stop()
		return nil, err
	}
	if err := e.represent(ctx, c, log); err != nil {
		e.Stop()
		return nil, err
	}
	if e.Temporal, err = c.Temporal.Dial(ctx, log); err != nil {
		e.Stop()
		return nil, err
	}
	host, _ := os.Hostname() // a worker without a name is still one
	acts := &activities.Activities{
		Ledger: e.Ledger, Registries: map[string]activities.Registry{}, Log: log,
		Actor: fmt.Sprintf("%s:%d", host, os.Getpid()),
	}
	for _, r := range opened {
		if err := e.Ledger.SetQuota(ctx, r.Name, r.Quota); err != nil {
			e.Stop()
			return nil, err
		}
		acts.Registries[r.Name] = r.Client
		e.names = append(e.names, r.Name)
	}
	policy := workflows.Policy{Settle: c.Settle}
	keep := func(ctx context.Context) error { return e.startSync(ctx, acts) }
	if err := e.poll(ctx, c.Temporal, acts, e.reviving(log, policy, keep)); err != nil {
		e.Stop()
		return nil, err
	}
	warnOfCertificates(acts)
	if err := keep(ctx); err != nil {
		e.Stop()
		return nil, err
	}
	if err := e.setSchedules(ctx, acts, policy); err != nil {
		e.Stop()
		return nil, err
	}
	return e, nil
}

func (e *Engine) poll(ctx context.Context, c config.Temporal, acts *activities.Activities, reviving *activities.Reviving) error {
	heard, err := newSealed(c, acts.Log)
	if err != nil {
		return err
	}
	version := c.Build
	if version == "" {
		if version, err = build(); err != nil {
			return err
		}
	}
	fatal := func(err error) {
		select {
		case e.failed <- fmt.Errorf("a worker cannot go on: %w", err):
		default:
		}
	}
	main := worker.New(e.Temporal, workflows.Queue, worker.Options{
		WorkerStopTimeout: drain, OnFatalError: fatal, Interceptors: []interceptor.WorkerInterceptor{heard}, DeploymentOptions: versioned(version),
		// With the two pollers of the default, a storm of updates keeps fresh batches from starting. With one for what
		// the worker has in its cache, to which autoscaling goes down, fresh filings keep those with a reservation waiting.
		WorkflowTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{
			InitialNumberOfPollers: leastPollers, MinimumNumberOfPollers: leastPollers,
		}),
	})
	for _, workflow := range workflows.Types() {
		main.RegisterWorkflow(workflow)
	}
	main.RegisterActivity(acts)
	main.RegisterActivity(reviving)
	e.registerResults(main)
	e.workers = append(e.workers, main)
	for _, name := range e.names {
		w := worker.New(e.Temporal, workflows.RegistryQueue(name), worker.Options{
			DisableWorkflowWorker: true, WorkerStopTimeout: drain, OnFatalError: fatal,
			ActivityTaskPollerBehavior: worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		})
		w.RegisterActivity(acts.Submit)
		w.RegisterActivity(acts.Find)
		w.RegisterActivity(e.lists(acts).CheckReferenceData)
		w.RegisterActivity(e.tasks(acts))
		w.RegisterActivity(e.following(acts).SyncStep)
		w.RegisterActivity(e.following(acts).EnsureHook)
		w.RegisterActivity(e.following(acts).CheckDeleted)
		w.RegisterActivity(e.following(acts).PrintNext)
		w.RegisterActivity(e.following(acts).Print)
		e.workers = append(e.workers, w)
	}
	for i, w := range e.workers {
		if err := w.Start(); err != nil {
			e.workers = e.workers[:i]
			return fmt.Errorf("start a worker: %w", err)
		}
	}
	if err := promote(ctx, e.Temporal, version, c.Promote, acts.Log); err != nil {
		return err
	}
	e.dispatch(context.WithoutCancel(ctx), acts.Log)
	return nil
}

// dispatch runs the dispatchers of the registries that are served, until Stop.
func (e *Engine) dispatch(ctx context.Context, log *slog.Logger) {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, name := range e.names {
		d := &dispatcher{registry: name, ledger: e.Ledger, filings: messenger{e.Temporal}, log: log}
		running.Go(func() { d.run(ctx) })
	}
	e.stopDispatchers = func() {
		stop()
		running.Wait()
	}
}

// Registries are the names of the configured registries.
func (e *Engine) Registries() []string { return e.names }

// Failed returns a channel that gets the error of a worker that cannot go on, for
// example because its namespace
// is gone.
func (e *Engine) Failed() <-chan error { return e.failed }

// Stop finishes what is under way, then disconnects.
func (e *Engine) Stop() {
	if e.stopDispatchers != nil {
		e.stopDispatchers()
	}
	for _, w := range e.workers {
		w.Stop()
	}
	if e.Temporal != nil {
		e.Temporal.Close()
	}
	if e.Ledger != nil {
		_ = e.Ledger.Close() // nothing is left to write
	}
}
