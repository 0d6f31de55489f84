package avfallsregistret

import (
	"slices"
	"time"

	"sluss"
)

// Check tells all for which the registry would refuse notes, in the words of the
// declaration and without asking it. They may be those of a declaration as it is
// planned. The lists of codes are not asked. What is wrong with who reports is
// left out, and so is what nothing of the declaration can mend. What belongs to
// other registries among them is passed over.
func Check(notes ...sluss.Content) sluss.Faults {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		zone = time.UTC // only the form of moments is looked at
	}
	c := &Client{zone: zone}
	var faults sluss.Faults
	for _, content := range notes {
		if content.Obligation.Registry != sluss.Avfallsregistret {
			continue
		}
		m, err := c.message(content)
		if err != nil {
			continue // it lacks what the note is of, which the law tells
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
