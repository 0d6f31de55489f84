package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/config"
	"sluss/obligations"
	"sluss/registries/numbers"
	"sluss/workflows"
)

// Deployment is the name under which Temporal knows the workers of workflows.
const Deployment = "sluss"

// build is the version of the workflows: a hash of the code that they depend on.
// Workers with the same code have the same version, in any program.
func build() (string, error) {
	return hash(sluss.Sources, numbers.Sources, obligations.Sources, workflows.Sources)
}

func hash(packages ...fs.FS) (string, error) {
	sum := sha256.New()
	for _, sources := range packages {
		err := fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			code, err := fs.ReadFile(sources, path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(code), code)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

// versioned are the options of workers of workflows. All workflows continue with the
// code of the current version, even if they began before it: a batch lives for
// months, and one machine has one program. The replay tests ensure that new code
// replays their histories.
func versioned(id string) worker.DeploymentOptions {
	return worker.DeploymentOptions{
		UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: id},
		DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	}
}

// promotion is how long a version that has just begun to poll may be unknown to Temporal.
const promotion = 30 * time.Second

// promote makes the version the current one, which gets all workflow tasks, if the
// configuration says so. A version that was current before and was replaced is not
// promoted again by itself, because an old worker that restarts must not take over.
func promote(ctx context.Context, c client.Client, id string, how config.Promotion, log *slog.Logger) error {
	if how == config.PromoteNever {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, promotion)
	defer cancel()
	handle := c.WorkerDeploymentClient().GetHandle(Deployment)
	for {
		err := promoteOnce(ctx, handle, id, how, log)
		if err == nil {
			return nil
		}
		if !notYet(err) {
			return fmt.Errorf("make the workflows' version %s the current one: %w", id, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("make the workflows' version %s the current one: %w", id, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func promoteOnce(ctx context.Context, handle client.WorkerDeploymentHandle, id string, how config.Promotion, log *slog.Logger) error {
	described, err := handle.Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	if err != nil {
		return err
	}
	current := described.Info.RoutingConfig.CurrentVersion
	if current != nil && current.BuildID == id {
		return nil
	}
	for _, v := range described.Info.VersionSummaries {
		if v.Version.BuildID == id && v.DrainageStatus != client.WorkerDeploymentVersionDrainageStatusUnspecified && how != config.PromoteAlways {
			log.Warn("this worker gets no workflows: its version was replaced by another one", "version", id, "current", current.BuildID)
			return nil
		}
	}
	_, err = handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: id, ConflictToken: described.ConflictToken})
	if err == nil {
		log.Info("this version of the workflows is the current one", "version", id)
	}
	return err
}

// notYet tells whether an error means that Temporal does not know all task queues of
// the version yet, or that another worker changed it first.
func notYet(err error) bool {
	unknown, early := (*serviceerror.NotFound)(nil), (*serviceerror.FailedPrecondition)(nil)
	return errors.As(err, &unknown) || errors.As(err, &early)
}
