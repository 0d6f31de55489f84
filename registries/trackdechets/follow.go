package trackdechets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Following is how documents are followed, beside being filed.
type Following struct {
	// Every is how often changes are asked for; zero: nobody follows.
	Every time.Duration
	// Endpoint is where the register tells of changes of a company, which is
	// added to it as the last part of its path; empty: no webhooks.
	Endpoint string
	Secret   string // that comes with each delivery
}

// firstSweep is how far back the first sweep goes: what did not change for so
// long waits for nobody's signature.
const firstSweep = 90 * 24 * time.Hour

// Followed are the companies whose documents can be followed, by SIRET (a
// foreign transporter's VAT number), and how often.
func (c *Client) Followed() (companies []string, every time.Duration) {
	if c.following.Every <= 0 {
		return nil, 0
	}
	return slices.Sorted(maps.Keys(c.tokens)), c.following.Every
}

// SweepCalls is how many calls of the quota the page at that place may take.
func (c *Client) SweepCalls(p sluss.SweepPlace) int {
	if p.After == "" {
		return 1
	}
	return 2
}

// Sweep reads the page of a company's changed documents at a place. The outcome
// is Accepted, or Deferred: the sweep begins again then. The errors are
// sluss.ErrNotSent and ErrOperator. Keep each page before the next is asked for:
// the last one moves the cursor past all of them.
func (c *Client) Sweep(ctx context.Context, company string, p sluss.SweepPlace) (sluss.Swept, sluss.Outcome, sluss.Exchange, error) {
	if p.Since.IsZero() {
		p.Since = time.Now().Add(-firstSweep)
	}
	page, exchange, err := c.Changes(ctx, company, p.Since, p.After)
	if o, err := answered(err); err != nil || o.Kind != sluss.Accepted {
		return sluss.Swept{}, o, exchange, err
	}
	var swept sluss.Swept
	for _, b := range page.BSDDs {
		swept.Documents = append(swept.Documents, sluss.Document{
			Registry: sluss.Trackdechets, ID: b.ID, Number: b.Number, CustomID: b.CustomID, Status: b.Status, Verdict: b.Verdict,
			UpdatedAt: b.Updated, SeenAt: exchange.Ended, Raw: b.Raw,
		})
	}
	sweep := []Page{page}
	if p.After != "" {
		sweep = []Page{{Before: p.Before}, page}
	}
	if !page.Last {
		swept.Next = &sluss.SweepPlace{Since: p.Since, Before: sweep[0].Before, After: page.Next}
	} else {
		swept.Until = Advance(p.Since, sweep, func(BSDD) bool { return true })
	}
	detail := fmt.Sprintf("%d documents have changed", len(swept.Documents))
	return swept, sluss.Outcome{Kind: sluss.Accepted, Detail: detail}, exchange, nil
}

// answered is what became of a question as an outcome.
func answered(err error) (sluss.Outcome, error) {
	var later *NotNowError
	switch {
	case errors.As(err, &later):
		return later.Outcome(), nil
	case err != nil:
		return sluss.Outcome{}, err
	}
	return sluss.Outcome{Kind: sluss.Accepted}, nil
}

// HookCalls is how many calls of the quota EnsureHook may take; none where no
// webhook is configured.
func (c *Client) HookCalls() int {
	if c.following.Endpoint == "" {
		return 0
	}
	return 3
}

