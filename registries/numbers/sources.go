package numbers

import "embed"

// Sources are this package's own files: what numbers are right, workflows depend on.
//
//go:embed *.go
var Sources embed.FS
