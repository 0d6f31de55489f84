// Package forms is what only the BSDD has: its lists and its life, groups (annexe 2), collection rounds (annexe 1),
// import from paper, segments of transport and the signature of both sides on one device.
package forms

import (
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/documents"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Document is that of package kinds.
type Document = kinds.Document

// Service serves what only the BSDD has. Make it with New; its methods expect the records to be locked.
type Service struct {
	*documents.Service
	zone  *time.Location
	delay time.Duration

	groups map[string]map[string]bool // forms that group a form, by its id
}

// DefaultGroupingDelay is how long after an effect on a group its grouped forms follow.
const DefaultGroupingDelay = 300 * time.Millisecond

// New adds what only the BSDD has to a service. Grouped forms follow their groups after a delay, or at once if it is
// negative; what a crash kept from following does so now.
func New(on *documents.Service, zone *time.Location, delay time.Duration) *Service {
	d := &Service{Service: on, zone: zone, delay: delay, groups: map[string]map[string]bool{}}
	on.SetLinks(kinds.BSDD, documents.Links{Lay: d.group, Wire: d.wire, Follow: d.followAct, Leave: d.leave, Stranger: collector})
	for _, f := range d.Newest(kinds.BSDD.Name) {
		d.index(nil, f)
	}
	d.OnChange(func(changes []records.Change) {
		grouped := false
		for _, change := range changes {
			if change.After.Kind == kinds.BSDD.Name {
				grouped = d.index(change.Before, change.After) || grouped
			}
		}
		if grouped {
			d.regroupLater()
		}
	})
	d.regroup()
	return d
}

// Resolvers are the root fields that only the BSDD has.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{}
	for name, resolve := range map[string]func(*graphql.Call) (any, error){
		"form": d.form, "forms": d.forms, "appendixForms": d.appendixForms, "formsLifeCycle": d.lifeCycle,
		"saveForm": d.save, "updateTransporterFields": d.updateTransporterFields, "importPaperForm": d.importPaper, "signedByTransporter": d.signBoth,
		"prepareSegment": d.prepareSegment, "markSegmentAsReadyToTakeOver": d.readySegment, "takeOverSegment": d.takeOverSegment, "editSegment": d.editSegment,
	} {
		all.Add(name, resolve)
	}
	return all
}

// save is the older way: an update with an id, a creation without.
func (d *Service) save(c *graphql.Call) (any, error) {
	input := c.Object("formInput")
	if tree.Text(input, "id") == "" {
		return d.Create(kinds.BSDD, c, input)
	}
	return d.Update(kinds.BSDD, c, input)
}

// updateTransporterFields changes what the first transporter may note before it signs.
func (d *Service) updateTransporterFields(c *graphql.Call) (any, error) {
	f, err := d.Document(kinds.BSDD, c.ID())
	if err != nil {
		return nil, err
	}
	company := c.User.ActsFor(kinds.FirstTransporter(f), companies.MayUpdate)
	if company == "" {
		return nil, refusal.Forbidden(kinds.BSDD.Says.Update)
	}
	if f.Status != kinds.Sealed && f.Status != kinds.SignedByProducer && f.Status != kinds.Resealed {
		return nil, refusal.BadInput("Ce champ n'est pas modifiable sur un bordereau qui n'est pas en statut scellé ou signé par le producteur")
	}
	first := f.Objects("transporters")[0]
	for key, sent := range map[string]string{"numberPlate": "transporterNumberPlate", "customInfo": "transporterCustomInfo"} {
		if value, given := c.Args[sent]; given {
			first[key] = value
		}
	}
	if err := kinds.BSDD.Refuse(kinds.BSDD.Check(d.Facts(), f, "SEALING", nil).Whole(), true); err != nil {
		return nil, err
	}
	return d.Save(kinds.BSDD, c, company, c.Args, f)
}
