package autosys

import (
	"fmt"
	"time"
)

// Date is a calendar day in Norway as the registry wrote it, YYYY-MM-DD; empty is absent. It is kept as text, so
// that one unreadable date does not cost the whole answer.
type Date string

// Day is the midnight (UTC) that stands for the day. It fails where the date is absent or unreadable.
func (d Date) Day() (time.Time, error) {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}, fmt.Errorf("date of the vehicle registry: %w", err)
	}
	return day, nil
}

// Moment is a point in time as the registry wrote it, Oslo time with offset; empty is absent.
type Moment string

// Time is the moment, in the offset that it was written with. It fails where it is absent or unreadable.
func (m Moment) Time() (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, string(m))
	if err != nil {
		return time.Time{}, fmt.Errorf("time of the vehicle registry: %w", err)
	}
	return at, nil
}
