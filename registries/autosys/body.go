package autosys

// General names the make and model.
type General struct {
	Makes       []Make                `json:"merke"`
	Models      []string              `json:"handelsbetegnelse"`
	Type        string                `json:"typebetegnelse"`
	Category    Code                  `json:"tekniskKode"`
	SubCategory Code                  `json:"tekniskUnderkode"`
	Makers      Aside[[]Manufacturer] `json:"fabrikant"`
	Completed   string                `json:"ferdigbyggetEllerEndretSomFolger"` // how it was completed or changed
	ExemptFrom  string                `json:"unntakFra"`
}

// Make is a vehicle's make.
type Make struct {
	Name string `json:"merke"`
	Code string `json:"merkeKode"`
}

// Manufacturer is who made the vehicle, and who speaks for them.
type Manufacturer struct {
	Name                  string `json:"fabrikantNavn"`
	Address               string `json:"fabrikantAdresse"`
	Representative        string `json:"fabrikantRepresentantNavn"`
	RepresentativeAddress string `json:"fabrikantRepresentantAdresse"`
}

// Body is the bodywork. ApprovedForADR is free text of the registry.
type Body struct {
	Type           Code   `json:"karosseritype"`
	Superstructure Code   `json:"pabyggsKode"`
	ApprovedForADR string `json:"godkjentADR"`

	Kind                 string        `json:"karosseriArt"`
	BuiltOnChassis       string        `json:"oppbygningUnderstellsnummer"`
	TemperatureRegulated bool          `json:"temperaturregulertSkap"`
	HydraulicLift        bool          `json:"hydrauliskLoft"`
	BusCategory          string        `json:"bussKategori"`
	Doors                Aside[[]int]  `json:"antallDorer"`
	DoorDesign           []string      `json:"dorUtforming"`
	DoorPlaces           Code          `json:"plasseringAvDorer"`
	Colours              Aside[[]Code] `json:"rFarge"`
	FrameColour          string        `json:"fargeFjar"`
	DrivingSide          string        `json:"kjoringSide"`
	Steering             string        `json:"styremekanismeArt"`
	ReversibleSeat       bool          `json:"vendbarForerplass"`
	RearOverhang         Aside[int]    `json:"overhengBak"`              // mm
	HubToWingRear        Aside[int]    `json:"avstandNavSkjermbueBak"`   // mm
	HubToWingFront       Aside[int]    `json:"avstandNavSkjermbueForan"` // mm
	BeltAnchors          string        `json:"forankringSikkerhetsseler"`
	Belts                string        `json:"sikkerhetsseler"`
	RollOverProtection   string        `json:"forervern"`
	RollBar              string        `json:"forervernBoyle"`
	PassengerHandle      string        `json:"passasjerHandtak"`
	PlateTypeRear        Code          `json:"kjennemerketypeBak"`
	PlateSizeRear        Code          `json:"kjennemerkestorrelseBak"`
	PlateTypeFront       Code          `json:"kjennemerketypeForan"`
	PlateSizeFront       Code          `json:"kjennemerkestorrelseForan"`
	PlateTypeLeft        Code          `json:"kjennemerketypeVenstre"`
	PlateSizeLeft        Code          `json:"kjennemerkestorrelseVenstre"`
	MakersPlatePlaces    Aside[[]Code] `json:"plasseringFabrikasjonsplate"`
	TuningPlatePlace     string        `json:"plasseringMerkeplateTrimming"`
	ChassisNumberPlaces  Aside[[]Code] `json:"plasseringUnderstellsnummer"`
}

// Persons is room for people; 0 is absent or none.
type Persons struct {
	Stretchers      int      `json:"bareplasser"`
	Wheelchairs     int      `json:"rullestolplasser"`
	Seats           SeatList `json:"sitteplassListe"`
	SeatsFront      int      `json:"sitteplasserForan"`
	SeatsDown       int      `json:"sitteplasserNede"`
	SeatsUp         int      `json:"sitteplasserOppe"`
	SeatsStanding   int      `json:"sitteplasserStillstand"` // that may be used at a standstill only
	SeatsTotal      int      `json:"sitteplasserTotalt"`
	SeatsAsVanClass int      `json:"sitteplasserTotaltSomVarebilKlasse2"`
	StandingPlaces  int      `json:"staplasser"`
}

// SeatList holds the seats one by one.
type SeatList struct {
	Seats []Seat `json:"sitteplass"`
}

// Seat is one seat and what protects who sits there; an end-of-life vehicle's airbags must be made harmless.
type Seat struct {
	Row           *int   `json:"rad"`
	Position      string `json:"posisjon"`
	ForceLimiter  bool   `json:"beltekraftbegrenser"`
	BeltTensioner bool   `json:"beltestrammer"`
	FrontAirbag   bool   `json:"frontairbag"`
	CurtainAirbag bool   `json:"hodegardinairbag"`
	KneeAirbag    bool   `json:"kneairbag"`
	SideAirbag    bool   `json:"sideairbag"`
}

// OtherData is a technical field that the registry has no place of its own for.
type OtherData struct {
	Index *int   `json:"datafeltIndeks"`
	Name  string `json:"datafeltNavn"`
	Value string `json:"datafeltVerdi"`
}
