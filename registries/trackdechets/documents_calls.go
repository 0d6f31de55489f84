package trackdechets

import (
	"context"
	"encoding/json"
	"errors"
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
	// Reference is ours, by which FindCreated finds it: customId of a BSVHU, the
	// emitter's free text (emitter.customInfo) of the others, which their parties see.
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

// Faults are what keeps a document, as it was last read, from a signature.
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

// Document reads where a document stands. It changes nothing; errors as of BSDD.
func (c *Client) Document(ctx context.Context, company, id string) (Document, sluss.Exchange, error) {
	kind, known := KindOf(id)
	if !known {
		return Document{}, notMade("document"), fmt.Errorf("%w: %q is the id of no such document", sluss.ErrOperator, id)
	}
	var read documentRead
	name := documentKinds()[kind].one()
	s, err := c.ask(ctx, company, name, func(ctx context.Context, s *session) error {
		return s.run(ctx, name, map[string]any{"id": id}, &read)
	})
	return read.document(), s.exchange(), err
}

// Documents is a page, of at most 100, of the documents of a kind that have been
// made since (zero: ever), on which the token's companies are, the newest first; and
// where the next begins: empty after the last. After is empty for the first. Errors as of BSDD.
func (c *Client) Documents(ctx context.Context, company string, kind DocumentKind, since time.Time, after string) ([]Document, string, sluss.Exchange, error) {
	return c.documents(ctx, company, kind, madeSince(since), after)
}

// madeSince leaves a zero moment out.
func madeSince(since time.Time) (where documentFilter) {
	if !since.IsZero() {
		where.CreatedAt = &dateRange{From: dateTime(since)}
	}
	return where
}

type documentFilter struct {
	CustomID  *stringFilter `json:"customId,omitempty"`
	CreatedAt *dateRange    `json:"createdAt,omitempty"`
}

type stringFilter struct {
	Equal string `json:"_eq"`
}

func (c *Client) documents(ctx context.Context, company string, kind DocumentKind, where documentFilter, after string) (page []Document, next string, made sluss.Exchange, err error) {
	k, known := documentKinds()[kind]
	if !known {
		return nil, "", notMade("documents"), fmt.Errorf("%w: there is no kind of document %q", sluss.ErrOperator, kind)
	}
	s, err := c.ask(ctx, company, k.list(), func(ctx context.Context, s *session) error {
		variables := map[string]any{"where": where}
		if after != "" {
			variables["after"] = after
		}
		var told connectionRead[documentRead]
		err := s.run(ctx, k.list(), variables, &told)
		for _, edge := range told.Edges {
			page = append(page, edge.Node.document())
		}
		next, err = following(told.PageInfo.HasNextPage, told.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}

// connectionRead is a page of a list on the wire.
type connectionRead[T any] struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Edges []struct{ Node T }
}

// FindCreated asks what became of a creation: the documents of the kind that hold
// our reference and were made since, a moment before that call; zero, which only a
// BSVHU should be asked with: ever. It takes a call of the quota for each hundred documents made since, of
// which the last is the exchange. Of several it gives the oldest, and the detail
// names the younger, which a person must delete. The errors are sluss.ErrAbsent,
// ErrNotSent and ErrOperator; right after a call without answer, absent is not yet
// certain.
func (c *Client) FindCreated(ctx context.Context, company string, kind DocumentKind, reference string, since time.Time) (sluss.Outcome, sluss.Exchange, error) {
	where := madeSince(since)
	if documentKinds()[kind].customID {
		where.CustomID = &stringFilter{reference}
	}
	var all []Document
	for after := ""; ; {
		page, next, exchange, err := c.documents(ctx, company, kind, where, after)
		if err != nil {
			later, err := deferredBy(err)
			return later, exchange, err
		}
		all = append(all, slices.DeleteFunc(page, func(d Document) bool { return d.Reference != reference })...)
		if next != "" {
			after = next
			continue
		}
		if len(all) == 0 {
			return sluss.Outcome{}, exchange, sluss.ErrAbsent
		}
		slices.Reverse(all) // the newest come first
		slices.SortStableFunc(all, func(a, b Document) int { return a.Created.Compare(b.Created) })
		found := all[0].accepted(exchange.Ended)
		if len(all) > 1 {
			var younger []string
			for _, d := range all[1:] {
				younger = append(younger, d.ID)
			}
			found.Detail = fmt.Sprintf("there are %d documents of %s; we go on with %s, the oldest: a person must delete %s in Trackdéchets",
				len(all), reference, all[0].ID, strings.Join(younger, ", "))
		}
		return found, exchange, nil
	}
}

// FindSigned asks what became of a signature on a document as it was read before:
// Accepted where it shows one more of that stage, Rejected where it can never be
// made, since the document was cancelled or refused. The errors are
// sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) FindSigned(ctx context.Context, company string, before Document, s DocumentSignature) (sluss.Outcome, sluss.Exchange, error) {
	d, exchange, err := c.Document(ctx, company, before.ID)
	if err != nil {
		later, err := deferredBy(err)
		return later, exchange, err
	}
	switch {
	case d.shows(before, s):
		return d.accepted(exchange.Ended), exchange, nil
	case d.Status == canceled:
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{ofKind(d.Kind, canceledReason())}}, exchange, nil
	case d.Status == "REFUSED":
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
			Code: d.Status, Message: d.ID + " was refused: nothing more is signed on it", Remedy: "make a new document for the waste if it still is to go",
		}}}, exchange, nil
	}
	return sluss.Outcome{}, exchange, sluss.ErrAbsent
}