// EnsureHook sees to it that the company's webhook is there, is active and comes
// to us. One that tells somebody else is left alone. The outcome is Accepted, or
// Deferred: nothing was changed, ask again then. The errors are those of Sweep.
func (c *Client) EnsureHook(ctx context.Context, company string) (sluss.Hook, sluss.Outcome, sluss.Exchange, error) {
	hook := sluss.Hook{Endpoint: c.following.Endpoint + "/" + company}
	var ours *Webhook
	var exchange sluss.Exchange
	for after := ""; ; { // one page holds all, but for an account of a hundred companies
		list, next, made, err := c.Webhooks(ctx, company, after)
		exchange = made
		if o, err := answered(err); err != nil || o.Kind != sluss.Accepted {
			return hook, o, exchange, err
		}
		for _, w := range list {
			if w.Company == company {
				ours = &w
			}
		}
		if after = next; after == "" || ours != nil {
			break
		}
	}
	var o sluss.Outcome
	var err error
	switch {
	case ours != nil && ours.Endpoint != hook.Endpoint:
		hook.State = sluss.HookElsewhere
		hook.Detail = fmt.Sprintf("it goes to %s, and a company has one: delete it in Trackdéchets, or have that address forward to %s", ours.Endpoint, hook.Endpoint)
		o = sluss.Outcome{Kind: sluss.Accepted}
	case ours != nil && ours.Activated:
		hook.State, o = sluss.HookActive, sluss.Outcome{Kind: sluss.Accepted}
	case ours != nil:
		hook.State = sluss.HookOnAgain
		o, exchange, err = c.ReactivateWebhook(ctx, company, ours.ID)
	default:
		hook.State = sluss.HookMade
		o, exchange, err = c.makeHook(ctx, company, hook.Endpoint)
	}
	switch {
	case err != nil:
	case o.Kind == sluss.Rejected:
		hook.State, o = sluss.HookRefused, sluss.Outcome{Kind: sluss.Accepted, Detail: inWords(o)}
		hook.Detail = o.Detail
	case o.Kind == sluss.Unknown: // looking again shows whether it is there
		o = sluss.Outcome{Kind: sluss.Deferred, NotBefore: exchange.Ended.Add(shortPause), Detail: o.Detail}
	default:
		o.Receipt = nil
	}
	return hook, o, exchange, err
}

// makeHook makes the company's webhook.
func (c *Client) makeHook(ctx context.Context, company, endpoint string) (sluss.Outcome, sluss.Exchange, error) {
	for after := ""; ; {
		list, next, made, err := c.OwnCompanies(ctx, company, after)
		if o, err := answered(err); err != nil || o.Kind != sluss.Accepted {
			return o, made, err
		}
		for _, own := range list {
			if own.Number == company {
				return c.CreateWebhook(ctx, company, own.ID, endpoint, c.following.Secret)
			}
		}
		if after = next; after == "" {
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
				Message: "the account whose token we use is not one of this company", Remedy: "configure a token of its own",
			}}}, made, nil
		}
	}
}

func inWords(o sluss.Outcome) (text string) {
	for _, r := range o.Reasons {
		if text != "" {
			text += "; "
		}
		text += r.Message + ": " + r.Remedy
	}
	return text
}

// Gone tells whether a document of ours is there no more; its status is then
// DELETED. The outcome is Accepted or Deferred; the errors are those of Sweep.
func (c *Client) Gone(ctx context.Context, company, id string) (gone bool, o sluss.Outcome, made sluss.Exchange, err error) {
	_, made, err = c.BSDD(ctx, company, id)
	if errors.Is(err, sluss.ErrAbsent) {
		return true, sluss.Outcome{Kind: sluss.Accepted, Detail: "it is there no more"}, made, nil
	}
	o, err = answered(err)
	return false, o, made, err
}

// FinalStatuses are those after which nothing more is to come of a BSDD that is
// ours to tell.
func (c *Client) FinalStatuses() []string {
	return []string{"PROCESSED", "NO_TRACEABILITY", "FOLLOWED_WITH_PNTTD", "AWAITING_GROUP", "REFUSED", canceled}
}

// Reader is the first of the companies whose token we hold.
func (c *Client) Reader(companies []string) (company string, found bool) {
	i := slices.IndexFunc(companies, func(id string) bool { return c.tokens[id] != "" })
	if i < 0 {
		return "", false
	}
	return companies[i], true
}

// PrintCalls is how many calls of the quota Print takes.
func (c *Client) PrintCalls() int { return 3 }

