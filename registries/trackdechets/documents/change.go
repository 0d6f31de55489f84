package documents

import (
	"context"
	"fmt"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
)

// Client calls the registry about documents. Each method is one request and one call of
// the rate limit, unless it says more, and its Outcome means what it means of a BSDD; what
// can be known beforehand is Rejected before anything is sent, all at once. A rejection's
// fields are paths of the content. After an Unknown, FindCreated, Document or FindSigned
// say what became of it, and only who has read may act again. The company is the SIRET (a
// foreign transporter's VAT number) whose token goes with the call.
type Client struct{ Calls *calls.Client }

// Creation is a document to be made.
type Creation struct {
	Kind Kind
	// Reference is ours, by which FindCreated finds it: customId of a BSVHU; of the
	// others the free text of who makes it, which their parties see: the emitter's
	// (emitter.customInfo), of a BSDASRI of synthesis the transporter's.
	Reference string
	Draft     bool // open to its author's companies alone, until it is published
	Content   Content
}

// Create makes a document. Nothing keeps the registry from taking it twice: ask
// FindCreated first.
func (c Client) Create(ctx context.Context, company string, n Creation) (sluss.Outcome, sluss.Exchange, error) {
	k := kinds[n.Kind]
	name := "create" + k.name
	if n.Draft {
		name = "createDraft" + k.name
	}
	content, faults := fitted(k.input(), n.Content)
	if content != nil {
		faults = append(faults, k.putReference(content, n.Reference)...)
	}
	return c.change(ctx, company, name, map[string]any{"input": content}, faults, func(d Document) bool {
		return d.Kind == n.Kind && d.Draft == n.Draft
	})
}

// Update writes a content over a document as it was last read; what the signatures on it
// have sealed is not sent. The same may be sent again after an Unknown, as long as nobody
// has signed since.
func (c Client) Update(ctx context.Context, company string, known Document, content Content) (sluss.Outcome, sluss.Exchange, error) {
	k := kinds[known.Kind]
	plain, faults := fitted(k.input(), content)
	faults = append(faults, known.sealedFaults(company, plain)...)
	return c.change(ctx, company, "update"+k.name, map[string]any{"id": known.ID, "input": plain}, faults, func(d Document) bool { return d.ID == known.ID })
}

// Publish opens a draft to its other parties, and to signatures.
func (c Client) Publish(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.byID(ctx, company, "publish", id, func(d Document) bool { return !d.Draft })
}

// Delete deletes a document that nobody, or its emitter alone, has signed.
func (c Client) Delete(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.byID(ctx, company, "delete", id, func(Document) bool { return true })
}

func (c Client) byID(ctx context.Context, company, verb, id string, proves func(Document) bool) (sluss.Outcome, sluss.Exchange, error) {
	k, known := kinds[KindOf(id)]
	var faults sluss.Faults
	if !known {
		faults = sluss.Faults{{Field: "id", Problem: fmt.Sprintf("%q is the id of no such document", id), Remedy: "give one such as VHU-20261122-4BFARERY3"}}
	}
	return c.change(ctx, company, verb+k.name, map[string]any{"id": id}, faults, proves)
}

// change makes one call that answers a document, unless it is at fault by itself.
func (c Client) change(ctx context.Context, company, field string, variables map[string]any, faults sluss.Faults, proves func(Document) bool) (sluss.Outcome, sluss.Exchange, error) {
	return call(ctx, c, company, field, variables, faults, func(r document) (sluss.Receipt, bool) {
		d := r.read()
		return d.receipt(), d.ID != "" && proves(d)
	})
}

func (d Document) receipt() sluss.Receipt {
	return sluss.Receipt{Registry: sluss.Trackdechets, ID: d.ID, Number: d.ID, Status: d.Status, At: d.Updated}
}

