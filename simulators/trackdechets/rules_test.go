package trackdechets

import (
	"strings"
	"testing"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

func TestDraftRules(t *testing.T) {
	waste := "wasteDetails."
	packaging := func(kind string, quantity int) []any {
		return []any{map[string]any{"type": kind, "quantity": quantity}}
	}
	tests := []struct {
		name, path string
		value      any
		want       string // part of the message; empty: accepted
	}{
		{"empty draft", "", nil, ""},
		{"siret too short", "recipient.company.siret", "1", "Destinataire: 1 n'est pas un SIRET valide"},
		{"siret check sum", "emitter.company.siret", "55203253400647", "Émetteur: 55203253400647 n'est pas un SIRET valide"},
		{"destination not registered", "recipient.company.siret", "00000000283457", "n'est pas inscrit"},
		{"destination is no plant", "recipient.company.siret", outsider, "n'est pas inscrite sur Trackdéchets en tant qu'installation"},
		{"transporter is none", "transporter.company.siret", outsider, "en tant qu'entreprise de transport"},
		{"exempted of receipt", "transporter", map[string]any{"isExemptedOfReceipt": true, "company": company(outsider)}, ""},
		{"three tonnes too many", waste + "quantity", 50_003, "inférieur à 50000 tonnes"},
		{"below zero", waste + "quantity", -1, "Déchet : le poids doit être supérieur à 0"},
		{"forty-one tonnes without mode", waste + "quantity", 41, ""},
		{"starred but harmless", waste + "isDangerous", false, "forcément dangereux"},
		{"of another document type", waste + "code", "18 01 03*", "n'est pas reconnu"},
		{"no drum", waste + "packagingInfos", packaging("FUT", 0), "Le nombre de colis"},
		{"two tanks", waste + "packagingInfos", packaging("CITERNE", 2), ""},
		{"operation without space", "recipient.processingOperation", "D10", ""},
		{"operation removed", "recipient.processingOperation", "D 11", "n'existe pas"},
		{"long name", waste + "name", strings.Repeat("é", 251), "wasteDetailsName must be at most 250 characters"},
		{"temporary storage", "recipient.isTempStorage", true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			input := createInput()
			if test.path == "" {
				input = map[string]any{"emitter": map[string]any{"company": map[string]any{"siret": producer}}}
			} else {
				input = with(input, test.path, test.value)
			}
			a := r.ask("both", createQuery, map[string]any{"i": input})
			if (test.want == "") != (a.code == "") || !strings.Contains(a.message, test.want) {
				t.Errorf("%s %q, want %q", a.code, a.message, test.want)
			}
			if strings.Contains(a.message, "\n") {
				t.Errorf("more than the first error: %q", a.message)
			}
		})
	}
}

func TestDormantCompany(t *testing.T) {
	r := newRegistry(t, Options{})
	must(t, r.AddCompany(Company{Siret: outsider, Types: []string{"TRANSPORTER"}, Dormant: true}))
	a := r.ask("producer", createQuery, map[string]any{"i": with(createInput(), "transporter.company.siret", outsider)})
	if a.code != refusal.BadUserInput || !strings.Contains(a.message, "en sommeil") {
		t.Errorf("%+v", a)
	}
}

func TestSealingRules(t *testing.T) {
	tests := []struct {
		name, path string
		value      any
		want       []string
	}{
		{"ADR without UN number", "wasteDetails.onuCode", nil, []string{"ONU est obligatoire"}},
		{"UN number without ADR", "wasteDetails.isSubjectToADR", false, []string{"ONU ne doit pas"}},
		{"AUTRE without description", "wasteDetails.packagingInfos", []any{map[string]any{"type": "AUTRE", "quantity": 1}}, []string{"La description doit être précisée pour le conditionnement 'AUTRE'."}},
		{"no CAP", "recipient.cap", nil, []string{"Le champ CAP est obligatoire"}},
		{"no waste details", "wasteDetails", nil, []string{"L'appellation du déchet", "consistance"}},
		{"emitter without contact", "emitter.company", map[string]any{"siret": producer}, []string{
			"Émetteur: Le nom de l'entreprise", "Émetteur: L'adresse", "Émetteur: Le contact", "Émetteur: Le téléphone", "Émetteur: L'email",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			id := r.bring(Draft, with(createInput(), test.path, test.value))
			a := r.ask("producer", sealQuery, map[string]any{"id": id})
			for _, want := range test.want {
				if !strings.Contains(a.message, want) {
					t.Errorf("%q lacks %q", a.message, want)
				}
			}
			if !strings.HasPrefix(a.message, "Erreur, impossible de valider le bordereau") || a.code != refusal.BadUserInput {
				t.Errorf("%s %q", a.code, a.message)
			}
		})
	}
}

