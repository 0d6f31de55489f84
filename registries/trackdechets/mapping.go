package trackdechets

import (
	"fmt"
	"slices"
	"strings"

	"sluss"
)

// creationID is the obligation whose receipt names the BSDD.
const creationID = "fr.creation"

// document is a submission seen as a BSDD.
type document struct {
	sluss.Content
	signature *sluss.Signature
	first     int // the leg with which the BSDD begins, counted from 1
	leg       int // the one that the note is about: of a take-over and of a storage its own, else the first
}

// newDocument finds the French legs. A content without one is nothing that we
// could file.
func newDocument(s sluss.Submission) (document, error) {
	d := document{Content: s.Content, signature: s.Signature, leg: s.Content.Obligation.Leg}
	legs := d.Declaration.Legs
	if d.leg < 1 || d.leg > len(legs) {
		d.leg = 1 + slices.IndexFunc(legs, inFrance)
	}
	if d.leg < 1 {
		return d, fmt.Errorf("%w: the batch has no leg within France, so there is no BSDD of it", sluss.ErrOperator)
	}
	d.first = d.leg
	switch d.Obligation.Note { //nolint:exhaustive // the others are about the first leg
	case sluss.NoteEmission, sluss.NoteTakeOver, sluss.NoteStoring, sluss.NoteStoringVerdict, sluss.NoteResealing:
		for d.first > 1 && inFrance(legs[d.first-2]) {
			d.first--
		}
	}
	return d, nil
}

func inFrance(l sluss.Leg) bool { return l.From.Country == "FR" && l.To.Country == "FR" }

// inTurns are the legs from the first on, where several transporters carry the
// waste one after another under one BSDD, up to where it is stored or received;
// else none.
func (d document) inTurns() []sluss.Leg {
	legs := d.Declaration.Legs[d.first-1:]
	if end := slices.IndexFunc(legs, func(l sluss.Leg) bool { return !inFrance(l) }); end >= 0 {
		legs = legs[:end]
	}
	if stored := d.storedAfter(); stored > 0 {
		legs = legs[:stored-d.first+1]
	}
	if len(legs) < 2 {
		return nil
	}
	return legs
}

// turn is the place of the note's transporter among those of the BSDD, from 0;
// the one that goes on from a storage is alone.
func (d document) turn() int {
	if d.onward() {
		return 0
	}
	return d.leg - d.first
}

func (d document) emitter() sluss.Party {
	if p := d.pickup(); p != nil {
		return p.Producer
	}
	return d.Declaration.Consignor(d.first)
}

func (d document) customID() string {
	if d.Obligation.Note == sluss.NotePickup {
		return fmt.Sprintf("%s/%d", d.Declaration.ID(), d.Obligation.Pickup)
	}
	return d.Declaration.ID()
}

// receipt is that of the BSDD which the note is about, once there is one.
func (d document) receipt() sluss.Receipt {
	switch {
	case d.Obligation.Note == sluss.NotePickup:
		return sluss.Receipt{}
	case d.Obligation.Pickup > 0:
		return d.Receipts[pickupID(d.Obligation.Pickup)]
	}
	return d.Receipts[creationID]
}

func (d document) frenchLeg() sluss.Leg   { return d.Declaration.Legs[d.leg-1] }
func (d document) carrier() sluss.Party   { return d.frenchLeg().Transporter }
func (d document) event() (e sluss.Event) { e, _ = d.Happened(d.Obligation.Event); return e }

// received is the arrival on which the verdict of the note is given: at the
// receiver's, or at the storage.
func (d document) received() (e sluss.Event) {
	e, _ = d.Happened(sluss.EventID(sluss.Received, d.event().Leg))
	return e
}

// signed is who acted, and when: the signature's, else the event's.
func (d document) signed() (name string, at dateTime) {
	if s := d.signature; s != nil {
		return s.Person.Name, dateTime(s.At)
	}
	e := d.event()
	return e.By.Name, dateTime(e.At)
}

