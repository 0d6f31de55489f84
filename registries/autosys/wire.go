// Package autosys speaks with the Norwegian vehicle registry, Autosys, through its single query (enkeltoppslag):
// one vehicle by plate or chassis number.
//
// The wire types hold every field that the registry has published. All of them are optional: an absent one is the
// zero value, or nil where a zero could be meant. Fields and codes that the registry adds later are passed over, so
// whoever needs the whole answer keeps its bytes, as the exchanges of this client do.
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

// VehicleID is the identity that the registry answers with. Plate stands there with a space, as "CU 10149", and
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

// Code is an entry of one of the registry's reference data (Kode). Decide on Value only: Name and Description come
// and go, and new values appear without notice.
type Code struct {
	Value       string   `json:"kodeVerdi"`
	Name        string   `json:"kodeNavn"`
	Description string   `json:"kodeBeskrivelse"`
	List        string   `json:"kodeTypeId"`
	Former      []string `json:"tidligereKodeVerdi"`
}

// Values of Registration.Status. Only a registered vehicle may be on the road.
const (
	StatusRegistered   = "REGISTRERT"
	StatusDeregistered = "AVREGISTRERT" // for a time; an owner is still attached
	StatusUnregistered = "UREGISTRERT"  // not yet registered for the first time
	StatusExported     = "UTFORT"       // finally de-registered by export
	StatusScrapped     = "VRAKET"       // finally de-registered by scrapping; Registration.From tells when
)

// Registration is the state of the vehicle in the registry.
type Registration struct {
	Status            Code             `json:"registreringsstatus"`
	Use               Code             `json:"kjoringensArt"`
	From              Moment           `json:"fomTidspunkt"`
	To                Moment           `json:"tilTidspunkt"`
	DeregisteredSince Moment           `json:"avregistrertSidenDato"` // with StatusDeregistered only
	OwnedSince        Moment           `json:"registrertForstegangPaEierskap"`
	Industry          string           `json:"neringskode"`
	IndustryName      string           `json:"neringskodeBeskrivelse"`
	WeightTax         Aside[WeightTax] `json:"vektarsavgiftOppgittGrunnlag"`
}

// WeightTax is what the owner has stated for the yearly tax by weight.
type WeightTax struct {
	TrailerAxles *int `json:"antallAkslerTilhenger"`
	TrailerTotal *Kg  `json:"totalvektTilhenger"`
}

// Inspection is the periodic inspection (PKK). An empty Due means no duty or no data, and never "valid". It stays
// as it was when the vehicle is de-registered or scrapped: look at the status first.
type Inspection struct {
	Due          Date `json:"kontrollfrist"`
	LastApproved Date `json:"sistGodkjent"`
}

// Approval is everything that the vehicle is approved for.
type Approval struct {
	First        Aside[FirstApproval] `json:"forstegangsGodkjenning"`
	Remarks      []Remark             `json:"kjoretoymerknad"`
	Restrictions Restrictions         `json:"registreringsbegrensninger"`
	Technical    TechnicalApproval    `json:"tekniskGodkjenning"`
	Additional   []AdditionalApproval `json:"tilleggsgodkjenninger"`
}

// Remark is a note of the registry; most goods vehicles carry one that kerb weight and payload are a guide only.
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
	ID             string                    `json:"godkjenningsId"`
	Kind           Code                      `json:"godkjenningsundertype"`
	ValidFrom      Date                      `json:"gyldigFraDato"`
	ValidMoment    Moment                    `json:"gyldigFraDatoTid"`
	Correction     Aside[ApprovalCorrection] `json:"korreksjon"`
	Requirements   Aside[[]Requirement]      `json:"krav"`
	Exceptions     Aside[[]Exception]        `json:"unntak"`
	Classification Classification            `json:"kjoretoyklassifisering"`
	Data           TechnicalData             `json:"tekniskeData"`
}

// Classification holds the vehicle category: N1, N2, N3, O3, O4 and others, each with its G (off-road) variant.
type Classification struct {
	Description string                  `json:"beskrivelse"`
	Category    Code                    `json:"tekniskKode"`
	SubCategory Code                    `json:"tekniskUnderkode"`
	Tax         Code                    `json:"kjoretoyAvgiftsKode"`
	Marks       string                  `json:"spesielleKjennetegn"`
	AsApproved  bool                    `json:"iSamsvarMedTypegodkjenning"`
	EU          Aside[TypeApproval]     `json:"efTypegodkjenning"`
	National    Aside[NationalApproval] `json:"nasjonalGodkjenning"`
}

// TechnicalData is the vehicle as built (tekniskeData).
type TechnicalData struct {
	Weights     Weights            `json:"vekter"`
	General     General            `json:"generelt"`
	Drive       Drive              `json:"motorOgDrivverk"`
	Body        Body               `json:"karosseriOgLasteplan"`
	Axles       Aside[Axles]       `json:"akslinger"`
	Brakes      Aside[Brakes]      `json:"bremser"`
	Tyres       Aside[Tyres]       `json:"dekkOgFelg"`
	Dimensions  Aside[Dimensions]  `json:"dimensjoner"`
	Environment Aside[Environment] `json:"miljodata"`
	Persons     Aside[Persons]     `json:"persontall"`
	Hitch       Aside[Hitch]       `json:"tilhengerkopling"`
	Others      Aside[[]OtherData] `json:"ovrigeTekniskeData"`
}
