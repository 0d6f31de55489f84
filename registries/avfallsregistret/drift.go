package avfallsregistret

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
)

// carriedNotes is the number of kinds of notes that Sluss files.
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

// Compare returns the differences between the registry's lists and those in Sluss:
// the waste codes, which the caller gives as of the day of the lists, each with six
// digits and a star if hazardous ("130205*"); the six modes of transport; the
// treatment methods; and the number of kinds of notes. Sluss has no list of
// sub-codes or types of recovery result of its own, so these cannot drift. The
// result is sorted by list and code.
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
			add("avfallstyper", code, "the registry does not list this code", "declare such waste under the code that replaced it in annex 3")
		case theirs != hazardous:
			add("avfallstyper", code, fmt.Sprintf("the registry lists it as %s, Sluss as %s", hazard(theirs), hazard(hazardous)), "update the list of waste codes in Sluss")
		}
	}
	for code := range listed {
		if _, known := carried[code]; !known {
			add("avfallstyper", code, "Sluss does not know this code", "update the list of waste codes in Sluss")
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
				add(list.name, code, "the registry does not list this code", "ask the registry before you declare it")
			}
		}
		for code := range list.theirs {
			if !list.carried[code] {
				add(list.name, code, "Sluss does not know this code", "update Sluss before you need the code")
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
