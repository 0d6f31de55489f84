package workflows_test

import (
	"encoding/json"
	"log/slog"
	"os"
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
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]int{}
	for _, file := range files {
		recorded[typeOf(t, file)]++
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			for _, workflow := range workflows.Types() {
				replayer.RegisterWorkflow(workflow)
			}
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file); err != nil {
				t.Error(err)
			}
		})
	}
	for name := range workflows.Types() {
		if recorded[name] == 0 {
			t.Errorf("no history of a %s workflow is recorded", name)
		}
	}
}

// typeOf is the workflow type of a recorded history.
func typeOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var history struct {
		Events []struct {
			Started struct {
				WorkflowType struct{ Name string }
			} `json:"workflowExecutionStartedEventAttributes"`
		}
	}
	if err := json.Unmarshal(data, &history); err != nil || len(history.Events) == 0 {
		t.Fatalf("%s holds no history: %v", file, err)
	}
	return history.Events[0].Started.WorkflowType.Name
}
