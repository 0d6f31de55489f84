package trackdechets

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/registry"
	"sluss/simulators/trackdechets/tree"
)

func TestSearchCompanies(t *testing.T) {
	r := newRegistry(t, Options{})
	must(t, r.AddCompany(Company{VATNumber: "BE0541696005", Name: "Vrachtwagens Gent", Address: "Kaai 1, 9000 Gent", Types: []string{"TRANSPORTER"}}))
	must(t, r.AddCompany(Company{Siret: "00000000770545", Name: "Recyclage du Rhône", Address: "1 quai, 69007 Lyon", Types: []string{"COLLECTOR"}}))
	for _, test := range []struct{ args, want string }{
		{`clue:"` + producer + `"`, producer},
		{`clue:"000 000 007 70545"`, "00000000770545"},
		{`clue:"recyclage lyon"`, "00000000770545"},
		{`clue:"recyclage", department:"69"`, "00000000770545"},
		{`clue:"recyclage", department:"75"`, ""},
		{`clue:"BE0541696005"`, ""},
		{`clue:"BE0541696005", allowForeignCompanies:true`, "BE0541696005"},
		{`clue:"gent", allowForeignCompanies:true`, "BE0541696005"},
		{`clue:""`, ""},
	} {
		a := r.ask("producer", `{searchCompanies(`+test.args+`){orgId isRegistered trackdechetsId companyTypes codePaysEtrangerEtablissement}}`, nil)
		var got []string
		for _, found := range tree.Objects(a.body, "data.searchCompanies") {
			got = append(got, tree.Text(found, "orgId"))
		}
		if a.code != "" || strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v %s %s", test.args, got, a.code, a.message)
		}
	}
	if a := r.ask("anonymous", `{searchCompanies(clue:"x"){orgId}}`, nil); a.code != refusal.Unauthenticated {
		t.Errorf("%+v", a)
	}
}

func TestDelegations(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	delegated := func() string {
		a := r.ask("producer", declareQuery, map[string]any{"l": []any{declared("D-1", map[string]any{"reportAsCompanySiret": producer})}})
		if len(tree.Objects(a.body, "data.addToIncomingWasteRegistry.errors")) > 0 {
			return "refused"
		}
		return "taken"
	}
	list := func(where string) (statuses []string) {
		a := r.ask("producer", `{registryDelegations`+where+`{totalCount edges{node{id status startDate delegator{siret} delegate{siret}}}}}`, nil)
		for _, edge := range tree.Objects(a.body, "data.registryDelegations.edges") {
			statuses = append(statuses, tree.Text(edge, "node.status"))
		}
		return statuses
	}
	if got := delegated(); got != "refused" {
		t.Errorf("without a delegation: %s", got)
	}
	if err := r.AddDelegation(Delegation{Delegator: "1", Delegate: producer}); err == nil {
		t.Error("of nobody")
	}
	end := now.Add(48 * time.Hour)
	d := Delegation{Delegator: destination, Delegate: producer, Start: now.Add(time.Hour), End: &end}
	must(t, r.AddDelegation(d))
	for _, step := range []struct {
		pass         time.Duration
		status       string
		want         string
		active, mine int
	}{{0, "INCOMING", "refused", 1, 1}, {2 * time.Hour, "ONGOING", "taken", 1, 1}, {48 * time.Hour, "EXPIRED", "refused", 0, 1}} {
		now = now.Add(step.pass)
		if got := delegated(); got != step.want {
			t.Errorf("%s: %s, want %s", step.status, got, step.want)
		}
		if got := list(""); len(got) != 1 || got[0] != step.status {
			t.Errorf("%v, want %s", got, step.status)
		}
		if got := list("(where:{activeOnly:true})"); len(got) != step.active {
			t.Errorf("%s: active %v", step.status, got)
		}
		if got := list("(where:{givenToMe:true, search:\"" + destination + "\"})"); len(got) != step.mine {
			t.Errorf("%s: %v", step.status, got)
		}
		if got := list("(where:{givenToMe:false})"); len(got) != 0 {
			t.Errorf("%v", got)
		}
	}
	id := companies.DerivedID("delegation " + destination + " " + producer)
	if a := r.ask("outsider", `{registryDelegation(delegationId:"`+id+`"){id}}`, nil); a.code != refusal.Denied {
		t.Errorf("%+v", a)
	}
	d.Status = "REVOKED"
	must(t, r.AddDelegation(d))
	if a := r.ask("destination", `{registryDelegation(delegationId:"`+id+`"){status delegate{orgId}}}`, nil); tree.Text(a.body, "data.registryDelegation.status") != "REVOKED" {
		t.Errorf("%+v", a)
	}
}

