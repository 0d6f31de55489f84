package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

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

// ReadRepresented reads the keys companies and mandates of a YAML text, as a configuration
// has them. The error is sluss.Faults.
func ReadRepresented(text []byte) (companies []sluss.Company, mandates []sluss.Mandate, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, nil, err
	}
	var c Config
	r := newReader()
	for _, root := range document.Content {
		r.decode(root, reflect.ValueOf(&c).Elem(), "")
	}
	r.checkRepresented(&c)
	return c.Companies, c.Mandates, r.faults.Err()
}
