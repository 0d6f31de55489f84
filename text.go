package sluss

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inLines are the fields whose texts may have several lines.
var inLines = []string{"reason", "comment", "description"}

// unseen are characters that are invisible, or that change how others are shown:
// control and format characters, private ones, separators of lines.
var unseen = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp}

// CheckText reports every text in a value, at any depth, that is not well-formed
// UTF-8, is longer than any field needs, or contains an invisible character: control characters, those of direction
// and without width, and U+FFFD, which replaces a character that was lost. Fields
// are paths in the value's JSON form. Only reasons, comments and descriptions may
// have line breaks and tabs. All text that enters is checked here; JSON is checked
// by CheckJSON before, because decoding hides broken bytes.
func CheckText(value any) Faults {
	var faults Faults
	walk(nil, reflect.ValueOf(value), func(path []string, v reflect.Value) bool {
		last := ""
		if n := len(path) - 1; n >= 0 {
			last = path[n]
			if key := CheckLine("", last, false); len(key) > 0 { // a key of a map may be any text
				key[0].Field = strings.Join(append(slices.Clone(path[:n]), strconv.QuoteToASCII(last)), ".")
				faults = append(faults, key...)
				return false
			}
		}
		if v.Kind() == reflect.String && v.Len() > 0 {
			lines := slices.Contains(inLines, last[strings.LastIndex(last, ".")+1:])
			faults = append(faults, CheckLine(strings.Join(path, "."), v.String(), lines)...)
		}
		return true
	})
	return faults
}

// longest is the most bytes that a text may have.
const longest = 4_000

// CheckLine returns what is wrong with one text, which may have several lines if
// lines is set. It is nil if nothing is wrong.
func CheckLine(field, text string, lines bool) Faults {
	if len(text) > longest {
		return Faults{{Field: field, Problem: fmt.Sprintf("has %d characters", utf8.RuneCountInString(text)), Remedy: fmt.Sprintf("give at most %d, fewer if they are not plain Latin letters", longest)}}
	}
	for at, r := range text {
		switch _, size := utf8.DecodeRuneInString(text[at:]); {
		case r == utf8.RuneError && size == 1:
			return Faults{{Field: field, Problem: fmt.Sprintf("byte 0x%02X at offset %d is not UTF-8", text[at], at), Remedy: "send the text in UTF-8"}}
		case r == utf8.RuneError:
			return Faults{{Field: field, Problem: fmt.Sprintf("U+FFFD at offset %d replaces a character that was lost", at), Remedy: "write the text again, in UTF-8"}}
		case lines && (r == '\n' || r == '\r' || r == '\t'):
		case r == '\n' || r == '\r' || r == '\t':
			return Faults{{Field: field, Problem: fmt.Sprintf("%U at offset %d breaks the line", r, at), Remedy: "write the text on one line"}}
		case unicode.In(r, unseen...) || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF:
			return Faults{{Field: field, Problem: fmt.Sprintf("%U at offset %d is an invisible character", r, at), Remedy: "remove it"}}
		}
	}
	return nil
}

// CheckJSON reports every value of a JSON text whose bytes are not UTF-8, with its
// path and the offset of the first such byte in the text, every field that an object has
// twice, and a text whose values are nested deeper than any that is known. Go's decoder
// replaces bytes that are not UTF-8 with U+FFFD, and takes the last of several values.
// No more than about a hundred faults are reported.
func CheckJSON(data []byte) Faults {
	if at := tooDeep(data); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		return Faults{{Problem: fmt.Sprintf("values are nested deeper than %d, at offset %d, in line %d", deepest, at, line), Remedy: "send the fields that docs/batch.md has"}}
	}
	w := jsonWalk{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	w.value()
	if len(w.faults) == 0 { // between the values, or past an error
		w.broken(0, int64(len(data)))
	}
	return w.faults
}

// deepest is how deep the values of a JSON text may be nested.
const deepest = 30

// tooDeep is where a JSON text is nested too deep; -1 if it is not.
func tooDeep(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > deepest {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}

// mostFaults is after how many faults a JSON text is not looked at any further.
const mostFaults = 100

type jsonWalk struct {
	data    []byte
	decoder *json.Decoder
	path    []string
	faults  Faults
}

// next is the next token. If its bytes are not UTF-8, that is a fault.
func (w *jsonWalk) next() (json.Token, bool) {
	from := w.decoder.InputOffset()
	token, err := w.decoder.Token()
	w.broken(from, w.decoder.InputOffset())
	return token, err == nil
}

func (w *jsonWalk) broken(from, to int64) {
	for at := from; at < to; {
		r, size := utf8.DecodeRune(w.data[at:to])
		if r == utf8.RuneError && size == 1 {
			line := 1 + bytes.Count(w.data[:at], []byte("\n"))
			w.faults = append(w.faults, Fault{
				Field:   strings.ToValidUTF8(strings.Join(w.path, "."), "\uFFFD"),
				Problem: fmt.Sprintf("byte 0x%02X at offset %d, in line %d, is not UTF-8", w.data[at], at, line), Remedy: "save or send the text in UTF-8",
			})
			return
		}
		at += int64(size)
	}
}

// value walks through one value; false if there is none, or an error.
func (w *jsonWalk) value() bool {
	token, ok := w.next()
	open, nested := token.(json.Delim)
	if !ok || !nested {
		return ok
	}
	times := map[string]int{} // that an object has a field
	for i := 0; w.decoder.More(); i++ {
		step := strconv.Itoa(i)
		if open == '{' {
			key, ok := w.next()
			if step, _ = key.(string); !ok || len(w.faults) >= mostFaults {
				return false
			}
			if times[step]++; times[step] == 2 {
				w.faults = append(w.faults, Fault{Field: strings.Join(append(slices.Clone(w.path), step), "."), Problem: "is given more than once", Remedy: "give it once: it is not certain which value counts"})
			}
		}
		w.path = append(w.path, step)
		ok := w.value()
		w.path = w.path[:len(w.path)-1]
		if !ok {
			return false
		}
	}
	_, ok = w.next()
	return ok
}
