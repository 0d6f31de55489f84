package obligations

import (
	"fmt"
	"regexp"
	"slices"

	"sluss"
	"sluss/registries/numbers"
)

// branch makes of the steps of a direct chain those of the batch's branch: a
// group names the treatments of the batches that go into it; who is no company
// signs nothing; what was signed on paper is told in one step at its end.
func (b batch) branch(owed []sluss.Obligation) []sluss.Obligation {
	switch {
	case b.Paper:
		return b.onPaper(owed)
	case len(b.Pickups) > 0:
		return b.round(owed)
	case b.unsigned():
		return b.withoutEmission(owed)
	case b.regroups():
		return b.grouping(owed)
	}
	return owed
}

func (b batch) grouping(owed []sluss.Obligation) []sluss.Obligation {
	for i := range owed {
		o := &owed[i]
		if o.Leg != 1 {
			continue // of what goes on from a storage
		}
		switch o.Note { //nolint:exhaustive // later steps need no predecessor
		case sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission:
			o.After = append(o.After, b.awaited()...)
			if b.Legs[0].Consignor != nil {
				o.Role = sluss.Collector
			}
			if o.Note == sluss.NoteEmission {
				o.Signer = o.Role
			}
		}
	}
	return owed
}

// withoutEmission leaves the BSDD to the transporter: the register itself signs
// for a private individual or a foreign ship when it is sealed.
func (b batch) withoutEmission(owed []sluss.Obligation) []sluss.Obligation {
	signed := sluss.ObligationID(emission, 1)
	owed = slices.DeleteFunc(owed, func(o sluss.Obligation) bool { return o.ID == signed })
	for i := range owed {
		o := &owed[i]
		if o.Note == sluss.NoteCreation || o.Note == sluss.NoteSealing {
			o.Role = sluss.Transporter
		}
		if n := slices.Index(o.After, signed); n >= 0 {
			o.After[n] = sealing
		}
	}
	return owed
}

// onPaper is the one step of a BSDD on paper. It has the id of the treatment's, by
// which other batches name it. Of waste that is refused the register takes none.
func (b batch) onPaper(owed []sluss.Obligation) []sluss.Obligation {
	i := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Note == sluss.NoteProcessing })
	if i < 0 {
		return nil
	}
	told := owed[i]
	told.After = nil
	return b.owe(nil, paper, b.event.At, told)
}

// onPaper checks what goes with a BSDD on paper.
func (f *faults) onPaper(b batch) {
	if !b.Paper {
		return
	}
	const remedy = "leave it out, or let the BSDD be signed in Trackdéchets"
	first := b.bsdd
	if first == 0 {
		f.add("paper", "only a BSDD goes on paper", "leave it out")
		return
	}
	if len(b.Legs) > first {
		f.add("paper", "the register takes a BSDD from paper with one transporter only", remedy)
	}
	if b.regroups() {
		f.add("paper", "the register takes no group from paper", remedy)
	}
	for i, p := range b.Intermediaries {
		if p.Role != sluss.EcoOrganisme {
			f.add(at("intermediaries", i), "the register takes a BSDD from paper without intermediaries", remedy)
		}
	}
}

// unsigned tells whether a BSDD begins at a private individual or a foreign
// ship.
func (b batch) unsigned() bool {
	return b.bsdd == 1 && b.Legs[0].Consignor == nil && (b.Origin == sluss.Household || b.Origin == sluss.ForeignShip)
}

// ship checks the number of a foreign ship.
func (f *faults) ship(field, id string) {
	f.number(field, id, "the number of a ship", "give OMI and its seven digits, such as OMI1234567", numbers.Ship)
}

// associates checks those on a BSDD that never hold the waste.
func (f *faults) associates(b batch) {
	first := map[sluss.Role]int{}
	for i, deal := range b.Deals {
		if b.bsdd == 0 || deal.Trader.Country != "FR" {
			continue
		}
		if before, twice := first[deal.Trader.Role]; twice {
			f.add(at("deals", i, "trader"), fmt.Sprintf("a BSDD names one %s, and deals.%d has one", deal.Trader.Role, before), "keep the deal that belongs to this batch")
			continue
		}
		first[deal.Trader.Role] = i
	}
	intermediaries := 0
	for i, p := range b.Intermediaries {
		field := at("intermediaries", i)
		switch {
		case b.bsdd == 0:
			f.add(field, "only a BSDD names intermediaries or an éco-organisme", "leave it out")
			continue
		case p.Country != "FR":
			f.add(field+".country", "a BSDD names such companies in France only", "name the French establishment, or leave it out")
		case slices.ContainsFunc(b.Intermediaries[:i], func(before sluss.Party) bool { return same(before, p) && before.Role == p.Role }):
			f.add(field, p.Name+" stands there twice", "name each once")
		}
		if p.Role != sluss.EcoOrganisme {
			intermediaries++
			continue
		}
		if before, twice := first[p.Role]; twice {
			f.add(field, fmt.Sprintf("a BSDD names one éco-organisme, and intermediaries.%d is one", before), "keep the one that answers for the producers")
			continue
		}
		first[p.Role] = i
	}
	if intermediaries > mostIntermediaries {
		f.add("intermediaries", fmt.Sprintf("there are %d", intermediaries), fmt.Sprintf("a BSDD names at most %d", mostIntermediaries))
	}
}

