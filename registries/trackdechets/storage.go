package trackdechets

import (
	"context"
	"time"

	"sluss"
)

// Temporary storage: the receiver of a Draft with Final stores the waste, judges
// it, and seals what goes on (Reseal); SignEmission and SignTransport then sign
// the second part of the way, and the final destination receives.

// Store tells what came at the temporary storage: TEMP_STORED.
func (c *Client) Store(ctx context.Context, company, bsdd string, a Arrival) (sluss.Outcome, sluss.Exchange, error) {
	input := storage{ReceivedBy: a.By, ReceivedAt: dateTime(a.At), QuantityReceived: tonnes(a.Mass), QuantityType: quantityType(a.Estimated)}
	return c.act(ctx, company, "markAsTempStored", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsTempStored(ctx, s, bsdd, input)
		return told.MarkAsTempStored
	}, "TEMP_STORED")
}

// JudgeStored accepts or refuses what came at the temporary storage:
// TEMP_STORER_ACCEPTED, REFUSED.
func (c *Client) JudgeStored(ctx context.Context, company, bsdd string, v Verdict) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsTempStorerAccepted", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsTempStorerAccepted(ctx, s, bsdd, storerVerdict{v.wire(), quantityType(v.Estimated)})
		return told.MarkAsTempStorerAccepted
	}, "TEMP_STORER_ACCEPTED", "REFUSED")
}

// Resealing is how stored waste goes on; what is nil stays as it is.
type Resealing struct {
	Destination *Destination
	Transporter *Transporter
	Repackaged  *Repackaged
}

// Repackaged is what goes on, where it was packed anew.
type Repackaged struct {
	Packagings []sluss.Packaging
	Mass       sluss.Mass
	Estimated  bool
	UN         string
}

// Reseal seals the second part of the way: RESEALED. It may be repeated until
// the storer signs; after a direct reception (ACCEPTED) it makes a temporary
// storage of it.
func (c *Client) Reseal(ctx context.Context, company, bsdd string, r Resealing) (sluss.Outcome, sluss.Exchange, error) {
	var input resealing
	if r.Destination != nil {
		input.Destination = r.Destination.wire()
	}
	if r.Transporter != nil {
		input.Transporter = new(r.Transporter.wire())
	}
	if p := r.Repackaged; p != nil {
		input.WasteDetails = &repackaging{text(p.UN), packagingsOf(p.Packagings), tonnes(p.Mass), quantityType(p.Estimated)}
	}
	return c.act(ctx, company, "markAsResealed", places{}, func(ctx context.Context, s *session) form {
		told, _ := markAsResealed(ctx, s, bsdd, input)
		return told.MarkAsResealed
	}, "RESEALED")
}

func quantityType(estimated bool) string {
	if estimated {
		return "ESTIMATED"
	}
	return "REAL"
}

// Paper is a BSDD that was signed on paper.
type Paper struct {
	BSDD      string // opaque id of a sealed one; empty: Draft makes a new one
	Draft     *Draft // may correct a sealed one, but not its companies
	SentBy    string
	SentAt    time.Time
	Arrival   Arrival
	Verdict   Verdict
	Processed Processing
}

// ImportPaper tells the whole life of a BSDD on paper: PROCESSED, AWAITING_GROUP
// or NO_TRACEABILITY. Only the destination may.
func (c *Client) ImportPaper(ctx context.Context, company string, p Paper) (sluss.Outcome, sluss.Exchange, error) {
	verdict := p.Verdict.wire()
	input := paperInput{
		ID: p.BSDD, SigningInfo: paperSigning{dateTime(p.SentAt), p.SentBy}, ProcessedInfo: p.Processed.wire(),
		ReceivedInfo: arrival{
			ReceivedBy: p.Arrival.By, ReceivedAt: dateTime(p.Arrival.At), SignedAt: &verdict.SignedAt,
			WasteAcceptationStatus: verdict.WasteAcceptationStatus, WasteRefusalReason: string(verdict.WasteRefusalReason),
			QuantityReceived: &verdict.QuantityReceived, QuantityRefused: &verdict.QuantityRefused,
		},
	}
	var where places
	if p.Draft != nil {
		whole, at, err := p.Draft.input(p.BSDD)
		if err != nil {
			return sluss.Outcome{}, notMade("importPaperForm"), err
		}
		where, input.CustomID = at, whole.CustomID
		input.Emitter, input.Recipient, input.Transporter, input.WasteDetails = &whole.Emitter, &whole.Recipient, whole.Transporter, &whole.WasteDetails
	}
	return c.act(ctx, company, "importPaperForm", where, func(ctx context.Context, s *session) form {
		told, _ := importPaperForm(ctx, s, input)
		return told.ImportPaperForm
	}, "PROCESSED", "AWAITING_GROUP", "NO_TRACEABILITY")
}
