package workflows_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
	"sluss/workflows"
)

var lives = flag.Uint64("lives", 60, "how many random lives are told wrongly")

// slip is what is told wrongly at first, and the correction of it.
type slip struct {
	told sluss.Event
	mend sluss.Correction
}

// random is a random life of a Swedish batch, as it was and as it is told.
type random struct {
	*world
	rand  *rand.Rand
	truth []sluss.Event
	slips []slip
	right time.Time // when all that was told wrongly had been corrected
}

// TestWhatStandsIsWhatReallyHappened: batches live at random, and are told days late, in any
// order, with a mass or a time that is wrong, or with a departure that never was; some are
// cancelled; some of their companies report for themselves. What was told wrongly is
// corrected, and an officer amends what was filed. At the end the registry has exactly what
// our companies owe for what really happened, with its masses and times.
//
//	go test ./workflows -run WhatReallyHappened -lives 3000
func TestWhatStandsIsWhatReallyHappened(t *testing.T) {
	n := *lives
	if testing.Short() {
		n = min(n, 12)
	}
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { liveAtRandom(t, seed) })
	}
}

func liveAtRandom(t *testing.T, seed uint64) {
	t.Helper()
	draw := rand.New(rand.NewPCG(seed, 11))
	r := &random{rand: draw, world: otherwise(t, planned(t, "se-waste-oil", func(d *sluss.Declaration) {
		d.Approval = []sluss.Role{"", sluss.Officer}[draw.IntN(2)]
	}), nil)}
	for _, id := range []sluss.ObligationID{"se.removal", "se.transport#1", "se.reception"} {
		r.held[id] = draw.IntN(2) == 0 // nobody approves it before all is right
	}
	parties := []sluss.Party{r.batch.Producer, r.batch.Legs[0].Transporter, r.batch.Receiver}
	ours := parties[:0:0]
	for _, p := range parties {
		if r.rand.IntN(4) > 0 {
			ours = append(ours, p)
		}
	}
	represented := ourCompanies(ours...)
	r.represents(represented)
	r.live()
	r.tell()
	r.run()

	var standing []sluss.Obligation
	for _, o := range obligations.Owed(r.batch, r.truth) {
		if e := r.event(o.Event); !represented.Whose(r.batch, o, e.At).Theirs {
			standing = append(standing, o)
		}
	}
	for id, filed := range r.seen.accepted {
		o := filed.content.Obligation
		if e, _ := filed.content.Happened(o.Event); represented.Whose(r.batch, o, e.At).Theirs {
			t.Errorf("%s was filed for a stranger", id)
		}
	}
	r.amendAll(standing)
	notes := r.notes()
	total := 0
	for _, list := range notes {
		total += len(list)
	}
	if total != len(standing) {
		t.Errorf("%d notes stand, %d are owed for %+v", total, len(standing), r.truth)
	}
	for _, o := range standing {
		path, field, about := paths[o.Rule.ID], "borttransportDatum", sluss.Departure(1)
		switch o.Report { //nolint:exhaustive // the three of a batch that goes from a producer to a treater
		case sluss.ReportTransport:
			field = "transportStartDatum"
		case sluss.ReportReception:
			field, about = "mottagningsDatum", sluss.EventID(sluss.Received)
		}
		if len(notes[path]) != 1 {
			t.Errorf("%d notes of %s", len(notes[path]), o.ID)
			continue
		}
		r.saysTruth(notes[path][0], field, about)
	}
}

// saysTruth compares the time and the mass of a note with what really happened.
func (r *random) saysTruth(n sim.Note, field string, about sluss.EventID) {
	r.t.Helper()
	e := r.event(about)
	told, _ := says(r.t, n, field).(string)
	if at, err := time.Parse(time.RFC3339, told); err != nil || !at.Equal(e.At) {
		r.t.Errorf("%s of %s is %v, want %s", field, n.Path, told, e.At)
	}
	want := r.batch.Waste.Mass
	if about == sluss.EventID(sluss.Received) {
		want = e.Mass
	}
	if kg := says(r.t, n, "avfall", "mangd"); fmt.Sprint(kg) != want.Kilograms() {
		r.t.Errorf("%s tells %v kg, want %s", n.Path, kg, want)
	}
}

func (r *random) event(id sluss.EventID) sluss.Event {
	e, _ := sluss.Content{Events: r.truth}.Happened(id)
	return e
}

