package sluss_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sluss"
)

// TestListsOfWordsAreComplete holds each list against the constants of its type.
func TestListsOfWordsAreComplete(t *testing.T) {
	declared := constants(t)
	for kind, listed := range map[string][]string{
		"Role": texts(sluss.Roles()), "Origin": texts(sluss.Origins()), "Consistence": texts(sluss.Consistences()),
		"PackagingKind": texts(sluss.PackagingKinds()), "Mode": texts(sluss.Modes()), "VehicleKind": texts(sluss.VehicleKinds()), "Site": texts(sluss.Sites()),
		"EventKind": texts(sluss.EventKinds()), "FilingStage": texts(sluss.FilingStages()), "DecisionKind": texts(sluss.DecisionKinds()),
		"ReportKind": texts(sluss.ReportKinds()), "AnnulReason": append(texts(sluss.AnnulReasons()), string(sluss.NotCarried)), "RegisterKind": texts(sluss.RegisterKinds()),
	} {
		want, got := slices.Sorted(slices.Values(declared[kind])), slices.Sorted(slices.Values(listed))
		if len(want) == 0 || !slices.Equal(want, got) {
			t.Errorf("%s: the constants are %q, the list has %q", kind, want, got)
		}
	}
	if roles := append(sluss.Signers(), sluss.EcoOrganisme); !slices.Equal(roles, sluss.Roles()) {
		t.Errorf("an éco-organisme alone signs nothing: %q", roles)
	}
	if got := sluss.OneOf(sluss.VehicleKinds()) + "; " + sluss.OneOf(sluss.Consistences()); got != "lorry or trailer; solid, liquid, gaseous or doughy" {
		t.Error(got)
	}
}

func texts[T ~string](words []T) (list []string) {
	for _, word := range words {
		list = append(list, string(word))
	}
	return list
}

// constants are the values of the root package's constants of text, by type.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			kind, named := spec.Type.(*ast.Ident)
			value, text := spec.Values[0].(*ast.BasicLit)
			if named && text && value.Kind == token.STRING {
				word, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[kind.Name] = append(found[kind.Name], word)
			}
			return true
		})
	}
	return found
}
