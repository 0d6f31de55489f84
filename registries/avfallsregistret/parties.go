package avfallsregistret

import (
	"fmt"
	"regexp"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

// vatNumber is what the registry takes for the VAT number of a party abroad.
var vatNumber = regexp.MustCompile(`^[A-Z]{2}[0-9A-Za-z]{5,12}$`)

// orgnr is a Swedish number in ten digits; one that is none stays as it is.
func orgnr(text string) string {
	if plain, err := numbers.Swedish(text); err == nil {
		return plain
	}
	return text
}

// party is the number that the registry knows a party by: the organisation
// number of a Swedish one, else the VAT number. One abroad without a VAT number
// cannot be sent: ten digits of another country would name a Swedish company.
func (w *writer) party(field string, p sluss.Party, path string) string {
	w.fields[field] = path + ".id"
	if p.Country == "SE" {
		return orgnr(p.ID)
	}
	w.fields[field] = path + ".vat"
	for _, number := range []string{p.VAT, p.ID} {
		if number = strings.ReplaceAll(number, " ", ""); vatNumber.MatchString(number) {
			return number
		}
	}
	w.reasons = append(w.reasons, sluss.Reason{
		Field:   path + ".vat",
		Message: "the Swedish registry knows a party abroad by its VAT number only, and there is none",
		Remedy:  "give the VAT number with its country prefix, such as FR40000000029",
	})
	return ""
}

// The registry's words for a previous holder who has no number.
const (
	unknownHolder = "OKÄND"
	households    = "KOMMUN"
)

// holder is who hands the waste over at the start of a leg. Where that is the
// producer and no company known by number, it is a word for its origin.
func (w *writer) holder(leg int) string {
	const field = "tidigareInnehavare"
	d := w.content.Declaration
	holder := d.Route()[leg-1].HandsOver
	if holder.Path == "producer" {
		w.fields[field] = "origin"
		switch d.Origin {
		case sluss.Household:
			return households
		case sluss.UnknownOrigin:
			return unknownHolder
		case sluss.ForeignShip: // of a BSDD only
		}
	}
	return w.party(field, holder.Party, holder.Path)
}

// place words a place in exactly one of the registry's ways, the most certain
// first: the CFAR number where the registry has a rule for it (where the waste
// arises, ends a leg or was last handled), else address, position, CFAR number,
// municipality alone. Of a place abroad it is the country; a municipality is
// sent along if there is one, as the contract's schema would have it.
func (w *writer) place(field string, p sluss.Place, path string) plats {
	w.fields[field], w.places[field] = path, p
	if p.Country != "SE" {
		return plats{Land: p.Country, Kommunkod: p.Municipality}
	}
	where := plats{Kommunkod: p.Municipality}
	switch checked := places[field].establishment; {
	case checked && p.Establishment != "":
		where.CfarNR = p.Establishment
	case p.Address != "" || p.Postcode != "":
		where.Adress = &adress{Adressrad: p.Address, Postnummer: strings.ReplaceAll(p.Postcode, " ", "")}
	case p.Position != nil:
		where.Koordinat = &koordinat{Nposition: p.Position.Northing, Eposition: p.Position.Easting, Beskrivning: p.Position.Description}
	default:
		where.CfarNR = p.Establishment
	}
	return where
}

// tenDigits are what the registry takes for a Swedish party.
var tenDigits = regexp.MustCompile(`^\d{10}$`)

func checkReporter(p sluss.Party) (faults []error) {
	if _, err := numbers.Swedish(p.ID); err != nil {
		faults = append(faults, fmt.Errorf("reporter.id: %q is not an organisation number (%w): give the ten digits in the certificate", p.ID, err))
	}
	for _, must := range []struct{ name, value string }{
		{"name", p.Name}, {"contact.name", p.Contact.Name}, {"contact.phone", p.Contact.Phone}, {"contact.email", p.Contact.Email},
	} {
		if strings.TrimSpace(must.value) == "" {
			faults = append(faults, fmt.Errorf("reporter.%s: is missing: the registry wants it wherever the reporter is an agent", must.name))
		}
	}
	return faults
}