// Print fetches a document as the register prints it, by either of its ids, with
// the status that it then has. The outcome is Accepted or Deferred; the errors
// are sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) Print(ctx context.Context, company, id string) (sluss.Print, sluss.Outcome, sluss.Exchange, error) {
	b, exchange, err := c.BSDD(ctx, company, id)
	if o, err := answered(err); err != nil || o.Kind != sluss.Accepted {
		return sluss.Print{}, o, exchange, err
	}
	content, exchange, err := c.PDF(ctx, company, b.ID)
	if o, err := answered(err); err != nil || o.Kind != sluss.Accepted {
		return sluss.Print{}, o, exchange, err
	}
	later := sluss.Outcome{Kind: sluss.Deferred, NotBefore: exchange.Ended.Add(shortPause), Detail: "what came is no PDF"}
	if !bytes.HasPrefix(content, []byte("%PDF")) {
		return sluss.Print{}, later, exchange, nil
	}
	return sluss.Print{
		Registry: sluss.Trackdechets, Document: b.ID, Number: b.Number, Status: b.Status, Final: slices.Contains(c.FinalStatuses(), b.Status),
		UpdatedAt: b.Updated, FetchedAt: exchange.Ended, Content: content,
	}, sluss.Outcome{Kind: sluss.Accepted, Detail: fmt.Sprintf("%s came, %d bytes", b.Number, len(content))}, exchange, nil
}

// How often changes are asked for, where the configuration does not say, and at
// most.
const (
	followEvery = 5 * time.Minute
	oftenest    = 10 * time.Second
)

func (c Config) following() (Following, error) {
	f := Following{Every: followEvery}
	var wrong []error
	switch every, err := time.ParseDuration(c.Follow); {
	case c.Follow == "":
	case c.Follow == "off":
		f.Every = 0
	case err != nil || every < oftenest:
		wrong = append(wrong, fmt.Errorf("follow: %q: write how often, such as 5m and not below %s, or off", c.Follow, oftenest))
	default:
		f.Every = every
	}
	secret, err := c.HookSecret()
	if err != nil {
		wrong = append(wrong, err)
	}
	f.Endpoint, f.Secret = strings.TrimRight(c.Webhook.URL, "/"), secret
	return f, errors.Join(wrong...)
}

var secretShape = regexp.MustCompile(`^[!-~]{20,100}$`)

// HookSecret is what comes with each delivery of a webhook; empty where none is
// configured. The error names every fault of that part at once.
func (c Config) HookSecret() (string, error) {
	if c.Webhook.URL == "" {
		if c.Webhook.TokenFile != "" {
			return "", errors.New("webhook.url: is missing: give the public address of /hooks/trackdechets")
		}
		return "", nil
	}
	var wrong []error
	address, err := url.Parse(c.Webhook.URL)
	switch {
	case err != nil || address.Host == "" || address.User != nil || address.RawQuery != "" || address.Scheme != "https" && address.Scheme != "http":
		wrong = append(wrong, fmt.Errorf("webhook.url: %q is not an address such as https://sluss.example/hooks/trackdechets", c.Webhook.URL))
	case address.Scheme != "https" && c.Environment == environmentProduction:
		wrong = append(wrong, fmt.Errorf("webhook.url: %q: Trackdéchets tells https addresses only", c.Webhook.URL))
	}
	secret := strings.TrimSpace(os.Getenv(hookVariable))
	if secret == "" && c.Webhook.TokenFile != "" {
		raw, err := os.ReadFile(c.Webhook.TokenFile)
		if err != nil {
			return "", errors.Join(append(wrong, fmt.Errorf("webhook.token_file: %w", err))...)
		}
		secret = strings.TrimSpace(string(raw))
	}
	if !secretShape.MatchString(secret) {
		wrong = append(wrong, fmt.Errorf("webhook.token_file: want a secret of 20 to 100 characters on one line, there or in %s: `openssl rand -hex 32` makes one", hookVariable))
	}
	return secret, errors.Join(wrong...)
}