// deferredBy is a question without answer as an outcome.
func deferredBy(err error) (sluss.Outcome, error) {
	not, ok := errors.AsType[*NotNowError](err)
	if !ok {
		return sluss.Outcome{}, err
	}
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: not.Until, Throttled: not.Throttled, Detail: not.Detail}, nil
}

// DocumentPDF fetches a document as the register prints it, as PDF does.
func (c *Client) DocumentPDF(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error) {
	kind, known := KindOf(id)
	if !known {
		return nil, notMade("documentPdf"), fmt.Errorf("%w: %q is the id of no such document", sluss.ErrOperator, id)
	}
	name := documentKinds()[kind].one() + "Pdf"
	var file struct{ DownloadLink string }
	s, err := c.ask(ctx, company, name, func(ctx context.Context, s *session) error {
		if err := s.run(ctx, name, map[string]any{"id": id}, &file); err != nil {
			return err
		}
		return wantLink(file.DownloadLink)
	})
	if err != nil {
		return nil, s.exchange(), err
	}
	read, err := c.download(ctx, file.DownloadLink)
	return read, s.exchange(), err
}

// UpdatePackaging writes what became of one packaging of a BSFF, its acceptation or
// its operation (UpdateBsffPackagingInput of the schema), which a signature then
// seals.
func (c *Client) UpdatePackaging(ctx context.Context, company, packaging string, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	return c.piece(ctx, company, "updateBsffPackaging", "UpdateBsffPackagingInput", packaging, content)
}

// CreateInterventionSheet makes the sheet of an intervention on a cold circuit
// (BsffFicheInterventionInput), for a BSFF's ficheInterventions; the receipt holds
// its id. One whose answer is lost does no harm.
func (c *Client) CreateInterventionSheet(ctx context.Context, company string, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	return c.piece(ctx, company, "createFicheInterventionBsff", "BsffFicheInterventionInput", "", content)
}

// AddDocumentTransporter makes a transporter that stands on no document yet, for
// the list transporters of a BSDA, BSFF or BSVHU (BsdaTransporterInput and the
// like); the receipt holds its id.
func (c *Client) AddDocumentTransporter(ctx context.Context, company string, kind DocumentKind, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	name := documentKinds()[kind].name + "Transporter"
	return c.piece(ctx, company, "create"+name, name+"Input", "", content)
}

// ChangeDocumentTransporter changes a transporter that has not signed.
func (c *Client) ChangeDocumentTransporter(ctx context.Context, company string, kind DocumentKind, id string, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	name := documentKinds()[kind].name + "Transporter"
	return c.piece(ctx, company, "update"+name, name+"Input", id, content)
}

// RemoveDocumentTransporter takes a transporter that has not signed off its
// document.
func (c *Client) RemoveDocumentTransporter(ctx context.Context, company string, kind DocumentKind, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.piece(ctx, company, "delete"+documentKinds()[kind].name+"Transporter", "", id, nil)
}

// piece makes a call about what belongs to a document and has an id of its own.
func (c *Client) piece(ctx context.Context, company, name, input, id string, content DocumentContent) (sluss.Outcome, sluss.Exchange, error) {
	texts, err := operationTexts()
	if err != nil || texts[name] == "" {
		return reasonsOf(sluss.Faults{{Field: "kind", Problem: "a document of this kind has none", Remedy: "write it into the document itself"}}), notMade(name), nil
	}
	variables := map[string]any{}
	if id != "" {
		variables["id"] = id
	}
	if input != "" {
		plain, faults := fitted(input, content)
		if len(faults) > 0 {
			return reasonsOf(faults), notMade(name), nil
		}
		variables["input"] = plain
	}
	var made *session
	told, exchange, err := c.make(ctx, company, name, places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		made = s
		var answered json.RawMessage
		_ = s.run(ctx, name, variables, &answered) // what comes of no answer is outcome's to say
		var one struct{ ID string }
		if json.Unmarshal(answered, &one) != nil {
			_ = json.Unmarshal(answered, &one.ID) // a deletion answers the id alone
		}
		return func() (sluss.Outcome, error) { return took(s, one.ID, "", s.reply.Ended) }
	})
	if told.Kind == sluss.Rejected {
		told.Reasons = documentReasons(made.reply.Body)
	}
	return told, exchange, err
}
