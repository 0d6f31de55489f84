package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"sluss/config"
	"sluss/worker/engine"
)

// TestUpgrade runs workers with several versions of the workflows at the same time,
// while a batch is open.
func TestUpgrade(t *testing.T) {
	h, _ := openInstallation(t)
	first := h.currentVersion(t)
	if len(first) != 12 {
		t.Fatalf("after a fresh start the current version is %q", first)
	}
	d, filing, _ := awaitSignature(t, h, "UP-1")
	h.onVersion(t, first, string(d.ID()))

	// A new version takes over what is open, also while the old one runs.
	next := h.startVersion(t, "next", "")
	h.isCurrent(t, "next")
	h.signAs(t, d, filing)
	h.report(t, d, "received")
	h.onVersion(t, "next", string(d.ID()))

	// An old one that restarts gets nothing.
	h.stopEngine()
	old := h.startVersion(t, first, config.PromoteNew)
	h.isCurrent(t, "next")

	// One that waits for the operator gets nothing either.
	canary := h.startVersion(t, "canary", config.PromoteNever)
	h.isCurrent(t, "next")
	h.report(t, d, "accepted")
	h.onVersion(t, "next", string(d.ID()))
	canary.Stop()
	old.Stop()

	// Back to the old one, as it is where an older program is started.
	again := h.startVersion(t, first, config.PromoteAlways)
	h.isCurrent(t, first)
	next.Stop()
	h.report(t, d, "treated")
	h.signAs(t, d, "filing/default/UP-1/se.transport#1")
	h.signAs(t, d, "filing/default/UP-1/se.reception")
	h.awaitClosed(t, d)
	h.onVersion(t, first, string(d.ID()))
	h.onceEach(t, d)
	again.Stop()
	for _, id := range []string{string(d.ID())} {
		if failed := taskFailures(t, h, id); len(failed) > 0 {
			t.Errorf("%s: %v", id, failed)
		}
	}
}

// startVersion starts a worker of another version; Stop ends it.
func (h *Installation) startVersion(t *testing.T, build string, promote config.Promotion) *engine.Engine {
	t.Helper()
	c := effective(t, h)
	c.Temporal.Build, c.Temporal.Promote = build, promote
	e, err := engine.Start(context.WithoutCancel(t.Context()), c, quiet)
	must(t, err)
	return e
}

func (h *Installation) currentVersion(t *testing.T) string {
	t.Helper()
	described, err := h.Service.Temporal.WorkerDeploymentClient().GetHandle(engine.Deployment).Describe(t.Context(), client.WorkerDeploymentDescribeOptions{})
	must(t, err)
	if described.Info.RoutingConfig.CurrentVersion == nil {
		return ""
	}
	return described.Info.RoutingConfig.CurrentVersion.BuildID
}

func (h *Installation) isCurrent(t *testing.T, want string) {
	t.Helper()
	if got := h.currentVersion(t); got != want {
		t.Errorf("the current version is %q, want %q", got, want)
	}
}

// onVersion waits until workflows have run on a version.
func (h *Installation) onVersion(t *testing.T, want string, ids ...string) {
	t.Helper()
	for _, id := range ids {
		eventually(t, 20*time.Second, func(ctx context.Context) error {
			described, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, id, "")
			if err != nil {
				return err
			}
			on := described.GetWorkflowExecutionInfo().GetVersioningInfo()
			if on.GetBehavior() != enumspb.VERSIONING_BEHAVIOR_AUTO_UPGRADE || on.GetDeploymentVersion().GetBuildId() != want {
				return fmt.Errorf("%s is on %s, want %q", id, on, want)
			}
			return nil
		})
	}
}
