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

// RevivalID is the id of the schedule that revives what was ended from outside,
// and the beginning of the ids of its workflows. Whoever wants a batch to stay
// ended pauses the schedule.
const RevivalID = "revival"

// ReviveEvery is how often it looks.
const ReviveEvery = 5 * time.Minute

// Revive looks once for batches, results and amendments that are open in the
// ledger and whose workflow does not run, and starts them again from there.
func Revive(ctx workflow.Context) (activities.Revived, error) {
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, HeartbeatTimeout: time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumAttempts: 3},
		Summary:     "compare the ledger with what runs",
	})
	var found activities.Revived
	err := workflow.ExecuteActivity(options, (*activities.Reviving)(nil).ReviveLost).Get(ctx, &found)
	if err != nil {
		return found, err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "**%d** workflows were to run; **%d** did not and were started again; %d were told to read the ledger\n\n", found.Open, found.Count, found.Reloaded)
	for _, id := range found.Started {
		fmt.Fprintf(&text, "- `%s`\n", id)
	}
	if found.Failed > 0 {
		fmt.Fprintf(&text, "- **%d failed**: the workers' logs say why\n", found.Failed)
	}
	workflow.SetCurrentDetails(ctx, text.String())
	return found, nil
}

// BatchSummary is what the Temporal UI's lists show of a batch.
func BatchSummary(d sluss.Declaration) string {
	return fmt.Sprintf("%s of %s %s", d.Waste.Mass, d.Waste.Code, d.Waste.Name)
}

// BatchDetails is what the Temporal UI shows of a batch for ever.
func BatchDetails(d sluss.Declaration) string {
	return fmt.Sprintf("Batch **%s** of %s: %s → %s", d.Reference, d.Tenant, d.Producer.Name, d.Receiver.Name)
}

// AmendmentDetails is what the Temporal UI shows of an amendment for ever.
func AmendmentDetails(batch string, o sluss.Obligation) string {
	return fmt.Sprintf("%s of batch `%s`\n\n%s, %s", o.Rule.Title, batch, o.Rule.Statute, o.Rule.Paragraph)
}

// RevivalDetails is what is added to that of a workflow that was revived.
func RevivalDetails(r sluss.Revival) string {
	ended := ""
	if !r.EndedAt.IsZero() {
		ended = " " + clock(r.EndedAt)
	}
	return fmt.Sprintf("\n\n**Revived** %s from the ledger: an earlier run had ended from outside (%s%s)", clock(r.At), r.How, ended)
}
