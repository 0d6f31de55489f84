package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// Revision is what one party of a BSDA or BSDASRI asks the others to change of what is
// sealed; the other kinds have no revisions.
type Revision struct {
	// Content is what is to be changed, as BsdaRevisionRequestContentInput or
	// BsdasriRevisionRequestContentInput of the schema; isCanceled cancels the whole.
	Content Content
	Comment string // why; the registry wants one
}

// AskRevision asks for a revision in the name of the company; the receipt holds its id
// and whether it is PENDING, or ACCEPTED at once.
func (c Client) AskRevision(ctx context.Context, company, id string, r Revision) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revised(KindOf(id))
	var content map[string]any
	if len(faults) == 0 {
		if content, faults = fitted(k.name+"RevisionRequestContentInput", r.Content); r.Comment == "" {
			faults = append(faults, sluss.Fault{Field: "comment", Problem: "is missing", Remedy: "say why"})
		}
	}
	return c.revise(ctx, company, "create"+k.name+"RevisionRequest", map[string]any{"input": map[string]any{
		k.query() + "Id": id, "authoringCompanySiret": company, "content": content, "comment": r.Comment,
	}}, faults)
}

// AnswerRevision approves or refuses what another party asks for of the kind. It takes
// effect with the last approval.
func (c Client) AnswerRevision(ctx context.Context, company string, of Kind, revision string, approve bool, comment string) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revised(of)
	variables := map[string]any{"id": revision, "isApproved": approve}
	if comment != "" {
		variables["comment"] = comment
	}
	return c.revise(ctx, company, "submit"+k.name+"RevisionRequestApproval", variables, faults)
}

// WithdrawRevision takes back what the company asked for and nobody has approved.
func (c Client) WithdrawRevision(ctx context.Context, company string, of Kind, revision string) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revised(of)
	return c.revise(ctx, company, "cancel"+k.name+"RevisionRequest", map[string]any{"id": revision}, faults)
}

func revised(of Kind) (kind, sluss.Faults) {
	k := kinds[of]
	if k.revised {
		return k, nil
	}
	return k, sluss.Faults{{Field: "id", Problem: "only a BSDA or a BSDASRI is revised", Remedy: "ask its parties to have it corrected by Trackdéchets"}}
}

func (c Client) revise(ctx context.Context, company, field string, variables map[string]any, faults sluss.Faults) (sluss.Outcome, sluss.Exchange, error) {
	return call(ctx, c, company, field, variables, faults, func(r revision) (sluss.Receipt, bool) {
		if r.withdrawn {
			r.ID = fmt.Sprint(variables["id"])
		}
		return sluss.Receipt{ID: r.ID, Status: r.Status, At: time.Time(r.CreatedAt)}, r.ID != ""
	})
}

type revision struct {
	ID        string        `json:"id"`
	Status    string        `json:"status"`
	CreatedAt wire.DateTime `json:"createdAt"`
	BSDA      *document     `json:"bsda"`
	BSDASRI   *document     `json:"bsdasri"`
	withdrawn bool          // what a withdrawal answers
}

// UnmarshalJSON reads a revision, or that it is withdrawn.
func (r *revision) UnmarshalJSON(data []byte) error {
	if string(data) == "true" {
		r.withdrawn = true
		return nil
	}
	type plain revision
	return json.Unmarshal(data, (*plain)(r))
}

// RevisionState is where a revision stands.
type RevisionState struct {
	ID       string
	Document Document
	Status   string // PENDING, ACCEPTED, REFUSED
	Created  time.Time
}

// Revisions is a page, of at most 50, of the revisions of a kind that the company is on,
// and where the next begins: empty after the last. After is empty for the first. Errors as
// of calls.Session.Answered.
func (c Client) Revisions(ctx context.Context, company string, of Kind, after string) (found []RevisionState, next string, made sluss.Exchange, err error) {
	k, faults := revised(of)
	if len(faults) > 0 {
		return nil, "", calls.NotMade("revisions"), fmt.Errorf("%w: %w", sluss.ErrOperator, faults)
	}
	s := c.Calls.Session(company, k.query()+"RevisionRequests")
	nodes, next, err := calls.Page[revision](ctx, s, map[string]any{"siret": company, "first": 50}, after)
	for _, r := range nodes {
		state := RevisionState{ID: r.ID, Status: r.Status, Created: time.Time(r.CreatedAt)}
		for _, d := range []*document{r.BSDA, r.BSDASRI} {
			if d != nil {
				state.Document = d.read()
			}
		}
		found = append(found, state)
	}
	return found, next, s.Exchange(), err
}
