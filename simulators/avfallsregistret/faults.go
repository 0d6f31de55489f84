package avfallsregistret

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// FaultKind is a way to misbehave.
type FaultKind string

// The ways to misbehave. "Before" means that the call has no effect; "after" that its note is in the records (or its
// annulment) and only the answer is wrong. A fault of the after kind waits for a call that has an effect; SlowAnswer
// and Respelt take any call.
const (
	TooMany      FaultKind = "tooMany"      // before: 429, with Retry-After when RetryAfterSeconds is set
	Down         FaultKind = "down"         // before: Status (default 503) in the gateway's format
	LostRequest  FaultKind = "lostRequest"  // before: the connection is closed without an answer
	TokenExpired FaultKind = "tokenExpired" // before: the call's token is revoked and 401 answered
	LostAnswer   FaultKind = "lostAnswer"   // after: the connection is closed without an answer
	FailedAfter  FaultKind = "failedAfter"  // after: Status (default 500) in the gateway's format
	HTMLAnswer   FaultKind = "htmlAnswer"   // after: 200 with a page of HTML
	NullID       FaultKind = "nullId"       // after: 200 with a null waste id
	OlderAnswer  FaultKind = "olderAnswer"  // after: 201 with AvfallsId, as in the agency's older example
	SlowAnswer   FaultKind = "slowAnswer"   // after: the right answer, DelayMillis late
	Respelt      FaultKind = "respelt"      // after: the right answer, its keys with the other case of their first letters
)

type phase int

const (
	before phase = iota
	after
)

var phases = map[FaultKind]phase{
	TooMany: before, Down: before, LostRequest: before, TokenExpired: before,
	LostAnswer: after, FailedAfter: after, HTMLAnswer: after, NullID: after, OlderAnswer: after,
	SlowAnswer: after, Respelt: after,
}

// Fault is misbehaviour to come: which calls it spoils, how many, and how. Empty conditions match any call of the API.
type Fault struct {
	Kind     FaultKind `json:"kind"`
	Method   string    `json:"method,omitempty"`   // e.g. POST
	Path     string    `json:"path,omitempty"`     // start of the path below BasePath, e.g. /transporter; or TokenPath
	Referens string    `json:"referens,omitempty"` // part of the note's referens
	// Match is a further condition on the request, whose body has been read and is given beside it.
	Match func(request *http.Request, body []byte) bool `json:"-"`
	Skip  int                                           `json:"skip,omitempty"`  // matching calls to let pass first
	Count int                                           `json:"count,omitempty"` // calls to spoil; 0 means 1

	Status            int `json:"status,omitempty"`            // for Down and FailedAfter
	RetryAfterSeconds int `json:"retryAfterSeconds,omitempty"` // for TooMany and Down
	DelayMillis       int `json:"delayMs,omitempty"`           // waited before any spoilt answer, not longer than the caller waits
}

func (f Fault) check() error {
	var wrong []error
	if _, known := phases[f.Kind]; !known {
		wrong = append(wrong, fmt.Errorf("kind %q is unknown: want one of tooMany, down, lostRequest, tokenExpired, "+
			"lostAnswer, failedAfter, htmlAnswer, nullId, olderAnswer, slowAnswer, respelt", f.Kind))
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		wrong = append(wrong, fmt.Errorf("status %d is no error: want 400 to 599", f.Status))
	}
	if f.Path != "" && !strings.HasPrefix(f.Path, "/") {
		wrong = append(wrong, fmt.Errorf("path %q: want a slash first, below %s", f.Path, BasePath))
	}
	if min(f.Skip, f.Count, f.RetryAfterSeconds, f.DelayMillis) < 0 {
		wrong = append(wrong, errors.New("skip, count, retryAfterSeconds and delayMs must not be negative"))
	}
	return errors.Join(wrong...)
}

func (f Fault) matches(c call) bool {
	if c.path == TokenPath && f.Path != TokenPath {
		return false
	}
	if f.Method != "" && !strings.EqualFold(f.Method, c.Method) || !strings.HasPrefix(c.path, f.Path) {
		return false
	}
	if f.Referens != "" {
		body, err := readObject(c.body)
		if err != nil {
			return false
		}
		if referens, _ := body.text("referens"); !strings.Contains(referens, f.Referens) {
			return false
		}
	}
	return f.Match == nil || f.Match(c.Request, c.body)
}

