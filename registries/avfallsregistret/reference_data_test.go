package avfallsregistret_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

func lists(t *testing.T, d service) avfallsregistret.ReferenceData {
	t.Helper()
	fetched, err := d.ReferenceData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fetched
}

func TestReferenceDataOfTheRegistry(t *testing.T) {
	limit := 100.5
	for name, options := range map[string]sim.Options{
		"as inferred":            {},
		"other words":            {HazardWords: [2]string{"N", "J"}, MassLimit: limit, NoteNumbersFromZero: true},
		"JSON from the gateway":  {GatewayErrors: sim.JSON},
		"production":             {Mode: sim.Production},
		"sub-codes of its own":   {SubCodes: map[string]string{"D15": "QX"}},
		"oil results of its own": {RecoveryTypes: []sim.RecoveryType{{Code: "77", Energy: true, OtherDetail: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, options)
			l := lists(t, d)
			if len(l.Notes) != 8 || len(l.Wastes) != 973 || len(l.Codes()) != 842 || len(l.Treatments) != 28 || len(l.Modes) != 6 {
				t.Fatalf("%d notes, %d wastes, %d codes, %d treatments, %d modes", len(l.Notes), len(l.Wastes), len(l.Codes()), len(l.Treatments), len(l.Modes))
			}
			if n := d.Counters().Served; n != 5 {
				t.Errorf("%d calls", n)
			}
			i := slices.IndexFunc(l.Wastes, func(w avfallsregistret.WasteType) bool { return w.Code == "130205" })
			oil, above := l.Wastes[i], l.Wastes[0]
			want := avfallsregistret.WasteType{Code: "130205", EWC: "13 02 05*", Hazard: "true", OilResult: true, Description: oil.Description, Limit: options.MassLimit}
			if options.HazardWords[1] != "" {
				want.Hazard = options.HazardWords[1]
			}
			if oil != want || !oil.Hazardous() || oil.Description == "" || len(above.Code) != 2 || above.Hazardous() {
				t.Errorf("%+v, %+v", oil, above)
			}
			first := l.Notes[0].ID
			if first == 0 != options.NoteNumbersFromZero || l.Notes[0].Law == "" || l.Notes[0].Actor == "" {
				t.Errorf("%+v", l.Notes[0])
			}
			subs := map[string]string{}
			for _, m := range l.Treatments {
				for _, s := range m.SubCodes {
					subs[m.Code] += s.Code
				}
			}
			if options.SubCodes != nil && (len(subs) != 1 || subs["D15"] != "QX") || options.SubCodes == nil && subs["R3"] != "AB" {
				t.Errorf("sub-codes %v", subs)
			}
			last := l.Recoveries[len(l.Recoveries)-1]
			one, err := d.RecoveryType(t.Context(), last.Code)
			if err != nil || one != last || !one.Energy || !one.Detail || one.Regenerated == (one.Code == "77") {
				t.Errorf("%+v, %v, want %+v", one, err, last)
			}
			if kinds := l.OilKinds(); len(kinds) != len(l.Recoveries) || !kinds[len(kinds)-1].AnyOther || !kinds[len(kinds)-1].Energy {
				t.Errorf("%+v", kinds)
			}
			if _, err := d.RecoveryType(t.Context(), "99"); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNoDriftWhereThereIsNone(t *testing.T) {
	d := open(t, sim.Options{})
	l := lists(t, d)
	if drift := avfallsregistret.Compare(l.Codes(), l); len(drift) != 0 {
		t.Errorf("%v", drift)
	}
	l.Treatments[0].SubCodes = append(l.Treatments[0].SubCodes, avfallsregistret.SubCode{Code: "Z"})
	l.Recoveries = nil
	if drift := avfallsregistret.Compare(l.Codes(), l); len(drift) != 0 {
		t.Errorf("of what is not carried: %v", drift)
	}
}

// The battery codes of 2026-12-09, by the registry's clock.
func TestDriftOnTheDayOfTheBatteryCodes(t *testing.T) {
	now := time.Date(2026, time.December, 8, 12, 0, 0, 0, time.UTC)
	d := open(t, sim.Options{BatteryCodes: sim.BatteryCodesByDate, Now: func() time.Time { return now }, TokenLife: 100 * time.Hour})
	carried := lists(t, d).Codes()
	now = now.AddDate(0, 0, 1)
	drift := avfallsregistret.Compare(carried, lists(t, d))
	var lines []string
	for _, one := range drift {
		lines = append(lines, one.String())
		if one.List != "avfallstyper" || one.Problem == "" || one.Remedy == "" {
			t.Errorf("%+v", one)
		}
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"avfallstyper 160605: the registry does not list this code", "avfallstyper 160604: the registry lists it as hazardous, Sluss as not hazardous",
		"avfallstyper 160607: Sluss does not know this code", "avfallstyper 191408: Sluss does not know",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	if !slices.IsSortedFunc(drift, func(a, b sluss.Drift) int { return strings.Compare(a.Code, b.Code) }) {
		t.Errorf("not in order:\n%s", text)
	}
}

func TestDriftOfTheShorterLists(t *testing.T) {
	l := lists(t, open(t, sim.Options{}))
	codes := l.Codes()
	l.Notes = l.Notes[:7]
	l.Modes[0].Code = "X"
	l.Treatments = slices.DeleteFunc(l.Treatments, func(m avfallsregistret.TreatmentMethod) bool { return m.Code == "R9" })
	var got []string
	for _, one := range avfallsregistret.Compare(codes, l) {
		got = append(got, one.List+" "+one.Code)
	}
	if want := []string{"anteckningstyper ", "behandlingsmetoder R9", "transportsatt R", "transportsatt X"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestListsThatDoNotComeWhole(t *testing.T) {
	for name, c := range map[string]struct {
		fault sim.Fault
		want  error
	}{
		"down":          {sim.Fault{Kind: sim.Down}, sluss.ErrUnavailable},
		"bad gateway":   {sim.Fault{Kind: sim.Down, Status: 502}, sluss.ErrUnavailable},
		"too many":      {sim.Fault{Kind: sim.TooMany}, sluss.ErrUnavailable},
		"lost":          {sim.Fault{Kind: sim.LostRequest}, sluss.ErrUnavailable},
		"forbidden":     {sim.Fault{Kind: sim.Down, Status: 403}, sluss.ErrOperator},
		"gone":          {sim.Fault{Kind: sim.Down, Status: 404}, sluss.ErrOperator},
		"token expired": {sim.Fault{Kind: sim.TokenExpired}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			c.fault.Skip = 1
			d.fault(t, c.fault)
			fetched, err := d.ReferenceData(t.Context())
			if !errors.Is(err, c.want) || (err != nil) != (len(fetched.Modes) == 0) {
				t.Errorf("%v, %d modes", err, len(fetched.Modes))
			}
		})
	}
	for name, body := range map[string]string{"HTML": "<html></html>", "cut": `[{"kod":"13"`, "an object": `{"a":1}`} {
		t.Run(name, func(t *testing.T) {
			d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
				if strings.HasSuffix(r.URL.Path, "/avfallstyper") {
					_, _ = io.WriteString(w, body)
					return
				}
				registry.ServeHTTP(w, r)
			})
			if _, err := d.ReferenceData(t.Context()); !errors.Is(err, sluss.ErrUnavailable) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The type of the hazard field is not known, and nothing depends on it.
func TestListsInAnyWords(t *testing.T) {
	d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
		if strings.HasSuffix(r.URL.Path, "/avfallstyper") {
			_, _ = io.WriteString(w, `[{"Kod":"13","Ewc":"13","Farligt":null,"Avfallstyper":[{"kod":"130205","ewc":"13 02 05*","farligt":true,"mangdGrans":null,"avfallstypInfo":null}]}]`)
			return
		}
		registry.ServeHTTP(w, r)
	})
	l := lists(t, d)
	if len(l.Wastes) != 2 || l.Wastes[1].Hazard != "true" || !slices.Equal(l.Codes(), []string{"130205*"}) {
		t.Errorf("%+v", l.Wastes)
	}
}