func TestLookups(t *testing.T) {
	r := newRegistry(t, Options{})
	r.ask("destination", declareQuery, map[string]any{"l": []any{declared("L-1", nil), declared("L-2", nil)}})
	one := func(actor, public string) answer {
		return r.ask(actor, `{registryLookup(siret:"`+destination+`",publicId:"`+public+`",type:INCOMING_WASTE){publicId type siret date wasteCode reportAsSiret reportFor{siret}}}`, nil)
	}
	if a := one("destination", "L-1"); tree.Text(a.body, "data.registryLookup.date") != "2026-01-10T00:00:00.000Z" || tree.Text(a.body, "data.registryLookup.reportFor.siret") != destination {
		t.Errorf("%+v", a)
	}
	if a := one("outsider", "L-1"); a.code != refusal.Denied {
		t.Errorf("%+v", a)
	}
	if a := one("destination", "L-3"); a.code != refusal.BadUserInput {
		t.Errorf("%+v", a)
	}
	for args, want := range map[string]int{"": 2, `,first:1`: 1, `,publicId:"L-2"`: 1, `,type:SSD`: 0, `,type:INCOMING_WASTE`: 2} {
		a := r.ask("destination", `{registryLookups(siret:"`+destination+`"`+args+`){edges{node{publicId declaredAt}}}}`, nil)
		if got := len(tree.Objects(a.body, "data.registryLookups.edges")); got != want {
			t.Errorf("%s: %d, want %d", args, got, want)
		}
	}
	r.ask("destination", declareQuery, map[string]any{"l": []any{declared("L-1", map[string]any{"reason": "CANCEL"})}})
	if a := one("destination", "L-1"); a.code != refusal.BadUserInput {
		t.Errorf("cancelled: %+v", a)
	}
}

// upload puts a file where an upload link says.
func (r *simulated) upload(link map[string]any, body string) int {
	r.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	must(r.t, w.WriteField("key", tree.Text(link, "fields.key")))
	part, err := w.CreateFormFile("file", "lines.csv")
	must(r.t, err)
	_, err = io.WriteString(part, body)
	must(r.t, err)
	must(r.t, w.Close())
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+tree.Text(link, "signedUrl"), &form)
	must(r.t, err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return r.do(req).status
}

func TestImportOfAFile(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	const header = "publicId;reportForCompanySiret;wasteDescription;wasteCode;wastePop;receptionDate;weightValue;weightIsEstimate;emitterCompanyType;operationCode\n"
	row := func(id, weight string) string {
		return id + ";" + destination + ";Boues;06 05 02*;non;2026-01-10;" + weight + ";oui;ETABLISSEMENT_FR;D 10\n"
	}
	bring := func(body string) answer {
		a := r.ask("destination", `{registryUploadSignedUrl(fileName:"lines.csv"){fileKey signedUrl fields}}`, nil)
		link := tree.Object(a.body, "data.registryUploadSignedUrl")
		if status := r.upload(link, body); status != http.StatusNoContent {
			t.Fatalf("upload: %d, %+v", status, a)
		}
		return r.ask("destination", `mutation($k: String!){importFile(importType:INCOMING_WASTE,s3FileKey:$k){id status originalFileName}}`, map[string]any{"k": link["fileKey"]})
	}
	state := func(id string) map[string]any {
		a := r.ask("destination", `{registryImport(id:"`+id+`"){status numberOfErrors numberOfInsertions numberOfSkipped associations{reportedFor{siret} reportedAs{siret}}}}`, nil)
		return tree.Object(a.body, "data.registryImport")
	}
	for _, test := range []struct {
		file, status                string
		insertions, skipped, errors float64
	}{
		{header + row("F-1", "1,25") + row("F-2", "2"), "SUCCESSFUL", 2, 0, 0},
		{header + row("F-1", "1,25") + row("F-3", "much") + row("F-4", "20000"), "PARTIALLY_SUCCESSFUL", 0, 1, 2},
		{"colour\nred\n", "FAILED", 0, 0, 1},
	} {
		a := bring(test.file)
		id := tree.Text(a.body, "data.importFile.id")
		if tree.Text(a.body, "data.importFile.status") != "PENDING" {
			t.Fatalf("%+v", a)
		}
		link := `{registryDownloadSignedUrl(importId:"` + id + `",target:ERROR_FILE){signedUrl}}`
		if early := r.ask("destination", link, nil); early.code != refusal.Denied {
			t.Errorf("%+v", early)
		}
		now = now.Add(registry.DefaultTime)
		got := state(id)
		if got["status"] != test.status || got["numberOfInsertions"] != test.insertions || got["numberOfSkipped"] != test.skipped || got["numberOfErrors"] != test.errors {
			t.Errorf("%v, want %+v", got, test)
		}
		file := r.ask("destination", link, nil)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+tree.Text(file.body, "data.registryDownloadSignedUrl.signedUrl"), nil)
		must(t, err)
		if faults := strings.Count(string(r.do(req).body), "\n") - 1; float64(faults) < test.errors {
			t.Errorf("%d faults in the file of errors, want %v", faults, test.errors)
		}
	}
	if a := bring(header); a.status != http.StatusTooManyRequests {
		t.Errorf("a fourth within a minute: %+v", a)
	}
	if a := r.ask("destination", `{registryImports(siret:"`+destination+`"){totalCount edges{node{id}}}}`, nil); len(tree.Objects(a.body, "data.registryImports.edges")) != 1 {
		t.Errorf("%+v", a)
	}
	if a := r.ask("outsider", `{registryUploadSignedUrl(fileName:"lines.pdf"){fileKey}}`, nil); a.code != refusal.BadUserInput {
		t.Errorf("%+v", a)
	}
	if status := r.upload(map[string]any{"signedUrl": "/upload", "fields": map[string]any{"key": "nobody's"}}, "x"); status != http.StatusForbidden {
		t.Errorf("%d", status)
	}
}

