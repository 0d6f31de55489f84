package sluss

import (
	"fmt"
	"time"
)

// Person is somebody who acts. Personal data: never in logs, ids or search
// attributes.
type Person struct {
	Name         string `json:"name"`
	Function     string `json:"function,omitempty"`
	Organisation string `json:"organisation,omitempty"`
}

// Signature is a person's act on exactly one content.
type Signature struct {
	Role        Role      `json:"role"`
	Person      Person    `json:"person"`
	At          time.Time `json:"at"`           // to the second, with zone
	ContentHash string    `json:"content_hash"` // of the Content that was signed
}

// ClockSkew is how far the clocks of those who act may be ahead of ours.
const ClockSkew = 5 * time.Minute

// oldestAct is how long ago an act may be of which nothing tells when it can have
// been at the earliest.
const oldestAct = 366 * 24 * time.Hour

// CheckActTime tells what is wrong with the time at which a person is said to
// have signed, decided or corrected: it is missing, still to come by more than
// ClockSkew, or before since, when what it is about began; a zero since is a
// year ago. A field is named so that the fault can be told with it.
func CheckActTime(field string, at, since, now time.Time) Faults {
	if since.IsZero() {
		since = now.Add(-oldestAct)
	}
	fault := func(problem, remedy string) Faults {
		return Faults{{Field: field, Problem: problem, Remedy: remedy}}
	}
	switch told := at.Format(time.RFC3339); {
	case at.IsZero():
		return fault("there is no time", "give when it was, with zone, such as 2026-11-23T08:00:00+01:00")
	case at.After(now.Add(ClockSkew)):
		return fault(told+" is still to come", "give when it was; it is "+now.In(at.Location()).Format(time.RFC3339)+" now")
	case at.Before(since.Add(-ClockSkew)):
		return fault(fmt.Sprintf("%s is before what it is about, which began at %s", told, since.In(at.Location()).Format(time.RFC3339)), "give when it was")
	}
	return nil
}

// Began is when the first of the content's events happened: nobody can have
// signed or decided on it before; zero where there is none.
func (c Content) Began() (first time.Time) {
	for _, e := range c.Events {
		if first.IsZero() || e.At.Before(first) {
			first = e.At
		}
	}
	return first
}
