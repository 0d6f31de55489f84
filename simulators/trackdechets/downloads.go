package trackdechets

import (
	"fmt"
	"net/http"
	"time"
)

// downloadLife is how long a link to a file works; within it, any number of times.
const downloadLife = 10 * time.Second

// roadControlLife is how long a road control's address works: how long the real one does is not known.
const roadControlLife = 24 * time.Hour

// download is a file behind a token.
type download struct {
	until time.Time
	name  string
	kind  string // media type
	body  []byte
}

// offer puts a file behind a new token and answers FileDownload of the schema. Links are not durable.
func (b *Backend) offer(name, kind string, body []byte, life time.Duration) map[string]any {
	token := randomText("0123456789abcdef", 40)
	now := b.now()
	for known, file := range b.downloads {
		if !now.Before(file.until) {
			delete(b.downloads, known)
		}
	}
	b.downloads[token] = download{now.Add(life), name, kind, body}
	return map[string]any{"token": token, "downloadLink": b.options.BaseURL + "/download?token=" + token}
}

// serveDownload answers GET /download; it asks for no authentication.
func (b *Backend) serveDownload(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if token == "" {
		writeText(w, http.StatusBadRequest, "La chaîne de requête `token` est manquante.")
		return
	}
	b.mu.Lock()
	file, ok := b.downloads[token]
	now := b.now()
	b.mu.Unlock()
	if !ok || !now.Before(file.until) {
		writeText(w, http.StatusForbidden, "Token invalide ou expiré.")
		return
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", file.name))
	write(w, http.StatusOK, file.kind, file.body)
}

// formPdf offers a form's PDF, also a draft's. What the real one looks like is not known: this one says its number.
func (b *Backend) formPdf(c *call) (any, error) {
	f, err := b.books.find(c.formID(), "")
	if err != nil {
		return nil, err
	}
	if c.user.actsFor(f.contributors(), mayRead) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à accéder à ce bordereau")
	}
	return b.offer(f.ReadableID+".pdf", "application/pdf", pdf(f.ReadableID+" "+string(f.Status)), downloadLife), nil
}

// createPDFToken makes the address that a road control opens, of a document on its way.
func (b *Backend) createPDFToken(c *call) (any, error) {
	id := text(c.args, "input.bsdId")
	name, parties := id, []string(nil)
	f, err := b.books.find(id, "")
	if err != nil {
		f, err = b.books.find("", id)
	}
	if err == nil {
		name, parties = f.ReadableID, f.everyone()
	} else if r, ok := b.books.records[id]; ok && !r.Deleted {
		parties = documentParties(r)
	} else {
		return nil, err
	}
	if c.user.actsFor(parties, mayRead) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à accéder à ce bordereau")
	}
	return b.offer(name+".pdf", "application/pdf", pdf(name), roadControlLife)["downloadLink"], nil
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
