package kinds

import (
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// Fill completes a document as the registry does: directory names, receipts from profiles, and what follows from its kind.
func (k *Kind) Fill(f Facts, d *Document) {
	for _, p := range k.Parties {
		for _, company := range objectsAt(d.Data, p.Path) {
			f.FillCompany(company)
		}
	}
	for _, t := range k.Transporters(d) {
		if !HasSigned(t) {
			f.Receipt(k, t)
		}
	}
	if !k.isForm() {
		f.tradeReceipts(d)
	}
	if k.Complete != nil {
		k.Complete(f, d)
	}
}

// FillCompany takes name and address from the national directory, if that answers.
func (f Facts) FillCompany(company map[string]any) {
	known, ok := f.Companies[tree.Text(company, "siret")]
	if ok && f.Sirene {
		company["name"], company["address"] = known.Name, known.Address
	}
}

// Receipt completes a transporter and takes its receipt from its profile; what was sent is ignored.
func (f Facts) Receipt(k *Kind, t map[string]any) {
	if k.isForm() {
		f.formReceipt(t)
		return
	}
	f.FillCompany(tree.Object(t, "company"))
	exempt := tree.Truth(t, "recepisse.isExempted")
	recepisse := map[string]any{"isExempted": exempt}
	if receipt := f.Companies[companyOf(t)].Receipt; receipt.Number != "" && !exempt {
		recepisse["number"], recepisse["department"] = receipt.Number, receipt.Department
		recepisse["validityLimit"] = tree.FormatTime(receipt.ValidityLimit)
	}
	t["recepisse"] = recepisse
	if k.DefaultMode != "" && tree.Text(t, "transport.mode") == "" {
		tree.Put(t, "transport.mode", k.DefaultMode)
	}
}

// tradeReceipts takes the receipts of broker and trader from their profiles; what was sent is ignored.
func (f Facts) tradeReceipts(d *Document) {
	for root, receipt := range map[string]companies.Receipt{
		"broker": f.Companies[d.Company("broker.company")].BrokerReceipt, "trader": f.Companies[d.Company("trader.company")].TraderReceipt,
	} {
		party := d.Object(root)
		if party == nil {
			continue
		}
		delete(party, "recepisse")
		if receipt.Number != "" {
			party["recepisse"] = map[string]any{
				"number": receipt.Number, "department": receipt.Department, "validityLimit": tree.FormatTime(receipt.ValidityLimit),
			}
		}
	}
}

// formReceipt is Receipt for a transporter of a BSDD.
func (f Facts) formReceipt(t map[string]any) {
	f.FillCompany(tree.Object(t, "company"))
	receipt := f.Companies[companyOf(t)].Receipt
	if tree.Truth(t, "isExemptedOfReceipt") {
		receipt = companies.Receipt{}
	}
	writeReceipt(t, receipt)
}

// writeReceipt writes the receipt of a profile on a party of a BSDD; what was sent is ignored.
func writeReceipt(party map[string]any, receipt companies.Receipt) {
	party["receipt"], party["department"], party["validityLimit"] = nil, nil, nil
	if receipt.Number != "" {
		party["receipt"], party["department"], party["validityLimit"] = receipt.Number, receipt.Department, tree.FormatTime(receipt.ValidityLimit)
	}
}

// completeEmitter notes what the profile of the emitter allows.
func completeEmitter(f Facts, d *Document) {
	emitter, registered := f.Companies[companies.IDOf(d.Data, "emitter.company")]
	if d.Object("emitter") != nil {
		tree.Put(d.Data, "emitter.isRegistered", registered)
	}
	d.Data["allowDirectTakeOver"] = emitter.TakeOverWithoutSignature
}

// completeBSDD fills in what follows from the waste of a form, and receipts from profiles.
func completeBSDD(f Facts, d *Document) {
	if carrier := d.Object("temporaryStorageDetail.transporter"); carrier != nil && !HasSigned(carrier) {
		f.formReceipt(carrier)
	}
	for role, receipt := range map[string]companies.Receipt{
		"trader": f.Companies[d.Company("trader.company")].TraderReceipt, "broker": f.Companies[d.Company("broker.company")].BrokerReceipt,
	} {
		if party := d.Object(role); party != nil {
			writeReceipt(party, receipt)
		}
	}
	waste := d.Object("wasteDetails")
	if waste == nil {
		return
	}
	if tree.Text(waste, "onuCode") == "" {
		waste["onuCode"] = nil
	}
	if waste["pop"] == nil {
		waste["pop"] = false
	}
	if waste["isDangerous"] == nil && IsDangerous(d) {
		waste["isDangerous"] = true
	}
	packagings := tree.Objects(waste, "packagingInfos")
	if slices.ContainsFunc(packagings, func(p map[string]any) bool { return p["type"] == "PIPELINE" }) {
		d.Data["isDirectSupply"] = true
		waste["packagingInfos"] = []any{}
		return
	}
	for _, packaging := range packagings {
		if packaging["identificationNumbers"] == nil {
			packaging["identificationNumbers"] = []any{}
		}
	}
}
