package sluss

import (
	"time"
	_ "time/tzdata" // for machines without time zones
)

// Day is a calendar day in Sweden, such as 2026-12-01. It begins and ends there at the
// same moments as in France and Norway.
type Day string

var stockholm = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("sluss: embedded time zone: " + err.Error()) // the build is broken, not the input
	}
	return zone
}()

// DayOf is the day of a moment.
func DayOf(moment time.Time) Day { return Day(moment.In(stockholm).Format(time.DateOnly)) }

// Valid tells whether there is such a day, written as above.
func (d Day) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}
