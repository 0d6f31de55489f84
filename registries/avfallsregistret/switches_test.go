package avfallsregistret_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// It is not known which ways of giving a place each field accepts: each field refuses
// each way that the client sends.
func TestRefusedWaysOfTellingAPlace(t *testing.T) {
	ways := map[sim.Way]sluss.Place{
		sim.ByAddress:       {Country: "SE", Municipality: "0188", Address: "Varvsgatan 4", Postcode: "76141"},
		sim.ByPosition:      {Country: "SE", Municipality: "0188", Position: &sluss.Position{Northing: 6_630_000, Easting: 710_000}},
		sim.ByCountry:       {Country: "DK"},
		sim.ByEstablishment: {Country: "SE", Municipality: "0188", Establishment: "12345678"},
		sim.ByMunicipality:  {Country: "SE", Municipality: "0188"},
	}
	for _, c := range []struct {
		field string
		note  sluss.ReportKind
		start bool // it is the start of the leg
	}{
		{"uppkomstplats", sluss.ReportRemoval, true},
		{"mottagningsplats", sluss.ReportForwarding, false},
		{"transportStartplats", sluss.ReportTransport, true},
		{"transportSlutplats", sluss.ReportTransport, false},
		{"senasteHanteringsPlats", sluss.ReportCollection, true},
		{"kommandeHanteringsPlats", sluss.ReportCollection, false},
		{"senasteHanteringsplats", sluss.ReportReception, true},
		{"behandlingsPlats", sluss.ReportReception, false},
	} {
		t.Run(c.field, func(t *testing.T) {
			taking := open(t, sim.Options{BareKommunkod: true})
			for way, place := range ways {
				s := everyNote(t)[c.note]
				path, leg := "legs.0.to", &s.Content.Declaration.Legs[0]
				if c.start {
					path, leg.From = "legs.0.from", place
				} else {
					leg.To = place
				}
				accepted(t, taking, s)
				refusing := open(t, sim.Options{BareKommunkod: true, RefusedWays: map[string][]sim.Way{c.field: {way}}})
				o, _, err := refusing.Submit(t.Context(), s)
				if way == sim.ByEstablishment {
					// What is refused as a CFAR number passes as a municipality.
					if err != nil || o.Kind != sluss.Accepted {
						t.Errorf("way %d: %+v, %v", way, o, err)
					}
					continue
				}
				if err != nil || o.Kind != sluss.Rejected || len(o.Reasons) != 1 || !strings.HasPrefix(o.Reasons[0].Field, path) || o.Reasons[0].Remedy == "" {
					t.Errorf("way %d: %+v, %v", way, o, err)
				}
			}
		})
	}
}

func TestWordsForHoldersRefused(t *testing.T) {
	for _, note := range []sluss.ReportKind{sluss.ReportTransport, sluss.ReportCollection, sluss.ReportReception} {
		for origin, word := range map[sluss.Origin]string{sluss.Household: "KOMMUN", sluss.UnknownOrigin: "OKÄND"} {
			t.Run(string(note)+" "+string(origin), func(t *testing.T) {
				s := everyNote(t)[note]
				s.Content.Declaration.Origin = origin
				taking := open(t, sim.Options{})
				accepted(t, taking, s)
				if body := string(taking.Notes()[0].Body); !strings.Contains(body, `"tidigareInnehavare":"`+word+`"`) {
					t.Errorf("%s", body)
				}
				for name, options := range map[string]sim.Options{
					"1241": {HolderWordsRefused: []string{taking.Notes()[0].Path}}, "4050": {NotAsPreviousHolder: []string{word}},
				} {
					o, _, err := open(t, options).Submit(t.Context(), s)
					if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Code != name || o.Reasons[0].Field != "origin" {
						t.Errorf("%s: %+v, %v", name, o, err)
					}
				}
			})
		}
	}
}

