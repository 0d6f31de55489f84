package avfallsregistret

import "sluss"

// receptionPlace is the place that shares the codes 4101 to 4104 with the agent.
const receptionPlace = "mottagningsplats"

// form is what the registry checks in one kind of note beyond what it checks in
// all.
type form struct {
	resource string
	places   []string
	checks   []check
}

var forms = map[sluss.ReportKind]form{
	sluss.ReportRemoval: {
		"transportplaneringar",
		[]string{receptionPlace, "uppkomstplats"},
		[]check{mode, newHolder, transporter, establishment, moment("borttransportDatum", 5202, 5201)},
	},
	sluss.ReportTransport: {
		"transporter",
		[]string{"transportStartplats", "transportSlutplats"},
		[]check{mode, moment("transportStartDatum", 1212, 1211), previousHolder, newHolder},
	},
	sluss.ReportCollection: {
		"insamlingar",
		[]string{"kommandeHanteringsPlats", "senasteHanteringsPlats"},
		[]check{mode, moment("mottagningsDatum", 1192, 1191), previousHolder},
	},
	sluss.ReportCollectionTransport: {
		"insamlingstransport",
		[]string{receptionPlace},
		[]check{mode, newHolder, transporter, moment("borttransportDatum", 5202, 5201)},
	},
	sluss.ReportDeal: {
		"handel",
		nil,
		[]check{previousHolder, newHolder, moment("transaktionsDatum", 1262, 1261)},
	},
	sluss.ReportReception: {
		"behandlingsmottaganden",
		[]string{"behandlingsPlats", "senasteHanteringsplats"},
		[]check{moment("mottagningsDatum", 1192, 1191), previousHolder},
	},
	sluss.ReportTreatment: {
		"behandlingsresultat",
		nil,
		[]check{treatments, results, recovery, period},
	},
	sluss.ReportForwarding: {
		"behandlingsoverlamningar",
		[]string{receptionPlace},
		[]check{modeIfGiven, newHolder, transporter, moment("borttransportDatum", 5202, 5201)},
	},
}

// formAt is the form of the notes at a resource of the API.
func formAt(resource string) (form, bool) {
	for _, f := range forms {
		if f.resource == resource {
			return f, true
		}
	}
	return form{}, false
}
