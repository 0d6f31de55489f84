package obligations

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"sluss"
	"sluss/registries/numbers"
)

var email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// seat is a party in its place of the declaration, with what the registries
// want to know of it.
type seat struct {
	field    string
	party    sluss.Party
	bsdd     bool // stands on a French BSDD
	carrier  bool // as a transporter
	nameless bool // no company: nobody knows it by a number
	ship     bool // no company, but a ship
	roles    []sluss.Role
}

func (f *faults) parties(d sluss.Declaration) {
	for _, s := range seats(d) {
		f.party(s)
	}
	f.emitter(d)
}

// seats are the parties of the declaration in its order.
func seats(d sluss.Declaration) []seat {
	bsdd := onBSDDs(d)
	onBSDD := bsddTransporters(d)
	var seats []seat
	take := func(field string, p sluss.Party, roles ...sluss.Role) {
		seats = append(seats, seat{
			field: field, party: p, roles: roles,
			bsdd: slices.Contains(bsdd, field), carrier: slices.Contains(onBSDD, field),
			nameless: field == "producer" && d.Origin != "" && d.Origin != sluss.ForeignShip,
			ship:     field == "producer" && d.Origin == sluss.ForeignShip,
		})
	}
	take("producer", d.Producer, "")
	for i, l := range d.Legs {
		take(at("legs", i, "transporter"), l.Transporter, "")
		switch {
		case l.Consignor == nil:
		case i == 0 && startsInSweden(d, 1):
			take(at("legs", i, "consignor"), *l.Consignor, "", sluss.Collector, sluss.Treater)
		default:
			take(at("legs", i, "consignor"), *l.Consignor, "")
		}
	}
	if endsInSweden(d) {
		take("receiver", d.Receiver, "", sluss.Collector)
	} else {
		take("receiver", d.Receiver, "")
	}
	if next := d.Treatment.Next; next != nil && next.Company != (sluss.Party{}) {
		onBSDD = append(onBSDD, nextCompany)
		take(nextCompany, next.Company, "")
	}
	for i, p := range d.Pickups {
		take(at("pickups", i, "producer"), p.Producer, "")
	}
	for i, p := range d.Intermediaries {
		take(at("intermediaries", i), p, "", sluss.EcoOrganisme)
	}
	for i, deal := range d.Deals {
		take(at("deals", i, "trader"), deal.Trader, sluss.Dealer, sluss.Broker)
		take(at("deals", i, "from"), deal.From, "")
		take(at("deals", i, "to"), deal.To, "")
	}
	return seats
}

// onBSDDs are the fields of the parties that stand on a BSDD, if all goes as
// planned.
func onBSDDs(d sluss.Declaration) (fields []string) {
	leg := frenchLeg(d)
	if leg == 0 {
		return nil
	}
	fields = append(slices.Concat(bsddTransporters(d), bsddStorers(d)), consignor(d, leg), "receiver", nextCompany)
	for i, deal := range d.Deals {
		if deal.Trader.Country == "FR" {
			fields = append(fields, at("deals", i, "trader"))
		}
	}
	for i := range d.Pickups {
		fields = append(fields, at("pickups", i, "producer"))
	}
	for i, p := range d.Intermediaries {
		if p.Role != sluss.EcoOrganisme {
			fields = append(fields, at("intermediaries", i))
		}
	}
	return fields
}

// consignor is the field of the party that hands over at the start of a leg,
// counted from 1.
func consignor(d sluss.Declaration, leg int) string {
	switch {
	case d.Legs[leg-1].Consignor != nil:
		return at("legs", leg-1, "consignor")
	case leg == 1:
		return "producer"
	default:
		return at("legs", leg-2, "transporter")
	}
}

// consignee is the field of the party that takes over at the end of a leg,
// counted from 1.
func consignee(d sluss.Declaration, leg int) string {
	switch {
	case leg == len(d.Legs):
		return "receiver"
	case d.Legs[leg].Consignor != nil:
		return at("legs", leg, "consignor")
	default:
		return at("legs", leg, "transporter")
	}
}

