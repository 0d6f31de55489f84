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
	bsdd     bool // is on a French BSDD
	carrier  bool // as a transporter
	nameless bool // not a company, and without number
	ship     bool // a ship, known by its own number
	roles    []sluss.Role
}

func (f *faults) parties(b batch) {
	for _, s := range b.declaredParties() {
		f.party(s)
	}
	f.emitter(b)
}

// declaredParties are the parties of the declaration in its order.
func (b batch) declaredParties() []declaredParty {
	bsdd := b.onBSDDs()
	var seats []declaredParty
	take := func(field string, p sluss.Party, roles ...sluss.Role) {
		seats = append(seats, declaredParty{
			field: field, party: p, roles: roles,
			bsdd: slices.Contains(bsdd, field), carrier: b.carriesOnBSDD(field),
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
		take("receiver", b.Receiver, "", sluss.Collector)
	} else {
		take("receiver", b.Receiver, "")
	}
	if next := b.Treatment.Next; next != nil && next.Company != (sluss.Party{}) {
		take(nextCompany, next.Company, "")
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

// onBSDDs are the fields of the parties on a BSDD, if all goes as planned.
func (b batch) onBSDDs() (fields []string) {
	covered := b.underBSDD()
	if len(covered) == 0 {
		return nil
	}
	fields = []string{covered[0].HandsOver.Path, "receiver", nextCompany}
	for i, l := range covered {
		fields = append(fields, l.Carrier.Path)
		if i > 0 && covered[i-1].Storage != nil && l.Consignor != nil {
			fields = append(fields, l.HandsOver.Path)
		}
	}
	for i, deal := range b.Deals {
		if deal.Trader.Country == "FR" {
			fields = append(fields, at("deals", i, "trader"))
		}
	}
	for i := range b.Pickups {
		fields = append(fields, at("pickups", i, "producer"))
	}
	for i, p := range b.Intermediaries {
		if p.Role != sluss.EcoOrganisme {
			fields = append(fields, at("intermediaries", i))
		}
	}
	return fields
}

// carriesOnBSDD tells whether the field is that of a transporter on a BSDD, or of the
// company at the next destination: Trackdéchets may know these by a VAT number.
func (b batch) carriesOnBSDD(field string) bool {
	return field == nextCompany || slices.ContainsFunc(b.underBSDD(), func(l sluss.RouteLeg) bool { return l.Carrier.Path == field })
}

func (f *faults) party(s declaredParty) {
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

// vat checks that a foreign party has a VAT number if a registry knows it only by
// that. Outside Sweden, Norway and France the party's id is its VAT number.
func (f *faults) vat(s declaredParty) {
	p := s.party
	switch {
	case p.VAT != "":
		f.number(s.field+".vat", p.VAT, "a VAT number", "give it with its country prefix, such as FR83404833048", numbers.VAT)
	case p.Country != "SE" && p.Country != "NO" && p.Country != "FR":
	case s.carrier && p.Country != "FR" && (s.field != nextCompany || p.Country == "SE"):
		f.add(s.field+".vat", "Trackdéchets knows foreign parties by their VAT number", "give it with its country prefix, such as SE556000016701")
	}
}

// contact checks the person whom a registry may ask.
func (f *faults) contact(s declaredParty) {
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

// emitter checks that French companies are at both ends of a BSDD.
func (f *faults) emitter(b batch) {
	first, ok := b.route.Leg(b.bsdd)
	if !ok {
		return
	}
	if b.unsigned() && blank(b.Producer.Address) {
		f.add("producer.address", "there is no address", "give it, with postcode and town: Trackdéchets does not have it")
	}
	if country := first.HandsOver.Country; country != "FR" && b.Origin != sluss.ForeignShip {
		field := first.HandsOver.Path + ".country"
		if first.Number > 1 && first.Consignor == nil { // the transporter of the leg before hands over
			field = at("legs", b.bsdd-1, "consignor")
		}
		f.add(field, fmt.Sprintf("the BSDD must start with a company in France, not in %q", country), "name the French establishment that hands the waste over")
	}
	if b.Receiver.Country != "FR" {
		f.add("receiver.country", fmt.Sprintf("the receiver on a BSDD must be a company in France, not in %q", b.Receiver.Country), "name the French establishment that treats the waste")
	}
}
