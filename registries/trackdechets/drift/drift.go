// Package drift watches whether Trackdéchets' schema is still what our calls were made
// for.
package drift

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
)

// introspection asks for all types, as deep as types are nested. What is deprecated is
// hidden from who does not ask for it, and is not gone.
const introspection = `query introspection {
  __schema {
    types {
      name
      fields(includeDeprecated: true) { name isDeprecated args(includeDeprecated: true) { name defaultValue type { ...ref } } type { ...ref } }
      inputFields(includeDeprecated: true) { name defaultValue type { ...ref } }
      enumValues(includeDeprecated: true) { name }
    }
  }
}
fragment ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`

// Limits of the answer, which the live service gives in some megabytes.
const (
	largestSchema = 32 << 20
	schemaTimeout = time.Minute
)

// Watch compares the schema.
type Watch struct{ Calls *calls.Client }

// ReferenceCalls is how many calls of the rate limit CheckReferenceData takes.
func (w Watch) ReferenceCalls() int { return 1 }

// CertificateEnds is zero: Trackdéchets knows us by tokens.
func (w Watch) CertificateEnds() time.Time { return time.Time{} }

// CheckReferenceData asks the registry for its schema, as it is today, and compares it with what
// our calls use; the waste codes stand in none. It changes nothing there. What is gone,
// has another type or asks for more than we give breaks us; what is deprecated, and values
// that are new, is told. Where the registry does not tell its schema, the error says so:
// nothing is tried out instead. Errors as of calls.Session.Answered.
func (w Watch) CheckReferenceData(ctx context.Context, _ []string) (json.RawMessage, []sluss.Drift, error) {
	companies := w.Calls.Companies()
	if len(companies) == 0 {
		return nil, nil, fmt.Errorf("%w: there is no token to ask with", sluss.ErrOperator)
	}
	s := w.Calls.Patient(largestSchema, schemaTimeout).Session(companies[0], "__schema")
	var told struct {
		Types []liveType `json:"types"`
	}
	unread := s.Send(ctx, calls.Request{OperationName: "introspection", Query: introspection})
	if unread == nil {
		unread = s.Read(&told)
	}
	if s.Refused() {
		return nil, nil, fmt.Errorf("the schema cannot be checked: Trackdéchets does not tell it (%s); compare its published contract instead", cmp.Or(s.Code(), "introspection is off"))
	}
	if unread == nil && len(told.Types) == 0 {
		unread = calls.ErrNoData
	}
	if err := s.Answered(unread); err != nil {
		return nil, nil, err
	}
	used, err := usage()
	if err != nil {
		return nil, nil, err
	}
	counts := map[string]int{"types": len(told.Types)}
	for _, i := range used {
		counts[i.kind]++
	}
	summary, err := json.Marshal(counts)
	return summary, compare(used, items(told.Types)), err
}

// Kinds of items.
const (
	field    = "used_fields"
	argument = "used_arguments"
	input    = "used_inputs"
	value    = "used_values"
	owner    = "used_types" // of inputs
)

// Keys of items: Type, Type.field, Type.field(argument, Type=VALUE.

// parent is the key of what an item is in; of a field of what is read, nothing of our
// use.
func parent(key string) string {
	if i := strings.LastIndexAny(key, "(=."); i >= 0 {
		return key[:i]
	}
	return ""
}

// item is one thing that a schema has, of our use or as the registry tells it.
type item struct {
	kind       string
	list, code string // by which a person knows it, such as Form and status
	typed      string // as schemas write it
	needed     bool   // of our use: that it is gone breaks us; theirs: it must be given
	deprecated bool
}

// retyped tells whether a type has changed, and whether that breaks us: another type
// always does; less sure to be there where we read, or required where we give, may.
func (i item) retyped(now item) (changed, breaks bool) {
	bare := func(t string) string { return strings.ReplaceAll(t, "!", "") }
	switch {
	case i.typed == now.typed:
		return false, false
	case bare(i.typed) != bare(now.typed):
		return true, true
	}
	return true, i.kind != field && strings.Count(now.typed, "!") > strings.Count(i.typed, "!")
}

// compare says in what the live schema is not what we use.
func compare(used, live map[string]item) []sluss.Drift {
	const (
		renew   = "renew the contract, the operations and the simulator, and test before it is filed again"
		lookAt  = "look whether it concerns us, and renew the contract"
		nothing = "nothing is to be done before it is gone"
	)
	drift := []sluss.Drift{}
	add := func(i item, breaks bool, remedy, problem string, args ...any) {
		drift = append(drift, sluss.Drift{List: i.list, Code: i.code, Breaks: breaks, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
	}
	for _, key := range slices.Sorted(maps.Keys(used)) {
		ours := used[key]
		theirs, there := live[key]
		if !there {
			_, above := used[parent(key)]
			if _, stands := live[parent(key)]; stands || !above { // else what it is in is told of
				add(ours, ours.needed, renew, "%s is gone", key)
			}
			continue
		}
		if changed, breaks := ours.retyped(theirs); changed {
			add(ours, breaks && (ours.needed || theirs.needed), renew, "%s has become %s, and was %s", key, theirs.typed, ours.typed)
		}
		if theirs.deprecated && ours.kind == field {
			add(ours, false, nothing, "is deprecated, and we ask for it")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(live)) {
		_, known := used[key]
		_, ours := used[parent(key)]
		switch theirs := live[key]; {
		case known || !ours:
		case theirs.kind == value:
			add(theirs, false, lookAt, "is a new value")
		case theirs.needed:
			add(theirs, true, renew, "%s must be given, and we do not give it", key)
		}
	}
	return drift
}

// liveType is a type as introspection tells it.
type liveType struct {
	Name        string
	Fields      []liveField
	InputFields []liveField
	EnumValues  []liveField
}

type liveField struct {
	Name         string
	IsDeprecated bool
	DefaultValue *string
	Args         []liveField
	Type         liveRef
}

type liveRef struct {
	Kind   string
	Name   string
	OfType *liveRef
}

// String is the type as schemas write it.
func (r liveRef) String() string {
	switch {
	case r.OfType == nil:
		return r.Name
	case r.Kind == "NON_NULL":
		return r.OfType.String() + "!"
	}
	return "[" + r.OfType.String() + "]"
}

// items are what a live schema has.
func items(types []liveType) map[string]item {
	all := map[string]item{}
	put := func(key, kind, list, code string, f liveField) {
		all[key] = item{kind, list, code, f.Type.String(), f.Type.Kind == "NON_NULL" && f.DefaultValue == nil, f.IsDeprecated}
	}
	for _, t := range types {
		put(t.Name, owner, t.Name, "", liveField{})
		for _, f := range t.Fields {
			key := t.Name + "." + f.Name
			put(key, field, t.Name, f.Name, f)
			for _, a := range f.Args {
				put(key+"("+a.Name, argument, t.Name, f.Name, a)
			}
		}
		for _, f := range t.InputFields {
			put(t.Name+"."+f.Name, input, t.Name, f.Name, f)
		}
		for _, v := range t.EnumValues {
			put(t.Name+"="+v.Name, value, t.Name, v.Name, v)
		}
	}
	return all
}
