package tables

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	"sluss"
)

// An encodingForm is an encoding that is understood.
type encodingForm struct {
	name, title string
	of          encoding.Encoding
}

// UTF-8 is read without a decoder, which would hide what is broken.
var forms = []encodingForm{
	{"utf-8", "UTF-8", nil},
	{"utf-16le", "UTF-16 LE", utf.UTF16(utf.LittleEndian, utf.IgnoreBOM)},
	{"utf-16be", "UTF-16 BE", utf.UTF16(utf.BigEndian, utf.IgnoreBOM)},
	{"windows-1252", "Windows-1252", charmap.Windows1252},
	{"mac-roman", "Mac Roman", charmap.Macintosh},
}

// Encodings are the names of all encodings that are understood.
func Encodings() []string {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = f.name
	}
	return names
}

func form(name string) encodingForm {
	i := slices.IndexFunc(forms, func(f encodingForm) bool { return f.name == name })
	if i < 0 {
		return encodingForm{}
	}
	return forms[i]
}

// nameIt is the remedy where the encoding is not known, or a wrong one was named.
func nameIt() string { return "name the encoding that it was saved in: " + sluss.OneOf(Encodings()) }

// marks are the byte order marks by which a file tells its encoding.
var marks = []struct{ mark, name string }{{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}}

// decode is the text of a file in an encoding, which is recognised if it has no name,
// and the title of that.
func decode(data []byte, name string) (text, title string, err error) {
	if name != "" && form(name).name == "" {
		return "", "", sluss.Faults{{Field: "encoding", Problem: fmt.Sprintf("%q is not an encoding that is understood", name), Remedy: nameIt()}}
	}
	for _, m := range marks {
		rest, marked := bytes.CutPrefix(data, []byte(m.mark))
		switch {
		case marked && name != "" && name != m.name:
			return "", "", sluss.Faults{{Field: "encoding", Problem: fmt.Sprintf("the file is marked as %s, not %s", form(m.name).title, form(name).title), Remedy: "name no encoding"}}
		case marked:
			data, name = rest, m.name
		}
	}
	if name == "" {
		if name = recognised(data); name == "" {
			return "", "", unknown(data)
		}
	}
	f := form(name)
	text, at := decoded(f, data)
	if at >= 0 {
		return "", "", sluss.Faults{{
			Problem: fmt.Sprintf("the file is not %s: byte 0x%02X at offset %d, in line %d, cannot be decoded", f.title, data[at], at, 1+bytes.Count(data[:at], []byte("\n"))),
			Remedy:  nameIt(),
		}}
	}
	return strings.TrimSuffix(text, "\x1a"), f.title, nil // an old program's end of file
}

// decoded is a text, and the offset of the first byte that the encoding does not
// have; -1 if there is none.
func decoded(f encodingForm, data []byte) (text string, at int) {
	switch one, isTable := f.of.(*charmap.Charmap); {
	case f.of == nil:
		if !utf8.Valid(data) {
			return "", brokenUTF8(data)
		}
		return string(data), -1
	case isTable:
		var b strings.Builder
		for i, c := range data {
			r := one.DecodeByte(c)
			if c >= 0x80 && unicode.IsControl(r) || r == utf8.RuneError {
				return "", i
			}
			b.WriteRune(r)
		}
		return b.String(), -1
	}
	out, err := f.of.NewDecoder().Bytes(data)
	text = string(out)
	if lost := strings.IndexRune(text, utf8.RuneError); err != nil || lost >= 0 {
		return "", min(2*len(utf16.Encode([]rune(text[:max(lost, 0)]))), len(data)-1)
	}
	return text, -1
}

func brokenUTF8(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// recognised is the name of the encoding of a text without a mark; empty if more than
// one fits, or none.
func recognised(data []byte) string {
	if head := data[:min(len(data), 4096)&^1]; bytes.Count(head, []byte{0})*4 > len(head) {
		low := 0 // zeros in the second bytes of pairs: the high ones of UTF-16 LE
		for i := 1; i < len(head); i += 2 {
			if head[i] == 0 {
				low++
			}
		}
		if low*2 > bytes.Count(head, []byte{0}) {
			return "utf-16le"
		}
		return "utf-16be"
	}
	if utf8.Valid(data) {
		return "utf-8"
	}
	windows, mac := likeness(form("windows-1252"), data), likeness(form("mac-roman"), data)
	switch {
	case windows > 0 && windows >= 2*mac:
		return "windows-1252"
	case mac > 0 && mac >= 2*windows:
		return "mac-roman"
	}
	return ""
}

// Characters by which the languages of the plants are known: their letters beside A to
// Z, and signs of their texts.
const (
	smallLetters   = "åäöæøéèêëàâçîïôùûüœñáíóúß"
	capitalLetters = "ÅÄÖÆØÉÈÊÀÂÇÎÔÛÜŒ"
	signs          = "\u00a0°²³µ§½´–—‘’“”„…«»•€·±×"
)

// likeness is how much a text in one-byte encoding reads like one in these languages,
// above 0 if it does. A capital inside a word speaks against it, as everything else
// does that is not theirs.
func likeness(f encodingForm, data []byte) int {
	text, at := decoded(f, data)
	if at >= 0 {
		return -1
	}
	points := 0
	before := ' '
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
		case strings.ContainsRune(smallLetters, r):
			points += 2
		case strings.ContainsRune(capitalLetters, r) && !unicode.IsLower(before), strings.ContainsRune(signs, r):
			points++
		default:
			points -= 3
		}
		before = r
	}
	return points
}

// foreign tells whether a character is none of these languages.
func foreign(r rune) bool {
	return r >= utf8.RuneSelf && !strings.ContainsRune(smallLetters+capitalLetters+signs, r)
}

// unknown tells that no encoding fits, or more than one.
func unknown(data []byte) error {
	at := brokenUTF8(data)
	return sluss.Faults{{
		Problem: fmt.Sprintf("the encoding cannot be recognised: the file is not UTF-8 (byte 0x%02X at offset %d, in line %d), and reads neither like Windows-1252 nor like Mac Roman",
			data[at], at, 1+bytes.Count(data[:at], []byte("\n"))),
		Remedy: nameIt(),
	}}
}

// DoublyEncoded is the likely reading of a text that was UTF-8 and was read as another
// encoding before it was written: "RhÃ´ne" is likely "Rhône". False if it does not
// look so.
func DoublyEncoded(text string) (likely string, doubly bool) {
	for _, f := range []encodingForm{form("windows-1252"), form("mac-roman")} {
		once, err := f.of.NewEncoder().String(text)
		if err == nil && once != text && utf8.ValidString(once) && !strings.ContainsFunc(once, foreign) {
			return once, true
		}
	}
	return "", false
}
