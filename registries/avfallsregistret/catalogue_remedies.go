package avfallsregistret

import "sluss"

// remedy is what to do about a fault, in English and in Swedish.
type remedy struct{ english, swedish string }

// uncatalogued is what to do about a code that is not in the catalogue.
var uncatalogued = remedy{
	"ask the registry what it means, or report in its own web service and withdraw this filing",
	"fråga registret vad den betyder, eller rapportera i dess egen e-tjänst och dra tillbaka denna rapport",
}

// remedies are referred to by name in codes.tsv and in aspects.
var remedies = map[string]remedy{
	"unknown-error": {
		"find out whether the registry accepted the note before it is sent again; the registry can search by the tracking id",
		"ta reda på om registret tog emot anteckningen innan den skickas igen; spårnings-id:t hjälper registret att leta",
	},
	"unnamed": {
		"ask an engineer to look at the recorded call; or report in the registry's own web service and withdraw this filing",
		"en tekniker måste titta på det sparade anropet; eller rapportera i registrets egen e-tjänst och dra tillbaka denna rapport",
	},
	"asked": {
		"ask an engineer to look: the call itself was wrong, not the data, and nothing was filed",
		"en tekniker måste titta: själva anropet var fel, inte uppgifterna, och ingenting togs emot",
	},
	"sent-always": {
		"ask an engineer to look: the value comes from the event, and it is sent in every note of this kind",
		"en tekniker måste titta: händelsen ger den, och den skickas i varje anteckning av detta slag",
	},
	"by-registry": {
		"the registry sets it, so it cannot be corrected here: file again, and ask the registry if the fault comes back",
		"registret sätter den, ingen kan rätta den här: rapportera igen, och fråga registret om felet kommer tillbaka",
	},
	"old-name": {
		"notes no longer have this field; the registry now uses previous and new holder: check both, and ask the registry if they are right",
		"ingen anteckning har längre detta fält, registret talar nu om tidigare och ny innehavare: kontrollera båda, och fråga registret om de stämmer",
	},
	"web-service": {
		"the code belongs to the registry's web service, and Sluss sends no such data: ask the registry, or report there and withdraw this filing",
		"koden hör till registrets e-tjänst och Sluss skickar inga sådana uppgifter: fråga registret, eller rapportera där och dra tillbaka denna rapport",
	},
	"supervision": {
		"the code belongs to the registry's administration and supervision, and Sluss sends no such data: ask the registry",
		"koden hör till registrets administration och tillsyn och Sluss skickar inga sådana uppgifter: fråga registret",
	},

	"certificate": {
		"ask an operator to correct the reporter in the configuration: reporter.id must be the organisation number of the certificate and of the application",
		"en driftansvarig måste rätta reporter i konfigurationen: reporter.id ska vara organisationsnumret i certifikatet, och applikationens",
	},
	"agent.id": {
		"ask an operator to correct reporter.id in the configuration: the organisation number of the certificate, ten digits without hyphen",
		"en driftansvarig måste rätta reporter.id i konfigurationen: certifikatets organisationsnummer, tio siffror utan bindestreck",
	},
	"agent.name": {
		"ask an operator to correct reporter.name in the configuration: letters, digits and . , ? : - / ( ) & + ', at most 250",
		"en driftansvarig måste rätta reporter.name i konfigurationen: bokstäver, siffror och . , ? : - / ( ) & + ', högst 250",
	},
	"agent.contact": {
		"ask an operator to correct reporter.contact.name in the configuration: letters and , - . : ', at most 250",
		"en driftansvarig måste rätta reporter.contact.name i konfigurationen: bokstäver och , - . : ', högst 250",
	},
	"agent.email": {
		"ask an operator to correct reporter.contact.email in the configuration: one e-mail address",
		"en driftansvarig måste rätta reporter.contact.email i konfigurationen: en e-postadress",
	},
	"agent.phone": {
		"ask an operator to correct reporter.contact.phone in the configuration: a number such as 0701234567 or +46701234567",
		"en driftansvarig måste rätta reporter.contact.phone i konfigurationen: ett nummer som 0701234567 eller +46701234567",
	},
	"no-agent": {
		"ask an operator to correct reporter.id in the configuration: the registry takes the operator of the note for the reporter itself, so there can be no agent",
		"en driftansvarig måste rätta reporter.id i konfigurationen: för registret är verksamhetsutövaren själv rapportör, och då inget ombud",
	},

	"party": {
		"give the organisation number, ten digits without hyphen, or the VAT number of a company abroad",
		"ange organisationsnumret, tio siffror utan bindestreck, eller ett utländskt företags VAT-nummer",
	},
	"special": {
		"name the actual company or person: the registry reserves this number for special cases",
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
		"correct the time of the event if it is wrong; if it is right, report in the registry's own web service and withdraw this filing",
		"rätta händelsens tid om den är fel; om den stämmer, rapportera i registrets egen e-tjänst och dra tillbaka denna rapport",
	},
	"noted": {
		"correct the time at which it was written down if that is wrong; if it is right, report in the registry's own web service and withdraw this filing",
		"rätta tiden då det antecknades om den är fel; om den stämmer, rapportera i registrets egen e-tjänst och dra tillbaka denna rapport",
	},
	"deal": {
		"give the time of the deal with its zone, such as 2026-11-23T08:00:00+01:00, not in the future",
		"ange affärens tidpunkt med tidszon, som 2026-11-23T08:00:00+01:00, inte i framtiden",
	},
	"reference": {
		"the reference of a batch cannot change: declare the batch anew under another one",
		"referensen är partiets namn för alltid: deklarera det på nytt med en annan",
	},

	"waste-code": {
		"give a code of six digits from the registry's current list of waste",
		"ange en kod med sex siffror som finns i registrets avfallslista i dag",
	},
	"mass": {
		"give kilograms above 0 with at most three decimals",
		"ange kilogram, mer än 0 och med högst tre decimaler",
	},
	"preceding": {
		"ask an engineer to look: the id comes from the note before this one",
		"en tekniker måste titta: id:t kommer från anteckningen före denna",
	},
	"mode": {
		"use " + sluss.OneOf(sluss.Modes()),
		"använd road (väg), rail (järnväg), sea (sjö), air (flyg), inland-waterway (inlandssjöfart) eller pipeline (rörledning)",
	},
	"establishment": {
		"give the CFAR number that Statistics Sweden has for this workplace, eight digits; if there is none, clear the field, and the address is reported instead",
		"ange det CFAR-nummer som SCB har för arbetsstället, åtta siffror; eller töm fältet om det saknas, då anges adressen i stället",
	},

	"place": {
		"give the municipality together with address and postcode, position or establishment; for a place abroad give the country",
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
		"give the four digits of Statistics Sweden, such as 0180 for Stockholm (for a place abroad too, if the registry requires it)",
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
		"name a place in Sweden by its municipality and the country SE; for a place abroad give the country, without address, position or establishment",
		"ange en plats i Sverige med dess kommun och landet SE; av en plats utomlands landet, utan adress, position och arbetsställe",
	},

	"treatment": {
		"give a code from the registry's list: R1 to R13 or D1 to D15",
		"ange en kod ur registrets lista: R1 till R13 eller D1 till D15",
	},
	"sub-code": {
		"give a letter that the registry's list of treatments has under this code, or leave it out if there is none",
		"ange den bokstav som registrets lista över behandlingsmetoder har under koden, eller ingen om den inte har någon",
	},
	"repeated": {"name each treatment once", "ange varje behandling en gång"},
	"result": {
		"give kilograms above 0 with at most three decimals for what is no longer hazardous, or for materials and products, or both",
		"ange kilogram, mer än 0 och med högst tre decimaler, för det som inte längre är farligt, eller för material och produkter, eller båda",
	},
	"oil": {
		"give kilograms above 0 with at most three decimals: this type of recovery result requires it",
		"ange kilogram, mer än 0 och med högst tre decimaler: denna typ av återvinningsresultat kräver det",
	},
	"not-of-type": {
		"clear the field, which does not belong to this type of recovery result; or choose the type that it belongs to",
		"töm fältet: det hör inte till denna typ av återvinningsresultat, eller välj den typ som det hör till",
	},
	"recovery-type": {
		"give a code of two digits from the registry's list of recovery results, for waste oil only",
		"ange en kod med två siffror ur registrets lista över återvinningsresultat, och bara för spillolja",
	},
	"specification": {
		"describe the recovery in at most 100 letters, digits and plain punctuation",
		"skriv med högst 100 bokstäver, siffror och vanliga skiljetecken vad återvinningen består i",
	},
	"year": {
		"give a year from 2020 to this one, four digits",
		"ange ett år från 2020 till i år, fyra siffror",
	},
	"quarter": {"give 1, 2, 3 or 4", "ange 1, 2, 3 eller 4"},

	"note-id": {
		"use the waste id of the newest receipt of the note: the registry accepts it only from the reporting party and its agent",
		"ta avfalls-id:t från anteckningens senaste kvitto: bara den som det rapporterades för och dess rapportör känner till det",
	},
	"newest": {
		"look at the note's newest version first, and correct that one if it is still wrong",
		"se först på anteckningens senaste version, och rätta den om den fortfarande är fel",
	},
	"other-kind": {
		"annul the note as one of the wrong kind, and report anew with the right kind: a correction cannot change the kind",
		"makulera anteckningen som fel anteckningstyp, och rapportera på nytt med rätt typ: en rättelse kan inte byta typ",
	},
}
