package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"sluss/inbox"
)

// writeStale names what was filed, or compiled, before what it tells of was
// corrected, with the command that corrects it.
func writeStale(w io.Writer, list []inbox.Stale) {
	for _, s := range list {
		fmt.Fprintf(w, "  %s is not amended by itself\n", short(s.Filing))
		inner := indented{w}
		field(inner, "why", s.Why)
		if len(s.Set) > 0 {
			field(inner, "do", staleCommand(s))
		}
		field(inner, "remedy", s.Remedy)
	}
}

// staleCommand has the filing tell what is so now.
func staleCommand(s inbox.Stale) string {
	words := []string{s.Kind, short(s.Filing)}
	for _, path := range slices.Sorted(maps.Keys(s.Set)) {
		words = append(words, path+"="+s.Set[path])
	}
	return command(append(words, "--reason", "REASON", "--by", "NAME")...)
}
