package tree

import (
	"regexp"
	"strconv"
	"time"
)

// WireTime is the form of every date-time on the wire, in UTC.
const WireTime = "2006-01-02T15:04:05.000Z"

// FormatTime writes a time as the wire has it; nothing for the zero time.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(WireTime)
}

// lateDay are the last days that not every month has.
var lateDay = regexp.MustCompile(`^\d{4}-\d{2}-(29|30|31)`)

// ParseTime reads an ISO-8601 date-time. Without zone it is local time in zone, but a date alone is UTC. As at the real
// service the 30th of February is the 2nd of March.
func ParseTime(value string, zone *time.Location) (time.Time, bool) {
	if t, ok := parseTime(value, zone); ok || !lateDay.MatchString(value) {
		return t, ok
	}
	for days := 1; days <= 3; days++ {
		late := value[:8] + strconv.Itoa(int(value[8]-'0')*10+int(value[9]-'0')-days) + value[10:]
		if t, ok := parseTime(late, zone); ok {
			return t.AddDate(0, 0, days), true
		}
	}
	return time.Time{}, false
}

func parseTime(value string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, value, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
