package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"sluss/workflows"
)

// TestRecordedHistoriesReplay replays what released code recorded: a change that
// would break a batch in flight fails here, and needs a version. See
// CONTRIBUTING.md; `make record` records anew.
func TestRecordedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d recorded histories, want those of five batches and their filings: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflow(workflows.Batch)
			replayer.RegisterWorkflow(workflows.Filing)
			replayer.RegisterWorkflow(workflows.Amendment)
			replayer.RegisterWorkflow(workflows.Dispatcher)
			replayer.RegisterWorkflow(workflows.Results)
			replayer.RegisterWorkflow(workflows.Quarterly)
			replayer.RegisterWorkflow(workflows.ReferenceData)
			replayer.RegisterWorkflow(workflows.Sync)
			replayer.RegisterWorkflow(workflows.Revive)
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file); err != nil {
				t.Error(err)
			}
		})
	}
}
