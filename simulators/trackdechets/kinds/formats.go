package kinds

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"sluss/simulators/trackdechets/tree"
)

// The forms of values on documents that are no BSDD.

// The most that is carried, in tonnes: by road, and at all.
const (
	mostByRoad = 40
	mostAtAll  = 50_000
)

// masses checks the masses of a document: none is negative, none is more than can be carried, and from the emission on
// those emitted are more than nothing.
func masses(c *Check) {
	road := slices.ContainsFunc(c.Kind.Transporters(c.Document), func(t map[string]any) bool { return tree.Text(t, "transport.mode") == "ROAD" })
	for i, path := range c.Kind.Masses {
		mass, given := c.Number(path)
		tonnes := mass / c.Kind.PerTonne
		emitted := i == 0
		c.When(mass < 0 || (given && mass == 0 && emitted && c.Step >= 0), path, "Le poids doit être supérieur à 0")
		c.When(tonnes > mostAtAll, path, "Le poids doit être inférieur à 50 000 tonnes")
		c.When(tonnes > mostByRoad && tonnes <= mostAtAll && road, path, "Le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	}
	received, given := c.Number(c.Kind.ReceivedMass)
	c.When(given && received == 0 && isAccepted(c.Document) && c.By("RECEPTION"), c.Kind.ReceivedMass, "Le poids doit être supérieur à 0 lorsque le déchet est accepté")
}

// longestText are the most characters of texts that may be longer or must be shorter than others, by the last word of the path.
var longestText = map[string]int{"adr": 750, "agrementNumber": 100}

const mostCharacters = 250

// texts checks the lengths of all texts, and the mail addresses.
func texts(c *Check) {
	c.eachText(func(path, key, text string) {
		limit, ok := longestText[key]
		if !ok {
			limit = mostCharacters
		}
		c.When(utf8.RuneCountInString(text) > limit, path, "La chaîne doit contenir au plus %d caractère(s)", limit)
		c.When(key == "mail" && text != "" && !mail.MatchString(text), path, "e-mail non valide")
	})
}

// eachText visits all texts of the document, each with its path and the last word of that.
// Items of a list have the path of the list.
func (c *Check) eachText(visit func(path, key, text string)) {
	var walk func(path, key string, value any)
	walk = func(path, key string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, inner := range slices.Sorted(maps.Keys(value)) {
				walk(strings.TrimPrefix(path+"."+inner, "."), inner, value[inner])
			}
		case []any:
			for _, v := range value {
				walk(path, key, v)
			}
		case string:
			visit(path, key, value)
		}
	}
	walk("", "", c.Data)
}

// modes checks that a treatment was done in a mode in which it can be done, if one is said.
func modes(c *Check) {
	code, mode := c.Text("destination.operation.code"), c.Text("destination.operation.mode")
	if code == "" || mode == "" {
		return
	}
	allowed, _ := Modes(Spaced(code))
	c.When(!slices.Contains(allowed, mode), "destination.operation.mode", wrongMode)
}

// treatedAfterReception: an operation lies in the past, and after the reception.
func treatedAfterReception(c *Check) {
	const path = "destination.operation.date"
	done, received := c.Text(path), c.Text("destination.reception.date")
	c.When(done > formatted(c), path, "La date d'opération ne peut pas être dans le futur.")
	c.When(done != "" && received != "" && done < received, path, "La date d'opération doit être postérieure à la date de réception.")
}
