package trackdechets

import (
	"path/filepath"
	"testing"
	"time"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// waiting brings a form of 1.4 t received, 0.4 t refused, to AWAITING_GROUP at the destination.
func (r *simulated) waiting() string {
	r.t.Helper()
	id := r.bring(Accepted, createInput())
	input := with(processing(), "processingOperationDone", "R 13")
	delete(input, "destinationOperationMode")
	input["nextDestination"] = map[string]any{"processingOperation": "R 5", "company": company(nextStop)}
	r.must("destination", processQuery, id, input)
	return id
}

// must asks about a form and fails the test on any error.
func (r *simulated) must(actor, query, id string, input map[string]any) answer {
	r.t.Helper()
	a := r.ask(actor, query, map[string]any{"id": id, "i": input})
	if a.code != "" || a.status != 200 {
		r.t.Fatalf("%s: %s %q", query, a.code, a.message)
	}
	return a
}

// groupInput is a form of annexe 2 from the destination on to the next stop.
func groupInput(parts ...any) map[string]any {
	input := with(createInput(), "emitter", map[string]any{"type": "APPENDIX2", "company": company(destination)})
	input = with(input, "recipient.company", company(nextStop))
	input["grouping"] = parts
	return input
}

func part(id string, tonnes float64) any {
	if tonnes == 0 {
		return map[string]any{"form": map[string]any{"id": id}}
	}
	return map[string]any{"form": map[string]any{"id": id}, "quantity": tonnes}
}

// carryOn takes a group from sealing to the end.
func (r *simulated) carryOn(id string, to Status) {
	r.t.Helper()
	steps := []struct {
		actor, query string
		input        map[string]any
		reaches      Status
	}{
		{"destination", sealQuery, nil, Sealed},
		{"destination", emitQuery, emission(), SignedByProducer},
		{"transporter", carryQuery, transport(), Sent},
		{"next", receiveQuery, reception("ACCEPTED", 1.5, 0), Accepted},
		{"next", processQuery, processing(), Processed},
	}
	for _, step := range steps {
		r.must(step.actor, step.query, id, step.input)
		if step.reaches == to {
			return
		}
	}
}

func newGroupRegistry(t *testing.T, options Options) *simulated {
	t.Helper()
	r := newRegistry(t, options)
	must(t, r.AddUser(User{Token: "next", Email: "next@example.test", Roles: map[string]Role{nextStop: Member}}))
	return r
}

func (r *simulated) create(actor string, input map[string]any) (id string, refused answer) {
	r.t.Helper()
	a := r.ask(actor, createQuery, map[string]any{"i": input})
	return tree.Text(a.body, "data.createForm.id"), a
}

func TestGroupingInParts(t *testing.T) {
	r := newGroupRegistry(t, Options{GroupingDelay: -1})
	initial := r.waiting() // 1 t is left to group
	first, a := r.create("destination", groupInput(part(initial, 0.3)))
	if first == "" {
		t.Fatalf("%+v", a)
	}
	if _, a := r.create("destination", groupInput(part(initial, 0.700001))); a.code != refusal.BadUserInput {
		t.Errorf("more than is left was grouped: %+v", a)
	}
	if _, a := r.create("destination", groupInput(part(initial, 0.1), part(initial, 0.1))); a.code != refusal.BadUserInput {
		t.Errorf("grouped twice: %+v", a)
	}
	if _, a := r.create("producer", with(groupInput(part(initial, 0.1)), "emitter.company", company(producer))); a.code != refusal.BadUserInput {
		t.Errorf("grouped by one who does not hold it: %+v", a)
	}
	r.carryOn(first, Processed)
	if f := r.recorded(initial); f.Status != AwaitingGroup {
		t.Errorf("grouped in part, and %s", f.Status)
	}
	second, a := r.create("destination", groupInput(part(initial, 0))) // all that is left
	if second == "" {
		t.Fatalf("%+v", a)
	}
	a = r.ask("destination", `query($id: ID){form(id:$id){quantityGrouped groupedIn{quantity form{id}}}}`, map[string]any{"id": initial})
	if grouped, _ := tree.Number(a.body, "data.form.quantityGrouped"); grouped != 1 || len(tree.List(a.body, "data.form.groupedIn")) != 2 {
		t.Errorf("a draft counts at once: %+v", a.body)
	}
	if f := r.recorded(initial); f.Status != AwaitingGroup {
		t.Errorf("its group is a draft, and it is %s", f.Status)
	}
	r.carryOn(second, Sealed)
	if f := r.recorded(initial); f.Status != Grouped {
		t.Errorf("grouped, and %s", f.Status)
	}
	r.must("destination", deleteQuery, second, nil)
	if f := r.recorded(initial); f.Status != AwaitingGroup {
		t.Errorf("freed again, and %s", f.Status)
	}
	third, _ := r.create("destination", groupInput(part(initial, 0)))
	r.carryOn(third, Processed)
	if f := r.recorded(initial); f.Status != Processed {
		t.Errorf("all its groups are processed, and it is %s", f.Status)
	}
	empty, _ := r.create("destination", groupInput())
	if a := r.ask("destination", sealQuery, map[string]any{"id": empty}); a.code != refusal.BadUserInput {
		t.Errorf("a group of nothing was sealed: %+v", a)
	}
}

// What a crash kept from following its group follows when the records are opened again.
func TestGroupingSurvivesACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	r := newGroupRegistry(t, Options{Path: path, GroupingDelay: time.Hour})
	initial := r.waiting()
	group, a := r.create("destination", groupInput(part(initial, 0)))
	if group == "" {
		t.Fatalf("%+v", a)
	}
	r.carryOn(group, Sealed)
	if f := r.recorded(initial); f.Status != AwaitingGroup {
		t.Fatalf("the background was not waited for: %s", f.Status)
	}
	again := newGroupRegistry(t, Options{Path: path})
	if f := again.recorded(initial); f.Status != Grouped {
		t.Errorf("after the restart %s", f.Status)
	}
}

