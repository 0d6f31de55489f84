package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"sluss/api"
)

// writeOutdated lists what was filed or compiled before its data were corrected, with
// the command that corrects it.
func writeOutdated(w io.Writer, list []api.Outdated) {
	for _, s := range list {
		fmt.Fprintf(w, "  %s is outdated, and is not amended automatically\n", short(s.Filing))
		inner := indented{w}
		field(inner, "why", s.Why)
		if len(s.Set) > 0 {
			field(inner, "do", outdatedCommand(s))
		}
		field(inner, "remedy", s.Remedy)
	}
}

// outdatedCommand is the command that brings a report up to date.
func outdatedCommand(s api.Outdated) string {
	words := []string{s.Kind, short(s.Filing)}
	for _, path := range slices.Sorted(maps.Keys(s.Set)) {
		words = append(words, path+"="+s.Set[path])
	}
	return command(append(words, "--reason", "REASON", "--by", "NAME")...)
}
