package main

import (
	"bytes"
	"testing"

	"sluss"
)

func TestEcoOrganismesForPeople(t *testing.T) {
	for name, test := range map[string]struct {
		all  []sluss.Party
		text string
		want string
	}{
		"some":         {[]sluss.Party{{ID: "1", Name: "Éco", Address: "Lyon"}, {ID: "2", Name: "Solv"}}, "", "1  Éco, Lyon\n2  Solv\n"},
		"none":         {nil, "", "Trackdéchets lists no éco-organisme of BSDDs.\n"},
		"none by that": {nil, "huile", "No éco-organisme of BSDDs has \"huile\" in its name or SIRET.\n"},
	} {
		var out bytes.Buffer
		if writeEcoOrganismes(&out, test.all, test.text); out.String() != test.want {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}
