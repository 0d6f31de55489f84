package trackdechets

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Companies are those whose token we have, in order.
func (c *Client) Companies() []string { return slices.Sorted(maps.Keys(c.tokens)) }

// PendingRevisions are the revisions that wait for somebody's word on BSDDs of
// the company, the newest first: one page, of at most fifty, in one call, and where
// the next begins, as Revisions. Errors as of BSDD.
func (c *Client) PendingRevisions(ctx context.Context, company, after string) (page []sluss.Revision, next string, made sluss.Exchange, err error) {
	s, err := c.ask(ctx, company, "formRevisionRequests", func(ctx context.Context, s *session) error {
		told, err := pendingRevisions(ctx, s, company, after)
		list := told.FormRevisionRequests
		for _, edge := range list.Edges {
			page = append(page, edge.Node.asked(company))
		}
		next, err = following(list.PageInfo.HasNextPage, list.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}

// EcoOrganismes are those that may be on a BSDD, by name: one call. Errors as of
// BSDD.
func (c *Client) EcoOrganismes(ctx context.Context, company string) ([]sluss.Party, sluss.Exchange, error) {
	all := []sluss.Party{}
	s, err := c.ask(ctx, company, "ecoOrganismes", func(ctx context.Context, s *session) error {
		told, err := ecoOrganismes(ctx, s)
		for _, e := range told.EcoOrganismes {
			all = append(all, sluss.Party{
				ID: e.Siret, Country: "FR", Role: sluss.EcoOrganisme,
				Name: html.UnescapeString(e.Name), Address: html.UnescapeString(e.Address),
			})
		}
		return err
	})
	slices.SortFunc(all, func(a, b sluss.Party) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return all, s.exchange(), err
}

// asked is a revision as a company of ours sees it.
func (r revision) asked(company string) sluss.Revision {
	asked := sluss.Revision{
		ID: r.Id, Registry: sluss.Trackdechets, Document: r.Form.ReadableId, Status: r.Status, Author: r.AuthoringCompany.OrgId, Name: r.AuthoringCompany.Name,
		Comment: html.UnescapeString(r.Comment), Asks: r.changes(), At: time.Time(r.CreatedAt), Company: company, Ours: r.AuthoringCompany.OrgId == company,
	}
	if strings.HasPrefix(r.Form.CustomId, "batch/") {
		asked.Batch = r.Form.CustomId
	}
	for _, a := range r.Approvals {
		asked.Approval = append(asked.Approval, sluss.Approval{Company: a.ApproverSiret, Status: a.Status, Comment: html.UnescapeString(a.Comment)})
	}
	return asked
}

// changes are what a revision asks for, in the words of the declaration.
func (r revision) changes() []sluss.Change {
	c, all := r.Content, []sluss.Change{}
	add := func(field, value string) {
		if value != "" {
			all = append(all, sluss.Change{Field: field, Value: html.UnescapeString(value)})
		}
	}
	weigh := func(field string, mass *float64) {
		if mass != nil {
			add(field, fmt.Sprintf("%g t", *mass))
		}
	}
	if c.IsCanceled {
		add("the BSDD", "cancelled")
	}
	add("waste.code", strings.ReplaceAll(c.WasteDetails.Code, " ", ""))
	add("waste.name", c.WasteDetails.Name)
	if c.WasteDetails.Pop != nil {
		add("waste.pop", fmt.Sprint(*c.WasteDetails.Pop))
	}
	weigh("waste.mass", c.WasteDetails.Quantity)
	for _, p := range c.WasteDetails.PackagingInfos {
		add("waste.packagings", fmt.Sprintf("%d %s", p.Quantity, p.Type))
	}
	for _, deal := range []struct {
		role    string
		company revisedCompany
	}{{"trader", c.Trader.Company.revisedCompany}, {"broker", c.Broker.Company.revisedCompany}} {
		add(deal.role, strings.Join(slices.DeleteFunc([]string{
			deal.company.Name, deal.company.Siret, deal.company.Contact, deal.company.Phone, deal.company.Mail,
		}, func(word string) bool { return word == "" }), ", "))
	}
	// Of a BSDD with temporary storage, the recipient is the storer.
	final, storer := c.TemporaryStorageDetail.Destination, c.TemporaryStorageDetail.TemporaryStorer
	if r.Form.Recipient.IsTempStorage {
		add("storage.acceptance", c.Recipient.Cap)
	} else {
		add("treatment.acceptance", c.Recipient.Cap)
	}
	weigh("storage.received.mass", storer.QuantityReceived)
	weigh("storage.accepted.refused_mass", storer.QuantityRefused)
	add("treatment.acceptance", final.Cap)
	add("treatment.operation", strings.ReplaceAll(final.ProcessingOperation, " ", ""))
	weigh("events.received.mass", c.QuantityReceived)
	weigh("events.accepted.refused_mass", c.QuantityRefused)
	add("events.treated.operation", strings.ReplaceAll(c.ProcessingOperationDone, " ", ""))
	add("treatment.mode", c.DestinationOperationMode)
	add("treatment.description", c.ProcessingOperationDescription)
	return all
}

// OrderRegister is OrderExport in our words.
func (c *Client) OrderRegister(ctx context.Context, o sluss.RegisterOrder) (sluss.Outcome, sluss.Exchange, error) {
	kind, known := map[sluss.RegisterKind]ExportKind{
		sluss.IncomingWaste: Incoming, sluss.OutgoingWaste: Outgoing, sluss.TransportedWaste: Transported, sluss.ManagedWaste: Managed, sluss.EndOfWasteStatus: EndOfWaste,
	}[o.Kind]
	if !known {
		return sluss.Outcome{}, notMade("generateRegistryV2Export"), fmt.Errorf("%w: Trackdéchets keeps no register %q", sluss.ErrOperator, o.Kind)
	}
	return c.OrderExport(ctx, o.Company, ExportOrder{Kind: kind, Format: ExportFormat(strings.ToUpper(o.Format)), From: o.From, Until: o.Until})
}
