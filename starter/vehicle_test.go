package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/registries/autosys"
	"sluss/registries/trackdechets/documents"
	"sluss/service"
	sim "sluss/simulators/autosys"
)

// asked is the question of a command line, without anybody to ask.
func asked(t *testing.T, line string) (q service.VehicleQuestion, numbers []string) {
	t.Helper()
	s := &starter{zone: winter, now: func() time.Time { return today }}
	app := s.app()
	for _, verb := range app.Commands {
		if verb.Name == "vehicle" {
			verb.Action = func(c *cli.Context) (err error) {
				numbers = c.Args().Slice()
				q, err = s.vehicleQuestion(c)
				return err
			}
		}
	}
	must(t, app.RunContext(t.Context(), append([]string{"starter"}, reorder(strings.Fields(line), app.Commands)...)))
	return q, numbers
}

// norwegian is a client of a simulated registry with its sample vehicles.
func norwegian(t *testing.T) *autosys.Client {
	t.Helper()
	registry, err := sim.New(sim.Options{Now: func() time.Time { return today }})
	must(t, err)
	must(t, registry.Add(sim.SampleVehicles(today)...))
	server := httptest.NewServer(registry)
	t.Cleanup(server.Close)
	client, err := autosys.New(autosys.Options{BaseURL: server.URL, Key: "key", Now: func() time.Time { return today }})
	must(t, err)
	return client
}