func TestLinksThatTheRegistryLooksUp(t *testing.T) {
	for name, c := range map[string]struct {
		links               sim.Links
		stranger, outOfDate bool // taken
	}{
		"unchecked": {sim.LinksUnchecked, true, true}, "to notes": {sim.LinksToNotes, false, true}, "to current notes": {sim.LinksToCurrentNotes, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{Links: c.links})
			oil := example(t, "se-waste-oil")
			old := accepted(t, d, removal(oil))
			latest, _, err := d.Replace(t.Context(), old.ID, removal(oil))
			if err != nil {
				t.Fatal(err)
			}
			for id, taken := range map[string]bool{uuid.NewString(): c.stranger, old.ID: c.outOfDate, latest.Receipt.ID: true} {
				o, _, err := d.Submit(t.Context(), carriage(oil, 1, map[string]sluss.Receipt{"se.removal": {ID: id}}))
				if err != nil || (o.Kind == sluss.Accepted) != taken || !taken && (o.Kind != sluss.Rejected || o.Reasons[0].Code != "1091" || o.Reasons[0].Remedy == "") {
					t.Errorf("%+v, %v", o, err)
				}
			}
		})
	}
}

func TestReadingInEveryForm(t *testing.T) {
	for name, c := range map[string]struct {
		options sim.Options
		want    error
	}{
		"as inferred":          {sim.Options{}, nil},
		"wrapped":              {sim.Options{WrapReads: true}, nil},
		"other numbers":        {sim.Options{NoteNumbersFromZero: true}, nil},
		"ersattAv points back": {sim.Options{ErsattAvPointsBack: true}, nil},
		"shorter pages":        {sim.Options{PageSize: 10, MaxPageSize: 50}, sluss.ErrCannotAsk},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.options)
			for note, s := range everyNote(t) {
				id := accepted(t, d, s).ID
				o, _, err := d.Find(t.Context(), s)
				if !errors.Is(err, c.want) || err == nil && o.Receipt.ID != id {
					t.Errorf("%s: %+v, %v", note, o, err)
				}
				f, exchange, err := d.Read(t.Context(), id)
				if err != nil || f.AvfallsID != id || f.Kind != note || f.Code != "130205" || f.Operator == "" || !f.Received.Equal(evening) ||
					f.Noted.IsZero() || f.Reference == "" || f.Mass == 0 || f.Annulled != "" || f.Replaces+f.ReplacedBy != "" {
					t.Errorf("%s: %+v, %v", note, f, err)
				}
				if exchange.Operation != "GET /anteckningar/"+id || exchange.Status != 200 {
					t.Errorf("%+v", exchange)
				}
			}
		})
	}
}

func TestReadingOneNote(t *testing.T) {
	d := open(t, sim.Options{})
	s := carriage(example(t, "se-waste-oil"), 1, map[string]sluss.Receipt{"se.removal": {ID: "072f294c-9e70-4cf6-b6a3-139922067ddc"}})
	first := accepted(t, d, s).ID
	second, _, err := d.Replace(t.Context(), first, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Annul(t.Context(), second.Receipt.ID, avfallsregistret.WrongOperator); err != nil {
		t.Fatal(err)
	}
	old, _, err := d.Read(t.Context(), first)
	if err != nil || old.ReplacedBy != second.Receipt.ID || old.Annulled != "" {
		t.Errorf("%+v, %v", old, err)
	}
	latest, _, err := d.Read(t.Context(), second.Receipt.ID)
	if err != nil || latest.Replaces != first || latest.Annulled != avfallsregistret.WrongOperator || latest.Agent != refinery.ID ||
		latest.Operator != "5560065087" || latest.Preceding != "072f294c-9e70-4cf6-b6a3-139922067ddc" || latest.Mass != 1_250_000 {
		t.Errorf("%+v, %v", latest, err)
	}
	for id, want := range map[string]error{uuid.NewString(): sluss.ErrAbsent, "by telephone": sluss.ErrCannotAsk} {
		if _, _, err := d.Read(t.Context(), id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	for fault, want := range map[sim.FaultKind]error{sim.Down: sluss.ErrUnavailable, sim.LostRequest: sluss.ErrUnavailable} {
		d.fault(t, sim.Fault{Kind: fault})
		if _, _, err := d.Read(t.Context(), first); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", fault, err, want)
		}
		d.fault(t, sim.Fault{Kind: fault})
		if o, _, err := d.FindAnnulment(t.Context(), first, avfallsregistret.SentTwice); err != nil || o.Kind != sluss.Deferred || !o.NotBefore.After(time.Now()) {
			t.Errorf("%s: %+v, %v", fault, o, err)
		}
	}
	production := open(t, sim.Options{Mode: sim.Production}, func(o *avfallsregistret.Options) { o.Readable = false })
	if _, _, err := production.Read(t.Context(), first); !errors.Is(err, sluss.ErrCannotAsk) || production.Counters().Served != 0 {
		t.Errorf("%v", err)
	}
}

func TestTokensInEveryForm(t *testing.T) {
	for name, options := range map[string]sim.Options{
		"life not told":       {SilentTokenLife: true},
		"with certificate":    {CertificateAtGateway: true, TokenNeedsCertificate: true},
		"without certificate": {CertificateAtGateway: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, options)
			d.seen.apart = options.SilentTokenLife // the contract wants expires_in
			accepted(t, d, removal(example(t, "se-waste-oil")))
		})
	}
}

