package avfallsregistret_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	sim "sluss/simulators/avfallsregistret"
)

func agent(changes ...m) m {
	body := m{
		"verksamhetsutovare": companyB, "ombud": companyA, "ombudetsNamn": "Ombudet", "ombudetsKontaktpersonNamn": "Bo",
		"ombudetsKontaktpersonEpost": "bo@example.se", "ombudetsKontaktpersonTelefonnummer": "08-123 45 67",
	}
	for _, change := range changes {
		maps.Copy(body, change)
	}
	return body
}

func with(body m, key string, value any) m {
	changed := maps.Clone(body)
	if changed[key] = value; value == nil {
		delete(changed, key)
	}
	return changed
}

func TestWhoMayReport(t *testing.T) {
	for name, c := range map[string]struct {
		change m
		want   []int
	}{
		"for itself":                   {m{}, nil},
		"agent for another":            {agent(), nil},
		"another, no agent":            {m{"verksamhetsutovare": companyB}, []int{1023, 1012, 4031, 4033, 4035, 4037}},
		"another's agent":              {agent(m{"ombud": companyC}), []int{1023}},
		"twelve digits":                {m{"verksamhetsutovare": "16" + companyA}, []int{1023, 1012, 4031, 4033, 4035, 4037, 1022}},
		"no operator":                  {m{"verksamhetsutovare": nil}, []int{1023, 1012, 4031, 4033, 4035, 4037, 1021}},
		"agent without details":        {m{"verksamhetsutovare": companyB, "ombud": companyA}, []int{4031, 4033, 4035, 4037}},
		"agent with bad details":       {agent(m{"ombudetsKontaktpersonNamn": "Bo 2", "ombudetsKontaktpersonEpost": "bo"}), []int{4034, 4036}},
		"agent of bad form":            {agent(m{"ombud": "556000-0167"}), []int{1023, 1011}},
		"agent for itself":             {agent(m{"verksamhetsutovare": companyA}), []int{1013, 4101, 4102, 4103, 4104}},
		"agent's name without agent":   {m{"ombudetsNamn": "Ombudet"}, []int{4101}},
		"contact of the wrong letters": {m{"verksamhetensKontaktpersonNamn": "Anna 1"}, []int{4022}},
		"no contact at all": {
			m{
				"verksamhetensKontaktpersonNamn": nil, "verksamhetensKontaktpersonEpost": " ", "verksamhetensNamn": "",
				"verksamhetensKontaktpersonTelefonnummer": nil,
			},
			[]int{4021, 4023, 4025, 4027},
		},
		"bad contact": {
			m{
				"verksamhetensKontaktpersonEpost": "Anna <a@example.se>", "verksamhetensKontaktpersonTelefonnummer": "ring",
				"verksamhetensNamn": "A*B",
			},
			[]int{4024, 4026, 4028},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := open(t, sim.Options{})
			if c.want == nil {
				d.take("POST", "/transporter", transport(c.change))
				return
			}
			wantCodes(t, d.call("POST", "/transporter", transport(c.change)), c.want...)
		})
	}
}

func TestAgentDetailsAndPlacesShareNumbersNotTexts(t *testing.T) {
	_, d := open(t, sim.Options{})
	got := d.call("POST", "/transportplaneringar", planned(m{"ombudetsNamn": "Ombudet", "mottagningsplats": nil}))
	wantCodes(t, got, 4101, 4101)
	for _, text := range []string{"Ombudets namn ska ej anges.", "Mottagningsplats ska anges."} {
		if !strings.Contains(string(got.body), text) {
			t.Errorf("no %q in %s", text, got.body)
		}
	}
}

