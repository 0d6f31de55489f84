package sluss

import (
	"slices"
	"time"
)

// Company is one of our companies: one that we report for as ourselves. Country and ID
// are those of a Party.
type Company struct {
	Tenant  string `json:"tenant,omitempty" yaml:"tenant,omitempty"` // empty means DefaultTenant
	Country string `json:"country" yaml:"country"`                   // ISO 3166-1 alpha-2
	ID      string `json:"id" yaml:"id"`
	Name    string `json:"name" yaml:"name"`
	// Sites are the numbers of its establishments: further SIRETs in France, which are
	// the company as well; CFAR numbers in Sweden, for people only.
	Sites []string `json:"sites,omitempty" yaml:"sites,omitempty"`
	// Roles are those whose duties we report for it. Empty: all.
	Roles []Role `json:"roles,omitempty" yaml:"roles,omitempty"`

	Entry `yaml:"-"`
}

// Mandate is another company's word that we report for it.
type Mandate struct {
	Number  int64  `json:"number,omitempty" yaml:"-"`                // given by the ledger
	Tenant  string `json:"tenant,omitempty" yaml:"tenant,omitempty"` // empty means DefaultTenant
	Country string `json:"country" yaml:"country"`                   // of the company that gives it
	ID      string `json:"id" yaml:"id"`
	Name    string `json:"name" yaml:"name"`
	// Duties are which: ids of rules (se.transport), kinds of reports (transport), or AllDuties.
	Duties []string `json:"duties" yaml:"duties"`
	From   Day      `json:"from" yaml:"from"`
	Until  Day      `json:"until,omitempty" yaml:"until,omitempty"` // the last day; empty: until it is ended
	// Evidence is where the word can be found: a contract's number, a letter, a file.
	Evidence string   `json:"evidence" yaml:"evidence"`
	As       Capacity `json:"as" yaml:"as"`

	Entry `yaml:"-"`
}

// AllDuties stands for every duty of a company.
const AllDuties = "all"

// Capacity is as whom we report for a company that gave us a mandate.
type Capacity string

// The capacities.
const (
	// AsAgent: with our own credential, naming ourselves as agent (ombud). Only the
	// Swedish registry knows agents.
	AsAgent Capacity = "agent"
	// AsItself: with the company's own credential.
	AsItself Capacity = "own"
)

// Capacities are all of them.
func Capacities() []Capacity { return []Capacity{AsAgent, AsItself} }

// Entry is who entered something into the ledger, and how it ended.
type Entry struct {
	By    Person    `json:"by"`
	At    time.Time `json:"at,omitzero"`     // when it was entered
	Ended *Ending   `json:"ended,omitempty"` // nil: it holds
	// Configured: it is from the configuration of the worker, which also ends it.
	Configured bool `json:"configured,omitempty"`
}

// Ending is the end of a company or a mandate.
type Ending struct {
	At     time.Time `json:"at"` // from when on it does not hold
	By     Person    `json:"by"`
	Reason string    `json:"reason"`
}

// endedBy tells whether it has ended at a moment.
func (e Entry) endedBy(moment time.Time) bool { return e.Ended != nil && !moment.Before(e.Ended.At) }

// Is tells whether a party is the company, whatever its roles.
func (c Company) Is(p Party) bool {
	return p.ID != "" && p.Country == c.Country && (p.ID == c.ID || slices.Contains(c.Sites, p.ID))
}

// Is tells whether a party gave the mandate.
func (m Mandate) Is(p Party) bool { return p.ID != "" && p.Country == m.Country && p.ID == m.ID }

// Covers tells whether the mandate is for a duty.
func (m Mandate) Covers(o Obligation) bool {
	return slices.ContainsFunc(m.Duties, func(duty string) bool {
		return duty == AllDuties || duty == o.Rule.ID || duty == string(o.Report)
	})
}

// Holds tells whether the mandate holds at a moment.
func (m Mandate) Holds(at time.Time) bool {
	day := DayOf(at)
	return m.From <= day && (m.Until == "" || day <= m.Until) && !m.endedBy(at)
}

// Represented are the companies of one tenant that we report for.
type Represented struct {
	Companies []Company
	Mandates  []Mandate
}

// None tells whether we report for nobody.
func (r Represented) None() bool { return len(r.Companies)+len(r.Mandates) == 0 }

// Speaks tells whether any of the parties is one of our companies, or gave us a mandate
// that holds at the moment or begins later.
func (r Represented) Speaks(parties []Party, from time.Time) bool {
	return slices.ContainsFunc(parties, func(p Party) bool {
		return slices.ContainsFunc(r.Companies, func(c Company) bool { return c.Is(p) && !c.endedBy(from) }) ||
			slices.ContainsFunc(r.Mandates, func(m Mandate) bool {
				return m.Is(p) && !m.endedBy(from) && (m.Until == "" || DayOf(from) <= m.Until)
			})
	})
}

// Whose is the obligation with Theirs and Own set for an event at a moment: whether it is
// the duty of a party that is neither our company nor gave us a mandate for it then. What
// the declaration says about the duty goes first. A question about vehicles is always
// ours, because it is asked in nobody's name.
func (r Represented) Whose(d Declaration, o Obligation, at time.Time) Obligation {
	ours, own := r.represents(d, o, at)
	if said, says := d.Whose(o.ID); says {
		ours, own = said == Ours, own && ours
	}
	o.Theirs, o.Own = !ours, ours && own
	return o
}

func (r Represented) represents(d Declaration, o Obligation, at time.Time) (ours, own bool) {
	if o.Report == ReportClearance {
		return true, false
	}
	party, _ := d.Obliged(o)
	for _, c := range r.Companies {
		if c.Is(party) && !c.endedBy(at) && (len(c.Roles) == 0 || slices.Contains(c.Roles, o.Role)) {
			return true, false
		}
	}
	for _, m := range r.Mandates {
		if m.Is(party) && m.Covers(o) && m.Holds(at) {
			if m.As == AsAgent {
				return true, false
			}
			ours, own = true, true
		}
	}
	return ours, own
}

// Parties are all parties of the declaration that may have a duty.
func (d Declaration) Parties() []Party {
	parties := []Party{d.Producer}
	for _, l := range d.Legs {
		parties = append(parties, l.Transporter)
		if l.Consignor != nil {
			parties = append(parties, *l.Consignor)
		}
	}
	parties = append(parties, d.Receiver)
	for _, deal := range d.Deals {
		parties = append(parties, deal.Trader)
	}
	for _, p := range d.Pickups {
		parties = append(parties, p.Producer)
	}
	return parties
}
