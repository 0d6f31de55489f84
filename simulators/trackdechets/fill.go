package trackdechets

import "slices"

// fill completes a form as the register does: directory names, receipts from profiles, what follows from the waste.
func (b *Backend) fill(f *Form) {
	waste := object(f.Data, "wasteDetails")
	if waste != nil {
		b.fillWaste(f, waste)
	}
	for _, path := range []string{"emitter", "recipient", "trader", "broker", "temporaryStorageDetail.destination"} {
		b.fillCompany(object(f.Data, path+".company"))
	}
	if carrier := object(f.Data, "temporaryStorageDetail.transporter"); carrier != nil && text(carrier, "takenOverAt") == "" {
		b.fillCarrier(carrier)
	}
	for _, path := range []string{"trader", "broker"} {
		if party := object(f.Data, path); party != nil {
			party["receipt"], party["department"], party["validityLimit"] = nil, nil, nil
		}
	}
	for _, transporter := range f.transporters() {
		if text(transporter, "takenOverAt") == "" {
			b.fillCarrier(transporter)
		}
	}
}

func (b *Backend) fillWaste(f *Form, waste map[string]any) {
	if text(waste, "onuCode") == "" {
		waste["onuCode"] = nil
	}
	if waste["pop"] == nil {
		waste["pop"] = false
	}
	if waste["isDangerous"] == nil && dangerous(f) {
		waste["isDangerous"] = true
	}
	packagings := list(waste, "packagingInfos")
	if slices.ContainsFunc(packagings, isPipeline) {
		f.Data["isDirectSupply"] = true
		packagings = []any{}
		waste["packagingInfos"] = packagings
	}
	for _, entry := range packagings {
		if packaging, ok := entry.(map[string]any); ok && packaging["identificationNumbers"] == nil {
			packaging["identificationNumbers"] = []any{}
		}
	}
}

func (b *Backend) fillCompany(company map[string]any) {
	known, ok := b.companies[text(company, "siret")]
	if ok && b.options.Sirene {
		company["name"], company["address"] = known.Name, known.Address
	}
}

// fillReceipt takes the transporter's receipt from its profile; what was sent is ignored.
func (b *Backend) fillReceipt(transporter map[string]any) {
	transporter["receipt"], transporter["department"], transporter["validityLimit"] = nil, nil, nil
	receipt := b.companies[companyID(transporter, "company")].Receipt
	if receipt.Number == "" || truth(transporter, "isExemptedOfReceipt") {
		return
	}
	transporter["receipt"] = receipt.Number
	transporter["department"] = receipt.Department
	transporter["validityLimit"] = formatTime(receipt.ValidityLimit)
}

func isPipeline(entry any) bool {
	packaging, ok := entry.(map[string]any)
	return ok && packaging["type"] == "PIPELINE"
}
