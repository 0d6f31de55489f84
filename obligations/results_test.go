package obligations

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
)

func TestQuartersAreSwedish(t *testing.T) {
	for moment, want := range map[time.Time]string{
		time.Date(2026, 1, 1, 0, 0, 0, 0, stockholm):     "2026-Q1",
		time.Date(2026, 3, 31, 23, 59, 59, 0, stockholm): "2026-Q1",
		time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC):   "2026-Q2", // half past midnight in Stockholm
		time.Date(2026, 6, 30, 12, 0, 0, 0, stockholm):   "2026-Q2",
		time.Date(2026, 7, 1, 0, 0, 0, 0, stockholm):     "2026-Q3",
		time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC):  "2027-Q1",
	} {
		if got := QuarterOf(moment).String(); got != want {
			t.Errorf("%s is in %s, want %s", moment, got, want)
		}
	}
}

// The worked dates of the quarterly results.
func TestResultsAreCompiledInAMonthAndReportedInTwoWorkingDays(t *testing.T) {
	for _, test := range []struct {
		quarter             sluss.Quarter
		compileBy, reported string
	}{
		{sluss.Quarter{Year: 2025, Number: 4}, "2026-01-31", "2026-02-03"}, // a Saturday, which does not move it
		{sluss.Quarter{Year: 2026, Number: 1}, "2026-04-30", "2026-05-05"},
		{sluss.Quarter{Year: 2026, Number: 2}, "2026-07-31", "2026-08-04"},
		{sluss.Quarter{Year: 2026, Number: 3}, "2026-10-31", "2026-11-03"},
		{sluss.Quarter{Year: 2026, Number: 4}, "2027-01-31", "2027-02-02"},
	} {
		if compileBy, due := ResultTimes(test.quarter); !isEndOf(compileBy, test.compileBy) || !isEndOf(due, test.reported) {
			t.Errorf("%s: by %s, %s; want %s, %s", test.quarter, compileBy, due, test.compileBy, test.reported)
		}
	}
}

// treatedBatch is a batch of the samples that is treated on a day of October
// 2026, counted from the 5th, with what came of it.
func treatedBatch(reference string, received sluss.Mass, day int, yield sluss.Yield, change ...func(*Treated)) Treated {
	d := swedish()
	d.Reference = reference
	events := life(1)
	events[2].Mass = received * sluss.Kilogram
	events[4].At = morning(day, 10)
	t := Treated{Declaration: d, Events: events, Yield: yield}
	for _, c := range change {
		c(&t)
	}
	return t
}

func mass(kilograms sluss.Mass) *sluss.Mass {
	m := kilograms * sluss.Kilogram
	return &m
}

