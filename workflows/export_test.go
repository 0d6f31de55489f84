package workflows

import "time"

// DefaultPolicy is what an installation has that configures nothing.
func DefaultPolicy() Policy { return Policy{Settle: 70 * time.Second} }