// live draws what really happens, and what is told wrongly of it.
func (r *random) live() {
	at := r.start
	later := func() time.Time {
		at = at.Add(time.Duration(30+r.rand.IntN(20*60)) * time.Minute)
		return at
	}
	add := func(e sluss.Event) {
		e.At, e.By = later(), sluss.Person{Name: "Bo Lind"}
		r.truth = append(r.truth, e)
	}
	r.truth = []sluss.Event{r.produced()}
	if r.rand.IntN(3) == 0 { // it never left
		if r.rand.IntN(2) == 0 {
			false1 := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: later(), By: sluss.Person{Name: "Bo Lind"}}
			r.slips = append(r.slips, slip{false1, sluss.Correction{Remove: []string{"events.pickedUp#1"}}})
		}
		add(sluss.Event{Kind: sluss.Cancelled, Reason: "the customer kept it"})
		return
	}
	add(sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	add(sluss.Event{Kind: sluss.Received, Mass: r.batch.Waste.Mass - sluss.Mass(r.rand.IntN(50))*sluss.Kilogram})
	add(sluss.Event{Kind: sluss.WasteAccepted})
	add(sluss.Event{Kind: sluss.Treated})
	for _, e := range r.truth[1:4] {
		told := e
		set := map[string]string{}
		switch r.rand.IntN(4) {
		case 0:
			told.At = e.At.Add(-time.Duration(1+r.rand.IntN(25)) * time.Minute)
			set["events."+string(e.ID())+".at"] = e.At.Format(time.RFC3339)
		case 1:
			if e.Kind != sluss.Received {
				continue
			}
			told.Mass -= 30 * sluss.Kilogram
			set["events.received.mass"] = e.Mass.Kilograms()
		default:
			continue
		}
		r.slips = append(r.slips, slip{told, sluss.Correction{Set: set}})
	}
}

// tell tells all events but the last in any order, some days late, then corrects what was
// told wrongly, and then tells the last.
func (r *random) tell() {
	last := r.truth[len(r.truth)-1]
	on := last.At.Sub(r.start) + time.Hour
	told := append([]sluss.Event{}, r.truth[1:len(r.truth)-1]...)
	for _, s := range r.slips {
		known := false
		for i := range told {
			if told[i].ID() == s.told.ID() {
				told[i], known = s.told, true
			}
		}
		if !known {
			told = append(told, s.told)
		}
	}
	report := func(e sluss.Event) {
		r.after(on, func() {
			r.env.UpdateWorkflow(workflows.EventUpdate.Name, r.update(), r.expect("event "+string(e.ID()), ""), e)
		})
		on += time.Duration(10+r.rand.IntN(36*60)) * time.Minute
	}
	for _, i := range r.rand.Perm(len(told)) {
		report(told[i])
	}
	for _, s := range r.slips {
		r.correct(on, s.mend)
		on += time.Hour
	}
	r.right = r.start.Add(on)
	r.after(on, func() { clear(r.held) })
	report(last)
}

// amendAll brings what was filed up to date, as an officer does.
func (r *random) amendAll(standing []sluss.Obligation) {
	r.t.Helper()
	for _, id := range r.seen.order {
		filed := r.seen.accepted[id].content
		if filed.Amends != nil || filed.Obligation.Registry != sluss.Avfallsregistret {
			continue
		}
		first, _ := id.SplitAgain()
		owed := false
		for _, o := range standing {
			owed = owed || o.ID == first
		}
		if r.seen.accepted[id].at.After(r.right) && (!owed || !r.differs(filed).Empty()) {
			r.t.Errorf("%s was filed as it was told wrongly, after that was corrected: %+v", id, r.differs(filed))
		}
		if !owed {
			r.amend(id, sluss.Amendment{Annul: sluss.WrongNote})
			continue
		}
		if differs := r.differs(filed); !differs.Empty() {
			r.amend(id, sluss.Amendment{Set: differs.Set, Remove: differs.Remove, Add: differs.Add})
		}
	}
}

// differs is what a filed note says otherwise than it was.
func (r *random) differs(filed sluss.Content) sluss.Correction {
	r.t.Helper()
	now := filed
	now.Events = nil
	for _, e := range filed.Events {
		was := r.event(e.ID())
		was.NotedAt = e.NotedAt
		now.Events = append(now.Events, was)
	}
	differs, err := avfallsregistret.Differing(filed, now)
	must(r.t, err)
	return differs
}
