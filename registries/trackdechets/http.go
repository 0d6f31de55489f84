package trackdechets

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"sluss"
	"sluss/registries/once"
)

// call is one GraphQL operation on behalf of an organisation.
type call struct {
	name      string // of the root field that decides, such as "markAsSealed"
	operation string // as its document names it
	query     string
	variables any
	actor     actor
}

// actor is the organisation whose token goes with a call.
type actor struct {
	id    string // SIRET, or VAT number of a foreign one
	token string
}

// reply is what came back of one call.
type reply struct {
	call    call
	request string
	window  time.Duration
	once.Reply
}

func (r reply) exchange() sluss.Exchange {
	return sluss.Exchange{
		Operation: r.call.name, Request: r.request, Status: r.Status, Response: redacted(r.Body),
		TraceID: readAnswer(r.Body).trace(), Started: r.Started, Ended: r.Ended, Counter: r.counter(),
	}
}

// counter is the service's own count of calls from this address, by whomever;
// nil where the answer does not tell. Its window is fixed and begins with the
// first call. Times are by its own clock.
func (r reply) counter() *sluss.Counter {
	var numbers [3]int64
	for i, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		n, err := strconv.ParseInt(r.Header.Get(name), 10, 64)
		if err != nil {
			return nil
		}
		numbers[i] = n
	}
	limit, left, reset := numbers[0], numbers[1], time.Unix(numbers[2], 0)
	now, err := http.ParseTime(r.Header.Get("Date"))
	if since := now.Add(r.window).Sub(reset); err == nil && since >= 0 && since <= r.window+time.Second && left >= 0 && limit >= left {
		return &sluss.Counter{Used: int(limit - left), Since: since}
	}
	return nil
}

// wire is the call as it is sent.
func (c call) wire() map[string]any {
	return map[string]any{"operationName": c.operation, "query": c.query, "variables": c.variables}
}

// send makes one call and waits for its whole answer.
func (c *Client) send(ctx context.Context, what call) reply { return c.post(ctx, what, what.wire()) }

func (c *Client) post(ctx context.Context, what call, content any) reply {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := json.Marshal(content)
	if err != nil {
		now := time.Now()
		return reply{call: what, Reply: once.Reply{Err: err, Started: now, Ended: now}}
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Authorization": {"Bearer " + what.actor.token},
	}
	return reply{call: what, request: redacted(body), window: c.window, Reply: c.http.Do(ctx, http.MethodPost, c.url, header, body)}
}