const mostIntermediaries = 5

// regroups tells whether a BSDD groups those of other batches (annexe 2): they
// came to the establishment in France from which this one leaves.
func (b batch) regroups() bool { return b.bsdd == 1 && len(b.Predecessors) > 0 }

// awaited are the filings by which the register has the treatments of a group's
// batches, where nobody tells its ids of their BSDDs.
func (b batch) awaited() (filings []string) {
	for _, p := range b.Predecessors {
		if p.Reference != "" && p.Receipt == "" {
			filings = append(filings, sluss.FilingID(b.Tenant, p.Reference, processing))
		}
	}
	return filings
}

// mostGrouped is how many BSDDs one takes as a group.
const mostGrouped = 250

// bsddID matches an id of a BSDD: opaque, or as people read it.
var bsddID = regexp.MustCompile(`^(c[0-9a-z]{20,30}|BSD-\d{8}-[0-9A-Z]{9}|TD-[0-9A-Za-z-]{3,40})$`)

// group checks what goes into a group.
func (f *faults) group(b batch) {
	if n := len(b.Predecessors); b.regroups() && n > mostGrouped {
		f.add("predecessors", fmt.Sprintf("there are %d", n), fmt.Sprintf("a BSDD groups at most %d: make several batches", mostGrouped))
	}
	for i, p := range b.Predecessors {
		if p.Receipt != "" && slices.ContainsFunc(b.Predecessors[:i], func(before sluss.Predecessor) bool { return before.Receipt == p.Receipt }) {
			f.add(at("predecessors", i, "receipt"), p.Receipt+" stands there twice", "name each once, with all that came from it")
		}
	}
}

// storesOnly tells the operations after which waste goes on somewhere else.
func storesOnly(operation string) bool {
	i := slices.IndexFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
	return i >= 0 && frenchOperations()[i].modes == nil
}

// nextCompany is the field of who takes on what was only grouped or stored.
const nextCompany = "treatment.next.company"

// next checks where waste is to go that was only grouped or stored.
func (f *faults) next(b batch) {
	const field = "treatment.next"
	t := b.Treatment
	switch {
	case t.Next == nil && !t.NoTraceability:
		if b.bsdd > 0 && storesOnly(t.Operation) {
			f.add(field, t.Operation+" only groups or stores: the BSDD needs the next destination", "give its company and the operation planned there, or use the final operation")
		}
		return
	case b.bsdd == 0:
		f.add(field, "only a BSDD tells where waste goes next, or that its trace ends", "leave next and no_traceability out")
		return
	case frenchOperationKnown(t.Operation) && !storesOnly(t.Operation):
		f.add(field, t.Operation+" is final: nothing goes on, and no trace ends", "leave next and no_traceability out, or use an operation that groups or stores")
		return
	}
	var next sluss.NextDestination
	if t.Next != nil {
		next = *t.Next
	}
	switch {
	case next.Operation == "":
		f.add(field+".operation", "it is not said what is planned there", "give the operation, such as R1")
	case !frenchOperationKnown(next.Operation):
		f.add(field+".operation", fmt.Sprintf("the BSDD has no operation %q", next.Operation), frenchOperationRemedy)
	}
	if next.Company == (sluss.Party{}) {
		if !t.NoTraceability {
			f.add(field+".company", "it is not said who takes the waste on", "name the company")
		}
		return
	}
	if blank(next.Company.Address) {
		f.add(field+".company.address", "there is no address", "give it, with postcode and town")
	}
	switch dangerous := b.dangerous(); {
	case next.Company.Country == "FR" && next.Notification != "":
		f.add(field+".notification", "waste that stays in France goes without notification", "leave it out")
	case next.Company.Country != "FR" && dangerous && next.Notification == "":
		f.add(field+".notification", "dangerous waste goes abroad by a notification", "give its number")
	}
	f.within(field+".notification", next.Notification, 15)
}

const frenchOperationRemedy = "use R1 to R13, D1 to D5, D8 to D10, D9F or D12 to D15, without space"

func frenchOperationKnown(operation string) bool {
	return slices.ContainsFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
}

// treated checks what was done against what was planned: how, and where it goes
// next, are told with the plan.
func (f *faults) treated(b batch, done sluss.Event) {
	if b.bsdd == 0 {
		if done.NoTraceability {
			f.add("no_traceability", "only a BSDD tells that the trace ends", "leave it out")
		}
		return
	}
	operation := done.Operation
	if operation == "" {
		operation = b.Treatment.Operation
	}
	i := slices.IndexFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
	if i < 0 {
		return
	}
	const correct = "correct treatment.operation and what belongs to it first, then report the treatment"
	switch modes := frenchOperations()[i].modes; {
	case modes == nil && b.Treatment.Next == nil:
		f.add("operation", operation+" only groups or stores, and it is not said where the waste goes next", correct)
	case modes != nil && !slices.Contains(modes, b.Treatment.Mode):
		f.add("operation", fmt.Sprintf("%q is not how France carries out %s", b.Treatment.Mode, operation), correct)
	case modes != nil && done.NoTraceability:
		f.add("no_traceability", operation+" is final, and breaks no trace", "leave it out")
	case modes == nil && b.Treatment.Next.Company == (sluss.Party{}) && !done.NoTraceability && !b.Treatment.NoTraceability:
		f.add("operation", "it is not said who takes the waste on", correct)
	}
}
