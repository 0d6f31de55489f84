package sluss_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// mostTerms is how many terms a new reader can be expected to learn.
const mostTerms = 40

type term struct {
	word string
	not  []string
}

// glossary reads the table of docs/glossary.md.
func glossary(t *testing.T) []term {
	t.Helper()
	page, err := os.ReadFile("docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	var terms []term
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || !strings.HasPrefix(strings.TrimSpace(cells[0]), "**") {
			continue
		}
		term := term{word: strings.Trim(strings.TrimSpace(cells[0]), "*")}
		for word := range strings.SplitSeq(cells[2], ",") {
			if word = strings.TrimSpace(word); word != "" {
				term.not = append(term.not, word)
			}
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 || len(terms) > mostTerms {
		t.Fatalf("docs/glossary.md has %d terms; it may have 1 to %d", len(terms), mostTerms)
	}
	return terms
}

// registryAsNoun finds the body called a register. A French "register of waste"
// (registre) is a list that a company keeps, and programs register handlers.
var registryAsNoun = regexp.MustCompile(`(?i)\b(the|a|its|this|each|every|another|no|whose|swedish|french|norwegian|vehicle|government) registers?\b(?: of waste)?`)

func TestGlossaryIsTheVocabulary(t *testing.T) {
	terms := glossary(t)
	code, text := words(t)
	for _, term := range terms {
		if !text[strings.ToLower(term.word)] && !strings.Contains(term.word, " ") && !code[term.word] {
			t.Errorf("docs/glossary.md explains %q, which nothing uses", term.word)
		}
	}
}

func TestNoOtherWordsThanTheGlossarys(t *testing.T) {
	var banned []string
	for _, term := range glossary(t) {
		for _, word := range term.not {
			banned = append(banned, regexp.QuoteMeta(word))
		}
	}
	pattern := regexp.MustCompile(`(?i)\b(?:` + strings.Join(banned, "|") + `)s?\b`)
	for _, file := range committed(t) {
		if !spoken(file) {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			continue // deleted, and not yet committed
		}
		for n, line := range strings.Split(string(data), "\n") {
			plain := line
			if strings.HasSuffix(file, ".go") || strings.HasSuffix(file, ".sql") {
				plain = apart(line)
			}
			if found := pattern.FindString(plain); found != "" {
				t.Errorf("%s:%d says %q: docs/glossary.md has another word for it: %s", file, n+1, found, strings.TrimSpace(line))
			}
			if found := registryAsNoun.FindString(line); found != "" && !strings.HasSuffix(found, "of waste") {
				t.Errorf("%s:%d says %q: the body is a registry: %s", file, n+1, found, strings.TrimSpace(line))
			}
		}
	}
}

// spoken tells whether a file is in our words. What a registry publishes is in the registry's.
func spoken(file string) bool {
	for _, end := range []string{".go", ".md", ".sql", ".yaml", ".yml", ".sh", "Makefile"} {
		if strings.HasSuffix(file, end) {
			return !strings.Contains(file, "testdata/") && !strings.HasSuffix(file, "generated.go") && !strings.HasSuffix(file, ".gen.go") &&
				file != "docs/glossary.md" && file != "glossary_test.go"
		}
	}
	return false
}

// apart splits identifiers into words: awaitSlot_at is "await slot at".
func apart(line string) string {
	var b strings.Builder
	var before rune
	for _, r := range line {
		if r == '_' {
			r = ' '
		}
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// words are the words in the identifiers and in the comments of our code.
func words(t *testing.T) (code, text map[string]bool) {
	t.Helper()
	code, text = map[string]bool{}, map[string]bool{}
	for _, file := range committed(t) {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			continue // the compiler reports it
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				for word := range strings.FieldsSeq(apart(id.Name)) {
					code[strings.ToLower(word)] = true
				}
			}
			return true
		})
		for _, group := range parsed.Comments {
			for word := range strings.FieldsFuncSeq(group.Text(), func(r rune) bool { return !unicode.IsLetter(r) }) {
				text[strings.ToLower(word)] = true
			}
		}
	}
	return code, text
}
