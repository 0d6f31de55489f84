package trackdechets

import (
	"context"
	"errors"
	"time"

	"sluss"
)

// Revision is what one party of a sealed BSDD asks the others to change; what is
// empty stays as it is. One may be pending at a time.
type Revision struct {
	Cancel      bool // the whole BSDD, which nobody may have received yet; nothing else beside it
	Code        string
	Name        string
	POP         *bool
	Packagings  []sluss.Packaging
	Mass        *sluss.Mass // as sealed
	Acceptance  string      // number of the acceptance certificate (CAP)
	Received    *sluss.Mass
	Refused     *sluss.Mass
	Operation   string // done, without space
	Mode        string
	Description string
	Trader      *sluss.Party
	Broker      *sluss.Party
	Comment     string // why; the register wants one
}

func (r Revision) wire() revisionContent {
	content := revisionContent{
		IsCanceled: r.Cancel, QuantityReceived: (*tonnes)(r.Received), QuantityRefused: (*tonnes)(r.Refused),
		ProcessingOperationDone: spaced(r.Operation), DestinationOperationMode: string(operationMode(r.Mode)), ProcessingOperationDescription: r.Description,
	}
	if r.Code != "" || r.Name != "" || r.POP != nil || len(r.Packagings) > 0 || r.Mass != nil {
		content.WasteDetails = &revisionWaste{Code: spacedCode(r.Code), Name: r.Name, POP: r.POP, Quantity: (*tonnes)(r.Mass)}
		if len(r.Packagings) > 0 {
			content.WasteDetails.PackagingInfos = packagingsOf(r.Packagings)
		}
	}
	if r.Trader != nil {
		content.Trader = &dealer{companyOf(*r.Trader)}
	}
	if r.Broker != nil {
		content.Broker = &dealer{companyOf(*r.Broker)}
	}
	if r.Acceptance != "" {
		content.Recipient = &revisionRecipient{CAP: r.Acceptance}
	}
	return content
}

// AskRevision asks for a revision in the name of the company; the receipt holds
// its id and whether it is PENDING, or ACCEPTED at once.
func (c *Client) AskRevision(ctx context.Context, company, bsdd string, r Revision) (sluss.Outcome, sluss.Exchange, error) {
	input := revisionInput{FormID: bsdd, AuthoringCompanySiret: company, Content: r.wire(), Comment: r.Comment}
	return c.make(ctx, company, "createFormRevisionRequest", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := createFormRevisionRequest(ctx, s, input)
		return func() (sluss.Outcome, error) { return told.CreateFormRevisionRequest.took(s) }
	})
}

// AnswerRevision approves or refuses what another party asks for. The revision
// takes effect with the last approval.
func (c *Client) AnswerRevision(ctx context.Context, company, revision string, approve bool, comment string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "submitFormRevisionRequestApproval", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := submitFormRevisionRequestApproval(ctx, s, revision, approve, comment)
		return func() (sluss.Outcome, error) { return told.SubmitFormRevisionRequestApproval.took(s) }
	})
}

// WithdrawRevision takes back what the company asked for and nobody has approved.
func (c *Client) WithdrawRevision(ctx context.Context, company, revision string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "cancelFormRevisionRequest", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := cancelFormRevisionRequest(ctx, s, revision)
		return func() (sluss.Outcome, error) {
			if !told.CancelFormRevisionRequest {
				return unknown("Trackdéchets did not say that the revision is withdrawn")
			}
			return took(s, revision, "", s.reply.Ended)
		}
	})
}

func (r revision) took(s *session) (sluss.Outcome, error) {
	return took(s, r.Id, r.Status, time.Time(r.CreatedAt))
}

// RevisionState is where a revision stands.
type RevisionState struct {
	ID      string
	BSDD    BSDD
	Status  string // PENDING, ACCEPTED, REFUSED
	Created time.Time
}

// Revisions is a page, of at most 50, of the revisions of BSDDs that the company
// is on, and where the next begins: empty after the last. After is empty for
// the first. Errors as of BSDD.
func (c *Client) Revisions(ctx context.Context, company, after string) (page []RevisionState, next string, made sluss.Exchange, err error) {
	s, err := c.ask(ctx, company, "formRevisionRequests", func(ctx context.Context, s *session) error {
		told, err := formRevisionRequests(ctx, s, company, after)
		list := told.FormRevisionRequests
		for _, edge := range list.Edges {
			r := edge.Node
			page = append(page, RevisionState{r.Id, r.Form.bsdd(), r.Status, time.Time(r.CreatedAt)})
		}
		next, err = following(list.PageInfo.HasNextPage, list.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}

// following is where the next page of a list begins. One that does not lead on
// would be asked for without end.
func following(more bool, end, after string, err error) (string, error) {
	switch {
	case err != nil || !more:
		return "", err
	case end == "" || end == after:
		return "", errors.New("the list does not lead on")
	}
	return end, nil
}
