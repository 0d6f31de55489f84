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

// ReferenceDataID is the id of the schedule that checks a registry's reference data,
// and the prefix of the ids of its workflows.
func ReferenceDataID(registry string) string { return sluss.ReferenceDataID(registry) }

// ReferenceDataNowID is the id of the workflow that checks now, for a person.
func ReferenceDataNowID(registry string) string { return ReferenceDataID(registry) + "/now" }

// ReferenceDataEvery is how often the schedule starts a workflow. The registry is
// called once a day, and hourly after a failed check.
const ReferenceDataEvery = time.Hour

// referenceDataPatience is how long one check is retried before the next one follows.
const referenceDataPatience = 50 * time.Minute

// ReferenceData checks a registry's reference data once. Unless a person asks, it
// does nothing if the last check is recent. The result is in the ledger.
func ReferenceData(ctx workflow.Context, in activities.ReferenceDataInput) error {
	var found sluss.ReferenceData
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(in.Registry), StartToCloseTimeout: activities.ReferenceDataTimeout, ScheduleToCloseTimeout: referenceDataPatience,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute},
		Summary:     "look at its reference data",
	})
	if err := workflow.ExecuteActivity(options, (*activities.ReferenceData)(nil).CheckReferenceData, in).Get(ctx, &found); err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "The reference data of **%s**, looked at %s\n\n", in.Registry, clock(found.CheckedAt))
	if found.Error != "" {
		fmt.Fprintf(&text, "- **nothing was found**: %s\n", found.Error)
	}
	for _, warning := range found.Warnings(workflow.Now(ctx)) {
		fmt.Fprintf(&text, "- **%s**\n", warning)
	}
	workflow.SetCurrentDetails(ctx, text.String())
	return nil
}
