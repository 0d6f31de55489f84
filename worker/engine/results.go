package engine

import (
	"slices"

	"go.temporal.io/sdk/worker"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// registerResults lets a worker compile quarterly results.
func (e *Engine) registerResults(w worker.Worker) {
	w.RegisterActivity(&activities.Results{Ledger: e.Ledger, Compile: obligations.Compiled})
}

// quarterlySchedules start the compilation of results, if the registry that requires
// them is configured.
func (e *Engine) quarterlySchedules(policy workflows.Policy) []schedule {
	if !slices.Contains(e.names, sluss.Avfallsregistret) {
		return nil
	}
	return []schedule{{
		id: workflows.QuarterlyID, workflow: workflows.Quarterly, input: workflows.QuarterlyInput{Policy: policy},
		every: workflows.QuarterlyEvery, at: workflows.QuarterlyAt, registry: sluss.Avfallsregistret,
		summary: "Looks every morning for quarterly results to compile",
	}}
}
