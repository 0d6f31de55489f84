package trackdechets

import (
	"fmt"
	"testing"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	storeQuery       = `mutation($id: ID!,$i: TempStoredFormInput!){markAsTempStored(id:$id,tempStoredInfos:$i){id status}}`
	storeAcceptQuery = `mutation($id: ID!,$i: TempStorerAcceptedFormInput!){markAsTempStorerAccepted(id:$id,tempStorerAcceptedInfo:$i){id status}}`
	resealQuery      = `mutation($id: ID!,$i: ResealedFormInput!){markAsResealed(id:$id,resealedInfos:$i){id status}}`
	resendQuery      = `mutation($id: ID!,$i: ResentFormInput!){markAsResent(id:$id,resentInfos:$i){id status}}`
	suiteQuery       = `query($id: ID){form(id:$id){status quantityReceived temporaryStorageDetail{emittedBy takenOverBy
		temporaryStorer{quantityReceived quantityAccepted receivedBy} destination{cap company{siret}} transporter{company{siret}}}}}`
)

func storedInput() map[string]any {
	input := with(createInput(), "recipient.isTempStorage", true)
	input["temporaryStorageDetail"] = map[string]any{"destination": suiteDestination()}
	return input
}

func suiteDestination() map[string]any {
	return map[string]any{"processingOperation": "D 10", "cap": "CAP2", "company": company(nextStop)}
}

func stored(status any) map[string]any {
	input := map[string]any{
		"receivedBy": "Anna", "receivedAt": "2026-01-11T10:00:00Z", "signedAt": "2026-01-11T10:00:00Z",
		"quantityReceived": 1.4, "quantityType": "REAL",
	}
	if status != nil {
		input["wasteAcceptationStatus"], input["quantityRefused"] = status, 0
	}
	return input
}

func TestTemporaryStorage(t *testing.T) {
	r := newGroupRegistry(t, Options{})
	id := r.bring(Sent, storedInput())
	if a := r.ask("destination", receiveQuery, map[string]any{"id": id, "i": reception("ACCEPTED", 1, 0)}); a.code != refusal.Denied {
		t.Errorf("the storer received for good: %+v", a)
	}
	if a := r.ask("next", receiveQuery, map[string]any{"id": id, "i": reception("ACCEPTED", 1, 0)}); a.code != refusal.BadUserInput {
		t.Errorf("received past the storage: %+v", a)
	}
	r.must("destination", storeQuery, id, stored(nil))
	accepted := stored("ACCEPTED")
	delete(accepted, "receivedBy")
	delete(accepted, "receivedAt")
	accepted["signedBy"] = "Anna"
	r.must("destination", storeAcceptQuery, id, accepted)
	if a := r.ask("destination", resealQuery, map[string]any{"id": id, "i": map[string]any{"destination": map[string]any{"cap": ""}}}); a.code != refusal.BadUserInput {
		t.Errorf("resealed without CAP: %+v", a)
	}
	r.must("destination", resealQuery, id, map[string]any{"destination": suiteDestination()})
	r.must("destination", resealQuery, id, map[string]any{"transporter": map[string]any{"company": company(transporter)}}) // again
	r.must("destination", emitQuery, id, emission())
	r.must("transporter", carryQuery, id, transport())
	r.must("next", receiveQuery, id, reception("ACCEPTED", 1.3, 0))
	a := r.must("producer", suiteQuery, id, nil)
	suite := tree.Object(a.body, "data.form.temporaryStorageDetail")
	if got, _ := tree.Number(a.body, "data.form.quantityReceived"); got != 1.3 || tree.Text(suite, "destination.company.siret") != nextStop ||
		tree.At(suite, "temporaryStorer.quantityAccepted") != 1.4 || tree.Text(suite, "takenOverBy") != "Paul" || tree.Text(suite, "emittedBy") != "Jean" {
		t.Errorf("%v", a.body)
	}
	r.must("next", processQuery, id, processing())
	if f := r.recorded(id); f.Status != Processed {
		t.Errorf("%s", f.Status)
	}
}

