package obligations

import (
	"regexp"
	"strings"

	"sluss"
)

// documentID is the id of a document or revision at Trackdéchets (cuid, or a UUID), or
// the number of a document as people read it.
var documentID = regexp.MustCompile(`^([a-z][a-z0-9]{19,39}|(BSD|BSDA|DASRI|FF|VHU|PAOH)-\d{8}-[A-Z0-9]{9})$`)

// CheckReceipt tells what is wrong with a receipt that a person has typed: its form is
// not that of the registry's ids. The fault has the field "receipt". It is nil for a
// registry whose ids have no known form.
func CheckReceipt(registry, receipt string) sluss.Faults {
	fault := func(problem, remedy string) sluss.Faults {
		return sluss.Faults{{Field: "receipt", Problem: problem, Remedy: remedy}}
	}
	nothing := strings.Trim(receipt, "0-") == ""
	switch registry {
	case sluss.Avfallsregistret:
		if nothing || !wasteID.MatchString(receipt) {
			return fault("is not a waste id of the Swedish registry", "give the note's avfalls-id from the e-service or the extract, 36 characters with hyphens")
		}
	case sluss.Trackdechets:
		if !wasteID.MatchString(receipt) && !documentID.MatchString(receipt) || nothing {
			return fault("is not an id of Trackdéchets", "give the id of the document, about 25 small letters and digits, or its number, such as BSD-20261123-ABCDEFGHJ")
		}
	}
	return nil
}
