package trackdechets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	exportQuery = `mutation($s: String,$d: DateFilter!){generateRegistryV2Export(registryType:INCOMING,format:CSV,siret:$s,dateRange:$d){id status}}`
	exportRead  = `query($id: ID!){registryV2Export(id:$id){status sirets createdBy{email}}}`
	exportURL   = `query($id: String!){registryV2ExportDownloadSignedUrl(exportId:$id){fileKey signedUrl}}`
)

func TestRegistryExport(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegister(t, Options{Now: func() time.Time { return now }, ExportTime: 10 * time.Second})
	in := r.bring(Processed, createInput())
	r.bring(Sent, createInput())
	ask := func() answer {
		return r.ask("destination", exportQuery, map[string]any{"s": destination, "d": map[string]any{"_gte": "2026-01-01"}})
	}
	a := ask()
	id := text(a.body, "data.generateRegistryV2Export.id")
	if text(a.body, "data.generateRegistryV2Export.status") != "PENDING" {
		t.Fatalf("%+v", a)
	}
	if a := ask(); a.code != codeTooManyRequests || a.status != 200 {
		t.Errorf("the same once more: %+v", a)
	}
	if a := r.ask("destination", exportURL, map[string]any{"id": id}); a.code != codeForbidden {
		t.Errorf("too early: %+v", a)
	}
	status := func() string {
		return text(r.ask("destination", exportRead, map[string]any{"id": id}).body, "data.registryV2Export.status")
	}
	now = now.Add(6 * time.Second)
	if status() != "STARTED" {
		t.Errorf("%s", status())
	}
	now = now.Add(6 * time.Second)
	if status() != "SUCCESSFUL" {
		t.Errorf("%s", status())
	}
	if a := r.ask("producer", exportRead, map[string]any{"id": id}); a.code != codeBadUserInput {
		t.Errorf("another's export: %+v", a)
	}
	link := text(r.ask("destination", exportURL, map[string]any{"id": id}).body, "data.registryV2ExportDownloadSignedUrl.signedUrl")
	now = now.Add(9 * time.Minute)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil))
	rows := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if w.Code != http.StatusOK || len(rows) != 2 || !strings.HasPrefix(rows[1], in+";BSD-") {
		t.Errorf("HTTP %d %q", w.Code, rows)
	}
}
