package obligations

import (
	"slices"

	"sluss"
)

const preflight = "fr.preflight"

// frenchPolicy is why companies are looked up.
const frenchPolicy = "Policy of this product, no statute: the companies on a BSDD are looked up in Trackdéchets before the waste leaves; cf. Code de l'environnement, art. R541-45"

func preflightRule() sluss.Rule {
	return sluss.Rule{
		ID: preflight, Statute: frenchPolicy, Paragraph: "policy", Country: "FR", From: frenchStart,
		Title: "The companies on the BSDD are looked up in Trackdéchets before the waste leaves",
	}
}

// beforeFrance is the look at the companies of the BSDD, which comes with its
// creation and gates the same departure.
func (b batch) beforeFrance(steps []sluss.Obligation) []sluss.Obligation {
	i := slices.IndexFunc(steps, func(o sluss.Obligation) bool { return o.Note == sluss.NoteCreation })
	if i < 0 {
		return nil
	}
	made := steps[i]
	return b.owe(nil, preflight, b.event.At, sluss.Obligation{
		Registry: sluss.Trackdechets, Note: sluss.NotePreflight, Role: made.Role, Leg: made.Leg, Gates: made.Gates, Due: made.Due,
	})
}
