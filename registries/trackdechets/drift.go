package trackdechets

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss"
	"sluss/registries/once"
)

// The operations that generated.go sends; those of documents.gql are beside.
//
//go:embed *.graphql
var operationFiles embed.FS

// introspection asks for all types, as deep as types are nested.
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

// ListCalls is how many calls of the quota CheckLists takes.
func (c *Client) ListCalls() int { return 1 }

// CertificateEnds is zero: Trackdéchets knows us by tokens.
func (c *Client) CertificateEnds() time.Time { return time.Time{} }

// CheckLists asks the register for its schema, as it is today, and compares it
// with the operations that we send; the waste codes stand in none. It changes
// nothing there. What it tells of is what we use: what is gone, has another type
// or wants more than we give breaks us; what is deprecated, and values that are
// new, is told. Where the register does not tell its schema, the error says so:
// nothing is tried out instead. Errors as of BSDD.
func (c *Client) CheckLists(ctx context.Context, _ []string) (json.RawMessage, []sluss.Drift, error) {
	companies := c.Companies()
	if len(companies) == 0 {
		return nil, nil, fmt.Errorf("%w: there is no token to ask with", sluss.ErrOperator)
	}
	patient := *c
	patient.http, patient.timeout = once.New(once.Options{Limit: largestSchema}), schemaTimeout
	who, err := patient.of(companies[0])
	if err != nil {
		return nil, nil, err
	}
	s := patient.as(who, "__schema")
	s.reply = patient.send(ctx, call{name: "__schema", operation: "introspection", query: introspection, actor: who})
	if a := readAnswer(s.reply.Body); len(a.Errors) > 0 && s.reply.Status < 500 {
		return nil, nil, fmt.Errorf("the schema cannot be checked: Trackdéchets does not tell it (%s); compare its published contract instead", cmp.Or(a.code(), "introspection is off"))
	}
	var told struct {
		Data struct {
			Schema struct {
				Types []liveType `json:"types"`
			} `json:"__schema"`
		} `json:"data"`
	}
	unread := json.Unmarshal(s.reply.Body, &told)
	if unread == nil && len(told.Data.Schema.Types) == 0 {
		unread = errNoData
	}
	if err := s.told(unread); err != nil {
		return nil, nil, err
	}
	live := map[string]liveType{}
	for _, t := range told.Data.Schema.Types {
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

// wanted tells whether nothing may be left out there.
func (f liveField) wanted() bool { return f.Type.Kind == "NON_NULL" && f.DefaultValue == nil }

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

// used is what of the schema our operations use.
type used struct {
	fields map[string]usedField // "Form.status"
	inputs map[string]usedInput // by type
	enums  map[string]usedEnum
}

type usedField struct {
	owner, name, kind string
	args              map[string]string // that we give, with their types
}

type usedInput struct {
	fields map[string]string // of the contract, with their types
	sent   map[string]bool   // that we may send; nil: which is not known
}

type usedEnum struct {
	values []string
	sent   bool // or only read
}

// wires are our own types that stand for inputs of the register; see
// genqlient.yaml.
func wires() map[string]reflect.Type {
	return map[string]reflect.Type{
		"CreateFormInput": reflect.TypeFor[formInput](), "UpdateFormInput": reflect.TypeFor[formInput](), "SignEmissionFormInput": reflect.TypeFor[emission](),
		"SignTransportFormInput": reflect.TypeFor[takeOver](), "ReceivedFormInput": reflect.TypeFor[arrival](), "AcceptedFormInput": reflect.TypeFor[acceptance](),
		"ProcessedFormInput": reflect.TypeFor[processing](), "ImportPaperFormInput": reflect.TypeFor[paperInput](), "TempStoredFormInput": reflect.TypeFor[storage](),
		"TempStorerAcceptedFormInput": reflect.TypeFor[storerVerdict](), "ResealedFormInput": reflect.TypeFor[resealing](), "TransporterInput": reflect.TypeFor[transporter](),
		"CreateFormRevisionRequestInput": reflect.TypeFor[revisionInput](), "DateFilter": reflect.TypeFor[dateRange](),
		"WebhookSettingCreateInput": reflect.TypeFor[webhookInput](), "WebhookSettingUpdateInput": reflect.TypeFor[webhookUpdate](),
	}
}

// usage reads what our operations use, by the contract that they were made of.
var usage = sync.OnceValues(func() (used, error) {
	u := used{fields: map[string]usedField{}, inputs: map[string]usedInput{}, enums: map[string]usedEnum{}}
	schema, err := contract()
	if err != nil {
		return u, err
	}
	files, err := operationFiles.ReadDir(".")
	if err != nil {
		return u, err
	}
	texts := []string{documentOperations}
	var generated strings.Builder
	for _, f := range files {
		text, err := operationFiles.ReadFile(f.Name())
		if err != nil {
			return u, err
		}
		generated.Write(text) // their fragments are shared
	}
	texts = append(texts, generated.String())
	for _, text := range texts {
		query, wrong := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		if len(wrong) > 0 {
			return u, fmt.Errorf("read our operations: %w", wrong)
		}
		for _, operation := range query.Operations {
			for _, v := range operation.VariableDefinitions {
				u.input(schema, v.Type.Name(), wires()[v.Type.Name()])
			}
			u.selection(schema, operation.SelectionSet)
		}
		for _, f := range query.Fragments {
			u.selection(schema, f.SelectionSet)
		}
	}
	return u, nil
})

func (u used) selection(schema *ast.Schema, set ast.SelectionSet) {
	for _, one := range set {
		field, is := one.(*ast.Field)
		if !is {
			if inline, is := one.(*ast.InlineFragment); is {
				u.selection(schema, inline.SelectionSet)
			}
			continue
		}
		if field.Definition == nil || strings.HasPrefix(field.Name, "__") {
			continue
		}
		owner := field.ObjectDefinition.Name
		args := map[string]string{}
		for _, a := range field.Arguments {
			if d := field.Definition.Arguments.ForName(a.Name); d != nil {
				args[a.Name] = d.Type.String()
				u.input(schema, d.Type.Name(), wires()[d.Type.Name()])
			}
		}
		key := owner + "." + field.Name
		maps.Copy(args, u.fields[key].args)
		u.fields[key] = usedField{owner, field.Name, field.Definition.Type.String(), args}
		u.enum(schema, field.Definition.Type.Name(), false)
		u.selection(schema, field.SelectionSet)
	}
}

func (u used) enum(schema *ast.Schema, name string, sent bool) {
	t := schema.Types[name]
	if t == nil || t.Kind != ast.Enum {
		return
	}
	e := u.enums[name]
	e.sent, e.values = e.sent || sent, nil
	for _, v := range t.EnumValues {
		e.values = append(e.values, v.Name)
	}
	u.enums[name] = e
}

// input notes an input with all below it; wire is our own type for it, or nil.
func (u used) input(schema *ast.Schema, name string, wire reflect.Type) {
	t := schema.Types[name]
	if t == nil {
		return
	}
	u.enum(schema, name, true)
	before, seen := u.inputs[name]
	if t.Kind != ast.InputObject || seen && (before.sent != nil || wire == nil) {
		return
	}
	below := wireFields(wire)
	in := usedInput{fields: map[string]string{}}
	if below != nil {
		in.sent = map[string]bool{}
	}
	for _, f := range t.Fields {
		in.fields[f.Name] = f.Type.String()
		if _, sent := below[f.Name]; sent {
			in.sent[f.Name] = true
		}
	}
	u.inputs[name] = in
	for _, f := range t.Fields {
		if inner, sent := below[f.Name]; sent || below == nil {
			u.input(schema, f.Type.Name(), inner)
		}
	}
}

// wireFields are the JSON names of a struct's fields with what is below each,
// nil where that is no struct of ours.
func wireFields(wire reflect.Type) map[string]reflect.Type {
	for wire != nil && (wire.Kind() == reflect.Pointer || wire.Kind() == reflect.Slice) {
		wire = wire.Elem()
	}
	if wire == nil || wire.Kind() != reflect.Struct {
		return nil
	}
	fields := map[string]reflect.Type{}
	for f := range wire.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			maps.Copy(fields, wireFields(f.Type))
		case name != "" && name != "-":
			fields[name] = f.Type
		}
	}
	return fields
}

