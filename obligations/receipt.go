package obligations

import (
	"fmt"
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

// CheckTheirReceipt tells what is wrong with the receipt of an obligation of theirs that a
// person was told. The obligation is zero if the batch has none with that id; known is the
// receipt that is known already, nil if none is.
func CheckTheirReceipt(o sluss.Obligation, known *sluss.Receipt, t sluss.TheirReceipt) sluss.Faults {
	f := faults(sluss.CheckText(t))
	if blank(t.By.Name) {
		f.add("by.name", "it is not said who tells the receipt", "give the name of the person")
	}
	switch {
	case o.ID == "":
		f.add("obligation", fmt.Sprintf("the batch has no obligation %q of theirs", t.Obligation), "`starter show` lists those that it has")
		return sluss.Faults(f)
	case !o.Theirs:
		f.add("obligation", fmt.Sprintf("%s is ours: its receipt comes from the registry", o.ID), "decide taken if it was filed by hand")
		return sluss.Faults(f)
	}
	f = append(f, CheckReceipt(o.Registry, t.Receipt.ID)...)
	switch {
	case known == nil:
	case known.ID == t.Receipt.ID:
		f.add("receipt", "the receipt is known already", "nothing is to be done")
	case blank(t.Reason):
		f.add("reason", "another receipt is known, and it is not said why this one replaces it", "give a reason")
	}
	return sluss.Faults(f)
}
