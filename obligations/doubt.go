package obligations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/registries/numbers"
)

// doubts collects what may be so but is not plausible, and is not confirmed.
type doubts struct {
	faults
	confirmed []sluss.Confirmation
}

// ask holds a value for a person's word.
func (d *doubts) ask(field, problem, remedy string) {
	if !slices.ContainsFunc(d.confirmed, func(c sluss.Confirmation) bool { return c.Field == field }) {
		d.add(field, problem, Confirmable(field, remedy))
	}
}

// Confirmable is the remedy for a value in doubt: the other remedy, or to confirm it.
func Confirmable(field, other string) string {
	return fmt.Sprintf("%s; or, if it is so, confirm it: confirmed.N.field=%s, confirmed.N.reason=how you know; of an event --confirm %s=REASON", other, field, field)
}

// Doubt returns what a declaration says that may be so but is not plausible at a time,
// unless it is confirmed there, and times so far away that they cannot be. What depends
// on other batches is not known here. It is nil if there is nothing.
func Doubt(d sluss.Declaration, now time.Time) sluss.Faults {
	f := doubts{confirmed: d.Confirmed}
	b := newBatch(d)
	for _, p := range b.declaredParties() {
		if plain, err := numbers.VAT(p.party.VAT); err == nil && numbers.IsCountry(p.party.Country) && !numbers.IsVATOf(p.party.Country, plain) {
			f.ask(p.field+".vat", "is a VAT number of "+plain[:2]+", and the party is in "+p.party.Country, "give the one that the party has in "+p.party.Country)
		}
	}
	for i, l := range d.Legs {
		f.departure(at("legs", i, "departure"), l.Departure, now)
		for n, v := range l.Vehicles {
			if err := numbers.IsPlate(v.Country, v.Plate); !blank(v.Plate) && errors.Is(err, numbers.ErrUnusual) {
				f.ask(at("legs", i, "vehicles", n, "plate"), err.Error(), "correct the plate or its country")
			}
		}
	}
	for i, deal := range d.Deals {
		f.departure(at("deals", i, "at"), deal.At, now)
	}
	f.load(d)
	f.contained("waste.packagings", d.Waste.Mass, d.Waste.Packagings)
	for i, p := range d.Pickups {
		f.contained(at("pickups", i, "packagings"), p.Mass, p.Packagings)
	}
	return sluss.Faults(f.faults)
}

const year = 365 * 24 * time.Hour

// How far from now a time may be: beyond the first two it is in doubt, beyond the last
// it is wrong.
const (
	plannedAhead = 1 * year
	happenedAgo  = 2 * year
	neverBeyond  = 10 * year
)

// departure checks a time that is planned, or is past already.
func (d *doubts) departure(field string, t, now time.Time) {
	away := t.Sub(now)
	direction := "ahead"
	if away < 0 {
		direction = "ago"
	}
	distance := fmt.Sprintf("%s is %d years %s", stamp(t), int(away.Abs()/year), direction)
	switch {
	case t.IsZero():
	case away.Abs() > neverBeyond:
		d.add(field, distance, "correct the year")
	case away > plannedAhead || away < -happenedAgo:
		d.ask(field, distance, "correct the year")
	}
}

// DoubtProduced returns what is wrong with the time at which a batch was produced, and
// with the one at which that was noted, or is not plausible and is not confirmed. The
// fields are "at" and "noted_at". A zero time is not known.
func DoubtProduced(d sluss.Declaration, t, now time.Time) sluss.Faults {
	f := doubts{confirmed: d.Confirmed}
	f.happened("at", t, now, "give the time when the waste was produced, or leave it out")
	if since := t; !d.NotedAt.IsZero() {
		if since.IsZero() {
			since = now.Add(-neverBeyond)
		}
		f.faults = append(f.faults, sluss.CheckActTime("noted_at", d.NotedAt, since, now)...)
	}
	return sluss.Faults(f.faults)
}

// DoubtHappened returns what is wrong with the times of an event by the time at which it
// is reported, or is not plausible and is not confirmed: it is in the future, or years
// ago. The fields are those of the event. A zero time is not checked.
func DoubtHappened(e sluss.Event, now time.Time) sluss.Faults {
	f := doubts{confirmed: e.Confirmed}
	f.happened("at", e.At, now, "report it once it has happened")
	if e.NotedAt.After(now.Add(sluss.ClockSkew)) {
		f.add("noted_at", stamp(e.NotedAt)+" is in the future", "give the time when it was written down, or leave it out")
	}
	return sluss.Faults(f.faults)
}

// happened checks the time of what has happened.
func (d *doubts) happened(field string, t, now time.Time, remedy string) {
	if t.After(now.Add(sluss.ClockSkew)) {
		d.add(field, stamp(t)+" is in the future", remedy)
		return
	}
	d.departure(field, t, now)
}

// DoubtCorrected is DoubtHappened for the events whose times a correction changes. The
// fields are those of the correction, such as events.received.at.
func DoubtCorrected(events, corrected []sluss.Event, now time.Time) (f sluss.Faults) {
	for _, e := range corrected {
		was, known := happened(events, e.ID())
		if known && was.At.Equal(e.At) && was.NotedAt.Equal(e.NotedAt) {
			continue
		}
		for _, fault := range DoubtHappened(e, now) {
			fault.Field = "events." + string(e.ID()) + "." + fault.Field
			f = append(f, fault)
		}
	}
	return f
}