// Results of treatment with sub-codes and types from the registry's lists.
func TestResultsByTheRegistrysLists(t *testing.T) {
	for name, c := range map[string]struct {
		options sim.Options
		change  func(r *sluss.Result)
		want    []string // codes; none: taken
	}{
		"invented lists":      {sim.Options{}, nil, nil},
		"no such sub-code":    {sim.Options{SubCodes: map[string]string{"R3": "C"}}, nil, []string{"4062"}},
		"sub-code wanted":     {sim.Options{SubCodeRequired: true, SubCodes: map[string]string{"R3": "A", "R9": "B"}}, nil, []string{"4063"}},
		"own type":            {sim.Options{RecoveryTypes: []sim.RecoveryType{{Code: "77", Energy: true}}}, func(r *sluss.Result) { r.Oil = &sluss.OilYield{Kind: "77", Energy: mass(1)} }, nil},
		"type that is gone":   {sim.Options{RecoveryTypes: []sim.RecoveryType{{Code: "77"}}}, func(r *sluss.Result) { r.Oil = &sluss.OilYield{Kind: "01"} }, []string{"1513"}},
		"nought beside":       {sim.Options{}, func(r *sluss.Result) { r.NonHazardous = mass(0) }, nil},
		"nought beside again": {sim.Options{}, func(r *sluss.Result) { r.Product = mass(0) }, nil},
		"nothing told":        {sim.Options{}, func(r *sluss.Result) { r.Product, r.NonHazardous = nil, nil }, []string{"1302", "1322"}},
		"no methods":          {sim.Options{}, func(r *sluss.Result) { r.Methods = nil }, []string{"5100"}},
		"a method twice":      {sim.Options{}, func(r *sluss.Result) { r.Methods = append(r.Methods, r.Methods[0]) }, []string{"5102"}},
		"no such quarter":     {sim.Options{}, func(r *sluss.Result) { r.Quarter.Number = 0 }, []string{"5021"}},
		"a year to come":      {sim.Options{Tidpunkt: sim.Window{Future: 1e18}}, func(r *sluss.Result) { r.Quarter.Year = 2027 }, []string{"5011"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.options)
			s := everyNote(t)[sluss.ReportTreatment]
			if c.change != nil {
				c.change(s.Content.Result)
			}
			o, _, err := d.Submit(t.Context(), s)
			var got []string
			for _, reason := range o.Reasons {
				got = append(got, reason.Code)
				if !strings.HasPrefix(reason.Field, "result.") {
					t.Errorf("reason %+v", reason)
				}
			}
			if err != nil || (o.Kind == sluss.Accepted) != (c.want == nil) || !slices.Equal(got, c.want) {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
}
