package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// queued lets the producer's note wait for its reservation until a moment, and counts
// how often it asks.
func (p *plant) queued(until time.Duration, w sluss.QueuePlace) (asked *int) {
	asked = new(int)
	p.ledger.wait = func(i sluss.Intent) *sluss.QueuePlace {
		if !strings.HasSuffix(i.Filing, "se.removal") {
			return nil
		}
		*asked++
		if p.env.Now().Before(p.start.Add(until)) {
			return &w
		}
		return nil
	}
	return asked
}

// sentAt is when the producer's note was sent, from the declaration on.
func (p *plant) sentAt() (at *time.Duration) {
	at = new(time.Duration)
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			*at = p.env.Now().Sub(p.start)
			return accepted(s), nil
		},
	}
	return at
}

func (p *plant) deferrals() int {
	return len(slices.DeleteFunc(slices.Clone(p.ledger.stages), func(s string) bool { return s != "se.removal: deferred" }))
}

// near tells whether a moment is at most a little after another, or so little before
// it as a permit is asked for ahead of its reservation.
func near(t *testing.T, got, want time.Duration) {
	t.Helper()
	if late := got - want; late < -3*time.Second || late > 30*time.Second {
		t.Errorf("after %s, want after %s", got, want)
	}
}

func TestReservationIsWaitedForOnATimer(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(20*hour-3*time.Second, sluss.QueuePlace{Granted: true, In: 18 * hour, At: p.start.Add(20 * hour)})
	sent := p.sentAt()
	p.swedish()
	p.run()
	near(t, *sent, 20*hour)
	if *asked != 2 || p.deferrals() != 1 {
		t.Errorf("asked %d times, deferred %d times; want twice, and once", *asked, p.deferrals())
	}
}

func TestReservationIsTold(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(5*hour, sluss.QueuePlace{In: 18 * hour, Ahead: 17, At: p.start.Add(20 * hour)})
	sent := p.sentAt()
	p.after(5*hour, func() {
		outdated := sluss.Reservation{Filing: string(p.filing("se.removal")), Number: 7, In: 0}
		reservation := sluss.Reservation{Filing: string(p.filing("se.removal")), Number: 1, In: 5 * time.Second, At: p.start.Add(5*hour + 5*time.Second)}
		for _, message := range []sluss.Reservation{outdated, reservation} {
			if err := p.env.SignalWorkflowByID(p.filing("se.removal").Workflow(), workflows.ReservedSignal.Name, message); err != nil {
				t.Error(err)
			}
		}
	})
	p.swedish()
	p.run()
	near(t, *sent, 5*hour+5*time.Second)
	if *asked != 2 {
		t.Errorf("asked %d times, want twice", *asked)
	}
}

// TestFilingBehindOthersAsksForItsReservationAlone: it is queued without a task of the
// registry's queue, and makes its call at once when it is told its reservation.
func TestFilingBehindOthersAsksForItsReservationAlone(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(0, sluss.QueuePlace{})
	sent := p.sentAt()
	p.ledger.ahead = &sluss.QueuePlace{In: 18 * hour, Ahead: 17, At: p.start.Add(20 * hour)}
	p.after(5*hour, func() {
		p.ledger.Lock()
		p.ledger.ahead = nil
		p.ledger.Unlock()
		reservation := sluss.Reservation{Filing: string(p.filing("se.removal")), Number: 1, In: time.Second, At: p.start.Add(5*hour + time.Second)}
		if err := p.env.SignalWorkflowByID(p.filing("se.removal").Workflow(), workflows.ReservedSignal.Name, reservation); err != nil {
			t.Error(err)
		}
	})
	p.swedish()
	p.run()
	near(t, *sent, 5*hour)
	if *asked != 1 || p.deferrals() != 1 || p.ledger.queued == 0 {
		t.Errorf("asked %d times, deferred %d times; want one of each", *asked, p.deferrals())
	}
}

// TestCorrectedFilingAsksForANewPlace: its ticket has the due time and the calls of the
// content that was corrected.
func TestCorrectedFilingAsksForANewPlace(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(5*hour, sluss.QueuePlace{In: 18 * hour, At: p.start.Add(20 * hour)})
	sent := p.sentAt()
	p.correct(5*hour, map[string]string{"waste.mass": "1180"})
	p.swedish()
	p.run()
	near(t, *sent, 5*hour)
	if *asked != 2 {
		t.Errorf("asked %d times, want twice", *asked)
	}
}

func TestFilingThatNobodyTellsAsksAgain(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(4*hour, sluss.QueuePlace{In: 2 * hour, At: p.start.Add(4 * hour)})
	sent := p.sentAt()
	p.swedish()
	p.run()
	// A day later than twice the estimate.
	near(t, *sent, 2*hour+28*hour)
	if *asked != 2 {
		t.Errorf("asked %d times", *asked)
	}
}

func TestForecastOfAMissIsForTheOfficer(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(400*hour, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	state := func() (s workflows.FilingState) {
		value, err := p.env.QueryWorkflowByID(p.filing("se.removal").Workflow(), workflows.FilingQuery.Name, p.filing("se.removal"))
		if err == nil {
			err = value.Get(&s)
		}
		if err != nil {
			t.Error(err)
		}
		return s
	}
	tell := func(at time.Duration, late bool) {
		p.after(at, func() {
			f := sluss.Forecast{Filing: string(p.filing("se.removal")), Due: p.start.Add(50 * hour), At: p.start.Add(302 * hour), Late: late}
			if err := p.env.SignalWorkflowByID(sluss.FilingID(f.Filing).Workflow(), workflows.ForecastSignal.Name, f); err != nil {
				t.Error(err)
			}
		})
		p.after(at+time.Minute, func() {
			s := state()
			if late != (s.Waiting == sluss.Officer) || late != (len(s.Actions) == 2) || late != strings.Contains(s.Detail, "after it is due") {
				t.Errorf("late %v: the filing waits for %q, %q, and may be %v", late, s.Waiting, s.Detail, s.Actions)
			}
		})
	}
	decide := func(at time.Duration, refused string, d sluss.Decision) {
		p.after(at, func() {
			_ = p.env.UpdateWorkflowByID(p.filing("se.removal").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", refused), to(p.filing("se.removal"), d))
		})
	}
	taken := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "072f294c-9e70-4cf6-b6a3-139922067ddc", Reason: "typed into the e-service", By: sluss.Person{Name: "Cecilia Berg"}, At: p.start}
	decide(3*hour, "nothing to decide", taken)
	tell(4*hour, true)
	tell(5*hour, false)
	tell(6*hour, true)
	decide(7*hour, "", taken)
	p.swedish()
	result := p.run()
	if receipt := result.Filings[0].Receipt; receipt == nil || receipt.ID != taken.Receipt || len(p.registry.of(sluss.ReportRemoval)) != 0 {
		t.Errorf("receipt %+v, sent %d times", receipt, len(p.registry.of(sluss.ReportRemoval)))
	}
}
