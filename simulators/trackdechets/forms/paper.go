package forms

import (
	"cmp"
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// importPaper takes a form that travelled on paper up, sealed here before or not known at all, and closes it.
func (d *Service) importPaper(c *graphql.Call) (any, error) {
	input := c.Object("input")
	f := d.NewDocument(kinds.BSDD)
	id := tree.Text(input, "id")
	if id != "" {
		found, err := d.Document(kinds.BSDD, id)
		if err != nil {
			return nil, err
		}
		f = found
	} else if tree.Text(input, "customId") == "" {
		return nil, refusal.BadInput("Vous devez préciser un identifiant (champ customId) pour importer un bordereau papier qui n'a pas été créé sur Trackdéchets")
	}
	before := f.Clone()
	content := map[string]any{}
	for _, key := range []string{"emitter", "recipient", "transporter", "wasteDetails", "trader", "broker", "ecoOrganisme", "customId"} {
		if input[key] != nil {
			content[key] = input[key]
		}
	}
	if err := d.WriteInput(kinds.BSDD, f, content); err != nil {
		return nil, err
	}
	company := c.User.ActsFor(kinds.Destination(f), companies.MayManage)
	if company == "" {
		return nil, refusal.Forbidden("Vous n'êtes pas autorisé à importer un bordereau papier sur lequel votre établissement n'est pas destinataire")
	}
	if id != "" {
		if err := importable(before, f); err != nil {
			return nil, err
		}
	}
	received, processed := tree.Object(input, "receivedInfo"), tree.Object(input, "processedInfo")
	check := kinds.BSDD.Check(d.Facts(), f, "EMISSION", received)
	faults := slices.Concat(check.Whole(), d.faultsOf(f, "markAsReceived", received))
	if tree.Text(received, "wasteAcceptationStatus") != "REFUSED" {
		faults = append(faults, d.faultsOf(f, "markAsProcessed", processed)...)
	}
	if err := kinds.BSDD.Refuse(faults, false); err != nil {
		return nil, err
	}
	signing := tree.Object(input, "signingInfo")
	for _, key := range []string{"emittedAt", "takenOverAt", "sentAt"} {
		f.Data[key] = signing["sentAt"]
	}
	f.Data["emittedBy"], f.Data["sentBy"] = signing["sentBy"], signing["sentBy"]
	if carriers := f.Objects("transporters"); len(carriers) > 0 {
		carriers[0]["takenOverAt"] = signing["sentAt"]
	}
	f.Data["signedByTransporter"], f.Data["isImportedFromPaper"] = true, true
	kinds.Settle(check)
	check.Input = processed
	kinds.Treat(check)
	f.Status = kinds.Sealed
	if err := kinds.BSDD.Move(f, c.Name()); err != nil {
		return nil, err
	}
	return d.Save(kinds.BSDD, c, company, input, f)
}

// faultsOf are what is wrong with the input of an act, whatever the form's status.
func (d *Service) faultsOf(f *Document, act string, input map[string]any) []kinds.Fault {
	a := kinds.BSDD.Act(act, "")
	return a.Faults(kinds.BSDD.Check(d.Facts(), f, a.Step, input))
}

// importable: a form that was made here was sealed, and its companies stay.
func importable(before, after *Document) error {
	if before.Status != kinds.Sealed {
		return refusal.BadInput(`Seul un BSD à l'état "scellé" (SEALED) peut être mis à jour à partir d'un BSD papier`)
	}
	was, is := kinds.FirstTransporter(before), kinds.FirstTransporter(after)
	moved := len(was) > 0 && len(is) > 0 && was[0] != is[0]
	for _, path := range []string{"emitter.company.siret", "recipient.company.siret", "ecoOrganisme.siret"} {
		moved = moved || (before.Text(path) != "" && before.Text(path) != after.Text(path))
	}
	if moved {
		return refusal.BadInput("Vous ne pouvez pas modifier les SIRET d'un bordereau lors de son import papier")
	}
	return nil
}

// signBoth is the older way to sign: the transporter's device takes both signatures at once, of the emitter (or the
// storer) by its security code, and of the transporter.
func (d *Service) signBoth(c *graphql.Call) (any, error) {
	f, err := d.Document(kinds.BSDD, c.ID())
	if err != nil {
		return nil, err
	}
	input := c.Object("signingInfo")
	switch {
	case !tree.Truth(input, "signedByTransporter") || !tree.Truth(input, "signedByProducer"):
		return nil, refusal.BadInput("Le transporteur et le producteur du déchet doivent tous deux valider l'enlèvement")
	case f.Status == kinds.CanceledStatus:
		return nil, refusal.Forbidden(kinds.Canceled)
	case f.Status != kinds.Sealed && f.Status != kinds.Resealed:
		return nil, refusal.BadInput(kinds.NotThisStage)
	}
	signer, company, mode := kinds.Signer(f), "", "ROAD"
	if next, _ := kinds.BSDD.NextTransporter(f); next != nil {
		company, mode = companies.IDOf(next, "company"), cmp.Or(tree.Text(next, "mode"), mode)
	}
	if f.Status == kinds.Resealed {
		signer, company = kinds.Recipient(f)[0], f.Company("temporaryStorageDetail.transporter.company")
		mode = cmp.Or(f.Text("temporaryStorageDetail.transporter.mode"), mode)
	}
	if tree.Text(input, "signatureAuthor") == "ECO_ORGANISME" {
		signer = f.Text("ecoOrganisme.siret")
	}
	if c.User.ActsFor([]string{company}, companies.MaySignTransport) == "" {
		return nil, refusal.Forbidden(kinds.NotYours)
	}
	code, _ := tree.Number(input, "securityCode")
	if err := d.CheckCode(c.User, signer, int(code)); err != nil {
		return nil, err
	}
	for _, signature := range []struct {
		act   string
		input map[string]any
	}{
		{"signEmissionForm", map[string]any{
			"emittedAt": input["sentAt"], "emittedBy": input["sentBy"], "packagingInfos": input["packagingInfos"], "quantity": input["quantity"],
			"onuCode": input["onuCode"],
		}},
		{"signTransportForm", map[string]any{"takenOverAt": input["sentAt"], "takenOverBy": c.User.Name, "transporterTransportMode": mode}},
	} {
		act := kinds.BSDD.Act(signature.act, f.Status)
		if err := d.Do(kinds.BSDD, act, kinds.BSDD.Check(d.Facts(), f, act.Step, signature.input)); err != nil {
			return nil, err
		}
	}
	return d.Save(kinds.BSDD, c, company, input, f)
}
