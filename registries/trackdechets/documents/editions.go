package documents

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/wire"
)

// editionTables say of each kind and field by which signature it is required (and
// only if), by which it is sealed for everybody and for the emitter, and its name in the
// registry's messages. A dash means never. A test holds them against the registry's own tables.
//
//go:embed editions/*.tsv
var editionTables embed.FS

type edition struct{ path, required, condition, sealed, sealedForEmitter, name string }

var editions = sync.OnceValues(func() (map[Kind][]edition, error) {
	all := map[Kind][]edition{}
	for kind, k := range kinds {
		raw, err := editionTables.ReadFile("editions/" + k.query() + ".tsv")
		if err != nil {
			return nil, fmt.Errorf("read the editions: %w", err)
		}
		for row := range strings.Lines(string(raw)) {
			if cells := strings.Split(strings.TrimSpace(row), "\t"); len(cells) == 6 && !strings.HasPrefix(row, "#") {
				all[kind] = append(all[kind], edition{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]})
			}
		}
	}
	return all, nil
})

// sealedFaults are the fields of a content that signatures on the document, as it was
// last read, have sealed for the company. Of several transporters each is sealed by its
// own signature, and the first stands as transporter too.
func (d Document) sealedFaults(company string, content map[string]any) (faults sluss.Faults) {
	k := kinds[d.Kind]
	remedy := "leave it out"
	if k.revised {
		remedy += ", or ask for a revision"
	}
	_, goesOn := Content(content).at("destination.operation.nextDestination").(map[string]any)
	sealed := d.sealed(company, goesOn)
	for _, leaf := range leaves(content, "") {
		by := Stage("")
		if first, _, _ := strings.Cut(leaf, "."); k.several && first == "transporter" {
			if by = sealed["transporters"]; by == "" && d.count(Transport, "") > 0 {
				by = Transport
			}
		} else {
			for path, stage := range sealed {
				if leaf == path || strings.HasPrefix(leaf, path+".") || strings.HasPrefix(path, leaf+".") {
					by = stage
				}
			}
		}
		if by != "" {
			faults = append(faults, sluss.Fault{Field: leaf, Problem: "has been sealed by the signature " + string(by), Remedy: remedy})
		}
	}
	return faults
}

// relayed are the fields of a BSDA that stay open until the transport for who adds a
// temporary storage: its destination becomes the next one.
var relayed = []string{"destination.company.name", "destination.company.siret", "destination.company.address", "destination.plannedOperationCode"}

// sealed are the fields that the company can no longer change, with the signature that
// sealed them; goesOn: the change adds a next destination. The emitter may change some for
// longer than others.
func (d Document) sealed(company string, goesOn bool) map[string]Stage {
	k := kinds[d.Kind]
	all, _ := editions() // they are part of the program, and a test reads them
	fields := map[string]Stage{}
	for _, e := range all[d.Kind] {
		written := e.sealed
		if company == d.Emitter && e.sealedForEmitter != "-" {
			written = e.sealedForEmitter
		}
		by := stageFor(written, d.worked)
		if d.Kind == BSDA && goesOn && slices.Contains(relayed, e.path) {
			by = Transport
		}
		if place := k.place(by); place >= 0 && place <= d.reached() {
			fields[e.path] = by
		}
	}
	return fields
}

// stageFor reads a stage of the tables: what the worker fills counts at its
// signature where there is one.
func stageFor(written string, worked bool) Stage {
	if written == "EMISSION/WORK" {
		if worked {
			return Work
		}
		return Emission
	}
	return Stage(written)
}

// Missing are the paths that a signature, and those before it, require and a
// content does not have. The content is the whole document's.
func (k Kind) Missing(content Content, s Stage) (paths []string) {
	kind := kinds[k]
	all, err := editions()
	schema, unread := wire.Contract()
	if err != nil || unread != nil {
		return nil
	}
	plain, _ := fitted(kind.input(), content)
	c := Content(plain)
	for _, e := range all[k] {
		place := kind.place(stageFor(e.required, c.worked()))
		if place < 0 || place > kind.place(s) || !e.applies(c) || !isInput(schema, kind.input(), e.path) {
			continue
		}
		value := c.at(e.path)
		if e.path == "transporters" && value == nil {
			value = c.at("transporter")
		}
		if isBlank(value) {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// isInput: what the registry sets itself is nobody's to give. A truth value that
// is not given is false.
func isInput(schema *ast.Schema, input, path string) bool {
	t := schema.Types[input]
	for part := range strings.SplitSeq(path, ".") {
		if t == nil {
			return false
		}
		field := t.Fields.ForName(part)
		if field == nil || field.Type.Name() == "Boolean" {
			return false
		}
		t = schema.Types[field.Type.Name()]
	}
	return true
}

func isBlank(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

func (c Content) worked() bool {
	return c.text("worker.company.siret") != "" && !c.is("worker.isDisabled") && c.text("type") != "GATHERING" && c.text("type") != "RESHIPMENT"
}

// applies says whether the condition of a requirement holds; the words are those
// of the tables.
func (e edition) applies(c Content) bool {
	root, _, _ := strings.Cut(e.path, ".")
	verdict := c.text("destination.reception.acceptationStatus") + c.text("destination.reception.acceptation.status")
	next := c.text("destination.operation.nextDestination.company.siret")
	holds, known := map[string]bool{
		"-": true, "never": false,
		"worker": c.worked(), "sectionThree": c.is("worker.certification.hasSubSectionThree"),
		"nextSiret": next != "", "direct": c.text("type") != "COLLECTION_2710" && next == "", "carried": c.text("type") != "COLLECTION_2710",
		"company": !c.is("emitter.isPrivateIndividual"), "regular": !c.is("emitter.irregularSituation"), "hasSiret": !c.is("emitter.noSiret"),
		"unsplitAddress": c.text("emitter.company.street") == "" && c.text("emitter.company.city") == "",
		"finalOperation": c.text("destination.operation.code") != "" && !bsdd.Groups(bsdd.Compact(c.text("destination.operation.code"))),
		"notRefused":     verdict != "REFUSED", "refused": verdict == "REFUSED" || verdict == "PARTIALLY_REFUSED",
		"sameSiret": c.text(root+".siret") != "" || c.text(root+".company.siret") != "", "sameName": c.text(root+".name") != "",
		"noEcoOrganisme": c.text("ecoOrganisme.siret") == "", "notSynthesis": isBlank(c.at("synthesizing")),
		"road":    c.text("transporter.transport.mode") == "ROAD",
		"receipt": c.text("transporter.company.siret") != "" && !c.is("transporter.recepisse.isExempted"),
		"noSiret": c.text("transporter.company.siret") == "", "noVAT": c.text("transporter.company.vatNumber") == "",
		"ownPackagings": c.text("type") != "GROUPEMENT" && c.text("type") != "REEXPEDITION",
		"unweighed":     isBlank(c.at("emitter.emission.detail.weight.value")),
		"unit":          c.text("packaging") == "UNITE", "otherConsistence": c.text("waste.consistence") == "OTHER",
		"GROUPEMENT": c.text("type") == "GROUPEMENT", "REEXPEDITION": c.text("type") == "REEXPEDITION", "RECONDITIONNEMENT": c.text("type") == "RECONDITIONNEMENT",
	}[e.condition]
	return known && holds
}
