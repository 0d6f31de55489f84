package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// mayHappen refuses an event that is incomplete, cannot happen any more, or whose gate is
// shut. One that comes before those it follows is kept.
func (b *batch) mayHappen(ctx workflow.Context, e sluss.Event) error {
	doubts := obligations.DoubtHappened(e, workflow.Now(ctx)).Err()
	if missing, possible := obligations.Before(b.declaration, b.events, e.ID()); possible && len(missing) > 0 {
		return joinFaults(obligations.CheckEarly(b.declaration, b.events, missing, e), doubts)
	}
	return joinFaults(b.mayHappenNow(e), doubts)
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
	if missing, _ := obligations.Before(b.declaration, b.events, e.ID()); len(missing) > 0 {
		kept := sluss.KeptEvent{Event: e, Missing: missing}
		return EventReply{Kept: &kept}, b.keep(ctx, kept)
	}
	reply, err := b.take(ctx, e)
	if err == nil {
		err = b.takeKept(ctx)
	}
	return reply, err
}

// take records an event that may happen now.
func (b *batch) take(ctx workflow.Context, e sluss.Event) (EventReply, error) {
	events := append(slices.Clone(b.events), e)
	r := b.revise(b.declaration, events)
	r.open = nil // an event changes nothing about what was owed before
	record := sluss.EventRecord{Batch: b.id, Event: e, Obligations: r.arose, Corrections: b.corrections, At: workflow.Now(ctx)}
	if err := b.holding(ctx, r, func() error {
		return workflow.ExecuteActivity(afterAccepting(ctx, "record the event "+string(e.ID())), act.RecordEvent, record).Get(ctx, nil)
	}); err != nil {
		return EventReply{}, err
	}
	b.events = events
	b.dropKept([]string{"events." + string(e.ID())})
	b.follow(ctx, r, sluss.Decision{Reason: e.Reason, By: e.By, At: e.At})
	return EventReply{Obligations: r.arose}, nil
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
	for again := true; again; {
		again = false
		for _, kept := range slices.Clone(b.kept) {
			now := sluss.KeptEvent{Event: kept.Event}
			missing, _ := obligations.Before(b.declaration, b.events, kept.Event.ID())
			if now.Missing = missing; len(missing) == 0 {
				if err := b.mayHappenNow(kept.Event); err != nil {
					now.Why = err.Error()
				} else if _, err := b.take(ctx, kept.Event); err != nil {
					return err
				} else {
					again = true
					break
				}
			}
			if now.Why != kept.Why || !slices.Equal(now.Missing, kept.Missing) {
				if err := b.keep(ctx, now); err != nil {
					return err
				}
			}
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
