package sluss

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Amendment says that a content goes in the place of a note that its registry
// took before, or takes that note back.
type Amendment struct {
	Filing  string `json:"filing"`  // FilingID of the note
	Receipt string `json:"receipt"` // the registry's id of the note as it stands
	// Annul is why the note is taken back; empty: it is corrected.
	Annul AnnulReason `json:"annul,omitempty"`
	// Double: the receipt is of another note, which tells the same as that of the
	// filing. It is annulled, and the filing's own note stands.
	Double bool `json:"double,omitempty"`
	// Set is what a correction changed: path in the content -> value as text.
	Set    map[string]string `json:"set,omitempty"`
	Reason string            `json:"reason"`
	By     Person            `json:"by"`
}

// AnnulReason is why a note is annulled.
type AnnulReason string

// The reasons that the Swedish register knows.
const (
	WrongWaste    AnnulReason = "wrong-waste"    // it tells of other waste than there was
	WrongNote     AnnulReason = "wrong-note"     // it is of the wrong kind
	WrongOperator AnnulReason = "wrong-operator" // it is of a party whose duty it was not
	SentTwice     AnnulReason = "sent-twice"     // another note tells the same
)

// NotCarried is why a BSDD is annulled: the waste does not go that way. The
// French register wants no other reason than the words of who asks.
const NotCarried AnnulReason = "not-carried"

// AnnulReasons are all that the Swedish register knows.
func AnnulReasons() []AnnulReason {
	return []AnnulReason{WrongWaste, WrongNote, WrongOperator, SentTwice}
}

// Ids of the rules of amendments.
const (
	RuleCorrection = "se.correction"
	RuleAnnulment  = "se.annulment"
	// RuleRevision is of what the other parties on a BSDD must agree to change.
	RuleRevision = "fr.revision"
	// RuleCancellation is of a BSDD as a whole.
	RuleCancellation = "fr.cancellation"
)

const amendmentMark = ".amend"

// AmendmentID is the obligation id under which a note is amended for the nth
// time, counted from 1: "se.transport#1.amend1".
func AmendmentID(obligation string, n int) string {
	return obligation + amendmentMark + strconv.Itoa(n)
}

// SplitAmendmentID is the inverse of AmendmentID; n is 0 where the id is not
// that of an amendment.
func SplitAmendmentID(id string) (obligation string, n int) {
	before, number, _ := strings.Cut(id, amendmentMark)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || id != AmendmentID(before, n) {
		return id, 0
	}
	return before, n
}

// amendable are the fields of an event that a correction may change: not what
// happened, nor who reported it.
var amendable = []string{"at", "mass", "refused_mass", "reason", "operation"}

// Corrected is the content with other values in it: by path in the declaration,
// "events.ID.FIELD" in an event, such as events.received.mass, and "result.…" in
// a result. The error is Faults, one for each path that cannot be set.
func (c Content) Corrected(set map[string]string) (Content, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return Content{}, err
	}
	var corrected Content // a deep copy
	if err := json.Unmarshal(data, &corrected); err != nil {
		return Content{}, err
	}
	var faults Faults
	for _, path := range slices.Sorted(maps.Keys(set)) {
		faults = append(faults, corrected.set(path, set[path])...)
	}
	return corrected, faults.Err()
}

func (c *Content) set(path, text string) Faults {
	first, below, _ := strings.Cut(path, ".")
	switch first {
	case "tenant", "reference":
		return Faults{{Field: path, Problem: "names the batch and cannot change", Remedy: "annul the note and declare a new batch"}}
	case "events":
		return c.setEvent(path, below, text)
	case "result":
		if c.Result == nil {
			return Faults{{Field: path, Problem: "the note is not of a quarter's result"}}
		}
		return assign(reflect.ValueOf(c.Result).Elem(), path, below, text)
	}
	return assign(reflect.ValueOf(&c.Declaration).Elem(), path, path, text)
}

func (c *Content) setEvent(path, below, text string) Faults {
	id, field, _ := strings.Cut(below, ".")
	at := slices.IndexFunc(c.Events, func(e Event) bool { return e.ID() == id })
	switch {
	case at < 0:
		ids := make([]string, len(c.Events))
		for i, e := range c.Events {
			ids[i] = e.ID()
		}
		return Faults{{Field: path, Problem: fmt.Sprintf("the note knows no event %q", id), Remedy: "name one of " + strings.Join(ids, ", ")}}
	case !slices.Contains(amendable, field):
		return Faults{{Field: path, Problem: fmt.Sprintf("%q of an event cannot change", field), Remedy: "name one of " + strings.Join(amendable, ", ")}}
	}
	return assign(reflect.ValueOf(&c.Events[at]).Elem(), path, field, text)
}

// assign sets the value at a path below a root; path is how people know it.
func assign(root reflect.Value, path, below, text string) Faults {
	at := root
	for step := range strings.SplitSeq(below, ".") {
		next, problem := child(at, step)
		if problem != "" {
			return Faults{{Field: path, Problem: problem, Remedy: "name a field of the batch format, such as waste.mass or legs.0.from.municipality, or one of an event, such as events.received.mass"}}
		}
		at = next
	}
	if at.Kind() == reflect.Pointer && text != "" {
		at.Set(reflect.New(at.Type().Elem()))
		at = at.Elem()
	}
	return about(path, setText(at, strings.TrimSpace(text)))
}
