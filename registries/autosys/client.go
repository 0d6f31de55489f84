package autosys

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	_ "time/tzdata" // days of transport and quotas are Oslo's, on machines without zone files too

	"sluss"
	"sluss/registries/once"
)

const (
	defaultTimeout = 15 * time.Second // of all calls of a submission together
	queryPath      = "/enkeltoppslag/kjoretoydata"
)

// Client asks the vehicle registry about the Norwegian vehicles of a leg. It is safe for concurrent use. Asking
// changes nothing at the registry, so no outcome is ever Unknown: after a failure the question is asked again.
type Client struct {
	address *url.URL
	key     string
	timeout time.Duration
	now     func() time.Time
	oslo    *time.Location
	http    *once.Client

	policies policies
	memory   Memory // nil: no answer is kept
	pending  *pending
}

// Options is what a client needs. Config.Open makes it from the configuration.
type Options struct {
	// BaseURL is the address of the registry up to, and without, /enkeltoppslag/kjoretoydata.
	BaseURL string
	// Key is the API key, without the word Apikey before it.
	Key string
	// Timeout is for all calls of one submission together; 0 means 15 s.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Policy is what each concern does to the verdict; the zero value is DefaultPolicy for every tenant.
	Policy PolicyConfig
	// Memory keeps answers for the day; nil means that each vehicle costs a call each time. See Remembering.
	Memory Memory
}

// New makes a client. Its error names everything that is wrong with the options.
func New(o Options) (*Client, error) {
	address, wrongAddress := parseBase(o.BaseURL)
	key, wrongKey := parseKey(o.Key)
	oslo, err := time.LoadLocation("Europe/Oslo")
	policies, wrongPolicy := o.Policy.policies()
	if err := errors.Join(wrongAddress, wrongKey, err, wrongPolicy); err != nil {
		return nil, fmt.Errorf("%s: %w", sluss.Autosys, err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{
		address: address.JoinPath(queryPath), key: key, timeout: cmp.Or(o.Timeout, defaultTimeout),
		now: o.Now, oslo: oslo,
		http:     once.New(once.Options{Limit: maxAnswer + 1}), // one byte more, to detect a longer answer
		policies: policies, memory: o.Memory, pending: &pending{busy: map[query]chan struct{}{}},
	}, nil
}

// Calls is how many calls of the quota a submission takes: one for each Norwegian vehicle of the leg that can be
// asked for and is not in memory. If it is 0, Submit makes no call. It fails if the memory does.
func (c *Client) Calls(ctx context.Context, content sluss.Content) (int, error) {
	vehicles := norwegian(content)
	recalled, err := c.recall(ctx, vehicles, c.today(c.now()))
	if err != nil {
		return 0, err
	}
	ask := map[query]bool{}
	for _, v := range vehicles {
		if _, known := recalled[v.query]; v.problem == nil && !known {
			ask[v.query] = true
		}
	}
	return len(ask), nil
}

// Submit looks up the Norwegian vehicles of the obligation's leg and gives the verdict on them as the outcome: Accepted
// with the clearance if they may go by the tenant's policy, Rejected with it if they may not, Deferred if the registry
// asks to wait. A vehicle that is in memory is not asked for again that day. The first answer that says nothing about
// its vehicle ends the submission, so that no calls are wasted. Its errors are ErrNotSent if not even the first call was
// sent, ErrUnavailable and ErrOperator.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	calls := callLog{started: c.now()}
	if err := serves(s.Content); err != nil {
		return sluss.Outcome{}, calls.exchange(c.now()), err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	vehicles := norwegian(s.Content)
	recalled, err := c.recall(ctx, vehicles, c.today(c.now().Add(-lag)))
	if err != nil {
		return sluss.Outcome{}, calls.exchange(c.now()), err
	}
	checked := []Checked{}
	for _, v := range vehicles {
		if v.problem != nil {
			checked = append(checked, v.checked(BadRequest{Detail: v.problem.Error()}))
			continue
		}
		answer, err := c.look(ctx, v.query, recalled, &calls)
		if err != nil {
			return sluss.Outcome{}, calls.exchange(c.now()), err
		}
		checked = append(checked, v.checked(answer))
		if hinders(answer) {
			break
		}
	}
	ended := c.now()
	result, err := outcome(s, c.policies.of(s.Content.Declaration.Tenant), c.day(s.Content), checked, ended.In(c.oslo))
	return result, calls.exchange(ended), err
}

// Find answers ErrAbsent: a look-up leaves nothing at the registry, so the question is asked again.
func (c *Client) Find(context.Context, sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	now := c.now()
	return sluss.Outcome{}, sluss.Exchange{Operation: "none", Started: now, Ended: now},
		fmt.Errorf("%w: a look-up changes nothing there", sluss.ErrAbsent)
}

// day is the midnight, in Oslo, of the day of transport: the day of the departure if it has happened, otherwise the
// planned day, or today if that is past.
func (c *Client) day(content sluss.Content) time.Time {
	leg := content.Obligation.Leg
	at := content.Declaration.Legs[leg-1].Departure
	if departed, happened := content.Happened(sluss.Departure(leg)); happened {
		at = departed.At
	} else if now := c.now(); at.Before(now) {
		at = now
	}
	return c.today(at)
}

// serves fails if the content is not for this registry: the product is then set up wrongly.
func serves(content sluss.Content) error {
	o := content.Obligation
	switch legs := len(content.Declaration.Legs); {
	case o.Report != sluss.ReportClearance:
		return fmt.Errorf("%w: the vehicle registry gives clearances only, and takes no report %s", sluss.ErrOperator, o.Report)
	case o.Leg < 1 || o.Leg > legs:
		return fmt.Errorf("%w: a clearance for leg %d of %d", sluss.ErrOperator, o.Leg, legs)
	}
	return nil
}

func parseBase(text string) (*url.URL, error) {
	const want = "give the address of the registry up to " + queryPath + ", such as https://akfell-datautlevering.atlas.vegvesen.no"
	if text == "" {
		return nil, errors.New("base_url is missing: " + want)
	}
	base, err := url.Parse(strings.TrimSuffix(strings.TrimRight(text, "/"), queryPath))
	switch {
	case err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("base_url is not a plain address: %s", want)
	case base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Hostname())):
		return nil, errors.New("base_url does not begin with https:// (or http:// for this machine itself): the key would be readable on the way")
	}
	return base, nil
}

// parseKey is the key as the header needs it. The error does not quote it.
func parseKey(text string) (string, error) {
	key := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "Apikey "))
	if key == "" {
		return "", errors.New("the API key is missing: name the file that holds it in key_file, or set " + KeyVariable)
	}
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return "", errors.New("the API key holds a space or a character outside ASCII: it must be the key and nothing else")
		}
	}
	return key, nil
}
