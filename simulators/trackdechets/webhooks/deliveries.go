package webhooks

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
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

// notices are the events that changes make: companies that a change takes off a document are told as well. A deleted BSDD
// makes two, one for each of its ids.
func notices(changes []records.Change) []notice {
	var made []notice
	for _, change := range changes {
		doc, old := change.After, change.Before
		k := kinds.Of(doc.Kind)
		if k == nil {
			continue
		}
		orgs := slices.Clone(k.Contributors(doc))
		if old != nil {
			orgs = append(orgs, k.Contributors(old)...)
		}
		hidden := func(d *records.Document) bool { return kinds.IsItem(d) && d.Status == kinds.Draft } // told when it is on a round
		switch {
		case hidden(doc):
		case doc.Deleted:
			made = append(made, notice{"DELETED", doc.ReadableID, orgs})
			if k.Opaque {
				made = append(made, notice{"DELETED", doc.ID, orgs})
			}
		case old == nil || hidden(old):
			made = append(made, notice{"CREATED", doc.ReadableID, orgs})
		default:
			made = append(made, notice{"UPDATED", doc.ReadableID, orgs})
		}
	}
	return made
}

// deliver sends each notice on its own, in the background and in no order. Events that are missed are not sent again.
func (d *Service) deliver(notices []notice) {
	for _, n := range notices {
		hooks := d.hooks(n.orgs)
		if len(hooks) == 0 {
			continue
		}
		d.sending.Go(func() { d.send(n, hooks) })
	}
}

// hooks are the active webhooks of companies.
func (d *Service) hooks(orgs []string) []*records.Document {
	return slices.DeleteFunc(d.Newest(hook), func(r *records.Document) bool {
		return !r.Truth("activated") || !slices.Contains(orgs, r.Text("orgId"))
	})
}

// send tries a notice three times. As at the real service a new attempt goes to all webhooks of the document, so that
// those that took it before get it twice.
func (d *Service) send(n notice, hooks []*records.Document) {
	body, err := json.Marshal([]notice{n})
	if err != nil {
		return
	}
	for attempt := range deliveryAttempts {
		if attempt > 0 {
			select {
			case <-time.After(d.Backoff):
			case <-d.stopped:
				return
			}
		}
		failed := false
		for _, to := range hooks {
			if !d.post(to, body) {
				failed = true
				d.failed(to)
			}
		}
		if !failed {
			return
		}
	}
}

// post sends one request; any 2xx is success. The header has a colon too many, as the real one.
func (d *Service) post(to *records.Document, body []byte) bool {
	endpoint, err := url.Parse(to.Text("endpointUri"))
	if err != nil {
		return false
	}
	// The client's timeout ends it: there is no caller to wait for it.
	req := &http.Request{Method: http.MethodPost, URL: endpoint, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Header: http.Header{
		"Authorization": {"Bearer: " + to.Text("token")}, "Content-Type": {"application/json"}, "User-Agent": {"axios/1.7.9"},
	}}
	res, err := d.client.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode >= 200 && res.StatusCode < 300
}

// failed counts an attempt that failed, and turns the webhook off with the sixth in ten minutes.
func (d *Service) failed(to *records.Document) {
	d.Lock()
	defer d.Unlock()
	key := hookKey{to.Text("orgId"), to.Text("endpointUri")}
	now := d.Now()
	seen := d.failures[key]
	if seen == nil || now.Sub(seen.last) > failureWindow {
		seen = &failures{}
		d.failures[key] = seen
	}
	seen.count++
	seen.last = now
	r, ok := d.Find(hook, to.ID)
	if seen.count <= mostFailures || !ok || !r.Truth("activated") || d.Closed() {
		return
	}
	r.Data["activated"] = false
	delete(d.failures, key)
	// Should the records not take it, the next failure turns it off again.
	_ = d.Commit(records.Job("webhook"), "", nil, r)
}
