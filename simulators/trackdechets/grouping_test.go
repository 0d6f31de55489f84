package trackdechets

import (
	"path/filepath"
	"testing"
	"time"
)

// waiting brings a form of 1.4 t received, 0.4 t refused, to AWAITING_GROUP at the destination.
func (r *register) waiting() string {
	r.t.Helper()
	id := r.bring(Accepted, createInput())
	input := with(processing(), "processingOperationDone", "R 13")
	delete(input, "destinationOperationMode")
	input["nextDestination"] = map[string]any{"processingOperation": "R 5", "company": company(nextStop)}
	r.must("destination", processQuery, id, input)
	return id
}

// must asks about a form and fails the test on any error.
func (r *register) must(actor, query, id string, input map[string]any) answer {
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
func (r *register) carryOn(id string, to Status) {
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

func newGroupRegister(t *testing.T, options Options) *register {
	t.Helper()
	r := newRegister(t, options)
	must(t, r.AddUser(User{Token: "next", Email: "next@example.test", Roles: map[string]Role{nextStop: Member}}))
	return r
}

func (r *register) create(actor string, input map[string]any) (id string, refused answer) {
	r.t.Helper()
	a := r.ask(actor, createQuery, map[string]any{"i": input})
	return text(a.body, "data.createForm.id"), a
}

func TestGroupingInParts(t *testing.T) {
	r := newGroupRegister(t, Options{GroupingDelay: -1})
	initial := r.waiting() // 1 t is left to group
	first, a := r.create("destination", groupInput(part(initial, 0.3)))
	if first == "" {
		t.Fatalf("%+v", a)
	}
	if _, a := r.create("destination", groupInput(part(initial, 0.700001))); a.code != codeBadUserInput {
		t.Errorf("more than is left was grouped: %+v", a)
	}
	if _, a := r.create("destination", groupInput(part(initial, 0.1), part(initial, 0.1))); a.code != codeBadUserInput {
		t.Errorf("grouped twice: %+v", a)
	}
	if _, a := r.create("producer", with(groupInput(part(initial, 0.1)), "emitter.company", company(producer))); a.code != codeBadUserInput {
		t.Errorf("grouped by one who does not hold it: %+v", a)
	}
	r.carryOn(first, Processed)
	if f := r.booked(initial); f.Status != AwaitingGroup {
		t.Errorf("grouped in part, and %s", f.Status)
	}
	second, a := r.create("destination", groupInput(part(initial, 0))) // all that is left
	if second == "" {
		t.Fatalf("%+v", a)
	}
	a = r.ask("destination", `query($id: ID){form(id:$id){quantityGrouped groupedIn{quantity form{id}}}}`, map[string]any{"id": initial})
	if grouped, _ := number(a.body, "data.form.quantityGrouped"); grouped != 1 || len(list(a.body, "data.form.groupedIn")) != 2 {
		t.Errorf("a draft counts at once: %+v", a.body)
	}
	if f := r.booked(initial); f.Status != AwaitingGroup {
		t.Errorf("its group is a draft, and it is %s", f.Status)
	}
	r.carryOn(second, Sealed)
	if f := r.booked(initial); f.Status != Grouped {
		t.Errorf("grouped, and %s", f.Status)
	}
	r.must("destination", deleteQuery, second, nil)
	if f := r.booked(initial); f.Status != AwaitingGroup {
		t.Errorf("freed again, and %s", f.Status)
	}
	third, _ := r.create("destination", groupInput(part(initial, 0)))
	r.carryOn(third, Processed)
	if f := r.booked(initial); f.Status != Processed {
		t.Errorf("all its groups are processed, and it is %s", f.Status)
	}
	empty, _ := r.create("destination", groupInput())
	if a := r.ask("destination", sealQuery, map[string]any{"id": empty}); a.code != codeBadUserInput {
		t.Errorf("a group of nothing was sealed: %+v", a)
	}
}

// What a crash kept from following its group follows when the books are opened again.
func TestGroupingSurvivesACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.jsonl")
	r := newGroupRegister(t, Options{Path: path, GroupingDelay: time.Hour})
	initial := r.waiting()
	group, a := r.create("destination", groupInput(part(initial, 0)))
	if group == "" {
		t.Fatalf("%+v", a)
	}
	r.carryOn(group, Sealed)
	if f := r.booked(initial); f.Status != AwaitingGroup {
		t.Fatalf("the background was not waited for: %s", f.Status)
	}
	again := newGroupRegister(t, Options{Path: path})
	if f := again.booked(initial); f.Status != Grouped {
		t.Errorf("after the restart %s", f.Status)
	}
}

func TestGroupingInTheBackground(t *testing.T) {
	r := newGroupRegister(t, Options{GroupingDelay: time.Millisecond})
	initial := r.waiting()
	group, _ := r.create("destination", groupInput(part(initial, 0)))
	r.carryOn(group, Sealed)
	deadline := time.Now().Add(10 * time.Second)
	for r.booked(initial).Status != Grouped {
		if time.Now().After(deadline) {
			t.Fatalf("still %s", r.booked(initial).Status)
		}
		time.Sleep(time.Millisecond)
	}
}
