// Package quota does the arithmetic of rate limits: it computes reservations, the
// moments at which calls may be made. It has no clock and no state: the caller passes
// the time and the past reservations.
package quota

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Limit is one rate limit of a registry: a number of calls in any window of some
// length, or on a calendar day. A registry may have several; a call must respect all.
type Limit struct {
	// Calls is how many calls the limit allows; at least one.
	Calls int

	// Per is the length of the window, at least a second. The limit holds in every
	// window of that length, wherever it begins, and therefore also in the windows
	// that the registry counts.
	Per time.Duration

	// Day, instead of Per, is the time zone whose calendar days the limit applies to.
	Day *time.Location
}

const minPer = time.Second

// Check returns all faults of a limit in one error; nil if there are none.
func (l Limit) Check() error {
	faults := []error{checkCalls(l.Calls)}
	switch {
	case l.Day == nil && l.Per == 0:
		faults = append(faults, errors.New("no window: give its length, or the time zone of its day"))
	case l.Day == nil:
		faults = append(faults, checkPer(l.Per))
	case l.Per != 0:
		faults = append(faults, errors.New("both a window and a day: write two limits"))
	case l.Day == time.Local:
		faults = append(faults, errors.New("the machine's own time zone: name the registry's, such as Europe/Oslo"))
	}
	return together(faults)
}

func checkCalls(n int) error {
	if n < 1 {
		return fmt.Errorf("%d calls: a limit allows at least 1", n)
	}
	return nil
}

func checkPer(per time.Duration) error {
	if per < minPer {
		return fmt.Errorf("a window of %v: the shortest is %v, as the network blurs shorter ones", per, minPer)
	}
	return nil
}

// together joins all faults into one error, on one line; nil if there are none.
func together(faults []error) (all error) {
	for _, fault := range faults {
		switch {
		case fault == nil:
		case all == nil:
			all = fault
		default:
			all = fmt.Errorf("%w; %w", all, fault)
		}
	}
	return all
}

// ParseLimit reads a limit as String writes it: "1000/1m" is a thousand calls in
// any minute, "100/5s" a hundred in any five seconds, "50000/day Europe/Oslo" fifty
// thousand from midnight to midnight in Oslo. The error names every fault.
func ParseLimit(text string) (Limit, error) {
	calls, window, found := strings.Cut(text, "/")
	if !found {
		return Limit{}, fmt.Errorf("limit %q: want CALLS/WINDOW, such as 1000/1m or 50000/day Europe/Oslo", text)
	}
	var l Limit
	var faults [2]error
	l.Calls, faults[0] = parseCalls(strings.TrimSpace(calls))
	window = strings.TrimSpace(window)
	if zone, day := strings.CutPrefix(window, "day"); day {
		l.Day, faults[1] = parseZone(strings.TrimSpace(zone))
	} else {
		l.Per, faults[1] = parsePer(window)
	}
	if err := together(faults[:]); err != nil {
		return Limit{}, fmt.Errorf("limit %q: %w", text, err)
	}
	return l, nil
}

// ParseLimits reads several limits, with commas between them: every call must
// respect all. The error names every fault.
func ParseLimits(text string) ([]Limit, error) {
	var limits []Limit
	var faults []error
	for one := range strings.SplitSeq(text, ",") {
		limit, err := ParseLimit(strings.TrimSpace(one))
		limits, faults = append(limits, limit), append(faults, err)
	}
	if err := together(faults); err != nil {
		return nil, err
	}
	return limits, nil
}

func parseCalls(text string) (int, error) {
	n, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%s calls: the most is %d", text, math.MaxInt)
	case err != nil:
		return 0, fmt.Errorf("%q is not a number of calls", text)
	}
	return n, checkCalls(n)
}

func parseZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, errors.New("whose day? name its time zone, such as day Europe/Oslo")
	}
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local {
		return nil, fmt.Errorf("%q is not a time zone, such as Europe/Oslo", name)
	}
	return zone, nil
}

func parsePer(text string) (time.Duration, error) {
	per, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a window, such as 5s, 1m, 1h or day Europe/Oslo", text)
	}
	return per, checkPer(per)
}

// String writes the limit so that ParseLimit reads it back.
func (l Limit) String() string {
	if l.Day != nil {
		return fmt.Sprintf("%d/day %s", l.Calls, l.Day)
	}
	per := l.Per.String() // such as 1h0m0s
	if strings.HasSuffix(per, "m0s") {
		per = strings.TrimSuffix(per, "0s")
	}
	if strings.HasSuffix(per, "h0m") {
		per = strings.TrimSuffix(per, "0m")
	}
	return fmt.Sprintf("%d/%s", l.Calls, per)
}

// MarshalText writes the limit like String, for settings and JSON. It refuses
// what Check refuses.
func (l Limit) MarshalText() ([]byte, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what ParseLimit reads.
func (l *Limit) UnmarshalText(text []byte) error {
	parsed, err := ParseLimit(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}
