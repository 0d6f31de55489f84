package avfallsregistret

import "sluss"

// remedy is what to do about a fault, in English and in Swedish.
type remedy struct{ english, swedish string }

// uncatalogued is what to do about a code that the catalogue does not have.
var uncatalogued = remedy{
	"ask the registry what it means, or report in its own web service and withdraw this filing",
	"fråga registret vad den betyder, eller rapportera i dess egen e-tjänst och dra tillbaka denna rapport",
}

// remedies are named in codes.tsv and by the aspects of places.
var remedies = map[string]remedy{
	"unknown-error": {
		"find out whether the registry took the note before it is sent again; the tracking id helps the registry to look",
		"ta reda på om registret tog emot anteckningen innan den skickas igen; spårnings-id:t hjälper registret att leta",
	},
	"unnamed": {
		"an engineer must look at the recorded call; or report in the registry's own web service and withdraw this filing",
		"en tekniker måste titta på det sparade anropet; eller rapportera i registrets egen e-tjänst och dra tillbaka denna rapport",
	},
	"asked": {
		"an engineer must look: the call itself was wrong, not the data, and nothing was taken",
		"en tekniker måste titta: själva anropet var fel, inte uppgifterna, och ingenting togs emot",
	},
	"sent-always": {
		"an engineer must look: the event gives it, and it is sent in every note of this kind",
		"en tekniker måste titta: händelsen ger den, och den skickas i varje anteckning av detta slag",
	},
	"by-register": {
		"the registry sets it, nobody can mend it here: file again, and ask the registry if it comes back",
		"registret sätter den, ingen kan rätta den här: rapportera igen, och fråga registret om felet kommer tillbaka",
	},
	"old-name": {
		"no note has this field any more, the registry speaks of previous and new holder now: check both, and ask the registry if they are right",
		"ingen anteckning har längre detta fält, registret talar nu om tidigare och ny innehavare: kontrollera båda, och fråga registret om de stämmer",
	},
	"web-service": {
		"the code is of the registry's web service and Sluss sends no such data: ask the registry, or report there and withdraw this filing",
		"koden hör till registrets e-tjänst och Sluss skickar inga sådana uppgifter: fråga registret, eller rapportera där och dra tillbaka denna rapport",
	},
	"supervision": {
		"the code is of the registry's administration and supervision and Sluss sends no such data: ask the registry",
		"koden hör till registrets administration och tillsyn och Sluss skickar inga sådana uppgifter: fråga registret",
	},

	"certificate": {
		"an operator must mend the reporter in the configuration: reporter.id must be the organisation number in the certificate, and that of the application",
		"en driftansvarig måste rätta reporter i konfigurationen: reporter.id ska vara organisationsnumret i certifikatet, och applikationens",
	},
	"agent.id": {
		"an operator must mend reporter.id in the configuration: the organisation number of the certificate, ten digits without hyphen",
		"en driftansvarig måste rätta reporter.id i konfigurationen: certifikatets organisationsnummer, tio siffror utan bindestreck",
	},
	"agent.name": {
		"an operator must mend reporter.name in the configuration: letters, digits and . , ? : - / ( ) & + ', at most 250",
		"en driftansvarig måste rätta reporter.name i konfigurationen: bokstäver, siffror och . , ? : - / ( ) & + ', högst 250",
	},
	"agent.contact": {
		"an operator must mend reporter.contact.name in the configuration: letters and , - . : ', at most 250",
		"en driftansvarig måste rätta reporter.contact.name i konfigurationen: bokstäver och , - . : ', högst 250",
	},
	"agent.email": {
		"an operator must mend reporter.contact.email in the configuration: one e-mail address",
		"en driftansvarig måste rätta reporter.contact.email i konfigurationen: en e-postadress",
	},
	"agent.phone": {
		"an operator must mend reporter.contact.phone in the configuration: a number such as 0701234567 or +46701234567",
		"en driftansvarig måste rätta reporter.contact.phone i konfigurationen: ett nummer som 0701234567 eller +46701234567",
	},
	"no-agent": {
		"an operator must mend reporter.id in the configuration: to the registry the reporting party is the reporter itself, which then is no agent",
		"en driftansvarig måste rätta reporter.id i konfigurationen: för registret är verksamhetsutövaren själv rapportör, och då inget ombud",
	},

	"party": {
		"give the organisation number, ten digits without hyphen, or the VAT number of a company abroad",
		"ange organisationsnumret, tio siffror utan bindestreck, eller ett utländskt företags VAT-nummer",
	},
	"special": {
		"name the company or person that it really was: the registry keeps this number for special cases",
		"ange det företag eller den person som det verkligen var: registret har detta nummer för särskilda fall",
	},
	"name": {
		"use letters, digits and . , ? : - / ( ) & + ', at most 250",
		"använd bokstäver, siffror och . , ? : - / ( ) & + ', högst 250",
	},
	"contact": {
		"give a name of letters and , - . : ', at most 250",
		"ange ett namn med bokstäver och , - . : ', högst 250",
	},
	"email": {"give one e-mail address", "ange en e-postadress"},
	"phone": {
		"give a number such as 0701234567 or +46701234567",
		"ange ett nummer som 0701234567 eller +46701234567",
	},
	"event": {
		"the time is that of the event and nobody can correct it here: if it is right, report in the registry's own web service and withdraw this filing",
		"tiden är händelsens och ingen kan rätta den här: om den stämmer, rapportera i registrets egen e-tjänst och dra tillbaka denna rapport",
	},
	"deal": {
		"give the moment of the deal with its zone, such as 2026-11-23T08:00:00+01:00, not in the future",
		"ange affärens tidpunkt med tidszon, som 2026-11-23T08:00:00+01:00, inte i framtiden",
	},
	"reference": {
		"the reference names the batch for ever: declare it anew under another one",
		"referensen är partiets namn för alltid: deklarera det på nytt med en annan",
	},

	"waste-code": {
		"give a code of six digits that the registry's list of waste has today",
		"ange en kod med sex siffror som finns i registrets avfallslista i dag",
	},
	"mass": {
		"give kilograms above 0 with at most three decimals",
		"ange kilogram, mer än 0 och med högst tre decimaler",
	},
	"preceding": {
		"an engineer must look: the id comes from the note before this one",
		"en tekniker måste titta: id:t kommer från anteckningen före denna",
	},
	"mode": {
		"use " + sluss.OneOf(sluss.Modes()),
		"använd road (väg), rail (järnväg), sea (sjö), air (flyg), inland-waterway (inlandssjöfart) eller pipeline (rörledning)",
	},
	"establishment": {
		"give the CFAR number that Statistics Sweden has for this workplace, eight digits; or clear the field if there is none, then the address is told instead",
		"ange det CFAR-nummer som SCB har för arbetsstället, åtta siffror; eller töm fältet om det saknas, då anges adressen i stället",
	},

	"place": {
		"give the municipality, and with it address and postcode, or position, or establishment; abroad the country",
		"ange kommunen, och därtill adress och postnummer, eller position, eller arbetsställe; utomlands landet",
	},
	"address": {
		"give address and postcode, or position, or establishment",
		"ange adress och postnummer, eller position, eller arbetsställe",
	},
	"address-text": {
		"write the address with letters, digits and . , ? : - / ( ) & + ', at most 250",
		"skriv adressen med bokstäver, siffror och . , ? : - / ( ) & + ', högst 250",
	},
	"postcode": {"give five digits", "ange fem siffror"},
	"municipality": {
		"give the four digits of Statistics Sweden, such as 0180 for Stockholm (also of a place abroad, if the registry insists)",
		"ange SCB:s fyra siffror, som 0180 för Stockholm (även för en plats utomlands, om registret kräver det)",
	},
	"description": {
		"use letters, digits and plain punctuation, at most 1000, or clear it",
		"använd bokstäver, siffror och vanliga skiljetecken, högst 1000, eller töm fältet",
	},
	"northing": {
		"give SWEREF 99 TM in whole metres: seven digits",
		"ange SWEREF 99 TM i hela meter: sju siffror",
	},
	"easting": {
		"give SWEREF 99 TM in whole metres: six digits",
		"ange SWEREF 99 TM i hela meter: sex siffror",
	},
	"country": {
		"give two capital letters of ISO 3166-1, such as DK; a place in Sweden is named by its municipality",
		"ange två stora bokstäver ur ISO 3166-1, som DK; en plats i Sverige anges med sin kommun",
	},
	"no-country": {
		"name a place in Sweden by its municipality and the country SE; of a place abroad give the country, without address, position and establishment",
		"ange en plats i Sverige med dess kommun och landet SE; av en plats utomlands landet, utan adress, position och arbetsställe",
	},

	"treatment": {
		"give a code of the registry's list: R1 to R13 or D1 to D15",
		"ange en kod ur registrets lista: R1 till R13 eller D1 till D15",
	},
	"sub-code": {
		"give the letter that the registry's list of treatments has under this code, or none where it has none",
		"ange den bokstav som registrets lista över behandlingsmetoder har under koden, eller ingen om den inte har någon",
	},
	"repeated": {"name each treatment once", "ange varje behandling en gång"},
	"result": {
		"give kilograms above 0 with at most three decimals for what is no longer hazardous, or for materials and products, or both",
		"ange kilogram, mer än 0 och med högst tre decimaler, för det som inte längre är farligt, eller för material och produkter, eller båda",
	},
	"oil": {
		"give kilograms above 0 with at most three decimals: this type of recovery result asks for it",
		"ange kilogram, mer än 0 och med högst tre decimaler: denna typ av återvinningsresultat kräver det",
	},
	"not-of-type": {
		"clear the field: it does not belong to this type of recovery result, or choose the type that it belongs to",
		"töm fältet: det hör inte till denna typ av återvinningsresultat, eller välj den typ som det hör till",
	},
	"recovery-type": {
		"give a code of two digits of the registry's list of recovery results, and only for waste oil",
		"ange en kod med två siffror ur registrets lista över återvinningsresultat, och bara för spillolja",
	},
	"specification": {
		"say in at most 100 letters, digits and plain punctuation what the recovery is",
		"skriv med högst 100 bokstäver, siffror och vanliga skiljetecken vad återvinningen består i",
	},
	"year": {
		"give a year from 2020 to this one, four digits",
		"ange ett år från 2020 till i år, fyra siffror",
	},
	"quarter": {"give 1, 2, 3 or 4", "ange 1, 2, 3 eller 4"},

	"note-id": {
		"take the waste id from the newest receipt of the note: only the party that it was reported for and its reporter know it",
		"ta avfalls-id:t från anteckningens senaste kvitto: bara den som det rapporterades för och dess rapportör känner till det",
	},
	"newest": {
		"look at the note's newest version first, and correct that one if it is still wrong",
		"se först på anteckningens senaste version, och rätta den om den fortfarande är fel",
	},
	"other-kind": {
		"annul the note as one of the wrong type, and report anew with the right one: a correction cannot change the type",
		"makulera anteckningen som fel anteckningstyp, och rapportera på nytt med rätt typ: en rättelse kan inte byta typ",
	},
}
