package sim

// rule checks one field of a body and notes its faults.
type rule func(c *check, name string)

// noteField is a field that a note type adds to those of every note, with its rule.
type noteField struct {
	name string
	rule rule
}

// noteType is one of the register's eight kinds of notes. A row of noteTypes is all there is to a type.
type noteType struct {
	path   string
	name   string // the schema's name
	number int    // anteckningstyp of the read model; the real numbers are unknown
	actor  string
	law    string // SFS 2020:614
	places []placeField
	fields []noteField
}

var noteTypes = []noteType{
	{
		path: "transportplaneringar", name: "Transportplanering", number: 1, actor: "avfallsproducent", law: "6 kap. 1 §",
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
		path: "transporter", name: "Transport", number: 2, actor: "transportör", law: "6 kap. 2 §",
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
		path: "insamlingar", name: "InsamlingsMottagning", number: 3, actor: "insamlare", law: "6 kap. 3 § 1",
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
		path: "insamlingstransport", name: "InsamlingsTransport", number: 4, actor: "insamlare", law: "6 kap. 3 § 2",
		places: []placeField{{name: "mottagningsplats", family: 4100}},
		fields: []noteField{
			{"transportsatt", transportMode},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transportor", partyField(1292, 1291)},
			{"borttransportDatum", dateField(5202, 5201)},
		},
	},
	{
		path: "handel", name: "Handel", number: 5, actor: "handlare, mäklare", law: "6 kap. 4 §",
		fields: []noteField{
			{"tidigareInnehavare", previousHolder},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transaktionsDatum", dateField(1262, 1261)},
		},
	},
	{
		path: "behandlingsmottaganden", name: "Behandlingsmottagning", number: 6, actor: "behandlare", law: "6 kap. 5 § 1",
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
		path: "behandlingsresultat", name: "Behandlingsresultat", number: 7, actor: "behandlare", law: "6 kap. 5 § 2",
		fields: []noteField{
			{"behandlingar", treatments},
			{"mangdIckeFarligtAvfall", resultQuantity("mangdMaterialProdukt", 1301, 1302)},
			{"mangdMaterialProdukt", resultQuantity("mangdIckeFarligtAvfall", 1321, 1322)},
			{"atervinningsresultattypkod", recoveryCode},
			{"mangdRegenerering", oilQuantity(1521, func(t recoveryType) bool { return t.regenerated })},
			{"mangdAnnanMaterialatervinning", oilQuantity(1531, func(t recoveryType) bool { return t.otherMaterial })},
			{"mangdEnergiatervinning", oilQuantity(1541, func(t recoveryType) bool { return t.energy })},
			{"mangdBortskaffande", oilQuantity(1551, func(t recoveryType) bool { return t.disposed })},
			{"specifikationAnnan", oilDetail},
			{"rapporteringsar", reportYear},
			{"rapporteringskvartalNr", reportQuarter},
		},
	},
	{
		path: "behandlingsoverlamningar", name: "Behandlingsoverlamning", number: 8, actor: "behandlare", law: "6 kap. 5 § 3",
		places: []placeField{{name: "mottagningsplats", family: 4100}},
		fields: []noteField{
			{"transportsatt", optionalTransportMode},
			{"nyInnehavare", partyField(1252, 1251)},
			{"transportor", partyField(1292, 1291)},
			{"borttransportDatum", dateField(5202, 5201)},
		},
	},
}

func findType(path string) (noteType, bool) {
	for _, kind := range noteTypes {
		if kind.path == path {
			return kind, true
		}
	}
	return noteType{}, false
}
