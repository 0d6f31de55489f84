package trackdechets

import (
	"cmp"
	"fmt"

	"sluss"
)

// A batch that is stored on its way has one BSDD of two parts: its recipient is
// who stores the waste, and the receiver is where the second part ends.

// storedAfter is the leg at whose end the waste is stored, counted from 1; 0 if
// it goes straight to the receiver.
func (d document) storedAfter() int {
	for leg := d.first; leg < len(d.Declaration.Legs); leg++ {
		if d.Declaration.Legs[leg-1].Storage != nil {
			return leg
		}
	}
	return 0
}

// onward tells whether the note is about the way from a storage to the receiver.
func (d document) onward() bool {
	stored := d.storedAfter()
	return stored > 0 && d.leg > stored
}

// recipient is whom the BSDD names as such: who stores the waste on its way, else
// the receiver. With it goes what it has agreed to.
func (d document) recipient() (sluss.Party, sluss.Storage) {
	if leg := d.storedAfter(); leg > 0 {
		return d.Declaration.Consignee(leg), *d.Declaration.Legs[leg-1].Storage
	}
	return d.Declaration.Receiver, sluss.Storage{Acceptance: d.Declaration.Treatment.Acceptance, Operation: d.Declaration.Treatment.Operation}
}

// final is where the second part ends; nil where there is none.
func (d document) final() *destination {
	if d.storedAfter() == 0 {
		return nil
	}
	t := d.Declaration.Treatment
	return Destination{Company: d.Declaration.Receiver, Acceptance: t.Acceptance, Operation: t.Operation}.wire()
}

// mass is what leaves at the start of the part that the note is about: as
// declared, and from a storage what was accepted there.
func (d document) mass() (mass sluss.Mass, estimated bool) {
	leg := d.storedAfter()
	received, ok := d.Happened(sluss.EventID(sluss.Received, leg))
	if !d.onward() || !ok {
		return d.Declaration.Waste.Mass, d.Declaration.Waste.Estimated
	}
	taken, _ := d.Happened(sluss.EventID(sluss.Taken, leg))
	return received.Mass - taken.RefusedMass, false
}

func (d document) storing() storage {
	who, _ := d.signed()
	e := d.event()
	return storage{ReceivedBy: who, ReceivedAt: dateTime(e.At), QuantityReceived: tonnes(e.Mass), QuantityType: quantityType(false)}
}

func (d document) resealing() resealing {
	mass, estimated := d.mass()
	waste := d.waste()
	return resealing{
		Destination: d.final(), Transporter: new(transporterOf(d.frenchLeg())),
		WasteDetails: &repackaging{waste.ONUCode, waste.PackagingInfos, tonnes(mass), quantityType(estimated)},
	}
}

// storerVerdict is what the document shows of the storer's verdict. Where the
// storer has treated the waste itself, its verdict stands as the receiver's.
func (f form) storerVerdict() string {
	return f.TemporaryStorageDetail.TemporaryStorer.WasteAcceptationStatus
}

// endedAtStorage is what a document says about a step that can never come, for
// the waste did not go on from its storage.
func endedAtStorage(f form, d document, s step) (reason sluss.Reason, ended bool) {
	at, _ := rank(f.Status)
	switch {
	case d.storedAfter() == 0 || s.rank <= atStorageJudged:
		return sluss.Reason{}, false
	case f.storerVerdict() == statusRefused:
		return sluss.Reason{
			Code: f.Status, Message: fmt.Sprintf("the storer refused the waste of %s, so it does not go on from there", f.ReadableId),
			Remedy: "withdraw this report",
		}, true
	case at > atStorageJudged && f.storerVerdict() == "":
		return sluss.Reason{
			Code: f.Status, Message: fmt.Sprintf("%s is not stored on its way any more: it was treated where it was to be stored", f.ReadableId),
			Remedy: "withdraw this report",
		}, true
	}
	return sluss.Reason{}, false
}

// otherVerdict is the verdict that the document holds, where it is not the one to
// report; else empty.
func otherVerdict(f form, d document) string {
	verdict := f.WasteAcceptationStatus
	switch d.Obligation.Note { //nolint:exhaustive // the others report none
	case sluss.NoteStoringVerdict:
		verdict = cmp.Or(f.storerVerdict(), verdict)
	case sluss.NoteAcceptance:
	case sluss.NoteProcessing:
		if f.Status == statusRefused {
			return cmp.Or(verdict, f.Status)
		}
		return ""
	default:
		return ""
	}
	if verdict == d.acceptance().WasteAcceptationStatus {
		return ""
	}
	return verdict
}
