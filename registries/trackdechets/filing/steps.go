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
	switch d.Obligation.Report { //nolint:exhaustive // prepare let only steps of the BSDD through
	case sluss.ReportCreation:
		told, _ := wire.CreateForm(ctx, s, input)
		return told.CreateForm
	case sluss.ReportSealing:
		told, _ := wire.UpdateAndSeal(ctx, s, id, input)
		return told.MarkAsSealed
	case sluss.ReportPickup:
		told, _ := wire.CreateForm(ctx, s, d.Part())
		return told.CreateForm
	case sluss.ReportGathering:
		for _, part := range d.Parts() {
			part, known := s.Opaque(ctx, part)
			if !known {
				return wire.Form{}
			}
			input.Grouping = append(input.Grouping, wire.Fraction{Form: wire.Reference{ID: part}})
		}
		told, _ := wire.UpdateForm(ctx, s, input)
		return told.UpdateForm
	case sluss.ReportEmission:
		switch {
		case code != 0, d.Pickup() != nil:
			told, _ := wire.SignEmission(ctx, s, id, d.Emission(), code)
			return told.SignEmissionForm
		case d.Onward():
			told, _ := wire.ResealAndSignEmission(ctx, s, id, d.Resealing(), d.Emission())
			return told.SignEmissionForm
		}
		told, _ := wire.UpdateAndSignEmission(ctx, s, id, input, d.Emission())
		return told.SignEmissionForm
	case sluss.ReportTakeOver:
		told, _ := wire.SignTransport(ctx, s, id, d.TakeOver(), code)
		if d.CarriersBefore() > 0 && !hasSigned(told.SignTransportForm, d.CarriersBefore()) {
			return wire.Form{} // SENT since the first transporter signed: it proves nothing
		}
		return told.SignTransportForm
	case sluss.ReportStoring:
		told, _ := wire.MarkAsTempStored(ctx, s, id, d.Storing())
		return told.MarkAsTempStored
	case sluss.ReportStoringVerdict:
		told, _ := wire.MarkAsTempStorerAccepted(ctx, s, id, d.StoringVerdict())
		return told.MarkAsTempStorerAccepted
	case sluss.ReportResealing:
		told, _ := wire.MarkAsResealed(ctx, s, id, d.Resealing())
		return told.MarkAsResealed
	case sluss.ReportArrival:
		told, _ := wire.MarkAsReceived(ctx, s, id, d.Arrival())
		return told.MarkAsReceived
	case sluss.ReportAcceptance:
		told, _ := wire.MarkAsAccepted(ctx, s, id, d.Acceptance())
		return told.MarkAsAccepted
	case sluss.ReportPaper:
		told, _ := wire.ImportPaperForm(ctx, s, d.Paper())
		return told.ImportPaperForm
	default:
		told, _ := wire.MarkAsProcessed(ctx, s, id, d.Processing())
		return told.MarkAsProcessed
	}
}

// addByID adds several transporters, and what the BSDD groups, by their ids. Each
// transporter is made by a call of its own: one that stands on no BSDD has no effect.
func addByID(ctx context.Context, d *bsdd.Document, s *calls.Session, input *wire.FormInput) bool {
	if d.Several() {
		input.Transporter = nil
		for _, leg := range d.Legs() {
			made := s.Another("createFormTransporter")
			told, _ := wire.CreateFormTransporter(ctx, made, d.At(leg).Transporter())
			if told.CreateFormTransporter.Id == "" {
				*d = d.At(leg)
				s.WithoutEffect(made)
				return false
			}
			input.Transporters = append(input.Transporters, told.CreateFormTransporter.Id)
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
