package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/obligations"
)

// ImportEvents reports every event of a table to its batch, and the faults of the other
// rows. Whatever the order of the rows, the events are told in the order of their times
// and of each batch's life. A row without a person is told by the given one. The same file
// again changes nothing. The error is that of Import. A dry run asks neither whether a
// gate is shut nor whether vehicles are cleared, which change with time.
func (sv *Service) ImportEvents(ctx context.Context, file io.Reader, o Import, by sluss.Person) (Report, error) {
	data, err := sv.table(file, &o)
	if err != nil {
		return Report{}, err
	}
	w := eventImport{sv: sv, dry: o.DryRun, by: by, batches: map[sluss.BatchID]*toldBatch{}}
	table, err := declarations.ReadEvents(data, o.Options, func(batch sluss.BatchID, event sluss.EventID) string { return w.country(ctx, batch, event) })
	if err = cmp.Or(err, w.failed); err != nil {
		return Report{}, err
	}
	report := begin(table, o, true)
	for _, i := range inLife(table.Rows) {
		done, err := w.row(ctx, table.Rows[i])
		if err != nil {
			return report, err
		}
		report.set(i, done, o)
	}
	return report, nil
}

// eventImport is one import of events.
type eventImport struct {
	sv      *Service
	dry     bool
	by      sluss.Person
	batches map[sluss.BatchID]*toldBatch
	failed  error // why the ledger did not answer
}

// toldBatch is a batch of which the file tells events.
type toldBatch struct {
	ledger.Batch

	events  []sluss.Event     // recorded, or told by the file
	kept    []sluss.KeptEvent // recorded, or told by the file, before those that they follow
	refused int               // line of the first row of the file that was refused; 0: none
	missing sluss.EventID     // its event
}

// batch is what is recorded of a batch.
func (w *eventImport) batch(ctx context.Context, id sluss.BatchID) (*toldBatch, error) {
	if known := w.batches[id]; known != nil {
		return known, nil
	}
	var t toldBatch
	var err error
	if t.Batch, err = w.sv.Ledger.Batch(ctx, id); err != nil {
		return nil, err
	}
	if t.Declared {
		lines, err := w.sv.Ledger.Timeline(ctx, id)
		if err != nil {
			return nil, err
		}
		t.events = eventsOf(lines)
		kept, err := w.sv.Ledger.KeptEvents(ctx, id, "")
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			t.kept = append(t.kept, k.KeptEvent)
		}
	}
	w.batches[id] = &t
	return &t, nil
}

// eventsOf are the events of a timeline.
func eventsOf(lines []TimelineLine) (events []sluss.Event) {
	for _, line := range lines {
		var e sluss.Event
		if line.Kind == "event" && json.Unmarshal(line.Detail, &e) == nil {
			events = append(events, e)
		}
	}
	return events
}

// country is where an event happens; empty if the batch or the leg is not known.
func (w *eventImport) country(ctx context.Context, id sluss.BatchID, event sluss.EventID) string {
	if w.failed != nil {
		return ""
	}
	t, err := w.batch(ctx, id)
	if err != nil {
		w.failed = err
		return ""
	}
	kind, leg, err := event.Split()
	if err != nil || !t.Declared {
		return ""
	}
	departs := kind == sluss.PickedUp || kind == sluss.HandedOver
	switch legs := t.Declaration.Legs; {
	case departs && leg == 0 && len(legs) == 2:
		return legs[1].From.Country
	case leg > len(legs) || departs && leg < 1:
		return ""
	case departs:
		return legs[leg-1].From.Country
	case leg > 0:
		return legs[leg-1].To.Country
	}
	return t.Declaration.Receiver.Country
}

// inLife are the indexes of rows in the order in which they are told: by time, but of one
// batch in the order of its life.
func inLife(rows []declarations.Row) []int {
	order := make([]int, len(rows))
	for i := range rows {
		order[i] = i
	}
	life := func(i int) int {
		e := rows[i].Event
		leg := e.Leg
		if leg == 0 && e.Kind != sluss.Produced {
			leg = 1 << 20 // the receiver comes after all legs
		}
		return leg*len(sluss.EventKinds()) + slices.Index(sluss.EventKinds(), e.Kind)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(strings.Compare(string(rows[a].Of), string(rows[b].Of)), life(a)-life(b))
	})
	when := make([]time.Time, len(rows)) // not before that of an event of the same batch that comes before
	for n, i := range order {
		when[i] = rows[i].Event.At
		if n > 0 && rows[order[n-1]].Of == rows[i].Of && when[order[n-1]].After(when[i]) {
			when[i] = when[order[n-1]]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return when[a].Compare(when[b]) })
	return order
}

// row reports the event of one row, unless it has faults.
func (w *eventImport) row(ctx context.Context, row declarations.Row) (Imported, error) {
	done := Imported{Row: row, Result: RowRefused, Warnings: row.Notes}
	if len(row.Faults) > 0 || row.Joined > 0 {
		if len(row.Faults) == 0 {
			done.Result = RowJoined
		}
		return done, nil
	}
	t, err := w.batch(ctx, row.Of)
	if err != nil {
		return done, err
	}
	done.Batch = row.Of
	e, faults := t.completed(row.Event, w.by)
	done.Reported = &ReportedEvent{ID: e.ID(), At: e.At, Mass: e.Mass}
	if len(faults) == 0 {
		if i := slices.IndexFunc(t.events, func(before sluss.Event) bool { return before.ID() == e.ID() }); i >= 0 {
			if faults = otherwise(t.events[i], e); len(faults) == 0 {
				done.Result = RowUnchanged
				return done, nil
			}
			done.Faults = row.Placed(faults)
			return done, nil
		}
	}
	if i := t.keeps(e.ID()); len(faults) == 0 && i >= 0 && len(otherwise(t.kept[i].Event, e)) == 0 {
		done.Result, done.Warnings = RowUnchanged, append(done.Warnings, keptText(t.kept[i]))
		return done, nil
	}
	if len(faults) == 0 {
		if faults, err = w.tell(ctx, t, e, &done); err != nil {
			return done, err
		}
	}
	if done.Faults = row.Placed(faults); len(faults) > 0 {
		if t.refused == 0 {
			t.refused, t.missing = row.Line, e.ID()
		}
		return done, nil
	}
	done.Result = RowReported
	if i := t.keeps(e.ID()); i >= 0 && !w.dry {
		done.Warnings = append(done.Warnings, keptText(t.kept[i]))
		return done, nil
	}
	t.events = append(t.events, e)
	return done, nil
}

