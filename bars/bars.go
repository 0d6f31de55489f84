// Package bars prints what benchmarks measure beside the bar that it must meet: one line
// for each, "BAR name value bar ok" or "… short", which `make bench` collects.
package bars

import (
	"fmt"
	"io"
	"os"
	"strconv"
)

// out is where the lines go.
var out io.Writer = os.Stdout

// AtMost prints a value that must not be more than the bar, and tells whether it is not.
func AtMost(name string, value, bar float64) bool { return line(name, value, "<=", bar, value <= bar) }

// AtLeast prints a value that must not be less than the bar, and tells whether it is not.
func AtLeast(name string, value, bar float64) bool { return line(name, value, ">=", bar, value >= bar) }

func line(name string, value float64, relation string, bar float64, met bool) bool {
	verdict := "ok"
	if !met {
		verdict = "short"
	}
	_, _ = fmt.Fprintf(out, "BAR %s %s %s%s %s\n", name, number(value), relation, number(bar), verdict)
	return met
}

// number is a value with three digits, or all digits before the point.
func number(value float64) string {
	digits := 3
	for rest := value; rest >= 1000; rest /= 10 {
		digits++
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', digits, 64), 64) // its own format
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
