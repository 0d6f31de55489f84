package trackdechets

import "testing"

const revokeQuery = `mutation($id: ID!){cancelFormRevisionRequest(id:$id)}`

func TestRevision(t *testing.T) {
	r := newRegister(t, Options{})
	form, revision := r.revise(map[string]any{"wasteDetails": map[string]any{"name": "Boues 2"}, "recipient": map[string]any{"cap": "CAP9"}})
	before := r.booked(form)
	ask := func(actor, author string, content map[string]any) answer {
		return r.ask(actor, reviseQuery, map[string]any{"i": map[string]any{
			"formId": form, "authoringCompanySiret": author, "comment": "c", "content": content,
		}})
	}
	name := map[string]any{"wasteDetails": map[string]any{"name": "x"}}
	if a := ask("destination", destination, name); a.code != codeForbidden {
		t.Errorf("a second one is pending: %+v", a)
	}
	if a := r.approve("outsider", revision, true); a.message != notAnApprover {
		t.Errorf("%+v", a)
	}
	if text(before.Data, "wasteDetails.name") != "Boues" {
		t.Error("applied before anybody agreed")
	}
	if a := r.approve("destination", revision, true); a.code != "" {
		t.Fatalf("%+v", a)
	}
	if f := r.booked(form); text(f.Data, "wasteDetails.name") != "Boues 2" || text(f.Data, "recipient.cap") != "CAP9" || f.Status != Sent {
		t.Errorf("%+v", f)
	}
	a := r.must("producer", `query($id: ID){form(id:$id){metadata{latestRevision{id status content{recipient{cap}}}}}}`, form, nil)
	if latest := object(a.body, "data.form.metadata.latestRevision"); latest["status"] != "ACCEPTED" || text(latest, "content.recipient.cap") != "CAP9" {
		t.Errorf("%v", latest)
	}
	refusedOne := ask("destination", destination, name)
	id := text(refusedOne.body, "data.createFormRevisionRequest.id")
	if a := r.approve("producer", id, false); text(a.body, "data.submitFormRevisionRequestApproval.status") != "REFUSED" {
		t.Errorf("%+v", a)
	}
	if f := r.booked(form); text(f.Data, "wasteDetails.name") != "Boues 2" {
		t.Error("a refused revision was applied")
	}
	withdrawn := text(ask("producer", producer, name).body, "data.createFormRevisionRequest.id")
	if a := r.ask("destination", revokeQuery, map[string]any{"id": withdrawn}); a.code != codeForbidden {
		t.Errorf("withdrawn by another: %+v", a)
	}
	if a := r.ask("producer", revokeQuery, map[string]any{"id": withdrawn}); a.body["data"].(map[string]any)["cancelFormRevisionRequest"] != true {
		t.Errorf("%+v", a)
	}
	a = r.ask("producer", `query($s: String!){formRevisionRequests(siret:$s){totalCount edges{node{status}}}}`, map[string]any{"s": producer})
	if total, _ := number(a.body, "data.formRevisionRequests.totalCount"); total != 2 {
		t.Errorf("%v", a.body)
	}
}

func TestRevisedOperation(t *testing.T) {
	r := newRegister(t, Options{})
	form := r.bring(Processed, createInput())
	revise := func(content map[string]any) {
		a := r.ask("producer", reviseQuery, map[string]any{"i": map[string]any{
			"formId": form, "authoringCompanySiret": producer, "comment": "c", "content": content,
		}})
		if a := r.approve("destination", text(a.body, "data.createFormRevisionRequest.id"), true); a.code != "" {
			t.Fatalf("%+v", a)
		}
	}
	revise(map[string]any{"processingOperationDone": "D 13"})
	if f := r.booked(form); f.Status != AwaitingGroup {
		t.Errorf("%s", f.Status)
	}
	revise(map[string]any{"processingOperationDone": "D 10", "destinationOperationMode": "ELIMINATION"})
	if f := r.booked(form); f.Status != Processed {
		t.Errorf("%s", f.Status)
	}
}

func TestRevisedDocument(t *testing.T) {
	r := newRegister(t, Options{})
	id := r.bsda(bsdaInput())
	revise := func(content map[string]any) answer {
		return r.ask("producer", `mutation($i: CreateBsdaRevisionRequestInput!){createBsdaRevisionRequest(input:$i){id status approvals{approverSiret} bsda{id}}}`,
			map[string]any{"i": map[string]any{"bsdaId": id, "authoringCompanySiret": producer, "comment": "c", "content": content}})
	}
	name := map[string]any{"waste": map[string]any{"materialName": "Flocage"}}
	if a := revise(name); a.code != codeForbidden {
		t.Errorf("nothing is signed yet: %+v", a)
	}
	r.must("producer", bsdaSignQuery, id, sign("EMISSION"))
	a := revise(name)
	revision := text(a.body, "data.createBsdaRevisionRequest.id")
	if text(a.body, "data.createBsdaRevisionRequest.bsda.id") != id || len(list(a.body, "data.createBsdaRevisionRequest.approvals")) != 1 {
		t.Fatalf("%+v", a)
	}
	const approve = `mutation($id: ID!){submitBsdaRevisionRequestApproval(id:$id,isApproved:true){status}}`
	if a := r.ask("producer", approve, map[string]any{"id": revision}); a.code != codeForbidden {
		t.Errorf("%+v", a)
	}
	r.must("destination", approve, revision, nil)
	a = r.must("transporter", `query($id: ID!){bsda(id:$id){status waste{materialName} metadata{latestRevision{status}}}}`, id, nil)
	if text(a.body, "data.bsda.waste.materialName") != "Flocage" || text(a.body, "data.bsda.metadata.latestRevision.status") != "ACCEPTED" {
		t.Errorf("%+v", a)
	}
	cancel := text(revise(map[string]any{"isCanceled": true}).body, "data.createBsdaRevisionRequest.id")
	r.must("destination", approve, cancel, nil)
	if a := r.ask("transporter", bsdaSignQuery, map[string]any{"id": id, "i": sign("TRANSPORT")}); a.code != codeForbidden {
		t.Errorf("signed when cancelled: %+v", a)
	}
	a = r.ask("producer", `query($s: String!){bsdaRevisionRequests(siret:$s){totalCount} formRevisionRequests(siret:$s){totalCount}}`, map[string]any{"s": producer})
	if one, _ := number(a.body, "data.bsdaRevisionRequests.totalCount"); one != 2 || at(a.body, "data.formRevisionRequests.totalCount") != 0.0 {
		t.Errorf("%+v", a)
	}
}
