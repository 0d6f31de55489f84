package obligations

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Treated is what a treater did with one batch: the batch up to its event treated,
// and what it became by the treater's own records.
type Treated struct {
	Declaration sluss.Declaration
	Events      []sluss.Event
	Sub         string // the registry's letter for the method, if it has one
	Yield       sluss.Yield
}

// QuarterOf is the quarter of a moment, in Swedish time.
func QuarterOf(moment time.Time) sluss.Quarter {
	year, month, _ := moment.In(stockholm).Date()
	return sluss.Quarter{Year: year, Number: (int(month)-1)/3 + 1}
}

// ResultTimes are the moments by which the results of a quarter must be compiled
// and reported: the end of the month after it, whether or not that is a working
// day, and two working days later.
func ResultTimes(q sluss.Quarter) (compileBy, due time.Time) {
	firstAfter := time.Date(q.Year, time.Month(3*q.Number+2), 1, 12, 0, 0, 0, stockholm)
	calendar := WorkingDays("SE")
	compileBy = calendar.end(firstAfter.AddDate(0, 0, -1))
	return compileBy, calendar.Add(compileBy, 2)
}

// Results are the reports that treaters in Sweden owe of a quarter
// (Avfallsförordningen, ch. 6 § 5 p. 2): one for each treater, site, waste code
// and kind of waste oil, in that order, independent of the order of the batches. Each
// has the sum of its batches, refers to the reception of the largest of them (the
// first of equals), and has that batch's declaration and events. Batches that
// were treated in another quarter, or whose treatment is not owed, are left
// out. CheckResult reports what the sums lack.
func Results(q sluss.Quarter, batches []Treated) []sluss.Content {
	groups := map[string][]Treated{}
	for _, t := range batches {
		if e, ok := find(t.Events, sluss.Treated); ok && QuarterOf(e.At) == q && owesResult(t, e.At) {
			groups[t.key()] = append(groups[t.key()], t)
		}
	}
	keys := make([]string, 0, len(groups))
	for key := range groups {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var owed []sluss.Content
	for _, key := range keys {
		owed = append(owed, result(q, groups[key]))
	}
	return owed
}

func owesResult(t Treated, at time.Time) bool {
	b := newBatch(t.Declaration)
	_, inForce := InForce(treatment, at)
	return inForce && b.hazardousAt(at) && b.receives(at) == reception
}

// key is equal for batches that belong in one report.
func (t Treated) key() string {
	d, place := t.Declaration, t.site()
	position := ""
	if p := place.Position; p != nil {
		position = fmt.Sprint(p.Northing, p.Easting)
	}
	var oil sluss.OilYield
	if t.Yield.Oil != nil {
		oil = *t.Yield.Oil
	}
	return fmt.Sprintf("%q", []string{
		d.Tenant, d.Receiver.Country, d.Receiver.ID,
		place.Municipality, place.Establishment, place.Postcode, place.Address, position,
		strings.TrimSuffix(d.Waste.Code, "*"), oil.Kind, oil.Other,
	})
}

func (t Treated) site() sluss.Place { return t.Declaration.Legs[len(t.Declaration.Legs)-1].To }

// mass is what was accepted.
func (t Treated) mass() sluss.Mass {
	mass := t.Declaration.Waste.Mass
	if received, ok := find(t.Events, sluss.Received); ok && received.Mass > 0 {
		mass = received.Mass
	}
	if taken, ok := find(t.Events, sluss.WasteAccepted); ok {
		mass -= taken.RefusedMass
	}
	return mass
}

func (t Treated) method() sluss.Method {
	operation := t.Declaration.Treatment.Operation
	if e, ok := find(t.Events, sluss.Treated); ok && e.Operation != "" {
		operation = e.Operation
	}
	return sluss.Method{Operation: operation, Sub: t.Sub}
}

// result sums batches of one key up; there is at least one.
func result(q sluss.Quarter, batches []Treated) sluss.Content {
	slices.SortFunc(batches, func(a, b Treated) int { return cmp.Compare(a.Declaration.ID(), b.Declaration.ID()) })
	largest := slices.MaxFunc(batches, func(a, b Treated) int { return cmp.Compare(a.mass(), b.mass()) }) // the first of equals
	d := largest.Declaration
	r := &sluss.Result{Quarter: q, Treater: d.Receiver, Site: largest.site(), Code: d.Waste.Code}
	for _, t := range batches {
		r.Mass += t.mass()
		r.Batches = append(r.Batches, t.Declaration.ID())
		if !slices.Contains(r.Methods, t.method()) {
			r.Methods = append(r.Methods, t.method())
		}
		r.Yield = addYields(r.Yield, t.Yield)
	}
	slices.SortFunc(r.Methods, func(a, b sluss.Method) int {
		return cmp.Or(cmp.Compare(len(a.Operation), len(b.Operation)), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Sub, b.Sub))
	})
	compileBy, due := ResultTimes(q)
	b := newBatch(d, largest.Events...)
	b.event, _ = find(largest.Events, sluss.Treated)
	owed := b.owe(nil, treatment, b.event.At, sluss.Obligation{ // in force then; see owesResult
		ID: sluss.NewResultID(treatment, q), ReportBy: compileBy, Due: due,
		After: []string{string(d.ID().Filing(reception))}, AfterUntil: Remind(due, "SE"),
	})
	return sluss.Content{Declaration: d, Events: largest.Events, Result: r, Obligation: owed[0]}
}

// addYields is the sum of two yields of one key. A mass that neither has is nil.
func addYields(a, b sluss.Yield) sluss.Yield {
	sum := sluss.Yield{NonHazardous: addMasses(a.NonHazardous, b.NonHazardous), Product: addMasses(a.Product, b.Product)}
	var x, y sluss.OilYield
	if a.Oil != nil {
		x = *a.Oil
	}
	if b.Oil != nil {
		y = *b.Oil
	}
	if a.Oil != nil || b.Oil != nil {
		sum.Oil = &sluss.OilYield{
			Kind: cmp.Or(x.Kind, y.Kind), Other: cmp.Or(x.Other, y.Other),
			Regenerated: addMasses(x.Regenerated, y.Regenerated), Recycled: addMasses(x.Recycled, y.Recycled),
			Energy: addMasses(x.Energy, y.Energy), Disposed: addMasses(x.Disposed, y.Disposed),
		}
	}
	return sum
}

func addMasses(a, b *sluss.Mass) *sluss.Mass {
	var sum sluss.Mass
	for _, m := range []*sluss.Mass{a, b} {
		if m != nil {
			sum += *m
		}
	}
	if a == nil && b == nil {
		return nil
	}
	return &sum
}

// Compiled are the results of all quarters in which the batches were treated, the
// earliest first; see Results. What came of the waste is not in a batch: the
// treater must add it.
func Compiled(batches []sluss.TreatedBatch) []sluss.Content {
	quarters := map[sluss.Quarter][]Treated{}
	for _, b := range batches {
		if e, ok := find(b.Events, sluss.Treated); ok {
			q := QuarterOf(e.At)
			quarters[q] = append(quarters[q], Treated{Declaration: b.Declaration, Events: b.Events})
		}
	}
	var owed []sluss.Content
	for _, q := range slices.SortedFunc(maps.Keys(quarters), compareQuarters) {
		owed = append(owed, Results(q, quarters[q])...)
	}
	return owed
}

func compareQuarters(a, b sluss.Quarter) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}
