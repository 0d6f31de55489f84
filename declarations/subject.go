package declarations

import (
	"reflect"

	"sluss"
)

// subject is what the rows of a table are about.
type subject struct {
	of    string // as a profile names it: batches or events
	noun  string // of one of them, with its article
	field func(path string) (reflect.Type, bool)
	parts []string // what a path with several steps begins with, beside parties
	// needs are the columns that a table must have, each with why.
	needs   map[string]string
	command string // writes a header
	// units tells that a mass must say its unit, in its cell, its column or the profile.
	units bool
}

// Batches and Events are what the tables of a profile may be about.
const (
	Batches = "batches"
	Events  = "events"
)

var batches = subject{
	of: Batches, noun: "a declaration", field: sluss.FieldType, parts: []string{"waste", "legs", "treatment", "pickups", "deals", "predecessors"},
	needs: map[string]string{"reference": "every batch needs the plant's own reference"}, command: "`starter template`",
}

var events = subject{
	of: Events, noun: "an event", field: sluss.FieldTypeOf[eventRow], parts: []string{"by", "confirmed"},
	needs: map[string]string{
		"reference": "every event needs the reference of its batch", "kind": "every event needs its kind: a column, or a value of the profile", "at": "every event needs its time",
	},
	command: "`starter template --events`", units: true,
}

// subjectOf is the subject with that name; empty is batches.
func subjectOf(name string) (of subject, known bool) {
	switch name {
	case "", Batches:
		return batches, true
	case Events:
		return events, true
	}
	return subject{}, false
}

func (s subject) isMass(path string) bool {
	of, _ := s.field(path)
	return of == reflect.TypeFor[sluss.Mass]()
}
