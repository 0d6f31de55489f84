package trackdechets

import (
	"encoding/json"
	"regexp"
	"strings"
)

// answer is a GraphQL answer. What is not one (HTML, half of one) is empty.
type answer struct {
	Data   map[string]json.RawMessage `json:"data"`
	Errors []graphError               `json:"errors"`
}

type graphError struct {
	Message    string `json:"message"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

func readAnswer(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

// code is the code of the first error; empty where there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// messages are all messages, line by line: a validation joins several faults
// in one message.
func (a answer) messages() []string {
	var all []string
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
		if strings.Contains(plain(e.Message), plain(words)) {
			return true
		}
	}
	return false
}

// plain is text for comparison: in lower case, with one kind of apostrophe and
// space.
func plain(s string) string {
	return strings.ToLower(strings.NewReplacer("’", "'", "\u00a0", " ").Replace(s))
}

var reportID = regexp.MustCompile(`rapport d['’]erreur ([0-9A-Za-z-]+)`)

// trace is the service's own number of an internal error.
func (a answer) trace() string {
	for _, e := range a.Errors {
		if found := reportID.FindStringSubmatch(e.Message); found != nil {
			return found[1]
		}
	}
	return ""
}
