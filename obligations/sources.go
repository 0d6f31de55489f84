package obligations

import "embed"

// Sources are this package's own files: what the law says, workflows depend on.
//
//go:embed *.go
var Sources embed.FS
