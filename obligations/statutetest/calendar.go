package statutetest

import (
	"slices"
	"time"
	_ "time/tzdata" // Swedish time, even if the machine has no time zones
)

// Stockholm is the zone of Swedish law.
func Stockholm() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil { // it is linked in
		return time.UTC
	}
	return zone
}

// Date is midnight UTC of a day: a day without a zone.
func Date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// SaturdayFrom is the first Saturday from that day on.
func SaturdayFrom(year int, month time.Month, day int) time.Time {
	d := Date(year, month, day)
	return d.AddDate(0, 0, int(time.Saturday-d.Weekday()))
}

// EasterSunday follows Gauss, with the corrections for 1900 to 2099: another
// way than the library's.
func EasterSunday(year int) time.Time {
	d := (19*(year%19) + 24) % 30
	e := (2*(year%4) + 4*(year%7) + 6*d + 5) % 7
	if d == 29 && e == 6 || d == 28 && e == 6 && (11*24+11)%30 < 19 {
		e -= 7
	}
	return Date(year, time.March, 22+d+e)
}

// WorkingDay is the end of the n-th working day after the day of a moment. Eves count
// as working days within the period, but not as its last day.
func WorkingDay(moment time.Time, n int) time.Time {
	local := moment.In(Stockholm())
	day := time.Date(local.Year(), local.Month(), local.Day(), 23, 59, 59, 0, Stockholm())
	for n > 0 {
		if day = day.AddDate(0, 0, 1); Works(day) {
			n--
		}
	}
	for !Works(day) || Eve(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// Works tells whether a day is a working day by lag (1989:253).
func Works(moment time.Time) bool {
	year, month, d := moment.Date()
	easter, day := EasterSunday(year), Date(year, month, d)
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !slices.ContainsFunc([]time.Time{
		Date(year, 1, 1), Date(year, 1, 6), easter.AddDate(0, 0, -2), easter.AddDate(0, 0, 1), Date(year, 5, 1), easter.AddDate(0, 0, 39),
		Date(year, 6, 6), Date(year, 12, 25), Date(year, 12, 26),
	}, day.Equal)
}

// Eve tells whether a day is one of the eves of lag (1930:173).
func Eve(moment time.Time) bool {
	year, month, d := moment.Date()
	return month == time.December && (d == 24 || d == 31) || Date(year, month, d).Equal(SaturdayFrom(year, time.June, 20).AddDate(0, 0, -1))
}