func (d document) emission() emission {
	who, at := d.signed()
	waste := d.waste()
	mass, _ := d.mass()
	if p := d.pickup(); p != nil {
		mass = p.Mass
	}
	return emission{
		PackagingInfos: waste.PackagingInfos, Quantity: tonnes(mass), ONUCode: waste.ONUCode,
		TransporterNumberPlate: plates(d.frenchLeg().Vehicles), EmittedAt: at, EmittedBy: who,
	}
}

func (d document) takeOver() takeOver {
	who, at := d.signed()
	leg, contact := d.frenchLeg(), d.carrier().Contact
	return takeOver{
		TakenOverAt: at, TakenOverBy: who, TransporterNumberPlate: plates(leg.Vehicles), TransporterTransportMode: mode(leg.Mode),
		TransporterCompanyContact: text(contact.Name), TransporterCompanyMail: text(contact.Email), TransporterCompanyPhone: text(contact.Phone),
	}
}

// arrival tells no mass: that comes with the acceptance; here it is optional,
// and alone it would read as an acceptance.
func (d document) arrival() arrival {
	who, _ := d.signed()
	return arrival{ReceivedBy: who, ReceivedAt: dateTime(d.event().At)}
}

func (d document) processing() processing {
	e := d.event()
	who, _ := d.signed()
	operation := e.Operation
	if operation == "" {
		operation = d.Declaration.Treatment.Operation
	}
	t := d.Declaration.Treatment
	return processing{
		ProcessingOperationDone: spaced(operation), DestinationOperationMode: operationMode(t.Mode),
		ProcessingOperationDescription: text(t.Description), ProcessedBy: who, ProcessedAt: dateTime(e.At),
		NextDestination: d.goesTo(operation), NoTraceability: groups(operation) && (t.NoTraceability || e.NoTraceability),
	}
}

// acceptance is the receiver's verdict on what arrived, in whole or in part.
func (d document) acceptance() acceptance {
	e, received := d.event(), d.received().Mass
	who, at := d.signed()
	verdict := acceptance{WasteAcceptationStatus: "ACCEPTED", SignedAt: at, SignedBy: who, QuantityReceived: tonnes(received)}
	switch {
	case e.Kind == sluss.Refused:
		verdict.WasteAcceptationStatus, verdict.QuantityRefused, verdict.WasteRefusalReason = "REFUSED", tonnes(received), text(e.Reason)
	case e.RefusedMass > 0:
		verdict.WasteAcceptationStatus, verdict.QuantityRefused, verdict.WasteRefusalReason = "PARTIALLY_REFUSED", tonnes(e.RefusedMass), text(e.Reason)
	}
	return verdict
}

// form is the whole BSDD as declared.
func (d document) form(id string) formInput {
	company, agreed := d.recipient()
	input := formInput{
		ID: id, CustomID: d.customID(),
		Emitter:      d.emitted(),
		Recipient:    recipient{CAP: text(agreed.Acceptance), ProcessingOperation: text(spaced(agreed.Operation)), Company: companyOf(company)},
		Transporter:  new(transporterOf(d.frenchLeg())),
		WasteDetails: d.waste(),
	}
	d.associate(&input)
	if final := d.final(); final != nil {
		input.Recipient.IsTempStorage, input.TemporaryStorageDetail = true, &storageDetail{final}
	}
	return input
}

func transporterOf(l sluss.Leg) transporter {
	return transporter{Company: companyOf(l.Transporter), NumberPlate: plates(l.Vehicles), Mode: mode(l.Mode)}
}

// emitterType tells the producer from another holder, such as a platform at
// which waste from abroad arrives, and from one that regroups.
func (d document) emitterType() string {
	switch {
	case d.regroups():
		return "APPENDIX2"
	case d.isRound():
		return "APPENDIX1"
	}
	if e, p := d.emitter(), d.Declaration.Producer; e.ID == p.ID && e.Country == p.Country {
		return "PRODUCER"
	}
	return "OTHER"
}

