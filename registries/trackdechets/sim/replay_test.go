package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

type workflow struct {
	Companies []struct {
		Name                string   `json:"name"`
		CompanyTypes        []string `json:"companyTypes"`
		WasteProcessorTypes []string `json:"wasteProcessorTypes"`
		CollectorTypes      []string `json:"collectorTypes"`
		Siret               string   `json:"siret"`
		CompanyName         string   `json:"companyName"`
		Address             string   `json:"address"`
		SecurityCode        int      `json:"securityCode"`
	} `json:"companies"`
	Steps []struct {
		Actor      string         `json:"actor"`
		Query      string         `json:"query"`
		Variables  map[string]any `json:"variables"`
		HTTPStatus int            `json:"httpStatus"`
		Response   map[string]any `json:"response"`
		Expected   struct {
			Status string `json:"status"`
		} `json:"expected"`
	} `json:"steps"`
}

func TestRecordedWorkflow(t *testing.T) {
	var recorded workflow
	must(t, json.Unmarshal(reference(t, "recordings/trackdechets/bsdd.acheminementDirect.json"), &recorded))
	r := newRegister(t, Options{})
	for _, c := range recorded.Companies {
		added := Company{
			Siret: c.Siret, Name: c.CompanyName, Address: c.Address, Types: c.CompanyTypes,
			WasteProcessorTypes: c.WasteProcessorTypes, CollectorTypes: c.CollectorTypes, SecurityCode: c.SecurityCode,
		}
		if c.Name == "transporteur" {
			added.Receipt = receipt
		}
		must(t, r.AddCompany(added))
		must(t, r.AddUser(User{Token: c.Name, Email: c.Name + "@example.test", Roles: map[string]Role{c.Siret: Member}}))
	}
	ids := map[string]string{}
	for i, step := range recorded.Steps {
		if id, ok := step.Variables["id"].(string); ok {
			step.Variables["id"] = ids[id]
		}
		a := r.ask(step.Actor, step.Query, step.Variables)
		if a.status != step.HTTPStatus || a.code != "" {
			t.Fatalf("step %d: HTTP %d %s %q, recorded HTTP %d", i, a.status, a.code, a.message, step.HTTPStatus)
		}
		for field, value := range object(step.Response, "data") {
			theirs, _ := value.(map[string]any)
			ours := object(a.body, "data."+field)
			if ours["status"] != step.Expected.Status {
				t.Errorf("step %d: status %v, recorded %s", i, ours["status"], step.Expected.Status)
			}
			ids[text(theirs, "id")] = text(ours, "id")
			for key := range theirs {
				if key != "id" && fmt.Sprint(ours[key]) != fmt.Sprint(theirs[key]) {
					t.Errorf("step %d: %s %v, recorded %v", i, key, ours[key], theirs[key])
				}
			}
		}
	}
}

type probe struct {
	Label   string
	Actor   string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Auth         string
		Body         json.RawMessage
	}
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

// prepared says for each probe that the simulator can answer how the form in its variables comes about; "" needs none.
var prepared = map[string]Status{
	"auth header lower-case scheme 'bearer'": "", "me ok": "", "syntax error": "", "missing required variable": "", "unknown input field": "",
	"bad DateTime scalar": "", "empty body object": "", "no content-type text/plain": "", "application/graphql body": "", "GET query": "",
	"GET query w/ apollo-require-preflight": "", "variables as JSON string": "", "ping": "", "batch of 5": "", "batch of 6": "",
	"6 merged root fields": "", "depth > 10 (introspection style)": "", "depth > 10 on form": "", "payload > 1MB": "", "payload > 21MB": "",
	"__typename": "", "createForm ok (name/address overwritten? receipt autofilled)": "", "createForm unknown waste code": "",
	"createForm unspaced waste code": "", "createForm FR VAT as transporter": "", "createForm 41 tonnes road": "", "createForm 3 bennes": "",
	"createForm citerne+benne": "", "createForm AUTRE without other (draft)": "", "createForm 3 plates": "", "createForm transporter+transporters": "",
	"createForm unknown transporters id": "", "createForm private individual with siret": "", "createForm two errors at once (abortEarly)": "",
	"markAsSealed missing fields (joined list)": Draft, "markAsSealed unknown id": "", "draft read by destination (not owner)": Draft,
	"seal draft by destination": Draft, "signEmission on DRAFT": Draft, "signTransport on DRAFT": Draft, "markAsReceived on DRAFT": Draft,
	"markAsProcessed on DRAFT": Draft, "updateForm on SEALED ok": Sealed, "updateForm by outsider": Sealed, "updateForm remove own company": Sealed,
	"/download bad token": "", "/download no token": "", "signTransport before emission (SEALED)": Sealed,
	"signEmission by transporter wrong code 2":                       Sealed,
	"updateForm SIGNED_BY_PRODUCER by transporter on emission field": SignedByProducer, "updateForm SIGNED_BY_PRODUCER emitter siret": SignedByProducer,
	"deleteForm SIGNED_BY_PRODUCER by transporter": SignedByProducer, "signTransport no plate": SignedByProducer, "signTransport no mode": SignedByProducer,
	"signTransport by outsider": SignedByProducer, "signTransport DRIVER ok": SignedByProducer, "signTransport again": Sent, "deleteForm SENT": Sent,
	"updateForm SENT emission field by emitter": Sent, "updateForm SENT transporter plate": Sent, "markAsReceived by producer": Sent,
	"markAsReceived without quantityRefused": Sent, "markAsReceived REFUSED no reason": Sent, "markAsReceived ACCEPTED w reason": Sent,
	"markAsReceived > 40t road": Sent, "markAsReceived PARTIALLY bad split": Sent, "markAsReceived reception only -> RECEIVED": Sent,
	"markAsProcessed on RECEIVED": Received, "markAsProcessed mode missing": Accepted, "markAsProcessed unspaced op D10": Accepted,
	"markAsProcessed R13 without nextDestination": Accepted, "markAsProcessed noTraceability with final op": Accepted, "markAsProcessed ok": Accepted,
	"read processed form": Processed, "form by readableId outsider": Processed, "form no arg": "", "form not found": "",
	"R 13 next FR -> AWAITING_GROUP": Accepted, "R 13 next foreign VAT missing notification": Accepted, "R 13 next foreign VAT -> FOLLOWED_WITH_PNTTD": Accepted,
	"signTransport without receipt ROAD": SignedByProducer, "signTransport without receipt RAIL": SignedByProducer, "deleteForm DRAFT ok": Draft,
	"forms no siret single company": Draft, "forms first 101": "", "forms first+last": "", "forms updatedAfter bad": "",
	"form status after cancel": Canceled, "markAsReceived on CANCELED": Canceled, "companyInfos bad siret": "", "companyInfos unknown siret": "",
}

