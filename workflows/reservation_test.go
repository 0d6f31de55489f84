package workflows_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
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

func (p *plant) deferrals(obligation string) int {
	return len(slices.DeleteFunc(slices.Clone(p.ledger.stages), func(s string) bool { return s != obligation+": deferred" }))
}

// near tells whether a moment is at most a little after another. It may be the
// moments before it that a reservation is asked for ahead of its time.
func near(t *testing.T, got, want time.Duration) {
	t.Helper()
	if late := got - want; late < -time.Second || late > 30*time.Second {
		t.Errorf("after %s, want after %s", got, want)
	}
}

func TestReservationIsWaitedForOnATimer(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(20*hour-time.Second, sluss.QueuePlace{Granted: true, In: 18 * hour, At: p.start.Add(20 * hour)})
	sent := p.sentAt()
	p.swedish()
	p.run()
	near(t, *sent, 20*hour)
	if *asked != 2 || p.deferrals("se.removal") != 1 {
		t.Errorf("asked %d times, deferred %d times; want twice, and once", *asked, p.deferrals("se.removal"))
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
			if err := p.env.SignalWorkflowByID(string(p.filing("se.removal")), workflows.ReservedSignal.Name, message); err != nil {
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

func TestFilingThatNobodyTellsLooksWhetherItIsQueued(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	asked := p.queued(20*hour, sluss.QueuePlace{In: 2 * hour, At: p.start.Add(4 * hour)})
	sent := p.sentAt()
	p.after(30*hour, func() { // its ticket was dropped
		p.ledger.Lock()
		defer p.ledger.Unlock()
		p.ledger.lost = true
	})
	p.swedish()
	p.run()
	// Looked after four hours more, then eight, sixteen and so on.
	if *asked != 2 || *sent < 30*hour || *sent > 70*hour || p.ledger.peeked < 3 || p.ledger.peeked > 5 {
		t.Errorf("asked %d times, sent after %s, looked %d times", *asked, *sent, p.ledger.peeked)
	}
}

func TestForecastOfAMissIsForTheOfficer(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(400*hour, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	state := func() (s workflows.FilingState) {
		value, err := p.env.QueryWorkflowByID(string(p.filing("se.removal")), workflows.FilingQuery.Name)
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
			if err := p.env.SignalWorkflowByID(f.Filing, workflows.ForecastSignal.Name, f); err != nil {
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
			_ = p.env.UpdateWorkflowByID(string(p.filing("se.removal")), workflows.DecideUpdate.Name, p.update(), p.expect("decision", refused), d)
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

// rounds is the ledger of a dispatcher: it has a round for each time it is asked.
type rounds struct {
	fakeLedger
	rounds []sluss.Dispatched
	asked  []time.Time
	told   []int64
	gone   []int64
	warned int
	now    func() time.Time
}

func (l *rounds) Dispatch(context.Context, string) (sluss.Dispatched, error) {
	l.asked = append(l.asked, l.now())
	return l.rounds[min(len(l.asked), len(l.rounds))-1], nil
}

func (l *rounds) MarkNotified(_ context.Context, told, gone []int64) error {
	l.told, l.gone = append(l.told, told...), append(l.gone, gone...)
	return nil
}

func (l *rounds) Warn(context.Context, string) ([]sluss.Forecast, error) {
	l.warned++
	return nil, nil
}

// post takes messages to workflows; filings that begin with "gone" do not run.
type post struct{}

func (post) WakeDispatcher(context.Context, string) error { return nil }
func (post) Reserved(_ context.Context, p sluss.Reservation) (bool, error) {
	return !strings.HasPrefix(p.Filing, "gone"), nil
}
func (post) Forecast(context.Context, sluss.Forecast) error { return nil }

func govern(t *testing.T, l *rounds, script func(env *environment)) {
	t.Helper()
	env := newEnvironment()
	l.now = env.Now
	env.RegisterActivity(&activities.Activities{Ledger: l, Messenger: post{}, Log: slog.New(slog.DiscardHandler)})
	if script != nil {
		script(env)
	}
	env.ExecuteWorkflow(workflows.Dispatcher, workflows.DispatcherInput{Registry: sluss.Trackdechets})
	if !env.IsWorkflowCompleted() || env.GetWorkflowError() != nil {
		t.Fatalf("the dispatcher ended with %v", env.GetWorkflowError())
	}
}

func TestDispatcherMakesReservationsUntilNoCallWaits(t *testing.T) {
	l := &rounds{rounds: []sluss.Dispatched{
		{Waiting: 3, Next: 3 * time.Second, Reservations: []sluss.Reservation{{Ticket: 1, Filing: "filing/a"}, {Ticket: 2, Filing: "gone"}}},
		{Waiting: 2, Next: 8 * time.Hour},
		{Waiting: 1, Next: 3 * time.Second},
		{Reservations: []sluss.Reservation{{Ticket: 3, Filing: "filing/b"}}},
	}}
	govern(t, l, nil)
	near(t, l.asked[len(l.asked)-1].Sub(l.asked[0]), 8*time.Hour+6*time.Second)
	if len(l.asked) != 4 {
		t.Errorf("handed out %d times", len(l.asked))
	}
	if !slices.Equal(l.told, []int64{1, 3}) || !slices.Equal(l.gone, []int64{2}) {
		t.Errorf("told %v, gone %v", l.told, l.gone)
	}
	if l.warned != 2 {
		t.Errorf("%d forecasts, want one at once and one after eight hours", l.warned)
	}
}

func TestDispatcherIsWoken(t *testing.T) {
	l := &rounds{rounds: []sluss.Dispatched{{Waiting: 1, Next: 8 * time.Hour}, {}}}
	govern(t, l, func(env *environment) {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.WakeSignal.Name, "resumed") }, time.Hour)
	})
	near(t, l.asked[1].Sub(l.asked[0]), time.Hour)
}

func TestDispatcherGoesOnInAFreshHistory(t *testing.T) {
	l := &rounds{rounds: []sluss.Dispatched{{Waiting: 1, Next: time.Second}}}
	env := newEnvironment()
	l.now = env.Now
	env.RegisterActivity(&activities.Activities{Ledger: l, Messenger: post{}, Log: slog.New(slog.DiscardHandler)})
	env.RegisterDelayedCallback(func() { env.SetContinueAsNewSuggested(true) }, time.Minute)
	env.ExecuteWorkflow(workflows.Dispatcher, workflows.DispatcherInput{Registry: sluss.Trackdechets})
	if err := env.GetWorkflowError(); !workflow.IsContinueAsNewError(err) {
		t.Errorf("the dispatcher ended with %v, want it to go on", err)
	}
}
