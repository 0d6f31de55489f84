package documents

import (
	"encoding/json"
	"fmt"
	"strings"

	"sluss"
	"sluss/registries/trackdechets/reasons"
)

// refusals are what the registry says of a document, by the paths of its
// content: of these kinds it names them.
func refusals(body []byte) (all []sluss.Reason) {
	var told struct {
		Errors []struct {
			Message    string
			Extensions struct {
				Code   string
				Issues []struct {
					Path    []any
					Message string
				}
			}
		}
	}
	_ = json.Unmarshal(body, &told) // refused has read it
	for _, e := range told.Errors {
		code := e.Extensions.Code
		for _, issue := range e.Extensions.Issues {
			var path []string
			for _, part := range issue.Path {
				path = append(path, fmt.Sprint(part))
			}
			all = append(all, sluss.Reason{
				Code: code, Field: strings.Join(path, "."), Message: message(issue.Message), Original: issue.Message, Remedy: "correct it, and send it again",
			})
		}
		if len(e.Extensions.Issues) > 0 {
			continue
		}
		if _, fields, locked := strings.Cut(e.Message, "ne peuvent plus être modifiés :"); locked {
			for field := range strings.SplitSeq(fields, ",") {
				reason := sluss.Reason{
					Code: code, Field: strings.TrimSpace(field), Message: "has been sealed by a signature", Original: e.Message, Remedy: "leave it out; of a BSDA or BSDASRI, ask for a revision",
				}
				if name, sentence, _ := strings.Cut(reason.Field, " a été verrouillé"); sentence != "" { // a field by its name in French: its path is not told
					reason.Field, reason.Message = "", name+": "+reason.Message
				}
				all = append(all, reason)
			}
			continue
		}
		reason := reasons.Places{}.Reason(code, e.Message)
		reason.Field, reason.Code, reason.Original = "", code, e.Message
		all = append(all, ofKind("document", reason))
	}
	if len(all) == 0 {
		all = []sluss.Reason{{Message: "Trackdéchets refused it without saying why", Remedy: "look at the recorded answer"}}
	}
	return all
}

// ofKind is a reason that was worded for the BSDD, of another document.
func ofKind(kind Kind, r sluss.Reason) sluss.Reason {
	r.Message, r.Remedy = strings.ReplaceAll(r.Message, "BSDD", string(kind)), strings.ReplaceAll(r.Remedy, "BSDD", string(kind))
	return r
}

// message is what a message about a field says; the first words that are
// in it count.
func message(said string) string {
	for _, known := range []struct{ words, message string }{
		{"obligatoire", "is missing"},
		{"un champ requis", "is missing"},
		{"doivent être précisé", "is missing"},
		{"siret valide", "is not a SIRET"},
		{"n'est pas un siret", "is not a SIRET"},
		{"en sommeil", "the company's account in Trackdéchets is dormant"},
		{"fermé", "the establishment is closed"},
		{"n'est pas inscrit", "the company is not registered in Trackdéchets for this role"},
		{"numéro de tva", "a French company is named by its SIRET, a foreign one by a valid VAT number"},
		{"code déchet", "is not a waste code that this document takes"},
		{"code d'opération", "is not an operation that this document takes"},
		{"plaque", "there are at most two plates, of 4 to 12 characters"},
		{"dans le futur", "is in the future"},
		{"postérieure", "is before what it must follow"},
	} {
		if strings.Contains(reasons.Plain(said), known.words) {
			return known.message
		}
	}
	return "Trackdéchets says: " + said
}