func TestFieldsOfANote(t *testing.T) {
	waste := func(key string, value any) m {
		return m{"avfall": with(m{"kod": "160601", "mangd": 1}, key, value)}
	}
	raw := func(number string) m { return waste("mangd", json.RawMessage(number)) }
	for name, c := range map[string]struct {
		change m
		want   []int
	}{
		"no moment":                   {m{"tidpunkt": nil}, []int{1031}},
		"moment without meaning":      {m{"tidpunkt": "igår"}, []int{1032}},
		"moment before the registry":  {m{"tidpunkt": "2020-07-31T12:00:00Z"}, []int{1032}},
		"moment two days ahead":       {m{"tidpunkt": "2026-10-14T08:00:00Z"}, []int{1032}},
		"moment of seven decimals":    {m{"tidpunkt": "2026-10-12T09:15:00.1234567+02:00"}, nil},
		"referens too long":           {m{"referens": strings.Repeat("x", 41)}, []int{1042}},
		"referens of foreign letters": {m{"referens": "№ 1"}, []int{1042}},
		"no waste":                    {m{"avfall": nil}, []int{1112, 1123}},
		"code unknown":                {waste("kod", "160699"), []int{1111}},
		"code with blanks and star":   {waste("kod", "16 06 01*"), []int{1113}},
		"code a number":               {waste("kod", 160601), []int{1113}},
		"sub-chapter":                 {waste("kod", "1606"), []int{1113}},
		"not hazardous":               {waste("kod", "160604"), nil},
		"no quantity":                 {waste("mangd", nil), []int{1123}},
		"quantity zero":               {raw("0"), []int{1121}},
		"quantity negative":           {raw("-1.5"), []int{1121}},
		"quantity of four decimals":   {raw("0.1234"), []int{1122}},
		"quantity in words":           {waste("mangd", "12"), []int{1122}},
		"quantity with exponent":      {raw("2.5e1"), nil},
		"quantity with noughts":       {raw("24.5000"), nil},
		"quantity beyond all numbers": {raw("1e999"), []int{1122}},
		"predecessor no GUID":         {waste("foregaendeAvfallId", "REF-1"), []int{1091}},
		"predecessor null":            {waste("foregaendeAvfallId", json.RawMessage("null")), nil},
		"predecessor unknown":         {waste("foregaendeAvfallId", "072f294c-9e70-4cf6-b6a3-139922067ddc"), nil},
		"no mode":                     {m{"transportsatt": nil}, []int{1131}},
		"mode unknown":                {m{"transportsatt": "X"}, []int{1132}},
		"no dates and parties": {
			m{"transportStartDatum": nil, "tidigareInnehavare": nil, "nyInnehavare": nil}, []int{1212, 1242, 1252},
		},
		"bad dates and parties": {
			m{"transportStartDatum": "13/10", "tidigareInnehavare": "okänd", "nyInnehavare": "OKÄND"}, []int{1211, 1241, 1251},
		},
		"foreign holder": {m{"nyInnehavare": "DE123456789"}, nil},
		"everything at once": {
			m{
				"verksamhetsutovare": companyB, "tidpunkt": nil, "transportStartplats": nil, "transportSlutplats": m{"land": "SE"},
				"avfall": m{"kod": "999999", "mangd": 0}, "transportsatt": "", "nyInnehavare": "",
			},
			[]int{1023, 1012, 4031, 4033, 4035, 4037, 1031, 4401, 1702, 1111, 1121, 1131, 1252},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := open(t, sim.Options{})
			if c.want == nil {
				d.take("POST", "/transporter", transport(c.change))
				return
			}
			wantCodes(t, d.call("POST", "/transporter", transport(c.change)), c.want...)
		})
	}
}

func TestProducersAndTreatersOwnFields(t *testing.T) {
	_, d := open(t, sim.Options{})
	for name, c := range map[string]struct {
		path string
		body m
		want []int
	}{
		"producer without":  {"/transportplaneringar", planned(m{"cfarNR": nil, "borttransportDatum": nil, "transportor": nil}), []int{1292, 4096, 5202}},
		"producer with bad": {"/transportplaneringar", planned(m{"cfarNR": "123", "borttransportDatum": "x", "transportor": "x"}), []int{1291, 4095, 5201}},
		"treater without":   {"/behandlingsmottaganden", reception(m{"mottagningsDatum": nil, "behandlingsPlats": nil}), []int{4301, 1192}},
		"treater with bad":  {"/behandlingsmottaganden", reception(m{"mottagningsDatum": 5, "behandlingsPlats": "här"}), []int{4300, 1191}},
		"result without": {
			"/behandlingsresultat", note(), []int{5100, 1302, 1322, 5012, 5022},
		},
		"result with bad": {
			"/behandlingsresultat",
			note(m{
				"behandlingar":    []m{{"kod": "X1"}, {"kod": "R"}, {"kod": "R14"}, {"kod": "R3", "underkod": "Z"}, {"kod": "D1"}, {"kod": "D1"}},
				"rapporteringsar": 1999, "rapporteringskvartalNr": 5, "mangdMaterialProdukt": 1, "mangdBortskaffande": 2,
			}),
			[]int{1145, 1146, 1148, 4062, 5102, 1554, 5011, 5021},
		},
		"waste oil": {
			"/behandlingsresultat",
			note(m{
				"behandlingar": []m{{"kod": "R9"}}, "rapporteringsar": 2026, "rapporteringskvartalNr": 1, "mangdMaterialProdukt": 1,
				"atervinningsresultattypkod": "05", "mangdRegenerering": 0, "mangdEnergiatervinning": 0.0001, "mangdBortskaffande": 1,
			}),
			[]int{1523, 1532, 1541, 1562},
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantCodes(t, d.call("POST", c.path, c.body), c.want...)
		})
	}
}

