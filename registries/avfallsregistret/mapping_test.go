package avfallsregistret_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"sluss"
	sim "sluss/simulators/avfallsregistret"
)

func TestNotesOfOneBatch(t *testing.T) {
	d := open(t, sim.Options{})
	oil := example(t, "se-waste-oil")
	receipts := map[string]sluss.Receipt{"se.removal": accepted(t, d, removal(oil))}
	receipts["se.transport#1"] = accepted(t, d, carriage(oil, 1, receipts))
	accepted(t, d, reception(oil, receipts))

	agent := `"ombud":"5560069618","ombudetsNamn":"Mälarens Oljeraffinaderi AB","ombudetsKontaktpersonNamn":"Cecilia Berg",
		"ombudetsKontaktpersonEpost":"cecilia.berg@malaren.example","ombudetsKontaktpersonTelefonnummer":"021-123456"`
	garage := `{"kommunkod":"0188","adress":{"adressrad":"Varvsgatan 4","postnummer":"76141"}}`
	works := `{"kommunkod":"1980","adress":{"adressrad":"Hamngatan 9","postnummer":"72130"}}`
	records := d.Notes()
	for i, want := range []string{
		`{"tidpunkt":"2026-11-23T08:00:00+01:00","verksamhetsutovare":"5560000167","verksamhetensNamn":"Nordhamns Verkstad AB",
		"verksamhetensKontaktpersonNamn":"Anna Ek","verksamhetensKontaktpersonEpost":"anna.ek@nordhamn.example",
		"verksamhetensKontaktpersonTelefonnummer":"0701234567",` + agent + `,"referens":"VO-2026-0101","avfall":{"kod":"130205","mangd":1250},
		"borttransportDatum":"2026-11-23T08:00:00+01:00","transportor":"5560065087","nyInnehavare":"5560069618",
		"mottagningsplats":` + works + `,"transportsatt":"R","uppkomstplats":` + garage + `,"cfarNR":"SAKNAS"}`,

		`{"tidpunkt":"2026-11-23T08:00:00+01:00","verksamhetsutovare":"5560065087","verksamhetensNamn":"Roslagens Åkeri AB",
		"verksamhetensKontaktpersonNamn":"Bo Lind","verksamhetensKontaktpersonEpost":"bo.lind@roslagen.example",
		"verksamhetensKontaktpersonTelefonnummer":"0702345678",` + agent + `,"referens":"VO-2026-0101",
		"avfall":{"kod":"130205","mangd":1250,"foregaendeAvfallId":"` + records[0].AvfallID + `"},
		"tidigareInnehavare":"5560000167","nyInnehavare":"5560069618","transportStartDatum":"2026-11-23T08:00:00+01:00",
		"transportStartplats":` + garage + `,"transportSlutplats":` + works + `,"transportsatt":"R"}`,

		`{"tidpunkt":"2026-11-23T16:00:00+01:00","verksamhetsutovare":"5560069618","verksamhetensNamn":"Mälarens Oljeraffinaderi AB",
		"verksamhetensKontaktpersonNamn":"Cecilia Berg","verksamhetensKontaktpersonEpost":"cecilia.berg@malaren.example",
		"verksamhetensKontaktpersonTelefonnummer":"021-123456","referens":"VO-2026-0101",
		"avfall":{"kod":"130205","mangd":1250,"foregaendeAvfallId":"` + records[1].AvfallID + `"},
		"mottagningsDatum":"2026-11-23T16:00:00+01:00","tidigareInnehavare":"5560000167",
		"senasteHanteringsplats":` + garage + `,"behandlingsPlats":` + works + `}`,
	} {
		var got, wanted any
		if err := json.Unmarshal(records[i].Body, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s:\n got %s\nwant %s", records[i].Path, records[i].Body, want)
		}
		if records[i].SystemID != "Sluss-1.0" {
			t.Errorf("system id %q", records[i].SystemID)
		}
	}
}