// What a person reads, from the command line to the registry and back.
func TestVehicleVerdicts(t *testing.T) {
	client := norwegian(t)
	for line, want := range map[string]string{
		"vehicle TS10003 TS1004 --load 12400kg --adr tank": `clear for DAY

VEHICLE  STATUS                       CATEGORY  KERB      PAYLOAD   ADR
TS10003  registered since 2021-05-20  N3        11200 kg  14725 kg  FL, AT from -4M to +8M
TS1004   registered since 2021-05-20  O4        7600 kg   31400 kg  FL from -4M to +8M tank LGBF
`,
		"vehicle TS20001 ZZ1234 --load 15t": `refused for DAY
may be overridden by: officer
  TS20001: the inspection was due on -1M, before the transport on DAY
    do:     have the vehicle inspected, or take another one
    source: periodiskKjoretoyKontroll.kontrollfrist = -1M
  ZZ1234: the registry has no such vehicle
    do:     correct it, or take another vehicle; if it is a personal plate, give the ordinary plate or the chassis number
    source: kjoretoydataListe
  load: the load weighs 15000 kg, but the known vehicles may carry at most 14725 kg; the payload of 1 of the leg's vehicles is not known
    do:     check the load against the papers of the other vehicles
    source: godkjenning.tekniskGodkjenning.tekniskeData.vekter.nyttelast

VEHICLE  STATUS                       CATEGORY  KERB      PAYLOAD   ADR
TS20001  registered since 2021-05-20  N3        11200 kg  14725 kg  -
`,
		"vehicle TS20003 TS30002 TS2005 TS20004 --end-of-life": `TS20003: scrapped since -3M
  category              M1
  kerb mass             1520 kg
  fuels                 electric
  high-voltage battery  yes (drivstoffKode 5: electric)
TS30002: registered since 2020-09-01
  category              M1
  kerb mass             1780 kg
  fuels                 petrol, electric
  high-voltage battery  yes (drivstoffKode 5: electric)
TS2005: registered since 2018-04-11
  category              O2
  kerb mass             310 kg
  fuels                 not in the registry
  high-voltage battery  no (tekniskKode O2: a trailer without a motor)
  TS20004: the registry does not give out data about this vehicle, or does not know it
    do:     correct it if it is mistyped; otherwise check the vehicle by its papers
    source: feilmelding = OPPLYSNINGER_IKKE_TILGJENGELIGE
`,
	} {
		t.Run(line, func(t *testing.T) {
			q, numbers := asked(t, line)
			outcome, _, err := client.Submit(t.Context(), sluss.Submission{Content: q.Content()})
			must(t, err)
			var b strings.Builder
			if q.EndOfLife {
				writeEndOfLife(&b, *outcome.Clearance, numbers)
			} else {
				writeVerdict(&b, *outcome.Clearance, numbers, q.Day)
			}
			day := func(months int) string { return today.AddDate(0, months, 0).Format(time.DateOnly) }
			want = strings.NewReplacer("DAY", q.Day.Format(time.DateOnly), "-1M", day(-1), "-3M", day(-3), "-4M", day(-4), "+8M", day(8)).Replace(want)
			if b.String() != want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

// The content of a BSVHU goes to standard output alone, what to do about it beside it.
func TestProposedBSVHU(t *testing.T) {
	var out, notes strings.Builder
	s := &starter{zone: winter, out: &out, err: &notes}
	q, _ := asked(t, "vehicle TS20003 --end-of-life --bsvhu")
	outcome, _, err := norwegian(t).Submit(t.Context(), sluss.Submission{Content: q.Content()})
	must(t, err)
	s.writeProposal(&out, documents.ProposeBSVHU(documents.Wrecks{Vehicles: q.Vehicles, Facts: outcome.Clearance.Vehicles}))
	const want = `{
  "containsElectricOrHybridVehicles": true,
  "identification": {
    "numbers": [
      "TS20003"
    ],
    "type": "NUMERO_IMMATRICULATION"
  },
  "packaging": "UNITE",
  "quantity": 1,
  "wasteCode": "16 01 04*",
  "weight": {
    "isEstimate": true,
    "value": 1.52
  }
}
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
	for _, words := range []string{"hint: destination.company.siret: is missing; give it\n", "drivstoffKode 5: electric", "scrapped in Norway already, since " + today.AddDate(0, -3, 0).Format(time.DateOnly)} {
		if !strings.Contains(notes.String(), words) {
			t.Errorf("%q is not in\n%s", words, notes.String())
		}
	}
	for _, line := range []string{"vehicle TS20003 --load 8t --bsvhu", "vehicle TS20003 --end-of-life --depolluted"} {
		app := s.app()
		if err := app.RunContext(t.Context(), append([]string{"starter"}, reorder(strings.Fields(line), app.Commands)...)); exitCode(err) != exitUsage {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestVehicleQuestion(t *testing.T) {
	q, _ := asked(t, "vehicle TS10003 --load 8t --adr tank --un 1993 --tenant north --day 2026-12-01")
	c := q.Content()
	if w := c.Declaration.Waste; w.Mass != 8_000*sluss.Kilogram || w.UN != "1993" || w.Packagings[0].Kind != sluss.Tank || c.Declaration.Tenant != "north" {
		t.Errorf("%+v", c)
	}
	if leg := c.Declaration.Legs[0]; leg.Departure.Format(time.DateOnly) != "2026-12-01" || leg.Vehicles[0].Plate != "TS10003" || c.Obligation.Rule.ID != "" {
		t.Errorf("%+v", c)
	}
	q, _ = asked(t, "vehicle TS20003 --end-of-life")
	if c := q.Content(); c.Obligation.Rule.ID != sluss.RuleEndOfLife || c.Obligation.Report != sluss.ReportClearance || c.Declaration.Waste.Mass != 0 {
		t.Errorf("%+v", c)
	}
	vehicles := readVehicles([]string{"A1", "B2", "C3"}, false)
	if vehicles[0].Kind != sluss.Lorry || vehicles[2].Kind != sluss.Trailer || vehicles[1].Plate != "B2" || vehicles[0].Country != "NO" {
		t.Errorf("%+v", vehicles)
	}
	if v := readVehicles([]string{"YS2"}, true)[0]; v.VIN != "YS2" || v.Plate != "" {
		t.Errorf("%+v", v)
	}
}

func TestVehicleExitCodes(t *testing.T) {
	s := &starter{zone: winter}
	for code, o := range map[int]sluss.Outcome{
		exitRefused:     {Kind: sluss.Rejected, Reasons: []sluss.Reason{{Field: "legs.0.vehicles.0.plate", Message: "is no plate"}}},
		exitUnavailable: {Kind: sluss.Deferred, NotBefore: noon, Detail: "its quota is spent"},
	} {
		if err := noVerdict(s, o); exitCode(err) != code {
			t.Errorf("%s: %v exits with %d, want %d", o.Kind, err, exitCode(err), code)
		}
	}
	if exitCode(errStop) != exitStop || exitCode(errNothingKnown) != exitRefused {
		t.Errorf("refused exits with %d, nothing known with %d", exitCode(errStop), exitCode(errNothingKnown))
	}
}
