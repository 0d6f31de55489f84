// Package check tells what Trackdéchets would refuse of a BSDD, or a BSDD cannot say,
// without asking: all at once, where the registry stops at its first fault, and at the
// field itself, where its answer may name the part that the field is in. Rules hold from
// the day on which the registry began to ask for them; what is not known of its rules
// passes. What a company is registered as is looked up by package companies.
package check

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
)

// Declaration tells what the registry would refuse of a declaration's BSDD as it
// stands on that day; nothing where there is no BSDD. Numbers of the test
// environment's companies pass.
func Declaration(d sluss.Declaration, on time.Time) (faults sluss.Faults) {
	doc, err := bsdd.New(sluss.Submission{Content: sluss.Content{Declaration: d}})
	if err != nil {
		return nil
	}
	look := func(o sluss.Obligation) {
		found, _ := Step(sluss.Content{Declaration: d, Obligation: o}, on, true) // there is a BSDD
		for _, r := range found {
			if fault := (sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}); !slices.Contains(faults, fault) {
				faults = append(faults, fault)
			}
		}
	}
	look(sluss.Obligation{Report: sluss.ReportEmission, Leg: doc.FirstLeg})
	for n := range d.Pickups {
		look(sluss.Obligation{Report: sluss.ReportPickup, Leg: doc.FirstLeg, Pickup: n + 1})
	}
	for _, leg := range doc.Legs() {
		look(sluss.Obligation{Report: sluss.ReportTakeOver, Leg: leg})
	}
	if stored := doc.StoredAfter(); stored > 0 {
		look(sluss.Obligation{Report: sluss.ReportResealing, Leg: stored + 1})
		look(sluss.Obligation{Report: sluss.ReportTakeOver, Leg: stored + 1})
	}
	look(sluss.Obligation{Report: sluss.ReportProcessing, Leg: doc.FirstLeg})
	return faults
}

// Content tells what the registry would refuse of a declaration and of the events that
// have happened, whose fields begin with events and the id of the event.
func Content(c sluss.Content, on time.Time) sluss.Faults {
	faults := Declaration(c.Declaration, on)
	for _, e := range c.Events {
		for _, fault := range Event(c.Declaration, e, on) {
			fault.Field = "events." + string(e.ID()) + "." + fault.Field
			faults = append(faults, fault)
		}
	}
	return faults
}

// Step tells what the registry would refuse of the step of a content's obligation on
// that day; of a sealing or an emission also what it first writes over the BSDD.
// sandbox: numbers of test companies pass. The error is sluss.ErrOperator: the batch
// has no BSDD.
func Step(content sluss.Content, on time.Time, sandbox bool) ([]sluss.Reason, error) {
	d, err := bsdd.New(sluss.Submission{Content: content})
	if err != nil {
		return nil, err
	}
	i := &inspection{Document: d, places: d.Places(), on: on, sandbox: sandbox}
	switch note := content.Obligation.Report; note { //nolint:exhaustive // arrival tells nothing that could be wrong; the others are other registries'
	case sluss.ReportCreation:
		i.formed()
	case sluss.ReportSealing:
		i.complete()
	case sluss.ReportPickup:
		i.part()
	case sluss.ReportEmission:
		switch {
		case i.Pickup() != nil:
			i.part()
		case i.Onward():
			i.onward()
		default:
			i.complete()
			i.packed()
		}
	case sluss.ReportTakeOver:
		i.carried()
	case sluss.ReportStoring:
		i.weighed(i.Trigger().Mass, false)
	case sluss.ReportStoringVerdict, sluss.ReportAcceptance:
		i.verdict(d)
	case sluss.ReportResealing:
		i.onward()
	case sluss.ReportProcessing:
		i.treatment()
	case sluss.ReportPaper:
		i.complete()
		i.packed()
		i.verdict(d.By(sluss.WasteAccepted))
		i.treatment()
	}
	return d.Locate(i.found), nil
}

// inspection collects the faults of one step. Most are told by words of the registry's
// own message, by which package reasons knows them.
type inspection struct {
	bsdd.Document
	places  reasons.Places
	on      time.Time
	sandbox bool
	found   []sluss.Reason
}

// add leaves out what was said already: some faults break two rules.
func (i *inspection) add(r sluss.Reason) {
	if !slices.Contains(i.found, r) {
		i.found = append(i.found, r)
	}
}

// say tells a fault in words of our own.
func (i *inspection) say(broken bool, field, problem, remedy string) {
	if broken {
		i.add(sluss.Reason{Field: field, Message: problem, Remedy: remedy})
	}
}

func (i *inspection) sayAsRegistry(broken bool, words string) {
	if broken {
		i.add(i.places.Reason(reasons.BadUserInput, words))
	}
}

// about is a fault of the party with a label.
func (i *inspection) about(label string, broken bool, words string) {
	if !broken {
		return
	}
	if r, known := i.places.About(label, words); known {
		i.add(r)
	}
}

// within is a fault of a text that is too long.
func (i *inspection) within(field string, longest int, text string) {
	i.say(utf8.RuneCountInString(text) > longest, i.places.Fill(field), reasons.TooLong, fmt.Sprintf("use at most %d characters", longest))
}

// Limits of the registry: masses by what a BSDD and what a road takes.
const (
	mostByRoad         = 40 * sluss.Tonne
	most               = 50_000 * sluss.Tonne
	mostPlates         = 2
	mostBulk           = 2 // tanks, or skips
	mostTransporters   = 5 // one after another
	mostIntermediaries = 5
	mostGrouped        = 250
)

// release is the first day of the month of one of the registry's releases; which day
// it was is not known.
func release(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// What the registry began to ask for since the product's own rules begin.
var (
	platesShaped  = release(2025, time.February)  // at most two, of 4 to 12 characters
	modesRemapped = release(2025, time.September) // as operations has them
	modesWanted   = release(2026, time.January)   // and D 9 F is an operation
)
