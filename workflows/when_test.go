package workflows_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/avfallsregistret"
	"sluss/workflows"
)

// late is a batch that is declared days after it was gone, with the Swedish client and
// its simulator.
type late struct {
	*plant

	register *sim.Registry
	produced sluss.Event
}

// daysLate is how long after the departure the batch is declared.
const daysLate = 3 * 24 * hour

func newLate(t *testing.T, change func(*sluss.Declaration)) *late {
	t.Helper()
	p := newPlant(t, "se-waste-oil")
	p.batch.Receiver = companies()[3]
	if change != nil {
		change(&p.batch)
	}
	p.start = p.batch.Legs[0].Departure.Add(daysLate)
	p.env.SetStartTime(p.start)
	o := openOffice(t)
	register, err := sim.New(sim.Options{Now: p.env.Now, Authority: o.authority, TokenLife: 100 * 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	o.registry.Store(register)
	p.registries[sluss.Avfallsregistret] = o.client
	return &late{plant: p, register: register, produced: sluss.Event{Kind: sluss.Produced, By: sluss.Person{Name: "Anna Ek"}}}
}

// run runs the batch to its end.
func (l *late) run() {
	l.t.Helper()
	l.execute(workflows.BatchInput{Declaration: l.batch, Policy: workflows.DefaultPolicy(), Produced: l.produced})
	if err := l.env.GetWorkflowError(); err != nil || !l.env.IsWorkflowCompleted() {
		l.t.Fatalf("the batch did not end: %v; recorded: %v, %v", err, l.ledger.events, l.ledger.stages)
	}
}

// life is what happened to the batch, days before it is declared. What came was written
// down at once; when the rest was is not told.
func (l *late) life() []sluss.Event {
	left, by := l.batch.Legs[0].Departure, sluss.Person{Name: "Bo Lind"}
	return []sluss.Event{
		{Kind: sluss.PickedUp, Leg: 1, At: left, By: by},
		{Kind: sluss.Received, At: left.Add(3 * hour), NotedAt: left.Add(4 * hour), Mass: l.batch.Waste.Mass, By: by},
		{Kind: sluss.WasteAccepted, At: left.Add(5 * hour), By: by},
		{Kind: sluss.Treated, At: left.Add(30 * hour), By: by},
	}
}

// tell reports an event as it is.
func (l *late) tell(on time.Duration, e sluss.Event, refused string) {
	l.after(on, func() {
		l.env.UpdateWorkflow(workflows.EventUpdate.Name, l.update(), l.expect("event "+string(e.ID()), refused), e)
	})
}

func (l *late) correct(on time.Duration, c sluss.Correction, refused string) {
	c.Reason, c.By = fmt.Sprintf("as it was, seen after %s", on), sluss.Person{Name: "Karin Holm"}
	l.after(on, func() {
		l.env.UpdateWorkflow(workflows.CorrectUpdate.Name, l.update(), l.expect(fmt.Sprintf("correction %v", c), refused), c)
	})
}

// told are the notes in the registry, each with the texts that it must have.
func (l *late) told(want map[string][]string) {
	l.t.Helper()
	notes := l.register.Notes()
	if len(notes) != len(want) {
		l.t.Errorf("the registry has %d notes, want %d: %+v", len(notes), len(want), notes)
	}
	for _, n := range notes {
		for _, text := range want[n.Path] {
			if !strings.Contains(string(n.Body), text) {
				l.t.Errorf("%s: want %s in %s", n.Path, text, n.Body)
			}
		}
	}
}

func dated(field string, at time.Time) string {
	return fmt.Sprintf("%q:%q", field, at.Format(time.RFC3339))
}

// TestEventsInAnyOrderDaysLate: in their order, in reverse, and shuffled, the registry is
// told each note once, with the dates on which it happened and the time at which it was
// noted, and the ledger has the events in the order of the batch's life.
func TestEventsInAnyOrderDaysLate(t *testing.T) {
	orders := [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}}
	for seed := range uint64(4) {
		orders = append(orders, rand.New(rand.NewPCG(seed, 1)).Perm(4))
	}
	for _, order := range orders {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			l := newLate(t, nil)
			life := l.life()
			on := func(i int) time.Duration { return time.Duration(slices.Index(order, i)+1) * hour }
			for i, e := range life {
				l.tell(on(i), e, "")
			}
			l.run()
			left, noted := life[0].At, l.start.Add(on(0))
			l.told(map[string][]string{
				"transportplaneringar":   {dated("borttransportDatum", left), dated("tidpunkt", noted)},
				"transporter":            {dated("transportStartDatum", left), dated("tidpunkt", noted)},
				"behandlingsmottaganden": {dated("mottagningsDatum", life[1].At), dated("tidpunkt", life[1].NotedAt)},
			})
			if want := []sluss.EventID{"produced", "pickedUp#1", "received", "accepted", "treated"}; !slices.Equal(l.ledger.events, want) {
				t.Errorf("recorded %v", l.ledger.events)
			}
			if inOrder := slices.IsSorted(order); inOrder != (len(l.ledger.kept) == 0) {
				t.Errorf("kept %v", l.ledger.kept)
			}
		})
	}
}

