package trackdechets

import (
	"regexp"
	"strings"
	"time"
)

// wireTime is the form of every DateTime in an answer.
const wireTime = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(wireTime)
}

// parseTime reads an ISO-8601 date-time. Without zone it is local time in zone, but a date alone is UTC.
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

var (
	markup  = regexp.MustCompile(`</?[a-zA-Z!][^<>]*>`)
	escapes = strings.NewReplacer("<", "&lt;", ">", "&gt;")
)

// filter is what every String in an answer passes: tags are dropped, single angle brackets escaped.
func filter(value string) string {
	if !strings.ContainsAny(value, "<>") {
		return value
	}
	return escapes.Replace(markup.ReplaceAllString(value, ""))
}
