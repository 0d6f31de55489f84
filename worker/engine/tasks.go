package engine

import "sluss/activities"

// tasks are what people have done at what the activities serve.
func (e *Engine) tasks(acts *activities.Activities) *activities.Tasks {
	found := map[string]activities.TaskRegistry{}
	for name, registry := range acts.Registries {
		if taskRegistry, can := registry.(activities.TaskRegistry); can {
			found[name] = taskRegistry
		}
	}
	return &activities.Tasks{Ledger: e.Ledger, Registries: found, Actor: acts.Actor, Log: acts.Log}
}
