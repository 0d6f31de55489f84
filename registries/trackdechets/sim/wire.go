package sim

import "math"

// wire is the form as the schema's Form.
func (f *Form) wire() map[string]any {
	data, _ := clone(f.Data).(map[string]any)
	for _, path := range []string{"emitter", "recipient", "trader", "broker", "nextDestination"} {
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
	data["isImportedFromPaper"] = false
	data["isDirectSupply"] = isDirectSupply(f)
	data["metadata"] = map[string]any{}
	data["grouping"] = []any{}
	data["groupedIn"] = []any{}
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
	received, ok := number(f.Data, "quantityReceived")
	refused, ok2 := number(f.Data, "quantityRefused")
	return math.Round((received-refused)*1e6) / 1e6, ok && ok2
}

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
