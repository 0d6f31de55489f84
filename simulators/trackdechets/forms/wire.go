package forms

import (
	"math"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/tree"
)

// wire adds what only a form has to its data on the wire. What leads on to other documents is made only when it is asked
// for.
func (d *Service) wire(f *Document, data map[string]any) {
	data["readableId"], data["customId"] = f.ReadableID, nil
	if f.CustomID != "" {
		data["customId"] = f.CustomID
	}
	data["isImportedFromPaper"] = f.Truth("isImportedFromPaper")
	data["isDirectSupply"] = kinds.IsDirectSupply(f)
	data["transportSegments"] = segments(f)
	if store := tree.Object(data, "temporaryStorageDetail.temporaryStorer"); store != nil {
		store["quantityAccepted"] = difference(store)
	}
	if accepted, ok := quantityAccepted(f); ok {
		data["quantityAccepted"] = accepted
	}
	if next, _ := kinds.BSDD.NextTransporter(f); next != nil && f.Status != kinds.Draft {
		data["nextTransporterSiret"] = companies.IDOf(next, "company")
	}
	data["stateSummary"] = summary(f, data)
	data["grouping"] = tree.Later(func() any { return d.initials(f) })
	data["appendix2Forms"] = tree.Later(func() any {
		forms := []any{}
		for _, part := range tree.Objects(map[string]any{"all": d.initials(f)}, "all") {
			forms = append(forms, part["form"])
		}
		return forms
	})
	data["groupedIn"] = tree.Later(func() any { return d.groupsOf(f) })
	data["quantityGrouped"] = d.quantityGrouped(f.ID, "")
}

// quantityAccepted is what was received less what was refused, in tonnes to the gram.
func quantityAccepted(f *Document) (float64, bool) {
	accepted, ok := difference(f.Data).(float64)
	return accepted, ok
}

// difference is what was received less what was refused, nil unless both are known.
func difference(reception map[string]any) any {
	received, ok := tree.Number(reception, "quantityReceived")
	refused, ok2 := tree.Number(reception, "quantityRefused")
	if !ok || !ok2 {
		return nil
	}
	return gram(received - refused)
}

// gram rounds tonnes to the gram.
func gram(tonnes float64) float64 { return math.Round(tonnes*1e6) / 1e6 }

func summary(f *Document, data map[string]any) map[string]any {
	packagings := tree.List(data, "wasteDetails.packagingInfos")
	types := make([]any, len(packagings))
	for i, packaging := range tree.Objects(data, "wasteDetails.packagingInfos") {
		types[i] = packaging["type"]
	}
	quantity, kind := tree.At(data, "wasteDetails.quantity"), tree.At(data, "wasteDetails.quantityType")
	if accepted, ok := quantityAccepted(f); ok {
		quantity, kind = accepted, "REAL"
	}
	return map[string]any{
		"quantity": quantity, "quantityType": kind, "packagings": types, "packagingInfos": packagings,
		"isSubjectToADR": tree.At(data, "wasteDetails.isSubjectToADR"), "onuCode": tree.At(data, "wasteDetails.onuCode"),
		"nonRoadRegulationMention": tree.At(data, "wasteDetails.nonRoadRegulationMention"),
		"transporter":              tree.At(data, "transporter.company"), "transporterNumberPlate": tree.At(data, "transporter.numberPlate"),
		"transporterCustomInfo": tree.At(data, "transporter.customInfo"), "recipient": tree.At(data, "recipient.company"),
		"emitter": tree.At(data, "emitter.company"), "lastActionOn": data["updatedAt"],
	}
}
