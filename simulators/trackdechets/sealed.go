package trackdechets

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// emitterColumns stay locked for the emitter itself once it has signed.
var emitterColumns = []string{
	"emitter.type", "emitter.isPrivateIndividual", "emitter.isForeignShip",
	"emitter.company.siret", "emitter.company.omiNumber", "emitter.company.name", "emitter.company.address",
}

// columns are the fields that the emission locks, in the order in which they are named in an error.
var columns = append(slices.Clone(emitterColumns),
	"emitter.company.contact", "emitter.company.phone", "emitter.company.mail",
	"emitter.workSite.name", "emitter.workSite.address", "emitter.workSite.city", "emitter.workSite.postalCode", "emitter.workSite.infos",
	"recipient.cap", "recipient.processingOperation", "recipient.isTempStorage",
	"recipient.company.siret", "recipient.company.name", "recipient.company.address",
	"recipient.company.contact", "recipient.company.phone", "recipient.company.mail",
	"wasteDetails.code", "wasteDetails.isSubjectToADR", "wasteDetails.onuCode", "wasteDetails.nonRoadRegulationMention",
	"wasteDetails.packagingInfos", "wasteDetails.quantity", "wasteDetails.quantityType", "wasteDetails.name",
	"wasteDetails.consistences", "wasteDetails.pop", "wasteDetails.isDangerous",
	"wasteDetails.analysisReferences", "wasteDetails.landIdentifiers",
	"trader.company.siret", "trader.company.name", "trader.company.address", "trader.company.contact", "trader.company.phone", "trader.company.mail",
	"broker.company.siret", "broker.company.name", "broker.company.address", "broker.company.contact", "broker.company.phone", "broker.company.mail",
	"ecoOrganisme.siret", "ecoOrganisme.name", "isDirectSupply",
)

// sealedChanges names the changed columns that a signature has locked for the user.
func sealedChanges(before, after *Form, user *User) []string {
	if before.isRound() && before.Status == Sent {
		return nil // a round takes new items and may be corrected until it is received
	}
	var watched []string
	received := false
	switch before.Status {
	case Draft, Sealed:
		return nil
	case SignedByProducer:
		watched = columns
		if user.actsFor([]string{before.signer()}, mayManage) != "" {
			watched = emitterColumns
		}
	case Sent, TempStored, TempStorerAccepted, Resealed, SignedByTempStorer, Resent:
		watched = append(slices.Clone(columns), "wasteDetails.sampleNumber")
	case Received, Accepted, Refused, Processed, NoTraceability, AwaitingGroup, Grouped, FollowedWithPNTTD, Canceled:
		watched = append(slices.Clone(columns), "wasteDetails.sampleNumber", "intermediaries")
		received = true
	}
	var changed []string
	if before.CustomID != after.CustomID && len(watched) > len(emitterColumns) {
		changed = append(changed, "customId")
	}
	for _, path := range watched {
		if !same(at(before.Data, path), at(after.Data, path)) {
			changed = append(changed, columnName(path))
		}
	}
	return append(changed, changedTransporters(before, after, received)...)
}

// changedTransporters: one that has signed stays as and where it is; after reception all do.
func changedTransporters(before, after *Form, received bool) []string {
	var changed []string
	now := after.transporters()
	for i, old := range before.transporters() {
		if text(old, "takenOverAt") == "" && !received {
			continue
		}
		if i < len(now) && same(old, now[i]) {
			continue
		}
		if i == 0 {
			changed = append(changed, "transporter")
			continue
		}
		changed = append(changed, fmt.Sprintf("transporters[%d]", i))
	}
	return changed
}

// columnName writes wasteDetails.quantity as wasteDetailsQuantity.
func columnName(path string) string {
	words := strings.Split(path, ".")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// same compares field by field; nothing, null, "" and an empty list are the same.
func same(a, b any) bool {
	if blank(a) && blank(b) {
		return true
	}
	left, ok := a.(map[string]any)
	right, ok2 := b.(map[string]any)
	if !ok || !ok2 {
		return reflect.DeepEqual(a, b)
	}
	for key := range left {
		if !same(left[key], right[key]) {
			return false
		}
	}
	for key := range right {
		if _, known := left[key]; !known && !blank(right[key]) {
			return false
		}
	}
	return true
}

func blank(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	default:
		return false
	}
}
