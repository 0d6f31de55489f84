package trackdechets

import (
	"context"

	"sluss"
)

// step is what a note does to the BSDD.
type step struct {
	name string // of the mutation
	rank int    // how far along the BSDD is afterwards
}

// How far along its way a BSDD is. Those from atStorage to atResent are of the way
// over a temporary storage only.
const (
	atDraft = iota
	atSealed
	atEmitted
	atSent
	atStorage
	atStorageJudged
	atResealed
	atEmittedOnward
	atResent
	atArrived
	atJudged
	atProcessed
)

func stepOf(note sluss.Note) (s step, known bool) {
	switch note { //nolint:exhaustive // the others are other registries'
	case sluss.NotePreflight:
		return step{"companyInfos", 0}, true
	case sluss.NoteCreation:
		return step{"createForm", atDraft}, true
	case sluss.NoteSealing:
		return step{"markAsSealed", atSealed}, true
	case sluss.NoteEmission:
		return step{"signEmissionForm", atEmitted}, true
	case sluss.NoteTakeOver:
		return step{"signTransportForm", atSent}, true
	case sluss.NoteStoring:
		return step{"markAsTempStored", atStorage}, true
	case sluss.NoteStoringVerdict:
		return step{"markAsTempStorerAccepted", atStorageJudged}, true
	case sluss.NoteResealing:
		return step{"markAsResealed", atResealed}, true
	case sluss.NoteArrival:
		return step{"markAsReceived", atArrived}, true
	case sluss.NoteAcceptance:
		return step{"markAsAccepted", atJudged}, true
	case sluss.NoteProcessing:
		return step{"markAsProcessed", atProcessed}, true
	case sluss.NotePickup:
		return step{"createForm", atDraft}, true
	case sluss.NoteGathering:
		return step{"updateForm", atSealed}, true
	case sluss.NotePaper:
		return step{"importPaperForm", atProcessed}, true
	default:
		return step{}, false
	}
}

// onward is the step as it is taken at the storage: the signatures are given once
// more.
func (s step) onward() step {
	switch s.rank {
	case atEmitted:
		s.rank = atEmittedOnward
	case atSent:
		s.rank = atResent
	}
	return s
}

// take takes the step; id is the BSDD's opaque id. The form is empty where the
// answer has none.
func (d *document) take(ctx context.Context, s *session, id string) form {
	switch d.Obligation.Note { //nolint:exhaustive // prepare let only steps of the BSDD through
	case sluss.NoteCreation:
		input, made := d.whole(ctx, s, "")
		if !made {
			return form{}
		}
		told, _ := createForm(ctx, s, input)
		return told.CreateForm
	case sluss.NoteSealing:
		input, made := d.whole(ctx, s, id)
		if !made {
			return form{}
		}
		told, _ := markAsSealed(ctx, s, id, input)
		return told.MarkAsSealed
	case sluss.NotePickup:
		told, _ := createForm(ctx, s, d.partForm())
		return told.CreateForm
	case sluss.NoteGathering:
		input := d.form(id)
		for _, part := range d.parts() {
			known := false
			if part.Form.ID, known = s.opaque(ctx, part.Form.ID); !known {
				return form{}
			}
			input.Grouping = append(input.Grouping, part)
		}
		told, _ := updateForm(ctx, s, input)
		return told.UpdateForm
	case sluss.NoteEmission:
		if d.pickup() != nil {
			told, _ := signEmission(ctx, s, id, d.emission(), 0)
			return told.SignEmissionForm
		}
		if d.onward() {
			told, _ := signOnward(ctx, s, id, d.resealing(), d.emission())
			return told.SignEmissionForm
		}
		input, made := d.whole(ctx, s, id)
		if !made {
			return form{}
		}
		told, _ := signEmissionForm(ctx, s, id, input, d.emission())
		return told.SignEmissionForm
	case sluss.NoteTakeOver:
		told, _ := signTransportForm(ctx, s, id, d.takeOver())
		if d.turn() > 0 && !told.SignTransportForm.carried(d.turn()) {
			return form{} // SENT since the first transporter signed: it proves nothing
		}
		return told.SignTransportForm
	case sluss.NoteStoring:
		told, _ := markAsTempStored(ctx, s, id, d.storing())
		return told.MarkAsTempStored
	case sluss.NoteStoringVerdict:
		told, _ := markAsTempStorerAccepted(ctx, s, id, storerVerdict{d.acceptance(), quantityType(false)})
		return told.MarkAsTempStorerAccepted
	case sluss.NoteResealing:
		told, _ := markAsResealed(ctx, s, id, d.resealing())
		return told.MarkAsResealed
	case sluss.NoteArrival:
		told, _ := markAsReceived(ctx, s, id, d.arrival())
		return told.MarkAsReceived
	case sluss.NoteAcceptance:
		told, _ := markAsAccepted(ctx, s, id, d.acceptance())
		return told.MarkAsAccepted
	case sluss.NotePaper:
		told, _ := importPaperForm(ctx, s, d.paper())
		return told.ImportPaperForm
	default:
		told, _ := markAsProcessed(ctx, s, id, d.processing())
		return told.MarkAsProcessed
	}
}

// Statuses that mean something of their own.
const (
	canceled      = "CANCELED"
	statusRefused = "REFUSED"
)

// rank is how far along its way a BSDD of that status is; false for one that
// is not on it (cancelled, or a status that we do not know).
func rank(status string) (n int, known bool) {
	switch status {
	case "DRAFT":
		return atDraft, true
	case "SEALED":
		return atSealed, true
	case "SIGNED_BY_PRODUCER":
		return atEmitted, true
	case "SENT":
		return atSent, true
	case "TEMP_STORED":
		return atStorage, true
	case "TEMP_STORER_ACCEPTED":
		return atStorageJudged, true
	case "RESEALED":
		return atResealed, true
	case "SIGNED_BY_TEMP_STORER":
		return atEmittedOnward, true
	case "RESENT":
		return atResent, true
	case "RECEIVED":
		return atArrived, true
	case "ACCEPTED", statusRefused:
		return atJudged, true
	case "PROCESSED", "NO_TRACEABILITY", "AWAITING_GROUP", "GROUPED", "FOLLOWED_WITH_PNTTD":
		return atProcessed, true
	default:
		return 0, false
	}
}
