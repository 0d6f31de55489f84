package autosys

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter is the header Retry-After: a wait, or a point in time. The zero value says nothing, as does a header
// that cannot be read; the registry's quota then ends at midnight in Oslo.
type RetryAfter struct {
	Wait time.Duration // from the moment of the answer
	At   time.Time     // UTC
}

// From is when to call again, for an answer that came at the given time, and whether the registry said so.
// It can lie before that time, where the clocks differ.
func (r RetryAfter) From(answered time.Time) (time.Time, bool) {
	switch {
	case r.Wait > 0:
		return answered.Add(r.Wait), true
	case !r.At.IsZero():
		return r.At, true
	}
	return time.Time{}, false
}

// longestWait keeps a nonsensical number of seconds from turning into a nonsensical time.
const longestWait = 366 * 24 * time.Hour

// parseRetryAfter reads both forms that HTTP knows, whole seconds and a date (RFC 9110, section 10.2.3).
func parseRetryAfter(header string) RetryAfter {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		if seconds > 0 && seconds <= int64(longestWait/time.Second) {
			return RetryAfter{Wait: time.Duration(seconds) * time.Second}
		}
		return RetryAfter{}
	}
	if at, err := http.ParseTime(header); err == nil {
		return RetryAfter{At: at.UTC()}
	}
	return RetryAfter{}
}