func TestTwoTransportersAreLinkedLegByLeg(t *testing.T) {
	d := open(t, sim.Options{})
	oil := example(t, "se-two-transporters")
	receipts := map[string]sluss.Receipt{"se.removal": accepted(t, d, removal(oil))}
	receipts["se.transport#1"] = accepted(t, d, carriage(oil, 1, receipts))
	receipts["se.transport#2"] = accepted(t, d, carriage(oil, 2, receipts))
	accepted(t, d, reception(oil, receipts))
	records := d.Notes()
	for i, want := range []struct{ operator, path, predecessor, parts string }{
		{"5560000167", "transportplaneringar", "", `"transportor":"5560065087","nyInnehavare":"5560069618"`},
		{"5560065087", "transporter", records[0].AvfallID, `"tidigareInnehavare":"5560000167","nyInnehavare":"2021003898"`},
		{"2021003898", "transporter", records[1].AvfallID, `"tidigareInnehavare":"5560065087","nyInnehavare":"5560069618","transportStartDatum":"2026-11-23T16:00:00+01:00"`},
		{"5560069618", "behandlingsmottaganden", records[2].AvfallID, `"tidigareInnehavare":"5560065087"`},
	} {
		note := records[i]
		if note.Operator != want.operator || note.Path != want.path || note.Predecessor != want.predecessor || !strings.Contains(string(note.Body), want.parts) {
			t.Errorf("note %d: %+v, body %s; want %+v", i, note, note.Body, want)
		}
	}
	if !strings.Contains(string(records[2].Body), `"transportsatt":"T"`) {
		t.Errorf("the second leg is by rail: %s", records[2].Body)
	}
}

func TestPartiesAndPlacesAbroad(t *testing.T) {
	d := open(t, sim.Options{})
	catalysts := example(t, "se-to-fr")
	accepted(t, d, removal(catalysts))
	accepted(t, d, carriage(catalysts, 1, nil))
	removed, carried := string(d.Notes()[0].Body), string(d.Notes()[1].Body)
	if !strings.Contains(removed, `"nyInnehavare":"FR40000000029","mottagningsplats":{"land":"FR"}`) || strings.Contains(removed, "ombud") {
		t.Errorf("removal: %s", removed)
	}
	if !strings.Contains(carried, `"nyInnehavare":"FR32000000028"`) || !strings.Contains(carried, `"transportSlutplats":{"land":"FR"}`) {
		t.Errorf("transport: %s", carried)
	}
}

func TestPartyAbroadWithoutVATNumberIsNotSent(t *testing.T) {
	d := open(t, sim.Options{})
	catalysts := example(t, "se-to-fr")
	catalysts.Receiver.ID, catalysts.Receiver.VAT = "5560000167", "" // ten digits, but of no Swedish company
	o, exchange, err := d.Submit(t.Context(), removal(catalysts))
	if err != nil || o.Kind != sluss.Rejected || len(o.Reasons) != 1 || o.Reasons[0].Field != "receiver.vat" || o.Reasons[0].Remedy == "" {
		t.Errorf("%+v, %v", o, err)
	}
	if exchange.Status != 0 || exchange.Request == "" || len(d.Notes()) != 0 {
		t.Errorf("sent: %+v", exchange)
	}
}

