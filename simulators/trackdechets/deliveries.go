package trackdechets

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	deliveryAttempts = 3
	deliveryTimeout  = 5 * time.Second
	mostFailures     = 5 // one failed attempt more turns a webhook off
	failureWindow    = 10 * time.Minute
)

// notice is one event about a document, for the webhooks of the companies on it. It says no more than that.
type notice struct {
	Action string `json:"action"` // CREATED, UPDATED, DELETED
	ID     string `json:"id"`     // the readable id
	orgs   []string
}

// notices are the events that an effect makes, worked out before it stands: companies that it takes off a document are
// told as well. A deleted BSDD makes two, one for each of its ids.
func (b *Backend) notices(forms []*Form, records []*Record) []notice {
	var made []notice
	for _, f := range forms {
		old, known := b.books.forms[f.ID]
		orgs := f.contributors()
		if known {
			orgs = slices.Concat(orgs, old.contributors())
		}
		switch {
		case f.isItem() && f.Status == Draft: // told when it is on a round
		case f.Deleted:
			made = append(made, notice{"DELETED", f.ReadableID, orgs}, notice{"DELETED", f.ID, orgs})
		case !known || (f.isItem() && old.Status == Draft):
			made = append(made, notice{"CREATED", f.ReadableID, orgs})
		default:
			made = append(made, notice{"UPDATED", f.ReadableID, orgs})
		}
	}
	for _, r := range records {
		orgs := documentParties(r)
		old, known := b.books.records[r.ID]
		if known {
			orgs = append(orgs, documentParties(old)...)
		}
		switch {
		case len(orgs) == 0:
		case r.Deleted:
			made = append(made, notice{"DELETED", r.ID, orgs})
		case !known:
			made = append(made, notice{"CREATED", r.ID, orgs})
		default:
			made = append(made, notice{"UPDATED", r.ID, orgs})
		}
	}
	return made
}

// deliver sends each notice on its own, in the background and in no order. Events that are missed are not sent again.
func (b *Backend) deliver(notices []notice) {
	for _, n := range notices {
		hooks := b.hooks(n.orgs)
		if len(hooks) == 0 {
			continue
		}
		b.sending.Go(func() { b.send(n, hooks) })
	}
}

// hooks are the active webhooks of companies.
func (b *Backend) hooks(orgs []string) []*Record {
	return slices.DeleteFunc(b.books.newestRecords(webhookRecord), func(r *Record) bool {
		return !truth(r.Data, "activated") || !slices.Contains(orgs, text(r.Data, "orgId"))
	})
}

// send tries a notice three times. As at the real service a new attempt goes to all webhooks of the document, so that
// those that took it before get it twice.
func (b *Backend) send(n notice, hooks []*Record) {
	body, err := json.Marshal([]notice{n})
	if err != nil {
		return
	}
	for attempt := range deliveryAttempts {
		if attempt > 0 {
			select {
			case <-time.After(b.options.WebhookBackoff):
			case <-b.stopped:
				return
			}
		}
		failed := false
		for _, hook := range hooks {
			if !b.post(hook, body) {
				failed = true
				b.failed(hook)
			}
		}
		if !failed {
			return
		}
	}
}

// post sends one request; any 2xx is success. The header has a colon too many, as the real one.
func (b *Backend) post(hook *Record, body []byte) bool {
	endpoint, err := url.Parse(text(hook.Data, "endpointUri"))
	if err != nil {
		return false
	}
	// The client's timeout ends it: there is no caller to wait for it.
	req := &http.Request{Method: http.MethodPost, URL: endpoint, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Header: http.Header{
		"Authorization": {"Bearer: " + text(hook.Data, "token")}, "Content-Type": {"application/json"}, "User-Agent": {"axios/1.7.9"},
	}}
	res, err := b.hooked.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode >= 200 && res.StatusCode < 300
}

// failed counts an attempt that failed, and turns the webhook off with the sixth in ten minutes.
func (b *Backend) failed(hook *Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := hookKey{text(hook.Data, "orgId"), text(hook.Data, "endpointUri")}
	now := b.now()
	seen := b.failures[key]
	if seen == nil || now.Sub(seen.last) > failureWindow {
		seen = &failures{}
		b.failures[key] = seen
	}
	seen.count++
	seen.last = now
	r, ok := b.books.record(webhookRecord, hook.ID)
	if seen.count <= mostFailures || !ok || !truth(r.Data, "activated") || b.closed {
		return
	}
	r.Data["activated"] = false
	delete(b.failures, key)
	// Should the books not take it, the next failure turns it off again.
	_ = b.stand(act{name: "webhook"}, nil, r)
}
