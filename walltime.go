package sluss

import "time"

// WallTime are the moments that a clock may mean that shows a date and a time of day in a
// zone. The date and time are those of wall, whatever its zone. If the clock shows it once,
// both are that moment. If it shows it twice, as clocks go back, they are both, the earlier
// first. If it never does, as clocks go forward, once is false too, and they are the moments
// by the offset before and by that after.
func WallTime(wall time.Time, in *time.Location) (one, other time.Time, once bool) {
	plain := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
	by := func(days int) time.Time {
		_, offset := plain.AddDate(0, 0, days).In(in).Zone()
		return plain.Add(-time.Duration(offset) * time.Second).In(time.FixedZone("", offset))
	}
	before, after := by(-1), by(1)
	switch shown, too := Shows(before, plain, in), Shows(after, plain, in); {
	case shown && (!too || before.Equal(after)):
		return before, before, true
	case too && !shown:
		return after, after, true
	case before.After(after):
		return after, before, false
	}
	return before, after, false
}

// Shows tells whether a clock in a zone shows, at a moment, the date and time of day of
// wall, whatever the zone of that.
func Shows(at, wall time.Time, in *time.Location) bool {
	const shown = "2006-01-02T15:04:05.999999999"
	return at.In(in).Format(shown) == wall.Format(shown)
}
