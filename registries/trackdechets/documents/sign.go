package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/wire"
)

// Signature is one company's signature on a document.
type Signature struct {
	Stage     Stage
	By        string            // the name of who signs
	At        time.Time         // zero: when the registry gets it
	Packaging string            // of a BSFF, at ACCEPTATION and OPERATION; empty: all that wait for it
	Code      wire.SecurityCode // of the company that signs, where the token is another company's
	// Organisation: by the code of the eco-organisme of a BSDASRI, in place of the
	// emitter's.
	Organisation bool
}

// signatureFaults are what keeps a document, as it was last read, from a signature.
func (d Document) signatureFaults(s Signature) (faults sluss.Faults) {
	k := kinds[d.Kind]
	when := func(broken bool, field, problem, remedy string) {
		if broken {
			faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
		}
	}
	var stages []string
	for _, one := range k.stages {
		stages = append(stages, string(one.stage))
	}
	unknown := !slices.ContainsFunc(d.Packagings, func(p Packaging) bool { return p.ID == s.Packaging })
	when(k.place(s.Stage) < 0, "type", fmt.Sprintf("%s is no signature on a %s", s.Stage, d.Kind), "give one of: "+strings.Join(stages, ", "))
	when(s.By == "", "author", "the name of who signs is missing", "give it")
	when(d.Draft, "id", d.ID+" is a draft, which nobody signs", "publish it first")
	when(s.Code != 0 && !slices.Contains(k.byCode, s.Stage), "securityCode", "this signature is not made by a code", "use the token of the company that signs")
	when(s.Packaging != "" && (d.Kind != BSFF || s.Stage != Acceptation && s.Stage != Operation), "packagingId",
		"this signature is for the whole document", "leave it out")
	when(s.Code != 0 && d.Kind == BSDASRI && !s.At.IsZero(), "date", "a signature by code has the registry's time", "leave it out")
	when(s.Organisation && (d.Kind != BSDASRI || s.Code == 0), "signatureAuthor", "only the emission of a BSDASRI is signed by an eco-organisme's code", "leave it out")
	when(d.Kind == BSFF && s.Packaging != "" && len(d.Packagings) > 0 && unknown, "packagingId", "is no packaging of "+d.ID, "give the id of one of its packagings")
	return faults
}

// Sign signs a document as it was last read: what was written of the stage is sealed by
// that. A code goes out once; see wire.SecurityCode.
func (c Client) Sign(ctx context.Context, company string, known Document, s Signature) (sluss.Outcome, sluss.Exchange, error) {
	k := kinds[known.Kind]
	field, input := "sign"+k.name, map[string]any{"author": s.By}
	if s.Code != 0 {
		input["securityCode"] = wire.SentCode(s.Code)
	}
	if known.Kind == BSDASRI && s.Code != 0 {
		field = "signBsdasriEmissionWithSecretCode"
		if s.Organisation {
			input["signatureAuthor"] = "ECO_ORGANISME"
		}
	} else {
		input["type"] = s.Stage
		if !s.At.IsZero() {
			input["date"] = wire.DateTime(s.At)
		}
		if s.Packaging != "" {
			input["packagingId"] = s.Packaging
		}
	}
	return c.change(ctx, company, field, map[string]any{"id": known.ID, "input": input}, known.signatureFaults(s), func(d Document) bool {
		return d.ID == known.ID && slices.Contains(k.stages[k.place(s.Stage)].statuses, d.Status) && d.shows(known, s)
	})
}

// shows says whether a document has a signature that it had not before.
func (d Document) shows(before Document, s Signature) bool {
	return d.count(s.Stage, s.Packaging) > before.count(s.Stage, s.Packaging)
}
