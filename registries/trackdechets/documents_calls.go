package trackdechets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Calls about the other documents. Each is one request and one call of the quota,
// and its Outcome means what it means of a BSDD; what can be known beforehand is
// Rejected before anything is sent, all at once. A rejection's fields are paths of
// the content. After an Unknown, FindCreated, Document or FindSigned say what
// became of it, and only who has read may act again.

// NewDocument is a document to be made.
type NewDocument struct {
	Kind DocumentKind
	// Reference is ours, by which FindCreated finds it: customId of a BSVHU; of the
	// others the free text of who makes it, which their parties see: the emitter's
	// (emitter.customInfo), of a BSDASRI of synthesis the transporter's.
	Reference string
	Draft     bool // open to its author's companies alone, until it is published
	Content   DocumentContent
}

// CreateDocument makes a document. Nothing keeps the register from taking it
// twice: ask FindCreated first.
func (c *Client) CreateDocument(ctx context.Context, company string, n NewDocument) (sluss.Outcome, sluss.Exchange, error) {
	k := documentKinds()[n.Kind]
	name := "create" + k.name
	if n.Draft {
		name = "createDraft" + k.name
	}
	content, faults := fitted(k.name+"Input", n.Content)
	if content != nil {
		faults = append(faults, k.putReference(content, n.Reference)...)
	}
	return c.change(ctx, company, name, map[string]any{"input": content}, faults, func(d Document) bool {
		return d.Kind == n.Kind && d.Draft == n.Draft
	})
}

// UpdateDocument lays a content over a document as it was last read; what the
// signatures on it have sealed is not sent. The same may be sent again after an
// Unknown, as long as nobody has signed since.
func (c *Client) UpdateDocument(ctx context.Context, company string, known Document, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	k := documentKinds()[known.Kind]
	plain, faults := fitted(k.name+"Input", content)
	faults = append(faults, known.sealedFaults(company, plain)...)
	return c.change(ctx, company, "update"+k.name, map[string]any{"id": known.ID, "input": plain}, faults, func(d Document) bool { return d.ID == known.ID })
}

// PublishDocument opens a draft to its other parties, and to signatures.
func (c *Client) PublishDocument(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	name, variables, faults := byDocument("publish", id)
	return c.change(ctx, company, name, variables, faults, func(d Document) bool { return !d.Draft })
}

// DuplicateDocument makes a new draft of what a document says; the receipt names
// the new one. A lost answer leaves a draft that only a person can tell from
// others.
func (c *Client) DuplicateDocument(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	name, variables, faults := byDocument("duplicate", id)
	return c.change(ctx, company, name, variables, faults, func(d Document) bool { return d.ID != id })
}

// DeleteDocument deletes a document that nobody, or its emitter alone, has signed.
func (c *Client) DeleteDocument(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	name, variables, faults := byDocument("delete", id)
	return c.change(ctx, company, name, variables, faults, func(Document) bool { return true })
}

// byDocument is an operation on a document by its id alone.
func byDocument(verb, id string) (name string, variables map[string]any, faults sluss.Faults) {
	kind, known := KindOf(id)
	if !known {
		faults = sluss.Faults{{Field: "id", Problem: fmt.Sprintf("%q is the id of no such document", id), Remedy: "give one such as VHU-20261122-4BFARERY3"}}
	}
	return verb + documentKinds()[kind].name, map[string]any{"id": id}, faults
}

// DocumentSignature is one company's signature on a document.
type DocumentSignature struct {
	Stage     Stage
	By        string       // the name of who signs
	At        time.Time    // zero: when the register gets it
	Packaging string       // of a BSFF, at ACCEPTATION and OPERATION; empty: all that wait for it
	Code      SecurityCode // of the company that signs, where the token is another company's
	// Organisation: by the code of the eco-organisme of a BSDASRI, in place of the
	// emitter's.
	Organisation bool
}

