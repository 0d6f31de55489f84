package obligations

import "embed"

// Sources are the files of this package. The version of the workflows is a hash of
// them, because workflows depend on the rules.
//
//go:embed *.go
var Sources embed.FS
