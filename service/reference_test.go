package service_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
)

func TestListsAndHealthOverTheAPI(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	server := httptest.NewServer(api.New(&service.Service{Ledger: l}, api.Options{}))
	t.Cleanup(server.Close)
	if h := get[service.Health](t, server, "/healthz"); h.Status != "ok" || len(h.Warnings) != 0 {
		t.Errorf("%+v", h)
	}
	if all := get[[]sluss.ReferenceData](t, server, "/api/reference-data"); all == nil || len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if one := get[sluss.ReferenceData](t, server, "/api/reference-data/avfallsregistret"); !one.CheckedAt.IsZero() || one.Drift == nil {
		t.Errorf("%+v", one)
	}
	now := time.Now()
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{
		Registry: sluss.Avfallsregistret, CheckedAt: now, FetchedAt: now, Lists: json.RawMessage(`{"Modes":[]}`), CertificateEnds: now.AddDate(0, 0, 20), Error: "dial 10.0.0.1",
		Drift: []sluss.Drift{{List: "avfallstyper", Code: "160605", Problem: "the registry does not take this code", Remedy: "r"}},
	}))
	h := get[service.Health](t, server, "/healthz")
	for _, want := range []string{"in 19 days", "avfallstyper 160605"} {
		if !strings.Contains(strings.Join(h.Warnings, "\n"), want) {
			t.Errorf("want %q in %q", want, h.Warnings)
		}
	}
	if strings.Contains(strings.Join(h.Warnings, "\n"), "10.0.0.1") {
		t.Errorf("health tells addresses: %q", h.Warnings)
	}
	if all := get[[]sluss.ReferenceData](t, server, "/api/reference-data"); len(all) != 1 || all[0].Lists != nil || len(all[0].Drift) != 1 {
		t.Errorf("%+v", all)
	}
	if one := get[sluss.ReferenceData](t, server, "/api/reference-data/avfallsregistret"); one.Lists == nil {
		t.Errorf("%+v", one)
	}
	var problem api.Problem
	if status, _ := send(t, server, request{method: http.MethodGet, path: "/api/reference-data/autosys"}, &problem); status != http.StatusNotFound {
		t.Errorf("%d %+v", status, problem)
	}
}
