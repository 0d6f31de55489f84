package trackdechets

import (
	"encoding/json"
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
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "recordings", "trackdechets", "*.json"))
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
		for _, body := range answersWithErrors(t, recording) {
			a := readAnswer(body)
			if !slices.Contains([]string{badUserInput, forbidden, tooMany}, a.code()) || a.says("got invalid value") || a.says("was not provided") {
				continue // what the types refuse is told by its place, not by words
			}
			told, err := refused(reply{}, a, d.places())
			must(t, err)
			for _, reason := range told.Reasons {
				seen++
				neverAsked := []string{"payload size", "`first`", "l'id ou le readableid", "rechercher soit avec un siret", "aucun établissement trouvé"}
				if contains(reason.Message, "Trackdéchets says") && !slices.ContainsFunc(neverAsked, func(words string) bool { return contains(plain(reason.Original), words) }) {
					t.Errorf("%s", reason.Original)
				}
				if contains(reason.Original, "Destination ultérieure") && !strings.HasPrefix(reason.Field, "treatment.next") {
					t.Errorf("%+v", reason)
				}
			}
		}
	}
	if seen < 30 {
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