func TestSwitchesOfValidation(t *testing.T) {
	strangers := sim.Options{UnknownEstablishments: []string{"99999999"}}
	for name, c := range map[string]struct {
		options sim.Options
		path    string
		body    m
		want    []int
	}{
		"municipality alone anywhere": {sim.Options{BareKommunkod: true}, "/transporter", transport(m{"transportSlutplats": m{"kommunkod": "0180"}}), nil},
		"abroad needs municipality":   {sim.Options{LandNeedsKommunkod: true}, "/transporter", transport(m{"transportSlutplats": m{"land": "DK"}}), []int{4506}},
		"hazardous only":              {sim.Options{RefuseNonHazardous: true}, "/transporter", transport(m{"avfall": m{"kod": "160604", "mangd": 1}}), []int{1111}},
		"shared codes of places": {
			sim.Options{SharedPlaceCodes: true},
			"/transporter",
			transport(m{
				"transportStartplats": m{"adress": m{"adressrad": "A", "postnummer": "1"}},
				"transportSlutplats":  m{"kommunkod": "9999", "land": "DK"},
			}),
			[]int{1055, 1081, 1051},
		},
		"check digits":          {sim.Options{CheckDigits: true}, "/transporter", transport(m{"nyInnehavare": "5560000160"}), []int{1251}},
		"check digits right":    {sim.Options{CheckDigits: true}, "/transporter", transport(), nil},
		"CFAR not KOMMUN":       {sim.Options{RefuseCfarKommun: true}, "/transportplaneringar", planned(m{"cfarNR": "KOMMUN"}), []int{4097}},
		"CFAR unknown, own":     {strangers, "/transportplaneringar", planned(m{"cfarNR": "99999999"}), []int{4095}},
		"CFAR unknown, origin":  {strangers, "/transportplaneringar", planned(m{"uppkomstplats": m{"kommunkod": "0188", "cfarNR": "99999999"}}), []int{4713}},
		"CFAR unknown, end":     {strangers, "/transporter", transport(m{"transportSlutplats": with(place("0180"), "cfarNR", "99999999")}), []int{4513}},
		"CFAR unknown, last":    {strangers, "/behandlingsmottaganden", reception(m{"senasteHanteringsplats": m{"kommunkod": "0188", "cfarNR": "99999999"}}), []int{4613}},
		"CFAR unknown, no code": {strangers, "/transporter", transport(m{"transportStartplats": with(place("0180"), "cfarNR", "99999999")}), nil},
		"CFAR known":            {strangers, "/transportplaneringar", planned(m{"cfarNR": "12345678"}), nil},
		"CFAR KOMMUN":           {sim.Options{}, "/transportplaneringar", planned(m{"cfarNR": "KOMMUN"}), nil},
		"special organisations": {sim.Options{NotAsOperator: []string{companyA}, NotAsPreviousHolder: []string{companyB}}, "/transporter", transport(), []int{4051, 4050}},
		"dates bounded":         {sim.Options{Dates: sim.Window{Future: time.Hour}}, "/transporter", transport(), []int{1211}},
		"moment bounded":        {sim.Options{Tidpunkt: sim.Window{Past: time.Minute}}, "/transporter", transport(), []int{1032}},
		"new battery code early": {
			sim.Options{BatteryCodes: sim.BatteryCodesByDate},
			"/transporter",
			transport(m{"avfall": m{"kod": "160622", "mangd": 1}}),
			[]int{1111},
		},
		"new battery code": {
			sim.Options{BatteryCodes: sim.WithBatteryCodes}, "/transporter", transport(m{"avfall": m{"kod": "160622", "mangd": 1}}), nil,
		},
		"old battery code late": {
			sim.Options{BatteryCodes: sim.WithBatteryCodes}, "/transporter", transport(m{"avfall": m{"kod": "160605", "mangd": 1}}), []int{1111},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := open(t, c.options)
			if c.want == nil {
				d.take("POST", c.path, c.body)
				return
			}
			wantCodes(t, d.call("POST", c.path, c.body), c.want...)
		})
	}
}

func TestErrorBodiesInBothSpellings(t *testing.T) {
	for casing, keys := range map[sim.Casing][]string{
		sim.PascalCase: {`"Title":"InputValidationException"`, `"StatusCode":400`, `"TraceId":`, `"Errors":[`, `"Code":1131`, `"Message":`},
		sim.CamelCase:  {`"title":"InputValidationException"`, `"statusCode":400`, `"traceId":`, `"errors":[`, `"code":1131`, `"message":`},
	} {
		_, d := open(t, sim.Options{ErrorCasing: casing})
		got := d.call("POST", "/transporter", transport(m{"transportsatt": nil}))
		for _, key := range keys {
			if !strings.Contains(string(got.body), key) {
				t.Errorf("no %s in %s", key, got.body)
			}
		}
	}
}

func TestBodyThatIsNoObject(t *testing.T) {
	_, d := open(t, sim.Options{})
	for _, body := range []string{"", "{", "[]", `"x"`, "{} {}"} {
		wantCodes(t, d.call("POST", "/transporter", body), 1000)
	}
	d.header.Set("Content-Type", "text/xml")
	if got := d.call("POST", "/transporter", transport()); got.status != 415 {
		t.Errorf("XML: %d %s", got.status, got.body)
	}
}
