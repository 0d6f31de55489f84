package obligations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/numbers"
)

// PlainCompany is the company with its numbers in the form in which declarations have them.
func PlainCompany(c sluss.Company) sluss.Company {
	c.Tenant, c.ID = tenant(c.Tenant), plainNumber(c.Country, c.ID)
	c.Sites = slices.Clone(c.Sites)
	for i, site := range c.Sites {
		if c.Country == "SE" {
			if plain, err := numbers.CFAR(site); err == nil {
				c.Sites[i] = plain
			}
			continue
		}
		c.Sites[i] = plainNumber(c.Country, site)
	}
	return c
}

// PlainMandate is the mandate with its number in the form in which declarations have it.
func PlainMandate(m sluss.Mandate) sluss.Mandate {
	m.Tenant, m.ID = tenant(m.Tenant), plainNumber(m.Country, m.ID)
	return m
}

func tenant(given string) string {
	if given == "" {
		return sluss.DefaultTenant
	}
	return given
}

func plainNumber(country, written string) string {
	if plain, err := numbers.Company(country, written); err == nil {
		return plain
	}
	return written
}

// CheckCompany tells everything that is wrong with one of our companies, whose numbers are
// plain. Fields are those of its JSON form.
func CheckCompany(c sluss.Company) sluss.Faults {
	f := faults(sluss.CheckText(c))
	f.represented(c.Tenant, c.Country, c.ID, c.Name)
	for i, site := range c.Sites {
		switch field := at("sites", i); {
		case !numbers.IsCountry(c.Country):
		case c.Country == "SE":
			f.number(field, site, "a CFAR number", "give the eight digits of the establishment", numbers.CFAR)
		default:
			f.id(field, sluss.Party{ID: site, Country: c.Country})
		}
	}
	for i, role := range c.Roles {
		if !slices.Contains(dutiful, role) {
			f.add(at("roles", i), fmt.Sprintf("%q is not a role that has duties", role), "use "+sluss.OneOf(dutiful)+", or leave the roles out")
		}
	}
	return sluss.Faults(f)
}

// dutiful are the roles that rules put duties on.
var dutiful = []sluss.Role{sluss.Producer, sluss.Transporter, sluss.Collector, sluss.Dealer, sluss.Broker, sluss.Receiver, sluss.Treater}

// CheckMandate tells everything that is wrong with a mandate, whose number is plain. Fields
// are those of its JSON form.
func CheckMandate(m sluss.Mandate) sluss.Faults {
	f := faults(sluss.CheckText(m))
	f.represented(m.Tenant, m.Country, m.ID, m.Name)
	const remedy = "give ids of rules (se.transport), kinds of reports (transport), or " + sluss.AllDuties
	if len(m.Duties) == 0 {
		f.add("duties", "it is not said for which duties it is", remedy)
	}
	for i, duty := range m.Duties {
		if duty != sluss.AllDuties && !owedBy(duty) {
			f.add(at("duties", i), fmt.Sprintf("%q is no rule and no kind of report", duty), remedy)
		}
	}
	if !m.From.Valid() {
		f.add("from", "it is not said from which day on it holds", "write the day as 2026-12-01")
	}
	switch {
	case m.Until == "":
	case !m.Until.Valid():
		f.add("until", "is not a day", "write the last day as 2027-11-30, or leave it out")
	case m.From.Valid() && m.Until < m.From:
		f.add("until", "the last day is before the first", "give a later one, or leave it out")
	}
	if blank(m.Evidence) {
		f.add("evidence", "it is not said where the company's word can be found", "name the contract or the letter, such as its number and date")
	}
	switch {
	case !slices.Contains(sluss.Capacities(), m.As):
		f.add("as", fmt.Sprintf("%q does not say as whom we report", m.As), "use "+sluss.OneOf(sluss.Capacities()))
	case m.As == sluss.AsAgent && m.Country == "FR":
		f.add("as", "the French registry knows no agents", "use own, and configure the company's own token")
	}
	return sluss.Faults(f)
}

