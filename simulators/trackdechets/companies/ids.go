package companies

import (
	"sluss/simulators/trackdechets/tree"
)

// IsForeign says whether a company on a document is outside France.
func IsForeign(company map[string]any) bool {
	country := tree.Text(company, "country")
	if tree.Text(company, "siret") != "" {
		return false
	}
	return tree.Text(company, "vatNumber") != "" || tree.Text(company, "extraEuropeanId") != "" || (country != "" && country != "FR")
}

// IDOf is the number of the company at a path of a document: SIRET, VAT number, number of a ship, or a foreign one.
func IDOf(data map[string]any, path string) string {
	company := tree.Object(data, path)
	for _, key := range []string{"siret", "vatNumber", "omiNumber", "extraEuropeanId"} {
		if id := tree.Text(company, key); id != "" {
			return id
		}
	}
	return ""
}
