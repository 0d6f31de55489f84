package avfallsregistret_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/avfallsregistret"
)

// The five notes of collectors, traders and treaters, field for field.
func TestNotesOfCollectorsTradersAndTreaters(t *testing.T) {
	const (
		reporter = `"verksamhetsutovare":"5560069618","verksamhetensNamn":"Mälarens Oljeraffinaderi AB",
			"verksamhetensKontaktpersonNamn":"Cecilia Berg","verksamhetensKontaktpersonEpost":"cecilia.berg@malaren.example",
			"verksamhetensKontaktpersonTelefonnummer":"021-123456"`
		oil    = `"referens":"VO-2026-0101","avfall":{"kod":"130205","mangd":1250}`
		garage = `{"kommunkod":"0188","adress":{"adressrad":"Varvsgatan 4","postnummer":"76141"}}`
		works  = `{"kommunkod":"1980","adress":{"adressrad":"Hamngatan 9","postnummer":"72130"}}`
	)
	for note, want := range map[sluss.ReportKind]string{
		sluss.ReportCollection: `{"tidpunkt":"2026-11-23T16:00:00+01:00",` + reporter + `,` + oil + `,
			"mottagningsDatum":"2026-11-23T16:00:00+01:00","tidigareInnehavare":"5560000167",
			"kommandeHanteringsPlats":` + works + `,"senasteHanteringsPlats":` + garage + `,"transportsatt":"R"}`,
		sluss.ReportCollectionTransport: `{"tidpunkt":"2026-11-23T08:00:00+01:00",` + reporter + `,` + oil + `,
			"borttransportDatum":"2026-11-23T08:00:00+01:00","transportor":"5560065087","nyInnehavare":"5560069618",
			"mottagningsplats":` + works + `,"transportsatt":"R"}`,
		sluss.ReportDeal: `{"tidpunkt":"2026-11-21T08:00:00+01:00",` + reporter + `,` + oil + `,
			"tidigareInnehavare":"5560000167","nyInnehavare":"5560069618","transaktionsDatum":"2026-11-21T08:00:00+01:00"}`,
		sluss.ReportTreatment: `{"tidpunkt":"2026-09-30T23:59:59+02:00",` + reporter + `,"referens":"2026-Q3 130205",
			"avfall":{"kod":"130205","mangd":12500.5},"rapporteringsar":2026,"rapporteringskvartalNr":3,
			"behandlingar":[{"kod":"R9"},{"kod":"R3","underkod":"A"}],"mangdIckeFarligtAvfall":500.5,"mangdMaterialProdukt":11000}`,
		sluss.ReportForwarding: `{"tidpunkt":"2026-11-23T08:00:00+01:00",` + reporter + `,` + oil + `,
			"borttransportDatum":"2026-11-23T08:00:00+01:00","transportor":"5560065087","nyInnehavare":"5560069618",
			"mottagningsplats":` + works + `}`,
	} {
		t.Run(string(note), func(t *testing.T) {
			d := open(t, sim.Options{})
			accepted(t, d, everyNote(t)[note])
			var got, wanted any
			if err := json.Unmarshal(d.Notes()[0].Body, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(want), &wanted); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, wanted) {
				t.Errorf("got %s\nwant %s", d.Notes()[0].Body, want)
			}
		})
	}
}

