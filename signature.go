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

// oldestAct is how long ago an act may be if nothing tells its earliest time.
const oldestAct = 366 * 24 * time.Hour

// CheckActTime tells what is wrong with the time at which a person signed, decided
// or corrected: it is missing, more than ClockSkew in the future, or before
// since, when what the act is about began. A zero since is 366 days ago. The
// fault has the given field.
func CheckActTime(field string, at, since, now time.Time) Faults {
	if since.IsZero() {
		since = now.Add(-oldestAct)
	}
	fault := func(problem, remedy string) Faults {
		return Faults{{Field: field, Problem: problem, Remedy: remedy}}
	}
	switch told := at.Format(time.RFC3339); {
	case at.IsZero():
		return fault("the time is missing", "give it with zone, such as 2026-11-23T08:00:00+01:00")
	case at.After(now.Add(ClockSkew)):
		return fault(told+" is in the future", "give the time when it happened; it is now "+now.In(at.Location()).Format(time.RFC3339))
	case at.Before(since.Add(-ClockSkew)):
		return fault(fmt.Sprintf("%s is before what it is about, which began at %s", told, since.In(at.Location()).Format(time.RFC3339)), "give the time when it happened")
	}
	return nil
}

// Began is when the first of the content's events happened: nobody can have
// signed or decided on it before. It is zero if there is no event.
func (c Content) Began() (first time.Time) {
	for _, e := range c.Events {
		if !e.At.IsZero() && (first.IsZero() || e.At.Before(first)) {
			first = e.At
		}
	}
	return first
}
