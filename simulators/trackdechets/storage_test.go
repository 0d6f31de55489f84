package trackdechets

import "testing"

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
	r := newGroupRegister(t, Options{})
	id := r.bring(Sent, storedInput())
	if a := r.ask("destination", receiveQuery, map[string]any{"id": id, "i": reception("ACCEPTED", 1, 0)}); a.code != codeForbidden {
		t.Errorf("the storer received for good: %+v", a)
	}
	if a := r.ask("next", receiveQuery, map[string]any{"id": id, "i": reception("ACCEPTED", 1, 0)}); a.code != codeBadUserInput {
		t.Errorf("received past the storage: %+v", a)
	}
	r.must("destination", storeQuery, id, stored(nil))
	accepted := stored("ACCEPTED")
	delete(accepted, "receivedBy")
	delete(accepted, "receivedAt")
	accepted["signedBy"] = "Anna"
	r.must("destination", storeAcceptQuery, id, accepted)
	if a := r.ask("destination", resealQuery, map[string]any{"id": id, "i": map[string]any{"destination": map[string]any{"cap": ""}}}); a.code != codeBadUserInput {
		t.Errorf("resealed without CAP: %+v", a)
	}
	r.must("destination", resealQuery, id, map[string]any{"destination": suiteDestination()})
	r.must("destination", resealQuery, id, map[string]any{"transporter": map[string]any{"company": company(transporter)}}) // again
	r.must("destination", emitQuery, id, emission())
	r.must("transporter", carryQuery, id, transport())
	r.must("next", receiveQuery, id, reception("ACCEPTED", 1.3, 0))
	a := r.must("producer", suiteQuery, id, nil)
	suite := object(a.body, "data.form.temporaryStorageDetail")
	if got, _ := number(a.body, "data.form.quantityReceived"); got != 1.3 || text(suite, "destination.company.siret") != nextStop ||
		at(suite, "temporaryStorer.quantityAccepted") != 1.4 || text(suite, "takenOverBy") != "Paul" || text(suite, "emittedBy") != "Jean" {
		t.Errorf("%v", a.body)
	}
	r.must("next", processQuery, id, processing())
	if f := r.booked(id); f.Status != Processed {
		t.Errorf("%s", f.Status)
	}
}

func TestTreatmentAtTheStorage(t *testing.T) {
	r := newGroupRegister(t, Options{})
	id := r.bring(Sent, storedInput())
	r.must("destination", storeQuery, id, stored("ACCEPTED"))
	r.must("destination", processQuery, id, processing())
	a := r.must("producer", suiteQuery, id, nil)
	if form := object(a.body, "data.form"); form["temporaryStorageDetail"] != nil || form["status"] != "PROCESSED" || form["quantityReceived"] != 1.4 {
		t.Errorf("the suite must be dropped: %v", form)
	}
}

func TestRefusalAtTheStorage(t *testing.T) {
	r := newGroupRegister(t, Options{})
	id := r.bring(Sent, storedInput())
	input := with(stored("REFUSED"), "quantityRefused", 1.4)
	input["wasteRefusalReason"] = "wet"
	r.must("destination", storeQuery, id, input)
	if f := r.booked(id); f.Status != Refused {
		t.Errorf("%s", f.Status)
	}
}

func TestStorageDecidedLate(t *testing.T) {
	r := newGroupRegister(t, Options{})
	direct := r.bring(Sent, createInput())
	if a := r.ask("destination", storeQuery, map[string]any{"id": direct, "i": stored("ACCEPTED")}); a.code != codeBadUserInput {
		t.Errorf("a direct form was stored: %+v", a)
	}
	id := r.bring(Accepted, createInput())
	r.must("destination", resealQuery, id, map[string]any{"destination": suiteDestination(), "transporter": map[string]any{"company": company(transporter)}})
	a := r.must("producer", suiteQuery, id, nil)
	if text(a.body, "data.form.status") != "RESEALED" || at(a.body, "data.form.quantityReceived") != nil ||
		at(a.body, "data.form.temporaryStorageDetail.temporaryStorer.quantityReceived") != 1.4 {
		t.Errorf("%v", a.body)
	}
	r.must("destination", resendQuery, id, map[string]any{"signedBy": "Anna", "signedAt": "2026-01-13T10:00:00Z"})
	r.must("next", receiveQuery, id, reception("REFUSED", 1, 1))
	if f := r.booked(id); f.Status != Refused {
		t.Errorf("%s", f.Status)
	}
}
