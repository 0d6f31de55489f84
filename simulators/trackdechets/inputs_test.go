package trackdechets

import (
	"bytes"

	"sluss/simulators/trackdechets/tree"
)

// the operations, as a client would send them
const (
	createQuery  = `mutation($i: CreateFormInput!){createForm(createFormInput:$i){id readableId status customId}}`
	updateQuery  = `mutation($i: UpdateFormInput!){updateForm(updateFormInput:$i){id status}}`
	deleteQuery  = `mutation($id: ID!){deleteForm(id:$id){id status}}`
	sealQuery    = `mutation($id: ID!){markAsSealed(id:$id){id status}}`
	emitQuery    = `mutation($id: ID!,$i: SignEmissionFormInput!,$c: Int){signEmissionForm(id:$id,input:$i,securityCode:$c){id status}}`
	carryQuery   = `mutation($id: ID!,$i: SignTransportFormInput!,$c: Int){signTransportForm(id:$id,input:$i,securityCode:$c){id status}}`
	receiveQuery = `mutation($id: ID!,$i: ReceivedFormInput!){markAsReceived(id:$id,receivedInfo:$i){id status}}`
	acceptQuery  = `mutation($id: ID!,$i: AcceptedFormInput!){markAsAccepted(id:$id,acceptedInfo:$i){id status}}`
	processQuery = `mutation($id: ID!,$i: ProcessedFormInput!){markAsProcessed(id:$id,processedInfo:$i){id status}}`
	formQuery    = `query($id: ID){form(id:$id){id status}}`
)

func company(siret string) map[string]any {
	return map[string]any{"siret": siret, "name": "ignored name", "address": "ignored address", "contact": "Jean", "phone": "0100000000", "mail": "a@b.fr"}
}

// createInput is a form that can be sealed.
func createInput() map[string]any {
	return map[string]any{
		"emitter":     map[string]any{"type": "PRODUCER", "company": company(producer)},
		"recipient":   map[string]any{"processingOperation": "D 10", "cap": "CAP1", "company": company(destination)},
		"transporter": map[string]any{"company": company(transporter)},
		"wasteDetails": map[string]any{
			"code": "06 05 02*", "name": "Boues", "isSubjectToADR": true, "onuCode": "UN 3082", "pop": false,
			"packagingInfos": []any{map[string]any{"type": "FUT", "quantity": 2}},
			"quantity":       1.5, "quantityType": "ESTIMATED", "consistences": []any{"SOLID"},
		},
	}
}

func emission() map[string]any {
	return map[string]any{"emittedAt": "2026-01-10T10:00:00Z", "emittedBy": "Jean", "quantity": 1.5}
}

func transport() map[string]any {
	return map[string]any{
		"takenOverAt": "2026-01-10T11:00:00Z", "takenOverBy": "Paul", "transporterNumberPlate": "AB-123-CD", "transporterTransportMode": "ROAD",
	}
}

func reception(status string, received, refused float64) map[string]any {
	input := map[string]any{
		"receivedBy": "Anna", "receivedAt": "2026-01-11T10:00:00Z", "signedAt": "2026-01-11T10:00:00Z",
		"wasteAcceptationStatus": status, "quantityReceived": received, "quantityRefused": refused,
	}
	if refused > 0 {
		input["wasteRefusalReason"] = "wet"
	}
	return input
}

func acceptation(status string, received, refused float64) map[string]any {
	input := reception(status, received, refused)
	delete(input, "receivedBy")
	delete(input, "receivedAt")
	input["signedBy"] = "Anna"
	return input
}

func processing() map[string]any {
	return map[string]any{
		"processedBy": "Luc", "processedAt": "2026-01-12T10:00:00Z", "processingOperationDone": "D 10", "destinationOperationMode": "ELIMINATION",
	}
}

// with returns the input with the value at a dotted path replaced; nil takes the key away.
func with(input map[string]any, path string, value any) map[string]any {
	copied := tree.Clone(input)
	inner := copied
	for {
		i := bytes.IndexByte([]byte(path), '.')
		if i < 0 {
			break
		}
		next, ok := inner[path[:i]].(map[string]any)
		if !ok {
			next = map[string]any{}
			inner[path[:i]] = next
		}
		inner, path = next, path[i+1:]
	}
	if value == nil {
		delete(inner, path)
	} else {
		inner[path] = value
	}
	return copied
}