func TestWordsOnTheWire(t *testing.T) {
	for name, c := range map[string]struct {
		declare func(d *sluss.Declaration)
		submit  func(s *sluss.Submission)
		note    func(d sluss.Declaration) sluss.Submission
		want    string
	}{
		"grams": {func(d *sluss.Declaration) { d.Waste.Mass = 1 }, nil, removal, `"mangd":0.001`},
		"large": {func(d *sluss.Declaration) { d.Waste.Mass = 50_000_000_000_123 }, nil, removal, `"mangd":50000000000.123`},
		"code as the law writes it": {
			func(d *sluss.Declaration) { d.Waste.Code = "13 02 05*" }, nil, removal, `"kod":"130205"`,
		},
		"number with hyphen": {func(d *sluss.Declaration) { d.Receiver.ID = "556006-9618" }, nil, removal, `"nyInnehavare":"5560069618"`},
		"twelve digits":      {func(d *sluss.Declaration) { d.Receiver.ID = "165560069618" }, nil, removal, `"nyInnehavare":"5560069618"`},
		"position": {
			func(d *sluss.Declaration) {
				d.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0188", Position: &sluss.Position{Northing: 6_630_000, Easting: 710_000, Description: "Kajen"}}
			},
			nil, removal, `"uppkomstplats":{"kommunkod":"0188","koordinat":{"nposition":6630000,"eposition":710000,"beskrivning":"Kajen"}}`,
		},
		"CFAR number where the registry knows it": {
			func(d *sluss.Declaration) { d.Legs[0].From.Establishment = "12345678" },
			nil, removal, `"uppkomstplats":{"kommunkod":"0188","cfarNR":"12345678"},"cfarNR":"12345678"`,
		},
		"address where it does not": {
			func(d *sluss.Declaration) { d.Legs[0].To.Establishment = "12345678" },
			nil, removal, `"mottagningsplats":{"kommunkod":"1980","adress":{"adressrad":"Hamngatan 9","postnummer":"72130"}}`,
		},
		"CFAR number alone": {
			func(d *sluss.Declaration) {
				d.Legs[0].To = sluss.Place{Country: "SE", Municipality: "1980", Establishment: "12345678"}
			},
			nil, removal, `"mottagningsplats":{"kommunkod":"1980","cfarNR":"12345678"}`,
		},
		"summer time": {
			nil, func(s *sluss.Submission) {
				s.Content.Events[1].NotedAt = time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
			},
			removal, `"tidpunkt":"2026-07-02T00:30:00+02:00"`,
		},
		"noted late": { // later than the law lets the note be, and than it was to be sent
			nil, func(s *sluss.Submission) {
				s.Content.Obligation.NoteBy = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
				s.Content.Events[1].NotedAt = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
			},
			removal, `"tidpunkt":"2026-11-24T08:00:00+01:00"`,
		},
		"noted in 2026 of an event of 2020": {
			nil, func(s *sluss.Submission) {
				s.Content.Events[1].At = time.Date(2020, 12, 1, 7, 0, 0, 0, time.UTC)
				s.Content.Events[1].NotedAt = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
			},
			func(d sluss.Declaration) sluss.Submission { return carriage(d, 1, nil) }, `"tidpunkt":"2026-11-24T08:00:00+01:00"`,
		},
		"a date is not the time of the note": {
			nil, func(s *sluss.Submission) {
				s.Content.Events[2].NotedAt = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
			},
			func(d sluss.Declaration) sluss.Submission { return reception(d, nil) }, `"mottagningsDatum":"2026-11-23T16:00:00+01:00"`,
		},
		"mass received": {
			nil, func(s *sluss.Submission) { s.Content.Events[2].Mass = 1_243_500 },
			func(d sluss.Declaration) sluss.Submission { return reception(d, nil) }, `"mangd":1243.5`,
		},
		"typed receipt is no link": {
			nil, func(s *sluss.Submission) {
				s.Content.Receipts = map[string]sluss.Receipt{"se.transport#1": {ID: "by telephone"}, "se.removal": {ID: "072f294c-9e70-4cf6-b6a3-139922067ddc"}}
			},
			func(d sluss.Declaration) sluss.Submission { return reception(d, nil) }, `"foregaendeAvfallId":"072f294c-9e70-4cf6-b6a3-139922067ddc"`,
		},
		"consignor of its own": {
			func(d *sluss.Declaration) {
				d.Legs[0].Consignor = &sluss.Party{ID: "2021004748", Country: "SE"}
			},
			nil, func(d sluss.Declaration) sluss.Submission { return carriage(d, 1, nil) }, `"tidigareInnehavare":"2021004748"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			oil := example(t, "se-waste-oil")
			if c.declare != nil {
				c.declare(&oil)
			}
			s := c.note(oil)
			if c.submit != nil {
				c.submit(&s)
			}
			accepted(t, d, s)
			if body := string(d.Notes()[0].Body); !strings.Contains(body, c.want) {
				t.Errorf("want %s in %s", c.want, body)
			}
		})
	}
}

func TestBodiesKeepTheContract(t *testing.T) {
	path := filepath.Join(root(t), "..", "shared", "contracts", "avfallsregistret.openapi.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, sim.Options{})
	for _, name := range []string{"se-waste-oil", "se-two-transporters", "se-corrected", "no-lorry-swedish-load"} {
		batch := example(t, name)
		receipts := map[string]sluss.Receipt{"se.removal": accepted(t, d, removal(batch))}
		for leg := range batch.Legs {
			accepted(t, d, carriage(batch, leg+1, receipts))
		}
		accepted(t, d, reception(batch, receipts))
	}
	for _, note := range d.Notes() {
		var body any
		if err := json.Unmarshal(note.Body, &body); err != nil {
			t.Fatal(err)
		}
		schema := document.Paths.Find("/" + note.Path).Post.RequestBody.Value.Content.Get("application/json").Schema.Value
		if err := schema.VisitJSON(body, openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: %v\n%s", note.Path, err, note.Body)
		}
	}
}

func TestContentThatCannotBeWorded(t *testing.T) {
	d := open(t, sim.Options{})
	oil := example(t, "se-waste-oil")
	for name, change := range map[string]func(*sluss.Content){
		"note of another country": func(c *sluss.Content) { c.Obligation.Report = sluss.ReportSealing },
		"leg that is not there":   func(c *sluss.Content) { c.Obligation.Report, c.Obligation.Leg = sluss.ReportTransport, 2 },
		"no leg":                  func(c *sluss.Content) { c.Obligation.Report = sluss.ReportTransport },
		"no legs at all":          func(c *sluss.Content) { c.Declaration.Legs = nil },
		"event that has not been": func(c *sluss.Content) { c.Events = nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := removal(oil)
			change(&s.Content)
			o, exchange, err := d.Submit(t.Context(), s)
			wantOperator(t, o, err)
			if exchange.Started.IsZero() || len(d.Notes()) != 0 {
				t.Errorf("exchange %+v", exchange)
			}
		})
	}
}