func TestRecordedProbes(t *testing.T) {
	var probes []probe
	must(t, json.Unmarshal(reference(t, "recordings/trackdechets/probes.json"), &probes))
	var replayed int
	var skipped []string
	for _, p := range probes {
		status, ok := prepared[p.Label]
		if !ok {
			skipped = append(skipped, p.Label)
			continue
		}
		replayed++
		t.Run(p.Label, func(t *testing.T) { replay(t, p, status) })
	}
	t.Logf("%d of %d probes replayed; not simulated: %s", replayed, len(probes), strings.Join(skipped, "; "))
}

func replay(t *testing.T, p probe, status Status) {
	t.Helper()
	r := newRegister(t, Options{})
	id := ""
	if status == Canceled { // revisions, which cancel, are not simulated
		id = r.bring(Sent, inputFor(p.Label))
		r.books.forms[id].Status = Canceled
	} else if status != "" {
		id = r.bring(status, inputFor(p.Label))
	}
	if p.Label == "signEmission by transporter wrong code 2" {
		r.ask("transporter", emitQuery, map[string]any{"id": id, "i": emission(), "c": 9999})
	}
	body := requestBody(t, p, id)
	req, err := http.NewRequestWithContext(t.Context(), p.Request.Method, r.url+p.Request.Path, strings.NewReader(body))
	must(t, err)
	for name, value := range p.Request.Headers {
		req.Header.Set(name, value)
	}
	if p.Request.Auth != "" {
		req.Header.Set("Authorization", p.Request.Auth+" "+p.Actor)
	}
	got := r.do(req)
	if got.status == 0 {
		t.Fatal("the connection was lost")
	}
	if got.status != p.Status {
		t.Fatalf("HTTP %d, recorded %d: %s", got.status, p.Status, got.body)
	}
	if kind := p.Headers["content-type"]; kind != "" && got.header.Get("Content-Type") != kind {
		t.Errorf("content type %q, recorded %q", got.header.Get("Content-Type"), kind)
	}
	compareBody(t, p, got.body)
}

// inputFor is the form that a probe needs.
func inputFor(label string) map[string]any {
	switch {
	case label == "markAsSealed missing fields (joined list)":
		return map[string]any{
			"emitter":      createInput()["emitter"],
			"wasteDetails": map[string]any{"code": "06 05 02*"},
			"recipient":    map[string]any{"company": map[string]any{"siret": destination}},
		}
	case strings.HasPrefix(label, "signTransport without receipt"):
		return with(createInput(), "transporter.company", company(withoutReceipt))
	}
	return createInput()
}

var recordedID = regexp.MustCompile(`cmw[a-z0-9]{22}`)

func requestBody(t *testing.T, p probe, id string) string {
	t.Helper()
	var written string
	if json.Unmarshal(p.Request.Body, &written) != nil {
		written = string(p.Request.Body)
	}
	switch written {
	case "null":
		return ""
	case "(>1MB)":
		raw, err := json.Marshal(map[string]any{"query": createQuery, "variables": map[string]any{"i": map[string]any{"customId": strings.Repeat("x", 1<<20)}}})
		must(t, err)
		return string(raw)
	case "(>21MB)":
		return `{"query":"` + strings.Repeat("x", 22<<20) + `"}`
	}
	return recordedID.ReplaceAllString(written, id)
}

