package trackdechets

// Status is a BSDD's place in its life, as FormStatus of the schema.
type Status string

// The statuses.
const (
	Draft              Status = "DRAFT"
	Sealed             Status = "SEALED"
	SignedByProducer   Status = "SIGNED_BY_PRODUCER"
	Sent               Status = "SENT"
	Received           Status = "RECEIVED"
	Accepted           Status = "ACCEPTED"
	Refused            Status = "REFUSED"
	Processed          Status = "PROCESSED"
	NoTraceability     Status = "NO_TRACEABILITY"
	AwaitingGroup      Status = "AWAITING_GROUP"
	FollowedWithPNTTD  Status = "FOLLOWED_WITH_PNTTD"
	TempStored         Status = "TEMP_STORED"
	TempStorerAccepted Status = "TEMP_STORER_ACCEPTED"
	Resealed           Status = "RESEALED"
	SignedByTempStorer Status = "SIGNED_BY_TEMP_STORER"
	Resent             Status = "RESENT"
	Grouped            Status = "GROUPED"
	Canceled           Status = "CANCELED"
)

// transition is one edge of the machine. Of several edges with the same start and mutation the first whose guard holds
// is taken; no guard always holds. Guards see the form with the mutation's input already applied.
type transition struct {
	from     Status
	mutation string
	to       Status
	guard    func(*Form) bool
}

var transitions = []transition{
	{Draft, "markAsSealed", SignedByProducer, emitterCannotSign},
	{Draft, "markAsSealed", Sealed, nil},
	{Sealed, "signEmissionForm", Sent, isDirectSupply},
	{Sealed, "signEmissionForm", SignedByProducer, nil},
	{Sealed, "signTransportForm", Sent, skipsEmission},
	{SignedByProducer, "signTransportForm", Sent, nil},
	{Sent, "signTransportForm", Sent, nil},
	{Sealed, "signedByTransporter", Sent, nil},
	{Resealed, "signedByTransporter", Resent, nil},
	{Sealed, "importPaperForm", NoTraceability, isExemptOfTraceability},
	{Sealed, "importPaperForm", AwaitingGroup, awaitsGroup},
	{Sealed, "importPaperForm", Processed, nil},

	{Sent, "markAsReceived", Refused, isRefused},
	{Sent, "markAsReceived", Accepted, isAccepted},
	{Sent, "markAsReceived", Received, nil},
	{Resent, "markAsReceived", Refused, isRefused},
	{Resent, "markAsReceived", Accepted, isAccepted},
	{Resent, "markAsReceived", Received, nil},
	{Received, "markAsAccepted", Refused, isRefused},
	{Received, "markAsAccepted", Accepted, nil},
	{Accepted, "markAsProcessed", NoTraceability, isExemptOfTraceability},
	{Accepted, "markAsProcessed", FollowedWithPNTTD, leavesTheCountry},
	{Accepted, "markAsProcessed", AwaitingGroup, awaitsGroup},
	{Accepted, "markAsProcessed", Processed, nil},
	{AwaitingGroup, regrouping, Grouped, nil},
	{Grouped, regrouping, Processed, nil},

	{Sent, "markAsTempStored", Refused, isStoreRefused},
	{Sent, "markAsTempStored", TempStorerAccepted, isStoreAccepted},
	{Sent, "markAsTempStored", TempStored, nil},
	{TempStored, "markAsTempStorerAccepted", Refused, isStoreRefused},
	{TempStored, "markAsTempStorerAccepted", TempStorerAccepted, nil},
	{TempStorerAccepted, "markAsProcessed", NoTraceability, isExemptOfTraceability},
	{TempStorerAccepted, "markAsProcessed", FollowedWithPNTTD, leavesTheCountry},
	{TempStorerAccepted, "markAsProcessed", AwaitingGroup, awaitsGroup},
	{TempStorerAccepted, "markAsProcessed", Processed, nil},
	{Accepted, "markAsResealed", Resealed, nil},
	{TempStorerAccepted, "markAsResealed", Resealed, nil},
	{TempStorerAccepted, "markAsResent", Resent, nil},
	{Resealed, "markAsResent", Resent, nil},
	{Resealed, "signEmissionForm", SignedByTempStorer, nil},
	{SignedByTempStorer, "signTransportForm", Resent, nil},
}

func emitterCannotSign(f *Form) bool {
	return truth(f.Data, "emitter.isPrivateIndividual") || truth(f.Data, "emitter.isForeignShip")
}

func isDirectSupply(f *Form) bool { return truth(f.Data, "isDirectSupply") }

func isRefused(f *Form) bool { return text(f.Data, "wasteAcceptationStatus") == "REFUSED" }

func isAccepted(f *Form) bool {
	status := text(f.Data, "wasteAcceptationStatus")
	return status == "ACCEPTED" || status == "PARTIALLY_REFUSED"
}

func isStoreRefused(f *Form) bool {
	return text(f.Data, "temporaryStorageDetail.temporaryStorer.wasteAcceptationStatus") == "REFUSED"
}

func isStoreAccepted(f *Form) bool {
	status := text(f.Data, "temporaryStorageDetail.temporaryStorer.wasteAcceptationStatus")
	return status == "ACCEPTED" || status == "PARTIALLY_REFUSED"
}

// skipsEmission: an item of a collection round whose emitter need not sign, for an eco-organisme answers for it or the
// emitter has agreed to it in its profile.
func skipsEmission(f *Form) bool {
	return f.isItem() && truth(f.Data, "skipsEmission")
}

func isExemptOfTraceability(f *Form) bool { return truth(f.Data, "noTraceability") }

func awaitsGroup(f *Form) bool { return isGrouping(text(f.Data, "processingOperationDone")) }

func leavesTheCountry(f *Form) bool {
	return awaitsGroup(f) && isForeign(object(f.Data, "nextDestination.company"))
}

// move takes the form along the machine, or answers that it cannot go there.
func (f *Form) move(mutation string) error {
	for _, edge := range transitions {
		if edge.from == f.Status && edge.mutation == mutation && (edge.guard == nil || edge.guard(f)) {
			f.Status = edge.to
			return nil
		}
	}
	return badInput("Vous ne pouvez pas passer ce bordereau à l'état souhaité.")
}

// mayStart says whether any edge of the mutation starts at the form's status.
func (f *Form) mayStart(mutation string) bool {
	for _, edge := range transitions {
		if edge.from == f.Status && edge.mutation == mutation {
			return true
		}
	}
	return false
}