const (
	renew   = "renew the contract, the operations and the simulator, and test before it is filed again"
	lookAt  = "look whether it concerns us, and renew the contract"
	unasked = "nothing is to be done before it is gone"
)

// compare says in what the live schema is not what we use.
func (u used) compare(live map[string]liveType) []sluss.Drift {
	drift := []sluss.Drift{}
	add := func(list, code string, breaks bool, remedy, problem string, args ...any) {
		drift = append(drift, sluss.Drift{List: list, Code: code, Breaks: breaks, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
	}
	for _, key := range slices.Sorted(maps.Keys(u.fields)) {
		f := u.fields[key]
		theirs, there := named(live[f.owner].Fields, f.name)
		if !there {
			add(f.owner, f.name, true, renew, "is gone, and we ask for it")
			continue
		}
		if changed, breaks := retyped(f.kind, theirs.Type.String(), true); changed {
			add(f.owner, f.name, breaks, renew, "has become %s, and was %s", theirs.Type, f.kind)
		}
		if theirs.IsDeprecated {
			add(f.owner, f.name, false, unasked, "is deprecated, and we ask for it")
		}
		for _, a := range slices.Sorted(maps.Keys(f.args)) {
			arg, there := named(theirs.Args, a)
			if !there {
				add(f.owner, f.name, true, renew, "takes no %s any more, and we give it", a)
			} else if changed, breaks := retyped(f.args[a], arg.Type.String(), false); changed {
				add(f.owner, f.name, breaks, renew, "takes %s as %s, and took it as %s", a, arg.Type, f.args[a])
			}
		}
		for _, arg := range theirs.Args {
			if _, given := f.args[arg.Name]; !given && arg.wanted() {
				add(f.owner, f.name, true, renew, "wants %s, which we do not give", arg.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.inputs)) {
		in, theirs := u.inputs[name], live[name]
		if theirs.Name == "" {
			add(name, "", true, renew, "is gone, and we send it")
			continue
		}
		for _, f := range slices.Sorted(maps.Keys(in.fields)) {
			field, there := named(theirs.InputFields, f)
			if !there {
				add(name, f, in.sent[f], renew, "is gone")
			} else if changed, breaks := retyped(in.fields[f], field.Type.String(), false); changed {
				add(name, f, breaks && (in.sent == nil || in.sent[f] || field.wanted()), renew, "has become %s, and was %s", field.Type, in.fields[f])
			}
		}
		for _, f := range theirs.InputFields {
			if _, known := in.fields[f.Name]; !known && f.wanted() {
				add(name, f.Name, true, renew, "is new and must be there")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.enums)) {
		ours, theirs := u.enums[name], live[name]
		var values []string
		for _, v := range theirs.EnumValues {
			values = append(values, v.Name)
			if !slices.Contains(ours.values, v.Name) {
				add(name, v.Name, false, lookAt, "is a new value")
			}
		}
		for _, v := range ours.values {
			if !slices.Contains(values, v) {
				add(name, v, ours.sent, renew, "is no value any more")
			}
		}
	}
	return drift
}

// retyped tells whether a type has changed, and whether that breaks us: another
// type always does; less sure to be there where we read, or wanted where we give,
// may.
func retyped(before, now string, read bool) (changed, breaks bool) {
	if before == now {
		return false, false
	}
	bare := func(t string) string { return strings.ReplaceAll(t, "!", "") }
	if bare(before) != bare(now) {
		return true, true
	}
	stricter := strings.Count(now, "!") > strings.Count(before, "!")
	return true, !read && stricter
}
