package wire

import (
	"embed"
	"fmt"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:embed contract.graphqls *.graphql
var files embed.FS

// Contract is the part of the public schema that we use. A test of the simulator
// holds it against the whole.
var Contract = sync.OnceValues(func() (*ast.Schema, error) {
	text, err := files.ReadFile("contract.graphqls")
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "contract.graphqls", Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("load the contract: %w", err)
	}
	return schema, nil
})

// Operations are the texts of the generated calls, in one: they share fragments.
func Operations() (string, error) {
	entries, err := files.ReadDir(".")
	var all []byte
	for _, entry := range entries {
		if entry.Name() == "contract.graphqls" {
			continue
		}
		text, unread := files.ReadFile(entry.Name())
		if unread != nil {
			return "", unread
		}
		all = append(all, text...)
	}
	return string(all), err
}
