package trackdechets

import (
	"fmt"

	"sluss"
	"sluss/registries/numbers"
)

// dealer is a trader or a broker on the wire; its receipt is the register's to
// fill in.
type dealer struct {
	Company company `json:"company"`
}

type ecoOrganisme struct {
	SIRET text `json:"siret"`
	Name  text `json:"name"`
}

// associate is a party on the BSDD that never holds the waste, with its path in
// the declaration.
type associate struct {
	party sluss.Party
	path  string
	part  Part
}

// PartIntermediary is the part of who may follow a BSDD, for which no profile is
// wanted.
const PartIntermediary Part = "intermediary"

// associates are the French traders and brokers of the batch's deals, its
// éco-organisme and its intermediaries.
func (d document) associates() (all []associate) {
	for i, deal := range d.Declaration.Deals {
		part := PartTrader
		if deal.Trader.Role == sluss.Broker {
			part = PartBroker
		}
		if deal.Trader.Country == "FR" {
			all = append(all, associate{deal.Trader, fmt.Sprintf("deals.%d.trader", i), part})
		}
	}
	for i, p := range d.Declaration.Intermediaries {
		part := PartIntermediary
		if p.Role == sluss.EcoOrganisme {
			part = PartOrganisme
		}
		all = append(all, associate{p, fmt.Sprintf("intermediaries.%d", i), part})
	}
	return all
}

// associate puts them on the BSDD. What the declaration has no more is taken
// off.
func (d document) associate(input *formInput) {
	input.Intermediaries = []company{}
	for _, a := range d.associates() {
		switch a.part { //nolint:exhaustive // the others hold the waste
		case PartTrader:
			input.Trader = &dealer{companyOf(a.party)}
		case PartBroker:
			input.Broker = &dealer{companyOf(a.party)}
		case PartOrganisme:
			input.EcoOrganisme = &ecoOrganisme{SIRET: text(a.party.ID), Name: text(a.party.Name)}
		case PartIntermediary:
			input.Intermediaries = append(input.Intermediaries, companyOf(a.party))
		}
	}
}

// label is how the register's messages begin that are about a part.
func (p Part) label() string {
	switch p { //nolint:exhaustive // the others hold the waste
	case PartTrader:
		return "négociant"
	case PartBroker:
		return "courtier"
	case PartOrganisme:
		return "éco-organisme"
	case PartIntermediary:
		return "intermédiaires"
	default:
		return ""
	}
}

// person tells that the emitter is a private individual, and ship that it is a
// foreign ship: neither can sign, so the register does when the BSDD is sealed.
func (d document) person() bool {
	return d.first == 1 && d.Declaration.Legs[0].Consignor == nil && d.Declaration.Origin == sluss.Household
}

func (d document) ship() bool {
	return d.first == 1 && d.Declaration.Legs[0].Consignor == nil && d.Declaration.Origin == sluss.ForeignShip
}

// emitted is who hands the waste over, as the register wants it.
func (d document) emitted() emitterInput {
	input := emitterInput{
		Type: d.emitterType(), WorkSite: d.workSite(), Company: companyOf(d.emitter()),
		IsPrivateIndividual: d.person(), IsForeignShip: d.ship(),
	}
	switch {
	case d.person():
		input.Company.SIRET, input.Company.VATNumber, input.Company.Contact = "", "", ""
	case d.ship():
		input.Company.SIRET, input.Company.VATNumber, input.Company.OMINumber = "", "", text(d.emitter().ID)
	}
	return input
}

// emitterComplete is what must be known of the emitter.
func (i *inspection) emitterComplete() {
	emitter := i.emitter()
	switch {
	case i.person():
		i.about(labelEmitter, emitter.Name == "", "nom et prénom")
		i.about(labelEmitter, emitter.Address == "", "adresse")
	case i.ship():
		i.complete(labelEmitter, emitter)
	default:
		i.established(labelEmitter, emitter)
	}
}

// accompanied is how the associates are written, and complete if the BSDD is to
// be sealed.
func (i *inspection) accompanied(sealed bool) {
	for _, a := range i.associates() {
		told := func(broken bool, words string) {
			if broken {
				i.add(companyReason(a.path, words))
			}
		}
		told(!numbers.IsSIRET(a.party.ID, i.sandbox), "n'est pas un siret")
		if !sealed {
			continue
		}
		told(a.party.Name == "", "nom de l'entreprise")
		if a.part == PartOrganisme {
			continue
		}
		told(a.party.Address == "", "adresse")
		told(a.party.Contact.Name == "", "contact")
		told(a.party.Contact.Phone == "", "téléphone")
		told(a.party.Contact.Email == "", "email")
	}
}
