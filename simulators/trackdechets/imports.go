package trackdechets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	importRecord = "import" // of a file of declarations
	uploadLife   = 10 * time.Minute
	largestFile  = 10 << 20
)

// upload is a place for a file, and the file once it is there.
type upload struct {
	until time.Time
	owner string // e-mail
	name  string
	body  []byte
}

// uploadLink offers a place for a file of declarations: a POST of a form with the fields, then the file. Neither is
// durable.
func (b *Backend) uploadLink(c *call) (any, error) {
	name := filepath.Base(text(c.args, "fileName"))
	if ending := strings.ToLower(filepath.Ext(name)); ending != ".csv" && ending != ".xlsx" {
		return nil, badInput("Le fichier doit être au format .csv ou .xlsx")
	}
	key := randomText("0123456789abcdef", 40) + "/" + name
	b.uploads[key] = upload{until: b.now().Add(uploadLife), owner: c.user.Email, name: name}
	return map[string]any{"fileKey": key, "signedUrl": b.options.BaseURL + "/upload", "fields": map[string]any{"key": key}}, nil
}

// serveUpload takes a file in the way of the store beside the real service.
func (b *Backend) serveUpload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, largestFile)
	if err := r.ParseMultipartForm(largestFile); err != nil {
		writeText(w, http.StatusBadRequest, "MalformedPOSTRequest")
		return
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		writeText(w, http.StatusBadRequest, "POST requires exactly one file upload per request")
		return
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	b.mu.Lock()
	defer b.mu.Unlock()
	place, ok := b.uploads[r.FormValue("key")]
	if err != nil || !ok || !b.now().Before(place.until) {
		writeText(w, http.StatusForbidden, "AccessDenied")
		return
	}
	place.body = body
	b.uploads[r.FormValue("key")] = place
	w.WriteHeader(http.StatusNoContent)
}

// importFile declares the lines of a file, as the mutations do. What it does stands at once; that it is done shows after
// a while, as of an export. The columns are the fields of the line in the schema: those of the real files are not known,
// and of those only CSV with semicolons is read.
func (b *Backend) importFile(c *call) (any, error) {
	key, kind := text(c.args, "s3FileKey"), text(c.args, "importType")
	file, ok := b.uploads[key]
	if !ok || file.owner != c.user.Email || file.body == nil {
		return nil, badInput("Le fichier à importer n'existe pas.")
	}
	data := map[string]any{"type": kind, "s3FileKey": key, "originalFileName": file.name, "author": c.user.Email, "file": string(file.body)}
	lines, faults, err := b.fileLines(kind, file)
	var changed []*Record
	if err != nil {
		data["outcome"], faults = "FAILED", []any{map[string]any{"publicId": "", "message": err.Error()}}
	}
	answer, changed := b.declareLines(c, kind, lines)
	faults = append(faults, answer["errors"]...)
	for list, field := range map[string]string{
		"inserted": "numberOfInsertions", "edited": "numberOfEdits", "cancelled": "numberOfCancellations", "skipped": "numberOfSkipped",
	} {
		data[field] = float64(len(answer[list]))
	}
	done := len(answer["inserted"]) + len(answer["edited"]) + len(answer["cancelled"]) + len(answer["skipped"])
	data["numberOfErrors"], data["faults"] = float64(len(faults)), faults
	if data["outcome"] == nil {
		data["outcome"] = map[bool]string{true: "SUCCESSFUL", false: "PARTIALLY_SUCCESSFUL"}[len(faults) == 0]
		if done == 0 {
			data["outcome"] = "FAILED"
		}
	}
	data["associations"] = b.associations(changed)
	r := b.record(importRecord, newID(), data)
	if err := b.stand(act{c.field.Name, c.user.Email, "", nil}, nil, append(changed, r)...); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return b.importWire(c, r), nil
}

// associations are the companies that were reported for, each with who reported.
func (b *Backend) associations(lines []*Record) []any {
	pairs := map[string]any{}
	for _, r := range lines {
		siret, as := text(r.Data, "reportForCompanySiret"), text(r.Data, "reportAsCompanySiret")
		if as == "" {
			as = siret
		}
		pairs[siret+" "+as] = map[string]any{"reportedFor": b.registryCompany(siret), "reportedAs": b.registryCompany(as)}
	}
	all := []any{}
	for _, pair := range slices.Sorted(maps.Keys(pairs)) {
		all = append(all, pairs[pair])
	}
	return all
}

// lineInputs are the types of the lines in the schema.
var lineInputs = map[string]string{
	"SSD": "SsdLineInput", "INCOMING_WASTE": "IncomingWasteLineInput", "INCOMING_TEXS": "IncomingTexsLineInput",
	"OUTGOING_WASTE": "OutgoingWasteLineInput", "OUTGOING_TEXS": "OutgoingTexsLineInput", "TRANSPORTED": "TransportedLineInput", "MANAGED": "ManagedLineInput",
}

