package forms

import (
	"fmt"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Segments are the older way to several transporters: each is prepared by the one before it, made ready, and taken over.

func (d *Service) prepareSegment(c *graphql.Call) (any, error) {
	f, err := d.Document(kinds.BSDD, c.ID())
	if err != nil {
		return nil, err
	}
	siret := c.Text("siret")
	if c.User.ActsFor([]string{siret}, companies.MayUpdate) == "" {
		return nil, refusal.Forbidden("Vous n'êtes pas autorisé à préparer un segment de transport sur ce bordereau")
	}
	carriers := f.Objects("transporters")
	switch {
	case f.Status != kinds.Sent:
		return nil, refusal.BadInput("Seuls les bordereaux en cours d'acheminement peuvent recevoir un nouveau segment de transport")
	case len(carriers) == 0 || companies.IDOf(carriers[len(carriers)-1], "company") != siret || !kinds.HasSigned(carriers[len(carriers)-1]):
		return nil, refusal.Forbidden("Seul le transporteur qui détient les déchets peut préparer le segment suivant")
	case len(carriers) == kinds.MostTransporters:
		return nil, refusal.BadInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d transporteurs", kinds.MostTransporters))
	}
	info := c.Object("nextSegmentInfo")
	next := map[string]any{"id": records.NewID(), "readyToTakeOver": false}
	f.Data["transporters"] = append(f.List("transporters"), next)
	return d.planSegment(c, f, next, siret, info)
}

func (d *Service) editSegment(c *graphql.Call) (any, error) {
	f, segment, company, err := d.segment(c)
	if err != nil {
		return nil, err
	}
	return d.planSegment(c, f, segment, company, c.Object("nextSegmentInfo"))
}

// planSegment lays what is planned over a segment.
func (d *Service) planSegment(c *graphql.Call, f *Document, segment map[string]any, company string, info map[string]any) (any, error) {
	tree.Merge(segment, tree.Object(info, "transporter"))
	segment["mode"] = info["mode"]
	d.Facts().Receipt(kinds.BSDD, segment)
	return d.commitSegment(c, f, company, info, tree.Text(segment, "id"))
}

func (d *Service) readySegment(c *graphql.Call) (any, error) {
	f, segment, company, err := d.segment(c)
	if err != nil {
		return nil, err
	}
	check := kinds.BSDD.Check(d.Facts(), f, "TRANSPORT", nil)
	check.Carrier = segment
	if err := kinds.BSDD.Refuse(check.Described(), false); err != nil {
		return nil, err
	}
	segment["readyToTakeOver"] = true
	return d.commitSegment(c, f, company, nil, tree.Text(segment, "id"))
}

func (d *Service) takeOverSegment(c *graphql.Call) (any, error) {
	f, segment, _, err := d.segment(c)
	if err != nil {
		return nil, err
	}
	company := companies.IDOf(segment, "company")
	if c.User.ActsFor([]string{company}, companies.MaySignTransport) == "" {
		return nil, refusal.Forbidden(kinds.NotYours)
	}
	if ready, said := segment["readyToTakeOver"].(bool); said && !ready {
		return nil, refusal.BadInput("Ce segment de transport n'est pas encore prêt à être pris en charge")
	}
	info := c.Object("takeOverInfo")
	check := kinds.BSDD.Check(d.Facts(), f, "TRANSPORT", map[string]any{
		"takenOverAt": info["takenOverAt"], "takenOverBy": info["takenOverBy"], "transporterNumberPlate": info["numberPlate"],
	})
	check.Carrier = segment
	if err := d.Do(kinds.BSDD, kinds.BSDD.Act("signTransportForm", f.Status), check); err != nil {
		return nil, err
	}
	return d.commitSegment(c, f, company, info, tree.Text(segment, "id"))
}

const noSegment = "Ce segment de transport n'existe pas"

// segment finds the segment of a call, with a copy of its form.
func (d *Service) segment(c *graphql.Call) (f *Document, segment map[string]any, company string, err error) {
	f, segment, company, err = d.Transporter(kinds.BSDD, c)
	if err == nil && f == nil {
		err = refusal.BadInput(noSegment)
	}
	return f, segment, company, err
}

// commitSegment makes an effect on the form stand, and answers the segment.
func (d *Service) commitSegment(c *graphql.Call, f *Document, company string, input map[string]any, id string) (any, error) {
	if _, err := d.Save(kinds.BSDD, c, company, input, f); err != nil {
		return nil, err
	}
	for _, segment := range tree.Objects(map[string]any{"all": segments(f)}, "all") {
		if tree.Text(segment, "id") == id {
			return segment, nil
		}
	}
	return nil, refusal.BadInput(noSegment)
}

// segments are the transporters after the first, as TransportSegment of the schema.
func segments(f *Document) []any {
	found := []any{}
	previous := ""
	for i, transporter := range f.Objects("transporters") {
		if i > 0 {
			ready, said := transporter["readyToTakeOver"].(bool)
			found = append(found, map[string]any{
				"id": transporter["id"], "previousTransporterCompanySiret": previous, "transporter": tree.Clone(transporter),
				"mode": transporter["mode"], "takenOverAt": transporter["takenOverAt"], "takenOverBy": transporter["takenOverBy"],
				"readyToTakeOver": ready || !said, "segmentNumber": float64(i),
			})
		}
		previous = companies.IDOf(transporter, "company")
	}
	return found
}
