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
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
)

// What the real registry was seen to say of calls that we make is in the
// catalogue.
func TestRecordedMessagesAreKnown(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "recordings", "trackdechets*", "*.json"))
	must(t, err)
	if len(files) == 0 {
		t.Skip("the reference folder ../shared is not here: there are no recordings")
	}
	b := newBatch(t, "fr-solvents.json")
	d, err := bsdd.New(b.submission(sluss.ReportSealing))
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
			for _, reason := range said(t, body, d.Places()) {
				seen++
				neverAsked := []string{
					"payload size", "`first`", "l'id ou le readableid", "rechercher soit avec un siret", "aucun établissement trouvé", "une entreprise française doit être identifiée",
					"le volume doit être", "parcelle:", "ne peut être mis à jour à partir d'un bsd papier", "à l'état \"scellé\"", "must not be null", "cet établissement n'existe pas",
				}
				if contains(reason.Message, "Trackdéchets says") && !slices.ContainsFunc(neverAsked, func(words string) bool { return contains(reasons.Plain(reason.Original), words) }) {
					t.Errorf("%s", reason.Original)
				}
				// No value of the declaration is at fault where a call is wrong, or the BSDD is not where it is thought to be.
				atFaultItself := []string{
					"n'existe pas", "identifiants suivants", "en même temps", "révision", "webhook", "token must be", "temporaire", "annexe 1", "`first`",
				}
				fieldless := reason.Code == reasons.BadUserInput && reason.Field == ""
				if fieldless && !slices.ContainsFunc(append(atFaultItself, neverAsked...), func(words string) bool { return contains(reasons.Plain(reason.Original), words) }) {
					t.Errorf("no field: %+v", reason)
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

// said are the reasons in an answer that refuses; what the types refuse is told by its
// place, not by words.
func said(t *testing.T, body []byte, places reasons.Places) (all []sluss.Reason) {
	t.Helper()
	var answer struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	must(t, json.Unmarshal(body, &answer))
	for _, e := range answer.Errors {
		byTypes := contains(e.Message, "got invalid value") || contains(e.Message, "was not provided")
		passed := slices.ContainsFunc([]string{"verrouillés via signature", "à l'état souhaité", "étape de signature", "ont déjà signé"}, func(words string) bool {
			return contains(reasons.Plain(e.Message), words)
		})
		if slices.Contains([]string{reasons.BadUserInput, reasons.Forbidden, reasons.TooMany}, e.Extensions.Code) && !byTypes && !passed {
			all = append(all, places.Of(e.Extensions.Code, strings.Split(strings.ReplaceAll(e.Message, "Erreur(s): ", ""), "\n"))...)
		}
	}
	return all
}

// Where a message tells a company by its part or its number, the reason has that
// company's field, as the preflight's findings do.
func TestReasonsNameTheCompany(t *testing.T) {
	b := newBatch(t, "fr-two-transporters.json")
	b.leg = 1
	broker := party(outsiderID)
	broker.Role = sluss.Broker
	b.declaration.Deals = []sluss.Deal{{Trader: broker}}
	direct, err := bsdd.New(b.submission(sluss.ReportSealing))
	must(t, err)
	_, stored := onTheWay(t)
	over, err := bsdd.New(stored.ofLeg(sluss.ReportCreation, 1))
	must(t, err)
	const installation = "L'installation de destination ou d’entreposage ou de reconditionnement avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets en tant qu'installation de traitement ou de tri transit regroupement."
	for _, test := range []struct {
		d                  bsdd.Document
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
		if got := test.d.Places().Reason(reasons.BadUserInput, said); got.Field != test.want || !contains(got.Message, "regist") && !contains(got.Message, "profile") {
			t.Errorf("%s: %+v, want %s", said, got, test.want)
		}
	}
}
