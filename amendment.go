package sluss

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Amendment corrects or annuls a report that its registry accepted before.
type Amendment struct {
	Filing  FilingID `json:"filing"`  // of the report
	Receipt string   `json:"receipt"` // the registry's id of the report as it stands
	// Annul is why the report is annulled; empty: it is corrected.
	Annul AnnulReason `json:"annul,omitempty"`
	// Double: the receipt is of a second report, which reports the same as that of
	// the filing. The second one is annulled, and the filing's own stays.
	Double bool `json:"double,omitempty"`
	// Set is what a correction changed: path in the content -> value as text.
	Set map[string]string `json:"set,omitempty"`
	// Remove and Add are list items that a correction removed and added, as in Correction.
	Remove []string                   `json:"remove,omitempty"`
	Add    map[string]json.RawMessage `json:"add,omitempty"`
	Reason string                     `json:"reason"`
	By     Person                     `json:"by"`
}

// Change is what the amendment changes, without who asks for it and why.
func (a Amendment) Change() Correction { return Correction{Set: a.Set, Remove: a.Remove, Add: a.Add} }

// AnnulReason is why a report is annulled.
type AnnulReason string

// The reasons in the Swedish registry.
const (
	WrongWaste    AnnulReason = "wrong-waste"    // it is of other waste than there was
	WrongNote     AnnulReason = "wrong-note"     // it is of the wrong kind
	WrongOperator AnnulReason = "wrong-operator" // it is by a party whose duty it was not
	SentTwice     AnnulReason = "sent-twice"     // another report has the same content
)

// NotCarried is why a BSDD is annulled: the waste does not go that way. The
// French registry has no list of reasons; Amendment.Reason has the words.
const NotCarried AnnulReason = "not-carried"

// AnnulReasons are all reasons in the Swedish registry.
func AnnulReasons() []AnnulReason {
	return []AnnulReason{WrongWaste, WrongNote, WrongOperator, SentTwice}
}

// RuleRefusal is the id of the rule by which a person says whether waste that was refused
// was received: the law is silent.
const RuleRefusal = "se.refusal"

// Ids of the rules of amendments.
const (
	RuleCorrection = "se.correction"
	RuleAnnulment  = "se.annulment"
	// RuleRevision is for a change of a BSDD, which its other parties must approve.
	RuleRevision = "fr.revision"
	// RuleCancellation is for the annulment of a whole BSDD.
	RuleCancellation = "fr.cancellation"
)

// amendable are the fields of an event that a correction may change, and confirm: not
// what happened, nor who reported it.
var amendable = []string{"at", "noted_at", "mass", "refused_mass", "reason", "operation"}

// EventDifferences are the values, by "events.ID.FIELD" as Content.Corrected accepts them,
// in which later versions of the same events differ. An event that is in one of the lists
// only is left out.
func EventDifferences(events, later []Event) map[string]string {
	differ := map[string]string{}
	for _, is := range later {
		i := slices.IndexFunc(events, func(e Event) bool { return e.ID() == is.ID() })
		if i < 0 {
			continue
		}
		for field, text := range differences(flat(events[i]), flat(is)) {
			if slices.Contains(amendable, field) {
				differ[fmt.Sprintf("events.%s.%s", is.ID(), field)] = text
			}
		}
	}
	return differ
}

// Corrected is a copy of the content with other values in it: by path in the
// declaration, "events.ID.FIELD" in an event, such as events.received.mass, and
// "result.…" in a result. The error is Faults, with a fault for each path that
// cannot be set.
func (c Content) Corrected(values map[string]string) (Content, error) {
	return c.Changed(Correction{Set: values})
}

// Changed is Corrected with list items removed and added too.
func (c Content) Changed(by Correction) (Content, error) {
	changed, err := deepCopy(c)
	if err != nil {
		return changed, err
	}
	return changed, by.change(&changed).Err()
}

func (c *Content) set(path, text string) Faults {
	first, below, _ := strings.Cut(path, ".")
	switch {
	case namesBatch(path):
		return Faults{{Field: path, Problem: namesTheBatch, Remedy: "declare a new batch; a report of this one is annulled"}}
	case first == "events":
		return c.setEvent(path, below, text)
	case first == "result" && c.Result == nil:
		return Faults{{Field: path, Problem: "the report is not of a quarter's result", Remedy: "name a field of the declaration or of an event"}}
	case first == "result":
		return set(reflect.ValueOf(c.Result), below, path, text)
	}
	return set(reflect.ValueOf(&c.Declaration), path, path, text)
}

func (c *Content) setEvent(path, below, text string) Faults {
	id, field, _ := strings.Cut(below, ".")
	at := slices.IndexFunc(c.Events, func(e Event) bool { return e.ID() == EventID(id) })
	switch {
	case at < 0:
		ids := make([]string, len(c.Events))
		for i, e := range c.Events {
			ids[i] = string(e.ID())
		}
		return Faults{{Field: path, Problem: fmt.Sprintf("there is no event %q", id), Remedy: "name one of " + strings.Join(ids, ", ")}}
	case !slices.Contains(amendable, field) && !strings.HasPrefix(field, "confirmed."):
		return Faults{{Field: path, Problem: fmt.Sprintf("%q of an event cannot change", field), Remedy: "name one of " + strings.Join(amendable, ", ")}}
	}
	return set(reflect.ValueOf(&c.Events[at]), field, path, text)
}