// most is the most that goes at once by each mode of transport but the road: about the
// largest train, ship, barge and aircraft of Europe.
var most = map[sluss.Mode]sluss.Mass{
	sluss.Rail: 5_000 * sluss.Tonne, sluss.Sea: 200_000 * sluss.Tonne, sluss.Air: 150 * sluss.Tonne,
	sluss.InlandWaterway: 20_000 * sluss.Tonne, sluss.Pipeline: 200_000 * sluss.Tonne,
}

// combination is the most that a combination of vehicles may weigh with its load on the
// roads of a country (Sweden: trafikförordningen 1998:1276, ch. 4 § 12, BK4; Norway:
// forskrift om bruk av kjøretøy, ch. 5; Finland: decree 407/2013; France: code de la
// route, art. R312-4; Denmark: dimensionsbekendtgørelsen; elsewhere: directive 96/53/EC).
var combination = map[string]sluss.Mass{
	"SE": 74 * sluss.Tonne, "FI": 76 * sluss.Tonne, "NO": 60 * sluss.Tonne, "DK": 60 * sluss.Tonne, "NL": 60 * sluss.Tonne, "FR": 44 * sluss.Tonne,
}

const otherCombination = 44 * sluss.Tonne

// load compares the mass with what the vehicles of each leg carry.
func (d *doubts) load(of sluss.Declaration) {
	for i, l := range of.Legs {
		carries := most[l.Mode]
		if l.Mode == sluss.Road {
			lorries := 0
			for _, v := range l.Vehicles {
				if v.Kind == sluss.Lorry {
					lorries++
				}
			}
			from, to := cmp.Or(combination[l.From.Country], otherCombination), cmp.Or(combination[l.To.Country], otherCombination)
			carries = max(from, to) * sluss.Mass(max(lorries, 1))
		}
		if carries > 0 && of.Waste.Mass > carries {
			d.ask("waste.mass", fmt.Sprintf("%s is more than leg %d carries at once: by %s %s, vehicles included", of.Waste.Mass, i+1, l.Mode, carries), "give kilograms, name all vehicles, or declare a batch for each load")
			return
		}
	}
}

// holds is the most that one container of a kind holds.
var holds = map[sluss.PackagingKind]sluss.Mass{
	sluss.Drum: 1 * sluss.Tonne, sluss.IBC: 6 * sluss.Tonne, sluss.Skip: 40 * sluss.Tonne, sluss.Tank: 120 * sluss.Tonne,
}

// contained compares a mass with what its containers hold.
func (d *doubts) contained(field string, mass sluss.Mass, in []sluss.Packaging) {
	var total sluss.Mass
	for _, p := range in {
		one := holds[p.Kind]
		if one == 0 || p.Count < 1 || p.Count > mostOfAKind {
			return
		}
		total += one * sluss.Mass(p.Count)
	}
	if len(in) > 0 && mass > total {
		d.ask(field, fmt.Sprintf("hold %s at most, and the mass is %s", total, mass), "correct the mass, or the number of containers")
	}
}

// doubtEvent adds what an event says that differs from the plan by more than a
// tolerance, unless it is confirmed.
func (f *faults) doubtEvent(b batch, next sluss.Event) {
	if next.Kind != sluss.Received || next.Mass <= 0 {
		return
	}
	d := doubts{faults: *f, confirmed: next.Confirmed}
	expected, tolerance, as := b.Waste.Mass, sluss.Mass(tolerated), "was planned"
	if b.Waste.Estimated {
		tolerance = toleratedOfEstimates
	}
	for _, e := range b.events {
		if e.Kind == sluss.WasteAccepted {
			if received, ok := happened(b.events, sluss.NewEventID(sluss.Received, e.Leg)); ok {
				expected, tolerance, as = received.Mass-e.RefusedMass, tolerated, "was accepted on the way"
			}
		}
	}
	differs := next.Mass - expected
	if differs < 0 {
		differs = -differs
	}
	if differs > max(expected/100*tolerance, differsLittle) {
		d.ask("mass", fmt.Sprintf("%s was received, but %s %s", next.Mass, expected, as), "give kilograms, or correct the batch")
	}
	*f = d.faults
}

// How much the mass that was received may differ from the mass that was expected: in
// percent, and in any case by a little.
const (
	tolerated            = 25
	toleratedOfEstimates = 60
	differsLittle        = 50 * sluss.Kilogram
)

// moved adds the events whose times an amendment moves by years, unless they are
// confirmed there or are wrong anyway. All events of a report may move together, so that their order tells
// nothing.
func (f *faults) moved(filed, amended []sluss.Event) {
	for i, e := range amended {
		path := "events." + string(e.ID()) + "."
		wrong := slices.ContainsFunc(*f, func(known sluss.Fault) bool { return known.Field == path+"at" })
		d := doubts{confirmed: e.Confirmed}
		if by := e.At.Sub(filed[i].At).Abs(); by > year && !wrong {
			d.ask("at", fmt.Sprintf("%s is %d years from %s, which was reported", stamp(e.At), int(by/year), stamp(filed[i].At)), "correct the year")
		}
		f.fold(path, sluss.Faults(d.faults).Err())
	}
}

// confirmed checks confirmations: each says what is confirmed, and why.
func (f *faults) confirmed(list []sluss.Confirmation) {
	if len(list) > mostItems {
		f.add("confirmed", fmt.Sprintf("there are %d items, and %d is the most", len(list), mostItems), "confirm only what is in doubt")
		return
	}
	for i, c := range list {
		if blank(c.Field) {
			f.add(at("confirmed", i, "field"), "it is not said which value is confirmed", "give its path as the fault names it, such as waste.mass")
		}
		if blank(c.Reason) {
			f.add(at("confirmed", i, "reason"), "a value is confirmed without a reason", "say how you know")
		}
	}
}
