package workflows

import "embed"

// Sources are this package's own files, of which the version of the workflows is
// made.
//
//go:embed *.go
var Sources embed.FS
