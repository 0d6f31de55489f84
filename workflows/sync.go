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

// SyncID is the workflow id of the sync of one of our companies' documents.
func SyncID(registry, company string) string { return sluss.SyncID(registry, company) }

// SyncSummary is its summary in the Temporal UI.
func SyncSummary(registry, company string) string {
	return fmt.Sprintf("Finds what others change on the documents of %s at %s", company, registry)
}

// SyncInput starts it.
type SyncInput struct {
	Registry string `json:"registry"`
	Company  string `json:"company"`
	// HookAt is when the webhook was last checked; zero: never.
	HookAt time.Time `json:"hook_at,omitzero"`
	// Deleted are documents that are said to be deleted and were not checked yet.
	Deleted []string `json:"deleted,omitempty"`
}

const (
	// hookEvery is how often the webhook is checked: the registry switches it off after
	// two failed deliveries, and does not say so.
	hookEvery = 15 * time.Minute
	// gathers is how long a sync waits after a message, because messages come in threes.
	gathers = 2 * time.Second
	// freshHistory is the number of syncs after which a new history begins.
	freshHistory = 500
)

// Sync asks a registry for changes of a company's documents, every few minutes and when
// it is told to. It stores them in the ledger, and tells batches whose documents others
// have changed. It ends when the company is not synced any more.
func Sync(ctx workflow.Context, in SyncInput) error {
	f := &syncRun{in: in}
	LookSignal.each(ctx, func(workflow.Context, string) { f.asked = true })
	DeletedSignal.each(ctx, f.isDeleted)
	ReservedSignal.each(ctx, f.reservation.set)
	for range freshHistory {
		hook, ended, err := f.checkHook(ctx)
		if err != nil || ended {
			return err
		}
		f.asked = false
		synced, documents, err := f.readPages(ctx)
		if err != nil || synced.NotSynced {
			return err
		}
		next := workflow.Now(ctx).Add(synced.Every)
		if synced.Error != "" {
			next = synced.Until
		} else if err := f.checkDeleted(ctx); err != nil {
			return err
		} else if err := f.print(ctx); err != nil {
			return err
		}
		f.describe(ctx, hook, synced, documents, next)
		if err := awaitUntil(ctx, next, "syncs again", func() bool { return f.asked }); err != nil {
			return err
		}
		if f.asked {
			if err := workflow.NewTimerWithOptions(ctx, gathers, workflow.TimerOptions{Summary: "collects further messages"}).Get(ctx, nil); err != nil {
				return err
			}
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	// Messages that have arrived would be lost with the old history.
	DeletedSignal.drain(ctx, f.isDeleted)
	return workflow.NewContinueAsNewError(ctx, Sync, f.in)
}

type syncRun struct {
	in          SyncInput
	asked       bool
	skip        int // how many failed prints to skip until all others are fetched
	reservation reservation
	hook        *sluss.Hook
}

// isDeleted stores that a document is said to be deleted.
func (f *syncRun) isDeleted(_ workflow.Context, document string) {
	if !slices.Contains(f.in.Deleted, document) {
		f.in.Deleted = append(f.in.Deleted, document)
	}
	f.asked = true
}

// syncActivities names the activities; it is nil.
func syncActivities() *activities.Sync { return nil }

// checkHook checks the webhook, if it is time to.
func (f *syncRun) checkHook(ctx workflow.Context) (hook *sluss.Hook, ended bool, err error) {
	if !f.in.HookAt.IsZero() && workflow.Now(ctx).Before(f.in.HookAt.Add(hookEvery)) {
		return f.hook, false, nil
	}
	result, err := f.step(ctx, "check the webhook", syncActivities().EnsureHook, activities.SyncStepInput{})
	if err == nil && result.Error == "" {
		f.in.HookAt, f.hook = workflow.Now(ctx), result.Hook
	}
	return f.hook, result.NotSynced, err
}

// readPages reads all pages of a sync.
func (f *syncRun) readPages(ctx workflow.Context) (result activities.SyncStepResult, documents int, err error) {
	var place sluss.SyncPlace
	summary := "read what has changed"
	for {
		result, err = f.step(ctx, summary, syncActivities().SyncStep, activities.SyncStepInput{Place: place})
		documents += result.Count
		if err != nil || result.Next == nil {
			return result, documents, err
		}
		place, summary = *result.Next, "read the next page of changes"
	}
}

// checkDeleted checks the documents that are said to be deleted. If the registry does not
// answer, the rest is checked after the next sync, and the failed one last.
func (f *syncRun) checkDeleted(ctx workflow.Context) error {
	for len(f.in.Deleted) > 0 {
		document := f.in.Deleted[0]
		result, err := f.step(ctx, "check whether a document is deleted", syncActivities().CheckDeleted, activities.SyncStepInput{Document: document})
		if err != nil || result.NotSynced {
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

// mostPrints is how many prints are fetched between two syncs.
const mostPrints = 50

// print fetches the prints of documents that have ended. A failure does not stop the
// others; it is tried again after a later sync, once the others are fetched.
func (f *syncRun) print(ctx workflow.Context) error {
	failed := 0
	for range mostPrints {
		result, err := f.step(ctx, "print documents that have ended", syncActivities().PrintNext, activities.SyncStepInput{Skip: f.skip})
		if err != nil || result.NotSynced {
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

// step runs one activity, once the registry may be called.
func (f *syncRun) step(ctx workflow.Context, summary string, activity any, input activities.SyncStepInput) (activities.SyncStepResult, error) {
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(f.in.Registry), StartToCloseTimeout: activities.SyncTimeout,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute},
		Summary:     summary,
	})
	input.ID, input.Registry, input.Company = workflow.GetInfo(ctx).WorkflowExecution.ID, f.in.Registry, f.in.Company
	for {
		f.reservation = reservation{}
		var result activities.SyncStepResult
		if err := workflow.ExecuteActivity(options, activity, input).Get(ctx, &result); err != nil || result.Wait == nil {
			return result, err
		}
		if err := f.reservation.await(ctx, *result.Wait, waiting{}); err != nil {
			return result, err
		}
	}
}

// describe updates what the Temporal UI shows of the sync.
func (f *syncRun) describe(ctx workflow.Context, hook *sluss.Hook, synced activities.SyncStepResult, documents int, next time.Time) {
	var text strings.Builder
	fmt.Fprintf(&text, "Sync of **%s** at %s, last %s\n\n", f.in.Company, f.in.Registry, clock(workflow.Now(ctx)))
	if synced.Error != "" {
		fmt.Fprintf(&text, "- **%s**\n", synced.Error)
	} else {
		fmt.Fprintf(&text, "- %d documents had changed; %d batches were told\n", documents, synced.Notified)
	}
	if hook != nil {
		fmt.Fprintf(&text, "- the webhook is %s %s\n", hook.State, hook.Detail)
	}
	fmt.Fprintf(&text, "- next sync %s\n", clock(next))
	workflow.SetCurrentDetails(ctx, text.String())
}
