// Package autosys speaks with the Norwegian vehicle register, Autosys, through its single query (enkeltoppslag):
// one vehicle by plate or chassis number.
//
// The wire types hold what Sluss uses of the register's answer. Every field of the register is optional: an absent
// one is the zero value, or nil where a zero could be meant. Fields and codes that the register adds later are
// passed over, so whoever needs the whole answer keeps its bytes.
package autosys

// Response is the body of a 200 (KjoretoydataResponse).
type Response struct {
	Message  string    `json:"feilmelding"`
	Vehicles []Vehicle `json:"kjoretoydataListe"`
}

// Vehicle is one hit (EnkeltOppslagKjoretoydata). A short chassis number can have several.
type Vehicle struct {
	ID                VehicleID         `json:"kjoretoyId"`
	FirstRegistration FirstRegistration `json:"forstegangsregistrering"`
	Plates            []PlateEntry      `json:"kjennemerke"`
	Registration      Registration      `json:"registrering"`
	Approval          Approval          `json:"godkjenning"`
	Inspection        Inspection        `json:"periodiskKjoretoyKontroll"`
}

// VehicleID is the identity that the register answers with. Plate stands there with a space, as "CU 10149", and
// may be the personal plate that was asked for; KUID is absent in the public answers.
type VehicleID struct {
	Plate   string `json:"kjennemerke"`
	Chassis string `json:"understellsnummer"`
	KUID    string `json:"kuid"`
}

// FirstRegistration is when the vehicle came on Norwegian plates.
type FirstRegistration struct {
	InNorway Date `json:"registrertForstegangNorgeDato"`
}

// PlateEntry is one of the vehicle's plates. Category is KJORETOY (ordinary), NORMAL, PERSONLIG or PROVE.
type PlateEntry struct {
	Plate    string `json:"kjennemerke"`
	Category string `json:"kjennemerkekategori"`
	Type     Code   `json:"kjennemerketype"`
	From     Moment `json:"fomTidspunkt"`
	To       Moment `json:"tilTidspunkt"`
}

// Code is an entry of one of the register's code lists (Kode). Decide on Value only: Name and Description come
// and go, and new values appear without notice.
type Code struct {
	Value       string `json:"kodeVerdi"`
	Name        string `json:"kodeNavn"`
	Description string `json:"kodeBeskrivelse"`
}

// Values of Registration.Status. Only a registered vehicle may be on the road.
const (
	StatusRegistered   = "REGISTRERT"
	StatusDeregistered = "AVREGISTRERT" // for a time; an owner is still attached
	StatusUnregistered = "UREGISTRERT"  // not yet registered for the first time
	StatusExported     = "UTFORT"       // finally de-registered by export
	StatusScrapped     = "VRAKET"       // finally de-registered by scrapping; Registration.From tells when
)

// Registration is the state of the vehicle in the register.
type Registration struct {
	Status            Code   `json:"registreringsstatus"`
	Use               Code   `json:"kjoringensArt"`
	From              Moment `json:"fomTidspunkt"`
	To                Moment `json:"tilTidspunkt"`
	DeregisteredSince Moment `json:"avregistrertSidenDato"` // with StatusDeregistered only
	Industry          string `json:"neringskode"`
}

// Inspection is the periodic inspection (PKK). An empty Due means no duty or no data, and never "valid". It stays
// as it was when the vehicle is de-registered or scrapped: look at the status first.
type Inspection struct {
	Due          Date `json:"kontrollfrist"`
	LastApproved Date `json:"sistGodkjent"`
}

// Approval is everything that the vehicle is approved for.
type Approval struct {
	Remarks      []Remark             `json:"kjoretoymerknad"`
	Restrictions Restrictions         `json:"registreringsbegrensninger"`
	Technical    TechnicalApproval    `json:"tekniskGodkjenning"`
	Additional   []AdditionalApproval `json:"tilleggsgodkjenninger"`
}

// Remark is a note of the register; most goods vehicles carry one that kerb weight and payload are a guide only.
type Remark struct {
	Text string `json:"merknad"`
	Type string `json:"merknadtypeKode"`
}

// Restrictions are limits of the registration: AMBULANSE, MILITAR, PROTOTYPE, UTRYKNING.
type Restrictions struct {
	Codes []Code `json:"registreringsbegrensning"`
}

// TechnicalApproval is the approval of the vehicle as built.
type TechnicalApproval struct {
	Classification Classification `json:"kjoretoyklassifisering"`
	Data           TechnicalData  `json:"tekniskeData"`
}

// Classification holds the vehicle category: N1, N2, N3, O3, O4 and others, each with its G (off-road) variant.
type Classification struct {
	Description string `json:"beskrivelse"`
	Category    Code   `json:"tekniskKode"`
	SubCategory Code   `json:"tekniskUnderkode"`
	Tax         Code   `json:"kjoretoyAvgiftsKode"`
	Marks       string `json:"spesielleKjennetegn"`
}

// TechnicalData is what Sluss uses of tekniskeData.
type TechnicalData struct {
	Weights Weights `json:"vekter"`
	General General `json:"generelt"`
	Drive   Drive   `json:"motorOgDrivverk"`
	Body    Body    `json:"karosseriOgLasteplan"`
}

// General names the make and model.
type General struct {
	Makes    []Make   `json:"merke"`
	Models   []string `json:"handelsbetegnelse"`
	Type     string   `json:"typebetegnelse"`
	Category Code     `json:"tekniskKode"`
}

// Make is a vehicle's make.
type Make struct {
	Name string `json:"merke"`
	Code string `json:"merkeKode"`
}

// Body is what Sluss uses of the bodywork. ApprovedForADR is free text of the register.
type Body struct {
	Type           Code   `json:"karosseritype"`
	Superstructure Code   `json:"pabyggsKode"`
	ApprovedForADR string `json:"godkjentADR"`
}

// Drive is how the vehicle is driven. HybridCategory is INGEN, LADBAR or IKKE_LADBAR.
type Drive struct {
	Engines        []Engine `json:"motor"`
	OnlyElectric   bool     `json:"utelukkendeElektriskDrift"`
	Hybrid         bool     `json:"hybridElektriskKjoretoy"`
	HybridCategory Code     `json:"hybridKategori"`
}

// Engine is one motor; that of a hybrid has two fuels.
type Engine struct {
	Fuels []Fuel `json:"drivstoff"`
}

// Fuel is what an engine runs on: 1 petrol, 2 diesel, 5 electric, 6 hydrogen and others.
type Fuel struct {
	Code Code `json:"drivstoffKode"`
}
