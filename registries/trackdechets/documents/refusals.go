package documents

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluss"
	"sluss/registries/trackdechets/reasons"
)

// refusals are what the registry says of a call about a document, by the paths of the
// document's content: of these kinds it names them, or the field by its name.
func refusals(call string, body []byte) (all []sluss.Reason) {
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
	fields := fieldsIn(call)
	for _, e := range told.Errors {
		code := e.Extensions.Code
		for _, issue := range e.Extensions.Issues {
			all = append(all, fields.reason(code, fields.at(issue.Path), issue.Message))
		}
		if len(e.Extensions.Issues) > 0 {
			continue
		}
		if _, sealed, locked := strings.Cut(e.Message, "ne peuvent plus être modifiés :"); locked {
			for _, sentence := range sentences(sealed) {
				reason := fields.reason(code, "", sentence)
				if reason.Field == "" && !strings.Contains(sentence, " ") { // a path, such as transporters[0]
					reason.Field = sentence
				}
				reason.Message, reason.Remedy, reason.Original = hasBeenSealed, leaveOut, e.Message
				if reason.Field == "" {
					name, _, _ := strings.Cut(sentence, " a été verrouillé")
					reason.Message = name + ": " + hasBeenSealed
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

const (
	hasBeenSealed = "has been sealed by a signature"
	leaveOut      = "leave it out; of a BSDA or BSDASRI, ask for a revision"
)

// sentences are the entries of a list whose entries may hold commas: each that names a
// field ends with what happened to it.
func sentences(list string) (all []string) {
	const end = "ne peut pas être modifié."
	if !strings.Contains(list, end) {
		for entry := range strings.SplitSeq(list, ",") {
			all = append(all, strings.TrimSpace(entry))
		}
		return all
	}
	for entry := range strings.SplitAfterSeq(list, end) {
		if entry = strings.Trim(entry, " ,"); entry != "" {
			all = append(all, entry)
		}
	}
	return all
}

// fields are the fields of one kind of documents.
type fields []edition

// fieldsIn are those of the kind that a call is about, such as signBsda.
func fieldsIn(call string) (found fields) {
	all, _ := editions() // they are part of the program, and a test reads them
	longest := 0
	for kind, k := range kinds {
		if strings.Contains(call, k.name) && len(k.name) > longest { // Bsda is in Bsdasri
			found, longest = all[kind], len(k.name)
		}
	}
	return found
}

// at is the path of the content that an issue's path means: the registry writes paths,
// its own columns, or a column before a path.
func (all fields) at(path []any) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = fmt.Sprint(part)
	}
	if len(parts) > 1 && parts[0] == column(parts[1:]) {
		parts = parts[1:]
	}
	if len(parts) == 1 {
		for _, e := range all {
			if column(strings.Split(e.path, ".")) == parts[0] {
				return e.path
			}
		}
	}
	return strings.Join(parts, ".")
}

// column is a path as the registry's columns are named.
func column(parts []string) string {
	var name strings.Builder
	for i, part := range parts {
		first, size := utf8.DecodeRuneInString(part)
		if i > 0 {
			first = unicode.ToUpper(first)
		}
		name.WriteRune(first)
		name.WriteString(part[size:])
	}
	return name.String()
}

// reason is what is said of the field at a path; without one the field is that whose
// name the message begins with.
func (all fields) reason(code, path, said string) sluss.Reason {
	if path == "" {
		path = all.named(said)
	}
	text, remedy := message(said)
	return sluss.Reason{Code: code, Field: path, Message: text, Original: said, Remedy: remedy}
}

// named is the path of the field whose name a message begins with, the longest of several.
func (all fields) named(said string) string {
	begun := slices.DeleteFunc(slices.Clone(all), func(e edition) bool {
		return e.name == "-" || !strings.HasPrefix(reasons.Plain(said), reasons.Plain(e.name))
	})
	if len(begun) == 0 {
		return ""
	}
	return slices.MaxFunc(begun, func(a, b edition) int { return len(a.name) - len(b.name) }).path
}

// ofKind is a reason that was worded for the BSDD, of another document.
func ofKind(kind Kind, r sluss.Reason) sluss.Reason {
	r.Message, r.Remedy = strings.ReplaceAll(r.Message, "BSDD", string(kind)), strings.ReplaceAll(r.Remedy, "BSDD", string(kind))
	return r
}

const (
	correctAndSend = "correct it, and send it again"
	askCompany     = "the company must register there, or complete its profile; or name another establishment"
)

// messages are what the registry says of a field, by words that are in it; the first that
// fits counts.
var messages = []struct{ words, message, remedy string }{
	{"a été verrouillé", hasBeenSealed, leaveOut},
	{"obligatoire", "is missing", "give it, and send it again"},
	{"un champ requis", "is missing", "give it, and send it again"},
	{"doivent être précisé", "is missing", "give it, and send it again"},
	{"vous devez préciser un mode", "is missing", "give the mode of the operation"},
	{"siret valide", "is not a SIRET", reasons.FourteenDigits},
	{"n'est pas un siret", "is not a SIRET", reasons.FourteenDigits},
	{"en sommeil", "the company's account in Trackdéchets is dormant", "the company must wake it; or name another establishment"},
	{"fermé", "the establishment is closed", "name the establishment that is open"},
	{"sous-profil", "the company's profile in Trackdéchets does not cover this waste", askCompany},
	{"n'est pas inscrit", "the company is not registered in Trackdéchets for this role", askCompany},
	{"n'est pas reconnu", "is not on the list of éco-organismes", "name one that is, or leave it out"},
	{"numéro de tva", "a French company is named by its SIRET, a foreign one by a valid VAT number", "give it with its country prefix, such as SE556000016701"},
	{"n'existe pas dans les options", "is not one of the values that this document takes", "give one of those that the registry's own words list"},
	{"code déchet", "is not a waste code that this document takes", correctAndSend},
	{"code d'opération", "is not an operation that this document takes", correctAndSend},
	{"mode de traitement", "is not a way to carry out this operation", "give a mode of the operation; one that only groups or stores has none"},
	{"plaque", "there are at most two plates, of 4 to 12 characters", correctAndSend},
	{"immatriculation", "there are at most two plates, of 4 to 12 characters", correctAndSend},
	{"40 tonnes", "the mass is more than 40 tonnes, by road", "correct it, or make several documents"},
	{"tonnes", "the mass is more than 50000 tonnes", "correct it, or make several documents"},
	{"supérieur à 0", "must be more than 0", correctAndSend},
	{"e-mail", "is no e-mail address", correctAndSend},
	{"doit contenir au plus", reasons.TooLong, "shorten it, and send it again"},
	{"dans le futur", "is in the future", correctAndSend},
	{"postérieure", "is before what it must follow", correctAndSend},
}

// message is what a message about a field says, and what to do.
func message(said string) (text, remedy string) {
	for _, known := range messages {
		if strings.Contains(reasons.Plain(said), known.words) {
			return known.message, known.remedy
		}
	}
	return "Trackdéchets says: " + said, correctAndSend
}
