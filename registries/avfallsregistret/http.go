package avfallsregistret

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sluss"
	"sluss/registries/once"
)

// reply is what came back of one call.
type reply struct {
	operation string
	request   string
	tracking  string
	once.Reply
}

func (r reply) exchange() sluss.Exchange {
	answer, _, _ := readFelsvar(r.Body)
	return sluss.Exchange{
		Operation: r.operation, Request: r.request, Status: r.Status, Response: strings.ReplaceAll(strings.ToValidUTF8(string(r.Body), "\uFFFD"), "\x00", "\uFFFD"),
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

// expired says that our own certificate is of no use now.
func (c *Client) expired(now time.Time) error {
	if leaf := c.leaf; now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return fmt.Errorf("%w: the client certificate is valid from %s to %s: put a new one in its place",
			sluss.ErrOperator, leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}
