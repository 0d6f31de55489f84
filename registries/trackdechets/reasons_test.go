package trackdechets

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluss"
)

// What the real register was seen to say of calls that we make is in the
// catalogue.
func TestRecordedMessagesAreKnown(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "recordings", "trackdechets*", "*.json"))
	must(t, err)
	if len(files) == 0 {
		t.Skip("the reference folder ../shared is not here: there are no recordings")
	}
	b := newBatch(t, "fr-solvents.json")
	d, err := newDocument(b.submission(sluss.NoteSealing))
	must(t, err)
	seen := 0
	for _, file := range files {
		name := filepath.Base(file)
		if name != "probes.json" && !strings.HasPrefix(name, "bsdd.") {
			continue
		}
		raw, err := os.ReadFile(file)
		must(t, err)
		var recording any
		must(t, json.Unmarshal(raw, &recording))
		if probes, many := recording.([]any); many { // of the BSDD; those of other documents say in kind which
			recording = slices.DeleteFunc(probes, func(probe any) bool {
				kind, _ := probe.(map[string]any)["kind"].(string)
				return slices.Contains([]string{"bsda", "bsdasri", "bsff", "bspaoh", "bsvhu", "registry"}, kind) || kind == "queries and paging"
			})
		}
		for _, body := range answersWithErrors(t, recording) {
			a := readAnswer(body)
			if !slices.Contains([]string{badUserInput, forbidden, tooMany}, a.code()) || a.says("got invalid value") || a.says("was not provided") {
				continue // what the types refuse is told by its place, not by words
			}
			told, err := refused(reply{}, a, d.places())
			must(t, err)
			for _, reason := range told.Reasons {
				seen++
				neverAsked := []string{
					"payload size", "`first`", "l'id ou le readableid", "rechercher soit avec un siret", "aucun établissement trouvé", "une entreprise française doit être identifiée",
					"le volume doit être", "parcelle:", "ne peut être mis à jour à partir d'un bsd papier", "à l'état \"scellé\"", "must not be null", "cet établissement n'existe pas",
				}
				if contains(reason.Message, "Trackdéchets says") && !slices.ContainsFunc(neverAsked, func(words string) bool { return contains(plain(reason.Original), words) }) {
					t.Errorf("%s", reason.Original)
				}
				if contains(reason.Original, "Destination ultérieure") && !strings.HasPrefix(reason.Field, "treatment.next") {
					t.Errorf("%+v", reason)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d messages were looked at: have the recordings changed?", seen)
	}
}

// answersWithErrors are the GraphQL answers within a recording that tell errors.
func answersWithErrors(t *testing.T, recording any) (bodies [][]byte) {
	t.Helper()
	switch value := recording.(type) {
	case []any:
		for _, inner := range value {
			bodies = append(bodies, answersWithErrors(t, inner)...)
		}
	case map[string]any:
		if value["errors"] != nil {
			body, err := json.Marshal(value)
			must(t, err)
			return append(bodies, body)
		}
		for _, inner := range value {
			bodies = append(bodies, answersWithErrors(t, inner)...)
		}
	}
	return bodies
}

// A reason names a field only where it is known which: of a call about a BSDD by
// its id alone, companies and legs have none.
func TestReasonsWithoutADeclaration(t *testing.T) {
	a := readAnswer([]byte(graphqlError("BAD_USER_INPUT", "Transporteur: le numéro de récépissé est obligatoire\nDestination finale: Le nom de l'entreprise est obligatoire\nLe mode de transport est obligatoire\nL'appellation du déchet est obligatoire.")))
	var got []string
	for _, r := range (places{}).reasons(a) {
		got = append(got, r.Field+": "+r.Message)
	}
	want := []string{
		": the transporter's receipt is missing in its profile", ": the final destination: the name is missing",
		": the mode of transport is missing", "waste.name: the waste needs a name",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What a signature has locked is Unknown where that may be our own earlier act,
// and a refusal where a draft was to be changed.
func TestLockedFields(t *testing.T) {
	a := readAnswer([]byte(graphqlError("FORBIDDEN", "Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : transporter")))
	for operation, want := range map[string]sluss.OutcomeKind{"updateForm": sluss.Rejected, "signEmissionForm": sluss.Unknown, "markAsSealed": sluss.Unknown} {
		if told, err := refused(reply{call: call{operation: operation}}, a, places{}); err != nil || told.Kind != want {
			t.Errorf("%s: %+v, %v", operation, told, err)
		}
	}
}

// Where a message tells a company by its part or its number, the reason has that
// company's field, as the preflight's findings do.
func TestReasonsNameTheCompany(t *testing.T) {
	b := newBatch(t, "fr-two-transporters.json")
	b.leg = 1
	broker := party(outsiderID)
	broker.Role = sluss.Broker
	b.declaration.Deals = []sluss.Deal{{Trader: broker}}
	direct, err := newDocument(b.submission(sluss.NoteSealing))
	must(t, err)
	_, stored := onTheWay(t)
	over, err := newDocument(stored.ofLeg(sluss.NoteCreation, 1))
	must(t, err)
	const installation = "L'installation de destination ou d’entreposage ou de reconditionnement avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets en tant qu'installation de traitement ou de tri transit regroupement."
	for _, test := range []struct {
		document
		said, number, want string
	}{
		{direct, installation, receiverID, "receiver.id"},
		{over, installation, storerID, "legs.1.consignor.id"},
		{over, installation, receiverID, "receiver.id"},
		{direct, "Le sous-profil sélectionné par l'établissement destinataire ne lui permet pas de prendre en charge ce type de déchet.%.0s", "", "receiver.id"},
		{direct, "Le transporteur saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'entreprise de transport.", bargeID, "legs.1.transporter.id"},
		{direct, "Transporteur : l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", bargeID, "legs.1.transporter.id"},
		{direct, "Transporteur : l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", transporterID, "legs.0.transporter.id"},
		{direct, "Le courtier saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'établissement de courtage", outsiderID, "deals.0.trader.id"},
		{direct, "L'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", producerID, "producer.id"},
	} {
		said := fmt.Sprintf(test.said, test.number)
		if got := test.places().reason(badUserInput, said); got.Field != test.want || !contains(got.Message, "regist") && !contains(got.Message, "profile") {
			t.Errorf("%s: %+v, want %s", said, got, test.want)
		}
	}
}
