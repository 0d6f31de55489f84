package avfallsregistret

import (
	"fmt"
	"net/http"
	"strings"
)

// codeList answers the reference data; found is false for any other resource.
func (r *Registry) codeList(resource, id string, c call) (list *answer, found bool) {
	switch {
	case resource == "atervinningsresultattyper" && id != "":
		kind, known := r.options.findRecovery(id)
		if !known {
			return notFound(), true
		}
		return jsonAnswer(http.StatusOK, recoveryItem(kind)), true
	case id != "":
		return nil, false
	case resource == "avfallstyper":
		return jsonAnswer(http.StatusOK, r.wasteTree()), true
	case resource == "transportsatt":
		var items []map[string]any
		for _, mode := range transportModes {
			items = append(items, map[string]any{"transportsatt": mode.code, "beskrivning": mode.text})
		}
		return jsonAnswer(http.StatusOK, items), true
	case resource == "anteckningstyper":
		var items []map[string]any
		for _, kind := range noteTypes {
			items = append(items, map[string]any{
				"id": r.options.number(kind), "beskrivning": kind.name, "aktor": kind.actor, "lagrum": kind.law, "tillampning": invented,
			})
		}
		return jsonAnswer(http.StatusOK, items), true
	case resource == "behandlingsmetoder":
		return r.treatmentList(foldQuery(c.URL.Query())["filter"]), true
	case resource == "atervinningsresultattyper":
		var items []map[string]any
		for _, kind := range r.options.RecoveryTypes {
			items = append(items, recoveryItem(kind))
		}
		return jsonAnswer(http.StatusOK, items), true
	}
	return nil, false
}

// wasteNode is a chapter, sub-chapter or code. Of what farligt and mangdGrans hold nothing is public.
type wasteNode struct {
	Kod                       string         `json:"kod"`
	Ewc                       string         `json:"ewc"`
	Farligt                   *string        `json:"farligt"`
	AngeResultatAvAtervinning bool           `json:"angeResultatAvAtervinning"`
	Beskrivning               string         `json:"beskrivning"`
	AvfallstypInfo            map[string]any `json:"avfallstypInfo"`
	Avfallstyper              []*wasteNode   `json:"avfallstyper"`
	MangdGrans                *float64       `json:"mangdGrans"`
}

// wasteTree hangs each code under its sub-chapter and each of those under its chapter.
func (r *Registry) wasteTree() []*wasteNode {
	var chapters []*wasteNode
	nodes := map[string]*wasteNode{}
	for _, w := range r.options.wasteList() {
		node := &wasteNode{
			Kod: w.code, Ewc: w.ewc(), Beskrivning: w.text,
			AvfallstypInfo: map[string]any{"info": nil}, Avfallstyper: []*wasteNode{},
		}
		nodes[w.code] = node
		if len(w.code) == 6 {
			word := r.options.HazardWords[0]
			if w.hazardous {
				word = r.options.HazardWords[1]
			}
			node.Farligt = &word
			if r.options.MassLimit > 0 {
				node.MangdGrans = &r.options.MassLimit
			}
			node.AngeResultatAvAtervinning = strings.HasPrefix(w.code, "13")
		}
		if parent := nodes[w.code[:len(w.code)-2]]; parent != nil {
			parent.Avfallstyper = append(parent.Avfallstyper, node)
		} else {
			chapters = append(chapters, node)
		}
	}
	return chapters
}

func (r *Registry) treatmentList(filter string) *answer {
	filter = strings.ToUpper(filter)
	if filter != "" && filter != "A" && filter != "R" && filter != "D" {
		return r.problem(http.StatusBadRequest, "Bad Request", "filter must be A, R or D")
	}
	var items []map[string]any
	for _, kind := range []string{"R", "D"} {
		if filter != "" && filter != "A" && filter != kind {
			continue
		}
		for n := 1; n <= lastOf[kind]; n++ {
			code := fmt.Sprint(kind, n)
			letters := []map[string]any{}
			for _, letter := range r.options.SubCodes[code] {
				letters = append(letters, map[string]any{"kod": string(letter), "beskrivning": invented})
			}
			items = append(items, map[string]any{
				"kod": code, "typ": kind, "typnummer": n, "beskrivning": code, "underkoder": letters,
			})
		}
	}
	return jsonAnswer(http.StatusOK, items)
}

func recoveryItem(kind RecoveryType) map[string]any {
	return map[string]any{
		"kod": kind.Code, "beskrivning": invented,
		"mangdRegenereringForvantas":             kind.Regenerated,
		"mangdAnnanMaterialatervinningForvantas": kind.OtherMaterial,
		"mangdEnergiatervinningForvantas":        kind.Energy,
		"mangdBortskanffandeForvantas":           kind.Disposed,
		"specifikationOvrigtForvantas":           kind.OtherDetail,
	}
}
