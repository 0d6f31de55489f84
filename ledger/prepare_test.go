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

// TestQueriesFitTheSchema lets PostgreSQL prepare every query of the package,
// also those that are put together from constants.
func TestQueriesFitTheSchema(t *testing.T) {
	t.Parallel()
	_, url := fresh(t)
	db := rows(t, url)
	entries, err := os.ReadDir(".")
	must(t, err)
	files := map[string]*ast.File{}
	texts := constants{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		must(t, err)
		files[entry.Name()] = file
		texts.collect(file)
	}
	prepared := 0
	for name, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			expression, is := node.(ast.Expr)
			if !is {
				return true
			}
			query, whole := texts.value(expression)
			if !whole {
				return true
			}
			if _, is := node.(*ast.Ident); is || !isQuery.MatchString(query) {
				return false
			}
			prepared++
			statement, err := db.PrepareContext(t.Context(), query)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, query)
				return false
			}
			defer statement.Close()
			return false
		})
	}
	if prepared < 30 {
		t.Errorf("found only %d queries", prepared)
	}
}

// constants are the package's constants and what they are made of.
type constants map[string]ast.Expr

func (c constants) collect(file *ast.File) {
	for _, declaration := range file.Decls {
		general, is := declaration.(*ast.GenDecl)
		if !is || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			if value, is := spec.(*ast.ValueSpec); is && len(value.Values) == len(value.Names) {
				for i, name := range value.Names {
					c[name.Name] = value.Values[i]
				}
			}
		}
	}
}

// value is the text of an expression; false if it is none.
func (c constants) value(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		inner, known := c[e.Name]
		if !known {
			return "", false
		}
		return c.value(inner)
	case *ast.BinaryExpr:
		left, one := c.value(e.X)
		right, other := c.value(e.Y)
		return left + right, one && other && e.Op == token.ADD
	}
	return "", false
}
