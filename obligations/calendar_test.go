package obligations

import (
	"slices"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"pgregory.net/rapid"

	"sluss/obligations/statutetest"
)

// The worked dates of the Swedish rule: report within two working days.
func TestSwedishDeadlines(t *testing.T) {
	for _, test := range []struct{ event, due, why string }{
		{"2026-10-01", "2026-10-05", "Thursday: Friday, Monday"},
		{"2026-10-03", "2026-10-06", "Saturday"},
		{"2026-04-01", "2026-04-07", "Easter"},
		{"2026-04-30", "2026-05-05", "1 May is a Friday"},
		{"2026-06-17", "2026-06-22", "the second day is Midsummer Eve and moves"},
		{"2026-12-22", "2026-12-28", "the second day is Christmas Eve and moves"},
		{"2026-12-23", "2026-12-28", "Christmas Eve within the count"},
		{"2026-12-30", "2027-01-04", "New Year's Eve within the count"},
		// The quarterly results, from the day by which they must be compiled.
		{"2026-01-31", "2026-02-03", "first quarter's compilation"},
		{"2026-07-31", "2026-08-04", "third"},
		{"2026-10-31", "2026-11-03", "fourth, on All Saints' Day"},
		// Across the ends of summer time, and a national day on a Saturday.
		{"2026-03-27", "2026-03-31", "summer time begins"},
		{"2026-10-23", "2026-10-27", "summer time ends"},
		{"2026-05-13", "2026-05-18", "Ascension Day, then a Friday between"},
	} {
		event, _ := time.ParseInLocation(time.DateOnly, test.event, stockholm)
		for _, clock := range []time.Duration{0, 9 * time.Hour, 23*time.Hour + 59*time.Minute} {
			sweden := WorkingDays("SE")
			if got := sweden.Add(event.Add(clock), 2); !isEndOf(got, test.due) {
				t.Errorf("%s + %s (%s): due %s, want %s", test.event, clock, test.why, got, test.due)
			}
		}
	}
}

func TestSwedishReceptionHasTwoClocks(t *testing.T) {
	reception := time.Date(2026, 4, 1, 10, 0, 0, 0, stockholm)
	if note := WorkingDays("SE").Add(reception, 2); !isEndOf(note, "2026-04-07") {
		t.Errorf("note by %s", note)
	}
	if report := WorkingDays("SE").Add(reception, 4); !isEndOf(report, "2026-04-09") {
		t.Errorf("report by %s", report)
	}
}

func TestTheDayIsTheCountrysOwn(t *testing.T) {
	lateInUTC := time.Date(2026, 10, 1, 22, 30, 0, 0, time.UTC) // half past midnight on Friday the 2nd in Stockholm
	if got := WorkingDays("SE").Add(lateInUTC, 2); !isEndOf(got, "2026-10-06") {
		t.Errorf("due %s", got)
	}
	if got := WorkingDays("SE").Add(lateInUTC, 2).UTC(); got.Hour() != 21 {
		t.Errorf("a Swedish day of summer ends at 21:59:59 UTC, not %s", got)
	}
}

