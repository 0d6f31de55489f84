// Package wire is what goes to Trackdéchets and comes back: the contract, which is the
// part of its public schema that we use, our inputs and answers, and the texts of calls,
// which are made of both. It calls nobody by itself.
package wire

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:embed contract.graphqls
var contract string

// Contract is the part of the public schema that we use. A test of the simulator
// holds it against the whole.
var Contract = sync.OnceValues(func() (*ast.Schema, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "contract.graphqls", Input: contract})
	if err != nil {
		return nil, fmt.Errorf("load the contract: %w", err)
	}
	return schema, nil
})
