package ledger_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var isQuery = regexp.MustCompile(`(?is)^\s*(select|insert|update|delete|with)\s`)

// TestQueriesFitTheSchema lets PostgreSQL prepare every query of the package.
func TestQueriesFitTheSchema(t *testing.T) {
	_, url := fresh(t)
	db := rows(t, url)
	files, err := os.ReadDir(".")
	must(t, err)
	prepared := 0
	for _, entry := range files {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		must(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			literal, is := node.(*ast.BasicLit)
			if !is || literal.Kind != token.STRING {
				return true
			}
			query, err := strconv.Unquote(literal.Value)
			must(t, err)
			if !isQuery.MatchString(query) {
				return true
			}
			prepared++
			statement, err := db.PrepareContext(t.Context(), query)
			if err != nil {
				t.Errorf("%s: %v\n%s", entry.Name(), err, query)
				return true
			}
			defer statement.Close()
			return true
		})
	}
	if prepared < 30 {
		t.Errorf("found only %d queries", prepared)
	}
}
