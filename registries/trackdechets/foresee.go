package trackdechets

import (
	"time"

	"sluss"
)

// foreseen are all reasons for which the register is sure to refuse a creation
// or a sealing: of a creation also those of the sealing that follows it, so that
// a person corrects once, and before there is a draft. None, where it might take
// it.
func (c *Client) foreseen(content sluss.Content, on time.Time) ([]sluss.Reason, error) {
	note := content.Obligation.Note
	if c.unforeseeing || content.Amends != nil || note != sluss.NoteCreation && note != sluss.NoteSealing {
		return nil, nil
	}
	content.Obligation.Note = sluss.NoteSealing
	return c.Faults(content, on)
}

// Foresee tells all for which the register would refuse the BSDD of a
// declaration as it stands on that day, in the words of the declaration, without
// asking it; none where there is no BSDD. Numbers of the test environment's
// companies pass. Who is registered as what is Preflight's to ask.
func Foresee(d sluss.Declaration, on time.Time) sluss.Faults {
	c := New(Options{TestCompanies: true})
	doc, err := newDocument(sluss.Submission{Content: sluss.Content{Declaration: d}})
	if err != nil {
		return nil
	}
	var faults sluss.Faults
	known := map[sluss.Fault]bool{}
	look := func(note sluss.Note, leg int) {
		found, err := c.Faults(sluss.Content{Declaration: d, Obligation: sluss.Obligation{Note: note, Leg: leg}}, on)
		if err != nil {
			return
		}
		for _, r := range found {
			fault := sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}
			if !known[fault] {
				known[fault] = true
				faults = append(faults, fault)
			}
		}
	}
	look(sluss.NoteEmission, doc.first)
	for i := range max(1, len(doc.inTurns())) {
		look(sluss.NoteTakeOver, doc.first+i)
	}
	if stored := doc.storedAfter(); stored > 0 && stored < len(d.Legs) {
		look(sluss.NoteResealing, stored+1)
		look(sluss.NoteTakeOver, stored+1)
	}
	return faults
}
