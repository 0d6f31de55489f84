// Package examples embeds sample batches, in the form in which a plant's own system
// would send them.
package examples

import (
	"embed"
	"io/fs"
	"iter"
)

//go:embed *.json
var files embed.FS

// All are the sample batches, each as a JSON file, by file name.
func All() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		names, _ := fs.Glob(files, "*.json") // the pattern is well-formed
		for _, name := range names {
			data, _ := fs.ReadFile(files, name) // it is there: it was listed
			if !yield(name, data) {
				return
			}
		}
	}
}

// Represented is the part of a configuration (YAML, the keys companies and mandates) that
// has the parties of the sample batches reported for.
//
//go:embed represented.yaml
var Represented []byte