// fileLines reads a file's lines; those that do not fit their type are faults, as are unknown columns.
func (b *Backend) fileLines(kind string, file upload) (lines []map[string]any, faults []any, err error) {
	if !strings.EqualFold(filepath.Ext(file.name), ".csv") {
		return nil, nil, fmt.Errorf("le simulateur ne lit que des fichiers CSV")
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.body, []byte("\ufeff"))))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, nil, fmt.Errorf("le fichier n'est pas un fichier CSV valide")
	}
	input := b.schema.Types[lineInputs[kind]]
	for _, column := range rows[0] {
		if input.Fields.ForName(strings.TrimSpace(column)) == nil {
			return nil, nil, fmt.Errorf("la colonne %s n'est pas reconnue", column)
		}
	}
	reads := coercion{b.schema, b.paris}
	for _, row := range rows[1:] {
		line := map[string]any{}
		for i, cell := range row {
			if column := strings.TrimSpace(rows[0][i]); strings.TrimSpace(cell) != "" {
				line[column] = cellValue(input.Fields.ForName(column).Type, strings.TrimSpace(cell))
			}
		}
		coerced, problems := reads.object(input, line, "")
		read, _ := coerced.(map[string]any)
		if len(problems) == 0 && read != nil {
			lines = append(lines, read)
			continue
		}
		issues := make([]any, len(problems))
		for i, p := range problems {
			issues[i] = map[string]any{"code": "custom", "path": strings.TrimPrefix(p.path, "."), "message": p.message}
		}
		faults = append(faults, map[string]any{"publicId": text(line, "publicId"), "message": "Ligne invalide", "issues": issues})
	}
	return lines, faults, nil
}

// cellValue reads a cell as its column's type; files are French: oui and non, and a comma before decimals.
func cellValue(t *ast.Type, cell string) any {
	switch t.Name() {
	case "Boolean":
		switch strings.ToLower(cell) {
		case "oui", "true":
			return true
		case "non", "false":
			return false
		}
	case "Float", "Int":
		if n, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64); err == nil {
			return n
		}
	}
	if t.Elem != nil {
		values := []any{}
		for value := range strings.SplitSeq(cell, ",") {
			values = append(values, strings.TrimSpace(value))
		}
		return values
	}
	return cell
}

func (b *Backend) importWire(c *call, r *Record) map[string]any {
	data := r.wire()
	age := b.now().Sub(r.CreatedAt)
	switch {
	case age < b.options.ExportTime/2:
		data["status"] = "PENDING"
	case age < b.options.ExportTime:
		data["status"] = "STARTED"
	default:
		data["status"] = text(r.Data, "outcome")
	}
	data["createdBy"] = map[string]any{"id": c.user.Email, "email": c.user.Email, "name": c.user.Name, "isAdmin": false}
	return data
}

func (b *Backend) ownImport(c *call, id string) (*Record, error) {
	r, ok := b.books.record(importRecord, id)
	if !ok || text(r.Data, "author") != c.user.Email {
		return nil, badInput(fmt.Sprintf("L'import %s n'existe pas", id))
	}
	return r, nil
}

func (b *Backend) imported(c *call) (any, error) {
	r, err := b.ownImport(c, text(c.args, "id"))
	if err != nil {
		return nil, err
	}
	return b.importWire(c, r), nil
}

func (b *Backend) imports(c *call) (any, error) {
	siret := text(c.args, "siret")
	var nodes []node
	for _, r := range b.books.newestRecords(importRecord) {
		concerns := slices.ContainsFunc(objects(r.Data, "associations"), func(pair map[string]any) bool {
			return text(pair, "reportedFor.siret") == siret || text(pair, "reportedAs.siret") == siret
		})
		if text(r.Data, "author") == c.user.Email && (siret == "" || concerns) {
			nodes = append(nodes, node{r.ID, b.importWire(c, r)})
		}
	}
	return paged(c, nodes)
}

// importLink offers the file that was imported, or its faults line by line.
func (b *Backend) importLink(c *call) (any, error) {
	r, err := b.ownImport(c, text(c.args, "importId"))
	if err != nil {
		return nil, err
	}
	status := b.importWire(c, r)["status"]
	if status == "PENDING" || status == "STARTED" {
		return nil, forbidden("L'import n'est pas encore terminé")
	}
	body := []byte(text(r.Data, "file"))
	if text(c.args, "target") == "ERROR_FILE" {
		if body, err = faultRows(r); err != nil {
			return nil, err
		}
	}
	file := b.offer(text(r.Data, "originalFileName"), "text/csv; charset=utf-8", body, exportLife)
	return map[string]any{"fileKey": text(r.Data, "s3FileKey"), "signedUrl": file["downloadLink"]}, nil
}

func faultRows(r *Record) ([]byte, error) {
	var sheet bytes.Buffer
	writer := csv.NewWriter(&sheet)
	writer.Comma = ';'
	rows := [][]string{{"publicId", "path", "message"}}
	for _, fault := range objects(r.Data, "faults") {
		issues := objects(fault, "issues")
		if len(issues) == 0 {
			rows = append(rows, []string{text(fault, "publicId"), "", text(fault, "message")})
		}
		for _, issue := range issues {
			rows = append(rows, []string{text(fault, "publicId"), text(issue, "path"), text(issue, "message")})
		}
	}
	if err := writer.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write the faults: %w", err)
	}
	return sheet.Bytes(), nil
}