func TestTreatmentAtTheStorage(t *testing.T) {
	r := newGroupRegistry(t, Options{})
	id := r.bring(Sent, storedInput())
	r.must("destination", storeQuery, id, stored("ACCEPTED"))
	r.must("destination", processQuery, id, processing())
	a := r.must("producer", suiteQuery, id, nil)
	if form := tree.Object(a.body, "data.form"); form["temporaryStorageDetail"] != nil || form["status"] != "PROCESSED" || form["quantityReceived"] != 1.4 {
		t.Errorf("the suite must be dropped: %v", form)
	}
}

func TestRefusalAtTheStorage(t *testing.T) {
	r := newGroupRegistry(t, Options{})
	id := r.bring(Sent, storedInput())
	input := with(stored("REFUSED"), "quantityRefused", 1.4)
	input["wasteRefusalReason"] = "wet"
	r.must("destination", storeQuery, id, input)
	if f := r.recorded(id); f.Status != Refused {
		t.Errorf("%s", f.Status)
	}
}

func TestStorageDecidedLate(t *testing.T) {
	r := newGroupRegistry(t, Options{})
	direct := r.bring(Sent, createInput())
	if a := r.ask("destination", storeQuery, map[string]any{"id": direct, "i": stored("ACCEPTED")}); a.code != refusal.BadUserInput {
		t.Errorf("a direct form was stored: %+v", a)
	}
	id := r.bring(Accepted, createInput())
	r.must("destination", resealQuery, id, map[string]any{"destination": suiteDestination(), "transporter": map[string]any{"company": company(transporter)}})
	a := r.must("producer", suiteQuery, id, nil)
	if tree.Text(a.body, "data.form.status") != "RESEALED" || tree.At(a.body, "data.form.quantityReceived") != nil ||
		tree.At(a.body, "data.form.temporaryStorageDetail.temporaryStorer.quantityReceived") != 1.4 {
		t.Errorf("%v", a.body)
	}
	r.must("destination", resendQuery, id, map[string]any{"signedBy": "Anna", "signedAt": "2026-01-13T10:00:00Z"})
	r.must("next", receiveQuery, id, reception("REFUSED", 1, 1))
	if f := r.recorded(id); f.Status != Refused {
		t.Errorf("%s", f.Status)
	}
}

const (
	carrierQuery       = `mutation($i: TransporterInput!){createFormTransporter(input:$i){id}}`
	carrierUpdateQuery = `mutation($id: ID!,$i: TransporterInput!){updateFormTransporter(id:$id,input:$i){id numberPlate}}`
	carrierDeleteQuery = `mutation($id: ID!){deleteFormTransporter(id:$id)}`
	segmentQuery       = `mutation($id: ID!,$s: String!,$i: NextSegmentInfoInput!){prepareSegment(id:$id,siret:$s,nextSegmentInfo:$i){id readyToTakeOver segmentNumber}}`
	segmentReadyQuery  = `mutation($id: ID!){markSegmentAsReadyToTakeOver(id:$id){id readyToTakeOver}}`
	segmentTakeQuery   = `mutation($id: ID!,$i: TakeOverInput!){takeOverSegment(id:$id,takeOverInfo:$i){id takenOverBy}}`
)

func (r *simulated) carrier(siret string) string {
	r.t.Helper()
	a := r.ask("producer", carrierQuery, map[string]any{"i": map[string]any{"company": company(siret)}})
	id := tree.Text(a.body, "data.createFormTransporter.id")
	if id == "" {
		r.t.Fatalf("%+v", a)
	}
	return id
}

func TestFiveTransporters(t *testing.T) {
	r := newRegistry(t, Options{})
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
		if a := r.ask("transporter", carrierUpdateQuery, map[string]any{"id": name, "i": map[string]any{"numberPlate": "ZZ-999-ZZ"}}); a.code != refusal.Denied {
			t.Errorf("changed after the signature: %+v", a)
		}
		if a := r.ask("transporter", carrierDeleteQuery, map[string]any{"id": name}); a.code != refusal.Denied {
			t.Errorf("deleted after the signature: %+v", a)
		}
	}
	if a := r.ask("transporter", carryQuery, map[string]any{"id": id, "i": transport()}); a.code != refusal.BadUserInput {
		t.Errorf("a sixth signature: %+v", a)
	}
	for i, carrier := range tree.Objects(r.recorded(id).Data, "transporters") {
		if tree.Text(carrier, "takenOverBy") != fmt.Sprint("Paul ", i) {
			t.Errorf("transporter %d: %v", i, carrier)
		}
	}
	// One that stands on a form cannot stand on another.
	input["transporters"] = ids[:1]
	if _, a := r.create("producer", input); a.code != refusal.BadUserInput {
		t.Errorf("%+v", a)
	}
}