func TestQuarterlyResults(t *testing.T) {
	product := func(kg sluss.Mass) sluss.Yield { return sluss.Yield{Product: mass(kg)} }
	oil := func(kind string, kg sluss.Mass) sluss.Yield {
		return sluss.Yield{Product: mass(kg), Oil: &sluss.OilYield{Kind: kind, Regenerated: mass(kg)}}
	}
	batches := []Treated{
		treatedBatch("A", 1_000, 9, product(900)),
		treatedBatch("B", 2_000, 20, sluss.Yield{NonHazardous: mass(50)}, func(t *Treated) {
			t.Events[3].RefusedMass, t.Events[4].Operation = 200*sluss.Kilogram, "R12"
		}),
		treatedBatch("C", 1_800, 21, product(0), func(t *Treated) { t.Sub = "A" }),
		treatedBatch("D", 500, 5, product(1), func(t *Treated) { t.Declaration.Waste.Code = "080111*" }),
		treatedBatch("E", 500, 9, product(1), func(t *Treated) { t.Declaration.Legs[0].To = stockholmPlace() }),
		treatedBatch("F", 300, 9, oil("01", 200)),
		treatedBatch("G", 400, 9, oil("01", 300)),
		treatedBatch("H", 400, 9, oil("02", 300)),
		// None of these belongs to the quarter's results.
		treatedBatch("last quarter", 1, -5, product(1)),
		treatedBatch("next quarter", 1, 90, product(1)),
		treatedBatch("harmless", 1, 9, product(1), func(t *Treated) { t.Declaration.Waste.Code = "160103" }),
		treatedBatch("collected", 1, 9, product(1), func(t *Treated) { t.Declaration.Receiver.Role = sluss.Collector }),
		treatedBatch("abroad", 1, 9, product(1), func(t *Treated) { t.Declaration.Legs[0].To.Country = "NO" }),
		treatedBatch("not yet treated", 1, 9, product(1), func(t *Treated) { t.Events = t.Events[:4] }),
	}
	want := strings.TrimSpace(`
0180 130205* 500 kg [{R9 }] [E] product=1
1881 080111* 500 kg [{R9 }] [D] product=1
1881 130205* 4600 kg [{R9 } {R9 A} {R12 }] [A B C] non-hazardous=50 product=900 after B
1881 130205* 700 kg [{R9 }] [F G] product=500 oil 01 regenerated=500 after G
1881 130205* 400 kg [{R9 }] [H] product=300 oil 02 regenerated=300`)
	for range 20 {
		rand.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
		var lines []string
		for _, c := range Results(sluss.Quarter{Year: 2026, Number: 4}, batches) {
			lines = append(lines, resultLine(c))
			o := c.Obligation
			if o.ID != "se.treatment#2026-Q4" || o.Rule.ID != treatment || o.Report != sluss.ReportTreatment || o.Role != sluss.Receiver || o.Event != "treated" ||
				!isEndOf(o.ReportBy, "2027-01-31") || !isEndOf(o.Due, "2027-02-02") || !isEndOf(o.AfterUntil, "2027-02-01") {
				t.Errorf("%+v", o)
			}
			if party, _ := c.Declaration.Obliged(o); party != c.Result.Treater {
				t.Errorf("the duty of %s, told by %s", party.Name, c.Result.Treater.Name)
			}
		}
		if got := strings.Join(lines, "\n"); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
	if owed := Results(sluss.Quarter{Year: 2026, Number: 2}, batches); owed != nil {
		t.Errorf("owed of a quarter without batches: %v", owed)
	}
}

func resultLine(c sluss.Content) string {
	r := c.Result
	var names []string
	for _, id := range r.Batches {
		names = append(names, strings.TrimPrefix(string(id), "batch/default/"))
	}
	text := fmt.Sprintf("%s %s %s %v %v", r.Site.Municipality, r.Code, r.Mass, r.Methods, names)
	tell := func(name string, m *sluss.Mass) {
		if m != nil {
			text += " " + name + "=" + m.Kilograms()
		}
	}
	tell("non-hazardous", r.NonHazardous)
	tell("product", r.Product)
	if r.Oil != nil {
		text += " oil " + r.Oil.Kind
		tell("regenerated", r.Oil.Regenerated)
	}
	if named := strings.Split(c.Obligation.After[0], "/"); len(names) > 1 {
		text += " after " + named[2]
	}
	return text
}

// Every kilogram that was accepted and treated is told once.
func TestResultsHoldEveryBatchOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told, treated := map[sluss.BatchID]bool{}, map[sluss.Quarter]sluss.Mass{}
		var batches []Treated
		for n := range rapid.IntRange(0, 12).Draw(t, "batches") {
			received, refused := rapid.IntRange(10, 20).Draw(t, "received"), rapid.IntRange(0, 9).Draw(t, "refused")
			b := treatedBatch(fmt.Sprint(n), sluss.Mass(received), rapid.IntRange(1, 120).Draw(t, "day"), sluss.Yield{}, func(b *Treated) {
				b.Events[3].RefusedMass = sluss.Mass(refused) * sluss.Kilogram
				b.Declaration.Waste.Code = rapid.SampledFrom([]string{"130205*", "080111*", "160601*"}).Draw(t, "code")
				b.Declaration.Legs[0].To = rapid.SampledFrom([]sluss.Place{kumlaPlace(), stockholmPlace()}).Draw(t, "site")
				b.Declaration.Receiver = rapid.SampledFrom([]sluss.Party{treater(), plant()}).Draw(t, "treater")
			})
			batches = append(batches, b)
			treated[QuarterOf(b.Events[4].At)] += sluss.Mass(received-refused) * sluss.Kilogram
		}
		for quarter, want := range treated {
			var sum sluss.Mass
			for _, c := range Results(quarter, batches) {
				sum += c.Result.Mass
				for _, id := range c.Result.Batches {
					if told[id] {
						t.Fatalf("%s is told of twice", id)
					}
					told[id] = true
				}
			}
			if sum != want {
				t.Fatalf("%s: %s told, %s treated", quarter, sum, want)
			}
		}
		if len(told) != len(batches) {
			t.Fatalf("%d of %d batches are told of", len(told), len(batches))
		}
	})
}

