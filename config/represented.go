package config

import (
	"fmt"
	"strings"

	"sluss"
	"sluss/obligations"
)

// checkRepresented checks our companies and the mandates, and brings their numbers into
// plain form.
func (r *reader) checkRepresented(c *Config) {
	seen := map[string]bool{}
	for i, company := range c.Companies {
		company = obligations.PlainCompany(company)
		c.Companies[i] = company
		key := r.item("companies", i)
		r.below(key, obligations.CheckCompany(company))
		name := company.Tenant + "/" + company.Country + "/" + company.ID
		if seen[name] {
			r.fault(key+".id", "the company is named twice", "leave one of the two out")
		}
		seen[name] = true
	}
	for i, mandate := range c.Mandates {
		mandate = obligations.PlainMandate(mandate)
		c.Mandates[i] = mandate
		r.below(r.item("mandates", i), obligations.CheckMandate(mandate))
	}
}

// below adds faults of the values below a key. A fault of a value that is missing has the
// line of the key.
func (r *reader) below(key string, faults sluss.Faults) {
	for _, f := range faults {
		path := fmt.Sprintf("%s.%s", key, f.Field)
		for at := path; r.lines[path] == 0 && strings.Contains(at, "."); {
			at = at[:strings.LastIndex(at, ".")]
			r.lines[path] = r.lines[at]
		}
		r.fault(path, f.Problem, f.Remedy)
	}
}
