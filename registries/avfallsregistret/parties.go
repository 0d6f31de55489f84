package avfallsregistret

import (
	"fmt"
	"regexp"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

// vatNumber is the form of VAT number that the registry accepts for a party
// abroad.
var vatNumber = regexp.MustCompile(`^[A-Z]{2}[0-9A-Za-z]{5,12}$`)

// orgnr is a Swedish organisation number as ten digits. A text that is none is
// returned unchanged.
func orgnr(text string) string {
	if plain, err := numbers.Swedish(text); err == nil {
		return plain
	}
	return text
}

// party is the number that identifies a party at the registry: the organisation
// number of a Swedish party, the VAT number of any other. A party abroad without a
// VAT number cannot be sent: ten digits from another country would name a Swedish
// company.
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
		Message: "the Swedish registry identifies a party abroad by its VAT number, and there is none",
		Remedy:  "give the VAT number with its country prefix, such as FR40000000029",
	})
	return ""
}

// What the registry accepts for a previous holder that has no number.
const (
	unknownHolder = "OKÄND"
	households    = "KOMMUN"
)

// holder is the number of the party that hands the waste over at the start of a
// leg. If that is a producer without a number (a household, or unknown), it is the
// registry's word for the origin.
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
		case sluss.ForeignShip: // only on a BSDD
		}
	}
	return w.party(field, holder.Party, holder.Path)
}

// place gives a place in exactly one of the registry's five ways. The first of
// these that the declaration holds is used: the CFAR number, if the registry
// checks it for this field (where the waste arises, where a leg ends, where it was
// last handled); the address; the position; the CFAR number in other fields; the
// municipality alone. A place abroad is given by its country. Its municipality is
// added if there is one, since the schema of the contract requires it.
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

// tenDigits is the form of number that the registry accepts for a Swedish party.
var tenDigits = regexp.MustCompile(`^\d{10}$`)

func checkReporter(p sluss.Party) (faults []error) {
	if _, err := numbers.Swedish(p.ID); err != nil {
		faults = append(faults, fmt.Errorf("reporter.id: %q is not an organisation number (%w): give the ten digits in the certificate", p.ID, err))
	}
	for _, must := range []struct{ name, value string }{
		{"name", p.Name}, {"contact.name", p.Contact.Name}, {"contact.phone", p.Contact.Phone}, {"contact.email", p.Contact.Email},
	} {
		if strings.TrimSpace(must.value) == "" {
			faults = append(faults, fmt.Errorf("reporter.%s: is missing: the registry requires it if the reporter is an agent", must.name))
		}
	}
	return faults
}
