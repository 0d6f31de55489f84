package revisions

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// pageSize is how many revisions one call reads.
const pageSize = 50

// PendingRevisions are the revisions that wait for somebody's word on BSDDs of the
// company, the newest first: one page, of at most fifty, in one call, and where the next
// begins: empty after the last. After is empty for the first. Errors as of
// calls.Session.Answered.
func (r Reviser) PendingRevisions(ctx context.Context, company, after string) (page []sluss.Revision, next string, made sluss.Exchange, err error) {
	s := r.Calls.Session(company, "formRevisionRequests")
	all, next, err := calls.Page[wire.Revision](ctx, s, map[string]any{"siret": company, "where": map[string]any{"status": pending}, "first": pageSize}, after)
	for _, one := range all {
		page = append(page, asked(one, company))
	}
	return page, next, s.Exchange(), err
}

// AnswerRevision approves or refuses what another party asks for. The revision takes
// effect with the last approval.
func (r Reviser) AnswerRevision(ctx context.Context, company, revision string, approve bool, comment string) (sluss.Outcome, sluss.Exchange, error) {
	s := r.Calls.Session(company, "submitFormRevisionRequestApproval")
	var answered wire.Made
	_ = s.Ask(ctx, map[string]any{"id": revision, "isApproved": approve, "comment": comment}, &answered)
	return s.Outcome(reasons.Places{}, func() (sluss.Outcome, error) {
		return s.Accepted(sluss.Receipt{ID: answered.ID, Status: answered.Status, At: time.Time(answered.CreatedAt)})
	})
}

// WithdrawRevision takes back what the company asked for and nobody has approved.
func (r Reviser) WithdrawRevision(ctx context.Context, company, revision string) (sluss.Outcome, sluss.Exchange, error) {
	s := r.Calls.Session(company, "cancelFormRevisionRequest")
	var withdrawn bool
	_ = s.Ask(ctx, map[string]any{"id": revision}, &withdrawn)
	return s.Outcome(reasons.Places{}, func() (sluss.Outcome, error) {
		if !withdrawn {
			return calls.Unknown("Trackdéchets did not say that the revision is withdrawn")
		}
		return s.Accepted(sluss.Receipt{ID: revision})
	})
}

// asked is a revision as a company of ours sees it.
func asked(r wire.Revision, company string) sluss.Revision {
	one := sluss.Revision{
		ID: r.ID, Registry: sluss.Trackdechets, Document: r.Form.ReadableID, Status: r.Status, Author: r.AuthoringCompany.OrgID, Name: r.AuthoringCompany.Name,
		Comment: html.UnescapeString(r.Comment), Asks: changes(r), At: time.Time(r.CreatedAt), Company: company, Ours: r.AuthoringCompany.OrgID == company,
	}
	if batch, err := sluss.ParseBatchID(r.Form.CustomID); err == nil {
		one.Batch = batch
	}
	for _, a := range r.Approvals {
		one.Approval = append(one.Approval, sluss.Approval{Company: a.ApproverSiret, Status: a.Status, Comment: html.UnescapeString(a.Comment)})
	}
	return one
}

// changes are what a revision asks for, in the words of the declaration; what is the
// storer's begins with storage.
func changes(r wire.Revision) []sluss.Change {
	c, all := r.Content, []sluss.Change{}
	add := func(field, value string) {
		if value != "" {
			all = append(all, sluss.Change{Field: field, Value: html.UnescapeString(value)})
		}
	}
	weighed := func(field string, mass *wire.Tonnes) {
		if mass != nil {
			add(field, sluss.Mass(*mass).Tonnes()+" t")
		}
	}
	party := func(field string, d *wire.Dealer) {
		if d == nil {
			return
		}
		p := d.Company
		words := []string{string(p.Name), string(p.SIRET), string(p.Contact), string(p.Phone), string(p.Mail)}
		add(field, strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), ", "))
	}
	if c.IsCanceled {
		add("the BSDD", "cancelled")
	}
	add("waste.code", bsdd.Compact(c.WasteDetails.Code))
	add("waste.name", c.WasteDetails.Name)
	if c.WasteDetails.POP != nil {
		add("waste.pop", fmt.Sprint(*c.WasteDetails.POP))
	}
	weighed("waste.mass", c.WasteDetails.Quantity)
	for _, p := range c.WasteDetails.PackagingInfos {
		add("waste.packagings", fmt.Sprintf("%d %s", p.Quantity, p.Type))
	}
	party("trader", c.Trader)
	party("broker", c.Broker)
	// Of a BSDD with temporary storage, the recipient is the storer.
	final, storer := c.TemporaryStorageDetail.Destination, c.TemporaryStorageDetail.TemporaryStorer
	if r.Form.Recipient.IsTempStorage {
		add("storage.acceptance", c.Recipient.CAP)
	} else {
		add("treatment.acceptance", c.Recipient.CAP)
	}
	weighed("storage.received.mass", storer.QuantityReceived)
	weighed("storage.accepted.refused_mass", storer.QuantityRefused)
	add("treatment.acceptance", final.CAP)
	add("treatment.operation", bsdd.Compact(final.ProcessingOperation))
	weighed("events.received.mass", c.QuantityReceived)
	weighed("events.accepted.refused_mass", c.QuantityRefused)
	add("events.treated.operation", bsdd.Compact(c.ProcessingOperationDone))
	add("treatment.mode", c.DestinationOperationMode)
	add("treatment.description", c.ProcessingOperationDescription)
	return all
}