// call makes one call that may change something, unless it is at fault by itself; receipt
// is what its answer proves, or not.
func call[T any](ctx context.Context, c Client, company, field string, variables map[string]any, faults sluss.Faults, receipt func(T) (r sluss.Receipt, proved bool)) (sluss.Outcome, sluss.Exchange, error) {
	if len(faults) > 0 {
		o := sluss.Outcome{Kind: sluss.Rejected}
		for _, f := range faults {
			o.Reasons = append(o.Reasons, sluss.Reason{Code: "before sending", Field: f.Field, Message: f.Problem, Remedy: f.Remedy})
		}
		return o, calls.NotMade(field), nil
	}
	s := c.Calls.Session(company, field)
	var told T
	unread := s.Ask(ctx, variables, &told)
	o, exchange, err := s.Outcome(reasons.Places{}, func() (sluss.Outcome, error) {
		r, proved := receipt(told)
		if unread != nil || !proved {
			return calls.Unknown("Trackdéchets answered without a document that shows this step")
		}
		return s.Accepted(r)
	})
	if o.Kind == sluss.Rejected {
		o.Reasons = refusals(field, s.Body)
	}
	return o, exchange, err
}

// UpdatePackaging writes what became of one packaging of a BSFF, its acceptation or its
// operation (UpdateBsffPackagingInput of the schema), which a signature then seals.
func (c Client) UpdatePackaging(ctx context.Context, company, packaging string, content Content) (sluss.Outcome, sluss.Exchange, error) {
	return c.piece(ctx, company, "updateBsffPackaging", "UpdateBsffPackagingInput", packaging, content)
}

// CreateInterventionSheet makes the sheet of an intervention on a cold circuit
// (BsffFicheInterventionInput), for a BSFF's ficheInterventions; the receipt holds its
// id. One whose answer is lost has no effect.
func (c Client) CreateInterventionSheet(ctx context.Context, company string, content Content) (sluss.Outcome, sluss.Exchange, error) {
	return c.piece(ctx, company, "createFicheInterventionBsff", "BsffFicheInterventionInput", "", content)
}

// AddTransporter makes a transporter that stands on no document yet, for the list
// transporters of a BSDA, BSFF or BSVHU (BsdaTransporterInput and the like); the receipt
// holds its id.
func (c Client) AddTransporter(ctx context.Context, company string, kind Kind, content Content) (sluss.Outcome, sluss.Exchange, error) {
	return c.transporter(ctx, company, "create", kind, "", content)
}

// ChangeTransporter changes a transporter that has not signed.
func (c Client) ChangeTransporter(ctx context.Context, company string, kind Kind, id string, content Content) (sluss.Outcome, sluss.Exchange, error) {
	return c.transporter(ctx, company, "update", kind, id, content)
}

// RemoveTransporter takes a transporter that has not signed off its document.
func (c Client) RemoveTransporter(ctx context.Context, company string, kind Kind, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.transporter(ctx, company, "delete", kind, id, nil)
}

func (c Client) transporter(ctx context.Context, company, verb string, kind Kind, id string, content Content) (sluss.Outcome, sluss.Exchange, error) {
	name := kinds[kind].name + "Transporter"
	if !kinds[kind].several {
		fault := sluss.Fault{Field: "kind", Problem: "a document of this kind has none", Remedy: "write it into the document itself"}
		return call[piece](ctx, c, company, verb+name, nil, sluss.Faults{fault}, nil)
	}
	if verb == "delete" {
		return c.piece(ctx, company, verb+name, "", id, nil)
	}
	return c.piece(ctx, company, verb+name, name+"Input", id, content)
}

// piece makes a call about what belongs to a document.
func (c Client) piece(ctx context.Context, company, field, input, id string, content Content) (sluss.Outcome, sluss.Exchange, error) {
	variables := map[string]any{}
	if id != "" {
		variables["id"] = id
	}
	var faults sluss.Faults
	if input != "" {
		variables["input"], faults = fitted(input, content)
	}
	return call(ctx, c, company, field, variables, faults, func(p piece) (sluss.Receipt, bool) { return sluss.Receipt{ID: p.ID}, p.ID != "" })
}
