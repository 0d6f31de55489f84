package avfallsregistret

import "sluss"

// anteckning is what all eight kinds of notes have in common.
type anteckning struct {
	Tidpunkt                                string `json:"tidpunkt"`
	Verksamhetsutovare                      string `json:"verksamhetsutovare"`
	VerksamhetensNamn                       string `json:"verksamhetensNamn"`
	VerksamhetensKontaktpersonNamn          string `json:"verksamhetensKontaktpersonNamn"`
	VerksamhetensKontaktpersonEpost         string `json:"verksamhetensKontaktpersonEpost"`
	VerksamhetensKontaktpersonTelefonnummer string `json:"verksamhetensKontaktpersonTelefonnummer"`
	Ombud                                   string `json:"ombud,omitempty"`
	OmbudetsNamn                            string `json:"ombudetsNamn,omitempty"`
	OmbudetsKontaktpersonNamn               string `json:"ombudetsKontaktpersonNamn,omitempty"`
	OmbudetsKontaktpersonEpost              string `json:"ombudetsKontaktpersonEpost,omitempty"`
	OmbudetsKontaktpersonTelefonnummer      string `json:"ombudetsKontaktpersonTelefonnummer,omitempty"`
	Referens                                string `json:"referens,omitempty"`
	Avfall                                  avfall `json:"avfall"`
}

type avfall struct {
	Kod                string     `json:"kod"`   // six digits
	Mangd              sluss.Mass `json:"mangd"` // kg, exact, never with an exponent
	ForegaendeAvfallID string     `json:"foregaendeAvfallId,omitempty"`
}

// borttransport holds the fields that the three kinds of notes on departing waste
// have in common.
type borttransport struct {
	BorttransportDatum string `json:"borttransportDatum"`
	Transportor        string `json:"transportor"`
	NyInnehavare       string `json:"nyInnehavare"`
	Mottagningsplats   plats  `json:"mottagningsplats"`
}

type transportplanering struct {
	anteckning
	borttransport
	Transportsatt string `json:"transportsatt"`
	Uppkomstplats plats  `json:"uppkomstplats"`
	CfarNR        string `json:"cfarNR"`
}

type transport struct {
	anteckning
	TidigareInnehavare  string `json:"tidigareInnehavare"`
	NyInnehavare        string `json:"nyInnehavare"`
	TransportStartDatum string `json:"transportStartDatum"`
	TransportStartplats plats  `json:"transportStartplats"`
	TransportSlutplats  plats  `json:"transportSlutplats"`
	Transportsatt       string `json:"transportsatt"`
}

type insamlingsMottagning struct {
	anteckning
	MottagningsDatum        string `json:"mottagningsDatum"`
	TidigareInnehavare      string `json:"tidigareInnehavare"`
	KommandeHanteringsPlats plats  `json:"kommandeHanteringsPlats"`
	SenasteHanteringsPlats  plats  `json:"senasteHanteringsPlats"` // with a capital P here only
	Transportsatt           string `json:"transportsatt"`
}

type insamlingsTransport struct {
	anteckning
	borttransport
	Transportsatt string `json:"transportsatt"`
}

type handel struct {
	anteckning
	TidigareInnehavare string `json:"tidigareInnehavare"`
	NyInnehavare       string `json:"nyInnehavare"`
	TransaktionsDatum  string `json:"transaktionsDatum"`
}

type behandlingsmottagning struct {
	anteckning
	MottagningsDatum       string `json:"mottagningsDatum"`
	TidigareInnehavare     string `json:"tidigareInnehavare"`
	SenasteHanteringsplats plats  `json:"senasteHanteringsplats"`
	BehandlingsPlats       plats  `json:"behandlingsPlats"`
}

type behandlingsoverlamning struct {
	anteckning
	borttransport
	Transportsatt string `json:"transportsatt,omitempty"`
}

// behandlingsresultat is the result of one quarter. The fields from
// atervinningsresultattypkod on are for waste oil only.
type behandlingsresultat struct {
	anteckning
	Rapporteringsar               int          `json:"rapporteringsar"`
	RapporteringskvartalNr        int          `json:"rapporteringskvartalNr"`
	Behandlingar                  []behandling `json:"behandlingar"`
	MangdIckeFarligtAvfall        *sluss.Mass  `json:"mangdIckeFarligtAvfall,omitempty"`
	MangdMaterialProdukt          *sluss.Mass  `json:"mangdMaterialProdukt,omitempty"`
	Atervinningsresultattypkod    string       `json:"atervinningsresultattypkod,omitempty"`
	MangdRegenerering             *sluss.Mass  `json:"mangdRegenerering,omitempty"`
	MangdAnnanMaterialatervinning *sluss.Mass  `json:"mangdAnnanMaterialatervinning,omitempty"`
	MangdEnergiatervinning        *sluss.Mass  `json:"mangdEnergiatervinning,omitempty"`
	MangdBortskaffande            *sluss.Mass  `json:"mangdBortskaffande,omitempty"`
	SpecifikationAnnan            string       `json:"specifikationAnnan,omitempty"`
}

type behandling struct {
	Kod      string `json:"kod"` // "R3"
	Underkod string `json:"underkod,omitempty"`
}

// plats is a place, in one of the registry's five ways: municipality with
// address, with position or with CFAR number; country; municipality alone.
type plats struct {
	Kommunkod string     `json:"kommunkod,omitempty"`
	Adress    *adress    `json:"adress,omitempty"`
	Koordinat *koordinat `json:"koordinat,omitempty"`
	CfarNR    string     `json:"cfarNR,omitempty"`
	Land      string     `json:"land,omitempty"`
}

type adress struct {
	Adressrad  string `json:"adressrad"`
	Postnummer string `json:"postnummer"`
}

// koordinat is in SWEREF 99 TM, metres.
type koordinat struct {
	Nposition   int64  `json:"nposition"`
	Eposition   int64  `json:"eposition"`
	Beskrivning string `json:"beskrivning,omitempty"`
}

var transportsatt = map[sluss.Mode]string{
	sluss.Road: "R", sluss.Rail: "T", sluss.Sea: "S", sluss.Air: "A", sluss.InlandWaterway: "W", sluss.Pipeline: "P",
}
