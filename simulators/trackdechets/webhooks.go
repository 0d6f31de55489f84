package trackdechets

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

const (
	shortestToken = 20
	longestToken  = 100
)

const notForWebhooks = "Vous n'avez pas la permission de gérer les webhooks de cet établissement."

// createWebhook makes a company's webhook; only its ADMIN may.
func (b *Backend) createWebhook(c *call) (any, error) {
	input := object(c.args, "input")
	company, ok := b.companyOf(text(input, "companyId"))
	if !ok || c.user.Roles[company.id()] != Admin {
		return nil, badInput(notForWebhooks)
	}
	if err := invalid(b.webhookComplaints(input)); err != nil {
		return nil, err
	}
	for _, r := range b.books.newestRecords(webhookRecord) {
		if text(r.Data, "orgId") == company.id() {
			return nil, badInput("Cet établissement a atteint son nombre maximum de webhooks (1).")
		}
	}
	data := map[string]any{"orgId": company.id()}
	merge(data, input)
	delete(data, "companyId")
	return b.commitRecord(c, b.record(webhookRecord, newID(), data), nil)
}

func (b *Backend) updateWebhook(c *call) (any, error) {
	r, err := b.ownWebhook(c)
	if err != nil {
		return nil, err
	}
	input := object(c.args, "input")
	if err := invalid(b.webhookComplaints(input)); err != nil {
		return nil, err
	}
	merge(r.Data, input)
	if truth(input, "activated") {
		delete(b.failures, hookKey{text(r.Data, "orgId"), text(r.Data, "endpointUri")})
	}
	return b.commitRecord(c, r, nil)
}

func (b *Backend) deleteWebhook(c *call) (any, error) {
	r, err := b.ownWebhook(c)
	if err != nil {
		return nil, err
	}
	r.Deleted = true
	return b.commitRecord(c, r, nil)
}

func (b *Backend) webhook(c *call) (any, error) {
	r, err := b.ownWebhook(c)
	if err != nil {
		return nil, err
	}
	return r.wire(), nil
}

func (b *Backend) webhooks(c *call) (any, error) {
	var nodes []node
	for _, r := range b.books.newestRecords(webhookRecord) {
		if c.user.Roles[text(r.Data, "orgId")] == Admin {
			nodes = append(nodes, node{r.ID, r.wire()})
		}
	}
	return connection(c.args, nodes, 50, 500)
}

// ownWebhook finds a webhook of a company of which the user is ADMIN.
func (b *Backend) ownWebhook(c *call) (*Record, error) {
	id := text(c.args, "id")
	r, ok := b.books.record(webhookRecord, id)
	if !ok {
		return nil, badInput(fmt.Sprintf("Le webhook avec l'identifiant \"%s\" n'existe pas.", id))
	}
	if c.user.Roles[text(r.Data, "orgId")] != Admin {
		return nil, badInput(notForWebhooks)
	}
	return r, nil
}

func (b *Backend) webhookComplaints(input map[string]any) []string {
	var found []string
	if endpoint, given := input["endpointUri"].(string); given && !b.isSafe(endpoint) {
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

// isSafe: only https, and neither this machine nor a private network, unless the options allow it.
func (b *Backend) isSafe(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return false
	}
	if b.options.LocalWebhooks {
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