const declareQuery = `mutation($l: [IncomingWasteLineInput!]!){addToIncomingWasteRegistry(lines:$l){
	stats{errors insertions edits cancellations skipped} errors{publicId issues{path message}} inserted{publicId} skipped{publicId}}}`

func declared(public string, more map[string]any) map[string]any {
	line := map[string]any{
		"publicId": public, "reportForCompanySiret": destination, "wasteDescription": "Boues", "wasteCode": "060502*", "wastePop": false,
		"receptionDate": "2026-01-10", "weightValue": 1.25, "weightIsEstimate": false, "emitterCompanyType": "ETABLISSEMENT_FR",
		"operationCode": "D10",
	}
	tree.Merge(line, more)
	return line
}

func TestDeclarations(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	stats := func(lines ...any) string {
		t.Helper()
		a := r.ask("destination", declareQuery, map[string]any{"l": lines})
		if a.code != "" || a.status != 200 {
			t.Fatalf("%s %q", a.code, a.message)
		}
		answer := tree.Object(a.body, "data.addToIncomingWasteRegistry")
		raw, _ := json.Marshal(answer["stats"])
		return string(raw)
	}
	for i, test := range []struct {
		lines []any
		want  string
	}{
		{[]any{declared("A-1", nil), declared("A-2", map[string]any{"weightValue": -1})}, `{"cancellations":0,"edits":0,"errors":1,"insertions":1,"skipped":0}`},
		{[]any{declared("A-1", map[string]any{"weightValue": 9})}, `{"cancellations":0,"edits":0,"errors":0,"insertions":0,"skipped":1}`},
		{[]any{declared("A-1", map[string]any{"weightValue": 9, "reason": "EDIT"})}, `{"cancellations":0,"edits":1,"errors":0,"insertions":0,"skipped":0}`},
		{[]any{declared("A-9", map[string]any{"reason": "EDIT"})}, `{"cancellations":0,"edits":0,"errors":1,"insertions":0,"skipped":0}`},
		{[]any{declared("A-1", map[string]any{"reason": "CANCEL"})}, `{"cancellations":1,"edits":0,"errors":0,"insertions":0,"skipped":0}`},
		{[]any{declared("A-1", nil)}, `{"cancellations":0,"edits":0,"errors":0,"insertions":1,"skipped":0}`},
		{
			[]any{
				declared("no blanks", nil), declared("B-1", map[string]any{"weightValue": 1.2345}), declared("B-2", map[string]any{"weightValue": 10_001}),
				declared("B-3", map[string]any{"receptionDate": "2027-01-01"}), declared("B-4", map[string]any{"reportForCompanySiret": producer}),
				declared("B-5", map[string]any{"wasteCode": "99 99 99"}),
			}, `{"cancellations":0,"edits":0,"errors":6,"insertions":0,"skipped":0}`,
		},
	} {
		if got := stats(test.lines...); got != test.want {
			t.Errorf("call %d: %s, want %s", i, got, test.want)
		}
	}
	lines := make([]any, 1000+1)
	for i := range lines {
		lines[i] = declared("C", nil)
	}
	if a := r.ask("destination", declareQuery, map[string]any{"l": lines}); a.code != refusal.BadUserInput {
		t.Errorf("too many lines: %s", a.code)
	}
}

// notSimulated fail as if the service were broken: membership, and files that are kept for others.
var notSimulated = []string{
	"membershipRequest", "sendMembershipRequest", "createAnonymousCompanyFromPDF", "enableRegistryDndFromBsd",
	"registryUploadTexsAnalysisSignedUrl", "registryDownloadTexsAnalysisSignedUrl", "createTexsAnalysisFile",
}

// Every field that the schema offers is answered by something, unless it is for the session of the web interface.
func TestEveryFieldIsAnswered(t *testing.T) {
	r := newRegistry(t, Options{})
	s := r.server.Schema
	for _, field := range append(s.Query.Fields, s.Mutation.Fields...) {
		_, ok := r.server.Resolvers[field.Name]
		if !ok && !strings.HasPrefix(field.Name, "__") && field.Type.NamedType != "Session" && !slices.Contains(notSimulated, field.Name) {
			t.Errorf("nothing answers %s", field.Name)
		}
	}
}
