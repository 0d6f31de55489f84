package workflows_test

import (
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// TestTheRegistryIsAskedAboutWhatAPersonSaysItHas decides that the French registry took a
// step that it had rejected, each time with another answer of the registry.
func TestTheRegistryIsAskedAboutWhatAPersonSaysItHas(t *testing.T) {
	const ours = "BSD-20261123-ABCDEFGHJ"
	has := func(id, number string) (sluss.Outcome, error) {
		return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: id, Number: number}}, nil
	}
	type say struct {
		refused string // the decision; empty: it is taken
		find    func() (sluss.Outcome, error)
	}
	absent := func() (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrAbsent }
	for name, test := range map[string]struct {
		report sluss.ReportKind
		filing sluss.ObligationID
		said   []say
	}{
		"a step": {sluss.ReportSealing, "fr.sealing", []say{
			{"receipt: trackdechets has it as clx0123456789abcdefghijklm BSD-20261123-OTHER0000, not as " + ours, func() (sluss.Outcome, error) { return has("clx0123456789abcdefghijklm", "BSD-20261123-OTHER0000") }},
			{"does not show that fr.sealing was taken", absent},
			{"", func() (sluss.Outcome, error) { return has("clx0123456789abcdefghijklm", ours) }},
		}},
		"nobody can tell":                 {sluss.ReportSealing, "fr.sealing", []say{{"", func() (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }}}},
		"the registry fails":              {sluss.ReportSealing, "fr.sealing", []say{{"", func() (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrNotSent }}}},
		"a document that a person made":   {sluss.ReportCreation, "fr.creation", []say{{"", absent}}},
		"the same document by its number": {sluss.ReportCreation, "fr.creation", []say{{"", func() (sluss.Outcome, error) { return has("clx", ours) }}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				test.report: func(int, sluss.Submission) (sluss.Outcome, error) {
					return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Code: "X", Message: "no"}}}, nil
				},
			}
			p.registry.find = func(n int, _ sluss.Submission) (sluss.Outcome, error) { return test.said[n-1].find() }
			for i, s := range test.said {
				p.after(time.Duration(10*(i+1))*time.Minute, func() {
					d := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: ours, Reason: "seen there", By: sluss.Person{Name: "Karin Holm"}, At: p.env.Now()}
					_ = p.env.UpdateWorkflowByID(p.filing(test.filing).Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", s.refused), to(p.filing(test.filing), d))
				})
			}
			p.sign(2*hour, "fr.emission#1", sluss.Producer)
			p.french(3 * hour)
			p.run()
			if n := len(p.registry.of(test.report)); n != 1 || p.registry.asked != len(test.said) || len(p.ledger.decisions) != 1 {
				t.Errorf("sent %d times, asked %d times, %d decisions", n, p.registry.asked, len(p.ledger.decisions))
			}
		})
	}
}
