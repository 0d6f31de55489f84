package filing

import (
	"context"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// step is what a note does to the BSDD.
type step struct {
	name string // of the mutation
	rank int    // how far along the BSDD is afterwards
}

var steps = map[sluss.ReportKind]step{
	sluss.ReportPreflight:      {"companyInfos", bsdd.Draft},
	sluss.ReportCreation:       {"createForm", bsdd.Draft},
	sluss.ReportSealing:        {"markAsSealed", bsdd.Sealed},
	sluss.ReportEmission:       {"signEmissionForm", bsdd.Emitted},
	sluss.ReportTakeOver:       {"signTransportForm", bsdd.Sent},
	sluss.ReportStoring:        {"markAsTempStored", bsdd.Stored},
	sluss.ReportStoringVerdict: {"markAsTempStorerAccepted", bsdd.StorageJudged},
	sluss.ReportResealing:      {"markAsResealed", bsdd.Resealed},
	sluss.ReportArrival:        {"markAsReceived", bsdd.Arrived},
	sluss.ReportAcceptance:     {"markAsAccepted", bsdd.Judged},
	sluss.ReportProcessing:     {"markAsProcessed", bsdd.Processed},
	sluss.ReportPickup:         {"createForm", bsdd.Draft},
	sluss.ReportGathering:      {"updateForm", bsdd.Sealed},
	sluss.ReportPaper:          {"importPaperForm", bsdd.Processed},
}

// onward is the step as it is taken at the storage: the signatures are given once
// more.
func (s step) onward() step {
	switch s.rank {
	case bsdd.Emitted:
		s.rank = bsdd.EmittedOnward
	case bsdd.Sent:
		s.rank = bsdd.Resent
	}
	return s
}

// take takes the step; with a code it signs what the BSDD holds. The form is empty where
// the answer has none, and where a call that comes first failed: then the session is
// that call's, and the document is about what it was for.
func take(ctx context.Context, d *bsdd.Document, s *calls.Session, code wire.SentCode) wire.Form {
	id := ""
	if !d.Begins() {
		var known bool
		if id, known = s.Opaque(ctx, d.Receipt().ID); !known {
			return wire.Form{}
		}
	}
	input := d.Form(id)
	if d.WritesAll() && code == 0 && d.Pickup() == nil && !addByID(ctx, d, s, &input) {
		return wire.Form{}
	}
	given, first := map[string]any{"id": id}, []wire.Root(nil)
	switch d.Obligation.Report { //nolint:exhaustive // prepare let only steps of the BSDD through
	case sluss.ReportCreation:
		given["createFormInput"] = input
	case sluss.ReportSealing:
		given["updateFormInput"], first = input, before("updateForm")
	case sluss.ReportPickup:
		given["createFormInput"] = d.Part()
	case sluss.ReportGathering:
		for _, part := range d.Parts() {
			part, known := s.Opaque(ctx, part)
			if !known {
				return wire.Form{}
			}
			input.Grouping = append(input.Grouping, wire.Fraction{Form: wire.Reference{ID: part}})
		}
		given = map[string]any{"updateFormInput": input}
	case sluss.ReportEmission:
		given["input"] = d.Emission()
		switch {
		case code != 0:
			given["securityCode"] = code
		case d.Pickup() != nil:
		case d.Onward():
			given["resealedInfos"], first = d.Resealing(), before("markAsResealed")
		default:
			given["updateFormInput"], first = input, before("updateForm")
		}
	case sluss.ReportTakeOver:
		if given["input"] = d.TakeOver(); code != 0 {
			given["securityCode"] = code
		}
	case sluss.ReportStoring:
		given["tempStoredInfos"] = d.Storing()
	case sluss.ReportStoringVerdict:
		given["tempStorerAcceptedInfo"] = d.StoringVerdict()
	case sluss.ReportResealing:
		given["resealedInfos"] = d.Resealing()
	case sluss.ReportArrival:
		given["receivedInfo"] = d.Arrival()
	case sluss.ReportAcceptance:
		given["acceptedInfo"] = d.Acceptance()
	case sluss.ReportPaper:
		given["input"] = d.Paper()
	default:
		given["processedInfo"] = d.Processing()
	}
	var form wire.Form
	_ = s.Ask(ctx, given, &form, first...)
	if d.Obligation.Report == sluss.ReportTakeOver && d.CarriersBefore() > 0 && !hasSigned(form, d.CarriersBefore()) {
		return wire.Form{} // SENT since the first transporter signed: it proves nothing
	}
	return form
}

// before is a root field that writes the content over the BSDD in the request of the step
// itself, so that what is sealed or signed is what was approved, also after a correction.
func before(field string) []wire.Root { return []wire.Root{{Field: field, Into: wire.Reference{}}} }

// addByID adds several transporters, and what the BSDD groups, by their ids. Each
// transporter is made by a call of its own: one that stands on no BSDD has no effect.
func addByID(ctx context.Context, d *bsdd.Document, s *calls.Session, input *wire.FormInput) bool {
	if d.Several() {
		input.Transporter = nil
		for _, leg := range d.Legs() {
			made := s.Another("createFormTransporter")
			var carrier wire.Reference
			_ = made.Ask(ctx, map[string]any{"input": d.At(leg).Transporter()}, &carrier)
			if carrier.ID == "" {
				*d = d.At(leg)
				s.WithoutEffect(made)
				return false
			}
			input.Transporters = append(input.Transporters, carrier.ID)
		}
	}
	for i, p := range d.Predecessors() {
		r, _ := d.Grouped(i)
		id, known := s.Opaque(ctx, r.ID)
		if !known {
			return false
		}
		input.Grouping = append(input.Grouping, wire.Fraction{Form: wire.Reference{ID: id}, Quantity: new(wire.Tonnes(p.Mass))})
	}
	return true
}

// hasSigned tells whether the transporter after that many others has signed.
func hasSigned(f wire.Form, before int) bool {
	return before < len(f.Transporters) && !time.Time(f.Transporters[before].TakenOverAt).IsZero()
}