func compareBody(t *testing.T, p probe, raw []byte) {
	t.Helper()
	var theirs, ours any
	must(t, json.Unmarshal(p.Body, &theirs))
	if plain, ok := theirs.(string); ok {
		if strings.HasPrefix(plain, "(introspection") {
			return
		}
		if strings.TrimSpace(string(raw)) != strings.TrimSpace(plain) {
			t.Errorf("body %q, recorded %q", raw, plain)
		}
		return
	}
	must(t, json.Unmarshal(raw, &ours))
	recorded, got := comparable(theirs), comparable(ours)
	if recorded != got {
		t.Errorf("answer\n%s\nrecorded\n%s", got, recorded)
	}
}

var (
	volatile  = regexp.MustCompile(`"(id|readableId|createdAt|updatedAt|email|name)":"[^"]*"`)
	inspected = regexp.MustCompile(`got invalid value \{.*\}; `)
)

// comparable writes an answer without what differs between two runs: ids, times of the register, locations.
func comparable(value any) string {
	if object, ok := value.(map[string]any); ok {
		if errs, ok := object["errors"].([]any); ok {
			for _, entry := range errs {
				delete(entry.(map[string]any), "locations")
			}
		}
		// Lists of forms depend on what was recorded before.
		if data, ok := object["data"].(map[string]any); ok && data["forms"] != nil {
			data["forms"] = "forms"
		}
	}
	raw, _ := json.Marshal(value)
	written := recordedID.ReplaceAllString(volatile.ReplaceAllString(string(raw), `"$1":"-"`), "-")
	return inspected.ReplaceAllString(written, "got invalid value; ")
}

func TestSchemaIsPartOfTheContract(t *testing.T) {
	contract, err := gqlparser.LoadSchema(&ast.Source{Input: string(reference(t, "contracts/trackdechets-public.graphql"))})
	must(t, err)
	ours, err := loadSchema()
	must(t, err)
	for name, definition := range ours.Types {
		if strings.HasPrefix(name, "__") || definition.BuiltIn {
			continue
		}
		theirs := contract.Types[name]
		if theirs == nil || theirs.Kind != definition.Kind {
			t.Errorf("%s is not in the contract", name)
			continue
		}
		for _, value := range theirs.EnumValues {
			if definition.EnumValues.ForName(value.Name) == nil {
				t.Errorf("%s.%s is missing", name, value.Name)
			}
		}
		for _, value := range definition.EnumValues {
			if theirs.EnumValues.ForName(value.Name) == nil {
				t.Errorf("%s.%s is not in the contract", name, value.Name)
			}
		}
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			other := theirs.Fields.ForName(field.Name)
			if other == nil || other.Type.String() != field.Type.String() {
				t.Errorf("%s.%s: %s is not in the contract", name, field.Name, field.Type)
				continue
			}
			for _, arg := range field.Arguments {
				if contracted := other.Arguments.ForName(arg.Name); contracted == nil || contracted.Type.String() != arg.Type.String() {
					t.Errorf("%s.%s(%s) is not in the contract", name, field.Name, arg.Name)
				}
			}
		}
	}
}

func TestRecordedOperationsAreValid(t *testing.T) {
	var recorded workflow
	must(t, json.Unmarshal(reference(t, "recordings/trackdechets/bsdd.acheminementDirect.json"), &recorded))
	contract, err := gqlparser.LoadSchema(&ast.Source{Input: string(reference(t, "contracts/trackdechets-public.graphql"))})
	must(t, err)
	ours, err := loadSchema()
	must(t, err)
	for _, step := range recorded.Steps {
		for name, schema := range map[string]*ast.Schema{"contract": contract, "simulator": ours.Schema} {
			if _, err := gqlparser.LoadQueryWithRules(schema, step.Query, rules.NewDefaultRules()); err != nil {
				t.Errorf("%s: %v\n%s", name, err, step.Query)
			}
		}
	}
}

func TestCodesAreThoseOfTheRegister(t *testing.T) {
	known := map[string]bool{}
	for row := range strings.Lines(string(reference(t, "data/trackdechets-waste-codes.tsv"))) {
		cells := strings.Split(row, "\t")
		if cells[2] == "1" {
			known[cells[0]] = true
		}
	}
	if len(known) != len(wasteCodes()) {
		t.Errorf("%d waste codes, the register has %d", len(wasteCodes()), len(known))
	}
	for code := range known {
		if !wasteCodes()[code] {
			t.Errorf("waste code %s is missing", code)
		}
	}
	var operations struct {
		Operations []struct{ Code string }
		Modes      map[string][]string
	}
	must(t, json.Unmarshal(reference(t, "data/trackdechets-operations.json"), &operations))
	for _, operation := range operations.Operations {
		modes, ok := operationModes(operation.Code)
		theirs := operations.Modes[operation.Code]
		slices.Sort(modes)
		slices.Sort(theirs)
		if !ok || !slices.Equal(modes, theirs) {
			t.Errorf("%s: modes %v, the register's %v", operation.Code, modes, theirs)
		}
	}
}
