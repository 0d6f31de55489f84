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
)

// FollowingID is the workflow id of following a company of ours at a registry.
func FollowingID(registry, company string) string { return sluss.SyncID(registry, company) }

// FollowingSummary is what the Temporal UI shows of it.
func FollowingSummary(registry, company string) string {
	return fmt.Sprintf("Follows what others change on the documents of %s at %s", company, registry)
}

// FollowingInput starts it.
type FollowingInput struct {
	Registry string `json:"registry"`
	Company  string `json:"company"`
	// HookAt is when the webhook was looked at last; zero: never.
	HookAt time.Time `json:"hook_at,omitzero"`
	// Deleted are documents that are said to be, and were not looked at yet.
	Deleted []string `json:"deleted,omitempty"`
}

const (
	// hookEvery is how often is looked whether the webhook is still on: after two
	// deliveries that failed it is not, and nothing tells.
	hookEvery = 15 * time.Minute
	// gathers is how long a sweep waits after the first of several messages, which
	// come in threes.
	gathers = 2 * time.Second
	// freshHistory is after how many sweeps a new history is begun.
	freshHistory = 500
)

// Following asks a registry every few minutes, and whenever it is told to look,
// what has changed on a company's documents, by whomever. What it finds is in
// the ledger, and batches whose documents others have changed are told. It ends
// where nobody follows the company any more.
func Following(ctx workflow.Context, in FollowingInput) error {
	f := &following{in: in}
	LookSignal.each(ctx, func(workflow.Context, string) { f.asked = true })
	DeletedSignal.each(ctx, f.isDeleted)
	TurnSignal.each(ctx, f.reservation.told)
	for range freshHistory {
		hook, gone, err := f.seeToHook(ctx)
		if err != nil || gone {
			return err
		}
		f.asked = false
		swept, documents, err := f.sweep(ctx)
		if err != nil || swept.Gone {
			return err
		}
		next := workflow.Now(ctx).Add(swept.Every)
		if swept.Error != "" {
			next = swept.Until
		} else if err := f.lookGone(ctx); err != nil {
			return err
		} else if err := f.print(ctx); err != nil {
			return err
		}
		f.describe(ctx, hook, swept, documents, next)
		if err := awaitUntil(ctx, next, "sweeps again", func() bool { return f.asked }); err != nil {
			return err
		}
		if f.asked {
			if err := workflow.NewTimerWithOptions(ctx, gathers, workflow.TimerOptions{Summary: "gathers what it is told"}).Get(ctx, nil); err != nil {
				return err
			}
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	// What has come with this very task would be lost with the old history.
	DeletedSignal.drain(ctx, f.isDeleted)
	return workflow.NewContinueAsNewError(ctx, Following, f.in)
}

type following struct {
	in          FollowingInput
	asked       bool
	skip        int // prints that did not come, and are passed over until the end is reached
	reservation reservation
	hook        *sluss.Hook
}

// isDeleted notes that a document is said to be.
func (f *following) isDeleted(_ workflow.Context, document string) {
	if !slices.Contains(f.in.Deleted, document) {
		f.in.Deleted = append(f.in.Deleted, document)
	}
	f.asked = true
}

// follows names the activities; it carries nothing.
func follows() *activities.Following { return nil }

// seeToHook looks at the webhook, where it is time to.
func (f *following) seeToHook(ctx workflow.Context) (hook *sluss.Hook, gone bool, err error) {
	if !f.in.HookAt.IsZero() && workflow.Now(ctx).Before(f.in.HookAt.Add(hookEvery)) {
		return f.hook, false, nil
	}
	result, err := f.step(ctx, "see to the webhook", follows().EnsureHook, activities.FollowInput{})
	if err == nil && result.Error == "" {
		f.in.HookAt, f.hook = workflow.Now(ctx), result.Hook
	}
	return f.hook, result.Gone, err
}

// sweep reads page after page, to the last.
func (f *following) sweep(ctx workflow.Context) (result activities.FollowResult, documents int, err error) {
	var place sluss.SweepPlace
	summary := "look what has changed"
	for {
		result, err = f.step(ctx, summary, follows().Sweep, activities.FollowInput{Place: place})
		documents += result.Count
		if err != nil || result.Next == nil {
			return result, documents, err
		}
		place, summary = *result.Next, "look on what has changed"
	}
}

// lookGone looks at the documents that are said to be deleted. Where the registry
// does not answer, they are looked at after the next sweep, the one that it did
// not answer last.
func (f *following) lookGone(ctx workflow.Context) error {
	for len(f.in.Deleted) > 0 {
		document := f.in.Deleted[0]
		result, err := f.step(ctx, "look whether a document is gone", follows().LookGone, activities.FollowInput{Document: document})
		if err != nil || result.Gone {
			return err
		}
		f.in.Deleted = f.in.Deleted[1:]
		if result.Error != "" {
			f.in.Deleted = append(f.in.Deleted, document)
			return nil
		}
	}
	return nil
}

// mostPrints is how many prints are fetched between two sweeps.
const mostPrints = 50

// print fetches the prints of documents that have come to their end. One that
// does not come keeps no other from coming; it is tried again once the others
// were, after a sweep.
func (f *following) print(ctx workflow.Context) error {
	failed := 0
	for range mostPrints {
		result, err := f.step(ctx, "print what has come to its end", follows().PrintNext, activities.FollowInput{Skip: f.skip})
		if err != nil || result.Gone {
			return err
		}
		if result.Count == 0 {
			f.skip = 0
			return nil
		}
		if result.Error != "" {
			f.skip++
			if failed++; failed == 3 {
				return nil
			}
		}
	}
	return nil
}

// step takes one step once the registry may be called.
func (f *following) step(ctx workflow.Context, summary string, activity any, input activities.FollowInput) (activities.FollowResult, error) {
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(f.in.Registry), StartToCloseTimeout: activities.FollowTimeout,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute},
		Summary:     summary,
	})
	input.ID, input.Registry, input.Company = workflow.GetInfo(ctx).WorkflowExecution.ID, f.in.Registry, f.in.Company
	for {
		f.reservation = reservation{}
		var result activities.FollowResult
		if err := workflow.ExecuteActivity(options, activity, input).Get(ctx, &result); err != nil || result.Wait == nil {
			return result, err
		}
		if err := f.reservation.await(ctx, *result.Wait, waiting{}); err != nil {
			return result, err
		}
	}
}

// describe keeps what the Temporal UI shows of it up to date.
func (f *following) describe(ctx workflow.Context, hook *sluss.Hook, swept activities.FollowResult, documents int, next time.Time) {
	var text strings.Builder
	fmt.Fprintf(&text, "Follows **%s** at %s, looked %s\n\n", f.in.Company, f.in.Registry, clock(workflow.Now(ctx)))
	if swept.Error != "" {
		fmt.Fprintf(&text, "- **%s**\n", swept.Error)
	} else {
		fmt.Fprintf(&text, "- %d documents had changed; %d batches were told\n", documents, swept.Told)
	}
	if hook != nil {
		fmt.Fprintf(&text, "- the webhook is %s %s\n", hook.State, hook.Detail)
	}
	fmt.Fprintf(&text, "- looks again %s\n", clock(next))
	workflow.SetCurrentDetails(ctx, text.String())
}
