package numbers

import "embed"

// Sources are the files of this package. The version of the workflows is a hash of
// them, because workflows check numbers.
//
//go:embed *.go
var Sources embed.FS
