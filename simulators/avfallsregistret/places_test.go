package avfallsregistret_test

import (
	"slices"
	"testing"

	sim "sluss/simulators/avfallsregistret"
)

func TestPlaces(t *testing.T) {
	address := m{"adressrad": "Gatan 1", "postnummer": "76141"}
	point := m{"nposition": 6580000, "eposition": 674000}
	for name, c := range map[string]struct {
		place any
		want  []int // offsets in the family of the place; absolute above 99
	}{
		"address":                      {m{"kommunkod": "0180", "adress": address}, nil},
		"coordinate":                   {m{"kommunkod": "0180", "koordinat": with(point, "beskrivning", "Bakom ladan, 3 km; (grind)")}, nil},
		"CFAR":                         {m{"kommunkod": "0180", "cfarNR": "12345678"}, nil},
		"abroad":                       {m{"land": "DK"}, nil},
		"abroad with municipality":     {m{"land": "DK", "kommunkod": "0180"}, nil},
		"Sweden as abroad":             {m{"land": "SE"}, []int{1702}},
		"no such country":              {m{"land": "XX"}, []int{1701}},
		"abroad with address":          {m{"land": "DK", "adress": address}, []int{1705}},
		"nothing":                      {m{}, []int{6, 2}},
		"a word":                       {"Norrtälje", []int{0}},
		"municipality alone":           {m{"kommunkod": "0180"}, []int{2}},
		"municipality unknown":         {m{"kommunkod": "9999", "adress": address}, []int{7}},
		"municipality of three digits": {m{"kommunkod": "180", "adress": address}, []int{7}},
		"no municipality":              {m{"adress": address}, []int{6}},
		"empty address":                {m{"kommunkod": "0180", "adress": m{}}, []int{2, 4}},
		"bad address":                  {m{"kommunkod": "0180", "adress": m{"adressrad": "Gatan #1", "postnummer": "761 41"}}, []int{3, 5}},
		"address and coordinate":       {m{"kommunkod": "0180", "adress": address, "koordinat": point}, []int{0}},
		"empty coordinate":             {m{"kommunkod": "0180", "koordinat": m{}}, []int{10, 12}},
		"coordinate in degrees":        {m{"kommunkod": "0180", "koordinat": m{"nposition": 59.3, "eposition": 18}}, []int{9, 11}},
		"bad description":              {m{"kommunkod": "0180", "koordinat": with(point, "beskrivning", "<här>")}, []int{8}},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := open(t, sim.Options{})
			for _, at := range []struct {
				path, field string
				family      int
				body        func(...m) m
			}{
				{"/transportplaneringar", "mottagningsplats", 4100, planned},
				{"/transportplaneringar", "uppkomstplats", 4700, planned},
				{"/transporter", "transportStartplats", 4400, transport},
				{"/transporter", "transportSlutplats", 4500, transport},
				{"/behandlingsmottaganden", "behandlingsPlats", 4300, reception},
				{"/behandlingsmottaganden", "senasteHanteringsplats", 4600, reception},
			} {
				body := at.body(m{at.field: c.place})
				if c.want == nil {
					d.take("POST", at.path, body)
					continue
				}
				want := slices.Clone(c.want)
				for i, code := range want {
					if code < 100 {
						want[i] = at.family + code
					}
				}
				wantCodes(t, d.call("POST", at.path, body), want...)
			}
		})
	}
}

func TestCfarOfAPlaceIsCheckedWhereACodeExists(t *testing.T) {
	_, d := open(t, sim.Options{})
	bad := with(place("0180"), "cfarNR", "123")
	d.take("POST", "/transporter", transport(m{"transportStartplats": bad}))
	wantCodes(t, d.call("POST", "/transporter", transport(m{"transportSlutplats": bad})), 4513)
	wantCodes(t, d.call("POST", "/behandlingsmottaganden", reception(m{"senasteHanteringsplats": bad})), 4613)
	wantCodes(t, d.call("POST", "/transportplaneringar", planned(m{"uppkomstplats": bad})), 4713)
	d.take("POST", "/transporter", transport(m{"transportSlutplats": with(place("0180"), "cfarNR", "SAKNAS")}))
}

func TestOnlyTheMunicipalityIsKnownOfHouseholdsAndTheUnknown(t *testing.T) {
	_, d := open(t, sim.Options{})
	alone := m{"kommunkod": "0188"}
	for _, holder := range []string{"OKÄND", "KOMMUN"} {
		d.take("POST", "/transporter", transport(m{"tidigareInnehavare": holder, "transportStartplats": alone}))
		d.take("POST", "/behandlingsmottaganden", reception(m{"tidigareInnehavare": holder, "senasteHanteringsplats": alone}))
		wantCodes(t, d.call("POST", "/transporter", transport(m{"tidigareInnehavare": holder, "transportSlutplats": alone})), 4502)
	}
}
