package documents

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

type recordedWorkflow struct {
	Companies []struct {
		Name                string   `json:"name"`
		CompanyTypes        []string `json:"companyTypes"`
		WasteProcessorTypes []string `json:"wasteProcessorTypes"`
		CollectorTypes      []string `json:"collectorTypes"`
		Siret               string   `json:"siret"`
		CompanyName         string   `json:"companyName"`
		Address             string   `json:"address"`
		SecurityCode        int      `json:"securityCode"`
		Opt                 struct {
			WasteProcessorTypes []string `json:"wasteProcessorTypes"`
			WasteVehiclesTypes  []string `json:"wasteVehiclesTypes"`
		} `json:"opt"`
	} `json:"companies"`
	Steps []struct {
		Actor     string `json:"actor"`
		Variables struct {
			ID    string         `json:"id"`
			Input map[string]any `json:"input"`
		} `json:"variables"`
		Response struct {
			Data map[string]json.RawMessage `json:"data"`
		} `json:"response"`
	} `json:"steps"`
}

// replayed is a recorded workflow that the client runs again.
type replayed struct {
	*registry
	sirets map[string]string // by the recorded actor
	ids    map[string]string // ours, by the recorded
}

// Every recorded workflow of these kinds is run by the client, call by call, and
// comes to the same statuses. Left out are only reads, which the client words in
// its own way.
func TestRecordedDocuments(t *testing.T) {
	reference(t, "recordings/README.md")
	calls, reads := 0, 0
	for _, kind := range []string{"bsda", "bsdasri", "bsff", "bsvhu", "bspaoh"} {
		paths, err := filepath.Glob(filepath.Join(shared, "recordings", "trackdechets", kind+".*.json"))
		must(t, err)
		if len(paths) == 0 {
			t.Errorf("no recording of %s", kind)
		}
		for _, path := range paths {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
				c, r := replayDocuments(t, path)
				calls, reads = calls+c, reads+r
			})
		}
	}
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	if told := fmt.Sprintf("repeats %d of %d recorded exchanges of the other documents", calls, calls+reads); !t.Failed() && !strings.Contains(string(readme), told) {
		t.Errorf("the README does not say that the client %s", told)
	}
}

// replayDocuments counts the calls that it made, and the reads that it left out.
func replayDocuments(t *testing.T, path string) (calls, reads int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	var recorded recordedWorkflow
	must(t, json.Unmarshal(raw, &recorded))
	w := replayed{bareRegistry(t), map[string]string{}, map[string]string{}}
	for _, c := range recorded.Companies {
		w.sirets[c.Name] = c.Siret
		w.joins(c.Name, sim.Company{
			Siret: c.Siret, Name: c.CompanyName, Address: c.Address, Types: c.CompanyTypes, SecurityCode: c.SecurityCode,
			WasteProcessorTypes: slices.Concat(c.WasteProcessorTypes, c.Opt.WasteProcessorTypes), CollectorTypes: c.CollectorTypes,
			WasteVehiclesTypes: c.Opt.WasteVehiclesTypes,
		})
	}
	w.open()
	for i, step := range recorded.Steps {
		for name, answered := range step.Response.Data {
			var want struct {
				ID, Status string
				Packagings []struct{ ID string }
			}
			must(t, json.Unmarshal(answered, &want))
			id, input := w.ours(step.Variables.ID).(string), w.ours(step.Variables.Input)
			content, _ := input.(map[string]any)
			var receipt sluss.Receipt
			switch company := w.sirets[step.Actor]; {
			case strings.HasPrefix(name, "createFiche"):
				o, e, err := w.client.CreateInterventionSheet(t.Context(), company, content)
				receipt = w.takes("", o, e, err)
			case strings.HasPrefix(name, "create"):
				kind := KindOf(want.ID)
				o, e, err := w.client.Create(t.Context(), company, Creation{Kind: kind, Reference: fmt.Sprintf("STEP-%d", i), Content: content})
				receipt = w.takes(want.Status, o, e, err)
			case name == "updateBsffPackaging":
				o, e, err := w.client.UpdatePackaging(t.Context(), company, id, content)
				receipt = w.takes("", o, e, err)
			case strings.HasPrefix(name, "update"):
				o, e, err := w.client.Update(t.Context(), company, w.read(company, id), content)
				receipt = w.takes(want.Status, o, e, err)
			case strings.HasPrefix(name, "sign"):
				s := Signature{Stage: Stage(content["type"].(string)), By: content["author"].(string)}
				o, e, err := w.client.Sign(t.Context(), company, w.read(company, id), s)
				receipt = w.takes(want.Status, o, e, err)
			default:
				reads++
				continue
			}
			calls++
			w.ids[want.ID] = receipt.ID
			if len(want.Packagings) > 0 {
				for n, p := range w.read(w.sirets[step.Actor], receipt.ID).Packagings {
					w.ids[want.Packagings[n].ID] = p.ID
				}
			}
		}
	}
	return calls, reads
}

