package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sluss"
	"sluss/api"
)

// short is the id of a batch or filing as people write it: without its kind, and
// without the default tenant.
func short[ID ~string](id ID) string {
	name := sluss.FilingID(sluss.BatchID(id).Name()).Name()
	return strings.TrimPrefix(name, sluss.DefaultTenant+"/")
}

// command is a command line that can be pasted into a shell. Words in capitals are
// placeholders.
func command(words ...string) string {
	for i, word := range words {
		if word == "" || strings.ContainsAny(word, " \t\"'\\$&|;<>()*?[]`!~") {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return "starter " + strings.Join(words, " ")
}

// eventCommand reports the event of that id, which is the service's.
func eventCommand(batch sluss.BatchID, event sluss.EventID) string {
	kind, leg, _ := event.Split()
	words := []string{"event", short(batch), string(kind)}
	if leg > 0 && kind != sluss.PickedUp {
		words = append(words, "--leg", strconv.Itoa(leg))
	}
	switch kind {
	case sluss.Received:
		words = append(words, "--mass", "MASS")
	case sluss.WasteRefused, sluss.Cancelled:
		words = append(words, "--reason", "REASON")
	case sluss.Produced, sluss.PickedUp, sluss.HandedOver, sluss.WasteAccepted, sluss.Treated:
	}
	return command(append(words, "--by", "NAME")...)
}

// nextCommands lists the command lines with which a person can act on a filing.
func nextCommands(f api.Filing) (lines []string) {
	for _, a := range f.Actions {
		switch a.Kind {
		case api.ActSign:
			lines = append(lines, command("sign", short(f.Batch), "--role", string(a.Role), "--filing", string(f.Obligation.ID), "--hash", a.Hash, "--name", "NAME"))
		case api.ActCorrect, api.ActAmend, api.ActResults:
			lines = append(lines, correctCommand(f, a))
		case api.ActExtract:
			lines = append(lines, command("extract", "FILE", "--by", "NAME"))
		case api.ActDecide:
			lines = append(lines, decideCommand(f, sluss.DecisionKind(a.What)))
		}
	}
	return lines
}

func decideCommand(f api.Filing, kind sluss.DecisionKind) string {
	words := []string{"decide", short(f.ID), string(kind)}
	if kind == sluss.DecidedTaken {
		words = append(words, "--receipt", "ID")
	}
	if c := f.Clearance; kind == sluss.DecidedOverride && c != nil && len(c.OverrideBy) > 0 && !slices.Contains(c.OverrideBy, sluss.Officer) {
		words = append(words, "--role", string(c.OverrideBy[0]))
	}
	return command(append(words, "--reason", "REASON", "--by", "NAME")...)
}

// correctCommand names the fields that were rejected, as far as they are known.
func correctCommand(f api.Filing, action api.Action) string {
	words := []string{action.Kind, short(action.Target)}
	for _, r := range f.Reasons {
		if set := r.Field + "=VALUE"; r.Field != "" && !slices.Contains(words, set) {
			words = append(words, set)
		}
	}
	if len(words) == 2 {
		words = append(words, "PATH=VALUE")
	}
	return command(append(words, "--reason", "REASON", "--by", "NAME")...)
}

// nextEvents are the events that may be reported now, and what is in the way.
func nextEvents(batch sluss.BatchID, actions []api.Action) (lines []string) {
	for _, a := range actions {
		if a.Kind != api.ActEvent {
			continue
		}
		lines = append(lines, eventCommand(batch, sluss.EventID(a.What)))
		for _, why := range a.Blocked {
			lines = append(lines, fmt.Sprintf("    not yet: %s", why))
		}
	}
	return lines
}
