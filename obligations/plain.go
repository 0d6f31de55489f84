package obligations

import (
	"slices"

	"sluss"
	"sluss/registries/numbers"
)

// Plain is the declaration with the numbers of companies, ships and places of
// work in the plain form that registries take: 556036-0793 becomes 5560360793.
// Anything that is not such a number stays as it is, and Validate reports it.
func Plain(d sluss.Declaration) sluss.Declaration {
	put := func(number *string, read func(string) (string, error)) {
		if plain, err := read(*number); err == nil {
			*number = plain
		}
	}
	party := func(p *sluss.Party) {
		put(&p.ID, func(id string) (string, error) { return numbers.Company(p.Country, id) })
		put(&p.VAT, numbers.VAT)
	}
	party(&d.Receiver)
	party(&d.Producer)
	if d.Origin == sluss.ForeignShip {
		put(&d.Producer.ID, numbers.Ship)
	}
	d.Legs, d.Deals = slices.Clone(d.Legs), slices.Clone(d.Deals)
	for i := range d.Legs {
		l := &d.Legs[i]
		party(&l.Transporter)
		if l.Consignor != nil {
			l.Consignor = new(*l.Consignor)
			party(l.Consignor)
		}
		for _, place := range []*sluss.Place{&l.From, &l.To} {
			put(&place.Establishment, numbers.CFAR)
		}
	}
	for i := range d.Deals {
		for _, p := range []*sluss.Party{&d.Deals[i].Trader, &d.Deals[i].From, &d.Deals[i].To} {
			party(p)
		}
	}
	d.Pickups, d.Intermediaries = slices.Clone(d.Pickups), slices.Clone(d.Intermediaries)
	for i := range d.Pickups {
		party(&d.Pickups[i].Producer)
	}
	for i := range d.Intermediaries {
		party(&d.Intermediaries[i])
	}
	if next := d.Treatment.Next; next != nil {
		next = new(*next)
		party(&next.Company)
		d.Treatment.Next = next
	}
	return d
}

// Corrected is the declaration with the correction in it, its numbers in plain
// form, and the events of its batch. The error is Faults.
func Corrected(d sluss.Declaration, events []sluss.Event, c sluss.Correction) (sluss.Declaration, []sluss.Event, error) {
	corrected, changed, err := c.Apply(d, events)
	return Plain(corrected), changed, err
}