// ours puts our ids in the place of the recorded ones.
func (w replayed) ours(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := maps.Clone(value)
		for key, inner := range copied {
			copied[key] = w.ours(inner)
		}
		return copied
	case []any:
		copied := slices.Clone(value)
		for i, inner := range copied {
			copied[i] = w.ours(inner)
		}
		return copied
	case string:
		if mine := w.ids[value]; mine != "" {
			return mine
		}
	}
	return value
}

// The machines and the editions are the registry's own.
func TestDocumentTablesAreThoseOfTheRegistry(t *testing.T) {
	var machines map[string][]struct{ From, Event, To string }
	must(t, json.Unmarshal(reference(t, "data/trackdechets-state-machines.json"), &machines))
	all, err := editions()
	must(t, err)
	for kind, k := range kinds {
		var edges, known []string
		for _, edge := range machines[k.query()] {
			edges = append(edges, edge.Event+" "+edge.To)
		}
		for _, s := range k.stages {
			for _, status := range s.statuses {
				known = append(known, string(s.stage)+" "+status)
				if kind != BSFF && !slices.Contains(edges, string(s.stage)+" "+status) { // has no machine there
					t.Errorf("%s: %s does not lead to %s", kind, s.stage, status)
				}
			}
		}
		for _, edge := range edges {
			if !slices.Contains(known, edge) {
				t.Errorf("%s: we do not know %s", kind, edge)
			}
		}
		ours := map[string]edition{}
		for _, e := range all[kind] {
			ours[e.path] = e
		}
		rows := 0
		for row := range strings.Lines(string(reference(t, "data/trackdechets-edition-rules/"+k.query()+".md"))) {
			cells := strings.Split(row, "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if len(cells) < 7 || !strings.Contains(cells[2], ".") && ours[cells[2]].path == "" || bySignature[cells[2]] {
				continue
			}
			rows++
			path, required, sealed := cells[2], stageWords.Replace(cells[3]), stageWords.Replace(cells[5])
			if cells[6] == "l'utilisateur n'est pas l'émetteur (TRANSPORT pour l'émetteur)" {
				sealed += " ou TRANSPORT si émetteur"
			}
			e, there := ours[path]
			if !there {
				t.Errorf("%s: %s is missing", kind, path)
				continue
			}
			asWritten := e.sealed
			if e.sealedForEmitter != "-" {
				asWritten += " ou " + e.sealedForEmitter + " si émetteur"
			}
			if asWritten != sealed {
				t.Errorf("%s: %s is sealed by %s, the registry says %s", kind, path, asWritten, sealed)
			}
			// Receipts are the company's own in the registry, a truth value is false where it is not given.
			if e.required != required && !strings.Contains(path, ".recepisse.") && path != "worker.isDisabled" {
				t.Errorf("%s: %s is required by %s, the registry says %s", kind, path, e.required, required)
			}
		}
		if rows < 20 {
			t.Errorf("%s: %d rows", kind, rows)
		}
	}
}

// bySignature are the paths that the registry's tables have for the signature
// itself, or for several fields in one.
var bySignature = map[string]bool{"transporter.transport": true, "destination.reception": true, "transporter.recepisse": true}

// stageWords are those of the registry's tables in ours. The fifth of the transporters
// has signed before the reception; see relayed for the temporary storage.
var stageWords = strings.NewReplacer(
	"EMISSION ou WORK si il y a une entreprise de travaux", "EMISSION/WORK",
	" ou TRANSPORT lors de l'ajout/suppression d'entreposage provisoire", "",
	"jamais si c'est une collection 2710, EMISSION si l'émetteur est un particulier et il n'y a pas d'entreprise de travaux, TRANSPORT sinon", "TRANSPORT",
	"TRANSPORT_5", "RECEPTION",
)
