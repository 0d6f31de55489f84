package trackdechets

import (
	"strings"
	"testing"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// drafts are contents of the kinds that are signed, as the registry takes them.
func drafts() map[string]map[string]any {
	all := map[string]map[string]any{
		"Bsda": bsdaInput(),
		"Bsdasri": {
			"waste":   map[string]any{"code": "18 01 03*", "adr": "non soumis"},
			"emitter": map[string]any{"company": company(producer), "emission": map[string]any{"weight": map[string]any{"value": 1, "isEstimate": false}}},
		},
		"Bsff": {
			"emitter": map[string]any{"company": company(producer)}, "waste": map[string]any{"code": "14 06 01*"},
			"packagings": []any{map[string]any{"type": "BOUTEILLE", "volume": 1, "numero": "1", "weight": 1}}, "weight": map[string]any{"value": 1, "isEstimate": true},
		},
		"Bsvhu": {"emitter": map[string]any{"company": company(producer)}, "wasteCode": "16 01 06", "destination": map[string]any{"type": "BROYEUR"}},
		"Bspaoh": {
			"waste":   map[string]any{"code": "18 01 02"},
			"emitter": map[string]any{"company": company(producer), "emission": map[string]any{"detail": map[string]any{"weight": map[string]any{"value": 1, "isEstimate": false}}}},
		},
	}
	for name, input := range all {
		site := destination
		if name == "Bsvhu" || name == "Bspaoh" {
			site = treating
		}
		tree.Put(input, "destination.company", company(site))
		tree.Put(input, "transporter.company", company(transporter))
	}
	return all
}

// treating takes vehicles and anatomical parts.
const treating = "00000000283515"

func newTreating(t *testing.T) *simulated {
	t.Helper()
	r := newRegistry(t, Options{})
	must(t, r.AddCompany(Company{
		Siret: treating, Name: "Treating", Types: []string{"WASTEPROCESSOR", "WASTE_VEHICLES"}, WasteProcessorTypes: []string{"CREMATION"}, WasteVehiclesTypes: []string{"BROYEUR"},
	}))
	return r
}

// Whoever stands on a document must have the profile for it.
func TestProfilesOnDocuments(t *testing.T) {
	r := newTreating(t)
	for name, input := range drafts() {
		create := strings.ReplaceAll(`mutation($i: KindInput!){createKind(input:$i){id}}`, "Kind", name)
		if a := r.ask("producer", create, map[string]any{"i": input}); a.code != "" {
			t.Errorf("%s: %+v", name, a)
		}
		for _, test := range []struct{ path, siret, said string }{
			{"destination.company.siret", outsider, "n'est pas inscrite sur Trackdéchets en tant qu"},
			{"destination.company.siret", "00000000283457", "L'établissement avec le SIRET 00000000283457 n'est pas inscrit"},
			{"transporter.company.siret", outsider, "en tant qu'entreprise de transport"},
			{"transporter.company.siret", "00000000283457", "L'établissement avec le SIRET 00000000283457 n'est pas inscrit"},
			{"worker.company.siret", outsider, "en tant qu'entreprise de travaux"},
			{"broker.company.siret", outsider, "en tant qu'établissement de courtage"},
			{"trader.company.siret", outsider, "en tant qu'établissement de négoce"},
			{"ecoOrganisme.siret", outsider, "n'est pas reconnu"},
		} {
			wrong := with(input, test.path, test.siret)
			a := r.ask("producer", create, map[string]any{"i": wrong})
			if a.status == 400 { // this kind has no such party
				continue
			}
			if a.code != refusal.BadUserInput || !strings.Contains(a.message, test.said) {
				t.Errorf("%s %s %s: %+v", name, test.path, test.siret, a)
			}
		}
	}
	for name, site := range map[string]string{"Bsvhu": destination, "Bspaoh": nextStop} {
		create := strings.ReplaceAll(`mutation($i: KindInput!){createKind(input:$i){id}}`, "Kind", name)
		if a := r.ask("producer", create, map[string]any{"i": with(drafts()[name], "destination.company.siret", site)}); a.code != refusal.BadUserInput {
			t.Errorf("%s goes to a site without the sub-profile: %+v", name, a)
		}
	}
}

// Masses, texts and values are within what the registry takes.
func TestFormatsOnDocuments(t *testing.T) {
	r := newTreating(t)
	long := strings.Repeat("x", 251)
	for _, test := range []struct {
		kind, path string
		value      any
	}{
		{"Bsda", "weight.value", -1},
		{"Bsda", "weight.value", 40.5},
		{"Bsda", "weight.value", 50_001},
		{"Bsda", "destination.cap", long},
		{"Bsda", "emitter.company.mail", "nobody"},
		{"Bsda", "grouping", []any{"BSDA-20260101-AAAAAAAAA"}},
		{"Bsdasri", "emitter.emission.weight.value", 40_001},
		{"Bsff", "weight.value", -1},
		{"Bsff", "packagings", []any{map[string]any{"type": "BOUTEILLE", "numero": "1", "weight": 1}}},
		{"Bsff", "type", "GROUPEMENT&sheets"},
		{"Bsvhu", "weight.value", 41},
		{"Bsvhu", "destination.plannedOperationCode", "R 14"},
		{"Bsvhu", "emitter.company.siret", "00000000283457"},
		{"Bspaoh", "emitter.emission.detail.weight.value", -1},
		{"Bspaoh", "destination.customInfo", long},
	} {
		input, actor := drafts()[test.kind], "producer"
		tree.Put(input, "transporter.transport.mode", "ROAD")
		switch test.value {
		case "GROUPEMENT&sheets":
			input["type"], input["ficheInterventions"] = "GROUPEMENT", []any{"x"}
		default:
			tree.Put(input, test.path, test.value)
		}
		if test.path == "emitter.company.siret" {
			actor = "transporter"
		}
		create := strings.ReplaceAll(`mutation($i: KindInput!){createKind(input:$i){id}}`, "Kind", test.kind)
		if a := r.ask(actor, create, map[string]any{"i": input}); a.code != refusal.BadUserInput || a.status != 200 {
			t.Errorf("%s %s = %v: %+v", test.kind, test.path, test.value, a)
		}
	}
}

// A document goes on in one other, and only if it waits for it.
func TestDocumentsGoOnOnce(t *testing.T) {
	r := newTreating(t)
	const create = `mutation($i: BsdaInput!){createBsda(input:$i){id}}`
	first := tree.Text(r.ask("producer", create, map[string]any{"i": drafts()["Bsda"]}).body, "data.createBsda.id")
	next := func() answer {
		return r.ask("producer", create, map[string]any{"i": with(with(drafts()["Bsda"], "type", "GATHERING"), "grouping", []any{first})})
	}
	if a := next(); a.code != refusal.BadUserInput {
		t.Errorf("it was not treated: %+v", a)
	}
	r.store.Lock()
	waiting, _ := r.store.Find("Bsda", first)
	waiting.Status = "AWAITING_CHILD"
	must(t, r.store.Commit(author{}, "", nil, waiting))
	r.store.Unlock()
	if a := next(); a.code != "" {
		t.Errorf("it waits: %+v", a)
	}
	if a := next(); a.code != refusal.BadUserInput {
		t.Errorf("it goes on already: %+v", a)
	}
}

// author is who writes the records in a test.
type author struct{}

func (author) Author() (name, user string) { return "test", "test" }

// A transporter that stands on no document yet is checked as those on documents are.
func TestFreeTransporters(t *testing.T) {
	r := newTreating(t)
	for _, kind := range []string{"Form", "Bsda", "Bsff", "Bsvhu"} {
		input := kind + "TransporterInput"
		if kind == "Form" {
			input = "TransporterInput"
		}
		create := `mutation($i: ` + input + `!){create` + kind + `Transporter(input:$i){id}}`
		for siret, want := range map[string]string{transporter: "", "123": refusal.BadUserInput, "00000000283457": refusal.BadUserInput, outsider: refusal.BadUserInput} {
			if a := r.ask("producer", create, map[string]any{"i": map[string]any{"company": company(siret)}}); a.code != want {
				t.Errorf("%s %s: %+v", kind, siret, a)
			}
		}
	}
}

func TestOwnCompaniesAreSearched(t *testing.T) {
	r := newRegistry(t, Options{})
	for search, want := range map[string]float64{"company": 2, producer: 1, "nobody": 0} {
		a := r.ask("both", `query($s: String){myCompanies(search:$s){totalCount}}`, map[string]any{"s": search})
		if n, _ := tree.Number(a.body, "data.myCompanies.totalCount"); n != want || a.code != "" {
			t.Errorf("%q: %+v", search, a)
		}
	}
	for _, search := range []string{"ab", strings.Repeat("x", 31)} {
		if a := r.ask("both", `query($s: String){myCompanies(search:$s){totalCount}}`, map[string]any{"s": search}); a.code != refusal.BadUserInput {
			t.Errorf("%q: %+v", search, a)
		}
	}
}
