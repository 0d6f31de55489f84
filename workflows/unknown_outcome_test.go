package workflows_test

import (
	"strings"
	"testing"

	"sluss"
	"sluss/workflows"
)

// TestALostAnswerSaysWhatIsLawful: in production the filing waits, and shows what a person can do.
func TestALostAnswerSaysWhatIsLawful(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTransport: func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{Kind: sluss.Unknown}, nil },
	}
	p.registry.find = func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }
	p.swedish()
	p.after(4*hour, func() {
		value, err := p.env.QueryWorkflowByID(p.filing("se.transport#1").Workflow(), workflows.FilingQuery.Name, p.filing("se.transport#1"))
		if err != nil {
			t.Error(err)
			return
		}
		var state workflows.FilingState
		if err := value.Get(&state); err != nil || state.Stage != sluss.StageUnknown || state.Waiting != sluss.Officer {
			t.Errorf("%+v, %v", state, err)
		}
		for _, want := range []string{"the answer was lost", "web service", "starter extract", "not-taken", "SkickatDubbelt"} {
			if !strings.Contains(state.Detail, want) {
				t.Errorf("want %q in %q", want, state.Detail)
			}
		}
		d := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: filedByHand, Reason: "in the extract", By: sluss.Person{Name: "Karin Holm"}}
		if err := p.env.UpdateWorkflowByID(p.filing("se.transport#1").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", ""), to(p.filing("se.transport#1"), d)); err != nil {
			t.Error(err)
		}
	})
	p.run()
	if n := len(p.registry.of(sluss.ReportTransport)); n != 1 {
		t.Errorf("sent %d times", n)
	}
	if got := p.registry.of(sluss.ReportReception)[0].Content.Receipts["se.transport#1"].ID; got != filedByHand {
		t.Errorf("the next note names %q", got)
	}
}
