package autosys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"sluss"
)

// Memory keeps the registry's answers about vehicles, so that a vehicle costs one call a day. All processes that use
// one key should share one memory. It holds personal data, which need not be kept for more than a day.
type Memory interface {
	// RecallLookup returns the answer under the key, if it was asked for at since or later; status 0 if there is none.
	RecallLookup(ctx context.Context, key string, since time.Time) (status int, body []byte, err error)
	// RememberLookup keeps an answer and replaces an earlier one under the key.
	RememberLookup(ctx context.Context, key string, asked time.Time, status int, body []byte) error
}

// key names the query in a memory: SHA-256 over its parameter and the normalised number, in hex. It hides plates from
// view but does not protect them: there are few enough to try them all.
func (q query) key() string {
	sum := sha256.Sum256([]byte(q.parameter + "\n" + q.value))
	return hex.EncodeToString(sum[:])
}

// Remembering is the client with a memory: an answer about a vehicle is used again until midnight in Oslo.
func (c *Client) Remembering(m Memory) *Client {
	remembering := *c
	remembering.memory = m
	return &remembering
}

// lag is how long past midnight a submission may still use the answers of the day before: its calls are counted, and
// reserved, just before it is made.
const lag = time.Minute

// today is the start of the given time's day in Oslo.
func (c *Client) today(at time.Time) time.Time {
	year, month, day := at.In(c.oslo).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, c.oslo)
}

// reply is an answer as it came, from the registry or from memory.
type reply struct {
	status int
	body   []byte
}

// recall returns the answers that the memory has had for the queries since the given time. Its error is ErrNotSent.
func (c *Client) recall(ctx context.Context, vehicles []asking, since time.Time) (map[query]reply, error) {
	recalled := map[query]reply{}
	if c.memory == nil {
		return recalled, nil
	}
	for _, v := range vehicles {
		if _, done := recalled[v.query]; v.problem != nil || done {
			continue
		}
		status, body, err := c.memory.RecallLookup(ctx, v.query.key(), since)
		if err != nil {
			return nil, fmt.Errorf("%w: the vehicle registry's answers of today cannot be read from memory: %w", sluss.ErrNotSent, err)
		}
		if status != 0 {
			recalled[v.query] = reply{status, body}
		}
	}
	return recalled, nil
}

// look returns the registry's answer to the query, from memory if it was given today. If several ask for the same
// vehicle at once, one calls and the others wait for its answer.
func (c *Client) look(ctx context.Context, q query, recalled map[query]reply, calls *callLog) (Answer, error) {
	known, ok := recalled[q]
	if !ok && c.memory != nil {
		defer c.pending.enter(ctx, q)()
		// Somebody may have asked in the meantime. If the memory fails, the call is made: it is reserved.
		if status, body, err := c.memory.RecallLookup(ctx, q.key(), c.today(c.now())); err == nil && status != 0 {
			known, ok = reply{status, body}, true
		}
	}
	if ok {
		calls.recall(q, known)
		return Classify(known.status, nil, known.body), nil
	}
	answer, err := c.ask(ctx, q, calls)
	if err == nil && tellsOfVehicle(answer) {
		asked := calls.calls[len(calls.calls)-1]
		recalled[q] = reply{asked.status, asked.body}
		if c.memory != nil {
			c.remember(ctx, q, asked)
		}
	}
	return answer, err
}

// remember keeps an answer, even if the time of the submission is up. An error is ignored, because it only costs one
// more call.
func (c *Client) remember(ctx context.Context, q query, asked call) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = c.memory.RememberLookup(ctx, q.key(), asked.at, asked.status, asked.body)
}

// tellsOfVehicle says whether the answer is about the vehicle and may be remembered. A 404 is not: it may also come
// from a wrong address of the registry.
func tellsOfVehicle(a Answer) bool {
	switch answer := a.(type) {
	case Found:
		return true
	case Withheld:
		return true
	case NotFound:
		return answer.Status != http.StatusNotFound
	}
	return false
}

// pending holds the queries that are being made, so that each vehicle is asked for by one caller at a time.
type pending struct {
	lock sync.Mutex
	busy map[query]chan struct{}
}

// enter waits until nobody else makes the query, or until the context ends; the call then fails by itself. The caller
// must call leave when its answer is in memory.
func (p *pending) enter(ctx context.Context, q query) (leave func()) {
	for {
		p.lock.Lock()
		other, busy := p.busy[q]
		if !busy {
			done := make(chan struct{})
			p.busy[q] = done
			p.lock.Unlock()
			return func() {
				p.lock.Lock()
				delete(p.busy, q)
				p.lock.Unlock()
				close(done)
			}
		}
		p.lock.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return func() {}
		}
	}
}
