package trackdechets

import (
	"testing"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const revokeQuery = `mutation($id: ID!){cancelFormRevisionRequest(id:$id)}`

func TestRevision(t *testing.T) {
	r := newRegistry(t, Options{})
	form, revision := r.revise(map[string]any{"wasteDetails": map[string]any{"name": "Boues 2"}, "recipient": map[string]any{"cap": "CAP9"}})
	before := r.recorded(form)
	ask := func(actor, author string, content map[string]any) answer {
		return r.ask(actor, reviseQuery, map[string]any{"i": map[string]any{
			"formId": form, "authoringCompanySiret": author, "comment": "c", "content": content,
		}})
	}
	name := map[string]any{"wasteDetails": map[string]any{"name": "x"}}
	if a := ask("destination", destination, name); a.code != refusal.Denied {
		t.Errorf("a second one is pending: %+v", a)
	}
	if a := r.approve("outsider", revision, true); a.message != "Vous n'êtes pas destinataire de cette révision, ou alors cette révision a déjà été approuvée." {
		t.Errorf("%+v", a)
	}
	if tree.Text(before.Data, "wasteDetails.name") != "Boues" {
		t.Error("applied before anybody agreed")
	}
	if a := r.approve("destination", revision, true); a.code != "" {
		t.Fatalf("%+v", a)
	}
	if f := r.recorded(form); tree.Text(f.Data, "wasteDetails.name") != "Boues 2" || tree.Text(f.Data, "recipient.cap") != "CAP9" || f.Status != Sent {
		t.Errorf("%+v", f)
	}
	a := r.must("producer", `query($id: ID){form(id:$id){metadata{latestRevision{id status content{recipient{cap}}}}}}`, form, nil)
	if latest := tree.Object(a.body, "data.form.metadata.latestRevision"); latest["status"] != "ACCEPTED" || tree.Text(latest, "content.recipient.cap") != "CAP9" {
		t.Errorf("%v", latest)
	}
	refusedOne := ask("destination", destination, name)
	id := tree.Text(refusedOne.body, "data.createFormRevisionRequest.id")
	if a := r.approve("producer", id, false); tree.Text(a.body, "data.submitFormRevisionRequestApproval.status") != "REFUSED" {
		t.Errorf("%+v", a)
	}
	if f := r.recorded(form); tree.Text(f.Data, "wasteDetails.name") != "Boues 2" {
		t.Error("a refused revision was applied")
	}
	withdrawn := tree.Text(ask("producer", producer, name).body, "data.createFormRevisionRequest.id")
	if a := r.ask("destination", revokeQuery, map[string]any{"id": withdrawn}); a.code != refusal.Denied {
		t.Errorf("withdrawn by another: %+v", a)
	}
	if a := r.ask("producer", revokeQuery, map[string]any{"id": withdrawn}); a.body["data"].(map[string]any)["cancelFormRevisionRequest"] != true {
		t.Errorf("%+v", a)
	}
	a = r.ask("producer", `query($s: String!){formRevisionRequests(siret:$s){totalCount edges{node{status}}}}`, map[string]any{"s": producer})
	if total, _ := tree.Number(a.body, "data.formRevisionRequests.totalCount"); total != 2 {
		t.Errorf("%v", a.body)
	}
}

func TestRevisedOperation(t *testing.T) {
	r := newRegistry(t, Options{})
	form := r.bring(Processed, createInput())
	revise := func(content map[string]any) {
		a := r.ask("producer", reviseQuery, map[string]any{"i": map[string]any{
			"formId": form, "authoringCompanySiret": producer, "comment": "c", "content": content,
		}})
		if a := r.approve("destination", tree.Text(a.body, "data.createFormRevisionRequest.id"), true); a.code != "" {
			t.Fatalf("%+v", a)
		}
	}
	revise(map[string]any{"processingOperationDone": "D 13"})
	if f := r.recorded(form); f.Status != AwaitingGroup {
		t.Errorf("%s", f.Status)
	}
	revise(map[string]any{"processingOperationDone": "D 10", "destinationOperationMode": "ELIMINATION"})
	if f := r.recorded(form); f.Status != Processed {
		t.Errorf("%s", f.Status)
	}
}

func TestRevisedDocument(t *testing.T) {
	r := newRegistry(t, Options{})
	id := r.bsda(bsdaInput())
	revise := func(content map[string]any) answer {
		return r.ask("producer", `mutation($i: CreateBsdaRevisionRequestInput!){createBsdaRevisionRequest(input:$i){id status approvals{approverSiret} bsda{id}}}`,
			map[string]any{"i": map[string]any{"bsdaId": id, "authoringCompanySiret": producer, "comment": "c", "content": content}})
	}
	name := map[string]any{"waste": map[string]any{"materialName": "Flocage"}}
	if a := revise(name); a.code != refusal.Denied {
		t.Errorf("nothing is signed yet: %+v", a)
	}
	r.must("producer", bsdaSignQuery, id, sign("EMISSION"))
	a := revise(name)
	revision := tree.Text(a.body, "data.createBsdaRevisionRequest.id")
	if tree.Text(a.body, "data.createBsdaRevisionRequest.bsda.id") != id || len(tree.List(a.body, "data.createBsdaRevisionRequest.approvals")) != 1 {
		t.Fatalf("%+v", a)
	}
	const approve = `mutation($id: ID!){submitBsdaRevisionRequestApproval(id:$id,isApproved:true){status}}`
	if a := r.ask("producer", approve, map[string]any{"id": revision}); a.code != refusal.Denied {
		t.Errorf("%+v", a)
	}
	r.must("destination", approve, revision, nil)
	a = r.must("transporter", `query($id: ID!){bsda(id:$id){status waste{materialName} metadata{latestRevision{status}}}}`, id, nil)
	if tree.Text(a.body, "data.bsda.waste.materialName") != "Flocage" || tree.Text(a.body, "data.bsda.metadata.latestRevision.status") != "ACCEPTED" {
		t.Errorf("%+v", a)
	}
	cancel := tree.Text(revise(map[string]any{"isCanceled": true}).body, "data.createBsdaRevisionRequest.id")
	r.must("destination", approve, cancel, nil)
	if a := r.ask("transporter", bsdaSignQuery, map[string]any{"id": id, "i": sign("TRANSPORT")}); a.code != refusal.Denied {
		t.Errorf("signed when cancelled: %+v", a)
	}
	a = r.ask("producer", `query($s: String!){bsdaRevisionRequests(siret:$s){totalCount} formRevisionRequests(siret:$s){totalCount}}`, map[string]any{"s": producer})
	if one, _ := tree.Number(a.body, "data.bsdaRevisionRequests.totalCount"); one != 2 || tree.At(a.body, "data.formRevisionRequests.totalCount") != 0.0 {
		t.Errorf("%+v", a)
	}
}
