package trackdechets

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// listed is a server of which a call may ask only for what wire.Operations lists: of
// anything else, a change of the schema would not be seen.
func listed(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	texts, err := wire.Operations()
	must(t, err)
	known := map[string]bool{}
	for _, text := range texts {
		used(t, text, func(key string) { known[key] = true })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body) // what is broken the server tells
		q.Body = io.NopCloser(bytes.NewReader(body))
		all := make([]calls.Request, 1)
		if json.Unmarshal(body, &all) != nil {
			_ = json.Unmarshal(body, &all[0])
		}
		for _, one := range all {
			used(t, one.Query, func(key string) {
				if !known[key] {
					t.Errorf("%s asks for %s, which is in no list", one.OperationName, key)
				}
			})
		}
		next.ServeHTTP(w, q)
	})
}

// used tells the fields and arguments that a call asks for.
func used(t *testing.T, text string, tell func(key string)) {
	t.Helper()
	schema, err := wire.Contract()
	must(t, err)
	query, faults := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
	if len(faults) > 0 {
		t.Errorf("%s: %v", text, faults)
		return
	}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, one := range set {
			f, is := one.(*ast.Field)
			if !is || f.ObjectDefinition == nil {
				continue
			}
			key := f.ObjectDefinition.Name + "." + f.Name
			tell(key)
			for _, a := range f.Arguments {
				tell(key + "(" + a.Name)
			}
			walk(f.SelectionSet)
		}
	}
	for _, operation := range query.Operations {
		walk(operation.SelectionSet)
	}
}
