package trackdechets

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// editionTables say, for each kind of document and each field, by which signature it is required (and only if), and by
// which it is sealed for everybody and for the emitter. A dash means never.
//
//go:embed editions/*.tsv
var editionTables embed.FS

// edition is one line of the tables.
type edition struct{ path, required, condition, sealed, sealedForEmitter string }

var editions = sync.OnceValues(func() (map[string][]edition, error) {
	all := map[string][]edition{}
	for _, kind := range documentKinds {
		raw, err := editionTables.ReadFile("editions/" + strings.ToLower(kind.name) + ".tsv")
		if err != nil {
			return nil, err
		}
		for row := range strings.Lines(string(raw)) {
			cells := strings.Split(strings.TrimSpace(row), "\t")
			if len(cells) == 5 && !strings.HasPrefix(row, "#") {
				all[kind.name] = append(all[kind.name], edition{cells[0], cells[1], cells[2], cells[3], cells[4]})
			}
		}
	}
	return all, nil
})

// editionsOf are a kind's lines; the tables are part of the program, and New has read them.
func editionsOf(kind *documentKind) []edition {
	all, _ := editions()
	return all[kind.name]
}

// by is the place of a stage in the order of signatures; a field that the worker fills counts at WORK where there is one.
func (k *documentKind) by(stage string, r *Record) int {
	if stage == "EMISSION/WORK" {
		stage = "WORK"
		if hasNoWorker(r) {
			stage = "EMISSION"
		}
	}
	_, place := k.signature(stage)
	return place
}

// missing are the fields that a signature requires and that are not there.
func (k *documentKind) missing(r *Record, signature string) []string {
	_, reached := k.signature(signature)
	var paths []string
	for _, e := range editionsOf(k) {
		if place := k.by(e.required, r); place < 0 || place > reached || !e.applies(r.Data) {
			continue
		}
		value := at(r.Data, e.path)
		if e.path == "transporters" || e.path == "packagings" {
			value = list(r.Data, e.path)
		}
		if _, isBool := value.(bool); blank(value) && !isBool && !isFlag(e.path) {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// isFlag: a truth value that is not given is false.
func isFlag(path string) bool {
	last := path[strings.LastIndexByte(path, '.')+1:]
	return strings.HasPrefix(last, "is") || last == "pop"
}

// applies says whether the condition of a requirement holds; the words are those of the tables.
func (e edition) applies(data map[string]any) bool {
	r := &Record{Data: data}
	root, _, _ := strings.Cut(e.path, ".")
	kind := text(data, "type")
	switch e.condition {
	case "worker":
		return !hasNoWorker(r)
	case "nextSiret":
		return text(data, "destination.operation.nextDestination.company.siret") != ""
	case "company":
		return !truth(data, "emitter.isPrivateIndividual")
	case "direct":
		return !isCollection2710(r) && text(data, "destination.operation.nextDestination.company.siret") == ""
	case "carried":
		return !isCollection2710(r)
	case "finalOperation":
		return text(data, "destination.operation.code") != "" && !goesOn(r)
	case "notRefused":
		return !isRefusedDocument(r)
	case "refused":
		return acceptationOf(r) == "REFUSED" || acceptationOf(r) == "PARTIALLY_REFUSED"
	case "sameSiret":
		return text(data, root+".siret") != "" || text(data, root+".company.siret") != ""
	case "sameName":
		return text(data, root+".name") != ""
	case "sectionThree":
		return truth(data, "worker.certification.hasSubSectionThree")
	case "noEcoOrganisme":
		return text(data, "ecoOrganisme.siret") == ""
	case "road":
		return text(data, "transporter.transport.mode") == "ROAD"
	case "notSynthesis":
		return !isSynthesis(r)
	case "receipt":
		return text(data, "transporter.company.siret") != "" && !truth(data, "transporter.recepisse.isExempted")
	case "noSiret":
		return text(data, "transporter.company.siret") == ""
	case "noVAT":
		return text(data, "transporter.company.vatNumber") == ""
	case "ownPackagings":
		return kind != "GROUPEMENT" && kind != "REEXPEDITION"
	case "unweighed":
		return at(data, "emitter.emission.detail.weight.value") == nil
	case "regular":
		return !truth(data, "emitter.irregularSituation")
	case "hasSiret":
		return !truth(data, "emitter.noSiret")
	case "unsplitAddress":
		return text(data, "emitter.company.street") == "" && text(data, "emitter.company.city") == ""
	case "unit":
		return text(data, "packaging") == "UNITE"
	case "otherConsistence":
		return text(data, "waste.consistence") == "OTHER"
	case "GROUPEMENT", "RECONDITIONNEMENT", "REEXPEDITION":
		return kind == e.condition
	}
	return e.condition == "-"
}

// sealedFields are the paths that the signatures made so far have sealed for a user.
func (k *documentKind) sealedFields(r *Record, asEmitter bool) []string {
	reached := k.reached(r)
	var paths []string
	for _, e := range editionsOf(k) {
		stage := e.sealed
		if asEmitter && e.sealedForEmitter != "-" {
			stage = e.sealedForEmitter
		}
		if place := k.by(stage, r); place >= 0 && place <= reached {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// reached is the place of the latest signature; -1 before the first.
func (k *documentKind) reached(r *Record) int {
	reached := -1
	for i, s := range k.signatures {
		if slices.Contains(list(r.Data, "signed"), any(s.kind)) {
			reached = i
		}
	}
	return reached
}
