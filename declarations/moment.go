package declarations

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"sluss"
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4})([-/.]?)(\d{2})([-/.]?)(\d{2})(.*)$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})([-/. ])(\d{1,2})([-/. ])(\d{4})(.*)$`)
	timeOfDay = regexp.MustCompile(`^[T ]\s*(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]0+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$`)
	serial    = regexp.MustCompile(`^[2-6]\d{4}([.,]\d+)?$`)
	zoned     = regexp.MustCompile(`([+-]\d{2}):?(\d{2})$`)
)

// asTime is how a time is written in declarations.
const asTime = "write a time with zone, such as 2026-11-30T21:30:00+01:00"

// clock reads times as people write them.
type clock struct {
	locale  *Locale
	country string // of the place; its zone goes before that of the locale
	time    string // of day, where there is only a date; empty: not known
}

// written is a date and a time of day without zone, as it was written.
type written struct {
	year, month, day, hour, minute, second int
	offset                                 string // empty: none
	yearFirst                              bool
}

// read reads a time. The fault has no field.
func (c clock) read(text string) (time.Time, *sluss.Fault) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	wrong := func(problem, remedy string) (time.Time, *sluss.Fault) {
		return time.Time{}, &sluss.Fault{Problem: fmt.Sprintf("%q %s", text, problem), Remedy: remedy}
	}
	if serial.MatchString(text) {
		days, _ := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64) // it is a number
		at, err := excelize.ExcelDateToTime(days, false)
		if err == nil {
			return wrong("is a spreadsheet's number for "+at.Round(time.Second).Format("2006-01-02 15:04"), "give the column a date format, or "+asTime)
		}
	}
	w, rest, ok := dated(text)
	if !ok {
		return wrong("is not a time", asTime)
	}
	if c.locale != nil && c.locale.monthFirst && !w.yearFirst {
		w.day, w.month = w.month, w.day
	}
	if !w.exists() && (c.locale != nil || w.yearFirst) {
		return wrong("does not exist", asTime)
	}
	if rest == "" && c.time != "" {
		rest = " " + c.time
	}
	if rest == "" {
		return wrong("has no time of day", asTime)
	}
	if !w.timed(rest) {
		return wrong("is not a time", asTime)
	}
	if c.locale == nil && (!w.yearFirst || w.offset == "") {
		return wrong(w.local(), "give the file's locale, such as sv, fr, nb or en-GB, or "+asTime)
	}
	if !w.exists() { // the hour
		return wrong("does not exist", asTime)
	}
	if w.offset != "" {
		at, err := time.Parse(time.RFC3339, w.at(time.UTC).Format("2006-01-02T15:04:05")+w.offset)
		if err != nil {
			return wrong("is not a time", asTime)
		}
		return at, nil
	}
	in := zone(cmp.Or(c.country, c.locale.country))
	if in == nil {
		return wrong("has no zone, and that of the place is not certain", asTime)
	}
	at, problem := sluss.LocalTime(w.at(time.UTC), in)
	if problem != "" {
		return wrong(problem, "write the one that is meant")
	}
	return at, nil
}

// dated reads the date that a text begins with; day and month are those of countries
// where the day comes first.
func dated(text string) (w written, rest string, ok bool) {
	number := func(text string) int { n, _ := strconv.Atoi(text); return n } // they are digits
	if p := yearFirst.FindStringSubmatch(text); p != nil && p[2] == p[4] {
		return written{year: number(p[1]), month: number(p[3]), day: number(p[5]), yearFirst: true}, p[6], true
	}
	if p := yearLast.FindStringSubmatch(text); p != nil && p[2] == p[4] {
		return written{year: number(p[5]), month: number(p[3]), day: number(p[1])}, p[6], true
	}
	return w, "", false
}

// timed reads the time of day, and the offset of its zone if there is one.
func (w *written) timed(text string) bool {
	p := timeOfDay.FindStringSubmatch(text)
	if p == nil {
		return false
	}
	w.hour, _ = strconv.Atoi(p[1])
	w.minute, _ = strconv.Atoi(p[2])
	w.second, _ = strconv.Atoi(p[3]) // 0 if there is none
	w.offset = zoned.ReplaceAllString(p[4], "$1:$2")
	return true
}

// local is why a time cannot be read without the file's locale.
func (w written) local() string {
	turned := w
	turned.day, turned.month = w.month, w.day
	if !w.yearFirst && w.exists() && turned.exists() && w.day != w.month {
		return fmt.Sprintf("may be %s or %s", w.at(time.UTC).Format(time.DateOnly), turned.at(time.UTC).Format(time.DateOnly))
	}
	return "is local: neither its form nor its zone is certain"
}

func (w written) at(in *time.Location) time.Time {
	return time.Date(w.year, time.Month(w.month), w.day, w.hour, w.minute, w.second, 0, in)
}

// exists tells whether the calendar and a clock have it.
func (w written) exists() bool {
	at := w.at(time.UTC)
	return at.Year() == w.year && int(at.Month()) == w.month && at.Day() == w.day && at.Hour() == w.hour && at.Minute() == w.minute && at.Second() == w.second
}
