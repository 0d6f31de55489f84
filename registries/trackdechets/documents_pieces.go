package trackdechets

import (
	"context"
	"encoding/json"

	"sluss"
)

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
