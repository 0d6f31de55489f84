package trackdechets

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

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
	"companyInfos bad siret": "", "companyInfos unknown siret": "",
	"private mutation with bearer (session only)": "", "revision on SEALED": Sealed, "revision by transporter": Sent, "revision empty": Sent,
	"revision qty before reception": Sent, "revision ok PENDING": Sent, "cancel revision request isCanceled": Sent,
	"revision isCanceled after reception": Accepted, "duplicate SENT ok": Sent, "duplicate by outsider": Sent, "bsdas first 501": "",
	"createBsda invalid (zod issues)": "", "createTransporterReceipt w/ bearer as member": "", "oauth token no client": "",
}

// preparations bring about what a probe needs beside a form in a status; they answer the id in its variables.
var preparations = map[string]func(*simulated) string{
	"signEmission by transporter wrong code 2": func(r *simulated) string {
		id := r.bring(Sealed, createInput())
		r.ask("transporter", emitQuery, map[string]any{"id": id, "i": emission(), "c": 9999})
		return id
	},
	"approve own revision": func(r *simulated) string { _, id := r.revise(nil); return id },
	"approve again": func(r *simulated) string {
		_, id := r.revise(nil)
		r.approve("destination", id, true)
		return id
	},
	"form status after cancel":                func(r *simulated) string { return r.cancel() },
	"markAsReceived on CANCELED":              func(r *simulated) string { return r.cancel() },
	"createWebhookSetting not admin":          func(r *simulated) string { return companies.DerivedID("company " + producer) },
	"createWebhookSetting short token & http": func(r *simulated) string { return companies.DerivedID("company " + administered) },
	"createWebhookSetting ok":                 func(r *simulated) string { return companies.DerivedID("company " + administered) },
	"oauth token bad code":                    func(r *simulated) string { return r.grant("other") },
	"oauth token ok":                          func(r *simulated) string { return r.grant("code28345") },
	"oauth token reuse": func(r *simulated) string {
		r.grant("code28345")
		r.grants["code28345"].used = true
		return ""
	},
	"ecoOrganismes": func(r *simulated) string {
		for siret, name := range map[string]string{"00000000770545": "Eco-Organisme 1", "00000000770636": "Eco-Organisme 2"} {
			must(r.t, r.AddCompany(Company{Siret: siret, Name: name, Types: []string{"ECO_ORGANISME"}}))
		}
		return ""
	},
	"formsLifeCycle": func(r *simulated) string { // 53 entries, as when it was recorded
		id := ""
		for range 13 {
			id = r.bring(Sent, createInput())
		}
		if a := r.ask("producer", `mutation($id: ID!){duplicateForm(id:$id){id}}`, map[string]any{"id": id}); a.code != "" {
			r.t.Fatalf("%+v", a)
		}
		return ""
	},
}

const (
	reviseQuery  = `mutation($i: CreateFormRevisionRequestInput!){createFormRevisionRequest(input:$i){id status approvals{status approverSiret}}}`
	approveQuery = `mutation($id: ID!,$a: Boolean!){submitFormRevisionRequestApproval(id:$id,isApproved:$a){id status}}`
)

// revise brings a form to SENT and asks to revise it, for the producer.
func (r *simulated) revise(content map[string]any) (form, revision string) {
	r.t.Helper()
	if content == nil {
		content = map[string]any{"wasteDetails": map[string]any{"name": "Boues 2"}}
	}
	form = r.bring(Sent, createInput())
	a := r.ask("producer", reviseQuery, map[string]any{"i": map[string]any{
		"formId": form, "authoringCompanySiret": producer, "comment": "c", "content": content,
	}})
	if a.code != "" {
		r.t.Fatalf("%+v", a)
	}
	return form, tree.Text(a.body, "data.createFormRevisionRequest.id")
}

func (r *simulated) approve(actor, revision string, agrees bool) answer {
	r.t.Helper()
	return r.ask(actor, approveQuery, map[string]any{"id": revision, "a": agrees})
}

// cancel brings a form to CANCELED.
func (r *simulated) cancel() string {
	r.t.Helper()
	form, revision := r.revise(map[string]any{"isCanceled": true})
	if a := r.approve("destination", revision, true); a.code != "" {
		r.t.Fatalf("%+v", a)
	}
	return form
}

func (r *simulated) grant(code string) string {
	r.t.Helper()
	must(r.t, r.AddClient(Client{ID: "client", Secret: "secret", RedirectURI: "https://c.test/cb"}))
	must(r.t, r.Grant("client", "producer", code))
	return ""
}

// differs names the probes that are not answered as recorded, each with the reason: none is left. Not compared are ids,
// times, locations of errors, the forms of a list (they depend on what was recorded before), and the names of users.
var differs = map[string]string{}

func TestRecordedProbes(t *testing.T) {
	var probes []probe
	must(t, json.Unmarshal(reference(t, "recordings/trackdechets/probes.json"), &probes))
	for _, p := range probes {
		t.Run(p.Label, func(t *testing.T) {
			count(t)
			if reason := differs[p.Label]; reason != "" {
				t.Skip(reason)
			}
			status, known := prepared[p.Label]
			special, isSpecial := preparations[p.Label]
			if !known && !isSpecial {
				t.Fatal("nobody has said how to prepare for this probe")
			}
			r := newRegistry(t, Options{})
			id := ""
			switch {
			case isSpecial:
				id = special(r)
			case status != "":
				id = r.bring(status, inputFor(p.Label))
			}
			replay(t, r, p, id)
		})
	}
	t.Logf("%d of %d exchanges agree", recorded.agree.Load(), recorded.all.Load())
}

func replay(t *testing.T, r *simulated, p probe, id string) {
	t.Helper()
	body := requestBody(t, p, id)
	req, err := http.NewRequestWithContext(t.Context(), p.Request.Method, r.url+p.Request.Path, strings.NewReader(body))
	must(t, err)
	for name, value := range p.Request.Headers {
		req.Header.Set(name, value)
	}
	switch p.Request.Auth {
	case "":
	case "Basic":
		req.SetBasicAuth("client", "secret")
	default:
		req.Header.Set("Authorization", p.Request.Auth+" "+p.Actor)
	}
	got := r.do(req)
	if got.status == 0 {
		t.Fatal("the connection was lost")
	}
	if got.status != p.Status {
		t.Fatalf("HTTP %d, recorded %d: %s", got.status, p.Status, got.body)
	}
	for _, name := range []string{"content-type", "x-ratelimit-limit", "cache-control", "www-authenticate"} {
		if want := p.Headers[name]; want != "" && got.header.Get(name) != want {
			t.Errorf("%s: %q, recorded %q", name, got.header.Get(name), want)
		}
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
	volatile  = regexp.MustCompile(`"(id|readableId|createdAt|updatedAt|loggedAt|startCursor|endCursor|email|name|access_token)":"[^"]*"`)
	inspected = regexp.MustCompile(`got invalid value \{.*\}; `)
)

// comparable writes an answer without what differs between two runs: ids, times of the registry, locations.
func comparable(value any) string {
	if object, ok := value.(map[string]any); ok {
		if errs, ok := object["errors"].([]any); ok {
			for _, entry := range errs {
				delete(entry.(map[string]any), "locations")
			}
		}
		// Three entries were kept of the recorded list.
		if logs := tree.List(object, "data.formsLifeCycle.statusLogs"); len(logs) > 3 {
			tree.Put(object, "data.formsLifeCycle.statusLogs", logs[:3])
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
