package sluss

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Differences are the values, by path, in which another declaration says
// otherwise, as Set takes them; empty where it says nothing. A list of other's
// that is shorter is not told: Set cannot shorten one.
func (d Declaration) Differences(other Declaration) map[string]string {
	was, is := leaves(d), leaves(other)
	differ := map[string]string{}
	for path, text := range is {
		if before, there := was[path]; !there || before != text {
			differ[path] = text
		}
	}
	for path := range was {
		if _, there := is[path]; !there {
			differ[path] = ""
		}
	}
	return differ
}

// leaves are the single values of a declaration's JSON form that are not empty.
func leaves(d Declaration) map[string]string {
	data, err := json.Marshal(d)
	if err != nil { // a time beyond the year 9999
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return nil
	}
	found := Flatten(tree)
	maps.DeleteFunc(found, func(_, text string) bool { return text == "" })
	return found
}

// Flatten are the single values of what JSON was decoded into, with its numbers
// as json.Number, by path, as Set takes them; null is none.
func Flatten(tree any) map[string]string {
	found := map[string]string{}
	gather(found, "", tree)
	return found
}

func gather(found map[string]string, path string, value any) {
	below := func(step string) string {
		if path == "" {
			return step
		}
		return path + "." + step
	}
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			gather(found, below(name), inner)
		}
	case []any:
		for i, inner := range v {
			gather(found, below(strconv.Itoa(i)), inner)
		}
	case nil:
	case json.Number:
		found[path] = unmistakable(v)
	default:
		found[path] = fmt.Sprint(v)
	}
}

// unmistakable is a number of JSON's as ParseMass cannot take it for another:
// without exponent, and not with three decimals, which look like thousands.
func unmistakable(n json.Number) string {
	text := n.String()
	if f, err := n.Float64(); err == nil && strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if _, decimals, _ := strings.Cut(text, "."); len(decimals) == 3 {
		text += "0"
	}
	return text
}
