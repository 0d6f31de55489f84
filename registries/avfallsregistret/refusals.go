package avfallsregistret

import (
	"slices"

	"sluss"
)

// unsure are codes whose rules are not fully known: how the registry checks an
// e-mail address, and whether an operator that reports for itself must name a
// contact. If there are no other codes, the note is sent.
var unsure = []int{4021, 4024, 4036}

// refusals are the reasons for which the registry is certain to refuse a message;
// none if it might accept it. The lists of codes are not checked, since they may
// have grown since they were fetched. Faults of the reporter alone are left to the
// registry, since no user can correct them.
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

// withFound are the reasons why the note cannot be made, and those for which the
// registry would refuse it.
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
