package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// preflightChange is the change of 2026-11-22 that has the companies of a BSDD
// looked up before the waste leaves. A batch that began before goes on without;
// the old way may go when no batch of that time is open.
const preflightChange = "preflight"

// owes is what the last of the events puts on parties.
func owes(ctx workflow.Context, d sluss.Declaration, events []sluss.Event) []sluss.Obligation {
	all := obligations.For(d, events)
	ofNow := func(o sluss.Obligation) bool { return o.Note == sluss.NotePreflight }
	if slices.ContainsFunc(all, ofNow) && workflow.GetVersion(ctx, preflightChange, workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		all = slices.DeleteFunc(all, ofNow)
	}
	return all
}
