package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

const transport = sluss.ObligationID("se.transport#1")

// hold holds the report of the transport from a moment until another.
func (p *plant) hold(at, until time.Duration, refused string) {
	r := p.expect("hold", refused)
	p.after(at, func() {
		h := sluss.Hold{Until: p.start.Add(until), Reason: "entering it in the e-service", By: sluss.Person{Name: "Karin Holm"}}
		if err := p.env.UpdateWorkflowByID(p.filing(transport).Workflow(), workflows.HoldUpdate.Name, p.update(), r, to(p.filing(transport), h)); err != nil {
			p.t.Errorf("hold: %v", err)
		}
	})
}

func (p *plant) release(at time.Duration, refused string) {
	p.after(at, func() {
		r := sluss.Release{Reason: "not entered after all", By: sluss.Person{Name: "Karin Holm"}}
		_ = p.env.UpdateWorkflowByID(p.filing(transport).Workflow(), workflows.ReleaseUpdate.Name, p.update(), p.expect("release", refused), to(p.filing(transport), r))
	})
}

// deferredOnce is a registry that takes the report of the transport only after a moment, and
// tells when it was sent.
func (p *plant) deferredOnce(until time.Duration, sent *[]time.Duration) {
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTransport: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			*sent = append(*sent, p.env.Now().Sub(p.start).Round(time.Minute))
			if n == 1 {
				return sluss.Outcome{Kind: sluss.Deferred, NotBefore: p.start.Add(until), Detail: "not before then"}, nil
			}
			return accepted(s), nil
		},
	}
}

func TestNothingIsSentWhileAFilingIsHeld(t *testing.T) {
	for name, test := range map[string]struct {
		script func(p *plant)
		sent   []time.Duration // after the first time
	}{
		"until its end":                  {func(p *plant) { p.hold(3*hour, 9*hour, "") }, []time.Duration{9 * hour}},
		"for less than it waits anyhow":  {func(p *plant) { p.hold(3*hour, 4*hour, "") }, []time.Duration{6 * hour}},
		"until it is released":           {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.release(7*hour, "") }, []time.Duration{7 * hour}},
		"until it is released, twice":    {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.release(4*hour, ""); p.release(5*hour, "") }, []time.Duration{6 * hour}},
		"for longer":                     {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.hold(8*hour, 11*hour, "") }, []time.Duration{11 * hour}},
		"for a shorter time":             {func(p *plant) { p.hold(3*hour, 20*hour, ""); p.hold(7*hour, 8*hour, "") }, []time.Duration{8 * hour}},
		"twice the same is once":         {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.hold(4*hour, 9*hour, "") }, []time.Duration{9 * hour}},
		"at most so long":                {func(p *plant) { p.hold(3*hour, 3*hour+sluss.LongestHold+time.Minute, "more than 72 hours ahead") }, []time.Duration{6 * hour}},
		"not beyond its due time":        {func(p *plant) { p.hold(3*hour, 70*hour, "is after it is due, at 2026-11-25T23:59:59+01:00") }, []time.Duration{6 * hour}},
		"not into the past":              {func(p *plant) { p.hold(3*hour, 2*hour, "is past") }, []time.Duration{6 * hour}},
		"what is not held":               {func(p *plant) { p.release(3*hour, "is not held") }, []time.Duration{6 * hour}},
		"a correction does not end it":   {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.correct(4*hour, map[string]string{"waste.name": "Oil"}) }, []time.Duration{9 * hour}},
		"and is entered by hand instead": {func(p *plant) { p.hold(3*hour, 9*hour, ""); p.decideTransport(5 * hour) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			var sent []time.Duration
			p.deferredOnce(6*hour, &sent)
			test.script(p)
			p.from(2 * hour)
			p.run()
			if len(sent) == 0 || !slices.Equal(sent[1:], test.sent) {
				t.Errorf("sent after %v, want %v behind the first", sent, test.sent)
			}
		})
	}
}

func (p *plant) decideTransport(at time.Duration) {
	p.after(at, func() {
		d := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: filedByHand, Reason: "entered", By: sluss.Person{Name: "Karin Holm"}, At: p.env.Now()}
		_ = p.env.UpdateWorkflowByID(p.filing(transport).Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", ""), to(p.filing(transport), d))
	})
}

// TestAHoldIsSeenAndRecorded looks at a held filing as its workflow and the ledger have it.
func TestAHoldIsSeenAndRecorded(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	var sent []time.Duration
	p.deferredOnce(6*hour, &sent)
	p.hold(3*hour, 9*hour, "")
	p.after(4*hour, func() {
		value, err := p.env.QueryWorkflowByID(p.filing(transport).Workflow(), workflows.FilingQuery.Name, p.filing(transport))
		if err != nil {
			t.Error(err)
			return
		}
		var s workflows.FilingState
		if err := value.Get(&s); err != nil {
			t.Error(err)
		}
		if s.Stage != sluss.StageDeferred || s.Waiting != sluss.Officer || !s.Until.Equal(p.start.Add(9*hour)) || !strings.Contains(s.Detail, "by Karin Holm: entering it in the e-service") ||
			!strings.Contains(s.Detail, "starter release default/VO-2026-0101/se.transport#1") {
			t.Errorf("%+v", s)
		}
	})
	p.from(2 * hour)
	p.run()
	told := strings.Join(p.ledger.stages, "\n")
	if !strings.Contains(told, "se.transport#1: held") {
		t.Errorf("recorded:\n%s", told)
	}
}

// A filing that waits for a signature can be held, too: signed, it waits for the end of the hold.
func TestASignedFilingWaitsForTheEndOfItsHold(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	var sent []time.Duration
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTransport: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			sent = append(sent, p.env.Now().Sub(p.start).Round(time.Minute))
			return accepted(s), nil
		},
	}
	p.sign(2*hour+hour/2, "se.removal", sluss.Officer)
	p.hold(3*hour, 9*hour, "")
	p.sign(4*hour, transport, sluss.Officer)
	p.sign(12*hour, "se.reception", sluss.Officer)
	p.from(2 * hour)
	p.run()
	if !slices.Equal(sent, []time.Duration{9 * hour}) {
		t.Errorf("sent after %v", sent)
	}
}
