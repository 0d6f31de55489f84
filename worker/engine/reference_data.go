package engine

import (
	"time"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// sources are the registries of the activities that have reference data.
func sources(acts *activities.Activities) map[string]activities.ReferenceSource {
	found := map[string]activities.ReferenceSource{}
	for name, registry := range acts.Registries {
		if source, has := registry.(activities.ReferenceSource); has {
			found[name] = source
		}
	}
	return found
}

// lists are the activities that check the reference data of the configured registries.
func (e *Engine) lists(acts *activities.Activities) *activities.ReferenceData {
	return &activities.ReferenceData{Ledger: e.Ledger, Registries: sources(acts), Codes: obligations.WasteCodes, Actor: acts.Actor, Log: acts.Log}
}

// warnOfCertificates logs which of our certificates expire soon, independent of the
// check of reference data.
func warnOfCertificates(acts *activities.Activities) {
	for name, source := range sources(acts) {
		ours := sluss.ReferenceData{Registry: name, CertificateEnds: source.CertificateEnds()}
		for _, warning := range ours.Warnings(time.Now()) {
			acts.Log.Warn(warning)
		}
	}
}

// referenceDataSchedules check the reference data of each registry that has them.
func referenceDataSchedules(acts *activities.Activities) (all []schedule) {
	for name := range sources(acts) {
		all = append(all, schedule{
			id: workflows.ReferenceDataID(name), workflow: workflows.ReferenceData, input: activities.ReferenceDataInput{Registry: name},
			every: workflows.ReferenceDataEvery, registry: name,
			summary: "Looks at the reference data of " + name + ", once a day",
		})
	}
	return all
}