func TestEmissionNeedsPackaging(t *testing.T) {
	r := newRegistry(t, Options{})
	id := r.bring(Sealed, with(createInput(), "wasteDetails.packagingInfos", nil))
	if a := r.ask("producer", emitQuery, map[string]any{"id": id, "i": emission()}); !strings.Contains(a.message, "conditionnement") {
		t.Errorf("%+v", a)
	}
	input := with(emission(), "packagingInfos", []any{map[string]any{"type": "GRV", "quantity": 1}})
	if a := r.ask("producer", emitQuery, map[string]any{"id": id, "i": input}); a.code != "" {
		t.Errorf("%+v", a)
	}
}

func TestReceptionRules(t *testing.T) {
	tests := []struct {
		name  string
		input map[string]any
		want  string
	}{
		{"nothing accepted", reception("ACCEPTED", 0, 0), "supérieur à 0"},
		{"accepted with a refusal", with(reception("ACCEPTED", 1, 0.5), "wasteRefusalReason", nil), "ne peut être supérieure à zéro"},
		{"refused in part only", reception("REFUSED", 1, 0.5), "égale à la quantité reçue"},
		{"no quantity", with(reception("ACCEPTED", 1, 0), "quantityReceived", nil), "La quantité reçue (quantityReceived) est requise"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			id := r.bring(Sent, createInput())
			if a := r.ask("destination", receiveQuery, map[string]any{"id": id, "i": test.input}); !strings.Contains(a.message, test.want) {
				t.Errorf("%+v", a)
			}
		})
	}
}

func TestProcessingRules(t *testing.T) {
	tests := []struct {
		name, path string
		value      any
		want       []string
	}{
		{"wrong mode", "destinationOperationMode", "RECYCLAGE", []string{"n'est pas compatible"}},
		{"removed operation", "processingOperationDone", "D 6", []string{"n'existe pas"}},
		{"next destination of a final treatment", "nextDestination", map[string]any{"processingOperation": "R 5", "company": company(nextStop)}, []string{
			strings.Repeat("L'opération de traitement renseignée ne permet pas de destination ultérieure\n", 6),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			id := r.bring(Accepted, createInput())
			a := r.ask("destination", processQuery, map[string]any{"id": id, "i": with(processing(), test.path, test.value)})
			for _, want := range test.want {
				if !strings.Contains(a.message, want) {
					t.Errorf("%q lacks %q", a.message, want)
				}
			}
		})
	}
}

func TestSirets(t *testing.T) {
	for siret, want := range map[string]bool{
		"55203253400646": true, "55203253400647": false, "35600000000048": true, "35600000049837": true, "35600000049838": false,
		"00000000283366": true, "00000000000000": false, "11111111192062": true, "5520325340064": false, "5520325340064x": false,
	} {
		if numbers.IsSIRET(siret, true) != want {
			t.Errorf("numbers.IsSIRET(%s, true) = %t", siret, !want)
		}
	}
}

func TestDateTimes(t *testing.T) {
	r := newRegistry(t, Options{})
	for sent, want := range map[string]string{
		"2026-07-01T10:00:00":       "2026-07-01T08:00:00.000Z",
		"2026-01-01T10:00:00":       "2026-01-01T09:00:00.000Z",
		"2026-07-01":                "2026-07-01T00:00:00.000Z",
		"2026-07-01T10:00:00Z":      "2026-07-01T10:00:00.000Z",
		"2026-07-01T10:00:00.5Z":    "2026-07-01T10:00:00.500Z",
		"2026-07-01T10:00:00+02:00": "2026-07-01T08:00:00.000Z",
	} {
		id := r.bring(Sealed, createInput())
		a := r.ask("producer", `mutation($id: ID!,$i: SignEmissionFormInput!){signEmissionForm(id:$id,input:$i){emittedAt}}`,
			map[string]any{"id": id, "i": with(emission(), "emittedAt", sent)})
		if got := tree.Text(a.body, "data.signEmissionForm.emittedAt"); got != want {
			t.Errorf("%s reads back as %s, want %s (%s)", sent, got, want, a.message)
		}
	}
}

func TestTextsAreFiltered(t *testing.T) {
	r := newRegistry(t, Options{})
	a := r.ask("producer", `mutation($i: CreateFormInput!){createForm(createFormInput:$i){wasteDetails{name}}}`,
		map[string]any{"i": with(createInput(), "wasteDetails.name", "a < b & <script>x</script>")})
	if got := tree.Text(a.body, "data.createForm.wasteDetails.name"); got != "a &lt; b & x" {
		t.Errorf("%q", got)
	}
	if f := r.Forms()[0]; tree.Text(f.Data, "wasteDetails.name") != "a < b & <script>x</script>" {
		t.Errorf("the records hold %v", f.Data["wasteDetails"])
	}
}

func TestDirectoryOverwrites(t *testing.T) {
	r := newRegistry(t, Options{Sirene: true})
	a := r.ask("producer", `mutation($i: CreateFormInput!){createForm(createFormInput:$i){emitter{company{name address orgId}}}}`, map[string]any{"i": createInput()})
	if got := tree.Object(a.body, "data.createForm.emitter.company"); got["name"] != "Company "+producer || got["address"] != "1 rue de Paris" || got["orgId"] != producer {
		t.Errorf("%v", got)
	}
}
