package reasons

import (
	"slices"
	"testing"
)

// A reason names a field only where it is known which: of a call about a BSDD by its id
// alone, companies and legs have none.
func TestReasonsWithoutADeclaration(t *testing.T) {
	var got []string
	for _, r := range (Places{}).Of(BadUserInput, []string{
		"Transporteur: le numéro de récépissé est obligatoire", "Destination finale: Le nom de l'entreprise est obligatoire", "Le mode de transport est obligatoire",
		"L'appellation du déchet est obligatoire.",
	}) {
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