// keeps is the index of a kept event; -1: there is none of that id.
func (t *toldBatch) keeps(id sluss.EventID) int {
	return slices.IndexFunc(t.kept, func(k sluss.KeptEvent) bool { return k.Event.ID() == id })
}

// keptText says that an event is kept.
func keptText(k sluss.KeptEvent) sluss.Fault {
	return sluss.Fault{Field: "kind", Problem: fmt.Sprintf("%s is kept: it %s", k.Event.ID(), k.Text()), Remedy: "report what is missing, or drop the leg that never came about"}
}

// tell reports an event that is not recorded yet. The error is about the service.
func (w *eventImport) tell(ctx context.Context, t *toldBatch, e sluss.Event, done *Imported) (sluss.Faults, error) {
	if t.refused > 0 {
		return sluss.Faults{{Problem: fmt.Sprintf("comes after %s on line %d, which is refused", t.missing, t.refused), Remedy: "correct that row, and import the file again"}}, nil
	}
	var err error
	if w.dry {
		err = w.sv.wouldHappen(ctx, t.Batch, t.events, e)
	} else {
		var reply EventReply
		reply, err = w.sv.Event(ctx, t.ID, e)
		for _, o := range reply.Obligations {
			done.Reported.Obligations = append(done.Reported.Obligations, o.ID)
		}
		if reply.Kept != nil {
			t.kept = append(t.kept, *reply.Kept)
		}
	}
	faults, refusal := sluss.Faults(nil), (*Refusal)(nil)
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &faults):
		return faults, nil
	case errors.As(err, &refusal) && len(refusal.Faults) > 0:
		return refusal.Faults, nil
	case errors.As(err, &refusal):
		return sluss.Faults{{Problem: refusal.Why, Remedy: "import the same file again when that is done"}}, nil
	case errors.Is(err, ErrNoSuch):
		return sluss.Faults{{Field: "reference", Problem: err.Error()}}, nil
	}
	return nil, err
}

// completed is an event with what is certain although the row does not say it.
func (t *toldBatch) completed(e sluss.Event, by sluss.Person) (sluss.Event, sluss.Faults) {
	if !t.Declared {
		return e, sluss.Faults{{Field: "reference", Problem: fmt.Sprintf("there is no batch %s", t.ID.Name()), Remedy: "declare it first, with `starter declare` or `starter import`"}}
	}
	if e.By.Name == "" {
		e.By = by
	}
	if e.Kind == sluss.HandedOver && e.Leg == 0 {
		if len(t.Declaration.Legs) != 2 {
			return e, sluss.Faults{{Field: "leg", Problem: "is missing", Remedy: "give the number of the leg that begins, from 2"}}
		}
		e.Leg = 2
	}
	return e, nil
}

// otherwise tells in what an event differs from how it is recorded. Who told it does not
// count.
func otherwise(recorded, e sluss.Event) (faults sluss.Faults) {
	differ := func(field string, same bool, was, is string) {
		if !same {
			faults = append(faults, sluss.Fault{Field: field, Problem: fmt.Sprintf("%s is recorded with %s, and the row says %s", e.ID(), cmp.Or(was, "none"), cmp.Or(is, "none")), Remedy: "what is recorded stays: correct the row, or the record"})
		}
	}
	differ("at", recorded.At.Equal(e.At), recorded.At.Format(time.RFC3339), e.At.In(recorded.At.Location()).Format(time.RFC3339))
	differ("mass", recorded.Mass == e.Mass, recorded.Mass.String(), e.Mass.String())
	differ("refused_mass", recorded.RefusedMass == e.RefusedMass, recorded.RefusedMass.String(), e.RefusedMass.String())
	differ("reason", recorded.Reason == e.Reason, recorded.Reason, e.Reason)
	differ("operation", recorded.Operation == e.Operation, recorded.Operation, e.Operation)
	differ("no_traceability", recorded.NoTraceability == e.NoTraceability, fmt.Sprint(recorded.NoTraceability), fmt.Sprint(e.NoTraceability))
	return faults
}

// wouldHappen tells whether an event would be refused after others. The error is Faults,
// or about the ledger.
func (sv *Service) wouldHappen(ctx context.Context, known ledger.Batch, events []sluss.Event, e sluss.Event) error {
	if err := inFuture(e); err != nil {
		return err
	}
	refused, err := sv.checkArrival(ctx, known.Declaration, e)
	if err != nil {
		return err
	}
	check := obligations.Check(known.Declaration, events, e)
	if missing, possible := obligations.Before(known.Declaration, events, e.ID()); possible && len(missing) > 0 { // it would be kept
		check = obligations.CheckEarly(known.Declaration, events, missing, e)
	}
	law, _ := errors.AsType[sluss.Faults](check)
	return mergeFaults(law, append(refused, refusableEvent(known.Declaration, e)...)).Err()
}
