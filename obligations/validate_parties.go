package obligations

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

var email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// declaredParty is a party at its place in the declaration, and which checks apply to it.
type declaredParty struct {
	field    string
	party    sluss.Party
	nameless bool // not a company, and without number
	ship     bool // a ship, known by its own number
	roles    []sluss.Role
}

func (f *faults) parties(b batch) {
	for _, s := range b.declaredParties() {
		f.party(s)
	}
	switch precursor := b.Precursor(); {
	case !b.Returned():
	case !same(b.Receiver, b.Producer):
		f.add("receiver.id", "waste goes back to the producer only, and this is another company", "give the producer as the receiver, or leave receiver.role out")
	case precursor.Reference == "" && precursor.Receipt == "":
		f.add("predecessor", "waste that goes back has come before, in another batch", "name the batch that was refused")
	}
}

// declaredParties are the parties of the declaration in its order.
func (b batch) declaredParties() []declaredParty {
	var seats []declaredParty
	take := func(field string, p sluss.Party, roles ...sluss.Role) {
		seats = append(seats, declaredParty{
			field: field, party: p, roles: roles,
			nameless: field == "producer" && b.Origin != "" && b.Origin != sluss.ForeignShip,
			ship:     field == "producer" && b.Origin == sluss.ForeignShip,
		})
	}
	take("producer", b.Producer, "")
	for i, l := range b.route {
		take(l.Carrier.Path, l.Transporter, "")
		switch {
		case l.Consignor == nil:
		case i == 0 && l.From.Country == "SE":
			take(l.HandsOver.Path, *l.Consignor, "", sluss.Collector, sluss.Treater)
		default:
			take(l.HandsOver.Path, *l.Consignor, "")
		}
	}
	if b.route.Ends("SE") {
		take("receiver", b.Receiver, "", sluss.Collector, sluss.Producer)
	} else {
		take("receiver", b.Receiver, "", sluss.Producer)
	}
	if next := b.Treatment.Next; next != nil && next.Company != (sluss.Party{}) {
		take("treatment.next.company", next.Company, "")
	}
	for i, p := range b.Pickups {
		take(at("pickups", i, "producer"), p.Producer, "")
	}
	for i, p := range b.Intermediaries {
		take(at("intermediaries", i), p, "", sluss.EcoOrganisme)
	}
	for i, deal := range b.Deals {
		take(at("deals", i, "trader"), deal.Trader, sluss.Dealer, sluss.Broker)
		take(at("deals", i, "from"), deal.From, "")
		take(at("deals", i, "to"), deal.To, "")
	}
	return seats
}

func (f *faults) party(s declaredParty) {
	p := s.party
	if blank(p.Name) {
		f.add(s.field+".name", "the party has no name", "give the name in the company register")
	}
	switch {
	case !numbers.IsCountry(p.Country):
		f.country(s.field+".country", p.Country)
	case s.ship:
		f.ship(s.field+".id", p.ID)
	case !s.nameless:
		f.id(s.field+".id", p)
	case p.ID != "":
		f.add(s.field+".id", "waste with an origin has no company that produced it", "leave the number out, or leave the origin out")
	}
	f.role(s)
	if p.VAT != "" {
		f.number(s.field+".vat", p.VAT, "a VAT number", "give it with its country prefix, such as FR83404833048", numbers.VAT)
	}
	if !blank(p.Contact.Email) && !email.MatchString(p.Contact.Email) {
		f.add(s.field+".contact.email", "is not an e-mail address", "give one such as name@example.com")
	}
}

// role checks the role of a party, which only some places leave open.
func (f *faults) role(s declaredParty) {
	if slices.Contains(s.roles, s.party.Role) {
		return
	}
	var allowed []string
	for _, role := range s.roles {
		if role != "" {
			allowed = append(allowed, string(role))
		}
	}
	remedy := "leave it out"
	switch {
	case strings.HasSuffix(s.field, ".consignor") && len(allowed) == 0:
		remedy = "leave it out; a company that collects or treats waste in Sweden on the way ends the batch, and is the first consignor of another batch that continues it"
	case len(allowed) > 0 && s.roles[0] == "":
		remedy = "use " + strings.Join(allowed, " or ") + ", or leave it out"
	case len(allowed) > 0:
		remedy = "use " + strings.Join(allowed, " or ")
	}
	problem := fmt.Sprintf("%q is not a role of this party", s.party.Role)
	if s.party.Role == "" {
		problem = "the role of the party is missing"
	}
	f.add(s.field+".role", problem, remedy)
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
		if plain, err := numbers.VAT(p.ID); err == nil && !numbers.IsVATOf(p.Country, plain) {
			f.add(field, "is a VAT number of "+plain[:2]+", and the party is in "+p.Country, "give the number that the party has in "+p.Country+", or correct its country")
			return
		}
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

// ship checks the number of a foreign ship.
func (f *faults) ship(field, id string) {
	f.number(field, id, "the number of a ship", "give OMI and its seven digits, such as OMI1234567", numbers.Ship)
}
