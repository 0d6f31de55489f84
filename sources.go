package sluss

import "embed"

// Sources are this package's own files: what the words mean, workflows depend on.
//
//go:embed *.go
var Sources embed.FS
