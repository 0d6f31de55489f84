// Package reasons puts what Trackdéchets says of a call that it refuses into the
// words of the declaration: the field, what is wrong with it and what to do. The
// registry answers in French sentences, so the sentences are told apart by words in
// them. What is not known keeps its own words, without a field.
package reasons

import (
	"cmp"
	"regexp"
	"strings"

	"sluss"
)

// Codes of errors that mean a refusal.
const (
	BadUserInput = "BAD_USER_INPUT"
	Forbidden    = "FORBIDDEN"
	TooMany      = "TOO_MANY_REQUESTS"
)

// Of are the reasons in an answer's messages, line by line, of an error with that
// code.
func (p Places) Of(code string, lines []string) (all []sluss.Reason) {
	for _, line := range lines {
		if strings.HasPrefix(Plain(line), "erreur, impossible de valider") {
			continue // the heading of a list
		}
		reason := p.Reason(code, line)
		reason.Code, reason.Original = code, line
		all = append(all, reason)
	}
	if len(all) == 0 {
		all = []sluss.Reason{{Code: code, Message: "Trackdéchets refused it without saying why", Remedy: "look at the recorded answer"}}
	}
	return all
}

// Reason is what one message means.
func (p Places) Reason(code, line string) sluss.Reason {
	said := Plain(line)
	switch {
	case strings.Contains(said, "a été annulé") && !strings.Contains(said, "révision"):
		return Canceled()
	case code == TooMany && strings.Contains(said, "export"):
		return sluss.Reason{Message: "Trackdéchets makes the same export once in five minutes, and ten at a time", Remedy: "wait for what was ordered before"}
	case code == TooMany:
		return sluss.Reason{Message: "Trackdéchets has locked the signing of this company for a while", Remedy: "wait, find out who tries codes, then send again by a correction"}
	}
	if r, known := find(procedures, said); known {
		return r
	}
	if code == Forbidden {
		return sluss.Reason{Message: "Trackdéchets does not let the account whose token we use do this", Remedy: rightsRemedy}
	}
	if label, rest := subject(said); label != "" {
		if r, known := p.About(label, rest); known {
			return r
		}
	}
	if at := malformed.FindStringSubmatch(line); at != nil {
		if field, known := p.Field(cmp.Or(at[1], at[2])); known {
			r := sluss.Reason{Field: field, Message: TooLong, Remedy: asCorrected}
			if strings.Contains(line, "email") {
				r.Message = "is no e-mail address"
			}
			return r
		}
	}
	if r, known := find(catalogue, said); known {
		r.Field = p.Fill(r.Field)
		return r
	}
	return sluss.Reason{Message: "Trackdéchets says: " + line, Remedy: "correct what it speaks of, and the report is sent again"}
}

// About is what is said of the party with a label; false where no such party is
// known.
func (p Places) About(label, said string) (sluss.Reason, bool) {
	if label == NextDestination {
		if r, known := find(next, said); known {
			return r, true
		}
		return Company(Next+".company", said), true
	}
	if label == FinalReceiver && p.Path(FinalReceiver) != "" {
		if r, known := find(agreement, said); known {
			return r, true
		}
	}
	if path, known := p.party(label, said); known {
		return Company(path, said), true
	}
	if who := others[label]; who != "" {
		r := Company("", said)
		r.Message = who + ": " + r.Message
		if len(p.Parties) > 0 {
			r.Field = lists[label]
		}
		return r, true
	}
	return sluss.Reason{}, false
}

// Company is what is said of a company of the declaration; without a path the
// reason has no field.
func Company(path, said string) sluss.Reason {
	r, known := find(company, said)
	if !known {
		r = sluss.Reason{Field: ".id", Message: "Trackdéchets does not take this company", Remedy: "see the registry's own words; correct the company"}
	}
	if path == "" {
		r.Field = ""
		return r
	}
	r.Field = path + r.Field
	return r
}

// find is the first entry whose words are in what is said.
func find(entries []entry, said string) (sluss.Reason, bool) {
	for _, e := range entries {
		if strings.Contains(said, e.words) {
			return sluss.Reason{Field: e.field, Message: e.message, Remedy: cmp.Or(e.remedy, asCorrected)}, true
		}
	}
	return sluss.Reason{}, false
}

// introduced are messages that name a party's part in a sentence, with the label
// that other messages begin with.
var introduced = []struct{ words, label string }{
	{"l'installation de destination ou", Recipient},
	{"par l'établissement destinataire", Recipient},
	{"le transporteur saisi", Transporter},
	{"l'éco-organisme avec le siret", EcoOrganisme},
	{"le négociant saisi", Trader},
	{"le courtier saisi", Broker},
}

// anyCompany begins messages about a company whose number alone tells which.
const anyCompany = "l'établissement avec le siret"

// subject is the label of whom a message is about, and what it says; empty: none.
func subject(said string) (label, rest string) {
	for _, i := range introduced {
		if strings.Contains(said, i.words) {
			return i.label, said
		}
	}
	if strings.HasPrefix(said, anyCompany) {
		return anyCompany, said
	}
	label, rest, labelled := strings.Cut(said, ":")
	if !labelled {
		return "", said
	}
	return strings.TrimSpace(label), rest
}

// malformed matches messages about the form of a field, by its name on the wire.
var malformed = regexp.MustCompile(`^(?:Le champ ([A-Za-z.]+) ne peut dépasser|([A-Za-z.]+) must be (?:at most|a valid email))`)

// Plain is text for comparison: in lower case, with one kind of apostrophe and
// space.
func Plain(s string) string {
	return strings.ToLower(strings.NewReplacer("’", "'", "\u00a0", " ").Replace(s))
}

// StatusCanceled is the status of a document that was cancelled.
const StatusCanceled = "CANCELED"

const anew = "withdraw this report, and declare the waste as a new batch if it still is to go"

// Canceled is the reason for which nothing more is filed on a cancelled BSDD.
func Canceled() sluss.Reason {
	return sluss.Reason{Code: StatusCanceled, Message: "the BSDD was cancelled in Trackdéchets", Remedy: anew}
}

// Deleted is the reason for which nothing more is filed on a deleted BSDD.
func Deleted() sluss.Reason {
	return sluss.Reason{Code: sluss.DocumentDeleted, Message: "there is no such BSDD in Trackdéchets any more: somebody deleted it", Remedy: anew}
}
