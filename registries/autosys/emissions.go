package autosys

// Environment is what the vehicle consumes and emits.
type Environment struct {
	InnovationSaving *float64    `json:"co2BesparelsePgaOkoInnovasjon"`
	EuroClass        Code        `json:"euroKlasse"`
	ExhaustSilencer  string      `json:"lyddemperUtblas"`
	Fuels            []Emissions `json:"miljoOgdrivstoffGruppe"` // the registry's own spelling
	EcoInnovation    bool        `json:"okoInnovasjon"`
	InnovationKind   string      `json:"typeOkoInnovasjon"`
}

// Emissions are those with one fuel.
type Emissions struct {
	Fuel         Code          `json:"drivstoffKodeMiljodata"`
	Measurements []Measurement `json:"forbrukOgUtslipp"`
	Noise        Noise         `json:"lyd"`
}

// Measurement is one set of measured values, by the older cycles. Units are in the registry's names: mg or g, per km
// or kWh; consumption in litres per 10 km, CO₂ in g/km and electricity in Wh/km by their sizes.
type Measurement struct {
	Method      Code   `json:"malemetode"`
	OtherMethod string `json:"malemetodeAnnen"`

	ConsumptionMixed *float64 `json:"forbrukBlandetKjoring"`
	ConsumptionTown  *float64 `json:"forbrukBykjoring"`
	ConsumptionRoad  *float64 `json:"forbrukLandeveiskjoring"`
	Electricity      *int     `json:"elEnergiforbruk"`
	RangeKm          *int     `json:"rekkeviddeKm"`
	CO2Mixed         *float64 `json:"co2BlandetKjoring"`
	CO2Town          *float64 `json:"co2Bykjoring"`
	CO2Road          *float64 `json:"co2Landeveiskjoring"`
	WeightedFuel     *float64 `json:"vektetKombinertDrivstoff"`
	WeightedCO2      *int     `json:"vektetKombinertDrivstoffCO2"`

	COPercent       *float64 `json:"coProsent"`
	COPerKWh        *float64 `json:"utslippCOgPrKWh"`
	COPerKm         *float64 `json:"utslippCOmgPrKm"`
	HCPerKWh        *float64 `json:"utslippHCgPrKWh"`
	HCPerMinute     *float64 `json:"utslippHCgPrMin"`
	HCPerKm         *float64 `json:"utslippHCmgPrKm"`
	HCAndNOxPerKm   *float64 `json:"utslippHCogNOxMgPrKm"`
	NMHCPerKm       *float64 `json:"utslippNMHCmgPrKm"`
	THCPerKm        *float64 `json:"utslippTHCmgPrKm"`
	THCAndNOxPerKm  *float64 `json:"utslippTHCogNOxMgPrKm"`
	NOxPerKWh       *float64 `json:"utslippNOxGPrKWh"`
	NOxPerKm        *float64 `json:"utslippNOxMgPrKm"`
	Absorption      *float64 `json:"utslippKorrigertAbsorpsjonskoeffisient"`
	ParticleCount   *float64 `json:"antallPartikler"`
	ParticlesPerKm  *float64 `json:"utslippPartikkelAntallPrKm"`
	ParticlesPerKWh *float64 `json:"utslippPartiklerGPrKWh"`
	ParticleMass    *float64 `json:"utslippPartiklerMgPrKm"`
	FactoryFilter   bool     `json:"partikkelfilterFabrikkmontert"`
	FilterEmission  bool     `json:"partikkelfilterUtslipp"`

	WLTP       WLTP `json:"wltpKjoretoyspesifikk"`
	WLTPHigh   WLTP `json:"wltpTypegodkjenningMaks"`
	WLTPMedium WLTP `json:"wltpTypegodkjenningMedium"`
	WLTPLow    WLTP `json:"wltpTypegodkjenningMin"`
}

// WLTP is a set of values by the cycle of 2017, with those of the cycle before it (NEDC) that were computed from them.
type WLTP struct {
	CO2Low               *float64 `json:"co2Lav"`
	CO2Medium            *float64 `json:"co2Middels"`
	CO2High              *float64 `json:"co2Hoy"`
	CO2ExtraHigh         *float64 `json:"co2EkstraHoy"`
	CO2Combined          *float64 `json:"co2Kombinert"`
	CO2Weighted          *float64 `json:"co2VektetKombinert"`
	ConsumptionLow       *float64 `json:"forbrukLav"`
	ConsumptionMedium    *float64 `json:"forbrukMiddels"`
	ConsumptionHigh      *float64 `json:"forbrukHoy"`
	ConsumptionExtraHigh *float64 `json:"forbrukEkstraHoy"`
	ConsumptionCombined  *float64 `json:"forbrukKombinert"`
	ConsumptionWeighted  *float64 `json:"forbrukVektetKombinert"`
	RangeMixedKm         *int     `json:"rekkeviddeKmBlandetkjoring"`
	RangeTownKm          *int     `json:"rekkeviddeKmBykjoring"`
	Electricity          *int     `json:"elEnergiforbruk"`
	NEDCConsumptionTown  *float64 `json:"nedcForbrukBykjoring"`
	NEDCConsumptionRoad  *float64 `json:"nedcForbrukLandeveiskjoring"`
	NEDCConsumptionMixed *float64 `json:"nedcForbrukBlandetKjoring"`
	NEDCCO2Town          *float64 `json:"nedcCo2BykjoringGPrKm"`
	NEDCCO2Road          *float64 `json:"nedcCo2LandeveiskjoringGPrKm"`
	NEDCCO2Mixed         *float64 `json:"nedcCo2BlandetKjoringGPrKm"`
	NEDCCO2Weighted      *float64 `json:"nedcVektetKombinertDrivstoffCo2"`
	NEDCWeighted         *float64 `json:"nedcVektetKombinertDrivstoff"`
	NEDCElectricity      *int     `json:"nedcEnergiforbruk"`
	NEDCRangeKm          *int     `json:"nedcRekkeviddeKm"`
	RoadLoad0            *float64 `json:"veilastkoeffisientf0"`
	RoadLoad1            *float64 `json:"veilastkoeffisientf1"`
	RoadLoad2            *float64 `json:"veilastkoeffisientf2"`
	TestMass             *float64 `json:"testmasse"` // kg
	FrontalArea          *float64 `json:"frontalareal"`
}

// Noise is in decibels, 0 absent.
type Noise struct {
	Inside     int  `json:"innvendigStoyniva"`
	Driving    int  `json:"kjorestoy"`
	Standing   int  `json:"standstoy"`
	StatedBy   Code `json:"stoyMalingOppgittAv"`
	AtRevsAMin int  `json:"vedAntallOmdreininger"`
}
