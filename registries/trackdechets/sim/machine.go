package sim

// Status is a BSDD's place in its life, as FormStatus of the schema.
type Status string

// The statuses. Those of temporary storage and revision are known but not yet reached.
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
	{SignedByProducer, "signTransportForm", Sent, nil},
	{Sent, "signTransportForm", Sent, nil},
	{Sent, "markAsReceived", Refused, isRefused},
	{Sent, "markAsReceived", Accepted, isAccepted},
	{Sent, "markAsReceived", Received, nil},
	{Received, "markAsAccepted", Refused, isRefused},
	{Received, "markAsAccepted", Accepted, nil},
	{Accepted, "markAsProcessed", NoTraceability, isExemptOfTraceability},
	{Accepted, "markAsProcessed", FollowedWithPNTTD, leavesTheCountry},
	{Accepted, "markAsProcessed", AwaitingGroup, awaitsGroup},
	{Accepted, "markAsProcessed", Processed, nil},
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
