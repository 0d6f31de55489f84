package trackdechets

import (
	"encoding/json"
	"strings"
	"testing"

	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	bsdaQuery       = `mutation($i: BsdaInput!){createBsda(input:$i){id status isDraft}}`
	bsdaDraftQuery  = `mutation($i: BsdaInput!){createDraftBsda(input:$i){id}}`
	bsdaUpdateQuery = `mutation($id: ID!,$i: BsdaInput!){updateBsda(id:$id,input:$i){id status}}`
	bsdaSignQuery   = `mutation($id: ID!,$i: BsdaSignatureInput!){signBsda(id:$id,input:$i){id status}}`
	bsdaReadQuery   = `query($id: ID!){bsda(id:$id){status emitter{emission{signature{author date}}} transporters{id transport{signature{author}}} metadata{errors{message} fields{sealed}}}}`
)

func bsdaInput() map[string]any {
	return map[string]any{
		"type":    "OTHER_COLLECTIONS",
		"emitter": map[string]any{"isPrivateIndividual": false, "company": company(producer)},
		"worker":  map[string]any{"isDisabled": true},
		"destination": map[string]any{
			"company": company(destination), "plannedOperationCode": "D 5", "cap": "CAP",
		},
		"transporter": map[string]any{"company": company(transporter)},
		"waste": map[string]any{
			"code": "16 01 11*", "consistence": "SOLIDE", "familyCode": "f", "materialName": "m", "sealNumbers": []any{"1"}, "adr": "ADR",
		},
		"packagings": []any{map[string]any{"type": "BIG_BAG", "quantity": 2}},
		"weight":     map[string]any{"isEstimate": true, "value": 2.3},
	}
}

func (r *simulated) bsda(input map[string]any) string {
	r.t.Helper()
	a := r.ask("producer", bsdaQuery, map[string]any{"i": input})
	id := tree.Text(a.body, "data.createBsda.id")
	if !strings.HasPrefix(id, "BSDA-") {
		r.t.Fatalf("%+v", a)
	}
	return id
}

func sign(kind string) map[string]any { return map[string]any{"type": kind, "author": "Jean"} }

func haul() map[string]any {
	return map[string]any{"transporter": map[string]any{"transport": map[string]any{"mode": "ROAD", "plates": []any{"AB-123-CD"}, "takenOverAt": "2026-01-10T10:00:00Z"}}}
}

