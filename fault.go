package sluss

import (
	"errors"
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with an input: where, what, and what to do.
type Fault struct {
	Field   string `json:"field"`            // path in the input, such as legs.0.transporter.id
	Problem string `json:"problem"`          // what is wrong
	Remedy  string `json:"remedy,omitempty"` // what to do about it
}

// String is the fault in one line.
func (f Fault) String() string {
	line := f.Problem
	if f.Field != "" {
		line = f.Field + ": " + line
	}
	if f.Remedy != "" {
		line += " (" + f.Remedy + ")"
	}
	return line
}

// Faults are all faults of one input. As an error it holds at least one.
type Faults []Fault

// Error lists the faults, one on a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return fmt.Sprintf("%d faults:\n  %s", len(fs), strings.Join(lines, "\n  "))
}

// AsFaults returns the faults that an error is or wraps; of any other error one fault with
// its text, without field; none if there is no error.
func AsFaults(err error) Faults {
	if err == nil {
		return nil
	}
	if faults := Faults(nil); errors.As(err, &faults) {
		return faults
	}
	return Faults{{Problem: err.Error()}}
}

// Err is nil if there is no fault.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}
