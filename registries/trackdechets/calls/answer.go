package calls

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"sluss/registries/trackdechets/reasons"
)

// ErrNoData says that an answer holds nothing to look at.
var ErrNoData = errors.New("the answer holds no data")

// answer is a GraphQL answer. Of anything else (HTML, half of one) it is empty.
type answer struct {
	Data   map[string]json.RawMessage `json:"data"`
	Errors []struct {
		Message    string `json:"message"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	} `json:"errors"`
}

func readAnswer(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

// code is that of the first error; empty: there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// lines are all messages: a validation joins several faults in one.
func (a answer) lines() (all []string) {
	for _, e := range a.Errors {
		for line := range strings.SplitSeq(e.Message, "\n") {
			if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "Erreur(s):")); line != "" {
				all = append(all, line)
			}
		}
	}
	return all
}

func (a answer) says(words string) bool {
	for _, e := range a.Errors {
		if strings.Contains(reasons.Plain(e.Message), words) {
			return true
		}
	}
	return false
}

var reportID = regexp.MustCompile(`rapport d['’]erreur ([0-9A-Za-z-]+)`)

// trace is the registry's own number of an internal error.
func (a answer) trace() string {
	for _, e := range a.Errors {
		if found := reportID.FindStringSubmatch(e.Message); found != nil {
			return found[1]
		}
	}
	return ""
}

// Code is the code of the answer's first error; empty: there is none.
func (s *Session) Code() string { return readAnswer(s.Body).code() }

// Refused tells that the registry answered the call with errors.
func (s *Session) Refused() bool {
	return s.Status < 500 && len(readAnswer(s.Body).Errors) > 0
}

// Missing tells that the registry has no such document (any more).
func (s *Session) Missing() bool { return readAnswer(s.Body).says("n'existe pas") }