// TestDeclaredAfterThePickUp: if it is not known when the waste was produced, the pick-up
// is taken; if that was told too late, the fault says how to correct it, and then it is.
func TestDeclaredAfterThePickUp(t *testing.T) {
	l := newLate(t, nil)
	l.produced.At = l.start
	life := l.life()
	left := life[0].At
	l.tell(hour, life[0], "if that of produced is wrong, correct events.produced.at first")
	l.correct(2*hour, sluss.Correction{Set: map[string]string{"events.produced.at": left.Add(48 * hour).Format(time.RFC3339)}}, "") // as wrong
	l.tell(3*hour, life[0], "correct events.produced.at first")
	l.correct(4*hour, sluss.Correction{Set: map[string]string{"events.produced.at": "2099-01-01T00:00:00Z"}}, "events.produced.at: 2099-01-01T00:00:00Z is in the future")
	l.correct(5*hour, sluss.Correction{Set: map[string]string{"at": left.Add(-hour).Format(time.RFC3339)}}, "")
	for i, e := range life {
		l.tell(6*hour+time.Duration(i)*time.Minute, e, "")
	}
	l.run()
	l.told(map[string][]string{
		"transportplaneringar": {dated("borttransportDatum", left)}, "transporter": {dated("transportStartDatum", left)}, "behandlingsmottaganden": {},
	})
	last := l.ledger.corrections[len(l.ledger.corrections)-1]
	if len(last.Events) != 1 || !last.Events[0].At.Equal(left.Add(-hour)) || !last.Declaration.At.Equal(left.Add(-hour)) {
		t.Errorf("recorded %+v", last)
	}
}

// TestEventsOfOtherYears: what cannot be is refused, and what is years ago is held until it
// is confirmed, by itself and as a correction.
func TestEventsOfOtherYears(t *testing.T) {
	l := newLate(t, nil)
	life := l.life()
	for year, refused := range map[int]string{1900: "is 126 years ago", 2099: "is in the future", 2020: "confirm it"} {
		e := life[0]
		e.At = time.Date(year, 12, 1, 8, 0, 0, 0, time.UTC)
		l.tell(hour, e, refused)
	}
	ahead := life[0]
	ahead.NotedAt = l.start.Add(5 * hour)
	l.tell(hour, ahead, "noted_at: "+ahead.NotedAt.Format(time.RFC3339)+" is in the future")
	before := life[0]
	before.NotedAt = before.At.Add(-hour)
	l.tell(hour, before, "is before it happened")
	old := life[0]
	old.At, old.Confirmed = time.Date(2020, 12, 1, 7, 0, 0, 0, time.UTC), []sluss.Confirmation{{Field: "at", Reason: "found in the archive"}}
	l.tell(2*hour, old, "")
	l.correct(3*hour, sluss.Correction{Set: map[string]string{"events.pickedUp#1.noted_at": "2099-01-01T00:00:00Z"}}, "events.pickedUp#1.noted_at: 2099-01-01T00:00:00Z is in the future")
	for i, e := range life[1:] {
		l.tell(4*hour+time.Duration(i)*time.Minute, e, "")
	}
	l.run()
	noted := dated("tidpunkt", l.start.Add(2*hour)) // of 2026, on what was in 2020
	l.told(map[string][]string{
		"transportplaneringar": {`"borttransportDatum":"2020-12-01T08:00:00+01:00"`, noted}, "transporter": {noted}, "behandlingsmottaganden": {},
	})
}

