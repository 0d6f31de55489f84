package autosys_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

// said is the outcome of a submission, in short.
func said(o sluss.Outcome, err error) string {
	switch {
	case errors.Is(err, sluss.ErrOperator):
		return "operator"
	case err != nil:
		return err.Error()
	case o.Kind == sluss.Deferred:
		return fmt.Sprintf("deferred %s, throttled %v", o.NotBefore.Sub(today), o.Throttled)
	case o.Clearance == nil:
		return fmt.Sprintf("%+v", o)
	}
	text := string(o.Clearance.Verdict)
	for _, r := range o.Clearance.Reasons {
		text += "; " + r.Code
	}
	return text
}

// The client lives with both settings of everything that is not known of the registry, on both of its hosts. Each
// switch of the simulator is here, by its name.
func TestEverySwitch(t *testing.T) {
	const unknown = "refused; kjoretoydataListe"
	bare := "warning; " + status + "; " + category + "; " + payload + "; " + payload
	tank := func(s *sluss.Submission) {
		s.Content.Declaration.Waste.UN = "UN 1993"
		s.Content.Declaration.Waste.Packagings = []sluss.Packaging{{Kind: sluss.Tank, Count: 1}}
	}
	personal, shielded, nobody, good := lorry("BLÅ BÆR"), lorry("TS20004"), lorry("ZZ99999"), lorry("TS10003")
	car := "warning; " + category
	with := func(vehicles ...sluss.Vehicle) []sluss.Vehicle { return vehicles }
	tests := map[string][]struct {
		options  sim.Options
		vehicles []sluss.Vehicle
		want     string
	}{
		"Keys":       {{sim.Options{Keys: []string{testKey}}, with(good), "clear"}, {sim.Options{Keys: []string{"other"}}, with(good), "operator"}},
		"DailyQuota": {{sim.Options{DailyQuota: 2}, with(good, pulled("TS1004")), "clear"}, {sim.Options{DailyQuota: 1}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"}},
		"PerMinute":  {{sim.Options{PerMinute: 2}, with(good, pulled("TS1004")), "clear"}, {sim.Options{PerMinute: 1}, with(good, pulled("TS1004")), "deferred 1m0s, throttled true"}},
		"QuotaAnswer": {
			{sim.Options{DailyQuota: 1, QuotaAnswer: 429}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"},
			{sim.Options{DailyQuota: 1, QuotaAnswer: 422}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"},
		},
		"RetryAfter": {
			{sim.Options{DailyQuota: 1, RetryAfter: sim.RetryAfterSeconds}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"},
			{sim.Options{DailyQuota: 1, RetryAfter: sim.RetryAfterDate}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"},
			{sim.Options{DailyQuota: 1, RetryAfter: sim.RetryAfterNone}, with(good, pulled("TS1004")), "deferred 10m0s, throttled true"},
			{sim.Options{DailyQuota: 1, RetryAfter: sim.RetryAfterNone, QuotaAnswer: 422}, with(good, pulled("TS1004")), "deferred 10h1m0s, throttled true"},
		},
		"FreeMisses": {
			{sim.Options{DailyQuota: 1}, with(nobody, lorry("ZZ99998")), "deferred 10h0m0s, throttled true"},
			{sim.Options{DailyQuota: 1, FreeMisses: true}, with(nobody, lorry("ZZ99998")), unknown + "; kjoretoydataListe; " + payload},
		},
		"FreeBadRequests": { // the first is answered with 400
			{sim.Options{DailyQuota: 1, ErrorBody: sim.ErrorBodyText}, with(lorry("TS66666"), good), "deferred 10h0m0s, throttled true"},
			{sim.Options{DailyQuota: 1, FreeBadRequests: true}, with(lorry("TS66666"), good), "refused; kjennemerke"},
		},
		"NotFound": {
			{sim.Options{}, with(good, nobody), unknown},
			{sim.Options{NotFound: sim.NotFoundEmptyList}, with(good, nobody), unknown},
			{sim.Options{NotFound: sim.NotFoundNothing}, with(good, nobody), "refused; feilmelding"},
			{sim.Options{NotFound: sim.NotFoundStatus}, with(good, nobody), unknown},
			{sim.Options{NotFound: sim.NotFoundMessage}, with(good, nobody), "warning; feilmelding"},
		},
		"GoneNotFound": {
			{sim.Options{}, with(good, lorry("TS20003")), "refused; " + status},
			{sim.Options{GoneNotFound: true}, with(good, lorry("TS20003")), unknown},
		},
		"WithheldText": {
			{sim.Options{}, with(good, shielded), "warning; feilmelding"},
			{sim.Options{WithheldText: true}, with(good, shielded), "warning; feilmelding"},
		},
		"WithheldCode": {
			{sim.Options{WithheldCode: "OPPLYSNINGER_UTILGJENGELIG"}, with(good, shielded), "warning; feilmelding"},
			{sim.Options{WithheldCode: "ET HELT NYTT ORD"}, with(good, shielded), "refused; feilmelding"},
		},
		"WithheldStatus": {
			{sim.Options{WithheldStatus: 404}, with(good, shielded), "warning; feilmelding"},
			{sim.Options{WithheldStatus: 403, WithheldText: true}, with(good, shielded), "warning; feilmelding"},
			{sim.Options{WithheldStatus: 500, WithheldText: true}, with(good, shielded), "warning; feilmelding"},
		},
		"MissingKeyAnswer": {{sim.Options{MissingKeyAnswer: 401}, with(good), "clear"}, {sim.Options{MissingKeyAnswer: 401, Keys: []string{"other"}}, with(good), "operator"}},
		"RawKey":           {{sim.Options{RawKey: true}, with(good), "clear"}},
		"ErrorBody": {
			{sim.Options{ErrorBody: sim.ErrorBodyText, Keys: []string{"other"}}, with(good), "operator"},
			{sim.Options{ErrorBody: sim.ErrorBodyJSON, Keys: []string{"other"}}, with(good), "operator"},
			{sim.Options{ErrorBody: sim.ErrorBodyJSON, DailyQuota: 1}, with(good, pulled("TS1004")), "deferred 10h0m0s, throttled true"},
		},
		"Lenient":        {{sim.Options{Lenient: true}, with(lorry("ts 10-003")), "clear"}, {sim.Options{}, with(lorry("ts 10-003")), "clear"}},
		"PersonalSpaces": {{sim.Options{}, with(personal, pulled("TS2005")), car}, {sim.Options{PersonalSpaces: true}, with(personal), unknown + "; " + payload}},
		"PersonalAsID":   {{sim.Options{PersonalAsID: true}, with(personal, pulled("TS2005")), car}, {sim.Options{PersonalAsID: true}, with(lorry("TS30002"), pulled("TS2005")), car}},
		"Kuid":           {{sim.Options{Kuid: true}, with(good), "clear"}},
		"HideADR":        {{sim.Options{}, with(good, pulled("TS1004")), "clear"}, {sim.Options{HideADR: true}, with(good, pulled("TS1004")), "warning; " + approvals + "; " + approvals}},
		"ADRCode":        {{sim.Options{ADRCode: "ADR_RE"}, with(good, pulled("TS1004")), "clear"}},
		"OmitNoInspection": {
			{sim.Options{}, with(good, pulled("TS2005")), "clear"},
			{sim.Options{OmitNoInspection: true}, with(good, pulled("TS2005")), "clear"},
		},
		"Sparse": {{sim.Options{Sparse: sim.SparseAbsent}, with(good), bare}, {sim.Options{Sparse: sim.SparseEmpty}, with(good), bare}},
		"Drift":  {{sim.Options{Drift: true}, with(good, pulled("TS1004")), "clear"}, {sim.Options{Drift: true}, with(lorry("TS20002")), "refused; " + status}},
		"Path":   {{sim.Options{Path: "calls.jsonl"}, with(good), "clear"}},
		"Now":    {{sim.Options{}, with(good), "clear"}},
	}
	for field := range reflect.TypeFor[sim.Options]().Fields() {
		cases := tests[field.Name]
		if len(cases) == 0 {
			t.Errorf("no test sets the simulator's switch %s", field.Name)
		}
		for i, test := range cases {
			for _, host := range []string{"", "/ws/no/vegvesen/kjoretoy/felles/datautlevering"} {
				t.Run(fmt.Sprintf("%s/%d%s", field.Name, i, host), func(t *testing.T) {
					options := test.options
					if options.Path != "" {
						options.Path = filepath.Join(t.TempDir(), options.Path)
					}
					r := registry(t, options)
					t.Cleanup(func() { _ = r.Close() })
					if err := r.Fault(sim.Fault{Kind: sim.FaultStatus, Status: 400, Asked: "TS66666"}); err != nil {
						t.Fatal(err)
					}
					client := newClient(t, httptestURL(t, r)+host, 5*time.Second)
					s := submission(test.vehicles...)
					if field.Name == "HideADR" || field.Name == "ADRCode" {
						tank(&s)
					}
					got, exchange, err := client.Submit(t.Context(), s)
					if text := said(got, err); text != test.want {
						t.Errorf("got %q, want %q", text, test.want)
					}
					checkExchange(t, exchange, len(r.Lookups()))
				})
			}
		}
	}
}

// A registry that is started again knows what was used of the day's quota.
func TestQuotaOutlivesTheRegistry(t *testing.T) {
	options := sim.Options{DailyQuota: 1, Path: filepath.Join(t.TempDir(), "calls.jsonl")}
	for _, want := range []string{"clear", "deferred 10h0m0s, throttled true"} {
		r := registry(t, options)
		got, _, err := newClient(t, httptestURL(t, r), 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
		if text := said(got, err); text != want {
			t.Errorf("got %q, want %q", text, want)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Several vehicles with one short chassis number are several raw answers in one, and
// none is chosen.
func TestSeveralHitsAreKept(t *testing.T) {
	o := open(t, sim.Options{})
	for _, plate := range []string{"TS40001", "TS40002"} {
		if err := o.Add(sim.Vehicle{Plate: plate, VIN: "1234", Category: "N2", PayloadKg: new(5_000), InspectionDue: "2027-01-01"}); err != nil {
			t.Fatal(err)
		}
	}
	asked := sluss.Vehicle{Country: "NO", VIN: "1234", Kind: sluss.Lorry}
	got, exchange, err := o.Submit(t.Context(), submission(asked))
	if text := said(got, err); text != "warning; kjoretoyId.understellsnummer; "+payload {
		t.Errorf("got %q", text)
	}
	answer := autosys.Classify(200, nil, []byte(exchange.Response[1:len(exchange.Response)-1]))
	if hits, ok := answer.(autosys.Found); !ok || len(hits.Vehicles) != 2 {
		t.Errorf("kept: %s", exchange.Response)
	}
	asked.Plate = "TS40002"
	if got, _, err := o.Submit(t.Context(), submission(asked)); said(got, err) != "clear" {
		t.Errorf("by plate: %q", said(got, err))
	}
}
