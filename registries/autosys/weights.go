package autosys

// Kg is a weight in whole kilograms.
type Kg int

// Weights are all weights of the registry (vekter). Nil is absent; Train is sometimes 0 where it is not known.
// Kerb and Payload are a guide only, and Payload is not always Total less Kerb less a driver of 75 kg.
type Weights struct {
	Kerb        *Kg `json:"egenvekt"`
	KerbMinimum *Kg `json:"egenvektMinimum"`
	KerbMaximum *Kg `json:"egenvektMaksimum"`
	KerbHitch   *Kg `json:"egenvektTilhengerkopling"`
	Payload     *Kg `json:"nyttelast"`

	Total                  *Kg `json:"tillattTotalvekt"`
	TechnicalTotal         *Kg `json:"tekniskTillattTotalvekt"`
	TechnicalTotalRoad     *Kg `json:"tekniskTillattTotalvektVeg"`
	TechnicalTotalElevated *Kg `json:"tekniskTillattForhoyetTotalvekt"`

	Train         *Kg           `json:"tillattVogntogvekt"`
	TrainRoad     *Kg           `json:"tillattVogntogvektVeg"`
	TrainByBrakes []BrakedTrain `json:"vogntogvektAvhBremsesystem"`

	BrakedTrailer        *Kg `json:"tillattTilhengervektMedBrems"`
	UnbrakedTrailer      *Kg `json:"tillattTilhengervektUtenBrems"`
	TechnicalFullTrailer *Kg `json:"tekniskTillattVektPahengsvogn"`
	TechnicalSemitrailer *Kg `json:"tekniskTillattVektSemitilhenger"`
	TowedVehicle         *Kg `json:"tillattVektSlepevogn"`
	VerticalHitchLoad    *Kg `json:"tillattVertikalKoplingslast"`
	Roof                 *Kg `json:"tillattTaklast"`
	SidecarWheel         *Kg `json:"tillattHjulLastSidevogn"`

	FrontAndWheels string `json:"frontOgHjulVekter"` // free text
}

// BrakedTrain is the train weight that a kind of brakes allows.
type BrakedTrain struct {
	Brakes string `json:"bremseType"`
	Train  *Kg    `json:"vogntogvekt"`
}
