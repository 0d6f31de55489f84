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

	"github.com/Khan/genqlient/graphql"

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

// ListCalls is how many calls of the rate limit CheckLists takes.
func (w Watch) ListCalls() int { return 1 }

// CertificateEnds is zero: Trackdéchets knows us by tokens.
func (w Watch) CertificateEnds() time.Time { return time.Time{} }

// CheckLists asks the registry for its schema, as it is today, and compares it with what
// our calls use; the waste codes stand in none. It changes nothing there. What is gone,
// has another type or asks for more than we give breaks us; what is deprecated, and values
// that are new, is told. Where the registry does not tell its schema, the error says so:
// nothing is tried out instead. Errors as of calls.Session.Answered.
func (w Watch) CheckLists(ctx context.Context, _ []string) (json.RawMessage, []sluss.Drift, error) {
	companies := w.Calls.Companies()
	if len(companies) == 0 {
		return nil, nil, fmt.Errorf("%w: there is no token to ask with", sluss.ErrOperator)
	}
	s := w.Calls.Patient(largestSchema, schemaTimeout).Session(companies[0], "__schema")
	var told struct {
		Schema struct {
			Types []liveType `json:"types"`
		} `json:"__schema"`
	}
	unread := s.MakeRequest(ctx, &graphql.Request{OpName: "introspection", Query: introspection}, &graphql.Response{Data: &told})
	if s.Refused() {
		return nil, nil, fmt.Errorf("the schema cannot be checked: Trackdéchets does not tell it (%s); compare its published contract instead", cmp.Or(s.Code(), "introspection is off"))
	}
	if unread == nil && len(told.Schema.Types) == 0 {
		unread = calls.ErrNoData
	}
	if err := s.Answered(unread); err != nil {
		return nil, nil, err
	}
	live := map[string]liveType{}
	for _, t := range told.Schema.Types {
		live[t.Name] = t
	}
	used, err := usage()
	if err != nil {
		return nil, nil, err
	}
	summary, err := json.Marshal(map[string]int{"types": len(live), "used_fields": len(used.fields), "used_inputs": len(used.inputs), "used_enums": len(used.enums)})
	return summary, used.compare(live), err
}

// liveType is a type as introspection tells it.
type liveType struct {
	Name        string      `json:"name"`
	Fields      []liveField `json:"fields"`
	InputFields []liveField `json:"inputFields"`
	EnumValues  []struct {
		Name string `json:"name"`
	} `json:"enumValues"`
}

type liveField struct {
	Name         string      `json:"name"`
	IsDeprecated bool        `json:"isDeprecated"`
	DefaultValue *string     `json:"defaultValue"`
	Args         []liveField `json:"args"`
	Type         liveRef     `json:"type"`
}

// required tells whether nothing may be left out there.
func (f liveField) required() bool { return f.Type.Kind == "NON_NULL" && f.DefaultValue == nil }

type liveRef struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	OfType *liveRef `json:"ofType"`
}

// String is the type as schemas write it.
func (r liveRef) String() string {
	inner := ""
	if r.OfType != nil {
		inner = r.OfType.String()
	}
	switch r.Kind {
	case "NON_NULL":
		return inner + "!"
	case "LIST":
		return "[" + inner + "]"
	}
	return r.Name
}

func named(fields []liveField, name string) (liveField, bool) {
	i := slices.IndexFunc(fields, func(f liveField) bool { return f.Name == name })
	if i < 0 {
		return liveField{}, false
	}
	return fields[i], true
}

const (
	renew   = "renew the contract, the operations and the simulator, and test before it is filed again"
	lookAt  = "look whether it concerns us, and renew the contract"
	unasked = "nothing is to be done before it is gone"
)

// comparison collects what in the live schema is not what we use.
type comparison struct{ drift []sluss.Drift }

func (c *comparison) add(list, code string, breaks bool, remedy, problem string, args ...any) {
	c.drift = append(c.drift, sluss.Drift{List: list, Code: code, Breaks: breaks, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
}

// compare says in what the live schema is not what we use.
func (u used) compare(live map[string]liveType) []sluss.Drift {
	c := comparison{drift: []sluss.Drift{}}
	for _, key := range slices.Sorted(maps.Keys(u.fields)) {
		c.field(u.fields[key], live)
	}
	for _, name := range slices.Sorted(maps.Keys(u.inputs)) {
		c.input(name, u.inputs[name], live[name])
	}
	for _, name := range slices.Sorted(maps.Keys(u.enums)) {
		c.enum(name, u.enums[name], live[name])
	}
	return c.drift
}

func (c *comparison) field(f usedField, live map[string]liveType) {
	theirs, there := named(live[f.owner].Fields, f.name)
	if !there {
		c.add(f.owner, f.name, true, renew, "is gone, and we ask for it")
		return
	}
	if changed, breaks := retyped(f.kind, theirs.Type.String(), true); changed {
		c.add(f.owner, f.name, breaks, renew, "has become %s, and was %s", theirs.Type, f.kind)
	}
	if theirs.IsDeprecated {
		c.add(f.owner, f.name, false, unasked, "is deprecated, and we ask for it")
	}
	for _, a := range slices.Sorted(maps.Keys(f.args)) {
		arg, there := named(theirs.Args, a)
		if !there {
			c.add(f.owner, f.name, true, renew, "takes no %s any more, and we give it", a)
		} else if changed, breaks := retyped(f.args[a], arg.Type.String(), false); changed {
			c.add(f.owner, f.name, breaks, renew, "takes %s as %s, and took it as %s", a, arg.Type, f.args[a])
		}
	}
	for _, arg := range theirs.Args {
		if _, given := f.args[arg.Name]; !given && arg.required() {
			c.add(f.owner, f.name, true, renew, "asks for %s, which we do not give", arg.Name)
		}
	}
}

func (c *comparison) input(name string, in usedInput, theirs liveType) {
	if theirs.Name == "" {
		c.add(name, "", true, renew, "is gone, and we send it")
		return
	}
	for _, f := range slices.Sorted(maps.Keys(in.fields)) {
		field, there := named(theirs.InputFields, f)
		if !there {
			c.add(name, f, in.sent[f], renew, "is gone")
		} else if changed, breaks := retyped(in.fields[f], field.Type.String(), false); changed {
			c.add(name, f, breaks && (in.sent == nil || in.sent[f] || field.required()), renew, "has become %s, and was %s", field.Type, in.fields[f])
		}
	}
	for _, f := range theirs.InputFields {
		if _, known := in.fields[f.Name]; !known && f.required() {
			c.add(name, f.Name, true, renew, "is new and must be there")
		}
	}
}

func (c *comparison) enum(name string, ours usedEnum, theirs liveType) {
	var values []string
	for _, v := range theirs.EnumValues {
		values = append(values, v.Name)
		if !slices.Contains(ours.values, v.Name) {
			c.add(name, v.Name, false, lookAt, "is a new value")
		}
	}
	for _, v := range ours.values {
		if !slices.Contains(values, v) {
			c.add(name, v, ours.sent, renew, "is no value any more")
		}
	}
}

// retyped tells whether a type has changed, and whether that breaks us: another type
// always does; less sure to be there where we read, or required where we give, may.
func retyped(before, now string, read bool) (changed, breaks bool) {
	if before == now {
		return false, false
	}
	bare := func(t string) string { return strings.ReplaceAll(t, "!", "") }
	if bare(before) != bare(now) {
		return true, true
	}
	return true, !read && strings.Count(now, "!") > strings.Count(before, "!")
}
