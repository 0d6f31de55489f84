package autosys

// Drive is how the vehicle is driven. HybridCategory is INGEN, LADBAR or IKKE_LADBAR.
type Drive struct {
	Engines        []Engine `json:"motor"`
	OnlyElectric   bool     `json:"utelukkendeElektriskDrift"`
	Hybrid         bool     `json:"hybridElektriskKjoretoy"`
	HybridCategory Code     `json:"hybridKategori"`

	Gears           Aside[*int]        `json:"antallGir"`
	ReverseGears    Aside[*int]        `json:"antallGirBakover"`
	TakeOffPower    Aside[*int]        `json:"effektKraftuttakKW"` // kW
	GearPlace       string             `json:"girPlassering"`
	Gearbox         Code               `json:"girkassetype"`
	Transmission    string             `json:"giroverforingsType"`
	GearRatios      Aside[[]GearRatio] `json:"girutvekslingPrGir"`
	TopSpeeds       Aside[[]int]       `json:"maksimumHastighet"`     // km/h
	TopSpeedsTested Aside[[]int]       `json:"maksimumHastighetMalt"` // km/h
	OBD             bool               `json:"obd"`
	TopGearRatio    Aside[*float64]    `json:"totalUtvekslingHoyesteGir"`
}

// GearRatio is the ratio of one gear.
type GearRatio struct {
	Gear  string `json:"girNummer"`
	Ratio *int   `json:"girutveksling"`
}

// Engine is one motor; that of a hybrid has two fuels.
type Engine struct {
	Fuels []Fuel `json:"drivstoff"`

	Cylinders          Aside[*int] `json:"antallSylindre"`
	CylinderLayout     Code        `json:"sylinderArrangement"`
	Displacement       Aside[*int] `json:"slagvolum"` // cm³ by its size; the registry names no unit
	Principle          Code        `json:"arbeidsprinsipp"`
	Manufacturer       string      `json:"fabrikant"`
	Code               string      `json:"motorKode"`
	Number             string      `json:"motorNummer"`
	MixedFuel          string      `json:"blandingsDrivstoff"`
	Cooling            string      `json:"kjolesystem"`
	ExhaustReturned    bool        `json:"avgassResirkulering"`
	EvaporationControl bool        `json:"fordampningsutslippKontrollSystem"`
	Catalyst           bool        `json:"katalysator"`
	Intercooler        bool        `json:"ladeluftkjoler"`
	AirInjection       bool        `json:"luftInnsproytning"`
	OxygenSensor       bool        `json:"oksygenSensor"`
	Supercharged       bool        `json:"overladet"`
	ParticleFilter     bool        `json:"partikkelfilterMotor"`
}

// Fuel is what an engine runs on: 1 petrol, 2 diesel, 5 electric, 6 hydrogen and others. Power is in kW, speeds of
// the engine in revolutions a minute.
type Fuel struct {
	Code Code `json:"drivstoffKode"`

	PowerToWeight     Aside[*float64] `json:"effektVektForhold"`
	HourPower         Aside[*float64] `json:"maksEffektPrTime"`
	Power             Aside[*float64] `json:"maksNettoEffekt"`
	PowerAtSpeed      Aside[*int]     `json:"maksNettoEffektVedOmdreiningstallMin1"`
	PowerAtSpeedUpper Aside[*int]     `json:"maksNettoEffektVedOmdreiningstallMin1Maks"`
	TopSpeed          Aside[*int]     `json:"maksOmdreining"`
	Voltage           Aside[*float64] `json:"spenning"`
	IdleSpeed         Aside[*int]     `json:"tomgangsOmdreiningstall"`
}