func TestTransportersMayBeLeftOut(t *testing.T) {
	r := newRegistry(t, Options{})
	input := with(createInput(), "transporter", nil)
	second := r.carrier(transporter)
	input["transporters"] = []any{r.carrier(transporter), second, r.carrier(withoutReceipt)}
	id, _ := r.create("producer", input)
	r.must("producer", sealQuery, id, nil)
	r.must("producer", emitQuery, id, emission())
	r.must("producer", carrierDeleteQuery, second, nil)
	r.must("transporter", carryQuery, id, transport())
	r.must("destination", receiveQuery, id, reception("ACCEPTED", 1, 0))
	if left := r.recorded(id); len(left.Objects("transporters")) != 1 {
		t.Errorf("those that never signed must be gone: %v", left.Data["transporters"])
	}
}

func TestSegments(t *testing.T) {
	r := newRegistry(t, Options{})
	id := r.bring(Sent, createInput())
	next := map[string]any{"mode": "RAIL", "transporter": map[string]any{"company": company(withoutReceipt)}}
	a := r.ask("transporter", segmentQuery, map[string]any{"id": id, "s": transporter, "i": next})
	segment := tree.Text(a.body, "data.prepareSegment.id")
	if segment == "" {
		t.Fatalf("%+v", a)
	}
	taken := map[string]any{"takenOverAt": "2026-01-10T15:00:00Z", "takenOverBy": "Rail"}
	if a := r.ask("transporterWithoutReceipt", segmentTakeQuery, map[string]any{"id": segment, "i": taken}); a.code != refusal.BadUserInput {
		t.Errorf("taken over before it was ready: %+v", a)
	}
	if a := r.ask("transporterWithoutReceipt", carryQuery, map[string]any{"id": id, "i": transport()}); a.code != refusal.BadUserInput {
		t.Errorf("signed before it was ready: %+v", a)
	}
	r.must("transporter", segmentReadyQuery, segment, nil)
	r.must("transporterWithoutReceipt", segmentTakeQuery, segment, taken)
	if f := r.recorded(id); f.Status != Sent || len(f.Objects("transporters")) != 2 || tree.Text(f.Objects("transporters")[1], "takenOverBy") != "Rail" {
		t.Errorf("%+v", f.Data)
	}
}

// The older way: one request on the transporter's device for both signatures.
func TestSignedByTransporter(t *testing.T) {
	const query = `mutation($id: ID!,$i: TransporterSignatureFormInput!){signedByTransporter(id:$id,signingInfo:$i){status}}`
	r := newRegistry(t, Options{})
	id := r.bring(Sealed, createInput())
	input := map[string]any{
		"sentAt": "2026-01-10T10:00:00Z", "sentBy": "Jean", "signedByTransporter": true, "signedByProducer": true, "securityCode": 1, "quantity": 1.2,
	}
	if a := r.ask("transporter", query, map[string]any{"id": id, "i": input}); a.code != refusal.Denied {
		t.Errorf("a wrong code: %+v", a)
	}
	input["securityCode"] = 1234
	if a := r.ask("transporter", query, map[string]any{"id": id, "i": input}); a.code != refusal.BadUserInput {
		t.Errorf("no plate: %+v", a)
	}
	r.must("producer", updateQueryOf, id, map[string]any{"numberPlate": "AB-123-CD"})
	r.must("transporter", query, id, input)
	if f := r.recorded(id); f.Status != Sent || tree.Text(f.Data, "emittedBy") != "Jean" || tree.At(f.Data, "wasteDetails.quantity") != 1.2 {
		t.Errorf("%s %v", f.Status, f.Data)
	}
}

const updateQueryOf = `mutation($id: ID!,$i: TransporterInput!){updateForm(updateFormInput:{id:$id,transporter:$i}){status}}`
