package sync

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// HookCalls is how many calls of the rate limit EnsureHook may take; none where no
// webhook is configured.
func (f Syncer) HookCalls() int {
	if f.Options.Endpoint == "" {
		return 0
	}
	return 3
}

// EnsureHook sees to it that the company's one webhook is there, is active and comes to
// us. A webhook switches itself off after two failed deliveries or so, and nobody is
// told. One that goes elsewhere is left alone. The outcome is Accepted, or Deferred:
// nothing was changed, ask again then. The errors are those of SyncStep.
func (f Syncer) EnsureHook(ctx context.Context, company string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error) {
	hook := sluss.Hook{Endpoint: f.Options.Endpoint + "/" + company}
	ours, s, err := f.webhook(ctx, company)
	o, err := calls.Deferred(err)
	if err != nil || o.Kind != sluss.Accepted {
		return hook, o, s.Exchange(), err
	}
	exchange := s.Exchange()
	switch {
	case ours == nil:
		hook.State = sluss.HookMade
		o, exchange, err = f.create(ctx, company, hook.Endpoint)
	case ours.EndpointURI != hook.Endpoint:
		hook.State = sluss.HookElsewhere
		hook.Detail = fmt.Sprintf("it goes to %s, and a company has one: delete it in Trackdéchets, or have that address forward to %s", ours.EndpointURI, hook.Endpoint)
	case ours.Activated:
		hook.State = sluss.HookActive
	default:
		hook.State, s = sluss.HookOnAgain, s.Another("updateWebhookSetting")
		o, exchange, err = took(ctx, s, map[string]any{"id": ours.ID, "input": wire.ChangedWebhook{Activated: true}})
	}
	switch {
	case err != nil:
	case o.Kind == sluss.Rejected:
		var words []string
		for _, r := range o.Reasons {
			words = append(words, r.Message+": "+r.Remedy)
		}
		hook.State, hook.Detail = sluss.HookRefused, strings.Join(words, "; ")
		o = sluss.Outcome{Kind: sluss.Accepted, Detail: hook.Detail}
	case o.Kind == sluss.Unknown: // looking again shows whether it is there
		o = sluss.Outcome{Kind: sluss.Deferred, NotBefore: exchange.Ended.Add(calls.ShortPause), Detail: o.Detail}
	default:
		o.Receipt = nil
	}
	return hook, o, exchange, err
}

// webhook is the company's; nil: it has none.
func (f Syncer) webhook(ctx context.Context, company string) (*wire.Webhook, *calls.Session, error) {
	for after := ""; ; { // one page holds all, but for an account of a hundred companies
		s := f.Calls.Session(company, "webhooksettings")
		all, next, err := calls.Page[wire.Webhook](ctx, s, map[string]any{"first": pageSize}, after)
		if err != nil {
			return nil, s, err
		}
		for _, one := range all {
			if one.OrgID == company {
				return &one, s, nil
			}
		}
		if after = next; after == "" {
			return nil, s, nil
		}
	}
}

// create makes the company's webhook. The token's account must be ADMIN.
func (f Syncer) create(ctx context.Context, company, endpoint string) (sluss.Outcome, sluss.Exchange, error) {
	for after := ""; ; {
		s := f.Calls.Session(company, "myCompanies")
		all, next, err := calls.Page[wire.OwnCompany](ctx, s, map[string]any{"first": pageSize}, after)
		if o, err := calls.Deferred(err); err != nil || o.Kind != sluss.Accepted {
			return o, s.Exchange(), err
		}
		for _, one := range all {
			if one.OrgID == company {
				return took(ctx, s.Another("createWebhookSetting"), map[string]any{
					"input": wire.NewWebhook{CompanyID: one.ID, EndpointURI: endpoint, Token: f.Options.Secret, Activated: true},
				})
			}
		}
		if after = next; after == "" {
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
				Message: "the account whose token we use is not one of this company", Remedy: "configure a token of its own",
			}}}, s.Exchange(), nil
		}
	}
}

// took is what becomes of a webhook that is to be active.
func took(ctx context.Context, s *calls.Session, variables map[string]any) (sluss.Outcome, sluss.Exchange, error) {
	var w wire.Webhook
	_ = s.Ask(ctx, variables, &w)
	return s.Outcome(reasons.Places{}, func() (sluss.Outcome, error) {
		if !w.Activated {
			return calls.Unknown("Trackdéchets does not show the webhook as active")
		}
		return s.Accepted(sluss.Receipt{ID: w.ID, Status: "ACTIVATED", At: time.Time(w.CreatedAt)})
	})
}
