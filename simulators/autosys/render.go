package autosys

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"time"
)

// object is a JSON object. Unknown fields are left out: the registry writes no nulls.
type object map[string]any

// decimal is a number that the registry writes with a decimal point, as 65.0.
type decimal float64

func (d decimal) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(d), 'f', -1, 64)
	if d == decimal(int64(d)) {
		text += ".0"
	}
	return []byte(text), nil
}

func encode(v any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Appendf(nil, "the simulator cannot write its answer: %v", err)
	}
	return bytes.TrimSpace(text.Bytes())
}

// with adds the value unless it is the zero value, which means "not known".
func with[T comparable](o object, name string, value T) object {
	var zero T
	if value != zero {
		o[name] = value
	}
	return o
}

// code is a Kode. Names and descriptions come and go in real answers, so only some codes have one here.
func code(value, name string) object {
	return with(object{"kodeVerdi": value, "tidligereKodeVerdi": []string{}}, "kodeNavn", name)
}

// moment is the date at the given time of day, in Oslo time with offset, with the given fraction format. It is empty if
// the date is.
func (r *Registry) moment(date, fraction string, clock time.Duration) string {
	day, err := time.ParseInLocation(time.DateOnly, date, r.oslo)
	if err != nil {
		return ""
	}
	return day.Add(clock).Format("2006-01-02T15:04:05" + fraction + "-07:00")
}

const officeHours = 8*time.Hour + 2*time.Minute + 43*time.Second + 420*time.Millisecond

func (r *Registry) envelope(hits []object) object {
	envelope := object{"kjoretoydataListe": hits}
	if r.options.Drift {
		envelope["svarVersjon"] = object{"hoved": 2, "under": []string{}}
	}
	return envelope
}

// render is the whole answer for one vehicle.
func (r *Registry) render(v Vehicle, call Lookup) object {
	switch r.options.Sparse {
	case SparseAbsent:
		return object{"kjoretoyId": r.identity(v, call)}
	case SparseEmpty:
		return object{
			"kjoretoyId": r.identity(v, call), "forstegangsregistrering": object{}, "kjennemerke": []object{},
			"registrering": object{}, "godkjenning": object{}, "periodiskKjoretoyKontroll": object{},
		}
	case SparseNot:
	}
	o := object{
		"kjoretoyId":              r.identity(v, call),
		"forstegangsregistrering": with(object{}, "registrertForstegangNorgeDato", v.FirstRegistered),
		"kjennemerke":             r.plates(v),
		"registrering":            r.registration(v),
		"godkjenning":             r.approval(v),
	}
	inspection := with(with(object{}, "kontrollfrist", v.InspectionDue), "sistGodkjent", v.LastInspected)
	if len(inspection) > 0 || !r.options.OmitNoInspection {
		o["periodiskKjoretoyKontroll"] = inspection
	}
	if r.options.Drift {
		o["miljosone"] = []object{{"sone": "OSLO_1", "kravOppfylt": true, "grad": decimal(2.5)}}
	}
	return o
}

func (r *Registry) identity(v Vehicle, call Lookup) object {
	plate := spaced(v.Plate)
	if r.options.PersonalAsID && call.By == ByPlate && v.isPersonal(call.Asked, r.options) {
		plate = v.PersonalPlate
	}
	id := with(object{"understellsnummer": v.VIN}, "kjennemerke", plate)
	if r.options.Kuid {
		id["kuid"] = strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(v.VIN)))+1_000_000_000, 10)
	}
	return id
}

// spaced writes an ordinary plate as the registry answers it: CU10149 becomes CU 10149.
func spaced(plate string) string {
	plate = compact(plate)
	if len(plate) > 2 && isLetter(plate[0]) && isLetter(plate[1]) {
		return plate[:2] + " " + plate[2:]
	}
	return plate
}

func isLetter(b byte) bool { return b >= 'A' && b <= 'Z' }

func (r *Registry) plates(v Vehicle) []object {
	plates := []object{}
	entry := func(plate, category string) {
		o := object{
			"kjennemerke": plate, "kjennemerkekategori": category,
			"kjennemerketype": code("ORDINART", "Ordinære kjennemerker"),
		}
		plates = append(plates, with(o, "fomTidspunkt", r.moment(v.FirstRegistered, "", 0)))
	}
	if v.Plate != "" {
		entry(spaced(v.Plate), "KJORETOY")
	}
	if v.PersonalPlate != "" {
		entry(v.PersonalPlate, "PERSONLIG")
	}
	if r.options.Drift {
		entry("TS 77", "HISTORISK")
	}
	return plates
}

