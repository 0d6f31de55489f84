// Package bsdd is a batch as its French waste movement document: which legs, parties
// and events of it make the BSDD, and what each step writes there. It calls nobody.
package bsdd

import (
	"fmt"
	"slices"

	"sluss"
	"sluss/registries/trackdechets/wire"
)

// CreationID is the obligation whose receipt names the BSDD.
const CreationID = "fr.creation"

// Document is a submission seen as a BSDD.
type Document struct {
	sluss.Content
	Signature *sluss.Signature
	FirstLeg  int // the leg with which the BSDD begins, counted from 1
	Leg       int // the one that the step is about: of a take-over and of a storage its own, else the first
}

// New finds the French legs. A content without one is nothing that could be filed:
// sluss.ErrOperator.
func New(s sluss.Submission) (Document, error) {
	d := Document{Content: s.Content, Signature: s.Signature, Leg: s.Content.Obligation.Leg}
	legs := d.Declaration.Legs
	if d.Leg < 1 || d.Leg > len(legs) {
		d.Leg = 1 + slices.IndexFunc(legs, inFrance)
	}
	if d.Leg < 1 || d.Declaration.Returned() {
		return d, fmt.Errorf("%w: the batch has no leg within France, so there is no BSDD of it", sluss.ErrOperator)
	}
	d.FirstLeg = d.Leg
	switch d.Obligation.Report { //nolint:exhaustive // the others are about the first leg
	case sluss.ReportEmission, sluss.ReportTakeOver, sluss.ReportStoring, sluss.ReportStoringVerdict, sluss.ReportResealing:
		for d.FirstLeg > 1 && inFrance(legs[d.FirstLeg-2]) {
			d.FirstLeg--
		}
	}
	return d, nil
}

func inFrance(l sluss.Leg) bool { return l.From.Country == "FR" && l.To.Country == "FR" }

// At is the document where the step is about that leg.
func (d Document) At(leg int) Document { d.Leg = leg; return d }

// FrenchLeg is the leg that the step is about.
func (d Document) FrenchLeg() sluss.Leg { return d.Declaration.Legs[d.Leg-1] }

// Carrier carries the waste on that leg.
func (d Document) Carrier() sluss.Party { return d.FrenchLeg().Transporter }

// Legs are the numbers of the legs that the first part of the BSDD covers, up to
// where the waste is stored or received: its transporters carry it in that order.
func (d Document) Legs() (numbers []int) {
	end := len(d.Declaration.Legs)
	if stored := d.StoredAfter(); stored > 0 {
		end = stored
	}
	for n := d.FirstLeg; n <= end && inFrance(d.Declaration.Legs[n-1]); n++ {
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		return []int{d.FirstLeg}
	}
	return numbers
}

// Several tells that more than one transporter carries the waste on the first part.
func (d Document) Several() bool { return len(d.Legs()) > 1 }

// CarriersBefore is how many transporters of the same part sign before the step's own; the one
// that goes on from a storage is alone.
func (d Document) CarriersBefore() int {
	if d.Onward() {
		return 0
	}
	return d.Leg - d.FirstLeg
}

// Emitter hands the waste over.
func (d Document) Emitter() sluss.Party {
	if p := d.Pickup(); p != nil {
		return p.Producer
	}
	return d.Declaration.Consignor(d.FirstLeg)
}

// Person tells that the emitter is a private individual, and Ship that it is a
// foreign ship: the registry signs for either when the BSDD is sealed.
func (d Document) Person() bool { return d.unsigned(sluss.Household) }

// Ship tells that the emitter is a foreign ship; see Person.
func (d Document) Ship() bool { return d.unsigned(sluss.ForeignShip) }

func (d Document) unsigned(origin sluss.Origin) bool {
	return d.FirstLeg == 1 && d.Declaration.Legs[0].Consignor == nil && d.Declaration.Origin == origin
}

// Dangerous tells that the waste is.
func (d Document) Dangerous() bool {
	return d.Declaration.Waste.POP || isDangerous(d.Declaration.Waste.Code)
}

// CustomID is our reference of the BSDD in the registry.
func (d Document) CustomID() string {
	if d.Obligation.Report == sluss.ReportPickup {
		return fmt.Sprintf("%s/%d", d.Declaration.ID(), d.Obligation.Pickup)
	}
	return string(d.Declaration.ID())
}

// Receipt is that of the BSDD which the step is about, once there is one.
func (d Document) Receipt() sluss.Receipt {
	switch {
	case d.Obligation.Report == sluss.ReportPickup:
		return sluss.Receipt{}
	case d.Obligation.Pickup > 0:
		return d.Receipts[pickupID(d.Obligation.Pickup)]
	}
	return d.Receipts[CreationID]
}

// Begins tells that the step comes before there is a BSDD.
func (d Document) Begins() bool {
	return slices.Contains([]sluss.ReportKind{sluss.ReportPreflight, sluss.ReportCreation, sluss.ReportPickup, sluss.ReportPaper}, d.Obligation.Report)
}

// WritesAll tells that the step writes the whole content over the BSDD.
func (d Document) WritesAll() bool {
	return d.Leg == d.FirstLeg && slices.Contains([]sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission}, d.Obligation.Report)
}

// Trigger is the event that brought the step.
func (d Document) Trigger() sluss.Event { return d.event(d.Obligation.Event) }

func (d Document) event(id sluss.EventID) sluss.Event { e, _ := d.Happened(id); return e }

// received is the arrival on which the step's verdict is given: at the receiver's, or
// at the storage.
func (d Document) received() sluss.Event {
	return d.event(sluss.NewEventID(sluss.Received, d.Trigger().Leg))
}

// signed is who acted, and when: the signature's, else the event's.
func (d Document) signed() (name string, at wire.DateTime) {
	if s := d.Signature; s != nil {
		return s.Person.Name, wire.DateTime(s.At)
	}
	e := d.Trigger()
	return e.By.Name, wire.DateTime(e.At)
}
