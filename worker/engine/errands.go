package engine

import "sluss/activities"

// errands are what people have done at what the activities serve.
func (e *Engine) errands(acts *activities.Activities) *activities.Errands {
	found := map[string]activities.Bureau{}
	for name, registry := range acts.Registries {
		if bureau, can := registry.(activities.Bureau); can {
			found[name] = bureau
		}
	}
	return &activities.Errands{Ledger: e.Ledger, Registries: found, Actor: acts.Actor, Log: acts.Log}
}
