// Package webhooks tells companies of changes on their documents, and turns webhooks off that do not answer.
package webhooks

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// hook is the kind, in the records, of a webhook.
const hook = "webhook"

// Service serves webhooks. Make it with New; its methods expect the records to be locked.
type Service struct {
	*records.Store
	// Backoff is the wait before a notice is tried again.
	Backoff time.Duration
	// Local lets webhooks go to http, this machine and private networks.
	Local bool

	client   *http.Client
	sending  sync.WaitGroup // notices under way
	stopped  chan struct{}  // closed by Close
	failures map[hookKey]*failures
}

// New tells webhooks of every change in the records.
func New(b *records.Store, backoff time.Duration, local bool) *Service {
	d := &Service{
		Store: b, Backoff: backoff, Local: local, client: &http.Client{Timeout: deliveryTimeout},
		stopped: make(chan struct{}), failures: map[hookKey]*failures{},
	}
	b.OnChange(func(changes []records.Change) { d.deliver(notices(changes)) })
	return d
}

// Close waits for notices under way, five seconds at most. It must be called once, with the records closed and not locked.
func (d *Service) Close() {
	close(d.stopped)
	d.sending.Wait()
}

// Resolvers are the root fields of webhooks.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{}
	for name, resolve := range map[string]func(*graphql.Call) (any, error){
		"webhooksetting": d.one, "webhooksettings": d.list, "createWebhookSetting": d.create, "updateWebhookSetting": d.update, "deleteWebhookSetting": d.remove,
	} {
		all.Add(name, resolve)
	}
	return all
}

const (
	shortestToken = 20
	longestToken  = 100
)

const notForWebhooks = "Vous n'avez pas la permission de gérer les webhooks de cet établissement."

// create makes a company's webhook; only its ADMIN may.
func (d *Service) create(c *graphql.Call) (any, error) {
	input := c.Object("input")
	company, ok := d.CompanyOf(tree.Text(input, "companyId"))
	if !ok {
		return nil, refusal.BadInput("Cet établissement n'existe pas dans Trackdéchets")
	}
	if c.User.Roles[company.ID()] != companies.Admin {
		return nil, refusal.BadInput(notForWebhooks)
	}
	if err := refusal.Invalid(d.complaints(input)); err != nil {
		return nil, err
	}
	for _, r := range d.Newest(hook) {
		if r.Text("orgId") == company.ID() {
			return nil, refusal.BadInput("Cet établissement a atteint son nombre maximum de webhooks (1).")
		}
	}
	data := map[string]any{"orgId": company.ID()}
	tree.Merge(data, input)
	delete(data, "companyId")
	return d.Keep(c, d.New(hook, records.NewID(), data), nil)
}

func (d *Service) update(c *graphql.Call) (any, error) {
	r, err := d.own(c)
	if err != nil {
		return nil, err
	}
	input := c.Object("input")
	if err := refusal.Invalid(d.complaints(input)); err != nil {
		return nil, err
	}
	tree.Merge(r.Data, input)
	if tree.Truth(input, "activated") {
		delete(d.failures, hookKey{r.Text("orgId"), r.Text("endpointUri")})
	}
	return d.Keep(c, r, nil)
}

func (d *Service) remove(c *graphql.Call) (any, error) {
	r, err := d.own(c)
	if err != nil {
		return nil, err
	}
	r.Deleted = true
	return d.Keep(c, r, nil)
}

func (d *Service) one(c *graphql.Call) (any, error) {
	r, err := d.own(c)
	if err != nil {
		return nil, err
	}
	return r.Wire(), nil
}

func (d *Service) list(c *graphql.Call) (any, error) {
	var nodes []graphql.Node
	for _, r := range d.Newest(hook) {
		if c.User.Roles[r.Text("orgId")] == companies.Admin {
			nodes = append(nodes, graphql.Node{Cursor: r.ID, Value: r.Wire()})
		}
	}
	return graphql.Connection(c.Args, nodes, 50, 500)
}

// own finds a webhook of a company of which the user is ADMIN.
func (d *Service) own(c *graphql.Call) (*records.Document, error) {
	id := c.Text("id")
	r, ok := d.Find(hook, id)
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf("Le webhook avec l'identifiant \"%s\" n'existe pas.", id))
	}
	if c.User.Roles[r.Text("orgId")] != companies.Admin {
		return nil, refusal.BadInput(notForWebhooks)
	}
	return r, nil
}

func (d *Service) complaints(input map[string]any) []string {
	var found []string
	if endpoint, given := input["endpointUri"].(string); given && !d.Safe(endpoint) {
		found = append(found, "URL de webhook non sécurisée ou invalide")
	}
	if token, given := input["token"].(string); given {
		if len(token) < shortestToken {
			found = append(found, fmt.Sprintf("token must be at least %d characters", shortestToken))
		}
		if len(token) > longestToken {
			found = append(found, fmt.Sprintf("token must be at most %d characters", longestToken))
		}
	}
	return found
}

// Safe tells whether an endpoint may be called: only https, and neither this machine nor a private network, unless the options allow it.
func (d *Service) Safe(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return false
	}
	if d.Local {
		return u.Scheme == "https" || u.Scheme == "http"
	}
	host := strings.ToLower(u.Hostname())
	if u.Scheme != "https" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	ip := net.ParseIP(host)
	inside := ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()
	return ip == nil || !inside
}

// hookKey is whose failures are counted together.
type hookKey struct{ org, endpoint string }

type failures struct {
	count int
	last  time.Time
}
