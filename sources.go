package sluss

import "embed"

// Sources are the files of this package. The version of the workflows is a hash of
// them, because workflows depend on the types.
//
//go:embed *.go
var Sources embed.FS
