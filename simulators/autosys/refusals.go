package autosys

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // the quota follows Oslo's midnight on machines without zone files too
)

// overMinute says whether the key has used up its calls of the last 60 seconds, and when it may call again.
func (r *Registry) overMinute(key string, now time.Time) (time.Time, bool) {
	if r.options.PerMinute == 0 {
		return time.Time{}, false
	}
	recent := []time.Time{}
	for _, call := range slices.Backward(r.records) {
		if now.Sub(call.At) >= time.Minute {
			break
		}
		if call.Key == key && call.Counted {
			recent = append(recent, call.At)
		}
	}
	if len(recent) < r.options.PerMinute {
		return time.Time{}, false
	}
	return recent[r.options.PerMinute-1].Add(time.Minute), true
}

// overQuota refuses with 429 or 422 until the given time.
func (r *Registry) overQuota(status int, now, until time.Time) reply {
	refused := r.refuse(status, "the quota is spent, try again after midnight (Norwegian time)")
	if status == http.StatusUnprocessableEntity {
		refused.contentType, refused.body = mediaText, []byte("Antall kjoretoy i respons overstiger kvote")
	}
	switch r.options.RetryAfter {
	case RetryAfterSeconds:
		wait := until.Sub(now) + time.Second - 1
		refused.retryAfter = strconv.Itoa(int(wait / time.Second))
	case RetryAfterDate:
		refused.retryAfter = until.Add(time.Second - 1).Truncate(time.Second).UTC().Format(http.TimeFormat)
	case RetryAfterNone:
	}
	return refused
}

func (r *Registry) refuse(status int, why string) reply {
	refused := reply{status: status}
	switch r.options.ErrorBody {
	case ErrorBodyText:
		refused.contentType, refused.body = mediaText, []byte(why)
	case ErrorBodyJSON:
		refused.contentType = mediaJSON
		refused.body = encode(object{"status": status, "error": http.StatusText(status), "message": why})
	case ErrorBodyEmpty:
	}
	return refused
}

// nextMidnight is the next start of a calendar day in the zone. A day there has 23 to 25 hours.
func nextMidnight(now time.Time, zone *time.Location) time.Time {
	year, month, day := now.In(zone).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, zone)
}
