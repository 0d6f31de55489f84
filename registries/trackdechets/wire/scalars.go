package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"sluss"
)

// Text is a string that is null when it is empty.
type Text string

// MarshalJSON writes it.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// Tonnes is a mass: an exact decimal number of tonnes.
type Tonnes sluss.Mass

// MarshalJSON writes it.
func (t Tonnes) MarshalJSON() ([]byte, error) { return []byte(sluss.Mass(t).Tonnes()), nil }

// UnmarshalJSON reads it, to the gram.
func (t *Tonnes) UnmarshalJSON(data []byte) error {
	var tonnes float64
	err := json.Unmarshal(data, &tonnes)
	*t = Tonnes(math.Round(tonnes * float64(sluss.Tonne)))
	return err
}

// DateTime is a moment. It is written with Z: one without a zone would be read as
// French time.
type DateTime time.Time

// TimeFormat is how moments are written.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes it.
func (d DateTime) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(d).UTC().Format(TimeFormat))
}

// UnmarshalJSON reads a moment of the registry; anything else is the zero time.
func (d *DateTime) UnmarshalJSON(data []byte) error {
	var at time.Time
	if json.Unmarshal(data, &at) != nil {
		at = time.Time{}
	}
	*d = DateTime(at)
	return nil
}

// SecurityCode is a company's code of four digits, with which it signs on
// somebody else's device; 0 is none. It is a secret, and wrong ones are counted:
// the third attempt within half an hour locks the company's signing, right or
// wrong. So a call with a code is never repeated but by a person who enters it
// again, and after an Unknown only once the BSDD was seen to be unsigned. Neither
// fmt nor JSON shows it, so it reaches no log and no workflow's history; what is
// read from JSON holds none.
type SecurityCode int

// Format prints stars, whatever the verb.
func (SecurityCode) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("****")) }

// MarshalJSON writes that there is none.
func (SecurityCode) MarshalJSON() ([]byte, error) { return []byte("0"), nil }

// SentCode is a security code in a call.
type SentCode int
