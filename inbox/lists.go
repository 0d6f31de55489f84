package inbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/workflows"
)

// Health is the answer to whether everything is well.
type Health struct {
	Status string `json:"status"`
	// Warnings are what an operator should see to before it hurts.
	Warnings []string `json:"warnings,omitempty"`
}

// Warnings are what an operator should know of the registries' code lists, of our
// certificates there, and of how their documents are followed.
func (d *Desk) Warnings(ctx context.Context) (warnings []string, err error) {
	lists, err := d.Ledger.CodeLists(ctx, "")
	for _, l := range lists {
		if l.Error != "" { // it may tell addresses, and anybody may ask for health
			l.Error = "`starter lists` says why"
		}
		warnings = append(warnings, l.Warnings(time.Now())...)
	}
	if err != nil {
		return warnings, err
	}
	followings, err := d.Ledger.Followings(ctx, "", "")
	for _, f := range followings {
		if f.Error != "" {
			f.Error = "`starter following` says why it does not get on"
		}
		if f.Hook != nil {
			f.Hook.Detail = "`starter following` says more"
		}
		warnings = append(warnings, f.Warnings()...)
	}
	return warnings, err
}

// listsAsked is how long somebody who asks for a look waits for it.
const listsAsked = 20 * time.Second

// Listed are the registries whose code lists, or the schema of whose calls, are
// looked at.
func Listed() []string { return []string{sluss.Avfallsregistret, sluss.Trackdechets} }

// LookAtLists has a registry's code lists looked at now, and waits for what is
// found. It needs a running worker.
func (d *Desk) LookAtLists(ctx context.Context, registry string) (sluss.CodeLists, error) {
	before, err := d.codeLists(ctx, registry)
	if err != nil {
		return sluss.CodeLists{}, err
	}
	_, err = d.Temporal.SignalWithStartWorkflow(ctx, workflows.ListsID(registry), workflows.LookSignal.Name, "a person asks", client.StartWorkflowOptions{
		TaskQueue: workflows.Queue, StaticSummary: "Looks every day at the code lists of " + registry,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(registry)),
	}, workflows.Lists, workflows.ListsInput{Registry: registry})
	if err != nil {
		return sluss.CodeLists{}, explained(err, workflows.ListsID(registry))
	}
	ctx, cancel := context.WithTimeout(ctx, listsAsked)
	defer cancel()
	for {
		now, err := d.codeLists(ctx, registry)
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return before, fmt.Errorf("%w from %s: is a worker running?", ErrNoAnswer, workflows.ListsID(registry))
		case err != nil:
			return before, err
		case now.CheckedAt.After(before.CheckedAt):
			return now, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// codeLists are what is known of one registry's; zero where nobody has looked.
func (d *Desk) codeLists(ctx context.Context, registry string) (sluss.CodeLists, error) {
	if !slices.Contains(Listed(), registry) {
		return sluss.CodeLists{}, fmt.Errorf("%w registry with code lists or a schema as %s: %s have them", ErrNoSuch, registry, strings.Join(Listed(), " and "))
	}
	list, err := d.Ledger.CodeLists(ctx, registry)
	if err != nil || len(list) == 0 {
		return sluss.CodeLists{Registry: registry, Drift: []sluss.Drift{}}, err
	}
	return list[0], nil
}

func (d *Desk) listRoutes(handle func(pattern string, serve func(r *http.Request) (any, error))) {
	handle("GET /api/lists", func(r *http.Request) (any, error) { return d.Ledger.CodeLists(r.Context(), "") })
	handle("GET /api/lists/{registry}", func(r *http.Request) (any, error) {
		return d.codeLists(r.Context(), r.PathValue("registry"))
	})
	handle("POST /api/lists/{registry}/look", func(r *http.Request) (any, error) {
		found, err := d.LookAtLists(r.Context(), r.PathValue("registry"))
		found.Lists = nil
		return found, err
	})
}
