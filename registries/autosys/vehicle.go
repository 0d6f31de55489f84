// Package autosys asks the Norwegian vehicle registry, Autosys, about one vehicle by plate or chassis number (its
// single query, enkeltoppslag), and gives the verdict on the vehicles of a load.
package autosys

import (
	"fmt"
	"time"
)

// Vehicle is the part of one hit (EnkeltOppslagKjoretoydata) that a clearance reads. Every field is optional: an
// absent one is the zero value, or nil if zero has a meaning. Everything else that the registry publishes is skipped
// and kept in Found.Raw, so a field that is added, dropped or changed there cannot break a verdict.
type Vehicle struct {
	ID           VehicleID    `json:"kjoretoyId"`
	Plates       []PlateEntry `json:"kjennemerke"`
	Registration Registration `json:"registrering"`
	Approval     Approval     `json:"godkjenning"`
	Inspection   Inspection   `json:"periodiskKjoretoyKontroll"`
}

// VehicleID is the identity that the registry answers with. Plate is written with a space, as "CU 10149", and may be
// the personal plate that was asked for.
type VehicleID struct {
	Plate   string `json:"kjennemerke"`
	Chassis string `json:"understellsnummer"`
}

// PlateEntry is one of the vehicle's plates. Category is KJORETOY (ordinary), NORMAL, PERSONLIG or PROVE.
type PlateEntry struct {
	Plate    string `json:"kjennemerke"`
	Category string `json:"kjennemerkekategori"`
	Type     Code   `json:"kjennemerketype"`
	From     Moment `json:"fomTidspunkt"`
	To       Moment `json:"tilTidspunkt"` // empty: the vehicle has the plate still
}

// Code is the value of an entry (Kode) in one of the registry's code lists. New values appear without notice. Names
// and descriptions, which come and go, are not read.
type Code struct {
	Value string `json:"kodeVerdi"`
}

// Values of Registration.Status. Only a registered vehicle may be on the road.
const (
	StatusRegistered   = "REGISTRERT"
	StatusDeregistered = "AVREGISTRERT" // temporarily; an owner is still attached
	StatusUnregistered = "UREGISTRERT"  // not yet registered for the first time
	StatusExported     = "UTFORT"       // permanently de-registered by export
	StatusScrapped     = "VRAKET"       // permanently de-registered by scrapping, at Registration.From
)

// Registration is the state of the vehicle in the registry.
type Registration struct {
	Status            Code   `json:"registreringsstatus"`
	From              Moment `json:"fomTidspunkt"`
	To                Moment `json:"tilTidspunkt"`
	DeregisteredSince Moment `json:"avregistrertSidenDato"` // with StatusDeregistered only
}

// Inspection is the periodic inspection (PKK). An empty Due means that there is no duty or no data; it never means
// "valid". Due is unchanged after the vehicle is de-registered or scrapped, so look at the status first.
type Inspection struct {
	Due Date `json:"kontrollfrist"`
}

// Approval is what the vehicle is approved for.
type Approval struct {
	Restrictions Restrictions         `json:"registreringsbegrensninger"`
	Technical    TechnicalApproval    `json:"tekniskGodkjenning"`
	Additional   []AdditionalApproval `json:"tilleggsgodkjenninger"`
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
	Category    Code `json:"tekniskKode"`
	SubCategory Code `json:"tekniskUnderkode"`
}

// TechnicalData describes the vehicle as built.
type TechnicalData struct {
	Weights Weights `json:"vekter"`
	Drive   Drive   `json:"motorOgDrivverk"`
	Body    Body    `json:"karosseriOgLasteplan"`
}

// Weights are the weights that a load is compared with. Nil is absent; the registry writes 0 for some that it does
// not know. Kerb and Payload are approximate, and Payload is not always Total less Kerb less a driver of 75 kg.
type Weights struct {
	Kerb                 *Kg `json:"egenvekt"`
	Payload              *Kg `json:"nyttelast"`
	Total                *Kg `json:"tillattTotalvekt"`
	Train                *Kg `json:"tillattVogntogvekt"` // as built
	TrainRoad            *Kg `json:"tillattVogntogvektVeg"`
	BrakedTrailer        *Kg `json:"tillattTilhengervektMedBrems"`
	TechnicalSemitrailer *Kg `json:"tekniskTillattVektSemitilhenger"`
}

