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
// one key should share one. What it holds is personal data and need not be kept longer than a day.
type Memory interface {
	// RecallLookup is the answer under the key, if it was asked for at since or later; status 0 where there is none.
	RecallLookup(ctx context.Context, key string, since time.Time) (status int, body []byte, err error)
	// RememberLookup keeps an answer, in place of an earlier one under the key.
	RememberLookup(ctx context.Context, key string, asked time.Time, status int, body []byte) error
}

// key names the query in a memory: SHA-256 over its kind and the normalised number, in hex. That keeps plates out of
// sight, not out of reach: there are few enough to try them all.
func (q query) key() string {
	sum := sha256.Sum256([]byte(q.parameter + "\n" + q.value))
	return hex.EncodeToString(sum[:])
}

// Remembering is the client with a memory: what the registry has said about a vehicle holds until midnight in Oslo.
func (c *Client) Remembering(m Memory) *Client {
	remembering := *c
	remembering.memory = m
	return &remembering
}

// lag is how long past midnight the answers of the day before still do for a submission: its calls are counted, and
// given their reservations, just before it is made.
const lag = time.Minute

// today is the beginning of the day in Oslo of that time.
func (c *Client) today(at time.Time) time.Time {
	year, month, day := at.In(c.oslo).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, c.oslo)
}

// said is an answer as it came, from the registry or from memory.
type said struct {
	status int
	body   []byte
}

// recall is what the memory has of the queries from since on. Its error says that nothing was sent.
func (c *Client) recall(ctx context.Context, vehicles []asking, since time.Time) (map[query]said, error) {
	recalled := map[query]said{}
	if c.memory == nil {
		return recalled, nil
	}
	for _, v := range vehicles {
		if _, done := recalled[v.query]; v.problem != nil || done {
			continue
		}
		status, body, err := c.memory.RecallLookup(ctx, v.query.key(), since)
		if err != nil {
			return nil, fmt.Errorf("%w: what the vehicle registry said today cannot be recalled: %w", sluss.ErrNotSent, err)
		}
		if status != 0 {
			recalled[v.query] = said{status, body}
		}
	}
	return recalled, nil
}

// look is what the registry says to the query: what it said today, else what it says now. Of several that look for
// the same vehicle one asks, and the others wait for what it hears.
func (c *Client) look(ctx context.Context, q query, recalled map[query]said, calls *callLog) (Answer, error) {
	known, ok := recalled[q]
	if !ok && c.memory != nil {
		defer c.turns.take(ctx, q)()
		// Somebody may have asked meanwhile. If that cannot be told, there is a reservation for asking.
		if status, body, err := c.memory.RecallLookup(ctx, q.key(), c.today(c.now())); err == nil && status != 0 {
			known, ok = said{status, body}, true
		}
	}
	if ok {
		calls.recall(q, known)
		return Classify(known.status, nil, known.body), nil
	}
	answer, err := c.ask(ctx, q, calls)
	if err == nil && tellsOfVehicle(answer) {
		asked := calls.calls[len(calls.calls)-1]
		recalled[q] = said{asked.status, asked.body}
		if c.memory != nil {
			c.remember(ctx, q, asked)
		}
	}
	return answer, err
}

// remember keeps an answer, also where the submission's own time is up. One that cannot be kept costs a call more, no
// more than that.
func (c *Client) remember(ctx context.Context, q query, asked call) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = c.memory.RememberLookup(ctx, q.key(), asked.at, asked.status, asked.body)
}

// tellsOfVehicle: it will be said again today. A 404 may also come from a wrong address of the registry.
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

// turns lets one at a time look for a vehicle.
type turns struct {
	lock sync.Mutex
	busy map[query]chan struct{}
}

// take waits for the turn, or until the context ends: the call then fails by itself.
func (t *turns) take(ctx context.Context, q query) (give func()) {
	for {
		t.lock.Lock()
		other, taken := t.busy[q]
		if !taken {
			mine := make(chan struct{})
			t.busy[q] = mine
			t.lock.Unlock()
			return func() {
				t.lock.Lock()
				delete(t.busy, q)
				t.lock.Unlock()
				close(mine)
			}
		}
		t.lock.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return func() {}
		}
	}
}
