package sluss

import (
	"fmt"
	"time"
)

// LongestHold is for how long a filing can be held at once. It is a policy of this product:
// a weekend, with the day before or after it.
const LongestHold = 72 * time.Hour

// Hold keeps a filing from being sent while a person enters it at the registry by hand. When
// it ends, the filing goes on by itself.
type Hold struct {
	Until  time.Time `json:"until"` // with zone; at most LongestHold ahead, and not after the due time
	Reason string    `json:"reason"`
	By     Person    `json:"by"`
	At     time.Time `json:"at,omitzero"` // when the person decided it
}

// Release ends a hold before its time.
type Release struct {
	Reason string    `json:"reason,omitempty"`
	By     Person    `json:"by"`
	At     time.Time `json:"at,omitzero"`
}

// Held is a hold that is in force.
type Held struct {
	Until time.Time `json:"until"`
	Why   string    `json:"why"` // who holds it, and why
}

// Held is what the hold is in force.
func (h Hold) Held() Held { return Held{Until: h.Until, Why: h.By.Name + ": " + h.Reason} }

// Check tells what is wrong with a hold of a filing that is due at a time; zero: it has none.
// What is overdue already may be held.
func (h Hold) Check(due, now time.Time) (faults Faults) {
	add := func(field, problem, remedy string) {
		faults = append(faults, Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	switch told := h.Until.Format(time.RFC3339); {
	case h.Until.IsZero():
		add("until", "the end of the hold is missing", "give a time with zone, such as 2026-11-23T16:00:00+01:00")
	case !h.Until.After(now):
		add("until", told+" is past", "give a time ahead; it is now "+now.In(h.Until.Location()).Format(time.RFC3339))
	case h.Until.Sub(now) > LongestHold:
		add("until", fmt.Sprintf("%s is more than %d hours ahead", told, int(LongestHold.Hours())), "hold it for less, and again if need be")
	case due.After(now) && h.Until.After(due):
		add("until", fmt.Sprintf("%s is after it is due, at %s", told, due.In(h.Until.Location()).Format(time.RFC3339)), "end the hold before that: then it is sent in time if it was not entered")
	}
	if h.Reason == "" {
		add("reason", "is missing", "say why it is held: who enters it, and where")
	}
	if h.By.Name == "" {
		add("by.name", "is missing", "give the name of the person who holds it")
	}
	return faults
}