func TestHolidaysAreThoseOfTheLaw(t *testing.T) {
	date, saturdayFrom := statutetest.Date, statutetest.SaturdayFrom
	for year := 2024; year <= 2032; year++ {
		easter := statutetest.EasterSunday(year)
		for country, law := range map[string][]time.Time{
			"SE": { // lag (1989:253)
				date(year, 1, 1), date(year, 1, 6), easter.AddDate(0, 0, -2), easter, easter.AddDate(0, 0, 1), date(year, 5, 1), easter.AddDate(0, 0, 39),
				easter.AddDate(0, 0, 49), date(year, 6, 6), saturdayFrom(year, 6, 20), saturdayFrom(year, 10, 31), date(year, 12, 25), date(year, 12, 26),
			},
			"FR": { // Code du travail L3133-1
				date(year, 1, 1), easter.AddDate(0, 0, 1), date(year, 5, 1), date(year, 5, 8), easter.AddDate(0, 0, 39), easter.AddDate(0, 0, 50),
				date(year, 7, 14), date(year, 8, 15), date(year, 11, 1), date(year, 11, 11), date(year, 12, 25),
			},
			"NO": { // the Sundays of Easter and Pentecost are left out: no working days anyhow
				date(year, 1, 1), easter.AddDate(0, 0, -3), easter.AddDate(0, 0, -2), easter.AddDate(0, 0, 1), date(year, 5, 1), date(year, 5, 17),
				easter.AddDate(0, 0, 39), easter.AddDate(0, 0, 50), date(year, 12, 25), date(year, 12, 26),
			},
		} {
			calendar := WorkingDays(country)
			for day := date(year, 1, 1); day.Year() == year; day = day.AddDate(0, 0, 1) {
				noon := time.Date(year, day.Month(), day.Day(), 12, 0, 0, 0, calendar.zone)
				holiday := slices.ContainsFunc(law, day.Equal)
				if among(calendar.holidays, noon) != holiday {
					t.Errorf("%s %s: holiday by law: %t", country, day.Format(time.DateOnly), holiday)
				}
				weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
				if calendar.works(noon) != (!holiday && !weekend) {
					t.Errorf("%s %s: working day: %t", country, day.Format(time.DateOnly), !holiday && !weekend)
				}
				eve := country == "SE" && (day.Equal(saturdayFrom(year, 6, 20).AddDate(0, 0, -1)) || day.Equal(date(year, 12, 24)) || day.Equal(date(year, 12, 31)))
				if calendar.isEve(noon) != eve {
					t.Errorf("%s %s: eve: %t", country, day.Format(time.DateOnly), eve)
				}
			}
		}
	}
}

func TestDeadlinesDoNotDependOnTheMachinesZone(t *testing.T) {
	beirut, err := time.LoadLocation("Asia/Beirut") // skips midnight when summer time begins, on Easter Day of 2024
	if err != nil {
		t.Skip("the machine has no time zones: " + err.Error())
	}
	before := cal.DefaultLoc
	t.Cleanup(func() { cal.DefaultLoc = before })
	cal.DefaultLoc = beirut
	if !among(WorkingDays("SE").holidays, time.Date(2024, 3, 31, 12, 0, 0, 0, stockholm)) || among(WorkingDays("SE").holidays, time.Date(2024, 3, 30, 12, 0, 0, 0, stockholm)) {
		t.Error("Easter Day of 2024 moved with the machine's time zone")
	}
}

func TestReminders(t *testing.T) {
	due := WorkingDays("SE").Add(time.Date(2026, 12, 23, 9, 0, 0, 0, stockholm), 2) // Monday the 28th
	if got := Remind(due, "SE"); !isEndOf(got, "2026-12-23") {                      // not on Christmas Eve
		t.Errorf("reminder at %s", got)
	}
	departure := time.Date(2026, 5, 26, 7, 30, 0, 0, paris) // the day after Whit Monday
	if got := Remind(departure, "FR"); !got.Equal(time.Date(2026, 5, 22, 7, 30, 0, 0, paris)) {
		t.Errorf("reminder of the departure at %s", got)
	}
	if !Remind(time.Time{}, "SE").IsZero() {
		t.Error("nothing due, yet a reminder")
	}
}

// between is how many working days, eves counted, there are after the day of one
// moment up to and with the day of the other.
func between(c Calendar, from, to time.Time) (n int) {
	last := c.noon(to)
	for day := c.noon(from).AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if c.works(day) {
			n++
		}
	}
	return n
}

func TestDeadlineIsAfterItsEventAndEndsAWorkingDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		event := time.Unix(rapid.Int64Range(1_577_836_800, 1_956_528_000).Draw(t, "event"), 0) // 2020 to 2031
		calendar := WorkingDays(rapid.SampledFrom([]string{"SE", "FR", "NO", "DE"}).Draw(t, "country"))
		n := rapid.IntRange(1, 10).Draw(t, "n")
		due := calendar.Add(event, n)
		if !due.After(event) || !calendar.works(calendar.noon(due)) || calendar.isEve(due) || due.Format(time.TimeOnly) != "23:59:59" {
			t.Fatalf("%d working days after %s: %s", n, event, due)
		}
		if days := between(calendar, event, due); days < n || days > n+1 { // one more where the last day moved from an eve
			t.Fatalf("%d working days after %s is %s, but %d days lie between", n, event, due, days)
		}
		if before := calendar.Before(due); !before.Before(due) || !calendar.works(calendar.noon(before)) {
			t.Fatalf("reminder of %s at %s", due, before)
		}
	})
}

func isEndOf(moment time.Time, day string) bool {
	return moment.Format("2006-01-02 15:04:05") == day+" 23:59:59"
}
