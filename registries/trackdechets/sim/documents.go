package sim

// documentParties are the companies on a document of another kind than BSDD.
func documentParties(r *Record) []string { return nil }
