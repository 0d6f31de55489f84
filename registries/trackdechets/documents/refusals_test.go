package documents

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What the real registry was seen to say of the fields of these documents has a field of the content, plain words and a
// remedy. Who may not do what has no field: no value is at fault.
func TestRecordedRefusalsNameTheirFields(t *testing.T) {
	var probes []struct {
		Kind, Label string
		Request     struct{ Body json.RawMessage }
		Body        json.RawMessage
	}
	must(t, json.Unmarshal(reference(t, "recordings/trackdechets-2026-11/probes.json"), &probes))
	seen := 0
	for _, p := range probes {
		if !strings.HasPrefix(p.Kind, "bs") || !strings.Contains(string(p.Body), "BAD_USER_INPUT") && !strings.Contains(string(p.Body), "verrouillés via signature") {
			continue
		}
		if strings.Contains(string(p.Body), "got invalid value") || strings.Contains(string(p.Body), "état souhaité") || strings.Contains(string(p.Body), "déjà été apposée") {
			continue // told by types, or by where the document is
		}
		var request struct{ Query string }
		must(t, json.Unmarshal(p.Request.Body, &request))
		for _, r := range refusals(request.Query, p.Body) {
			seen++
			known := strings.HasPrefix(r.Field, "acceptation") || strings.HasPrefix(r.Field, "operation") || strings.HasPrefix(r.Field, "emitterEmission") || strings.HasPrefix(r.Field, "transporter")
			for _, e := range fieldsIn(request.Query) {
				known = known || e.path == r.Field
			}
			if !known && r.Original == "Le conditionnement est obligatoire" { // of an empty path
				known = r.Field == "waste.packagings"
			}
			if !known || r.Remedy == "" || strings.Contains(r.Message, "Trackdéchets says") {
				t.Errorf("%s: %s: %+v", p.Kind, p.Label, r)
			}
		}
	}
	if seen < 60 {
		t.Errorf("%d reasons were looked at: have the recordings changed?", seen)
	}
}

func TestPathsOfIssues(t *testing.T) {
	for _, test := range []struct{ call, path, said, want string }{
		{"createBsda", `["wasteCode"]`, "x", "waste.code"},
		{"createBsvhu", `["wasteCode"]`, "x", "wasteCode"},
		{"createBsdasri", `["destinationCompanySiret","destination","company","siret"]`, "x", "destination.company.siret"},
		{"createBspaoh", `["destinationCompanySiret"]`, "x", "destination.company.siret"},
		{"signBsff", `["transporters",0,"transport","plates"]`, "x", "transporters.0.transport.plates"},
		{"publishBspaoh", `[]`, "Le conditionnement est obligatoire", "waste.packagings"},
	} {
		body := fmt.Sprintf(`{"errors":[{"message":"x","extensions":{"code":"BAD_USER_INPUT","issues":[{"path":%s,"message":%q}]}}]}`, test.path, test.said)
		if got := refusals(test.call, []byte(body)); len(got) != 1 || got[0].Field != test.want {
			t.Errorf("%s %s: %+v, want %s", test.call, test.path, got, test.want)
		}
	}
}
