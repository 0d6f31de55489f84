package trackdechets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPDF(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegister(t, Options{Now: func() time.Time { return now }})
	id := r.bring(Draft, createInput()) // drafts have one too
	const query = `query($id: ID!){formPdf(id:$id){token downloadLink}}`
	if a := r.ask("outsider", query, map[string]any{"id": id}); a.code != codeForbidden {
		t.Errorf("%+v", a)
	}
	a := r.ask("producer", query, map[string]any{"id": id})
	link := text(a.body, "data.formPdf.downloadLink")
	if !strings.HasPrefix(link, "/download?token=") {
		t.Fatalf("%+v", a)
	}
	get := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil))
		return w
	}
	for range 2 { // as often as one likes
		if w := get(); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF") || w.Header().Get("Content-Type") != "application/pdf" {
			t.Errorf("HTTP %d %s", w.Code, w.Body)
		}
		now = now.Add(9 * time.Second)
	}
	if w := get(); w.Code != http.StatusForbidden || w.Body.String() != "Token invalide ou expiré." {
		t.Errorf("after ten seconds: HTTP %d %s", w.Code, w.Body)
	}
}
