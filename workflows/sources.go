package workflows

import "embed"

// Sources are the files of this package. The version of the workflows is a hash of them.
//
//go:embed *.go
var Sources embed.FS
