package autosys

// Dimensions are in millimetres; 0 is absent.
type Dimensions struct {
	Width             int `json:"bredde"`
	Height            int `json:"hoyde"`
	Length            int `json:"lengde"`
	LoadLength        int `json:"lengdeInnvendigLasteplan"`
	MaximumWidth      int `json:"maksimalBredde"`
	MaximumHeight     int `json:"maksimalHoyde"`
	MaximumLength     int `json:"maksimalLengde"`
	MaximumLoadLength int `json:"maksimalLengdeInnvendigLasteplan"`
}

// Axles are all axles, in groups.
type Axles struct {
	Groups      []AxleGroup `json:"akselGruppe"`
	Count       *int        `json:"antallAksler"`
	DriveJoined Code        `json:"forbindelseMellomDrivaksler"`
}

// AxleGroup is one or several axles that share a load.
type AxleGroup struct {
	Axles                AxleList `json:"akselListe"`
	ID                   *int     `json:"id"`
	Place                string   `json:"plasseringAkselGruppe"`
	Kerb                 *Kg      `json:"egenvektAkselGruppe"`
	KerbMaximum          *Kg      `json:"egenvektAkselGruppeMaks"`
	KerbMinimum          *Kg      `json:"egenvektAkselGruppeMin"`
	ShareOfTotalMaximum  *Kg      `json:"fordelingAvTillattTotalvektAkselGruppeMaks"`
	ShareOfTotalMinimum  *Kg      `json:"fordelingAvTillattTotalvektAkselGruppeMin"`
	TechnicalMaximum     *Kg      `json:"tekniskTillattAkselGruppeLast"`
	TechnicalMaximumRoad *Kg      `json:"tekniskTillattAkselGruppeLastVeg"`
}

// AxleList holds the axles of a group.
type AxleList struct {
	Axles []Axle `json:"aksel"`
}

// Axle is one axle; distances are millimetres.
type Axle struct {
	ID                       *int64 `json:"id"`
	Place                    string `json:"plasseringAksel"`
	Wheels                   *int   `json:"antallHjul"`
	Driven                   bool   `json:"drivAksel"`
	Steered                  bool   `json:"styreAksel"`
	Braked                   bool   `json:"bremseAksel"`
	Loadable                 bool   `json:"belastbar"`
	Liftable                 bool   `json:"loftbar"`
	AirSprung                bool   `json:"luftfjaering"`
	ToNext                   *int   `json:"avstandTilNesteAksling"`
	ToNextMaximum            *int   `json:"maksAvstandTilNesteAksling"`
	ToNextMinimum            *int   `json:"minAvstandTilNesteAksling"`
	Track                    *int   `json:"sporvidde"`
	TrackMaximum             *int   `json:"maksimalSporvidde"`
	TrackMinimum             *int   `json:"minimalSporvidde"`
	Kerb                     *Kg    `json:"egenvektAksel"`
	KerbMaximum              *Kg    `json:"egenvektAkselMaks"`
	KerbMinimum              *Kg    `json:"egenvektAkselMin"`
	ShareOfTotalMaximum      *Kg    `json:"fordelingAvTillattTotalvektAkselMaks"`
	ShareOfTotalMinimum      *Kg    `json:"fordelingAvTillattTotalvektAkselMin"`
	TechnicalMaximum         *Kg    `json:"tekniskTillattAkselLast"`
	TechnicalMaximumElevated *Kg    `json:"tekniskTillattAkselLastForhoyet"`
	TechnicalMaximumRoad     *Kg    `json:"tekniskTillattAkselLastVeg"`
}

// Brakes are the brakes and what they are joined to the trailer's by.
type Brakes struct {
	ABS               bool     `json:"abs"`
	System            string   `json:"bremsesystem"`
	Rear              string   `json:"driftsbremsBak"`
	Front             string   `json:"driftsbremsForan"`
	TrailerConnection []string `json:"tilhengerBremseforbindelse"`
	MeterLinePressure *float64 `json:"trykkMeterledningTilhengerkopling"`
	Connection1       *float64 `json:"trykktilsluttning1"`
	Connection2       *float64 `json:"trykktilsluttning2"`
}

// Tyres are the combinations of tyres and rims that are approved.
type Tyres struct {
	Combinations []TyreCombination `json:"akselDekkOgFelgKombinasjon"`
	Sidecar      SidecarTyre       `json:"dekkOgFelgSidevogn"`
}

// TyreCombination is one set of tyres for all axles.
type TyreCombination struct {
	Axles        []Tyre `json:"akselDekkOgFelg"`
	TractorTotal *Kg    `json:"tillattTotalvektTraktor"`
}

// Tyre is the tyre of one axle.
type Tyre struct {
	Axle            *int64 `json:"akselId"`
	LoadCode        string `json:"belastningskodeDekk"`
	TractorLoadCode string `json:"belastningskodeDekkTraktor"`
	Size            string `json:"dekkdimensjon"`
	Rim             string `json:"felgdimensjon"`
	SpeedCode       string `json:"hastighetskodeDekk"`
	Offset          string `json:"innpress"`
	TractorMaximum  *Kg    `json:"tillattAkselLastTraktor"`
	Twin            bool   `json:"tvilling"`
}

// SidecarTyre is the tyre of a motorcycle's sidecar.
type SidecarTyre struct {
	LoadCode  string `json:"belastningskodeDekkSidevogn"`
	Size      string `json:"dekkdimensjonSidevogn"`
	Rim       string `json:"felgdimensjonSidevogn"`
	SpeedCode string `json:"hastighetskodeDekkSidevogn"`
	Offset    string `json:"innpressSidevogn"`
}

// Hitch holds the couplings for trailers.
type Hitch struct {
	Couplings []Coupling `json:"kopling"`
}

// Coupling is one coupling; distances are millimetres. D, S, U and V are its ratings, in the units of its papers.
type Coupling struct {
	Type                     Code     `json:"type"`
	TypeApproval             string   `json:"eftype"`
	Manufacturer             string   `json:"fabrikantKopling"`
	Model                    string   `json:"handelsbetegnelseKopling"`
	FromFront                *int     `json:"avstandFremstePktTilSenterKopling"`
	ToRear                   *int     `json:"avstandSenterKoplingTilBakerstePkt"`
	ToFirstAxle              *int     `json:"avstandSenterKoplingTilForsteAksel"`
	FromLastAxle             *int     `json:"avstandSisteAkselTilSenterKopling"`
	LastAxleToKingpinMaximum *int     `json:"avstandSisteAkselTilKingpinMaks"`
	LastAxleToKingpinMinimum *int     `json:"avstandSisteAkselTilKingpinMin"`
	D                        *float64 `json:"belastningDverdi"`
	S                        *float64 `json:"belastningSverdi"`
	U                        *float64 `json:"belastningUverdi"`
	V                        *float64 `json:"belastningVverdi"`
	VerticalMaximum          *int     `json:"belastningLoddrettMaks"`
	HorizontalMaximum        *int     `json:"belastningVannrettMaks"`
}
