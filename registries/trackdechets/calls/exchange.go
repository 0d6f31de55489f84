package calls

import (
	"net/http"
	"strconv"
	"time"

	"sluss"
)

// NotMade is what to record of a call that was not made.
func NotMade(operation string) sluss.Exchange {
	now := time.Now()
	return sluss.Exchange{Operation: operation, Started: now, Ended: now}
}

// Exchange is what to record of the session's call.
func (s *Session) Exchange() sluss.Exchange {
	if s.Started.IsZero() {
		return NotMade(s.name)
	}
	return sluss.Exchange{
		Operation: s.name, Request: s.request, Status: s.Status, Response: redacted(s.Body),
		TraceID: readAnswer(s.Body).trace(), Started: s.Started, Ended: s.Ended, Counter: s.counter(),
	}
}

// counter is the registry's own count of calls from this address, by whomever; nil
// where the answer does not tell. Its window is fixed and begins with the first
// call. Times are by its own clock.
func (s *Session) counter() *sluss.Counter {
	var numbers [3]int64
	for i, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		n, err := strconv.ParseInt(s.Header.Get(name), 10, 64)
		if err != nil {
			return nil
		}
		numbers[i] = n
	}
	limit, left, reset, window := numbers[0], numbers[1], time.Unix(numbers[2], 0), s.client.options.Window
	now, err := http.ParseTime(s.Header.Get("Date"))
	since := now.Add(window).Sub(reset)
	if err != nil || since < 0 || since > window+time.Second || left < 0 || limit < left {
		return nil
	}
	return &sluss.Counter{Used: int(limit - left), Since: since}
}

// TheirStart is a moment by the registry's clock at which the call had not yet
// reached it; zero where it does not tell the time.
func (s *Session) TheirStart() time.Time {
	theirs, err := http.ParseTime(s.Header.Get("Date")) // cut to the second
	if err != nil {
		return time.Time{}
	}
	return theirs.Add(s.Started.Sub(s.Ended)).UTC()
}
