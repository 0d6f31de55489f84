package trackdechets

import "fmt"

// Segments are the older way to several transporters: each is prepared by the one before it, made ready, and taken over.

func (b *Backend) prepareSegment(c *call) (any, error) {
	siret := text(c.args, "siret")
	f, company, err := b.permitted(c, func(f *Form) []string { return []string{siret} }, mayUpdate, "Vous n'êtes pas autorisé à préparer un segment de transport sur ce bordereau")
	if err != nil {
		return nil, err
	}
	carriers := f.transporters()
	switch {
	case f.Status != Sent:
		return nil, badInput("Seuls les bordereaux en cours d'acheminement peuvent recevoir un nouveau segment de transport")
	case len(carriers) == 0 || companyID(carriers[len(carriers)-1], "company") != siret || text(carriers[len(carriers)-1], "takenOverAt") == "":
		return nil, forbidden("Seul le transporteur qui détient les déchets peut préparer le segment suivant")
	case len(carriers) == mostCarriers:
		return nil, badInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d transporteurs", mostCarriers))
	}
	info := object(c.args, "nextSegmentInfo")
	next := map[string]any{"id": newID(), "readyToTakeOver": false}
	merge(next, object(info, "transporter"))
	next["mode"] = info["mode"]
	b.fillCarrier(next)
	f.Data["transporters"] = append(list(f.Data, "transporters"), next)
	return b.commitSegment(c, f, company, info, text(next, "id"))
}

func (b *Backend) readySegment(c *call) (any, error) {
	f, segment, company, err := b.carrier(c)
	if err == nil && f == nil {
		err = badInput("Ce segment de transport n'existe pas")
	}
	if err != nil {
		return nil, err
	}
	check := &check{companies: b.companies, stage: asSealed}
	check.company("Transporteur", object(segment, "company"))
	if err := invalid(check.found); err != nil {
		return nil, err
	}
	segment["readyToTakeOver"] = true
	return b.commitSegment(c, f, company, nil, text(segment, "id"))
}

func (b *Backend) takeOverSegment(c *call) (any, error) {
	f, segment, _, err := b.carrier(c)
	if err == nil && f == nil {
		err = badInput("Ce segment de transport n'existe pas")
	}
	if err != nil {
		return nil, err
	}
	company := companyID(segment, "company")
	if c.user.actsFor([]string{company}, maySignTransport) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à signer ce bordereau pour cet acteur")
	}
	if ready, said := segment["readyToTakeOver"].(bool); said && !ready {
		return nil, badInput("Ce segment de transport n'est pas encore prêt à être pris en charge")
	}
	info := object(c.args, "takeOverInfo")
	for _, key := range []string{"takenOverAt", "takenOverBy", "numberPlate"} {
		if info[key] != nil {
			segment[key] = info[key]
		}
	}
	b.fillReceipt(segment)
	if err := invalid(b.transportComplaints(f, segment)); err != nil {
		return nil, err
	}
	if err := f.move("signTransportForm"); err != nil {
		return nil, err
	}
	f.Data["currentTransporterSiret"] = company
	return b.commitSegment(c, f, company, info, text(segment, "id"))
}

func (b *Backend) editSegment(c *call) (any, error) {
	f, segment, company, err := b.carrier(c)
	if err == nil && f == nil {
		err = badInput("Ce segment de transport n'existe pas")
	}
	if err != nil {
		return nil, err
	}
	info := object(c.args, "nextSegmentInfo")
	merge(segment, object(info, "transporter"))
	segment["mode"] = info["mode"]
	b.fillCarrier(segment)
	return b.commitSegment(c, f, company, info, text(segment, "id"))
}

// commitSegment commits the form and answers the segment.
func (b *Backend) commitSegment(c *call, f *Form, company string, input map[string]any, id string) (any, error) {
	if _, err := b.commit(c, f, company, input); err != nil {
		return nil, err
	}
	for _, segment := range segments(f) {
		if data, _ := segment.(map[string]any); text(data, "id") == id {
			return data, nil
		}
	}
	return nil, badInput("Ce segment de transport n'existe pas")
}

// segments are the transporters after the first, as TransportSegment of the schema.
func segments(f *Form) []any {
	found := []any{}
	previous := ""
	for i, transporter := range f.transporters() {
		if i > 0 {
			ready, said := transporter["readyToTakeOver"].(bool)
			found = append(found, map[string]any{
				"id": transporter["id"], "previousTransporterCompanySiret": previous, "transporter": clone(transporter),
				"mode": transporter["mode"], "takenOverAt": transporter["takenOverAt"], "takenOverBy": transporter["takenOverBy"],
				"readyToTakeOver": ready || !said, "segmentNumber": float64(i),
			})
		}
		previous = companyID(transporter, "company")
	}
	return found
}