func TestGroupingInTheBackground(t *testing.T) {
	r := newGroupRegistry(t, Options{GroupingDelay: time.Millisecond})
	initial := r.waiting()
	group, _ := r.create("destination", groupInput(part(initial, 0)))
	r.carryOn(group, Sealed)
	deadline := time.Now().Add(10 * time.Second)
	for r.recorded(initial).Status != Grouped {
		if time.Now().After(deadline) {
			t.Fatalf("still %s", r.recorded(initial).Status)
		}
		time.Sleep(time.Millisecond)
	}
}

const groupQuery = `mutation($id: ID!,$i: [InitialFormFractionInput!]){updateForm(updateFormInput:{id:$id,grouping:$i}){id status}}`

const collector = "00000000283440"

// round makes a sealed collection round and items on it.
func (r *simulated) round(items int) (round string, ids []string) {
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

func (r *simulated) item(eco map[string]any) string {
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

func (r *simulated) gather(round string, ids []string) answer {
	r.t.Helper()
	parts := []any{}
	for _, id := range ids {
		parts = append(parts, part(id, 0))
	}
	return r.ask("collector", groupQuery, map[string]any{"id": round, "i": parts})
}

func TestCollectionRound(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	round, items := r.round(3)
	if f := r.recorded(items[0]); f.Status != Sealed || tree.Text(f.Data, "wasteDetails.code") != "13 05 02*" || tree.Text(f.Data, "recipient.company.siret") != destination {
		t.Fatalf("an item takes the round's waste and parties: %+v", f)
	}
	if a := r.ask("collector", emitQuery, map[string]any{"id": round, "i": emission()}); a.code != refusal.BadUserInput {
		t.Errorf("the round itself was signed: %+v", a)
	}
	if a := r.ask("collector", carryQuery, map[string]any{"id": items[0], "i": transport()}); a.code != refusal.Denied {
		t.Errorf("taken over without its producer: %+v", a)
	}
	for _, id := range items[:2] {
		r.must("producer", emitQuery, id, with(emission(), "quantity", 0.5))
		r.must("collector", carryQuery, id, transport())
	}
	f := r.recorded(round)
	tonnes, _ := tree.Number(f.Data, "wasteDetails.quantity")
	if drums, _ := tree.Number(tree.Objects(f.Data, "wasteDetails.packagingInfos")[0], "quantity"); f.Status != Sent || tonnes != 1 || drums != 4 {
		t.Errorf("%s %v t %v drums", f.Status, tonnes, drums)
	}
	// In Paris it is the 18th; the 23rd is the last day.
	now = time.Date(2026, 11, 23, 22, 59, 0, 0, time.UTC)
	late := append(items, r.item(nil))
	if a := r.gather(round, late); a.code != "" {
		t.Errorf("on the fifth day: %+v", a)
	}
	now = time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	if a := r.gather(round, append(late, r.item(nil))); a.code != refusal.BadUserInput {
		t.Errorf("after the fifth day: %+v", a)
	}
	if a := r.ask("destination", receiveQuery, map[string]any{"id": round, "i": reception("PARTIALLY_REFUSED", 1, 0.5)}); a.code != refusal.BadUserInput {
		t.Errorf("refused in part: %+v", a)
	}
	if a := r.ask("destination", receiveQuery, map[string]any{"id": items[0], "i": reception("ACCEPTED", 1, 0)}); a.code != refusal.Denied {
		t.Errorf("an item received alone: %+v", a)
	}
	r.must("destination", receiveQuery, round, reception("ACCEPTED", 1, 0))
	r.must("destination", processQuery, round, processing())
	for i, id := range items {
		f := r.recorded(id)
		if taken := i < 2; f.Deleted == taken || (taken && f.Status != Processed) {
			t.Errorf("item %d: %s, deleted %v", i, f.Status, f.Deleted)
		}
	}
}

func TestItemWithoutItsProducersSignature(t *testing.T) {
	r := newRegistry(t, Options{})
	const eco = "00000000283473"
	must(t, r.AddCompany(Company{Siret: eco, Name: "Eco", Types: []string{"ECO_ORGANISME"}}))
	round, _ := r.round(0)
	item := r.item(map[string]any{"name": "Eco", "siret": eco})
	if a := r.gather(round, []string{item}); a.code != "" {
		t.Fatalf("%+v", a)
	}
	r.must("collector", carryQuery, item, transport())
	if f := r.recorded(item); f.Status != Sent || tree.Text(f.Data, "emittedBy") != "Signature automatique Trackdéchets" {
		t.Errorf("%s %v", f.Status, f.Data["emittedBy"])
	}
}

func TestDeletedRound(t *testing.T) {
	r := newRegistry(t, Options{})
	round, items := r.round(2)
	r.must("collector", deleteQuery, items[0], nil)
	if f := r.recorded(round); len(f.Objects("fractions")) != 1 {
		t.Errorf("a deleted item leaves its round: %+v", f.Objects("fractions"))
	}
	r.must("collector", deleteQuery, round, nil)
	if f := r.recorded(items[1]); !f.Deleted {
		t.Error("the items go with their round")
	}
}
