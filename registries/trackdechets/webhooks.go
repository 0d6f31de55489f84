package trackdechets

import (
	"context"
	"time"

	"sluss"
)

// Webhook is a company's setting: where the register tells of changes. It
// switches itself off after two failed deliveries or so, and nothing tells; what
// it missed never comes again. So look at it now and then, and keep asking for
// Changes beside it.
type Webhook struct {
	ID        string
	Company   string // SIRET
	Endpoint  string
	Activated bool
	Created   time.Time
}

// OwnCompany is a company of the account whose token is used.
type OwnCompany struct {
	ID     string // opaque, for CreateWebhook
	Number string // SIRET, or VAT number
}

// OwnCompanies is a page, of at most 100, of the companies of the account whose
// token the company's is, and where the next begins. Errors as of BSDD.
func (c *Client) OwnCompanies(ctx context.Context, company, after string) (page []OwnCompany, next string, made sluss.Exchange, err error) {
	s, err := c.ask(ctx, company, "myCompanies", func(ctx context.Context, s *session) error {
		told, err := myCompanies(ctx, s, after)
		list := told.MyCompanies
		for _, edge := range list.Edges {
			page = append(page, OwnCompany{edge.Node.Id, edge.Node.OrgId})
		}
		next, err = following(list.PageInfo.HasNextPage, list.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}

// CreateWebhook makes the one webhook of a company, by its opaque id, and
// activates it. The endpoint is https and public; the secret, of 20 to 100
// characters, comes with each delivery. The token's account must be ADMIN.
func (c *Client) CreateWebhook(ctx context.Context, company, companyID, endpoint, secret string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "createWebhookSetting", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := createWebhookSetting(ctx, s, webhookInput{companyID, endpoint, secret, true})
		return func() (sluss.Outcome, error) { return told.CreateWebhookSetting.took(s) }
	})
}

// ReactivateWebhook switches a webhook on again. It may be repeated.
func (c *Client) ReactivateWebhook(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "updateWebhookSetting", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := updateWebhookSetting(ctx, s, id, webhookUpdate{Activated: new(true)})
		return func() (sluss.Outcome, error) {
			if !told.UpdateWebhookSetting.Activated {
				return unknown("Trackdéchets does not show the webhook as active")
			}
			return told.UpdateWebhookSetting.took(s)
		}
	})
}

// DeleteWebhook takes a webhook away.
func (c *Client) DeleteWebhook(ctx context.Context, company, id string) (sluss.Outcome, sluss.Exchange, error) {
	return c.make(ctx, company, "deleteWebhookSetting", places{}, func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := deleteWebhookSetting(ctx, s, id)
		return func() (sluss.Outcome, error) { return took(s, told.DeleteWebhookSetting.Id, "", s.reply.Ended) }
	})
}

func (w webhook) took(s *session) (sluss.Outcome, error) {
	return took(s, w.Id, map[bool]string{true: "ACTIVATED", false: "DEACTIVATED"}[w.Activated], time.Time(w.CreatedAt))
}

// Webhooks is a page, of at most 100, of the webhooks that the account may see,
// and where the next begins. Errors as of BSDD.
func (c *Client) Webhooks(ctx context.Context, company, after string) (page []Webhook, next string, made sluss.Exchange, err error) {
	s, err := c.ask(ctx, company, "webhooksettings", func(ctx context.Context, s *session) error {
		told, err := webhooksettings(ctx, s, after)
		list := told.Webhooksettings
		for _, edge := range list.Edges {
			w := edge.Node
			page = append(page, Webhook{w.Id, w.OrgId, w.EndpointUri, w.Activated, time.Time(w.CreatedAt)})
		}
		next, err = following(list.PageInfo.HasNextPage, list.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}