func (r *Registry) registration(v Vehicle) object {
	status := cmp.Or(v.Status, StatusRegistered)
	since := cmp.Or(v.StatusSince, v.FirstRegistered)
	o := object{
		"registreringsstatus": with(code(status, ""), "kodeBeskrivelse", statusText[status]),
		"kjoringensArt":       code("EGENTRANSP_ANNEN", "Egentransport"),
	}
	with(o, "fomTidspunkt", r.moment(since, ".00", officeHours))
	with(o, "registrertForstegangPaEierskap", r.moment(v.FirstRegistered, "", 0))
	if status == StatusDeregistered {
		with(o, "avregistrertSidenDato", r.moment(since, ".000", officeHours))
	}
	return o
}

var statusText = map[string]string{
	StatusRegistered:   "Registrert",
	StatusDeregistered: "Avregistrert",
	StatusUnregistered: "Uregistrert",
	StatusExported:     "Utført",
	StatusScrapped:     "Vraket",
}

func (r *Registry) approval(v Vehicle) object {
	first := object{
		"godkjenningsId": "9000001", "godkjenningsundertype": code("COC", "COC"), "unntak": []object{},
	}
	with(first, "forstegangRegistrertDato", v.FirstRegistered)
	with(first, "gyldigFraDato", v.FirstRegistered)
	with(first, "gyldigFraDatoTid", r.moment(v.FirstRegistered, ".000", 0))

	technical := object{
		"godkjenningsId": "9000001", "godkjenningsundertype": code("COC", "COC"),
		"kjoretoyklassifisering": r.classification(v),
		"krav":                   []object{}, "unntak": []object{},
		"tekniskeData": r.technicalData(v),
	}
	with(technical, "gyldigFraDato", v.FirstRegistered)
	with(technical, "gyldigFraDatoTid", r.moment(v.FirstRegistered, ".000", 0))

	remarks := []object{}
	if v.PayloadKg != nil {
		remarks = append(remarks, object{"merknad": "Egenvekt og nyttelast er veiledende – avhengig av utstyr"})
	}
	extra := []object{}
	if v.ADR != nil && !r.options.HideADR {
		extra = append(extra, r.adrApproval(*v.ADR))
	}
	return object{
		"forstegangsGodkjenning":     first,
		"kjoretoymerknad":            remarks,
		"registreringsbegrensninger": object{"registreringsbegrensning": []object{}},
		"tekniskGodkjenning":         technical,
		"tilleggsgodkjenninger":      extra,
	}
}

func (r *Registry) classification(v Vehicle) object {
	o := object{"tekniskUnderkode": code("INGENKODE", ""), "iSamsvarMedTypegodkjenning": true}
	if v.Category != "" {
		o["tekniskKode"] = code(v.Category, "")
	}
	if r.options.Drift {
		o["tekniskKlasse2"] = with(code("NY_KLASSE", "Ny klasse"), "gyldigTil", "2099-12-31")
	}
	return o
}

// adrApproval is the supplementary approval (tilleggsgodkjenning) for dangerous goods.
func (r *Registry) adrApproval(a ADR) object {
	adr := object{
		"adrTypeKode":       append([]string{}, a.Types...),
		"adrKjoretoyLukket": false, "adrNasjonaleKrav": false, "adrTidligereBestemmelser": false,
	}
	with(adr, "adrAttestnummer", a.Certificate)
	with(adr, "adrTransportorNavn", a.Carrier)
	if r.options.Drift {
		adr["adrTypeKode"] = slices.Concat(a.Types, []string{"XQ"})
	}
	if a.TankCode != "" {
		adr["adrTankTekniskeData"] = with(object{
			"adrTankKode":         a.TankCode,
			"adrTankAntallRom":    1,
			"adrTankGodkjentGods": []object{{"adrTankStofferIhhtTankkode": true}},
		}, "adrTankVolum", a.TankLitres)
	}
	o := object{
		"godkjenningstype":                  code(r.options.ADRCode, ""),
		"krav":                              []object{},
		"tilleggsgodkjenningSpesifikkeData": object{"adrGodkjenning": adr},
	}
	with(o, "godkjentFra", a.From)
	with(o, "godkjentFraDatoTid", r.moment(a.From, "", 0))
	with(o, "godkjentTil", a.To)
	with(o, "godkjentTilDatoTid", r.moment(a.To, "", 0))
	return o
}
