package service

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sluss"
	"sluss/declarations"
)

// ReadDeclaration reads a batch in its JSON form. The error is Faults: all faults of
// form, each with its path. The values are checked by Service.Declare; but if something
// could not be read, the faults include those of the values that could.
func ReadDeclaration(data []byte) (sluss.Declaration, error) {
	d, _, err := ReadDeclared(data)
	return d, err
}

// ReadDeclared is ReadDeclaration with what was read as something else than its text: the
// same as in a table.
func ReadDeclared(data []byte) (sluss.Declaration, []declarations.Reading, error) {
	wrong := func(problem, remedy string) (sluss.Declaration, []declarations.Reading, error) {
		return sluss.Declaration{}, nil, sluss.Faults{{Problem: problem, Remedy: remedy}}
	}
	if faults := sluss.CheckJSON(data); len(faults) > 0 {
		return sluss.Declaration{}, nil, faults
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return wrong("not JSON: "+place(data, err), "send one batch as a JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return wrong("something follows the JSON object", "send one batch at a time, or a CSV file")
	}
	if _, object := tree.(map[string]any); !object {
		return wrong("not a JSON object", "send one batch as a JSON object")
	}
	d, readings, faults := declarations.One(sluss.Flatten(tree))
	return d, readings, withMeaning(d, faults).Err()
}

// place says where a JSON error is.
func place(data []byte, err error) string {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Sprintf("%v in line %d", err, line)
	}
	return err.Error()
}

// withMeaning adds to the faults of form the faults of the fields that could be read,
// so that all are reported at once.
func withMeaning(d sluss.Declaration, faults sluss.Faults) sluss.Faults {
	if len(faults) == 0 {
		return nil
	}
	unread := map[string]bool{}
	for _, f := range faults {
		unread[f.Field] = true
	}
	for _, f := range wrong(d) {
		if !unread[f.Field] {
			faults = append(faults, f)
		}
	}
	return faults
}
