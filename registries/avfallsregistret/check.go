package avfallsregistret

import (
	"slices"
	"time"

	"sluss"
)

// Check returns all faults for which the registry would refuse the notes, by the
// fields of the declaration, without asking it. The notes may be those that a
// declaration is expected to lead to. Lists of codes are not checked. Faults of the
// reporter, and faults that no change of the declaration can correct, are left out.
// Contents for other registries are skipped.
func Check(notes ...sluss.Content) sluss.Faults {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		zone = time.UTC // only the form of times is checked
	}
	c := &Client{zone: zone}
	var faults sluss.Faults
	for _, content := range notes {
		if content.Obligation.Registry != sluss.Avfallsregistret {
			continue
		}
		m, err := c.message(content)
		if err != nil {
			continue // the subject of the note is missing, which is a fault by law
		}
		found, err := inspect(m.what, m.body, m.note.Verksamhetsutovare, ReferenceData{})
		if err != nil {
			continue
		}
		found = slices.DeleteFunc(found, m.aboutReporter)
		for _, r := range m.withFound(found) {
			told := slices.ContainsFunc(faults, func(f sluss.Fault) bool { return f.Field == r.Field })
			if r.Field != "" && !told {
				faults = append(faults, sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy})
			}
		}
	}
	return faults
}