func (f *faults) party(s seat) {
	p := s.party
	if blank(p.Name) {
		f.add(s.field+".name", "the party has no name", "give the name in the company register")
	}
	f.within(s.field+".name", p.Name, 250)
	f.within(s.field+".address", p.Address, 250)
	switch {
	case !countryCode.MatchString(p.Country):
		f.country(s.field+".country", p.Country)
	case s.ship:
		f.ship(s.field+".id", p.ID)
	case !s.nameless:
		f.id(s.field+".id", p)
	case p.ID != "":
		f.add(s.field+".id", "waste with an origin has no company that produced it", "leave the number out, or leave the origin out")
	}
	f.role(s)
	f.vat(s)
	f.contact(s)
}

// id checks a party's number by the rules of its own country.
func (f *faults) id(field string, p sluss.Party) {
	remedy := map[string]string{
		"SE": "give the ten digits of the organisationsnummer, the last one a check digit",
		"NO": "give the nine digits of the organisasjonsnummer, the last one a check digit",
		"FR": "give the fourteen digits of the SIRET, the last one a check digit",
	}[p.Country]
	if remedy == "" {
		remedy = "give the VAT number with its country prefix, such as DE123456789"
	}
	f.number(field, p.ID, "a number of a company in "+p.Country, remedy, func(id string) (string, error) { return numbers.Company(p.Country, id) })
}

// number checks a number, which Plain has brought into its plain form.
func (f *faults) number(field, number, what, remedy string, read func(string) (string, error)) {
	plain, err := read(number)
	switch {
	case number == "":
		f.add(field, "is not "+what, remedy)
	case errors.Is(err, numbers.ErrForm):
		f.add(field, "is not "+what, remedy)
	case err != nil:
		f.add(field, fmt.Sprintf("is not %s: %v", what, err), remedy)
	case plain != number:
		f.add(field, "is not "+what+" in plain form", "write it as "+plain)
	}
}

// vat wants the VAT number of a foreign party where a registry knows it by
// that only. Outside Sweden, Norway and France it is the party's id.
func (f *faults) vat(s seat) {
	p := s.party
	switch {
	case p.VAT != "":
		f.number(s.field+".vat", p.VAT, "a VAT number", "give it with its country prefix, such as FR83404833048", numbers.VAT)
	case p.Country != "SE" && p.Country != "NO" && p.Country != "FR":
	case s.carrier && p.Country != "FR" && (s.field != nextCompany || p.Country == "SE"):
		f.add(s.field+".vat", "Trackdéchets knows foreign parties by their VAT number", "give it with its country prefix, such as SE556000016701")
	}
}

// contact wants the person whom a registry may ask.
func (f *faults) contact(s seat) {
	c := s.party.Contact
	field := s.field + ".contact"
	if s.bsdd && !s.nameless {
		if blank(c.Name) {
			f.add(field+".name", "there is no contact person", "name the person whom the registry may ask")
		}
		if blank(c.Phone) {
			f.add(field+".phone", "there is no telephone number", "give the contact person's")
		}
		if blank(c.Email) {
			f.add(field+".email", "there is no e-mail address", "give the contact person's")
		}
	}
	if !blank(c.Email) && !email.MatchString(c.Email) {
		f.add(field+".email", "is not an e-mail address", "give one such as name@example.com")
	}
	f.within(field+".name", c.Name, 250)
	f.within(field+".email", c.Email, 250)
	if s.bsdd {
		f.within(field+".phone", c.Phone, 20)
	}
}

// emitter wants French companies at both ends of a BSDD.
func (f *faults) emitter(d sluss.Declaration) {
	leg := frenchLeg(d)
	if leg == 0 {
		return
	}
	if unsigned(d) && blank(d.Producer.Address) {
		f.add("producer.address", "there is no address", "give it, with postcode and town: the register has none")
	}
	if c := d.Consignor(leg); c.Country != "FR" && d.Origin != sluss.ForeignShip {
		field, remedy := consignor(d, leg)+".country", "name the French establishment that hands the waste over"
		if leg > 1 && d.Legs[leg-1].Consignor == nil {
			field = at("legs", leg-1, "consignor") // who it is now: the previous transporter
		}
		f.add(field, fmt.Sprintf("whoever starts a BSDD is in France, not in %q", c.Country), remedy)
	}
	if d.Receiver.Country != "FR" {
		f.add("receiver.country", fmt.Sprintf("whoever receives on a BSDD is in France, not in %q", d.Receiver.Country), "name the French establishment that treats the waste")
	}
}
