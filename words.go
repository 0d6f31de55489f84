package sluss

import "strings"

// Roles are all roles, of parties and of those who act for them.
func Roles() []Role {
	return []Role{Producer, Transporter, Collector, Dealer, Broker, Receiver, Treater, Officer, EcoOrganisme}
}

// Signers are the roles in which a person may sign, approve or override.
func Signers() []Role {
	return []Role{Producer, Transporter, Collector, Dealer, Broker, Receiver, Treater, Officer}
}

// Origins are those of waste that no company produced. If a company did, the
// declaration has no origin.
func Origins() []Origin { return []Origin{Household, UnknownOrigin, ForeignShip} }

// Consistences are all of them.
func Consistences() []Consistence { return []Consistence{Solid, Liquid, Gaseous, Doughy} }

// PackagingKinds are all of them.
func PackagingKinds() []PackagingKind { return []PackagingKind{Drum, IBC, Tank, Skip, OtherPackaging} }

// Modes are all modes of transport.
func Modes() []Mode { return []Mode{Road, Rail, Sea, Air, InlandWaterway, Pipeline} }

// VehicleKinds are all of them.
func VehicleKinds() []VehicleKind { return []VehicleKind{Lorry, Trailer} }

// Sites are all of them.
func Sites() []Site { return []Site{RecyclingCentre, Unmanned, Mobile, Property} }

// EventKinds are all of them, in the order of a batch's life. The declaration
// itself is the event produced; the others are reported.
func EventKinds() []EventKind {
	return []EventKind{Produced, PickedUp, HandedOver, Received, WasteAccepted, WasteRefused, Treated, Cancelled}
}

// FilingStages are all of them.
func FilingStages() []FilingStage {
	return []FilingStage{StageSignature, StageSending, StageDeferred, StageRejected, StageUnknown, StageAccepted, StageWithdrawn}
}

// DecisionKinds are all of them. Which are possible depends on the stage of the
// filing.
func DecisionKinds() []DecisionKind {
	return []DecisionKind{DecidedTaken, DecidedNotTaken, DecidedAgain, DecidedOverride, DecidedWithdrawn}
}

// SwedishReports are those in the Swedish registry.
func SwedishReports() []ReportKind {
	return []ReportKind{ReportRemoval, ReportTransport, ReportCollection, ReportCollectionTransport, ReportDeal, ReportReception, ReportTreatment, ReportForwarding}
}

// FrenchReports are the steps of the French BSDD.
func FrenchReports() []ReportKind {
	return []ReportKind{
		ReportPreflight, ReportCreation, ReportPickup, ReportGathering, ReportSealing, ReportEmission, ReportTakeOver,
		ReportStoring, ReportStoringVerdict, ReportResealing, ReportArrival, ReportAcceptance, ReportProcessing, ReportPaper,
	}
}

// ReportKinds are all of them.
func ReportKinds() []ReportKind {
	return append(append(SwedishReports(), FrenchReports()...), ReportClearance)
}

// OneOf lists words to choose from: "road, rail or sea".
func OneOf[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " or " + texts[n-1]
	}
	return strings.Join(texts, "")
}