// faults are due in the order given; a call takes at most one before its effect and one after.
type faults struct {
	mu   sync.Mutex
	list []Fault
}

// Fault adds misbehaviour to come. It fails on a fault that could never be or that contradicts itself.
func (r *Registry) Fault(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	f.Count = max(f.Count, 1)
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	r.faults.list = append(r.faults.list, f)
	return nil
}

// Faults is the misbehaviour still to come, with what is left of each count.
func (r *Registry) Faults() []Fault {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	return slices.Clone(r.faults.list)
}

// ClearFaults calls all misbehaviour off.
func (r *Registry) ClearFaults() {
	r.faults.mu.Lock()
	defer r.faults.mu.Unlock()
	r.faults.list = nil
}

func (q *faults) take(c call, when phase, effect bool) *Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.list {
		f := &q.list[i]
		if phases[f.Kind] != when || when == after && !effect && f.Kind != SlowAnswer && f.Kind != Respelt || !f.matches(c) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		due := *f
		if f.Count--; f.Count == 0 {
			q.list = slices.Delete(q.list, i, i+1)
		}
		return &due
	}
	return nil
}

// spoilt is what a call gets for the fault in place of its right answer.
func (r *Registry) spoilt(c call, f *Fault, right *answer) *answer {
	if f.DelayMillis > 0 {
		select {
		case <-time.After(time.Duration(f.DelayMillis) * time.Millisecond):
		case <-c.Context().Done():
		}
	}
	var reply *answer
	switch f.Kind {
	case TooMany:
		reply = r.gateway(http.StatusTooManyRequests, 900802, "Message throttled out")
	case Down:
		reply = r.gateway(status(f, http.StatusServiceUnavailable), 303001, "Currently, Address endpoint is suspended")
	case TokenExpired:
		r.revoke(bearerOf(c.Request))
		return r.gateway(http.StatusUnauthorized, 900901, "Invalid Credentials")
	case LostRequest, LostAnswer:
		return &answer{lost: true}
	case FailedAfter:
		return r.gateway(status(f, http.StatusInternalServerError), 0, "Unexpected error")
	case HTMLAnswer:
		return htmlAnswer(http.StatusOK, "Tjänsten är tillfälligt otillgänglig")
	case NullID:
		return jsonAnswer(r.options.SuccessStatus, map[string]any{r.options.SuccessKey: nil})
	case OlderAnswer:
		return older(right)
	case Respelt:
		return respelt(right)
	case SlowAnswer:
		return right
	}
	if f.RetryAfterSeconds > 0 {
		reply.retryAfter = seconds(time.Duration(f.RetryAfterSeconds) * time.Second)
	}
	return reply
}

// older is the answer to a note in the agency's older example; any other answer stays as it is.
func older(right *answer) *answer {
	var success map[string]string
	if json.Unmarshal(right.body, &success) != nil {
		return right
	}
	for _, id := range success {
		return jsonAnswer(http.StatusCreated, map[string]string{"AvfallsId": id})
	}
	return right
}

// respelt turns the first letters of all keys of a JSON answer; any other answer stays as it is.
func respelt(right *answer) *answer {
	var value any
	if json.Unmarshal(right.body, &value) != nil {
		return right
	}
	reply := jsonAnswer(right.status, respell(value))
	reply.retryAfter = right.retryAfter
	return reply
}

func respell(value any) any {
	switch v := value.(type) {
	case map[string]any:
		turned := make(map[string]any, len(v))
		for key, inner := range v {
			first := strings.ToUpper(key[:1])
			if first == key[:1] {
				first = strings.ToLower(first)
			}
			turned[first+key[1:]] = respell(inner)
		}
		return turned
	case []any:
		for i, inner := range v {
			v[i] = respell(inner)
		}
	}
	return value
}

func status(f *Fault, otherwise int) int {
	if f.Status != 0 {
		return f.Status
	}
	return otherwise
}
