package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// RevivalID is the id of the schedule that restarts workflows that were ended from
// outside, and the prefix of the ids of its own workflows. To keep a batch ended, pause
// the schedule.
const RevivalID = "revival"

// ReviveEvery is how often it checks.
const ReviveEvery = 5 * time.Minute

// Revive checks once for batches, results and amendments that are open in the ledger and
// whose workflow does not run, and starts them again from the ledger.
func Revive(ctx workflow.Context) (activities.Revived, error) {
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, HeartbeatTimeout: time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumAttempts: 3},
		Summary:     "compare the ledger with the running workflows",
	})
	var found activities.Revived
	err := workflow.ExecuteActivity(options, (*activities.Reviving)(nil).ReviveLost).Get(ctx, &found)
	if err != nil {
		return found, err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "**%d** workflows should run; **%d** did not and were started again; %d were told to read the ledger\n\n", found.Open, found.Count, found.Reloaded)
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

// BatchAttributes are the search attributes with which a batch is started: as it will
// show itself if all that is owed at once is accepted.
func BatchAttributes(d sluss.Declaration, produced sluss.Event) temporal.SearchAttributes {
	owed := obligations.For(d, []sluss.Event{produced})
	return temporal.NewSearchAttributes(
		Country.ValueSet(d.Producer.Country), Stage.ValueSet(string(sluss.Produced)), WaitingFor.ValueSet(waitsForEvent),
		Blocked.ValueSet(false), Overdue.ValueSet(false), Recorded.ValueSet(1), Registry.ValueSet(registriesOf(owed)))
}

// registriesOf are the names of the registries of obligations, in order.
func registriesOf(owed []sluss.Obligation) []string {
	var names []string
	for _, o := range owed {
		names = append(names, o.Registry)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// BatchDetails are the static details of a batch in the Temporal UI.
func BatchDetails(d sluss.Declaration) string {
	return fmt.Sprintf("Batch **%s** of %s: %s → %s", d.Reference, d.Tenant, d.Producer.Name, d.Receiver.Name)
}

// AmendmentDetails are the static details of an amendment in the Temporal UI.
func AmendmentDetails(batch sluss.BatchID, o sluss.Obligation) string {
	return fmt.Sprintf("%s of batch `%s`\n\n%s, %s", o.Rule.Title, batch, o.Rule.Statute, o.Rule.Paragraph)
}

// RevivalDetails are added to the static details of a workflow that was revived.
func RevivalDetails(r sluss.Revival) string {
	ended := ""
	if !r.EndedAt.IsZero() {
		ended = " " + clock(r.EndedAt)
	}
	return fmt.Sprintf("\n\n**Revived** %s from the ledger: an earlier run was ended from outside (%s%s)", clock(r.At), r.How, ended)
}