func TestResultsOfTheRegistrysFirstQuarter(t *testing.T) {
	for at, want := range map[time.Time]int{
		time.Date(2020, 10, 31, 12, 0, 0, 0, stockholm): 0,
		time.Date(2020, 11, 1, 12, 0, 0, 0, stockholm):  1,
	} {
		batch := treatedBatch("A", 1, 9, sluss.Yield{Product: mass(1)}, func(t *Treated) { t.Events[4].At = at })
		if got := Results(sluss.Quarter{Year: 2020, Number: 4}, []Treated{batch}); len(got) != want {
			t.Errorf("treated at %s: %d results", at, len(got))
		}
	}
}

func TestFaultsOfResults(t *testing.T) {
	kinds := []sluss.OilKind{{Code: "01", Regenerated: true, Energy: true}, {Code: "09", AnyOther: true}}
	sample := func() sluss.Result {
		return *Results(sluss.Quarter{Year: 2026, Number: 4}, []Treated{treatedBatch("A", 1_000, 9, sluss.Yield{
			Product: mass(900), Oil: &sluss.OilYield{Kind: "01", Regenerated: mass(900), Energy: mass(100)},
		})})[0].Result
	}
	if err := CheckResult(sample(), true, kinds); err != nil {
		t.Errorf("the sample: %v", err)
	}
	for _, test := range []struct {
		change func(*sluss.Result)
		want   []string // the fields of the faults
	}{
		{func(r *sluss.Result) { r.Quarter.Number = 5 }, []string{"quarter.number"}},
		{func(r *sluss.Result) { r.Mass = 0 }, []string{"mass"}},
		{func(r *sluss.Result) { r.Methods = nil }, []string{"methods"}},
		{func(r *sluss.Result) { r.Methods = append(r.Methods, r.Methods[0]) }, []string{"methods.1"}},
		{func(r *sluss.Result) { r.Methods[0] = sluss.Method{Operation: "R14", Sub: "a"} }, []string{"methods.0.operation", "methods.0.sub"}},
		{func(r *sluss.Result) { r.Product = nil }, []string{"non_hazardous"}},
		{func(r *sluss.Result) { r.Product = mass(-1) }, []string{"product"}},
		{func(r *sluss.Result) { r.NonHazardous = mass(101) }, []string{"non_hazardous"}},
		{func(r *sluss.Result) { r.Oil = nil }, []string{"oil.kind"}},
		{func(r *sluss.Result) { r.Oil.Kind = "1" }, []string{"oil.kind"}},
		{func(r *sluss.Result) { r.Oil.Kind = "44" }, []string{"oil.kind"}},
		{func(r *sluss.Result) { r.Oil.Disposed = mass(0) }, []string{"oil.disposed"}},
		{func(r *sluss.Result) { r.Oil.Energy = mass(101) }, []string{"oil.regenerated"}},
		{func(r *sluss.Result) { r.Oil.Energy, r.Oil.Regenerated = nil, nil }, []string{"oil.regenerated"}},
		{func(r *sluss.Result) { r.Oil.Other = "fuel" }, []string{"oil.other"}},
		{func(r *sluss.Result) { *r.Oil = sluss.OilYield{Kind: "09"} }, []string{"oil.other"}},
		{func(r *sluss.Result) { *r.Oil = sluss.OilYield{Kind: "09", Other: "<fuel>"} }, []string{"oil.other"}},
		{func(r *sluss.Result) { *r = sluss.Result{} }, []string{"quarter.number", "mass", "methods", "non_hazardous", "oil.kind"}},
	} {
		r := sample()
		test.change(&r)
		err := CheckResult(r, true, kinds)
		faults, _ := errors.AsType[sluss.Faults](err)
		var fields []string
		for _, fault := range faults {
			fields = append(fields, fault.Field)
			if fault.Remedy == "" {
				t.Errorf("%s has no remedy", fault)
			}
		}
		if !slices.Equal(fields, test.want) {
			t.Errorf("got %v, want %v", err, test.want)
		}
	}
	if err := CheckResult(sample(), false, nil); err == nil || !strings.HasPrefix(err.Error(), "oil: 130205* is not waste oil") {
		t.Errorf("oil of what is none: %v", err)
	}
	if r := sample(); CheckResult(r, true, nil) != nil {
		t.Error("without the registry's list only the form is checked")
	}
}
