package trackdechets

import (
	"encoding/json"
	"regexp"
	"strings"
)

// form is a BSDD as far as we read it. Free text never is: the service changes
// it on the way out.
type form struct {
	ID                     string `json:"id"`
	ReadableID             string `json:"readableId"`
	CustomID               string `json:"customId"`
	Status                 string `json:"status"`
	CreatedAt              string `json:"createdAt"`
	UpdatedAt              string `json:"updatedAt"`
	WasteAcceptationStatus string `json:"wasteAcceptationStatus"`
}

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

// form is the document under a root field.
func (a answer) form(field string) (f form, ok bool) {
	return f, json.Unmarshal(a.Data[field], &f) == nil && f.ID != ""
}

// forms are the documents under a root field; false where there is no list.
func (a answer) forms(field string) (fs []form, ok bool) {
	return fs, json.Unmarshal(a.Data[field], &fs) == nil && fs != nil
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
