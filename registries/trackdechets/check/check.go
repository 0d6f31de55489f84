// Package check tells what Trackdéchets would refuse of a BSDD, without asking it: all
// at once, where the registry stops at its first fault, and in the words that its own
// answer would be given in. Rules hold from the day on which the registry began to ask
// for them; what is not known of its rules passes. Who is registered as what is not
// known here.
package check

import (
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
	look := func(note sluss.ReportKind, leg int) {
		found, _ := Step(sluss.Content{Declaration: d, Obligation: sluss.Obligation{Report: note, Leg: leg}}, on, true) // there is a BSDD
		for _, r := range found {
			if fault := (sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}); !slices.Contains(faults, fault) {
				faults = append(faults, fault)
			}
		}
	}
	look(sluss.ReportEmission, doc.FirstLeg)
	for _, leg := range doc.Legs() {
		look(sluss.ReportTakeOver, leg)
	}
	if stored := doc.StoredAfter(); stored > 0 && stored < len(d.Legs) {
		look(sluss.ReportResealing, stored+1)
		look(sluss.ReportTakeOver, stored+1)
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
		i.formed()
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
			i.formed()
			i.complete()
			i.packed(d.Declaration.Waste.Packagings)
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
		i.formed()
		i.complete()
		i.packed(d.Declaration.Waste.Packagings)
		i.verdict(d.By(sluss.WasteAccepted))
		i.treatment()
	}
	return d.Locate(i.found), nil
}

// inspection collects the faults of one step. Each is told by words of the registry's
// own message, by which package reasons knows it.
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

func (i *inspection) when(broken bool, words string) {
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

// within is a fault of a field that the registry tells by its name.
func (i *inspection) within(field string, longest int, value string) {
	if utf8.RuneCountInString(value) > longest {
		i.add(sluss.Reason{Field: i.places.Fill(field), Message: reasons.TooLong, Remedy: "correct it, and the report is sent again"})
	}
}

// Limits of the registry: masses by what a BSDD and what a road takes.
const (
	mostByRoad = 40 * sluss.Tonne
	most       = 50_000 * sluss.Tonne
	mostPlates = 2
	mostBulk   = 2 // tanks, or skips
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