func TestDocumentSignatures(t *testing.T) {
	r := newRegistry(t, Options{})
	id := r.bsda(bsdaInput())
	refuse := func(actor, query string, input map[string]any, code, message string) {
		t.Helper()
		if a := r.ask(actor, query, map[string]any{"id": id, "i": input}); a.code != code || !strings.Contains(a.message, message) {
			t.Errorf("%s %v: %s %q, want %s %q", actor, input, a.code, a.message, code, message)
		}
	}
	refuse("transporter", bsdaSignQuery, sign("EMISSION"), refusal.Denied, kinds.NotYourSignature)
	refuse("transporter", bsdaSignQuery, with(sign("EMISSION"), "securityCode", 1), refusal.Denied, "Le code de signature est invalide")
	refuse("transporter", bsdaSignQuery, sign("TRANSPORT"), refusal.BadUserInput, "L'immatriculation du transporteur n° 1 est obligatoire.")
	r.must("transporter", bsdaSignQuery, id, with(sign("EMISSION"), "securityCode", 1234))
	refuse("producer", bsdaSignQuery, sign("EMISSION"), refusal.BadUserInput, kinds.AlreadySigned)
	refuse("transporter", bsdaUpdateQuery, map[string]any{"waste": map[string]any{"code": "17 06 05*"}}, refusal.Denied, "Le code déchet a été verrouillé")
	refuse("producer", bsdaUpdateQuery, map[string]any{"emitter": map[string]any{"company": map[string]any{"name": "Other"}}}, refusal.Denied, "Le nom de l'entreprise émettrice a été verrouillé")
	r.must("producer", bsdaUpdateQuery, id, map[string]any{"waste": map[string]any{"code": "17 06 05*"}}) // the emitter may, until the transport
	refuse("outsider", bsdaUpdateQuery, haul(), refusal.Denied, "n'apparait pas")
	r.must("transporter", bsdaUpdateQuery, id, haul())
	r.must("transporter", bsdaSignQuery, id, sign("TRANSPORT"))
	refuse("producer", bsdaUpdateQuery, map[string]any{"waste": map[string]any{"code": "16 01 11*"}}, refusal.Denied, "Le code déchet a été verrouillé")
	refuse("transporter", bsdaUpdateQuery, map[string]any{"transporter": map[string]any{"transport": map[string]any{"plates": []any{"ZZ-999-ZZ"}}}},
		refusal.Denied, "transporters[0]")
	refuse("destination", bsdaSignQuery, sign("RECEPTION"), refusal.BadUserInput, "La date de réception est obligatoire.")
	reception := map[string]any{"acceptationStatus": "REFUSED", "refusalReason": "wet", "date": "2026-01-11T10:00:00Z", "weight": 0}
	r.must("destination", bsdaUpdateQuery, id, map[string]any{"destination": map[string]any{"reception": reception}})
	a := r.must("destination", bsdaSignQuery, id, sign("RECEPTION"))
	if tree.Text(a.body, "data.signBsda.status") != "REFUSED" {
		t.Errorf("%+v", a)
	}
	refuse("producer", `mutation($id: ID!){deleteBsda(id:$id){id}}`, nil, refusal.Denied, "supprimés")
	a = r.must("producer", bsdaReadQuery, id, nil)
	if tree.Text(a.body, "data.bsda.emitter.emission.signature.author") != "Jean" || len(tree.List(a.body, "data.bsda.metadata.fields.sealed")) == 0 {
		t.Errorf("%v", a.body)
	}
}

func TestDraftDocument(t *testing.T) {
	r := newRegistry(t, Options{})
	input := bsdaInput()
	input["weight"] = map[string]any{"isEstimate": true}
	a := r.ask("producer", bsdaDraftQuery, map[string]any{"i": input})
	id := tree.Text(a.body, "data.createDraftBsda.id")
	if a := r.ask("destination", bsdaReadQuery, map[string]any{"id": id}); a.code != refusal.Denied {
		t.Errorf("another's draft: %+v", a)
	}
	if a := r.ask("producer", bsdaSignQuery, map[string]any{"id": id, "i": sign("EMISSION")}); a.message != "Le poids est obligatoire." {
		t.Errorf("what is missing comes first: %+v", a)
	}
	const publish = `mutation($id: ID!){publishBsda(id:$id){isDraft}}`
	if a := r.ask("producer", publish, map[string]any{"id": id}); a.message != "Le poids est obligatoire." {
		t.Errorf("%+v", a)
	}
	r.must("producer", bsdaUpdateQuery, id, map[string]any{"weight": map[string]any{"value": 1, "isEstimate": true}})
	if a := r.ask("producer", bsdaSignQuery, map[string]any{"id": id, "i": sign("EMISSION")}); a.message != kinds.WrongTransition {
		t.Errorf("a draft was signed: %+v", a)
	}
	r.must("producer", publish, id, nil)
	r.must("producer", bsdaSignQuery, id, sign("EMISSION"))
	a = r.ask("destination", `{bsdas(where:{status:{_in:[SIGNED_BY_PRODUCER]},waste:{code:{_contains:"16 01"}}}){totalCount edges{node{id}}}}`, nil)
	if total, _ := tree.Number(a.body, "data.bsdas.totalCount"); total != 1 {
		t.Errorf("%+v", a)
	}
	a = r.ask("destination", `{bsdas(where:{_not:{status:{_eq:SIGNED_BY_PRODUCER}}}){totalCount}}`, nil)
	if total, _ := tree.Number(a.body, "data.bsdas.totalCount"); total != 0 {
		t.Errorf("%+v", a)
	}
}

