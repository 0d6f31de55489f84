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

// ReferenceDataID is the workflow id of the look at a registry's reference data.
func ReferenceDataID(registry string) string { return sluss.ReferenceDataID(registry) }

// ReferenceDataInput starts a look.
type ReferenceDataInput struct {
	Registry string `json:"registry"`
}

// How long after a look the next one comes, and after one that found no lists.
const (
	daily  = 24 * time.Hour
	hourly = time.Hour
)

// Lists looks at a registry's reference data every day, and whenever somebody asks.
// What it finds is in the ledger.
func ReferenceData(ctx workflow.Context, in ReferenceDataInput) error {
	asked := false
	LookSignal.each(ctx, func(workflow.Context, string) { asked = true })
	var found sluss.ReferenceData
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(in.Registry), StartToCloseTimeout: activities.ReferenceDataTimeout,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Hour},
		Summary:     "look at its reference data",
	})
	asked = false
	if err := workflow.ExecuteActivity(options, (*activities.ReferenceData)(nil).CheckReferenceData, in.Registry).Get(ctx, &found); err != nil {
		return err
	}
	next := workflow.Now(ctx).Add(daily)
	if found.Error != "" {
		next = workflow.Now(ctx).Add(hourly)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "The reference data of **%s**, looked at %s\n\n", in.Registry, clock(found.CheckedAt))
	for _, warning := range found.Warnings(workflow.Now(ctx)) {
		fmt.Fprintf(&text, "- **%s**\n", warning)
	}
	workflow.SetCurrentDetails(ctx, text.String())
	if err := awaitUntil(ctx, next, "looks again", func() bool { return asked }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, ReferenceData, in)
}
