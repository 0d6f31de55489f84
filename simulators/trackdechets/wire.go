package trackdechets

import "math"

// wire is the form as the schema's Form, with what the books know about it. What leads on to other documents is made
// only when it is asked for.
func (b *Backend) wire(f *Form) map[string]any {
	data := f.wire()
	data["metadata"] = map[string]any{"latestRevision": later(func() any { return b.latestRevision(f) })}
	data["grouping"] = later(func() any { return b.initials(f) })
	data["appendix2Forms"] = later(func() any {
		forms := []any{}
		for _, part := range b.initials(f) {
			fraction, _ := part.(map[string]any)
			forms = append(forms, fraction["form"])
		}
		return forms
	})
	data["groupedIn"] = later(func() any { return b.groupsOf(f) })
	data["quantityGrouped"] = b.quantityGrouped(f.ID, "")
	return data
}

// later is a value that is made when a query asks for it.
type later func() any

// wire is the form as the schema's Form, without what other documents say about it.
func (f *Form) wire() map[string]any {
	data, _ := clone(f.Data).(map[string]any)
	paths := []string{"emitter", "recipient", "trader", "broker", "nextDestination", "temporaryStorageDetail.destination", "temporaryStorageDetail.transporter"}
	for _, path := range paths {
		addOrgID(object(data, path+".company"))
	}
	for _, entry := range list(data, "intermediaries") {
		company, _ := entry.(map[string]any)
		addOrgID(company)
	}
	transporters := list(data, "transporters")
	for _, entry := range transporters {
		transporter, _ := entry.(map[string]any)
		addOrgID(object(transporter, "company"))
	}
	if len(transporters) > 0 {
		data["transporter"] = transporters[0]
	}
	data["id"], data["readableId"], data["customId"] = f.ID, f.ReadableID, nil
	if f.CustomID != "" {
		data["customId"] = f.CustomID
	}
	data["status"] = string(f.Status)
	data["createdAt"], data["updatedAt"] = formatTime(f.CreatedAt), formatTime(f.UpdatedAt)
	data["isImportedFromPaper"] = truth(f.Data, "isImportedFromPaper")
	data["isDirectSupply"] = isDirectSupply(f)
	data["transportSegments"] = segments(f)
	if store := object(data, "temporaryStorageDetail.temporaryStorer"); store != nil {
		store["quantityAccepted"] = difference(store)
	}
	if accepted, ok := f.quantityAccepted(); ok {
		data["quantityAccepted"] = accepted
	}
	if next := f.nextTransporter(); next != nil && f.Status != Draft {
		data["nextTransporterSiret"] = companyID(next, "company")
	}
	data["stateSummary"] = f.summary(data)
	return data
}

// quantityAccepted is what was received less what was refused, in tonnes to the gram.
func (f *Form) quantityAccepted() (float64, bool) {
	accepted, ok := difference(f.Data).(float64)
	return accepted, ok
}

// difference is what was received less what was refused, nil unless both are known.
func difference(reception map[string]any) any {
	received, ok := number(reception, "quantityReceived")
	refused, ok2 := number(reception, "quantityRefused")
	if !ok || !ok2 {
		return nil
	}
	return gram(received - refused)
}

// gram rounds tonnes to the gram.
func gram(tonnes float64) float64 { return math.Round(tonnes*1e6) / 1e6 }

func (f *Form) summary(data map[string]any) map[string]any {
	packagings := list(data, "wasteDetails.packagingInfos")
	kinds := make([]any, len(packagings))
	for i, entry := range packagings {
		packaging, _ := entry.(map[string]any)
		kinds[i] = packaging["type"]
	}
	quantity, kind := at(data, "wasteDetails.quantity"), at(data, "wasteDetails.quantityType")
	if accepted, ok := f.quantityAccepted(); ok {
		quantity, kind = accepted, "REAL"
	}
	return map[string]any{
		"quantity": quantity, "quantityType": kind, "packagings": kinds, "packagingInfos": packagings,
		"isSubjectToADR": at(data, "wasteDetails.isSubjectToADR"), "onuCode": at(data, "wasteDetails.onuCode"),
		"nonRoadRegulationMention": at(data, "wasteDetails.nonRoadRegulationMention"),
		"transporter":              at(data, "transporter.company"), "transporterNumberPlate": at(data, "transporter.numberPlate"),
		"transporterCustomInfo": at(data, "transporter.customInfo"), "recipient": at(data, "recipient.company"),
		"emitter": at(data, "emitter.company"), "lastActionOn": data["updatedAt"],
	}
}

func addOrgID(company map[string]any) {
	if company == nil {
		return
	}
	if id := companyID(map[string]any{"company": company}, "company"); id != "" {
		company["orgId"] = id
	}
}

// wire is the company as the schema's CompanyPublic.
func (c Company) wire() map[string]any {
	data := map[string]any{
		"orgId": c.id(), "name": c.Name, "address": c.Address, "isRegistered": true, "isDormant": c.Dormant,
		"etatAdministratif": "A", "ecoOrganismePartnersIds": []any{},
		"companyTypes": anys(c.Types), "collectorTypes": anys(c.CollectorTypes), "wasteProcessorTypes": anys(c.WasteProcessorTypes),
	}
	if c.Siret != "" {
		data["siret"] = c.Siret
	}
	if c.VATNumber != "" {
		data["vatNumber"] = c.VATNumber
	}
	if c.Receipt.Number != "" {
		data["transporterReceipt"] = map[string]any{
			"id": c.id(), "receiptNumber": c.Receipt.Number, "department": c.Receipt.Department,
			"validityLimit": formatTime(c.Receipt.ValidityLimit),
		}
	}
	return data
}

func anys(texts []string) []any {
	values := make([]any, len(texts))
	for i, value := range texts {
		values[i] = value
	}
	return values
}
