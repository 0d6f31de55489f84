package workflows

// Types are all workflow types, by the name under which Temporal knows them.
func Types() map[string]any {
	return map[string]any{
		"Amendment": Amendment, "Batch": Batch, "Filing": Filing, "Quarterly": Quarterly,
		"ReferenceData": ReferenceData, "Results": Results, "Revive": Revive, "Sync": Sync, "Task": Task,
	}
}
