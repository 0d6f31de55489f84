package trackdechets

import (
	"context"
	"fmt"
	"slices"

	"sluss"
)

// Draft is what a BSDD says before it is signed: the French leg of a
// declaration, and what a declaration cannot say.
type Draft struct {
	Declaration sluss.Declaration
	Leg         int // counted from 1; 0: the first within France
	// Transporters are up to five ids of AddTransporter in the order of the way;
	// empty: the leg's own transporter.
	Transporters []string
	// Grouping are the BSDDs that go on together in this one (annex 2); they must
	// be AWAITING_GROUP at the emitter.
	Grouping []Portion
	// Final is where the waste goes after the receiver has stored it for a time;
	// nil: the receiver is where it ends.
	Final *Destination
}

// Portion is what of a BSDD goes into a group.
type Portion struct {
	BSDD string     // opaque id
	Mass sluss.Mass // 0: all that is left of it
}

// Destination is a place of treatment with what it has agreed to.
type Destination struct {
	Company    sluss.Party
	Acceptance string // number of its acceptance certificate (CAP)
	Operation  string // planned, without space: "R1"
}

func (d Destination) wire() *destination {
	return &destination{Company: companyOf(d.Company), CAP: text(d.Acceptance), ProcessingOperation: text(spaced(d.Operation))}
}

// input is the draft on the wire; id is empty for a new BSDD.
func (d Draft) input(id string) (formInput, places, error) {
	content := sluss.Content{Declaration: d.Declaration, Obligation: sluss.Obligation{Leg: d.Leg}}
	doc, err := newDocument(sluss.Submission{Content: content})
	if err != nil {
		return formInput{}, places{}, err
	}
	if len(d.Transporters) > mostTransporters {
		return formInput{}, places{}, fmt.Errorf("%w: a BSDD takes %d transporters, not %d", sluss.ErrOperator, mostTransporters, len(d.Transporters))
	}
	input := doc.form(id)
	if len(d.Transporters) > 0 {
		input.Transporter, input.Transporters = nil, slices.Clone(d.Transporters)
	}
	for _, p := range d.Grouping {
		input.Emitter.Type = "APPENDIX2"
		part := fraction{Form: byID{p.BSDD}}
		if p.Mass > 0 {
			part.Quantity = new(tonnes(p.Mass))
		}
		input.Grouping = append(input.Grouping, part)
	}
	if d.Final != nil {
		input.Recipient.IsTempStorage = true
		input.TemporaryStorageDetail = &storageDetail{d.Final.wire()}
	}
	return input, doc.places(), nil
}

const mostTransporters = 5

// CreateBSDD makes a draft, with the declaration's id as customId. Nothing keeps
// the register from taking it twice: ask FindBSDDs first.
func (c *Client) CreateBSDD(ctx context.Context, company string, d Draft) (sluss.Outcome, sluss.Exchange, error) {
	input, where, err := d.input("")
	if err != nil {
		return sluss.Outcome{}, notMade("createForm"), err
	}
	return c.act(ctx, company, "createForm", where, func(ctx context.Context, s *session) form {
		told, _ := createForm(ctx, s, input)
		return told.CreateForm
	}, "DRAFT")
}

// UpdateBSDD lays a draft over a BSDD that nobody has signed.
func (c *Client) UpdateBSDD(ctx context.Context, company, bsdd string, d Draft) (sluss.Outcome, sluss.Exchange, error) {
	input, where, err := d.input(bsdd)
	if err != nil {
		return sluss.Outcome{}, notMade("updateForm"), err
	}
	return c.act(ctx, company, "updateForm", where, func(ctx context.Context, s *session) form {
		told, _ := updateForm(ctx, s, input)
		return told.UpdateForm
	})
}

// SealBSDD seals what a draft says. The emitter's signature comes with it where
// the emitter is a private individual or a foreign ship.
func (c *Client) SealBSDD(ctx context.Context, company, bsdd string) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "markAsSealed", places{}, func(ctx context.Context, s *session) form {
		told, _ := sealForm(ctx, s, bsdd)
		return told.MarkAsSealed
	}, "SEALED", "SIGNED_BY_PRODUCER")
}

// DuplicateBSDD makes a new draft of what a BSDD says; the receipt names the new
// one. A lost answer leaves a draft that only a person can tell from others.
func (c *Client) DuplicateBSDD(ctx context.Context, company, bsdd string) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "duplicateForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := duplicateForm(ctx, s, bsdd)
		return told.DuplicateForm
	}, "DRAFT")
}

// DeleteBSDD deletes a BSDD that nobody but its emitter has signed.
func (c *Client) DeleteBSDD(ctx context.Context, company, bsdd string) (sluss.Outcome, sluss.Exchange, error) {
	return c.act(ctx, company, "deleteForm", places{}, func(ctx context.Context, s *session) form {
		told, _ := deleteForm(ctx, s, bsdd)
		return told.DeleteForm
	})
}

// Transporter is one of several on a BSDD.
type Transporter struct {
	Company sluss.Party
	Mode    sluss.Mode
	Plates  []string // at most two
	Exempt  bool     // of the receipt that transporters of waste need
}

func (t Transporter) wire() transporter {
	return transporter{Company: companyOf(t.Company), NumberPlate: joined(t.Plates), Mode: mode(t.Mode), IsExemptedOfReceipt: t.Exempt}
}

// AddTransporter makes a transporter that stands on no BSDD yet; the receipt
// holds its id for Draft.Transporters. One whose answer is lost does no harm.
func (c *Client) AddTransporter(ctx context.Context, company string, t Transporter) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "createFormTransporter", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := createFormTransporter(ctx, s, t.wire())
		return func() (sluss.Outcome, error) { return took(s, told.CreateFormTransporter.Id, "", s.reply.Ended) }
	})
}

// ChangeTransporter changes a transporter that has not signed.
func (c *Client) ChangeTransporter(ctx context.Context, company, id string, t Transporter) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "updateFormTransporter", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := updateFormTransporter(ctx, s, id, t.wire())
		return func() (sluss.Outcome, error) { return took(s, told.UpdateFormTransporter.Id, "", s.reply.Ended) }
	})
}

// RemoveTransporter takes a transporter that has not signed off its BSDD.
func (c *Client) RemoveTransporter(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "deleteFormTransporter", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := deleteFormTransporter(ctx, s, id)
		return func() (sluss.Outcome, error) { return took(s, told.DeleteFormTransporter, "", s.reply.Ended) }
	})
}