// Kg is a weight in whole kilograms.
type Kg int

// Drive is how the vehicle is driven. HybridCategory is INGEN, LADBAR or IKKE_LADBAR.
type Drive struct {
	Engines        []Engine `json:"motor"`
	OnlyElectric   bool     `json:"utelukkendeElektriskDrift"`
	Hybrid         bool     `json:"hybridElektriskKjoretoy"`
	HybridCategory Code     `json:"hybridKategori"`
}

// Engine is one motor. The motor of a hybrid has two fuels.
type Engine struct {
	Fuels []Fuel `json:"drivstoff"`
}

// Fuel is what an engine runs on: 1 petrol, 2 diesel, 5 electric, 6 hydrogen and others.
type Fuel struct {
	Code Code `json:"drivstoffKode"`
}

// Body is the bodywork. ApprovedForADR is free text of the registry.
type Body struct {
	Type           Code   `json:"karosseritype"`
	ApprovedForADR string `json:"godkjentADR"`
}

// AdditionalApproval is a supplementary approval (tilleggsgodkjenning). It concerns dangerous goods if Specific.ADR is
// not nil: the code of its type is not documented. Nor is it known whether the registry gives out ADR data through
// this query, and packaged waste as such needs no approved vehicle (ADR 9.1), so a missing approval is no refusal.
type AdditionalApproval struct {
	From     Date             `json:"godkjentFra"`
	To       Date             `json:"godkjentTil"`
	ToMoment Moment           `json:"godkjentTilDatoTid"`
	Specific SpecificApproval `json:"tilleggsgodkjenningSpesifikkeData"`
}

// SpecificApproval is the part of a supplementary approval that depends on its kind.
type SpecificApproval struct {
	ADR *ADRApproval `json:"adrGodkjenning"` // nil: an approval for something else
}

// ADRApproval is an approval for dangerous goods. Types are those of ADR 9.1 as far as known: EX/II, EX/III, FL, AT,
// MEMU.
type ADRApproval struct {
	Types         []string `json:"adrTypeKode"`
	NationalRules bool     `json:"adrNasjonaleKrav"`    // valid in Norway only
	Tank          *Tank    `json:"adrTankTekniskeData"` // nil: no fixed tank
}

// Tank is the tank of an approved vehicle.
type Tank struct {
	Code             string          `json:"adrTankKode"` // ADR tank code, as LGBF
	Goods            []ApprovedGoods `json:"adrTankGodkjentGods"`
	NextLeakTest     Date            `json:"adrTankNesteTetthetsproveDato"`
	NextPressureTest Date            `json:"adrTankNesteTrykkproveDato"`
}

// ApprovedGoods is what a tank may carry: named goods, or everything that its tank code allows.
type ApprovedGoods struct {
	For        string `json:"adrTankGodkjentFor"`
	ByTankCode bool   `json:"adrTankStofferIhhtTankkode"`
}

// Date is a calendar day in Norway as the registry wrote it, YYYY-MM-DD; empty is absent. It is kept as text, so
// that one unreadable date does not make the whole answer unreadable.
type Date string

// Day is the midnight (UTC) that stands for the day. It fails if the date is absent or unreadable.
func (d Date) Day() (time.Time, error) {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}, fmt.Errorf("date from the vehicle registry: %w", err)
	}
	return day, nil
}

// Moment is a point in time as the registry wrote it, Oslo time with offset; empty is absent.
type Moment string

// Time is the moment, in the offset that it was written with. It fails if the moment is absent or unreadable.
func (m Moment) Time() (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, string(m))
	if err != nil {
		return time.Time{}, fmt.Errorf("time from the vehicle registry: %w", err)
	}
	return at, nil
}