// owedBy tells whether a rule has that id, or asks for that kind of report.
func owedBy(duty string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool { return r.report != "" && (r.ID == duty || string(r.report) == duty) })
}

// represented checks what companies and mandates have in common.
func (f *faults) represented(tenant, country, id, name string) {
	if tenant != "" && !sluss.ValidReference.MatchString(tenant) {
		f.add("tenant", fmt.Sprintf("%q is not a valid tenant", tenant), nameRemedy)
	}
	if !numbers.IsCountry(country) {
		f.country("country", country)
	} else {
		f.id("id", sluss.Party{ID: id, Country: country})
	}
	if blank(name) {
		f.add("name", "the company has no name", "give the name in the company register")
	}
}

// CheckEnding tells what is wrong with the end of a company or mandate.
func CheckEnding(e sluss.Ending, now time.Time) sluss.Faults {
	f := faults(sluss.CheckText(e))
	if blank(e.Reason) {
		f.add("reason", "it ends without a reason", "say why")
	}
	if blank(e.By.Name) {
		f.add("by.name", "it is not said who ends it", "give the name of the person")
	}
	f = append(f, sluss.CheckActTime("at", e.At, time.Time{}, now)...)
	return sluss.Faults(f)
}

// duties checks what the declaration says about single duties.
func (f *faults) duties(list []sluss.Duty) {
	seen := map[sluss.ObligationID]bool{}
	for i, d := range list {
		first, again := d.Obligation.SplitAgain()
		_, amendment := d.Obligation.SplitAmendment()
		switch _, err := sluss.ParseObligationID(string(d.Obligation)); {
		case err != nil, !known(first):
			f.add(at("duties", i, "obligation"), "is not the id of an obligation", "give one such as se.transport#1, as `starter show` has it")
		case again > 1, amendment > 0:
			f.add(at("duties", i, "obligation"), "is a look-up once more, or an amendment", "give the duty itself: "+string(first))
		case seen[d.Obligation]:
			f.add(at("duties", i, "obligation"), "the duty is named twice", "leave one of the two out")
		}
		seen[d.Obligation] = true
		if d.Whose != sluss.Ours && d.Whose != sluss.Theirs {
			f.add(at("duties", i, "whose"), fmt.Sprintf("%q does not say who reports it", d.Whose), "use ours or theirs")
		}
		if blank(d.Reason) {
			f.add(at("duties", i, "reason"), "the duty is ours or theirs without a reason", "say why, such as the party's word and its date")
		}
	}
}

// known tells whether an obligation follows from a rule that there is.
func known(o sluss.ObligationID) bool {
	id, _, _ := strings.Cut(string(o), "#")
	return slices.ContainsFunc(rules, func(r rule) bool { return r.report != "" && r.ID == id })
}

// Unrepresented is the fault that no party of a declaration is one of our companies or gave
// us a mandate for a time from the moment on, and no duty is said to be ours: nothing would
// be reported for anybody. Nil if there is one.
func Unrepresented(d sluss.Declaration, r sluss.Represented, from time.Time) sluss.Faults {
	if r.Speaks(d.Parties(), from) || slices.ContainsFunc(d.Duties, func(duty sluss.Duty) bool { return duty.Whose == sluss.Ours }) {
		return nil
	}
	problem := "no party of this batch is one of our companies, and none gave us a mandate for that time"
	if r.None() {
		problem = "this installation reports for no company: neither a company nor a mandate is entered"
	}
	return sluss.Faults{{
		Field: "receiver.id", Problem: problem,
		Remedy: "if one of them is ours, `starter company add NUMBER --country SE --name NAME`; if one asked us to report for it, `starter mandate add NUMBER …`; or name them under companies and mandates in the worker's configuration",
	}}
}
