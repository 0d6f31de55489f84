package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// ListsID is the workflow id of the look at a registry's code lists.
func ListsID(registry string) string { return sluss.ReferenceDataID(registry) }

// ListsInput starts a look.
type ListsInput struct {
	Registry string `json:"registry"`
}

// How long after a look the next one comes, and after one that found no lists.
const (
	daily  = 24 * time.Hour
	hourly = time.Hour
)

// Lists looks at a registry's code lists every day, and whenever somebody asks.
// What it finds is in the ledger.
func Lists(ctx workflow.Context, in ListsInput) error {
	asked := false
	LookSignal.each(ctx, func(workflow.Context, string) { asked = true })
	var found sluss.CodeLists
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(in.Registry), StartToCloseTimeout: activities.ListsTimeout,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Hour},
		Summary:     "look at its code lists",
	})
	asked = false
	if err := workflow.ExecuteActivity(options, (*activities.Lists)(nil).CheckLists, in.Registry).Get(ctx, &found); err != nil {
		return err
	}
	next := workflow.Now(ctx).Add(daily)
	if found.Error != "" {
		next = workflow.Now(ctx).Add(hourly)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "The code lists of **%s**, looked at %s\n\n", in.Registry, clock(found.CheckedAt))
	for _, warning := range found.Warnings(workflow.Now(ctx)) {
		fmt.Fprintf(&text, "- **%s**\n", warning)
	}
	workflow.SetCurrentDetails(ctx, text.String())
	if err := awaitUntil(ctx, next, "looks again", func() bool { return asked }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, Lists, in)
}
