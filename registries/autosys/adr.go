package autosys

// AdditionalApproval is a supplementary approval (tilleggsgodkjenning). It is one for dangerous goods if
// Specific.ADR is there: the value of Type is not documented. Whether the registry gives ADR data out through this
// query is not known either, and packaged waste does not as such need a vehicle approval (ADR 9.1), so its absence
// is no refusal.
type AdditionalApproval struct {
	Type         Code                      `json:"godkjenningstype"`
	From         Date                      `json:"godkjentFra"`
	To           Date                      `json:"godkjentTil"`
	FromMoment   Moment                    `json:"godkjentFraDatoTid"`
	ToMoment     Moment                    `json:"godkjentTilDatoTid"`
	Specific     SpecificApproval          `json:"tilleggsgodkjenningSpesifikkeData"`
	Correction   Aside[ApprovalCorrection] `json:"korreksjon"`
	Requirements Aside[[]Requirement]      `json:"krav"`
}

// SpecificApproval is what one kind of supplementary approval has to say.
type SpecificApproval struct {
	ADR     *ADRApproval           `json:"adrGodkjenning"` // nil: an approval for something else
	Animals Aside[AnimalTransport] `json:"dyretransportGodkjenning"`
	School  Aside[DrivingSchool]   `json:"larevognGodkjenning"`
}

// ADRApproval is an approval for dangerous goods. Types are those of ADR 9.1 as far as known: EX/II, EX/III, FL,
// AT, MEMU. The carrier is personal data where it is a person.
type ADRApproval struct {
	Certificate      string   `json:"adrAttestnummer"`
	Types            []string `json:"adrTypeKode"`
	ExplosivesFor    string   `json:"adrEX2EX3GodkjentGods"`
	Closed           bool     `json:"adrKjoretoyLukket"`
	NationalRules    bool     `json:"adrNasjonaleKrav"` // valid in Norway only
	EarlierRules     bool     `json:"adrTidligereBestemmelser"`
	Superstructure   Code     `json:"adrPabyggTypeKode"`
	Protection       Code     `json:"adrBeskyttelseOverLastbarerKode"`
	EnduranceBrake   string   `json:"adrTilleggsbremsEffekt"`
	NoEnduranceBrake bool     `json:"adrTilleggsbremsIkkeAktuelt"`
	SwapBody         string   `json:"adrVekselbyggID"`
	SwapBodyFrom     string   `json:"adrVekselbyggIDFra"`
	SwapBodyTo       string   `json:"adrVekselbyggIDTil"`
	Remarks          string   `json:"adrAnmerkninger"`
	Tank             *Tank    `json:"adrTankTekniskeData"` // nil: no fixed tank
	Carrier          string   `json:"adrTransportorNavn"`
	CarrierAddress   string   `json:"adrTransportorAdresse"`
	CarrierTown      string   `json:"adrTransportorPostnrSted"`
}

// Tank is the tank of an approved vehicle.
type Tank struct {
	Code              string          `json:"adrTankKode"`  // ADR tank code, as LGBF
	Volume            *int            `json:"adrTankVolum"` // the registry names no unit; litres by its size
	Compartments      *int            `json:"adrTankAntallRom"`
	Division          TankDivision    `json:"adrTankInndeling"`
	Manufacturer      string          `json:"adrTankFabrikat"`
	SerialNumber      string          `json:"adrTankSerienummer"`
	Built             *int            `json:"adrTankProduksjonsAr"` // year
	ApprovalNumber    string          `json:"adrTankGodkjenningsnummer"`
	Goods             []ApprovedGoods `json:"adrTankGodkjentGods"`
	Demountable       bool            `json:"adrTankLos"`
	Cofferdam         bool            `json:"adrTankKofferdam"`
	NextLeakTest      Date            `json:"adrTankNesteTetthetsproveDato"`
	NextPressureTest  Date            `json:"adrTankNesteTrykkproveDato"`
	SpecialProvisions string          `json:"adrTankSpesielleBestemmelser"`
	MovedFrom         string          `json:"adrTankOverflyttetFra"`
}

// TankDivision holds the volume of each compartment.
type TankDivision struct {
	Volumes []int `json:"adrTankInndelingVolum"`
}

// ApprovedGoods is what a tank may carry: named goods, or all that its tank code allows.
type ApprovedGoods struct {
	For        string `json:"adrTankGodkjentFor"`
	ByTankCode bool   `json:"adrTankStofferIhhtTankkode"`
}
