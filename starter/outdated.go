package main

import (
	"encoding/json"
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
		for _, other := range s.Others {
			fmt.Fprintf(w, "  %s is outdated too\n", short(other.Filing))
			field(inner, "why", other.Why)
			field(inner, "remedy", other.Remedy)
		}
		switch batch, _, _ := s.Filing.Split(); {
		case len(s.Others) > 0:
			field(inner, "do", command("amend", "--all", short(batch), "--reason", "REASON", "--by", "NAME"))
		case len(s.Set)+len(s.Remove)+len(s.Add) > 0 || s.Annul != "":
			field(inner, "do", outdatedCommand(s))
		}
		field(inner, "remedy", s.Remedy)
	}
}

// outdatedCommand is the command that brings a report up to date.
func outdatedCommand(s api.Outdated) string {
	words := []string{s.Kind, short(s.Filing)}
	if s.Annul != "" {
		words = []string{"annul", short(s.Filing), "--because", string(s.Annul)}
	}
	words = append(words, changeWords(s.Set, s.Remove, s.Add)...)
	return command(append(words, "--reason", "REASON", "--by", "NAME")...)
}

// changeWords are what a correction changes, as words of a command.
func changeWords(set map[string]string, remove []string, add map[string]json.RawMessage) (words []string) {
	for _, path := range slices.Sorted(maps.Keys(set)) {
		words = append(words, path+"="+set[path])
	}
	for _, path := range remove {
		words = append(words, "--remove", path)
	}
	for _, path := range slices.Sorted(maps.Keys(add)) {
		words = append(words, "--add", path+"="+string(add[path]))
	}
	return words
}
