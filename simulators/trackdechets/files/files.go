// Package files offers files behind links that work for a while, and takes files up. Neither is durable.
package files

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
)

// The lives of links. How long the real address of a road control works is not known.
const (
	PDFLife         = 10 * time.Second
	RoadControlLife = 24 * time.Hour
)

// Store holds the files behind tokens. Make it with New.
type Store struct {
	now     func() time.Time
	baseURL string

	mu    sync.Mutex
	files map[string]file // by token
}

// file is a file behind a token.
type file struct {
	until time.Time
	name  string
	kind  string // media type
	body  []byte
}

// New is an empty store; baseURL stands before the path in links.
func New(baseURL string, now func() time.Time) *Store {
	return &Store{now: now, baseURL: baseURL, files: map[string]file{}}
}

// Offer puts a file behind a new token and answers FileDownload of the schema.
func (s *Store) Offer(name, kind string, body []byte, life time.Duration) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := records.RandomText("0123456789abcdef", 40)
	now := s.now()
	for known, f := range s.files {
		if !now.Before(f.until) {
			delete(s.files, known)
		}
	}
	s.files[token] = file{now.Add(life), name, kind, body}
	return map[string]any{"token": token, "downloadLink": s.baseURL + "/download?token=" + token}
}

// OfferPDF offers a page with one line of text, which is no more than the document's number.
func (s *Store) OfferPDF(name, text string, life time.Duration) map[string]any {
	return s.Offer(name+".pdf", "application/pdf", pdf(text), life)
}

// ServeHTTP answers GET /download; it asks for no authentication.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if token == "" {
		graphql.WriteText(w, http.StatusBadRequest, "La chaîne de requête `token` est manquante.")
		return
	}
	s.mu.Lock()
	f, ok := s.files[token]
	s.mu.Unlock()
	if !ok || !s.now().Before(f.until) {
		graphql.WriteText(w, http.StatusForbidden, "Token invalide ou expiré.")
		return
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", f.name))
	graphql.Write(w, http.StatusOK, f.kind, f.body)
}

// pdf is a page with one line of text.
func pdf(line string) []byte {
	content := fmt.Sprintf("BT /F1 18 Tf 72 720 Td (%s) Tj ET", line)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	page := []byte("%PDF-1.4\n")
	var offsets []int
	for i, object := range objects {
		offsets = append(offsets, len(page))
		page = fmt.Appendf(page, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := len(page)
	page = fmt.Appendf(page, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		page = fmt.Appendf(page, "%010d 00000 n \n", offset)
	}
	return fmt.Appendf(page, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
}