func TestDocumentFaultsComeAllAtOnce(t *testing.T) {
	r := newRegistry(t, Options{})
	input := with(with(bsdaInput(), "waste.code", "99"), "destination.plannedOperationCode", "D 10")
	a := r.ask("producer", bsdaQuery, map[string]any{"i": input})
	first, _ := tree.List(a.body, "errors")[0].(map[string]any)
	issues := tree.List(first, "extensions.issues")
	if a.code != refusal.BadUserInput || len(issues) != 2 || first["path"] != nil {
		t.Fatalf("%+v", a.body)
	}
	if raw, _ := json.Marshal(issues[0]); !strings.Contains(string(raw), `"path":["destinationPlannedOperationCode"]`) {
		t.Errorf("%s", raw)
	}
}

// A BSFF is accepted packaging by packaging.
func TestFluidsByPackaging(t *testing.T) {
	r := newRegistry(t, Options{})
	input := map[string]any{
		"type": "TRACER_FLUIDE", "emitter": map[string]any{"company": company(producer)},
		"packagings": []any{
			map[string]any{"type": "BOUTEILLE", "volume": 1, "numero": "1", "weight": 1},
			map[string]any{"type": "BOUTEILLE", "volume": 1, "numero": "2", "weight": 1},
		},
		"waste":       map[string]any{"code": "14 06 01*", "description": "R404A", "adr": "UN 1078"},
		"weight":      map[string]any{"value": 2, "isEstimate": true},
		"transporter": map[string]any{"company": company(transporter), "transport": map[string]any{"mode": "ROAD", "plates": []any{"AB-123-CD"}, "takenOverAt": "2026-01-10"}},
		"destination": map[string]any{
			"company": company(destination), "cap": "CAP", "plannedOperationCode": "R2", "reception": map[string]any{"date": "2026-01-11"},
		},
	}
	a := r.ask("producer", `mutation($i: BsffInput!){createBsff(input:$i){id packagings{id}}}`, map[string]any{"i": input})
	id := tree.Text(a.body, "data.createBsff.id")
	packagings := tree.Objects(a.body, "data.createBsff.packagings")
	if len(packagings) != 2 {
		t.Fatalf("%+v", a)
	}
	const query = `mutation($id: ID!,$i: BsffSignatureInput!){signBsff(id:$id,input:$i){status}}`
	signed := func(actor string, input map[string]any) string {
		return tree.Text(r.must(actor, query, id, input).body, "data.signBsff.status")
	}
	signed("producer", sign("EMISSION"))
	signed("transporter", sign("TRANSPORT"))
	signed("destination", sign("RECEPTION"))
	const update = `mutation($id: ID!,$i: UpdateBsffPackagingInput!){updateBsffPackaging(id:$id,input:$i){id}}`
	for i, status := range []string{"ACCEPTED", "REFUSED"} {
		one := tree.Text(packagings[i], "id")
		if a := r.ask("destination", query, map[string]any{"id": id, "i": with(sign("ACCEPTATION"), "packagingId", one)}); a.code != refusal.BadUserInput {
			t.Errorf("signed before it was written: %+v", a)
		}
		r.must("destination", update, one, map[string]any{"acceptation": map[string]any{"date": "2026-01-12", "weight": 1, "status": status, "wasteDescription": "R404A"}})
		want := []string{"RECEIVED", "PARTIALLY_REFUSED"}[i]
		if got := signed("destination", with(sign("ACCEPTATION"), "packagingId", one)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if a := r.ask("destination", update, map[string]any{"id": one, "i": map[string]any{"acceptation": map[string]any{"date": "2026-01-12", "weight": 2, "status": status}}}); a.code != refusal.Denied {
			t.Errorf("changed after it was signed: %+v", a)
		}
	}
	r.must("destination", update, tree.Text(packagings[0], "id"), map[string]any{"operation": map[string]any{"date": "2026-01-13", "code": "R2", "description": "d"}})
	if got := signed("destination", sign("OPERATION")); got != "PROCESSED" {
		t.Errorf("%s", got)
	}
}
