package trackdechets

import (
	"context"

	"sluss"
)

// step is what a note does to the BSDD.
type step struct {
	name string // of the mutation
	// rank is how far along the BSDD is afterwards; see ranks.
	rank int
}

func stepOf(note sluss.Note) (s step, known bool) {
	switch note { //nolint:exhaustive // the others are other registries'
	case sluss.NoteCreation:
		return step{"createForm", 0}, true
	case sluss.NoteSealing:
		return step{"markAsSealed", 1}, true
	case sluss.NoteEmission:
		return step{"signEmissionForm", 2}, true
	case sluss.NoteTakeOver:
		return step{"signTransportForm", 3}, true
	case sluss.NoteArrival:
		return step{"markAsReceived", 4}, true
	case sluss.NoteAcceptance:
		return step{"markAsAccepted", 5}, true
	case sluss.NoteProcessing:
		return step{"markAsProcessed", 6}, true
	default:
		return step{}, false
	}
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
	case sluss.NoteEmission:
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
	case sluss.NoteArrival:
		told, _ := markAsReceived(ctx, s, id, d.arrival())
		return told.MarkAsReceived
	case sluss.NoteAcceptance:
		told, _ := markAsAccepted(ctx, s, id, d.acceptance())
		return told.MarkAsAccepted
	default:
		told, _ := markAsProcessed(ctx, s, id, d.processing())
		return told.MarkAsProcessed
	}
}

const canceled = "CANCELED"

// rank is how far along its way a BSDD of that status is; false for one that
// is not on it (cancelled, or a status that we do not know).
func rank(status string) (n int, known bool) {
	switch status {
	case "DRAFT":
		return 0, true
	case "SEALED":
		return 1, true
	case "SIGNED_BY_PRODUCER":
		return 2, true
	case "SENT", "TEMP_STORED", "TEMP_STORER_ACCEPTED", "RESEALED", "SIGNED_BY_TEMP_STORER", "RESENT":
		return 3, true
	case "RECEIVED":
		return 4, true
	case "ACCEPTED", "REFUSED":
		return 5, true
	case "PROCESSED", "NO_TRACEABILITY", "AWAITING_GROUP", "GROUPED", "FOLLOWED_WITH_PNTTD":
		return 6, true
	default:
		return 0, false
	}
}
