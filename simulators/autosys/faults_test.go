package autosys_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sim "sluss/simulators/autosys"
)

func TestFaults(t *testing.T) {
	tests := []struct {
		name       string
		fault      sim.Fault
		status     int // 0: no whole answer
		body       string
		retryAfter string
	}{
		{"429", sim.Fault{Kind: sim.FaultStatus, Status: 429}, 429, "", "36000"},
		{"422", sim.Fault{Kind: sim.FaultStatus, Status: 422}, 422, "Antall kjoretoy i respons overstiger kvote", "36000"},
		{"422 with a header of its own", sim.Fault{Kind: sim.FaultStatus, Status: 422, RetryAfter: "soon"}, 422, "Antall kjoretoy i respons overstiger kvote", "soon"},
		{"400", sim.Fault{Kind: sim.FaultStatus, Status: 400}, 400, "", ""},
		{"403", sim.Fault{Kind: sim.FaultStatus, Status: 403}, 403, "", ""},
		{"500", sim.Fault{Kind: sim.FaultStatus, Status: 500}, 500, "", ""},
		{"503", sim.Fault{Kind: sim.FaultStatus, Status: 503, RetryAfter: "7"}, 503, "", "7"},
		{"text", sim.Fault{Kind: sim.FaultText}, 200, "OPPLYSNINGER_IKKE_TILGJENGELIGE", ""},
		{"text with another status", sim.Fault{Kind: sim.FaultText, Status: 404}, 404, "OPPLYSNINGER_IKKE_TILGJENGELIGE", ""},
		{"feilmelding", sim.Fault{Kind: sim.FaultMessage, Code: "NY_KODE"}, 200, `{"feilmelding":"NY_KODE"}`, ""},
		{"closed", sim.Fault{Kind: sim.FaultClosed}, 0, "", ""},
		{"truncated", sim.Fault{Kind: sim.FaultTruncated}, 0, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, sim.Options{})
			test.fault.Asked = "TS10003"
			if err := o.Fault(test.fault); err != nil {
				t.Fatal(err)
			}
			if a := o.ask(t, plate("TS1004")); a.status != 200 {
				t.Errorf("a call that does not match: %d", a.status)
			}
			a, err := o.get(t, sim.QueryPath, plate("TS10003"), "Apikey good")
			switch {
			case test.status == 0 && err == nil:
				t.Errorf("a whole answer: %d %q", a.status, a.body)
			case test.status != 0 && (err != nil || a.status != test.status || a.body != test.body || a.header.Get("Retry-After") != test.retryAfter):
				t.Errorf("got %d %q, Retry-After %q, %v", a.status, a.body, a.header.Get("Retry-After"), err)
			}
			if a := o.ask(t, plate("TS10003")); a.status != 200 {
				t.Errorf("the call after the fault: %d", a.status)
			}
			records := o.Lookups()
			if len(records) != 3 || records[1].Fault != test.fault.Kind {
				t.Errorf("records: %+v", records)
			}
		})
	}
}

func TestSlowAnswerIsTruthful(t *testing.T) {
	o := open(t, sim.Options{})
	if err := o.Fault(sim.Fault{Kind: sim.FaultSlow, DelayMillis: 1, Times: 2}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if a := o.ask(t, plate("ZZ99999")); a.status != 204 {
			t.Errorf("got %d, want the truthful 204", a.status)
		}
	}
	if records := o.Lookups(); records[0].Fault != sim.FaultSlow || records[1].Fault != sim.FaultSlow {
		t.Errorf("records: %+v", records)
	}
}

func TestSlowAnswerOutlivesNoCaller(t *testing.T) {
	o := open(t, sim.Options{})
	if err := o.Fault(sim.Fault{Kind: sim.FaultSlow, DelayMillis: 3_600_000}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, sim.QueryPath+"?"+plate("TS10003"), nil)
	req.Header.Set("SVV-Authorization", "Apikey good")
	recorder := httptest.NewRecorder()
	o.ServeHTTP(recorder, req)
	if recorder.Body.Len() > 0 {
		t.Errorf("answered %q to a caller who has gone", recorder.Body)
	}
}

func TestWrongFaults(t *testing.T) {
	o := open(t, sim.Options{})
	for _, f := range []sim.Fault{
		{}, {Kind: "fire"}, {Kind: sim.FaultStatus}, {Kind: sim.FaultStatus, Status: 99}, {Kind: sim.FaultSlow}, {Kind: sim.FaultText, Times: -1},
	} {
		if o.Fault(f) == nil {
			t.Errorf("%+v is accepted", f)
		}
	}
}

func TestWrongVehiclesAreAllNamed(t *testing.T) {
	o := open(t, sim.Options{})
	err := o.Add(sim.Vehicle{Plate: "TOO LONG 1", PersonalPlate: "é1", VIN: "-", InspectionDue: "tomorrow", ADR: &sim.ADR{To: "2026-13-01"}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, field := range []string{"plate", "personalPlate", "vin", "inspectionDue", "adr.to"} {
		if !strings.Contains(err.Error(), field+" ") {
			t.Errorf("%s is not named in: %v", field, err)
		}
	}
}

func TestAdmin(t *testing.T) {
	o := open(t, sim.Options{})
	admin := httptest.NewServer(o.Admin())
	t.Cleanup(admin.Close)
	call := func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, admin.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := admin.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	if status, body := call("GET", "/sim/records", ""); status != 200 || body != "[]" {
		t.Errorf("empty records: %d %s", status, body)
	}
	if status, body := call("POST", "/sim/vehicles", `{"plate":"AB 12345","vin":"X1","payloadKg":900}`); status != 204 {
		t.Errorf("vehicle: %d %s", status, body)
	}
	if a := o.ask(t, plate("AB12345")); a.status != 200 {
		t.Errorf("the added vehicle: %d", a.status)
	}
	if status, body := call("POST", "/sim/faults", `{"kind":"status","status":503}`); status != 204 {
		t.Errorf("fault: %d %s", status, body)
	}
	if a := o.ask(t, plate("AB12345")); a.status != 503 {
		t.Errorf("the fault: %d", a.status)
	}
	if status, body := call("GET", "/sim/records", ""); status != 200 || !strings.Contains(body, `"asked":"AB12345","status":503`) {
		t.Errorf("records: %d %s", status, body)
	}
	if status, body := call("GET", "/sim/counters", ""); status != 200 || !strings.Contains(body, `"used":2`) {
		t.Errorf("counters: %d %s", status, body)
	}
	for _, wrong := range []struct{ path, body, say string }{
		{"/sim/vehicles", `{"vin":""}`, "vin"},
		{"/sim/vehicles", `{"wheels":4}`, "wheels"},
		{"/sim/faults", `{"kind":"fire"}`, "fire"},
		{"/sim/faults", `nothing`, "JSON"},
		{"/sim/faults", `{"kind":"closed"}{}`, "more follows"},
	} {
		if status, body := call("POST", wrong.path, wrong.body); status != 400 || !strings.Contains(body, wrong.say) {
			t.Errorf("%s %s: %d %s", wrong.path, wrong.body, status, body)
		}
	}
}