// workSite is where the waste leaves from, if that is not the emitter's own
// address.
func (d document) workSite() *workSite {
	from := d.frenchLeg().From
	if from.Address == "" || strings.Contains(d.emitter().Address, from.Address) {
		return nil
	}
	return &workSite{Address: text(from.Address), City: text(from.City), PostalCode: text(from.Postcode)}
}

func (d document) waste() wasteDetails {
	w := d.Declaration.Waste
	details := wasteDetails{
		Code: text(spacedCode(w.Code)), Name: text(w.Name), IsSubjectToADR: w.UN != "", ONUCode: text(w.UN),
		PackagingInfos: packagingsOf(w.Packagings), Quantity: new(tonnes(w.Mass)), QuantityType: quantityType(w.Estimated), Consistences: []string{}, POP: w.POP,
	}
	if p := d.pickup(); p != nil {
		details.PackagingInfos = packagingsOf(p.Packagings)
	} else if d.isRound() { // it is weighed part by part
		details.PackagingInfos, details.Quantity = []packaging{}, nil
	}
	if w.Consistence != "" {
		details.Consistences = append(details.Consistences, strings.ToUpper(string(w.Consistence)))
	}
	return details
}

func packagingsOf(packagings []sluss.Packaging) []packaging {
	all := []packaging{}
	for _, p := range packagings {
		all = append(all, packaging{Type: packagingKind(p.Kind), Other: text(p.Other), Quantity: p.Count})
	}
	return all
}

// companyOf names a French establishment by its SIRET and a foreign company by
// its VAT number.
func companyOf(p sluss.Party) company {
	c := company{
		Country: text(p.Country), Name: text(p.Name), Address: text(p.Address),
		Contact: text(p.Contact.Name), Phone: text(p.Contact.Phone), Mail: text(p.Contact.Email),
	}
	if p.Country == "FR" {
		c.SIRET = text(p.ID)
	} else {
		c.VATNumber = text(organisation(p))
	}
	return c
}

// organisation is the number by which Trackdéchets knows a party.
func organisation(p sluss.Party) string {
	if p.Country != "FR" && p.VAT != "" {
		return p.VAT
	}
	return p.ID
}

func plates(vehicles []sluss.Vehicle) text {
	var all []string
	for _, v := range vehicles {
		all = append(all, v.Plate)
	}
	return joined(all)
}

func joined(plates []string) text {
	var all []string
	for _, plate := range plates {
		if plate = strings.TrimSpace(plate); plate != "" {
			all = append(all, plate)
		}
	}
	return text(strings.Join(all, ", "))
}

func mode(m sluss.Mode) text {
	return map[sluss.Mode]text{
		sluss.Road: "ROAD", sluss.Rail: "RAIL", sluss.Sea: "SEA", sluss.Air: "AIR", sluss.InlandWaterway: "RIVER", sluss.Pipeline: "OTHER",
	}[m]
}

func packagingKind(k sluss.PackagingKind) string {
	kinds := map[sluss.PackagingKind]string{sluss.Drum: "FUT", sluss.IBC: "GRV", sluss.Tank: "CITERNE", sluss.Skip: "BENNE"}
	if kind, known := kinds[k]; known {
		return kind
	}
	return "AUTRE"
}

func operationMode(m string) text {
	return map[string]text{
		"reuse": "REUTILISATION", "recycling": "RECYCLAGE", "energy-recovery": "VALORISATION_ENERGETIQUE",
		"other": "AUTRES_VALORISATIONS", "elimination": "ELIMINATION",
	}[m]
}

// spaced writes an operation as the register does: R9 is "R 9", D9F is "D 9 F".
func spaced(operation string) string {
	if len(operation) < 2 {
		return operation
	}
	number, final := strings.CutSuffix(operation[1:], "F")
	if final {
		number += " F"
	}
	return operation[:1] + " " + number
}

// spacedCode writes a waste code as the register does: 130205* is "13 02 05*".
func spacedCode(code string) string {
	if len(code) < 6 {
		return code
	}
	return code[:2] + " " + code[2:4] + " " + code[4:]
}
