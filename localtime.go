package sluss

import (
	"fmt"
	"time"
)

// LocalTime is the moment at which a clock in a zone shows the date and the time of day of
// wall, whose own zone does not count. If no clock there shows it, or one shows it twice,
// because the zone's offset changes about then, the problem says so with both readings, as
// the end of a sentence; it is empty otherwise. The moment has the offset of the zone.
func LocalTime(wall time.Time, in *time.Location) (at time.Time, problem string) {
	wall = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
	by := func(days int) time.Time {
		_, offset := wall.AddDate(0, 0, days).In(in).Zone()
		return wall.Add(-time.Duration(offset) * time.Second).In(time.FixedZone("", offset))
	}
	shows := func(at time.Time) bool {
		_, offset := at.In(in).Zone()
		return at.Add(time.Duration(offset) * time.Second).Equal(wall)
	}
	before, after := by(-1), by(1)
	early, late := before, after
	if before.After(after) {
		early, late = after, before
	}
	readings := fmt.Sprintf("it may be %s or %s", early.Format(time.RFC3339), late.Format(time.RFC3339))
	switch first, second := shows(before), shows(after); {
	case first && second && !before.Equal(after):
		return early, fmt.Sprintf("exists twice in %s, as clocks go back: %s", in, readings)
	case first:
		return before, ""
	case second:
		return after, ""
	}
	return early, fmt.Sprintf("does not exist in %s, as clocks go forward: %s", in, readings)
}