// TestACorrectedEventChangesWhatIsFiled: a corrected mass goes into the report that waits,
// a signature on the old one is void, and what was taken back is not filed, until it is
// reported anew.
func TestACorrectedEventChangesWhatIsFiled(t *testing.T) {
	l := newLate(t, func(d *sluss.Declaration) { d.Approval = sluss.Officer })
	life := l.life()
	l.tell(hour, life[0], "")
	l.correct(2*hour, sluss.Correction{Remove: []string{"events.pickedUp#1"}}, "")
	again := life[0]
	again.At = again.At.Add(24 * hour)
	l.tell(3*hour, again, "")
	l.tell(4*hour, life[3], "") // kept
	received := life[1]
	received.At, received.NotedAt = again.At.Add(2*hour), time.Time{}
	l.tell(5*hour, received, "")
	accepted := life[2]
	accepted.At = received.At.Add(hour)
	l.tell(5*hour+30*time.Minute, accepted, "")
	signed := ""
	l.after(6*hour, func() { signed = l.hash("se.reception") })
	l.correct(7*hour, sluss.Correction{Set: map[string]string{"events.received.mass": "1180"}}, "")
	l.correct(7*hour+time.Minute, sluss.Correction{Remove: []string{"events.pickedUp#1"}}, "treated came after it")
	l.after(8*hour, func() {
		s := sluss.Signature{Role: sluss.Officer, Person: sluss.Person{Name: "Eva Strand"}, At: l.env.Now(), ContentHash: signed}
		_ = l.env.UpdateWorkflowByID(l.filing("se.reception").Workflow(), workflows.SignUpdate.Name, l.update(), l.expect("signature", "read that, then sign it"), to(l.filing("se.reception"), s))
	})
	l.sign(5*hour+40*time.Minute, "se.removal.again2", sluss.Officer)
	l.sign(5*hour+50*time.Minute, "se.transport#1.again2", sluss.Officer)
	l.sign(9*hour, "se.reception", sluss.Officer)
	l.run()
	l.told(map[string][]string{
		"transportplaneringar":   {dated("borttransportDatum", again.At)},
		"transporter":            {dated("transportStartDatum", again.At)},
		"behandlingsmottaganden": {`"mangd":1180`, dated("mottagningsDatum", received.At), dated("tidpunkt", l.start.Add(5*hour))},
	})
	var withdrawn []sluss.FilingID
	for _, d := range l.ledger.decisions {
		if d.Decision.Kind != sluss.DecidedWithdrawn || d.Decision.By.Name != "Karin Holm" || !strings.HasPrefix(d.Decision.Reason, "not owed any more: as it was") {
			t.Errorf("decided %+v", d)
		}
		withdrawn = append(withdrawn, d.Filing)
	}
	slices.Sort(withdrawn)
	if want := []sluss.FilingID{l.filing("se.removal"), l.filing("se.transport#1")}; !slices.Equal(withdrawn, want) {
		t.Errorf("withdrawn: %v", withdrawn)
	}
}
