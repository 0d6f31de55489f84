package kinds

import (
	"slices"
	"strings"

	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/tree"
)

// The statuses of a BSDD, as FormStatus of the schema.
const (
	Draft              records.Status = "DRAFT"
	Sealed             records.Status = "SEALED"
	SignedByProducer   records.Status = "SIGNED_BY_PRODUCER"
	Sent               records.Status = "SENT"
	Received           records.Status = "RECEIVED"
	Accepted           records.Status = "ACCEPTED"
	Refused            records.Status = "REFUSED"
	Processed          records.Status = "PROCESSED"
	NoTraceability     records.Status = "NO_TRACEABILITY"
	AwaitingGroup      records.Status = "AWAITING_GROUP"
	FollowedWithPNTTD  records.Status = "FOLLOWED_WITH_PNTTD"
	TempStored         records.Status = "TEMP_STORED"
	TempStorerAccepted records.Status = "TEMP_STORER_ACCEPTED"
	Resealed           records.Status = "RESEALED"
	SignedByTempStorer records.Status = "SIGNED_BY_TEMP_STORER"
	Resent             records.Status = "RESENT"
	Grouped            records.Status = "GROUPED"
	CanceledStatus     records.Status = "CANCELED"
)

// Regrouping is the registry's own act on forms that are grouped in others.
const Regrouping = "grouping"

// BSDD is the document of dangerous waste, the Form of the schema. It counts in tonnes.
var BSDD = &Kind{
	Name: "Form", Prefix: "BSD", Opaque: true, First: Draft, Several: true, FirstFault: true,
	Parties: []Party{
		{"EMITTER", "emitter.company"},
		{"ECO_ORGANISME", "ecoOrganisme"},
		{"RECIPIENT", "recipient.company"},
		{"RECIPIENT", "temporaryStorageDetail.destination.company"},
		{"TRANSPORTER", "transporters.company"},
		{"TRANSPORTER", "temporaryStorageDetail.transporter.company"},
		{"TRADER", "trader.company"},
		{"BROKER", "broker.company"},
		{"INTERMEDIARY", "intermediaries"},
	},
	Steps:       []string{"SEALING", "EMISSION", "TRANSPORT", "STORAGE", "RESEALING", "RECEPTION", "ACCEPTATION", "OPERATION"},
	Acts:        bsddActs,
	Rules:       []func(*Check){bsddWaste, bsddRecipient, bsddEmitter, bsddTransporters, bsddOthers, bsddLengths},
	DraftOrder:  []string{"recipient", "emitter", "transporters", "wasteDetails"},
	LateOrder:   []string{"wasteDetails", "recipient", "emitter", "transporters"},
	Code:        "wasteDetails.code",
	Complete:    completeBSDD,
	Waits:       AwaitingGroup,
	Cancellable: []records.Status{SignedByProducer, Sent, TempStored, TempStorerAccepted, Resealed, SignedByTempStorer, Resent},
	// A round takes new items and may be corrected until it is received.
	MaySkipSeal: func(d *Document) bool { return IsRound(d) && d.Status == Sent },
	Copied: []string{
		"emitter", "recipient", "wasteDetails", "trader", "broker", "ecoOrganisme", "intermediaries", "isDirectSupply", "temporaryStorageDetail.destination",
	},
	Says: words(func(s *Says) {
		s.Update = "Vous n'êtes pas autorisé à modifier ce bordereau"
		s.Required, s.Sealed = "%s", "%s"
	}),
}

// Guards and readers of a BSDD.

// EmitterCannotSign tells that the emitter is a private individual or a foreign ship, which have no account.
func EmitterCannotSign(d *Document) bool {
	return d.Truth("emitter.isPrivateIndividual") || d.Truth("emitter.isForeignShip")
}

// IsDirectSupply tells that the waste comes by pipeline or conveyor: there is no transporter.
func IsDirectSupply(d *Document) bool { return d.Truth("isDirectSupply") }

// SkipsEmission tells of an item of a collection round whose emitter need not sign, since an eco-organisme answers for it or the
// emitter has agreed to it in its profile.
func SkipsEmission(d *Document) bool { return IsItem(d) && d.Truth("skipsEmission") }

func isUntraced(d *Document) bool { return d.Truth("noTraceability") }

// AwaitsGroup tells that after the treatment the waste goes on in another document.
func AwaitsGroup(d *Document) bool { return IsGrouping(d.Text("processingOperationDone")) }

func leavesTheCountry(d *Document) bool {
	return AwaitsGroup(d) && isForeign(d.Object("nextDestination.company"))
}

const storer = "temporaryStorageDetail.temporaryStorer"

func storerRefused(d *Document) bool { return d.Text(storer+".wasteAcceptationStatus") == "REFUSED" }

func storerAccepted(d *Document) bool {
	return slices.Contains([]string{"ACCEPTED", "PARTIALLY_REFUSED"}, d.Text(storer+".wasteAcceptationStatus"))
}

// IsRound and IsItem tell a collection round of annexe 1 and one of its items.
func IsRound(d *Document) bool { return d.Text("emitter.type") == "APPENDIX1" }

// IsItem tells an item of a collection round.
func IsItem(d *Document) bool { return d.Text("emitter.type") == "APPENDIX1_PRODUCER" }

// Suite is the second leg of a form with temporary storage, not a copy; nil without.
func Suite(d *Document) map[string]any { return d.Object("temporaryStorageDetail") }

// Recipient is the company that receives first, or stores for a time.
func Recipient(d *Document) []string { return []string{d.Company("recipient.company")} }

// Destination is the company that receives at last, and treats.
func Destination(d *Document) []string {
	if Suite(d) != nil && d.Status != TempStorerAccepted {
		return []string{d.Company("temporaryStorageDetail.destination.company")}
	}
	return Recipient(d)
}

// FirstTransporter is the company that transports first.
func FirstTransporter(d *Document) []string {
	if all := d.Objects("transporters"); len(all) > 0 {
		return []string{tree.Text(all[0], "company.siret") + tree.Text(all[0], "company.vatNumber")}
	}
	return nil
}

// Signer is the company that signs, or signed, the emission.
func Signer(d *Document) string {
	if d.Truth("emittedByEcoOrganisme") {
		return d.Text("ecoOrganisme.siret")
	}
	return d.Company("emitter.company")
}

// IsDangerous tells that the waste has a starred code, or said to be, or a persistent organic pollutant.
func IsDangerous(d *Document) bool {
	return strings.HasSuffix(d.Text("wasteDetails.code"), "*") || d.Truth("wasteDetails.isDangerous") || d.Truth("wasteDetails.pop")
}

// isWeighed: the wastes of a round are weighed when they are taken over.
func isWeighed(d *Document) bool { return !IsRound(d) && !IsItem(d) }

// Awaited are the companies whose act comes next.
func Awaited(d *Document) []string {
	switch d.Status {
	case Draft:
		return d.Owners
	case Sealed:
		return []string{Signer(d)}
	case SignedByProducer:
		return FirstTransporter(d)
	case Sent:
		next, _ := BSDD.NextTransporter(d)
		return append(Recipient(d), companyOf(next))
	case SignedByTempStorer:
		return []string{d.Company("temporaryStorageDetail.transporter.company")}
	case TempStored, TempStorerAccepted, Resealed:
		return Recipient(d)
	case Received, Accepted, Resent:
		return Destination(d)
	}
	return nil
}