func TestWordsOfCollectorsTradersAndTreaters(t *testing.T) {
	const before = "072f294c-9e70-4cf6-b6a3-139922067ddc"
	for name, c := range map[string]struct {
		note   sluss.ReportKind
		change func(c *sluss.Content)
		want   string
	}{
		"households": {
			sluss.ReportCollection, func(c *sluss.Content) {
				c.Declaration.Origin, c.Declaration.Producer = sluss.Household, sluss.Party{Name: "Hushåll i Norrtälje", Country: "SE"}
				c.Declaration.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0188"}
			}, `"tidigareInnehavare":"KOMMUN","kommandeHanteringsPlats":{"kommunkod":"1980","adress":{"adressrad":"Hamngatan 9","postnummer":"72130"}},"senasteHanteringsPlats":{"kommunkod":"0188"}`,
		},
		"unknown origin": {
			sluss.ReportReception, func(c *sluss.Content) {
				c.Declaration.Origin, c.Declaration.Producer = sluss.UnknownOrigin, sluss.Party{Name: "okänd", Country: "SE"}
				c.Declaration.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0188"}
			}, `"tidigareInnehavare":"OKÄND","senasteHanteringsplats":{"kommunkod":"0188"}`,
		},
		"households' waste on the road": {
			sluss.ReportTransport, func(c *sluss.Content) {
				c.Declaration.Origin, c.Declaration.Producer = sluss.Household, sluss.Party{Name: "Hushåll i Norrtälje", Country: "SE"}
				c.Declaration.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0188"}
			}, `"tidigareInnehavare":"KOMMUN"`,
		},
		"households' waste from who collected it": {
			sluss.ReportTransport, func(c *sluss.Content) {
				c.Declaration.Origin, c.Declaration.Legs[0].Consignor = sluss.Household, &yard
			}, `"tidigareInnehavare":"5560069618"`,
		},
		"the treater carries itself": {
			sluss.ReportForwarding, func(c *sluss.Content) { c.Declaration.Legs[0].Transporter = yard }, `"transportsatt":"R"`,
		},
		"quantity received": {
			sluss.ReportCollection, func(c *sluss.Content) { c.Events[2].Mass = 1_243_500 }, `"mangd":1243.5`,
		},
		"link to the filing of another batch": {
			sluss.ReportForwarding, func(c *sluss.Content) {
				id := sluss.NewBatchID("", "VO-2026-0099").Filing("se.reception")
				c.Obligation.After, c.Receipts = []string{string(id)}, map[string]sluss.Receipt{string(id): {ID: before}}
			}, `"foregaendeAvfallId":"` + before + `"`,
		},
		"link that another company told": {
			sluss.ReportCollectionTransport, func(c *sluss.Content) {
				c.Declaration.Predecessors = []sluss.Predecessor{{Mass: 1, Receipt: "by telephone"}, {Mass: 2, Receipt: before}}
			}, `"foregaendeAvfallId":"` + before + `"`,
		},
		"buyer abroad": {
			sluss.ReportDeal, func(c *sluss.Content) {
				c.Declaration.Deals[0].To = sluss.Party{ID: "12345678", Country: "DK", VAT: "DK12345678"}
			}, `"nyInnehavare":"DK12345678"`,
		},
		"deal noted late, with the declaration": {
			sluss.ReportDeal, func(c *sluss.Content) {
				c.Obligation.Event, c.Obligation.NoteBy = "produced", time.Date(2026, 11, 20, 22, 59, 59, 0, time.UTC)
				c.Events[0].NotedAt = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
			}, `"tidpunkt":"2026-11-24T08:00:00+01:00"`,
		},
		"deal made after its declaration": {
			sluss.ReportDeal, func(c *sluss.Content) {
				c.Obligation.Event, c.Events[0].NotedAt = "produced", time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)
			}, `"tidpunkt":"2026-11-21T08:00:00+01:00"`,
		},
		"result compiled late": {
			sluss.ReportTreatment, func(c *sluss.Content) {
				c.Result.CompiledAt = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
				c.Obligation.NoteBy = time.Date(2026, 11, 20, 22, 59, 59, 0, time.UTC)
			}, `"tidpunkt":"2026-11-24T08:00:00+01:00"`,
		},
		"waste oil": {
			sluss.ReportTreatment, func(c *sluss.Content) {
				c.Result.Oil = &sluss.OilYield{Kind: "05", Regenerated: mass(1), Recycled: mass(2), Energy: mass(3), Disposed: mass(4.25), Other: "Asfalt"}
			}, `"atervinningsresultattypkod":"05","mangdRegenerering":1,"mangdAnnanMaterialatervinning":2,"mangdEnergiatervinning":3,"mangdBortskaffande":4.25,"specifikationAnnan":"Asfalt"`,
		},
		"fourth quarter": {
			sluss.ReportTreatment, func(c *sluss.Content) { c.Result.Quarter = sluss.Quarter{Year: 2025, Number: 4} },
			`"tidpunkt":"2025-12-31T23:59:59+01:00"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			s := everyNote(t)[c.note]
			c.change(&s.Content)
			accepted(t, d, s)
			if body := string(d.Notes()[0].Body); !strings.Contains(body, c.want) {
				t.Errorf("want %s in %s", c.want, body)
			}
		})
	}
}

func TestNotesWithoutTheirSubject(t *testing.T) {
	d := open(t, sim.Options{})
	for name, s := range map[string]sluss.Submission{
		"no such deal": func() sluss.Submission { s := everyNote(t)[sluss.ReportDeal]; s.Content.Obligation.Deal = 2; return s }(),
		"no deal":      func() sluss.Submission { s := everyNote(t)[sluss.ReportDeal]; s.Content.Obligation.Deal = 0; return s }(),
		"no result":    func() sluss.Submission { s := everyNote(t)[sluss.ReportTreatment]; s.Content.Result = nil; return s }(),
		"no legs": func() sluss.Submission {
			s := everyNote(t)[sluss.ReportForwarding]
			s.Content.Declaration.Legs = nil
			return s
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			o, _, err := d.Submit(t.Context(), s)
			wantOperator(t, o, err)
		})
	}
	if n := len(d.Notes()); n != 0 {
		t.Errorf("records hold %d", n)
	}
}
