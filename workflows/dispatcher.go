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

// warnEvery is how often forecasts are made while filings wait.
const warnEvery = time.Minute

// Dispatcher makes reservations at one registry, the earliest due time first, as long as
// calls wait. The ledger decides who gets them. If the dispatcher is ended, filings ask
// again by themselves, and the first one starts it again.
func Dispatcher(ctx workflow.Context, in DispatcherInput) error {
	g := &dispatcher{registry: in.Registry}
	WakeSignal.each(ctx, func(workflow.Context, string) { g.woken = true })
	for {
		g.woken = false
		var result activities.DispatchResult
		if err := workflow.ExecuteActivity(dispatching(ctx, "make reservations"), act.Dispatch, in.Registry).Get(ctx, &result); err != nil {
			return err
		}
		if result.Waiting > 0 && workflow.Now(ctx).Sub(g.warned) >= warnEvery {
			g.warned = workflow.Now(ctx)
			if err := workflow.ExecuteActivity(dispatching(ctx, "warn filings that will be late"), act.Warn, in.Registry).Get(ctx, nil); err != nil {
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

// dispatching are the options of a dispatcher's activities.
func dispatching(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 15 * time.Second},
		Summary:             summary,
	})
}

// describe updates what the Temporal UI shows of the queue.
func (g *dispatcher) describe(ctx workflow.Context, r activities.DispatchResult) {
	text := fmt.Sprintf("Reservations at **%s**: %d made in the last round, **%d calls wait**\n", g.registry, r.Given, r.Waiting)
	if r.Waiting > 0 {
		text += fmt.Sprintf("\n- the last of them will be made about **%s**\n- next round %s\n", clock(r.Clears), clock(workflow.Now(ctx).Add(r.Next)))
	}
	if r.Why != "" {
		text += fmt.Sprintf("- **%s**\n", r.Why)
	}
	workflow.SetCurrentDetails(ctx, text+"\n`starter quota` has it in full.\n")
}
