package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Root is a root field of the contract, with what its answer is read into.
type Root struct {
	Field string
	Into  any // a value, or where it is to be put
}

// Operation is the text of a request that asks for root fields, in their order, and runs
// each only if the one before succeeded. Of the arguments it gives those that are named,
// each in a variable of its own name; of an answer it asks for those fields that the Go
// type has too. The error is that the contract has no such field or argument.
func Operation(arguments []string, roots ...Root) (string, error) {
	schema, err := Contract()
	if err != nil {
		return "", err
	}
	kind, fields, declared := "", []string{}, map[string]*ast.Type{}
	for _, root := range roots {
		f, of := rootField(schema, root.Field)
		if f == nil {
			return "", fmt.Errorf("the contract has no %s", root.Field)
		}
		var given []string
		for _, a := range f.Arguments {
			if slices.Contains(arguments, a.Name) {
				declared[a.Name] = a.Type
				given = append(given, a.Name+": $"+a.Name)
			}
		}
		kind, fields = of, append(fields, root.Field+list(given, ", ")+selection(schema, schema.Types[f.Type.Name()], reflect.TypeOf(root.Into)))
	}
	var variables []string
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		variables = append(variables, fmt.Sprintf("$%s: %s", name, declared[name]))
	}
	for _, name := range arguments {
		if declared[name] == nil {
			return "", fmt.Errorf("the contract has no argument %s of %s", name, roots[len(roots)-1].Field)
		}
	}
	return fmt.Sprintf("%s %s%s { %s }", kind, roots[len(roots)-1].Field, list(variables, ", "), strings.Join(fields, " ")), nil
}

// operations are our calls, by what their answers are read into, beside those about the
// documents that are no BSDD. Where not all arguments of the contract are given, those
// that are follow in brackets.
var operations = []struct {
	into   any
	fields []string
}{
	{Form{}, []string{
		"createForm", "updateForm", "deleteForm", "importPaperForm", "markAsSealed", "signEmissionForm", "signTransportForm", "markAsReceived", "markAsAccepted",
		"markAsProcessed", "markAsTempStored", "markAsTempStorerAccepted", "markAsResealed", "form", "forms(siret customId updatedAfter cursorAfter first)",
	}},
	{Reference{}, []string{"createFormTransporter"}},
	{File{}, []string{"formPdf"}},
	{Revision{}, []string{"createFormRevisionRequest"}},
	{Connection[Revision]{}, []string{"formRevisionRequests"}},
	{Made{}, []string{"submitFormRevisionRequestApproval", "generateRegistryV2Export(registryType format siret dateRange)", "registryV2Export"}},
	{false, []string{"cancelFormRevisionRequest"}},
	{SignedURL{}, []string{"registryV2ExportDownloadSignedUrl"}},
	{CompanyInfo{}, []string{"companyInfos(clue)"}},
	{EcoOrganismeInfo{}, []string{"ecoOrganismes(handleBsdd)"}},
	{Connection[OwnCompany]{}, []string{"myCompanies(first after)"}},
	{Webhook{}, []string{"createWebhookSetting", "updateWebhookSetting"}},
	{Connection[Webhook]{}, []string{"webhooksettings(first after)"}},
}

// Operations are the texts of our calls, each with all that it may give; see operations.
func Operations() (texts []string, err error) {
	for _, c := range operations {
		more, err := OperationsInto(c.into, c.fields...)
		if err != nil {
			return nil, err
		}
		texts = append(texts, more...)
	}
	return texts, nil
}

// OperationsInto are the texts of calls whose answers are read into one type, by their
// root fields; see operations.
func OperationsInto(into any, fields ...string) (texts []string, err error) {
	schema, err := Contract()
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		name, given, some := strings.Cut(strings.TrimSuffix(field, ")"), "(")
		arguments := strings.Fields(given)
		if f, _ := rootField(schema, name); f != nil && !some {
			for _, a := range f.Arguments {
				arguments = append(arguments, a.Name)
			}
		}
		text, err := Operation(arguments, Root{name, into})
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func rootField(schema *ast.Schema, name string) (f *ast.FieldDefinition, kind string) {
	if f = schema.Query.Fields.ForName(name); f != nil {
		return f, "query"
	}
	return schema.Mutation.Fields.ForName(name), "mutation"
}

func list(all []string, between string) string {
	if len(all) == 0 {
		return ""
	}
	return "(" + strings.Join(all, between) + ")"
}

// selection are the fields of a type of the schema that a type of ours has too; empty of
// scalars. Of transporters it asks for the list where there is one.
func selection(schema *ast.Schema, t *ast.Definition, ours reflect.Type) string {
	for ours.Kind() == reflect.Pointer || ours.Kind() == reflect.Slice {
		ours = ours.Elem()
	}
	if t.Kind != ast.Object || ours.Kind() != reflect.Struct {
		return ""
	}
	var fields []string
	for held := range ours.Fields() {
		name, _, _ := strings.Cut(held.Tag.Get("json"), ",")
		f := t.Fields.ForName(name)
		if f == nil || name == "transporter" && t.Fields.ForName("transporters") != nil {
			continue
		}
		of := schema.Types[f.Type.Name()]
		if below := selection(schema, of, held.Type); below != "" || of.Kind != ast.Object {
			fields = append(fields, name+below)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	return " { " + strings.Join(fields, " ") + " }"
}
