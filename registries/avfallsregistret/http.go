package avfallsregistret

import (
	"context"
	"net/http"
	"strings"

	"sluss"
	"sluss/registries/once"
)

// reply is the result of one call.
type reply struct {
	operation string
	request   string
	tracking  string
	once.Reply
}

// longestRecord is how much of an answer is kept in an exchange.
const longestRecord = 256 << 10

func (r reply) exchange() sluss.Exchange {
	answer, _, _ := readFelsvar(r.Body)
	kept := string(r.Body[:min(len(r.Body), longestRecord)])
	return sluss.Exchange{
		Operation: r.operation, Request: r.request, Status: r.Status, Response: strings.ReplaceAll(strings.ToValidUTF8(kept, "\uFFFD"), "\x00", "\uFFFD"),
		TrackingID: r.tracking, TraceID: answer.TraceID, Started: r.Started, Ended: r.Ended,
	}
}

// send makes one call and waits for its whole answer.
func (c *Client) send(ctx context.Context, operation, method, url string, body []byte, header http.Header) reply {
	return reply{
		operation: operation, request: string(body), tracking: header.Get(trackingHeader),
		Reply: c.http.Do(ctx, method, url, header, body),
	}
}
