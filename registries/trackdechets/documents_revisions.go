package trackdechets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sluss"
)

// DocumentRevision is what one party of a BSDA or BSDASRI asks the others to
// change of what is sealed; the other kinds have no revisions.
type DocumentRevision struct {
	// Content is what is to be changed, as BsdaRevisionRequestContentInput or
	// BsdasriRevisionRequestContentInput of the schema; isCanceled cancels the whole.
	Content DocumentContent
	Comment string // why; the register wants one
}

// AskDocumentRevision asks for a revision in the name of the company; the receipt
// holds its id and whether it is PENDING, or ACCEPTED at once.
func (c *Client) AskDocumentRevision(ctx context.Context, company, id string, r DocumentRevision) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revisable(id)
	name := "create" + k.name + "RevisionRequest"
	var content map[string]any
	if len(faults) == 0 {
		if content, faults = fitted(k.name+"RevisionRequestContentInput", r.Content); r.Comment == "" {
			faults = append(faults, sluss.Fault{Field: "comment", Problem: "is missing", Remedy: "say why"})
		}
	}
	return c.revise(ctx, company, name, map[string]any{"input": map[string]any{
		k.one() + "Id": id, "authoringCompanySiret": company, "content": content, "comment": r.Comment,
	}}, faults)
}

// AnswerDocumentRevision approves or refuses what another party asks for of the
// kind. It takes effect with the last approval.
func (c *Client) AnswerDocumentRevision(ctx context.Context, company string, kind DocumentKind, revision string, approve bool, comment string) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revised(kind)
	variables := map[string]any{"id": revision, "isApproved": approve}
	if comment != "" {
		variables["comment"] = comment
	}
	return c.revise(ctx, company, "submit"+k.name+"RevisionRequestApproval", variables, faults)
}

// WithdrawDocumentRevision takes back what the company asked for and nobody has
// approved.
func (c *Client) WithdrawDocumentRevision(ctx context.Context, company string, kind DocumentKind, revision string) (sluss.Outcome, sluss.Exchange, error) {
	k, faults := revised(kind)
	return c.revise(ctx, company, "cancel"+k.name+"RevisionRequest", map[string]any{"id": revision}, faults)
}

func revisable(id string) (documentKind, sluss.Faults) {
	kind, _ := KindOf(id)
	return revised(kind)
}

func revised(kind DocumentKind) (documentKind, sluss.Faults) {
	k := documentKinds()[kind]
	if k.revised {
		return k, nil
	}
	return k, sluss.Faults{{Field: "id", Problem: "only a BSDA or a BSDASRI is revised", Remedy: "ask its parties to have it corrected by Trackdéchets"}}
}

func (c *Client) revise(ctx context.Context, company, name string, variables map[string]any, faults sluss.Faults) (sluss.Outcome, sluss.Exchange, error) {
	if len(faults) > 0 {
		return reasonsOf(faults), notMade(name), nil
	}
	var made *session
	told, exchange, err := c.make(ctx, company, name, places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		made = s
		var answered json.RawMessage
		_ = s.run(ctx, name, variables, &answered) // what comes of no answer is outcome's to say
		return func() (sluss.Outcome, error) {
			if string(answered) == "true" { // a withdrawal
				return took(s, fmt.Sprint(variables["id"]), "", s.reply.Ended)
			}
			var r revisionRead
			_ = json.Unmarshal(answered, &r)
			return took(s, r.ID, r.Status, time.Time(r.CreatedAt))
		}
	})
	if told.Kind == sluss.Rejected {
		told.Reasons = documentReasons(made.reply.Body)
	}
	return told, exchange, err
}

type revisionRead struct {
	ID        string
	Status    string
	CreatedAt dateTime
	Bsda      *documentRead
	Bsdasri   *documentRead
}

// DocumentRevisionState is where a revision stands.
type DocumentRevisionState struct {
	ID       string
	Document Document
	Status   string // PENDING, ACCEPTED, REFUSED
	Created  time.Time
}

// DocumentRevisions is a page, of at most 50, of the revisions of a kind that the
// company is on, and where the next begins, as Revisions.
func (c *Client) DocumentRevisions(ctx context.Context, company string, kind DocumentKind, after string) (page []DocumentRevisionState, next string, made sluss.Exchange, err error) {
	k, faults := revised(kind)
	if len(faults) > 0 {
		return nil, "", notMade("revisions"), fmt.Errorf("%w: %w", sluss.ErrOperator, faults)
	}
	name := k.one() + "RevisionRequests"
	s, err := c.ask(ctx, company, name, func(ctx context.Context, s *session) error {
		variables := map[string]any{"siret": company}
		if after != "" {
			variables["after"] = after
		}
		var told connectionRead[revisionRead]
		err := s.run(ctx, name, variables, &told)
		for _, edge := range told.Edges {
			r := edge.Node
			state := DocumentRevisionState{ID: r.ID, Status: r.Status, Created: time.Time(r.CreatedAt)}
			for _, d := range []*documentRead{r.Bsda, r.Bsdasri} {
				if d != nil {
					state.Document = d.document()
				}
			}
			page = append(page, state)
		}
		next, err = following(told.PageInfo.HasNextPage, told.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}
