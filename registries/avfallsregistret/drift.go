package avfallsregistret

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
)

// carriedNotes is how many kinds of notes there are to file.
const carriedNotes = 8

// carriedTreatments are the methods of annexes 1 and 2 of the ordinance.
func carriedTreatments() map[string]bool {
	codes := map[string]bool{}
	for kind, last := range map[string]int{"R": 13, "D": 15} {
		for n := range last {
			codes[fmt.Sprint(kind, n+1)] = true
		}
	}
	return codes
}

// Compare says in what the registry's lists are not what Sluss carries: its
// waste codes, each of six digits and with a star if hazardous ("130205*"),
// which the caller gives for the day of the lists; the six modes of transport;
// the treatment methods; the number of kinds of notes. Sub-codes and types of
// recovery result are not carried but taken from the registry, so they cannot
// drift. The answer is in order of list and code; empty: none.
func Compare(codes []string, lists ReferenceData) []sluss.Drift {
	var drift []sluss.Drift
	add := func(list, code, problem, remedy string) {
		drift = append(drift, sluss.Drift{List: list, Code: code, Problem: problem, Remedy: remedy})
	}
	if n := len(lists.Notes); n != carriedNotes {
		add("anteckningstyper", "", fmt.Sprintf("the registry has %d kinds of notes, and Sluss files %d", n, carriedNotes), "compare the registry's contract with the client's")
	}

	carried, listed := starred(codes), starred(lists.Codes())
	for code, hazardous := range carried {
		switch theirs, known := listed[code]; {
		case !known:
			add("avfallstyper", code, "the registry does not take this code", "declare such waste under the code that took its place in annex 3")
		case theirs != hazardous:
			add("avfallstyper", code, fmt.Sprintf("the registry has it as %s, and Sluss as %s", hazard(theirs), hazard(hazardous)), "renew the list of waste codes that Sluss carries")
		}
	}
	for code := range listed {
		if _, known := carried[code]; !known {
			add("avfallstyper", code, "Sluss does not know this code", "renew the list of waste codes that Sluss carries")
		}
	}

	methods := map[string]bool{}
	for _, m := range lists.Treatments {
		methods[m.Code] = true
	}
	modes, ours := map[string]bool{}, map[string]bool{}
	for _, m := range lists.Modes {
		modes[m.Code] = true
	}
	for _, mode := range sluss.Modes() {
		ours[transportsatt[mode]] = true
	}
	for _, list := range []struct {
		name            string
		carried, theirs map[string]bool
	}{{"behandlingsmetoder", carriedTreatments(), methods}, {"transportsatt", ours, modes}} {
		for code := range maps.Keys(list.carried) {
			if !list.theirs[code] {
				add(list.name, code, "the registry does not take this code", "do not declare it until the registry is asked")
			}
		}
		for code := range list.theirs {
			if !list.carried[code] {
				add(list.name, code, "Sluss does not know this code", "ask for a newer Sluss before it is needed")
			}
		}
	}
	slices.SortFunc(drift, func(a, b sluss.Drift) int {
		return cmp.Or(strings.Compare(a.List, b.List), strings.Compare(a.Code, b.Code))
	})
	return drift
}

// starred maps six digits to whether they are hazardous.
func starred(codes []string) map[string]bool {
	known := make(map[string]bool, len(codes))
	for _, code := range codes {
		digits, star := strings.CutSuffix(bareSpaces(code), "*")
		known[digits] = star
	}
	return known
}

func bareSpaces(code string) string { return strings.ReplaceAll(code, " ", "") }

func hazard(hazardous bool) string {
	if hazardous {
		return "hazardous"
	}
	return "not hazardous"
}
