package trackdechets

import "sluss"

// What each note is called, and the text that is sent for it. Sealing and
// emission first lay the content over the document, so that what is sealed or
// signed is what was approved, also after a correction; both run in one request,
// in order, and the second only if the first succeeded.
const (
	createForm = `mutation CreateForm($createFormInput: CreateFormInput!) {
  createForm(createFormInput: $createFormInput) { id readableId status createdAt updatedAt }
}`
	markAsSealed = `mutation MarkAsSealed($id: ID!, $updateFormInput: UpdateFormInput!) {
  updateForm(updateFormInput: $updateFormInput) { id }
  markAsSealed(id: $id) { id readableId status createdAt updatedAt }
}`
	signEmissionForm = `mutation SignEmissionForm($id: ID!, $updateFormInput: UpdateFormInput!, $input: SignEmissionFormInput!) {
  updateForm(updateFormInput: $updateFormInput) { id }
  signEmissionForm(id: $id, input: $input) { id readableId status createdAt updatedAt }
}`
	signTransportForm = `mutation SignTransportForm($id: ID!, $input: SignTransportFormInput!) {
  signTransportForm(id: $id, input: $input) { id readableId status createdAt updatedAt }
}`
	markAsReceived = `mutation MarkAsReceived($id: ID!, $receivedInfo: ReceivedFormInput!) {
  markAsReceived(id: $id, receivedInfo: $receivedInfo) { id readableId status createdAt updatedAt }
}`
	markAsAccepted = `mutation MarkAsAccepted($id: ID!, $acceptedInfo: AcceptedFormInput!) {
  markAsAccepted(id: $id, acceptedInfo: $acceptedInfo) { id readableId status createdAt updatedAt }
}`
	markAsProcessed = `mutation MarkAsProcessed($id: ID!, $processedInfo: ProcessedFormInput!) {
  markAsProcessed(id: $id, processedInfo: $processedInfo) { id readableId status createdAt updatedAt }
}`
	findForms = `query FindForms($siret: String, $customId: String) {
  forms(siret: $siret, customId: $customId, first: 100) { id readableId customId status createdAt updatedAt }
}`
	findForm = `query FindForm($id: ID, $readableId: String) {
  form(id: $id, readableId: $readableId) { id readableId customId status createdAt updatedAt wasteAcceptationStatus }
}`
)

// step is what a note does to the BSDD.
type step struct {
	name  string // of the mutation
	query string
	// rank is how far along the BSDD is afterwards; see ranks.
	rank int
}

func stepOf(note sluss.Note) (s step, known bool) {
	switch note { //nolint:exhaustive // the others are other registries'
	case sluss.NoteCreation:
		return step{"createForm", createForm, 0}, true
	case sluss.NoteSealing:
		return step{"markAsSealed", markAsSealed, 1}, true
	case sluss.NoteEmission:
		return step{"signEmissionForm", signEmissionForm, 2}, true
	case sluss.NoteTakeOver:
		return step{"signTransportForm", signTransportForm, 3}, true
	case sluss.NoteArrival:
		return step{"markAsReceived", markAsReceived, 4}, true
	case sluss.NoteAcceptance:
		return step{"markAsAccepted", markAsAccepted, 5}, true
	case sluss.NoteProcessing:
		return step{"markAsProcessed", markAsProcessed, 6}, true
	default:
		return step{}, false
	}
}

const canceled = "CANCELED"

// rank is how far along its way a BSDD of that status is; false for one that
// is not on it (cancelled, or a status that we do not know).
func rank(status string) (n int, known bool) {
	switch status {
	case "DRAFT":
		return 0, true
	case "SEALED":
		return 1, true
	case "SIGNED_BY_PRODUCER":
		return 2, true
	case "SENT", "TEMP_STORED", "TEMP_STORER_ACCEPTED", "RESEALED", "SIGNED_BY_TEMP_STORER", "RESENT":
		return 3, true
	case "RECEIVED":
		return 4, true
	case "ACCEPTED", "REFUSED":
		return 5, true
	case "PROCESSED", "NO_TRACEABILITY", "AWAITING_GROUP", "GROUPED", "FOLLOWED_WITH_PNTTD":
		return 6, true
	default:
		return 0, false
	}
}
