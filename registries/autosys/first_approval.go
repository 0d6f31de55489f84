package autosys

// FirstApproval is the approval with which the vehicle came into the registry (forstegangsGodkjenning).
type FirstApproval struct {
	ID           string      `json:"godkjenningsId"`
	Kind         Code        `json:"godkjenningsundertype"`
	ValidFrom    Date        `json:"gyldigFraDato"`
	ValidMoment  Moment      `json:"gyldigFraDatoTid"`
	Registered   Date        `json:"forstegangRegistrertDato"`
	DateQuality  Code        `json:"kvalitetskodeForstegangRegDato"`
	UsedImport   UsedImport  `json:"bruktimport"`
	Customs      Customs     `json:"fortollingOgMva"`
	TaxFreeBuild TaxFree     `json:"oppbygdMedAvgiftsfritak"`
	Exceptions   []Exception `json:"unntak"`
}

// UsedImport is a vehicle's life abroad. Kilometres are those at import, and the only mileage of the registry.
type UsedImport struct {
	Country    ImportCountry `json:"importland"`
	Kilometres *int          `json:"kilometerstand"`
	Plate      string        `json:"tidligereUtenlandskKjennemerke"`
	CardNumber string        `json:"tidligereUtenlandskVognkortNummer"`
}

// ImportCountry is a country by name and code.
type ImportCountry struct {
	Name string `json:"landNavn"`
	Code string `json:"landkode"`
}

// Customs is how customs and value-added tax were settled.
type Customs struct {
	OtherReference string `json:"annenReferanse"`
	Description    string `json:"beskrivelse"`
	Document       string `json:"dokumentreferanse"`
	Reference      string `json:"fortollingsreferanse"`
	Line           *int   `json:"linje"`
}

// TaxFree is a vehicle built of others without tax.
type TaxFree struct {
	Archive  []string   `json:"arkivreferanse"`
	Parts    []Identity `json:"delekjoretoy"`
	Replaced Identity   `json:"erstattetKjoretoy"`
}

// Identity names another vehicle.
type Identity struct {
	KUID    string          `json:"kuid"`
	Chassis ChassisIdentity `json:"understellsbasertId"`
}

// ChassisIdentity is a chassis number with its make, for numbers that several makes have.
type ChassisIdentity struct {
	Make    string `json:"merkekode"`
	Chassis string `json:"understellsnummer"`
}

// Exception is a rule that the vehicle need not meet.
type Exception struct {
	Exception Code `json:"unntak"`
}

// Requirement is a rule, and how the vehicle meets it.
type Requirement struct {
	Area       Code `json:"kravomrade"`
	Fulfilment Code `json:"kravoppfyllelse"`
}

// ApprovalCorrection is a change of an approval after it was given.
type ApprovalCorrection struct {
	Corrected bool     `json:"godkjenningErKorrigert"`
	Effective Date     `json:"virkningsdato"`
	Fields    []string `json:"felterEndret"`
}

// TypeApproval is the EU type approval of the vehicle's model.
type TypeApproval struct {
	Text    string             `json:"typegodkjenningNrTekst"`
	Number  TypeApprovalNumber `json:"typegodkjenningnummer"`
	Variant string             `json:"variant"`
	Version string             `json:"versjon"`
}

// TypeApprovalNumber is the number of an EU type approval in its parts.
type TypeApprovalNumber struct {
	Directive string `json:"direktiv"`
	Country   string `json:"land"`
	Series    string `json:"serie"`
	Extension string `json:"utvidelse"`
}

// NationalApproval is the number of a Norwegian type approval.
type NationalApproval struct {
	Year   string `json:"nasjonaltGodkjenningsAr"`
	Number string `json:"nasjonaltGodkjenningsHovednummer"`
	Sub    string `json:"nasjonaltGodkjenningsUndernummer"`
}

// AnimalTransport is an approval to carry animals.
type AnimalTransport struct {
	Renewal       bool     `json:"fornyelse"`
	FloorArea     *float64 `json:"gulvareal"` // the registry names no unit
	Horses        Code     `json:"hestetransporttype"`
	CeilingHeight *int     `json:"takhoyde"`
}

// DrivingSchool is an approval to teach driving.
type DrivingSchool struct {
	Licences Code `json:"forekortklasser"`
	Kind     Code `json:"larevogn"`
}
