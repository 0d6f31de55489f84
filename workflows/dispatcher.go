package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// DispatcherID is the workflow id of a registry's dispatcher.
func DispatcherID(registry string) string { return sluss.DispatcherID(registry) }

// DispatcherInput starts a dispatcher.
type DispatcherInput struct {
	Registry string `json:"registry"`
}

// warnEvery is how often a forecast is made while filings wait.
const warnEvery = time.Minute

// Dispatcher hands out the turns at one registry, in the order of due times, as
// long as anybody waits. It decides nothing itself: the ledger does, and knows
// the order. If it is ended, filings ask again by themselves, and whoever asks
// first starts it again.
func Dispatcher(ctx workflow.Context, in DispatcherInput) error {
	g := &dispatcher{registry: in.Registry}
	WakeSignal.each(ctx, func(workflow.Context, string) { g.woken = true })
	for {
		g.woken = false
		var result activities.DispatchResult
		if err := workflow.ExecuteActivity(dispatching(ctx, "hand out turns"), act.Dispatch, in.Registry).Get(ctx, &result); err != nil {
			return err
		}
		if result.Waiting > 0 && workflow.Now(ctx).Sub(g.warned) >= warnEvery {
			g.warned = workflow.Now(ctx)
			if err := workflow.ExecuteActivity(dispatching(ctx, "warn of what will be late"), act.Warn, in.Registry).Get(ctx, nil); err != nil {
				return err
			}
		}
		g.describe(ctx, result)
		if result.Waiting == 0 {
			if !g.woken {
				return nil
			}
			continue
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && !g.woken {
			return workflow.NewContinueAsNewError(ctx, Dispatcher, in)
		}
		moment := workflow.Now(ctx).Add(result.Next)
		summary := fmt.Sprintf("%d calls wait", result.Waiting)
		if err := awaitUntil(ctx, moment, summary, func() bool { return g.woken }); err != nil {
			return err
		}
	}
}

type dispatcher struct {
	registry string
	woken    bool
	warned   time.Time
}

// dispatching is for the steps of a dispatcher.
func dispatching(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 15 * time.Second},
		Summary:             summary,
	})
}

// describe keeps what the Temporal UI shows of the quota up to date.
func (g *dispatcher) describe(ctx workflow.Context, r activities.DispatchResult) {
	text := fmt.Sprintf("Turns at **%s**: %d given in the last round, **%d calls wait**\n", g.registry, r.Given, r.Waiting)
	if r.Waiting > 0 {
		text += fmt.Sprintf("\n- the last of them about **%s**\n- looked at again %s\n", clock(r.Clears), clock(workflow.Now(ctx).Add(r.Next)))
	}
	if r.Why != "" {
		text += fmt.Sprintf("- **%s**\n", r.Why)
	}
	workflow.SetCurrentDetails(ctx, text+"\n`starter quota` has it in full.\n")
}
