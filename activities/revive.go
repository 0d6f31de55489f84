package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"

	"sluss"
)

// Reviving starts workflows again that were ended from outside although the ledger has
// what they do as open, and makes workflows that know less than the ledger read it.
type Reviving struct {
	Ledger     RevivalLedger
	Executions Executions
	// Keep starts the workflows that must always run, if they do not.
	Keep func(ctx context.Context) error
	Log  *slog.Logger
}

// RevivalLedger knows what must run.
type RevivalLedger interface {
	// OpenBatches returns batches that are not closed, ordered by id, after the given
	// id ("": from the first).
	OpenBatches(ctx context.Context, after sluss.BatchID, limit int) ([]sluss.OpenBatch, error)
	OpenAmendments(ctx context.Context) ([]sluss.FilingID, error)
	OpenSites(ctx context.Context) ([]sluss.ResultSite, error)
	// Declared returns an open batch as first declared, with its first event.
	Declared(ctx context.Context, batch sluss.BatchID) (d sluss.Declaration, produced sluss.Event, open bool, err error)
	// Content returns the latest content of a filing.
	Content(ctx context.Context, filing sluss.FilingID) (content sluss.Content, hash string, known bool, err error)
	RecordRevival(ctx context.Context, r sluss.Revival) error
	// Revivals returns how often a workflow was started again within a day.
	Revivals(ctx context.Context, workflow string) (count int, last time.Time, err error)
}

// Executions are the workflows of batches, results and amendments in Temporal.
type Executions interface {
	// Running returns all running workflows, by id. It may be some seconds behind.
	Running(ctx context.Context) (map[string]Execution, error)
	// Latest returns the current state of a workflow's latest run.
	Latest(ctx context.Context, id string) (Execution, error)
	// The Start methods start a workflow again. The run is empty if one runs already.
	StartBatch(ctx context.Context, d sluss.Declaration, produced sluss.Event, r sluss.Revival) (run string, err error)
	StartAmendment(ctx context.Context, c sluss.Content, r sluss.Revival) (run string, err error)
	StartResults(ctx context.Context, site sluss.ResultSite, r sluss.Revival) (run string, err error)
	// Reload makes a batch, or the results of a site, read the ledger.
	Reload(ctx context.Context, id string) error
}

// Execution is one run of a workflow.
type Execution struct {
	Run     string
	Started time.Time
	// Ended is how it ended, as in sluss.Revival; empty: it runs.
	Ended   string
	Reason  string
	EndedAt time.Time
	// Recorded is how many acts of people a batch knows to be recorded.
	Recorded int
}

// Revived is the result of one check.
type Revived struct {
	Open     int      `json:"open"`               // batches, sites and amendments that must run
	Started  []string `json:"started,omitempty"`  // ids of workflows, a hundred at most
	Count    int      `json:"count,omitempty"`    // of those started
	Reloaded int      `json:"reloaded,omitempty"` // running workflows that were told to read the ledger
	Failed   int      `json:"failed,omitempty"`   // the log has the details
}

const (
	// revivalPage is how many batches are read at once.
	revivalPage = 1000
	// settling is how long a workflow may run before the ledger has anything open for
	// it: its first record may be on its way.
	settling = 2 * time.Minute
	// mostFailures is the number of failures after which a check is given up.
	mostFailures = 20
	// mostStarted is how many ids a check returns.
	mostStarted = 100
)

// ReviveLost checks once. It may be repeated, and several may run at the same time:
// Temporal runs a workflow id once.
func (r *Reviving) ReviveLost(ctx context.Context) (Revived, error) {
	if err := r.Keep(ctx); err != nil {
		return Revived{}, err
	}
	running, err := r.Executions.Running(ctx)
	if err != nil {
		return Revived{}, err
	}
	look := &look{Reviving: r, running: running}
	if err := look.batches(ctx); err != nil {
		return look.result, err
	}
	if err := look.amendments(ctx); err != nil {
		return look.result, err
	}
	if err := look.sites(ctx); err != nil {
		return look.result, err
	}
	for id, e := range look.running { // running workflows for which the ledger has nothing open
		if time.Since(e.Started) > settling {
			if err := look.try(ctx, id, func() error { return look.reload(ctx, id, sluss.OpenBatch{}) }); err != nil {
				return look.result, err
			}
		}
	}
	return look.result, nil
}

// look is one check.
type look struct {
	*Reviving
	running map[string]Execution // for which nothing open was found yet
	result  Revived
}

