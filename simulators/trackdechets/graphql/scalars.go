package graphql

import (
	"regexp"
	"strings"
)

var (
	markup  = regexp.MustCompile(`</?[a-zA-Z!][^<>]*>`)
	escapes = strings.NewReplacer("<", "&lt;", ">", "&gt;")
)

// filter is what every String in an answer passes: tags are dropped, single angle brackets escaped.
func filter(value string) string {
	if !strings.ContainsAny(value, "<>") {
		return value
	}
	return escapes.Replace(markup.ReplaceAllString(value, ""))
}
