package trackdechets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

// processingID is the obligation whose receipt tells that a BSDD waits for its
// group.
const processingID = "fr.processing"

// regroups tells whether the BSDD groups those under which its predecessors
// came (annexe 2).
func (d document) regroups() bool { return d.first == 1 && len(d.Declaration.Predecessors) > 0 }

// part is the receipt of the BSDD under which a predecessor came; false where
// nobody told it.
func (d document) part(p sluss.Predecessor) (sluss.Receipt, bool) {
	if p.Receipt != "" {
		return sluss.Receipt{ID: p.Receipt}, true
	}
	r, told := d.Receipts[sluss.FilingID(d.Declaration.Tenant, p.Reference, processingID)]
	return r, told && r.ID != ""
}

// partPath is the path of what names a predecessor's BSDD.
func (d document) partPath(i int) string {
	if d.Declaration.Predecessors[i].Receipt != "" {
		return fmt.Sprintf("predecessors.%d.receipt", i)
	}
	return fmt.Sprintf("predecessors.%d.reference", i)
}

// lacking are the predecessors of which it is not known under which BSDD they
// came, so that no call can be made.
func (d document) lacking() (reasons []sluss.Reason) {
	if !d.regroups() || !d.told() {
		return nil
	}
	for i, p := range d.Declaration.Predecessors {
		if _, told := d.part(p); !told {
			reasons = append(reasons, sluss.Reason{
				Field: d.partPath(i), Message: "Trackdéchets has no treatment of that batch, so its BSDD waits for no group",
				Remedy: fmt.Sprintf("take it out, or give the number of its BSDD as predecessors.%d.receipt if it waits there all the same", i),
			})
		}
	}
	return reasons
}

// told tells whether the step lays the whole BSDD over the register's.
func (d document) told() bool {
	return d.leg == d.first && slices.Contains([]sluss.Note{sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission}, d.Obligation.Note)
}

// numbered is how many BSDDs of the group are known by their number only, and
// must be looked up.
func (d document) numbered() (n int) {
	if !d.regroups() {
		return 0
	}
	for _, p := range d.Declaration.Predecessors {
		if r, _ := d.part(p); readable(r.ID) {
			n++
		}
	}
	return n
}

// opaque is the id of a BSDD that may be known by its number only, which mutations
// do not take. Where it could not be looked up, the session tells why.
func (s *session) opaque(ctx context.Context, id string) (string, bool) {
	if !readable(id) {
		return id, true
	}
	one := s.client.as(s.call.actor, "form")
	if id = lookUp(ctx, one, id).Id; id == "" {
		*s = *one
		s.harmless()
	}
	return id, id != ""
}

// grouping is what goes into the group. Where one of the BSDDs could not be
// looked up, the session tells why.
func (d document) grouping(ctx context.Context, s *session) (parts []fraction, made bool) {
	if !d.regroups() {
		return nil, true
	}
	for _, p := range d.Declaration.Predecessors {
		r, _ := d.part(p)
		id, known := s.opaque(ctx, r.ID)
		if !known {
			return nil, false
		}
		parts = append(parts, fraction{Form: byID{id}, Quantity: new(tonnes(p.Mass))})
	}
	return parts, true
}

// ofParts gives reasons that speak of a BSDD of the group their field.
func (d document) ofParts(reasons []sluss.Reason) []sluss.Reason {
	if !d.regroups() {
		return reasons
	}
	for i, reason := range reasons {
		for n, p := range d.Declaration.Predecessors {
			r, _ := d.part(p)
			named := r.ID != "" && strings.Contains(reason.Original, r.ID) || r.Number != "" && strings.Contains(reason.Original, r.Number)
			if reason.Field == "" && named {
				reasons[i].Field = d.partPath(n)
				if strings.Contains(plain(reason.Original), "quantité") {
					reasons[i].Field = fmt.Sprintf("predecessors.%d.mass", n)
				}
			}
		}
	}
	return reasons
}

// goesTo is where the treated waste goes next; nil where its treatment is final.
func (d document) goesTo(operation string) *nextDestination {
	next := d.Declaration.Treatment.Next
	if next == nil || !groups(operation) {
		return nil
	}
	told := &nextDestination{ProcessingOperation: spaced(next.Operation), NotificationNumber: text(next.Notification)}
	if next.Company != (sluss.Party{}) {
		told.Company = new(onwardCompany(next.Company))
	}
	return told
}

// onwardCompany names a company outside the European Union, which is on BSDDs
// only as a next destination, by its own country's number.
func onwardCompany(p sluss.Party) company {
	c := companyOf(p)
	if !numbers.InUnion(p.Country) {
		c.VATNumber, c.ExtraEuropeanID = "", text(organisation(p))
	}
	return c
}

// groups tells an operation, written without space, after which waste goes on.
func groups(code string) bool {
	return slices.ContainsFunc(operations, func(o operation) bool { return o.code == spaced(code) && o.groups() })
}

// labelNext begins the register's messages about the next destination.
const labelNext = "destination ultérieure"

const nextField = "treatment.next"

// nextReason is about the next destination.
func nextReason(said string) sluss.Reason {
	switch {
	case strings.Contains(said, "traitement final"):
		return sluss.Reason{Field: nextField, Message: "a final operation has no next destination", Remedy: "leave it out, or correct the operation"}
	case strings.Contains(said, "opération"), strings.Contains(said, "d'élimination / valorisation"):
		return sluss.Reason{Field: nextField + ".operation", Message: "is missing, or not an operation that a BSDD takes", Remedy: "give the operation planned there"}
	case strings.Contains(said, "notification"):
		return sluss.Reason{Field: nextField + ".notification", Message: "dangerous waste goes abroad by a notification, whose number has at most 15 characters", Remedy: "give its number"}
	}
	return companyReason(nextField+".company", said)
}

// onwards is what must be said of waste that was only grouped or stored.
func (i *inspection) onwards(mode string) {
	i.when(mode != "" && !i.on.Before(modesRemapped), "mode de traitement")
	t, e := i.Declaration.Treatment, i.event()
	if t.Next == nil {
		i.add(sluss.Reason{Field: nextField, Message: "waste that was only grouped or stored goes on somewhere", Remedy: "give the next destination"})
		return
	}
	planned := Processing{
		Operation: t.Operation, Next: t.Next, Untraced: t.NoTraceability || e.NoTraceability, By: "somebody",
	}
	if e.Operation != "" {
		planned.Operation = e.Operation
	}
	dangerous := strings.HasSuffix(i.Declaration.Waste.Code, "*") || i.Declaration.Waste.POP
	for _, fault := range planned.Faults(dangerous, i.on) {
		i.add(sluss.Reason{Field: "treatment." + fault.Field, Message: fault.Problem, Remedy: fault.Remedy})
	}
}
