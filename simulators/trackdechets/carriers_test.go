package trackdechets

import (
	"fmt"
	"testing"
)

const (
	carrierQuery       = `mutation($i: TransporterInput!){createFormTransporter(input:$i){id}}`
	carrierUpdateQuery = `mutation($id: ID!,$i: TransporterInput!){updateFormTransporter(id:$id,input:$i){id numberPlate}}`
	carrierDeleteQuery = `mutation($id: ID!){deleteFormTransporter(id:$id)}`
	segmentQuery       = `mutation($id: ID!,$s: String!,$i: NextSegmentInfoInput!){prepareSegment(id:$id,siret:$s,nextSegmentInfo:$i){id readyToTakeOver segmentNumber}}`
	segmentReadyQuery  = `mutation($id: ID!){markSegmentAsReadyToTakeOver(id:$id){id readyToTakeOver}}`
	segmentTakeQuery   = `mutation($id: ID!,$i: TakeOverInput!){takeOverSegment(id:$id,takeOverInfo:$i){id takenOverBy}}`
)

func (r *register) carrier(siret string) string {
	r.t.Helper()
	a := r.ask("producer", carrierQuery, map[string]any{"i": map[string]any{"company": company(siret)}})
	id := text(a.body, "data.createFormTransporter.id")
	if id == "" {
		r.t.Fatalf("%+v", a)
	}
	return id
}

func TestFiveTransporters(t *testing.T) {
	r := newRegister(t, Options{})
	var ids []any
	for range 6 {
		ids = append(ids, r.carrier(transporter))
	}
	input := with(createInput(), "transporter", nil)
	input["transporters"] = ids
	if a := r.ask("producer", createQuery, map[string]any{"i": input}); a.message != "Vous ne pouvez pas ajouter plus de 5 transporteurs" {
		t.Errorf("%+v", a)
	}
	input["transporters"] = ids[:5]
	id, a := r.create("producer", input)
	if id == "" {
		t.Fatalf("%+v", a)
	}
	r.must("producer", sealQuery, id, nil)
	r.must("producer", emitQuery, id, emission())
	for i := range 5 {
		taken := transport()
		taken["takenOverBy"] = fmt.Sprint("Paul ", i)
		r.must("transporter", carryQuery, id, taken)
		name, _ := ids[i].(string)
		if a := r.ask("transporter", carrierUpdateQuery, map[string]any{"id": name, "i": map[string]any{"numberPlate": "ZZ-999-ZZ"}}); a.code != codeForbidden {
			t.Errorf("changed after the signature: %+v", a)
		}
		if a := r.ask("transporter", carrierDeleteQuery, map[string]any{"id": name}); a.code != codeForbidden {
			t.Errorf("deleted after the signature: %+v", a)
		}
	}
	if a := r.ask("transporter", carryQuery, map[string]any{"id": id, "i": transport()}); a.code != codeBadUserInput {
		t.Errorf("a sixth signature: %+v", a)
	}
	for i, carrier := range objects(r.booked(id).Data, "transporters") {
		if text(carrier, "takenOverBy") != fmt.Sprint("Paul ", i) {
			t.Errorf("transporter %d: %v", i, carrier)
		}
	}
	// One that stands on a form cannot stand on another.
	input["transporters"] = ids[:1]
	if _, a := r.create("producer", input); a.code != codeBadUserInput {
		t.Errorf("%+v", a)
	}
}

func TestTransportersMayBeLeftOut(t *testing.T) {
	r := newRegister(t, Options{})
	input := with(createInput(), "transporter", nil)
	second := r.carrier(transporter)
	input["transporters"] = []any{r.carrier(transporter), second, r.carrier(withoutReceipt)}
	id, _ := r.create("producer", input)
	r.must("producer", sealQuery, id, nil)
	r.must("producer", emitQuery, id, emission())
	r.must("producer", carrierDeleteQuery, second, nil)
	r.must("transporter", carryQuery, id, transport())
	r.must("destination", receiveQuery, id, reception("ACCEPTED", 1, 0))
	if left := r.booked(id); len(left.transporters()) != 1 {
		t.Errorf("those that never signed must be gone: %v", left.Data["transporters"])
	}
}

func TestSegments(t *testing.T) {
	r := newRegister(t, Options{})
	id := r.bring(Sent, createInput())
	next := map[string]any{"mode": "RAIL", "transporter": map[string]any{"company": company(withoutReceipt)}}
	a := r.ask("transporter", segmentQuery, map[string]any{"id": id, "s": transporter, "i": next})
	segment := text(a.body, "data.prepareSegment.id")
	if segment == "" {
		t.Fatalf("%+v", a)
	}
	taken := map[string]any{"takenOverAt": "2026-01-10T15:00:00Z", "takenOverBy": "Rail"}
	if a := r.ask("transporterWithoutReceipt", segmentTakeQuery, map[string]any{"id": segment, "i": taken}); a.code != codeBadUserInput {
		t.Errorf("taken over before it was ready: %+v", a)
	}
	if a := r.ask("transporterWithoutReceipt", carryQuery, map[string]any{"id": id, "i": transport()}); a.code != codeBadUserInput {
		t.Errorf("signed before it was ready: %+v", a)
	}
	r.must("transporter", segmentReadyQuery, segment, nil)
	r.must("transporterWithoutReceipt", segmentTakeQuery, segment, taken)
	if f := r.booked(id); f.Status != Sent || len(f.transporters()) != 2 || text(f.transporters()[1], "takenOverBy") != "Rail" {
		t.Errorf("%+v", f.Data)
	}
}

// The older way: one request on the transporter's device for both signatures.
func TestSignedByTransporter(t *testing.T) {
	const query = `mutation($id: ID!,$i: TransporterSignatureFormInput!){signedByTransporter(id:$id,signingInfo:$i){status}}`
	r := newRegister(t, Options{})
	id := r.bring(Sealed, createInput())
	input := map[string]any{
		"sentAt": "2026-01-10T10:00:00Z", "sentBy": "Jean", "signedByTransporter": true, "signedByProducer": true, "securityCode": 1, "quantity": 1.2,
	}
	if a := r.ask("transporter", query, map[string]any{"id": id, "i": input}); a.code != codeForbidden {
		t.Errorf("a wrong code: %+v", a)
	}
	input["securityCode"] = 1234
	if a := r.ask("transporter", query, map[string]any{"id": id, "i": input}); a.code != codeBadUserInput {
		t.Errorf("no plate: %+v", a)
	}
	r.must("producer", updateQueryOf, id, map[string]any{"numberPlate": "AB-123-CD"})
	r.must("transporter", query, id, input)
	if f := r.booked(id); f.Status != Sent || text(f.Data, "emittedBy") != "Jean" || at(f.Data, "wasteDetails.quantity") != 1.2 {
		t.Errorf("%s %v", f.Status, f.Data)
	}
}

const updateQueryOf = `mutation($id: ID!,$i: TransporterInput!){updateForm(updateFormInput:{id:$id,transporter:$i}){status}}`
