package autosys_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

// lookup asks a simulated registry for a plate and classifies what it answers.
func lookup(t *testing.T, registry http.Handler, plate string) autosys.Answer {
	t.Helper()
	query := url.Values{"kjennemerke": {plate}}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, sim.QueryPath+"?"+query.Encode(), nil)
	req.Header.Set("SVV-Authorization", "Apikey good")
	recorder := httptest.NewRecorder()
	registry.ServeHTTP(recorder, req)
	return autosys.Classify(recorder.Code, recorder.Header(), recorder.Body.Bytes())
}

var today = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func registry(t *testing.T, options sim.Options) *sim.Registry {
	t.Helper()
	options.Now = func() time.Time { return today }
	r, err := sim.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(sim.SampleVehicles(today)...); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSimulatorAnswersAreUnderstood(t *testing.T) {
	spent := sim.Options{DailyQuota: 1}
	tests := []struct {
		name    string
		options sim.Options
		before  string // asked first
		plate   string
		want    autosys.Answer
	}{
		{"unknown", sim.Options{}, "", "ZZ99999", autosys.NotFound{Status: 204}},
		{"unknown, empty list", sim.Options{NotFound: sim.NotFoundEmptyList}, "", "ZZ99999", autosys.NotFound{Status: 200}},
		{"unknown, 404", sim.Options{NotFound: sim.NotFoundStatus}, "", "ZZ99999", autosys.NotFound{Status: 404}},
		{"unknown, as if withheld", sim.Options{NotFound: sim.NotFoundMessage}, "", "ZZ99999", autosys.Withheld{Code: withheld}},
		{"shielded", sim.Options{}, "", "TS20004", autosys.Withheld{Code: withheld}},
		{"shielded, text", sim.Options{WithheldText: true}, "", "TS20004", autosys.Withheld{Code: withheld}},
		{"bad form", sim.Options{}, "", "ts10003", autosys.BadRequest{}},
		{"key", sim.Options{Keys: []string{"other"}}, "", "TS10003", autosys.KeyRefused{Status: 403}},
		{"quota", spent, "TS10003", "TS10003", autosys.QuotaSpent{Status: 429, RetryAfter: autosys.RetryAfter{Wait: 10 * time.Hour}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := registry(t, test.options)
			if test.before != "" {
				lookup(t, r, test.before)
			}
			if got := lookup(t, r, test.plate); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

// found is the answer with a single vehicle.
func found(t *testing.T, answer autosys.Answer) autosys.Found {
	t.Helper()
	hit, ok := answer.(autosys.Found)
	if !ok || len(hit.Vehicles) != 1 {
		t.Fatalf("want one vehicle, got %#v", answer)
	}
	return hit
}

func kg(k *autosys.Kg) int {
	if k == nil {
		return -1
	}
	return int(*k)
}

func TestVehicleIsRead(t *testing.T) {
	for _, drift := range []bool{false, true} {
		r := registry(t, sim.Options{Drift: drift})
		trailer := found(t, lookup(t, r, "TS1004")).Vehicles[0]
		technical := trailer.Approval.Technical
		if technical.Classification.Category.Value != "O4" || trailer.Registration.Status.Value != autosys.StatusRegistered {
			t.Errorf("category and status: %+v, %+v", technical.Classification, trailer.Registration)
		}
		w := technical.Data.Weights
		if kg(w.Payload) != 31_400 || kg(w.Kerb) != 7_600 || kg(w.Total) != 39_000 || w.Train != nil {
			t.Errorf("weights: %+v", w)
		}
		if due, err := trailer.Inspection.Due.Day(); err != nil || !due.Equal(time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("inspection: %v %v", due, err)
		}
		approval := trailer.Approval.Additional[0]
		if adr := approval.Specific.ADR; adr == nil || adr.Types[0] != "FL" || adr.Tank == nil || adr.Tank.Code != "LGBF" {
			t.Errorf("ADR: %+v", adr)
		}
		if approval.From != "2026-02-15" || approval.To != "2027-02-15" {
			t.Errorf("ADR from %s to %s", approval.From, approval.To)
		}

		van := found(t, lookup(t, r, "TS30001")).Vehicles[0]
		if train := van.Approval.Technical.Data.Weights.Train; kg(train) != 0 {
			t.Errorf("a train weight written as 0: %d", kg(train))
		}
		car := found(t, lookup(t, r, "BLÅBÆR")).Vehicles[0]
		fuels := car.Approval.Technical.Data.Drive.Engines[0].Fuels
		if fuels[0].Code.Value != "1" || fuels[1].Code.Value != "5" || car.Approval.Technical.Data.Drive.HybridCategory.Value != "LADBAR" {
			t.Errorf("fuels: %+v", fuels)
		}
		if car.ID.Plate != "TS 30002" || car.Plates[0].Category != "KJORETOY" || car.Plates[1].Plate != "BLÅ BÆR" {
			t.Errorf("plates: %+v, %+v", car.ID, car.Plates)
		}
		parked := found(t, lookup(t, r, "TS20002")).Vehicles[0].Registration
		since, err := parked.DeregisteredSince.Time()
		if err != nil || !since.Equal(time.Date(2026, 4, 15, 6, 2, 43, 420_000_000, time.UTC)) {
			t.Errorf("de-registered since %v, %v", since, err)
		}
		if due := found(t, lookup(t, r, "TS2005")).Vehicles[0].Inspection.Due; due != "" {
			t.Errorf("an inspection without duty: %s", due)
		}
	}
}

func TestAbsentAndUnreadableDatesAreErrors(t *testing.T) {
	for _, written := range []string{"", "2026-02-30", "2026-1-1", "i morgen"} {
		if day, err := autosys.Date(written).Day(); err == nil {
			t.Errorf("date %q is read as %v", written, day)
		}
		if at, err := autosys.Moment(written).Time(); err == nil {
			t.Errorf("time %q is read as %v", written, at)
		}
	}
}

// reference is the path of a file in the reference folder beside the repository; without it the test is skipped.
func reference(t *testing.T, name ...string) string {
	t.Helper()
	root, err := os.Getwd()
	for ; err == nil; root = filepath.Dir(root) {
		if _, missing := os.Stat(filepath.Join(root, "go.mod")); missing == nil || root == filepath.Dir(root) {
			break
		}
	}
	path := filepath.Join(append([]string{root, "..", "shared"}, name...)...)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	return path
}

func TestSyntheticAnswersAreRead(t *testing.T) {
	for _, test := range []struct {
		file                     string
		payload, total, adrTypes int
		tank                     string
	}{
		{"07-SYNTHETIC-n3-truck-adr.json", 14_725, 26_000, 2, ""},
		{"08-SYNTHETIC-o4-tank-trailer-adr.json", 31_400, 39_000, 2, "LGBF"},
	} {
		v := found(t, stored(t, reference(t, "recordings", "autosys", test.file))).Vehicles[0]
		w, adr, tank := v.Approval.Technical.Data.Weights, v.Approval.Additional[0].Specific.ADR, ""
		if adr.Tank != nil {
			tank = adr.Tank.Code
		}
		if kg(w.Payload) != test.payload || kg(w.Total) != test.total || len(adr.Types) != test.adrTypes || tank != test.tank {
			t.Errorf("%s: %+v, %+v", test.file, w, adr)
		}
		if v.Inspection.Due != "2027-05-20" {
			t.Errorf("%s: inspection %s", test.file, v.Inspection.Due)
		}
	}
}

// stored classifies the answer in a file, and checks that it is kept whole.
func stored(t *testing.T, path string) autosys.Answer {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	answer := autosys.Classify(200, nil, body)
	if hit, ok := answer.(autosys.Found); !ok || hit.Misread != "" || string(hit.Raw) != strings.TrimSpace(string(body)) {
		t.Errorf("%s: %#v", path, answer)
	}
	return answer
}
