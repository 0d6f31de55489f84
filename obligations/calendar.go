package obligations

import (
	_ "embed"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/se"
)

// The zones are embedded, not asked of the machine: a replay on another
// machine, with older rules of summer time, must give the same deadline.
//
//go:generate sh -c "unzip -o -j $(go env GOROOT)/lib/time/zoneinfo.zip Europe/Stockholm Europe/Paris Europe/Oslo -d zones"
var (
	//go:embed zones/Stockholm
	stockholmData []byte
	//go:embed zones/Paris
	parisData []byte
	//go:embed zones/Oslo
	osloData []byte

	stockholm = zone("Europe/Stockholm", stockholmData)
	paris     = zone("Europe/Paris", parisData)
	oslo      = zone("Europe/Oslo", osloData)
)

func zone(name string, data []byte) *time.Location {
	location, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		panic("obligations: embedded zone " + name + ": " + err.Error()) // the build is broken, not the input
	}
	return location
}

// Calendar knows the working days of one country: Monday to Friday without its
// public holidays. Days begin and end in the country's own time zone.
//
// Sweden has no definition of "arbetsdag" in its waste ordinance. Here it is a
// weekday that is not a holiday by lag (1989:253). The eves of Midsummer, Christmas
// and New Year are not holidays by that act, but if a period ends on one of them, lag
// (1930:173) § 2 moves its end to the next weekday. The law does not say whether an
// eve within a period counts as a working day. Add counts it, which gives the earlier
// and so the safer deadline. Latest does not count it, and gives the latest deadline
// that the law may allow.
type Calendar struct {
	zone     *time.Location
	holidays []*cal.Holiday
	eves     []*cal.Holiday
}

// WorkingDays is the calendar of SE, FR or NO (ISO 3166-1 alpha-2). Any other
// country gets Monday to Friday in UTC.
func WorkingDays(country string) Calendar {
	switch country {
	case "SE":
		// The days of lag (1989:253) § 1 are listed one by one, because se.Holidays
		// has the three eves, which the act does not have, and lacks two Sundays that
		// the act has.
		return Calendar{
			zone: stockholm,
			holidays: []*cal.Holiday{
				se.Nyarsdagen, se.TrettondedagJul, se.Langfredagen, se.Paskdagen, se.AnnandagPask, se.ForstaMaj, se.KristiHimmelfardsdag,
				se.Pingstdagen, se.Nationaldagen, se.Midsommardagen, se.AllaHelgonsDag, se.Juldagen, se.AnnandagJul,
			},
			eves: []*cal.Holiday{se.Midsommarafton, se.Julafton, se.Nyarsafton},
		}
	case "FR":
		return Calendar{zone: paris, holidays: fr.Holidays} // Code du travail L3133-1; not the two more of Alsace and Moselle
	case "NO":
		return Calendar{zone: oslo, holidays: no.Holidays}
	default:
		return Calendar{zone: time.UTC}
	}
}

// Zone is the time zone that the calendar's days are in.
func (c Calendar) Zone() *time.Location { return c.zone }

// Add is the end (23:59:59, in the calendar's zone) of the n-th working day
// after the day of the moment. Eves count, but a last day that is one moves to
// the next working day. n below 1 is 1.
func (c Calendar) Add(moment time.Time, n int) time.Time { return c.count(moment, n, true) }

// Latest is Add under the other reading: eves do not count at all. It is never
// before Add.
func (c Calendar) Latest(moment time.Time, n int) time.Time { return c.count(moment, n, false) }

func (c Calendar) count(moment time.Time, n int, eves bool) time.Time {
	day := c.noon(moment)
	for left := max(n, 1); left > 0; {
		day = day.AddDate(0, 0, 1)
		switch {
		case !c.works(day):
		case !c.isEve(day):
			left--
		case eves && left > 1: // the last day may not be an eve
			left--
		}
	}
	return c.end(day)
}

// IsWorkingDay tells whether the moment is on a working day. Eves count as working days.
func (c Calendar) IsWorkingDay(moment time.Time) bool { return c.works(c.noon(moment)) }

// Between is how many working days, eves counted, there are after the day of
// one moment up to and with the day of the other; 0 if that is not later, or if
// there is no first moment.
func (c Calendar) Between(from, to time.Time) int {
	if from.IsZero() {
		return 0
	}
	n := 0
	last := c.noon(to)
	for day := c.noon(from).AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if c.works(day) {
			n++
		}
	}
	return n
}

// Before is the same time of day on the last working day before the day of the
// moment. Eves do not count as working days here, because nobody may be at work.
func (c Calendar) Before(moment time.Time) time.Time {
	day := moment.In(c.zone).AddDate(0, 0, -1)
	for noon := c.noon(day); !c.works(noon) || c.isEve(noon); noon = c.noon(day) {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

func (c Calendar) noon(moment time.Time) time.Time {
	year, month, day := moment.In(c.zone).Date()
	return time.Date(year, month, day, 12, 0, 0, 0, c.zone)
}

func (c Calendar) end(day time.Time) time.Time {
	year, month, date := day.Date()
	return time.Date(year, month, date, 23, 59, 59, 0, c.zone)
}

func (c Calendar) works(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !among(c.holidays, day)
}

func (c Calendar) isEve(day time.Time) bool { return among(c.eves, day) }

func among(holidays []*cal.Holiday, day time.Time) bool {
	year, month, date := day.Date()
	for _, holiday := range holidays {
		midnight, _ := holiday.Calc(year)
		// The library answers midnight in the machine's zone, which may skip
		// it when summer time begins; twelve hours on, the date is right.
		if _, m, d := midnight.Add(12 * time.Hour).Date(); m == month && d == date {
			return true
		}
	}
	return false
}

// WorkingDaysBetween is Between in the calendar of a country, such as by how
// many working days a report that was due is late by now.
func WorkingDaysBetween(from, to time.Time, country string) int {
	return WorkingDays(country).Between(from, to)
}

// Remind is when to remind of a deadline: one working day before it, at the
// same time of day. Zero for zero.
func Remind(due time.Time, country string) time.Time {
	if due.IsZero() {
		return time.Time{}
	}
	return WorkingDays(country).Before(due)
}