func (l *look) batches(ctx context.Context) error {
	for after := sluss.BatchID(""); ; {
		page, err := l.Ledger.OpenBatches(ctx, after, revivalPage)
		if err != nil {
			return err
		}
		for _, b := range page {
			after = b.Batch
			activity.RecordHeartbeat(ctx, b.Batch)
			e, runs := l.found(string(b.Batch))
			switch {
			case !runs:
				err = l.try(ctx, string(b.Batch), func() error { return l.batch(ctx, b.Batch) })
			case e.Run != b.Run || e.Recorded < b.Acts:
				err = l.try(ctx, string(b.Batch), func() error { return l.reload(ctx, string(b.Batch), b) })
			}
			if err != nil {
				return err
			}
		}
		if len(page) < revivalPage {
			return nil
		}
	}
}

func (l *look) amendments(ctx context.Context) error {
	open, err := l.Ledger.OpenAmendments(ctx)
	if err != nil {
		return err
	}
	for _, id := range open {
		if _, runs := l.found(string(id)); runs {
			continue
		}
		if err := l.try(ctx, string(id), func() error { return l.amendment(ctx, id) }); err != nil {
			return err
		}
	}
	return nil
}

func (l *look) sites(ctx context.Context) error {
	open, err := l.Ledger.OpenSites(ctx)
	if err != nil {
		return err
	}
	for _, site := range open {
		if _, runs := l.found(site.ID()); runs {
			continue
		}
		err := l.try(ctx, site.ID(), func() error {
			return l.start(ctx, sluss.Revival{Workflow: site.ID()}, func(r sluss.Revival) (string, error) { return l.Executions.StartResults(ctx, site, r) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// found returns the running workflow of something that is open.
func (l *look) found(id string) (Execution, bool) {
	l.result.Open++
	e, runs := l.running[id]
	delete(l.running, id)
	return e, runs
}

// try runs do, and returns an error only after many failures.
func (l *look) try(ctx context.Context, id string, do func() error) error {
	activity.RecordHeartbeat(ctx, id)
	err := do()
	if err == nil {
		return nil
	}
	l.result.Failed++
	l.Log.Warn("a workflow was not revived", "workflow", id, "error", err)
	if l.result.Failed < mostFailures && ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("revive %s, and others: %w", id, err)
}

func (l *look) batch(ctx context.Context, id sluss.BatchID) error {
	return l.start(ctx, sluss.Revival{Workflow: string(id), Batch: id}, func(r sluss.Revival) (string, error) {
		d, produced, open, err := l.Ledger.Declared(ctx, id)
		if err != nil || !open {
			return "", err
		}
		return l.Executions.StartBatch(ctx, d, produced, r)
	})
}

func (l *look) amendment(ctx context.Context, id sluss.FilingID) error {
	batch, _, err := id.Split()
	if err != nil {
		return err
	}
	return l.start(ctx, sluss.Revival{Workflow: string(id), Batch: batch}, func(r sluss.Revival) (string, error) {
		content, _, known, err := l.Ledger.Content(ctx, id)
		if err != nil || !known {
			return "", err
		}
		return l.Executions.StartAmendment(ctx, content, r)
	})
}

// start starts a workflow that is not running, and records it.
func (l *look) start(ctx context.Context, r sluss.Revival, do func(r sluss.Revival) (run string, err error)) error {
	last, err := l.Executions.Latest(ctx, r.Workflow)
	if err != nil || last.Ended == "" {
		return err
	}
	if count, at, err := l.Ledger.Revivals(ctx, r.Workflow); err != nil || time.Since(at) < pause(count) {
		return err
	}
	r.How, r.Reason, r.EndedAt, r.At = last.Ended, last.Reason, last.EndedAt, time.Now().Truncate(time.Second)
	if r.Run, err = do(r); err != nil || r.Run == "" {
		return err
	}
	l.result.Count++
	if len(l.result.Started) < mostStarted {
		l.result.Started = append(l.result.Started, r.Workflow)
	}
	l.Log.Warn("a workflow had ended from outside and was started again from the ledger", "workflow", r.Workflow, "how", r.How, "ended", r.EndedAt)
	return l.Ledger.RecordRevival(ctx, r)
}

// pause is how long a workflow is not started again after it was started so often within
// a day: if it keeps ending, it needs an engineer.
func pause(count int) time.Duration {
	const few, first, longest = 3, 10 * time.Minute, 6 * time.Hour
	if count < few {
		return 0
	}
	return min(first<<min(count-few, 10), longest)
}

// reload makes a workflow read the ledger, unless its run knows all of it. It does not
// if the workflow was reset, or if a worker died after it had recorded what a person did.
func (l *look) reload(ctx context.Context, id string, has sluss.OpenBatch) error {
	last, err := l.Executions.Latest(ctx, id)
	if err != nil || last.Ended != "" || last.Run == has.Run && last.Recorded >= has.Acts {
		return err
	}
	if err := l.Executions.Reload(ctx, id); err != nil {
		return err
	}
	l.result.Reloaded++
	l.Log.Warn("a workflow may know less than the ledger, and reads it", "workflow", id, "run", last.Run)
	return nil
}