// signatureFaults are what keeps a document, as it was last read, from a signature.
func (d Document) signatureFaults(s DocumentSignature) sluss.Faults {
	k := documentKinds()[d.Kind]
	var faults sluss.Faults
	when := func(broken bool, field, problem, remedy string) {
		if broken {
			faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
		}
	}
	var stages []string
	for _, one := range k.stages {
		stages = append(stages, string(one.stage))
	}
	place := k.place(s.Stage)
	when(place < 0, "type", fmt.Sprintf("%s is no signature on a %s", s.Stage, d.Kind), "give one of: "+strings.Join(stages, ", "))
	when(s.By == "", "author", "the name of who signs is missing", "give it")
	when(d.Draft, "id", d.ID+" is a draft, which nobody signs", "publish it first")
	when(s.Code != 0 && !slices.Contains(k.byCode, s.Stage), "securityCode", "this signature is not made by a code", "use the token of the company that signs")
	when(s.Packaging != "" && (d.Kind != BSFF || s.Stage != StageAcceptation && s.Stage != StageOperation), "packagingId",
		"this signature is for the whole document", "leave it out")
	when(s.Code != 0 && d.Kind == BSDASRI && !s.At.IsZero(), "date", "a signature by code has the register's time", "leave it out")
	when(s.Organisation && (d.Kind != BSDASRI || s.Code == 0), "signatureAuthor", "only the emission of a BSDASRI is signed by an eco-organisme's code", "leave it out")
	if d.Kind == BSFF {
		faults = append(faults, d.packagingFault(s.Packaging)...)
	}
	return faults
}

// SignDocument signs a document as it was last read: what was written of the stage
// is sealed by that. A code goes out once; see SecurityCode.
func (c *Client) SignDocument(ctx context.Context, company string, known Document, s DocumentSignature) (sluss.Outcome, sluss.Exchange, error) {
	k := documentKinds()[known.Kind]
	name, input := "sign"+k.name, map[string]any{"author": s.By}
	if s.Code != 0 {
		input["securityCode"] = codeOnWire(s.Code)
	}
	switch {
	case known.Kind == BSDASRI && s.Code != 0:
		name = "signBsdasriEmissionWithSecretCode"
		if s.Organisation {
			input["signatureAuthor"] = "ECO_ORGANISME"
		}
	default:
		input["type"] = s.Stage
		if !s.At.IsZero() {
			input["date"] = dateTime(s.At)
		}
		if s.Packaging != "" {
			input["packagingId"] = s.Packaging
		}
	}
	return c.change(ctx, company, name, map[string]any{"id": known.ID, "input": input}, known.signatureFaults(s), func(d Document) bool {
		return d.ID == known.ID && slices.Contains(k.statuses(s.Stage), d.Status) && d.shows(known, s)
	})
}

// shows says whether a document has a signature that it had not before.
func (d Document) shows(before Document, s DocumentSignature) bool {
	return d.count(s.Stage, s.Packaging) > before.count(s.Stage, s.Packaging)
}

// change makes one call that answers a document, unless it is at fault by itself.
func (c *Client) change(ctx context.Context, company, name string, variables map[string]any, faults sluss.Faults, proves func(Document) bool) (sluss.Outcome, sluss.Exchange, error) {
	if len(faults) > 0 {
		return reasonsOf(faults), notMade(name), nil
	}
	var made *session
	told, exchange, err := c.make(ctx, company, name, places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		made = s
		var read documentRead
		unread := s.run(ctx, name, variables, &read)
		return func() (sluss.Outcome, error) {
			d := read.document()
			if unread != nil || d.ID == "" || !proves(d) {
				return unknown("Trackdéchets answered without a document that shows this step")
			}
			return d.accepted(s.reply.Ended), nil
		}
	})
	if told.Kind == sluss.Rejected {
		told.Reasons = documentReasons(made.reply.Body)
	}
	return told, exchange, err
}

func (d Document) accepted(now time.Time) sluss.Outcome {
	at := d.Updated
	if at.IsZero() {
		at = now
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: d.ID, Number: d.ID, Status: d.Status, At: at}}
}
