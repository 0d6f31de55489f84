package trackdechets

import (
	"testing"
	"time"
)

const groupQuery = `mutation($id: ID!,$i: [InitialFormFractionInput!]){updateForm(updateFormInput:{id:$id,grouping:$i}){id status}}`

const collector = "00000000283440"

// round makes a sealed collection round and items on it.
func (r *register) round(items int) (round string, ids []string) {
	r.t.Helper()
	must(r.t, r.AddCompany(Company{Siret: collector, Name: "Collector", Types: []string{"COLLECTOR", "TRANSPORTER"}, Receipt: receipt}))
	must(r.t, r.AddUser(User{Token: "collector", Email: "collector@example.test", Roles: map[string]Role{collector: Member}}))
	round, a := r.create("collector", map[string]any{
		"emitter":     map[string]any{"type": "APPENDIX1", "company": company(collector)},
		"recipient":   map[string]any{"processingOperation": "D 10", "cap": "CAP1", "company": company(destination)},
		"transporter": map[string]any{"company": company(collector)},
		"wasteDetails": map[string]any{
			"code": "13 05 02*", "name": "Huiles", "isSubjectToADR": false, "consistences": []any{"LIQUID"},
		},
	})
	if round == "" {
		r.t.Fatalf("%+v", a)
	}
	r.must("collector", sealQuery, round, nil)
	for range items {
		ids = append(ids, r.item(nil))
	}
	r.gather(round, ids)
	return round, ids
}

func (r *register) item(eco map[string]any) string {
	r.t.Helper()
	input := map[string]any{
		"emitter":      map[string]any{"type": "APPENDIX1_PRODUCER", "company": company(producer)},
		"wasteDetails": map[string]any{"packagingInfos": []any{map[string]any{"type": "FUT", "quantity": 2}}, "quantity": 0.5},
	}
	if eco != nil {
		input["ecoOrganisme"] = eco
	}
	id, a := r.create("collector", input)
	if id == "" {
		r.t.Fatalf("%+v", a)
	}
	return id
}

func (r *register) gather(round string, ids []string) answer {
	r.t.Helper()
	parts := []any{}
	for _, id := range ids {
		parts = append(parts, part(id, 0))
	}
	return r.ask("collector", groupQuery, map[string]any{"id": round, "i": parts})
}

func TestCollectionRound(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	r := newRegister(t, Options{Now: func() time.Time { return now }})
	round, items := r.round(3)
	if f := r.booked(items[0]); f.Status != Sealed || text(f.Data, "wasteDetails.code") != "13 05 02*" || text(f.Data, "recipient.company.siret") != destination {
		t.Fatalf("an item takes the round's waste and parties: %+v", f)
	}
	if a := r.ask("collector", emitQuery, map[string]any{"id": round, "i": emission()}); a.code != codeBadUserInput {
		t.Errorf("the round itself was signed: %+v", a)
	}
	if a := r.ask("collector", carryQuery, map[string]any{"id": items[0], "i": transport()}); a.code != codeForbidden {
		t.Errorf("taken over without its producer: %+v", a)
	}
	for _, id := range items[:2] {
		r.must("producer", emitQuery, id, with(emission(), "quantity", 0.5))
		r.must("collector", carryQuery, id, transport())
	}
	f := r.booked(round)
	tonnes, _ := number(f.Data, "wasteDetails.quantity")
	if drums, _ := number(objects(f.Data, "wasteDetails.packagingInfos")[0], "quantity"); f.Status != Sent || tonnes != 1 || drums != 4 {
		t.Errorf("%s %v t %v drums", f.Status, tonnes, drums)
	}
	// In Paris it is the 18th; the 23rd is the last day.
	now = time.Date(2026, 11, 23, 22, 59, 0, 0, time.UTC)
	late := append(items, r.item(nil))
	if a := r.gather(round, late); a.code != "" {
		t.Errorf("on the fifth day: %+v", a)
	}
	now = time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	if a := r.gather(round, append(late, r.item(nil))); a.code != codeBadUserInput {
		t.Errorf("after the fifth day: %+v", a)
	}
	if a := r.ask("destination", receiveQuery, map[string]any{"id": round, "i": reception("PARTIALLY_REFUSED", 1, 0.5)}); a.code != codeBadUserInput {
		t.Errorf("refused in part: %+v", a)
	}
	if a := r.ask("destination", receiveQuery, map[string]any{"id": items[0], "i": reception("ACCEPTED", 1, 0)}); a.code != codeBadUserInput {
		t.Errorf("an item received alone: %+v", a)
	}
	r.must("destination", receiveQuery, round, reception("ACCEPTED", 1, 0))
	r.must("destination", processQuery, round, processing())
	for i, id := range items {
		f := r.booked(id)
		if taken := i < 2; f.Deleted == taken || (taken && f.Status != Processed) {
			t.Errorf("item %d: %s, deleted %v", i, f.Status, f.Deleted)
		}
	}
}

func TestItemWithoutItsProducersSignature(t *testing.T) {
	r := newRegister(t, Options{})
	round, _ := r.round(0)
	item := r.item(map[string]any{"name": "Eco", "siret": outsider})
	if a := r.gather(round, []string{item}); a.code != "" {
		t.Fatalf("%+v", a)
	}
	r.must("collector", carryQuery, item, transport())
	if f := r.booked(item); f.Status != Sent || text(f.Data, "emittedBy") != "Signature automatique Trackdéchets" {
		t.Errorf("%s %v", f.Status, f.Data["emittedBy"])
	}
}

func TestDeletedRound(t *testing.T) {
	r := newRegister(t, Options{})
	round, items := r.round(2)
	r.must("collector", deleteQuery, items[0], nil)
	if f := r.booked(round); len(f.fractions()) != 1 {
		t.Errorf("a deleted item leaves its round: %+v", f.fractions())
	}
	r.must("collector", deleteQuery, round, nil)
	if f := r.booked(items[1]); !f.Deleted {
		t.Error("the items go with their round")
	}
}
