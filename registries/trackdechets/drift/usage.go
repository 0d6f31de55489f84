package drift

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss/registries/trackdechets/documents"
	"sluss/registries/trackdechets/wire"
)

// used is what of the schema our calls use.
type used struct {
	schema *ast.Schema
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
	sent   map[string]bool   // that we may send; nil: it is not known which
}

type usedEnum struct {
	values []string
	sent   bool // or only read
}

// inputs are our own types that stand for inputs of the registry; see genqlient.yaml.
var inputs = map[string]reflect.Type{
	"CreateFormInput": reflect.TypeFor[wire.FormInput](), "UpdateFormInput": reflect.TypeFor[wire.FormInput](), "SignEmissionFormInput": reflect.TypeFor[wire.Emission](),
	"SignTransportFormInput": reflect.TypeFor[wire.TakeOver](), "ReceivedFormInput": reflect.TypeFor[wire.Arrival](), "AcceptedFormInput": reflect.TypeFor[wire.Acceptance](),
	"ProcessedFormInput": reflect.TypeFor[wire.Processing](), "ImportPaperFormInput": reflect.TypeFor[wire.Paper](), "TempStoredFormInput": reflect.TypeFor[wire.Storing](),
	"TempStorerAcceptedFormInput": reflect.TypeFor[wire.StoringVerdict](), "ResealedFormInput": reflect.TypeFor[wire.Resealing](), "TransporterInput": reflect.TypeFor[wire.Transporter](),
	"CreateFormRevisionRequestInput": reflect.TypeFor[wire.RevisionInput](), "DateFilter": reflect.TypeFor[wire.DateRange](),
	"WebhookSettingCreateInput": reflect.TypeFor[wire.NewWebhook](), "WebhookSettingUpdateInput": reflect.TypeFor[wire.ChangedWebhook](),
}

// usage reads what our calls use, by the contract that they were made for.
var usage = sync.OnceValues(func() (used, error) {
	schema, err := wire.Contract()
	u := used{schema, map[string]usedField{}, map[string]usedInput{}, map[string]usedEnum{}}
	if err != nil {
		return u, err
	}
	generated, err := wire.Operations()
	if err != nil {
		return u, err
	}
	others, err := documents.Operations()
	if err != nil {
		return u, err
	}
	for _, text := range append(others, generated) {
		query, wrong := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		if len(wrong) > 0 {
			return u, fmt.Errorf("read our operations: %w", wrong)
		}
		for _, operation := range query.Operations {
			for _, v := range operation.VariableDefinitions {
				u.input(v.Type.Name(), inputs[v.Type.Name()])
			}
			u.selection(operation.SelectionSet)
		}
		for _, f := range query.Fragments {
			u.selection(f.SelectionSet)
		}
	}
	return u, nil
})

func (u used) selection(set ast.SelectionSet) {
	for _, one := range set {
		field, is := one.(*ast.Field)
		if !is || field.Definition == nil || strings.HasPrefix(field.Name, "__") {
			continue
		}
		owner, args := field.ObjectDefinition.Name, map[string]string{}
		for _, a := range field.Arguments {
			if d := field.Definition.Arguments.ForName(a.Name); d != nil {
				args[a.Name] = d.Type.String()
				u.input(d.Type.Name(), inputs[d.Type.Name()])
			}
		}
		key := owner + "." + field.Name
		maps.Copy(args, u.fields[key].args)
		u.fields[key] = usedField{owner, field.Name, field.Definition.Type.String(), args}
		u.enum(field.Definition.Type.Name(), false)
		u.selection(field.SelectionSet)
	}
}

func (u used) enum(name string, sent bool) {
	t := u.schema.Types[name]
	if t == nil || t.Kind != ast.Enum {
		return
	}
	e := usedEnum{sent: sent || u.enums[name].sent}
	for _, v := range t.EnumValues {
		e.values = append(e.values, v.Name)
	}
	u.enums[name] = e
}

// input notes an input with all below it; ours is our own type for it, or nil.
func (u used) input(name string, ours reflect.Type) {
	t := u.schema.Types[name]
	if t == nil {
		return
	}
	u.enum(name, true)
	before, seen := u.inputs[name]
	if t.Kind != ast.InputObject || seen && (before.sent != nil || ours == nil) {
		return
	}
	below := jsonFields(ours)
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
			u.input(f.Type.Name(), inner)
		}
	}
}

// jsonFields are the JSON names of a struct's fields with what is below each; nil where
// it is no struct of ours.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			maps.Copy(fields, jsonFields(f.Type))
		} else if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}
