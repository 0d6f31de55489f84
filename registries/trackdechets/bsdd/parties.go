package bsdd

import (
	"fmt"
	"slices"

	"sluss"
	"sluss/registries/numbers"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Associate is a party on the BSDD that never holds the waste, with its path in the
// declaration and the label of the registry's messages about it.
type Associate struct {
	Party       sluss.Party
	Path, Label string
}

// Associates are the French traders and brokers of the batch's deals, its
// éco-organisme and its intermediaries.
func (d Document) Associates() (all []Associate) {
	add := func(p sluss.Party, label, path string, n int) {
		all = append(all, Associate{p, fmt.Sprintf(path, n), label})
	}
	for i, deal := range d.Declaration.Deals {
		switch {
		case deal.Trader.Country != "FR":
		case deal.Trader.Role == sluss.Broker:
			add(deal.Trader, reasons.Broker, "deals.%d.trader", i)
		default:
			add(deal.Trader, reasons.Trader, "deals.%d.trader", i)
		}
	}
	for i, p := range d.Declaration.Intermediaries {
		label := reasons.Intermediary
		if p.Role == sluss.EcoOrganisme {
			label = reasons.EcoOrganisme
		}
		add(p, label, "intermediaries.%d", i)
	}
	return all
}

// Places are where the parties of the BSDD stand in the declaration.
func (d Document) Places() reasons.Places {
	leg := func(n int) string { return fmt.Sprintf("legs.%d", n-1) }
	p := reasons.Places{Leg: leg(d.Leg), Agreed: reasons.Treatment}
	add := func(label string, party sluss.Party, path string) {
		p.Parties = append(p.Parties, reasons.Place{Label: label, Number: Number(party), Path: path})
	}
	emitter := "producer"
	switch {
	case d.Pickup() != nil:
		emitter = fmt.Sprintf("pickups.%d.producer", d.Obligation.Pickup-1)
	case d.Declaration.Legs[d.FirstLeg-1].Consignor != nil:
		emitter = leg(d.FirstLeg) + ".consignor"
	case d.FirstLeg > 1:
		emitter = leg(d.FirstLeg-1) + ".transporter"
	}
	add(reasons.Emitter, d.Emitter(), emitter)
	if stored := d.StoredAfter(); stored > 0 {
		storer, _ := d.Recipient()
		if d.Obligation.Report != sluss.ReportResealing { // of which the registry calls the receiver the recipient
			add(reasons.Recipient, storer, leg(stored+1)+".consignor")
		}
		add(reasons.FinalReceiver, d.Declaration.Receiver, reasons.Receiver)
		if (d.Obligation.Report == "" || d.WritesAll()) && !d.Onward() { // other steps tell nothing that the storer has agreed to
			p.Agreed = leg(stored) + ".storage"
		}
	}
	add(reasons.Recipient, d.Declaration.Receiver, reasons.Receiver)
	add(reasons.Transporter, d.Carrier(), p.Leg+".transporter")
	for n := d.FirstLeg; n <= len(d.Declaration.Legs); n++ {
		add(reasons.Transporter, d.Declaration.Legs[n-1].Transporter, leg(n)+".transporter")
	}
	for _, a := range d.Associates() {
		add(a.Label, a.Party, a.Path)
	}
	return p
}

// NameOf is a company of the batch by its number; without a name it is that.
func (d Document) NameOf(number string) string {
	parties := slices.Concat([]sluss.Party{d.Declaration.Producer, d.Declaration.Receiver}, d.Declaration.Intermediaries)
	for _, p := range d.Declaration.Pickups {
		parties = append(parties, p.Producer)
	}
	for n, l := range d.Declaration.Legs {
		parties = append(parties, l.Transporter, d.Declaration.Consignor(n+1))
	}
	for _, p := range parties {
		if Number(p) == number && p.Name != "" {
			return p.Name
		}
	}
	return number
}

// Number is that by which Trackdéchets knows a party: the SIRET in France, the VAT
// number elsewhere.
func Number(p sluss.Party) string {
	if p.Country != "FR" && p.VAT != "" {
		return p.VAT
	}
	return p.ID
}

// CompanyOf is a party on the wire.
func CompanyOf(p sluss.Party) wire.Company {
	c := wire.Company{
		Country: wire.Text(p.Country), Name: wire.Text(p.Name), Address: wire.Text(p.Address),
		Contact: wire.Text(p.Contact.Name), Phone: wire.Text(p.Contact.Phone), Mail: wire.Text(p.Contact.Email),
	}
	if p.Country == "FR" {
		c.SIRET = wire.Text(p.ID)
	} else {
		c.VATNumber = wire.Text(Number(p))
	}
	return c
}

// nextCompany names a company outside the European Union, which is on BSDDs only as a
// next destination, by its own country's number.
func nextCompany(p sluss.Party) *wire.Company {
	if p == (sluss.Party{}) {
		return nil
	}
	c := CompanyOf(p)
	if !numbers.InUnion(p.Country) {
		c.VATNumber, c.ExtraEuropeanID = "", wire.Text(Number(p))
	}
	return &c
}
