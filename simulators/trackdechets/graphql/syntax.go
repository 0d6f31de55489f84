package graphql

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"sluss/simulators/trackdechets/refusal"
)

var (
	emptyGroup  = regexp.MustCompile(`^expected at least one definition, found `)
	punctuation = regexp.MustCompile(`((?:Expected|Unexpected|found) )([!$&()\[\]{}|:=@]|\.\.\.)`)
)

// parse reads a document; what is wrong with it is said as the real service does.
func parse(query string) (*ast.QueryDocument, *wireError) {
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		var syntax *gqlerror.Error
		if !errors.As(err, &syntax) {
			syntax = gqlerror.Wrap(err)
		}
		wire := fromParser(syntax, "Syntax Error: "+syntaxText(query, syntax)+".")
		wire.Extensions["code"] = refusal.Parse
		return nil, &wire
	}
	if len(document.Operations)+len(document.Fragments) == 0 {
		line := 1 + strings.Count(query, "\n")
		wire := plainError(refusal.Parse, "Syntax Error: Unexpected <EOF>.")
		wire.Locations = []location{{line, utf8.RuneCountInString(query[strings.LastIndexByte(query, '\n')+1:]) + 1}}
		return nil, &wire
	}
	return document, nil
}

// syntaxText is a parser's error in the words of the real service.
func syntaxText(query string, err *gqlerror.Error) string {
	message := emptyGroup.ReplaceAllString(err.Message, "Expected Name, found ")
	if strings.HasSuffix(message, "<Invalid>") {
		if strings.Count(query, `"`)%2 == 1 {
			return "Unterminated string"
		}
		if odd := runeAt(query, err); odd != 0 {
			return fmt.Sprintf("Unexpected character: \"%c\"", odd)
		}
	}
	return punctuation.ReplaceAllString(message, `$1"$2"`)
}

// runeAt is the character at which an error is; 0 for none.
func runeAt(query string, err *gqlerror.Error) rune {
	lines := strings.Split(query, "\n")
	if len(err.Locations) == 0 || err.Locations[0].Line > len(lines) {
		return 0
	}
	// The parser says the place after a character that it does not know.
	line, column := []rune(lines[err.Locations[0].Line-1]), err.Locations[0].Column
	for _, place := range []int{column - 1, column - 2} {
		if place >= 0 && place < len(line) && !strings.ContainsRune("_!$&()[]{}|:=@.,\"# \t", line[place]) && !isWord(line[place]) {
			return line[place]
		}
	}
	return 0
}

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
