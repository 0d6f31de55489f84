package avfallsregistret

import (
	"slices"

	"sluss"
)

// unsure are codes whose rule the registry does not tell in full: how it checks
// an address of mail, and whether an operator that reports for itself must name
// a person. They alone do not keep a note from being sent.
var unsure = []int{4021, 4024, 4036}

// refusals are the reasons for which the registry is sure to refuse a message;
// none, where it might take it. The lists of codes are not asked: they may have
// grown since they were fetched. What is wrong with the reporter alone is no
// person's to correct, so it is left to the registry to say.
func (c *Client) refusals(m message) []sluss.Reason {
	if c.sendsAll || m.annuls != "" {
		return m.reasons
	}
	found, err := inspect(m.what, m.body, c.reporter.ID, ReferenceData{})
	if err != nil {
		return m.reasons
	}
	certain := slices.ContainsFunc(found, func(f felkod) bool { return !slices.Contains(unsure, f.number()) && !m.aboutReporter(f) })
	if !certain {
		return m.reasons
	}
	return m.withFound(found)
}

// withFound are the reasons why the note cannot even be worded, and those for
// which the registry would refuse it as it is.
func (m message) withFound(found []felkod) []sluss.Reason {
	reasons := slices.Clone(m.reasons)
	for _, f := range found {
		for _, reason := range m.reasonsOf(f) {
			reason.Original = ""
			same := slices.IndexFunc(reasons, func(r sluss.Reason) bool { return r.Code == "" && r.Field == reason.Field })
			if same < 0 {
				reasons = append(reasons, reason)
			} else {
				reasons[same].Code = reason.Code
			}
		}
	}
	return reasons
}
