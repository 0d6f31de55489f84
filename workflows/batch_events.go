package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// mayHappen refuses an event that is incomplete, cannot happen any more, or whose gate is
// shut. One that comes before those it follows is kept.
func (b *batch) mayHappen(ctx workflow.Context, e sluss.Event) error {
	doubts := obligations.DoubtHappened(e, workflow.Now(ctx)).Err()
	if missing, possible := obligations.Before(b.declaration, b.events, e.ID()); possible && len(missing) > 0 {
		if slices.ContainsFunc(b.kept, func(k sluss.KeptEvent) bool { return sameEvent(k.Event, e) }) {
			return fmt.Errorf("%s is kept already", e.ID())
		}
		return joinFaults(obligations.CheckEarly(b.declaration, b.events, missing, e), doubts)
	}
	return joinFaults(b.mayHappenNow(e), doubts)
}

// sameEvent tells whether two reports of an event say the same. When it was noted may be
// left out.
func sameEvent(a, b sluss.Event) bool {
	if a.NotedAt.IsZero() || b.NotedAt.IsZero() {
		a.NotedAt, b.NotedAt = time.Time{}, time.Time{}
	}
	return sameEvents([]sluss.Event{a}, []sluss.Event{b})
}

func (b *batch) mayHappenNow(e sluss.Event) error {
	if err := obligations.Check(b.declaration, b.events, e); err != nil {
		return err
	}
	if shut := b.gateObstacles(e.ID()); len(shut) > 0 {
		return fmt.Errorf("%s may not happen yet: %s", e.ID(), strings.Join(shut, "; "))
	}
	return b.cleared(e)
}

// happened records an event with the obligations that follow, and starts their filings; or
// keeps it until the events that come before it are reported.
func (b *batch) happened(ctx workflow.Context, e sluss.Event) (EventReply, error) {
	if e.NotedAt.IsZero() {
		e.NotedAt = workflow.Now(ctx)
	}
	if missing := b.missing(e.ID()); len(missing) > 0 {
		kept := sluss.KeptEvent{Event: e, Missing: missing}
		return EventReply{Kept: &kept}, b.keep(ctx, kept)
	}
	reply, err := b.take(ctx, e)
	if err == nil {
		err = b.takeKept(ctx)
	}
	return reply, err
}

// missing are the events that come before one and have not happened. Those that are kept
// are not missing, unless there are no others.
func (b *batch) missing(id sluss.EventID) []sluss.EventID {
	all, _ := obligations.Before(b.declaration, b.events, id)
	told := func(id sluss.EventID) bool {
		return slices.ContainsFunc(b.kept, func(k sluss.KeptEvent) bool { return k.Event.ID() == id })
	}
	if untold := slices.DeleteFunc(slices.Clone(all), told); len(untold) > 0 {
		return untold
	}
	return all
}

// take records an event that may happen now.
func (b *batch) take(ctx workflow.Context, e sluss.Event) (EventReply, error) {
	events := append(slices.Clone(b.events), e)
	r := b.revise(b.declaration, events)
	r.open = slices.DeleteFunc(r.open, b.asBefore)
	record := sluss.EventRecord{Batch: b.id, Event: e, Obligations: r.arose, Filings: b.atOnce(ctx, events, r.arose), Corrections: b.corrections, At: workflow.Now(ctx)}
	var done activities.Happened
	if err := b.holding(ctx, r, func() error {
		return b.act(ctx, act.RecordEvent, record, "record the event "+string(e.ID()), &done)
	}); err != nil {
		return EventReply{}, err
	}
	r.arose = done.Obligations
	b.opened = append(b.opened, done.Opened...)
	b.events = events
	b.dropKept([]string{"events." + string(e.ID())})
	b.apply(ctx, r, sluss.Decision{Reason: e.Reason, By: e.By, At: e.At})
	return EventReply{Obligations: r.arose}, nil
}

// asBefore tells whether an open obligation says the same as before: most events change
// nothing about what was owed before.
func (b *batch) asBefore(o sluss.Obligation) bool {
	return sluss.Content{Obligation: o}.Hash() == sluss.Content{Obligation: b.filings[o.ID].state.Obligation}.Hash()
}

// keep records an event that cannot be taken yet, in place of the same one that is kept.
func (b *batch) keep(ctx workflow.Context, kept sluss.KeptEvent) error {
	record := sluss.KeptRecord{Batch: b.id, Kept: kept, At: workflow.Now(ctx)}
	if err := b.record(ctx, act.KeepEvent, record, "keep the event "+string(kept.Event.ID())); err != nil {
		return err
	}
	at := slices.IndexFunc(b.kept, func(k sluss.KeptEvent) bool { return k.Event.ID() == kept.Event.ID() })
	if at < 0 {
		at, b.kept = len(b.kept), append(b.kept, kept)
	}
	b.kept[at] = kept
	b.show(ctx)
	return nil
}

// takeKept takes the kept events that may happen now. Of the others it records what
// prevents them, if that has changed.
func (b *batch) takeKept(ctx workflow.Context) error {
	may := func(k sluss.KeptEvent) bool {
		return len(b.missing(k.Event.ID())) == 0 && b.mayHappenNow(k.Event) == nil
	}
	for {
		next := slices.IndexFunc(b.kept, may)
		if next < 0 {
			break
		}
		if _, err := b.take(ctx, b.kept[next].Event); err != nil {
			return err
		}
	}
	for _, kept := range slices.Clone(b.kept) {
		now := sluss.KeptEvent{Event: kept.Event, Missing: b.missing(kept.Event.ID())}
		if len(now.Missing) == 0 {
			now.Why = b.mayHappenNow(kept.Event).Error()
		}
		if now.Why == kept.Why && slices.Equal(now.Missing, kept.Missing) {
			continue
		}
		if err := b.keep(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// takesBackKept tells whether a correction takes back events that are kept, and returns the
// rest of it.
func (b *batch) takesBackKept(c sluss.Correction) (rest sluss.Correction, is bool) {
	rest = c
	rest.Remove = slices.DeleteFunc(slices.Clone(c.Remove), func(path string) bool {
		return slices.ContainsFunc(b.kept, func(k sluss.KeptEvent) bool { return path == "events."+string(k.Event.ID()) })
	})
	return rest, len(rest.Remove) < len(c.Remove)
}

// dropKept forgets kept events, by their paths.
func (b *batch) dropKept(paths []string) {
	b.kept = slices.DeleteFunc(b.kept, func(k sluss.KeptEvent) bool { return slices.Contains(paths, "events."+string(k.Event.ID())) })
}
