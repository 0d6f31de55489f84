package trackdechets

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"sluss"
	"sluss/registries/once"
)

// call is one GraphQL operation on behalf of an organisation.
type call struct {
	name      string // of the root field that decides, such as "markAsSealed"
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
	once.Reply
}

func (r reply) exchange() sluss.Exchange {
	return sluss.Exchange{
		Operation: r.call.name, Request: r.request, Status: r.Status, Response: string(r.Body),
		TraceID: readAnswer(r.Body).trace(), Started: r.Started, Ended: r.Ended,
	}
}

// send makes one call and waits for its whole answer.
func (c *Client) send(ctx context.Context, what call) reply {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	body, err := json.Marshal(map[string]any{"query": what.query, "variables": what.variables})
	if err != nil {
		now := time.Now()
		return reply{call: what, Reply: once.Reply{Err: err, Started: now, Ended: now}}
	}
	header := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Authorization": {"Bearer " + what.actor.token},
	}
	return reply{call: what, request: string(body), Reply: c.http.Do(ctx, http.MethodPost, c.url, header, body)}
}
