package bsdd

import (
	"fmt"
	"strings"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Revision is what an amendment asks the other parties to change. Each path goes to
// the field of the same party: after a temporary storage, the recipient of the BSDD
// is the storer, and the receiver is the destination of the second part.
func (d Document) Revision() (r wire.RevisionContent) {
	r.IsCanceled = d.Amends.Annul != ""
	for path := range d.Amends.Set {
		d.revise(&r, path)
	}
	return r
}

// revise puts what the content says at a path into a revision.
func (d Document) revise(r *wire.RevisionContent, path string) {
	w, t, stored := d.Declaration.Waste, d.Declaration.Treatment, d.StoredAfter()
	_, agreed := d.Recipient()
	received := func(leg int) *wire.Tonnes {
		return new(wire.Tonnes(d.event(sluss.NewEventID(sluss.Received, leg)).Mass))
	}
	refused := func(leg int) *wire.Tonnes {
		return new(wire.Tonnes(d.event(sluss.NewEventID(sluss.WasteAccepted, leg)).RefusedMass))
	}
	switch storage := &r.TemporaryStorageDetail; path {
	case "waste.code":
		r.WasteDetails.Code = WasteCode(w.Code)
	case "waste.name":
		r.WasteDetails.Name = w.Name
	case "waste.pop":
		r.WasteDetails.POP = new(w.POP)
	case "treatment.acceptance":
		if stored > 0 {
			storage.Destination.CAP = t.Acceptance
		} else {
			r.Recipient.CAP = agreed.Acceptance
		}
	case fmt.Sprintf("legs.%d.storage.acceptance", stored-1):
		r.Recipient.CAP = agreed.Acceptance
	case "treatment.operation", "treatment.mode", "events.treated.operation":
		if path == "treatment.operation" && stored > 0 {
			storage.Destination.ProcessingOperation = Operation(t.Operation)
		}
		if _, treated := d.Happened(sluss.EventID(sluss.Treated)); treated {
			operation, _ := d.By(sluss.Treated).Done()
			r.ProcessingOperationDone, r.DestinationOperationMode = Operation(operation), string(operationMode(t.Mode))
		}
	case "treatment.description":
		r.ProcessingOperationDescription = t.Description
	case "events.received.mass":
		r.QuantityReceived = received(0)
	case "events.accepted.refused_mass":
		r.QuantityRefused = refused(0)
	case fmt.Sprintf("events.received#%d.mass", stored):
		storage.TemporaryStorer.QuantityReceived = received(stored)
	case fmt.Sprintf("events.accepted#%d.refused_mass", stored):
		storage.TemporaryStorer.QuantityRefused = refused(stored)
	default:
		part := d.Pickup()
		switch {
		case strings.HasPrefix(path, "waste.packagings."):
			r.WasteDetails.PackagingInfos = packagings(w.Packagings)
		case part != nil && strings.HasSuffix(path, ".mass"):
			r.WasteDetails.Quantity = new(wire.Tonnes(part.Mass))
		case part != nil && strings.Contains(path, ".packagings."):
			r.WasteDetails.PackagingInfos = packagings(part.Packagings)
		}
	}
	for _, a := range d.Associates() {
		if !strings.HasPrefix(path, a.Path+".") {
			continue
		}
		switch a.Label { // no revision changes the others
		case reasons.Trader:
			r.Trader = &wire.Dealer{Company: CompanyOf(a.Party)}
		case reasons.Broker:
			r.Broker = &wire.Dealer{Company: CompanyOf(a.Party)}
		}
	}
}
