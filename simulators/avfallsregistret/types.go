package avfallsregistret

import "slices"

// rule checks one field of a body and notes its faults.
type rule func(c *check, name string)

// noteField is a field that a note type adds to those of every note, with its rule.
type noteField struct {
	name string
	rule rule
}

// noteType is one of the registry's eight kinds of notes. A row of noteTypes is all there is to a type.
type noteType struct {
	path   string
	name   string // the schema's name
	actor  string
	law    string // SFS 2020:614
	places []placeField
	fields []noteField
}

var noteTypes = []noteType{
	{
		path: "transportplaneringar", name: "Transportplanering", actor: "avfallsproducent", law: "6 kap. 1 §",
		places: []placeField{
			{name: "mottagningsplats", family: 4100},
			{name: "uppkomstplats", family: 4700, cfar: true},
		},
		fields: []noteField{
			{"transportsatt", transportMode},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transportor", partyField(1292, 1291)},
			{"cfarNR", producerCfar},
			{"borttransportDatum", dateField(5202, 5201)},
		},
	},
	{
		path: "transporter", name: "Transport", actor: "transportör", law: "6 kap. 2 §",
		places: []placeField{
			{name: "transportStartplats", family: 4400, origin: true},
			{name: "transportSlutplats", family: 4500, cfar: true},
		},
		fields: []noteField{
			{"transportsatt", transportMode},
			{"transportStartDatum", dateField(1212, 1211)},
			{"tidigareInnehavare", previousHolder},
			{"nyInnehavare", partyField(1252, 1251)},
		},
	},
	{
		path: "insamlingar", name: "InsamlingsMottagning", actor: "insamlare", law: "6 kap. 3 § 1",
		places: []placeField{
			{name: "kommandeHanteringsPlats", family: 4200},
			{name: "senasteHanteringsPlats", family: 4600, cfar: true, origin: true},
		},
		fields: []noteField{
			{"transportsatt", transportMode},
			{"mottagningsDatum", dateField(1192, 1191)},
			{"tidigareInnehavare", previousHolder},
		},
	},
	{
		path: "insamlingstransport", name: "InsamlingsTransport", actor: "insamlare", law: "6 kap. 3 § 2",
		places: []placeField{{name: "mottagningsplats", family: 4100}},
		fields: []noteField{
			{"transportsatt", transportMode},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transportor", partyField(1292, 1291)},
			{"borttransportDatum", dateField(5202, 5201)},
		},
	},
	{
		path: "handel", name: "Handel", actor: "handlare, mäklare", law: "6 kap. 4 §",
		fields: []noteField{
			{"tidigareInnehavare", previousHolder},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transaktionsDatum", dateField(1262, 1261)},
		},
	},
	{
		path: "behandlingsmottaganden", name: "Behandlingsmottagning", actor: "behandlare", law: "6 kap. 5 § 1",
		places: []placeField{
			{name: "behandlingsPlats", family: 4300},
			{name: "senasteHanteringsplats", family: 4600, cfar: true, origin: true},
		},
		fields: []noteField{
			{"mottagningsDatum", dateField(1192, 1191)},
			{"tidigareInnehavare", previousHolder},
		},
	},
	{
		path: "behandlingsresultat", name: "Behandlingsresultat", actor: "behandlare", law: "6 kap. 5 § 2",
		fields: []noteField{
			{"behandlingar", treatments},
			{"mangdIckeFarligtAvfall", resultQuantity("mangdMaterialProdukt", 1301, 1302)},
			{"mangdMaterialProdukt", resultQuantity("mangdIckeFarligtAvfall", 1321, 1322)},
			{"atervinningsresultattypkod", recoveryCode},
			{"mangdRegenerering", oilQuantity(1521, func(t RecoveryType) bool { return t.Regenerated })},
			{"mangdAnnanMaterialatervinning", oilQuantity(1531, func(t RecoveryType) bool { return t.OtherMaterial })},
			{"mangdEnergiatervinning", oilQuantity(1541, func(t RecoveryType) bool { return t.Energy })},
			{"mangdBortskaffande", oilQuantity(1551, func(t RecoveryType) bool { return t.Disposed })},
			{"specifikationAnnan", oilDetail},
			{"rapporteringsar", reportYear},
			{"rapporteringskvartalNr", reportQuarter},
		},
	},
	{
		path: "behandlingsoverlamningar", name: "Behandlingsoverlamning", actor: "behandlare", law: "6 kap. 5 § 3",
		places: []placeField{{name: "mottagningsplats", family: 4100}},
		fields: []noteField{
			{"transportsatt", optionalTransportMode},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transportor", partyField(1292, 1291)},
			{"borttransportDatum", dateField(5202, 5201)},
		},
	},
}

// number is the anteckningstyp of the read model; the real numbers are unknown.
func (o Options) number(kind noteType) int {
	index := slices.IndexFunc(noteTypes, func(t noteType) bool { return t.path == kind.path })
	if o.NoteNumbersFromZero {
		return index
	}
	return index + 1
}

func findType(path string) (noteType, bool) {
	for _, kind := range noteTypes {
		if kind.path == path {
			return kind, true
		}
	}
	return noteType{}, false
}
