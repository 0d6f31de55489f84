package autosys

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"sluss/registries/numbers"
)

// Registration statuses (registreringsstatus). Vehicle.Status also takes any other word, to test unknown codes.
const (
	StatusRegistered   = "REGISTRERT"
	StatusDeregistered = "AVREGISTRERT"
	StatusUnregistered = "UREGISTRERT"
	StatusExported     = "UTFORT"
	StatusScrapped     = "VRAKET"
)

// Vehicle is one vehicle of the simulated registry. All weights are kilograms, all dates YYYY-MM-DD in Oslo.
// Only VIN is required; any other field that is empty is left out of the answer.
type Vehicle struct {
	Plate         string `json:"plate,omitempty"`         // the ordinary plate (KJORETOY), with or without its space
	PersonalPlate string `json:"personalPlate,omitempty"` // kept with its spaces
	VIN           string `json:"vin"`                     // chassis number, 1 to 19 characters
	Shielded      bool   `json:"shielded,omitempty"`      // the registry withholds its data

	Status          string `json:"status,omitempty"`      // REGISTRERT where empty
	StatusSince     string `json:"statusSince,omitempty"` // FirstRegistered where empty
	FirstRegistered string `json:"firstRegistered,omitempty"`

	Category string `json:"category,omitempty"` // tekniskKode: N1, N3, N3G, O4 ...
	Make     string `json:"make,omitempty"`
	Model    string `json:"model,omitempty"`

	KerbKg          int  `json:"kerbKg,omitempty"`
	PayloadKg       *int `json:"payloadKg,omitempty"`
	TotalKg         int  `json:"totalKg,omitempty"`
	TrainKg         *int `json:"trainKg,omitempty"` // the real registry has been seen to write 0
	BrakedTrailerKg int  `json:"brakedTrailerKg,omitempty"`

	Fuels  []string `json:"fuels,omitempty"`  // drivstoffKode: 1 petrol, 2 diesel, 5 electric; two for a hybrid
	Hybrid string   `json:"hybrid,omitempty"` // hybridKategori: INGEN, LADBAR, IKKE_LADBAR

	InspectionDue string `json:"inspectionDue,omitempty"` // empty: no inspection duty
	LastInspected string `json:"lastInspected,omitempty"`

	ADR     *ADR   `json:"adr,omitempty"`
	BodyADR string `json:"bodyADR,omitempty"` // karosseriOgLasteplan.godkjentADR
}

// ADR is a vehicle's approval for dangerous goods (ADR part 9).
type ADR struct {
	Certificate string   `json:"certificate,omitempty"`
	Types       []string `json:"types,omitempty"` // adrTypeKode: EX/II, EX/III, FL, AT, MEMU
	From        string   `json:"from,omitempty"`
	To          string   `json:"to,omitempty"`
	TankCode    string   `json:"tankCode,omitempty"`   // ADR tank code, as LGBF; empty: no tank
	TankLitres  int      `json:"tankLitres,omitempty"` // of all compartments together
	Carrier     string   `json:"carrier,omitempty"`    // adrTransportorNavn
}

// compact strips spaces and hyphens and writes capitals.
func compact(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
}

// check names every fault of the vehicle, by field.
func (v Vehicle) check() error {
	var wrong []error
	if !numbers.IsPlain(numbers.NorwegianChassis, v.VIN) {
		wrong = append(wrong, fmt.Errorf("vin %q: give 1 to 19 capital letters A-Z or digits", v.VIN))
	}
	plate := func(field, value string) {
		if value != "" && !numbers.IsPlain(numbers.NorwegianPlate, compact(value)) {
			wrong = append(wrong, fmt.Errorf("%s %q: give 2 to 7 letters (A-Z, Æ, Ø, Å) or digits", field, value))
		}
	}
	date := func(field, value string) {
		if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
			wrong = append(wrong, fmt.Errorf("%s %q: give a date as YYYY-MM-DD", field, value))
		}
	}
	plate("plate", v.Plate)
	plate("personalPlate", v.PersonalPlate)
	date("statusSince", v.StatusSince)
	date("firstRegistered", v.FirstRegistered)
	date("inspectionDue", v.InspectionDue)
	date("lastInspected", v.LastInspected)
	if v.ADR != nil {
		date("adr.from", v.ADR.From)
		date("adr.to", v.ADR.To)
	}
	return errors.Join(wrong...)
}

// answersTo says whether the vehicle is found under the plate or chassis number that was asked for.
func (v Vehicle) answersTo(by By, asked string, o Options) bool {
	if by == ByVIN {
		return v.VIN == askedForm(asked, o)
	}
	if v.Plate != "" && compact(v.Plate) == askedForm(asked, o) {
		return true
	}
	return v.isPersonal(asked, o)
}

// isPersonal says whether the text that was asked for is the vehicle's personal plate.
func (v Vehicle) isPersonal(asked string, o Options) bool {
	if v.PersonalPlate == "" {
		return false
	}
	if o.PersonalSpaces {
		return v.PersonalPlate == asked
	}
	return compact(v.PersonalPlate) == askedForm(asked, o)
}

func askedForm(asked string, o Options) string {
	if o.Lenient {
		return compact(asked)
	}
	return asked
}

// gone says whether the vehicle is permanently de-registered.
func (v Vehicle) gone() bool { return v.Status == StatusScrapped || v.Status == StatusExported }
