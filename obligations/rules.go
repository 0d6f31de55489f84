package obligations

import (
	"slices"
	"time"

	"sluss"
)

// rule is a piece of law, with the report that it asks for. The rules are one
// table for each country: rules_sweden.go, rules_france.go, rules_norway.go. A
// rule that changes gets an end, and a successor with the same id.
type rule struct {
	sluss.Rule
	registry string           // that is told
	report   sluss.ReportKind // what it is told; empty: an exception, or a rule of amendments
	role     sluss.Role       // whose duty it is; empty: that depends on the batch
	signer   signer           // who signs the report
	clock    clock            // by when it is owed; see rules_sweden.go
	keep     int              // months for which the party keeps its own note; 0: the law names none
}

// signer says who signs a report before it is sent.
type signer int

const (
	nobody     signer = iota
	byApproval        // the role that the declaration names as its Approval; nobody if it names none
	byTheParty        // the party whose duty it is
)

var rules = slices.Concat(swedishRules(), frenchRules(), norwegianRules())

// Rules are all rules, by country and then in the order of a batch's life.
func Rules() []sluss.Rule {
	all := make([]sluss.Rule, len(rules))
	for i, r := range rules {
		all[i] = r.Rule
	}
	return all
}

// InForce is the rule with that id in force at a moment; false if there is none.
func InForce(id string, at time.Time) (sluss.Rule, bool) {
	r, ok := inForce(id, at)
	return r.Rule, ok
}

func inForce(id string, at time.Time) (rule, bool) {
	for _, r := range rules {
		if r.ID == id && !at.Before(r.From) && (r.To.IsZero() || at.Before(r.To)) {
			return r, true
		}
	}
	return rule{}, false
}

// latest is the rule with that id in its latest version.
func latest(id string) (last rule) {
	for _, r := range rules {
		if r.ID == id {
			last = r
		}
	}
	return last
}

// Keep is until when a party must keep the note that it made at a moment by the
// rule of that id, and the paragraph that says so: a Swedish transporter twelve
// months, the other parties of a Swedish report three years
// (Avfallsförordningen, ch. 6 § 6). Zero and empty for other rules.
func Keep(rule string, noted time.Time) (until time.Time, paragraph string) {
	switch months := latest(rule).keep; months {
	case 0:
		return time.Time{}, ""
	case keepTransport:
		return noted.In(stockholm).AddDate(0, months, 0), "ch. 6 § 6 second paragraph"
	default:
		return noted.In(stockholm).AddDate(0, months, 0), "ch. 6 § 6 first paragraph"
	}
}
