package registry

import (
	"bytes"
	"cmp"
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

	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	imported    = "import" // the kind, in the records, of an import of a file of declarations
	uploadLife  = 10 * time.Minute
	largestFile = 10 << 20
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
func (d *Service) uploadLink(c *graphql.Call) (any, error) {
	name := filepath.Base(c.Text("fileName"))
	if ending := strings.ToLower(filepath.Ext(name)); ending != ".csv" && ending != ".xlsx" {
		return nil, refusal.BadInput("Le fichier doit être au format .csv ou .xlsx")
	}
	key := records.RandomText("0123456789abcdef", 40) + "/" + name
	d.uploads[key] = upload{until: d.Now().Add(uploadLife), owner: c.User.Email, name: name}
	return map[string]any{"fileKey": key, "signedUrl": d.BaseURL + "/upload", "fields": map[string]any{"key": key}}, nil
}

// ServeHTTP takes a file in the way of the store beside the real service.
func (d *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, largestFile)
	if err := r.ParseMultipartForm(largestFile); err != nil {
		graphql.WriteText(w, http.StatusBadRequest, "MalformedPOSTRequest")
		return
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		graphql.WriteText(w, http.StatusBadRequest, "POST requires exactly one file upload per request")
		return
	}
	defer file.Close()
	body, err := io.ReadAll(file)
	d.Lock()
	defer d.Unlock()
	place, ok := d.uploads[r.FormValue("key")]
	if err != nil || !ok || !d.Now().Before(place.until) {
		graphql.WriteText(w, http.StatusForbidden, "AccessDenied")
		return
	}
	place.body = body
	d.uploads[r.FormValue("key")] = place
	w.WriteHeader(http.StatusNoContent)
}

// importFile declares the lines of a file, as the mutations do. What it does stands at once; that it is done shows after
// a while, as of an export. The columns are the fields of the line in the schema: those of the real files are not known,
// and of those only CSV with semicolons is read.
func (d *Service) importFile(c *graphql.Call) (any, error) {
	key, kind := c.Text("s3FileKey"), c.Text("importType")
	file, ok := d.uploads[key]
	if !ok || file.owner != c.User.Email || file.body == nil {
		return nil, refusal.BadInput("Le fichier à importer n'existe pas.")
	}
	data := map[string]any{"type": kind, "s3FileKey": key, "originalFileName": file.name, "author": c.User.Email, "file": string(file.body)}
	lines, faults, err := d.fileLines(kind, file)
	var changed []*records.Document
	if err != nil {
		data["outcome"], faults = "FAILED", []any{map[string]any{"publicId": "", "message": err.Error()}}
	}
	answer, changed := d.declareLines(c, kind, lines)
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
	data["associations"] = d.associations(changed)
	r := d.New(imported, records.NewID(), data)
	if err := d.Commit(c, "", nil, append(changed, r)...); err != nil {
		return nil, err
	}
	return d.importWire(c, r), nil
}

// associations are the companies that were reported for, each with who reported.
func (d *Service) associations(lines []*records.Document) []any {
	pairs := map[string]any{}
	for _, r := range lines {
		siret := r.Text("reportForCompanySiret")
		as := cmp.Or(r.Text("reportAsCompanySiret"), siret)
		pairs[siret+" "+as] = map[string]any{"reportedFor": d.registryCompany(siret), "reportedAs": d.registryCompany(as)}
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
func (d *Service) fileLines(kind string, file upload) (lines []map[string]any, faults []any, err error) {
	if !strings.EqualFold(filepath.Ext(file.name), ".csv") {
		return nil, nil, fmt.Errorf("le simulateur ne lit que des fichiers CSV")
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.body, []byte("\ufeff"))))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, nil, fmt.Errorf("le fichier n'est pas un fichier CSV valide")
	}
	input := d.Schema.Types[lineInputs[kind]]
	for _, column := range rows[0] {
		if input.Fields.ForName(strings.TrimSpace(column)) == nil {
			return nil, nil, fmt.Errorf("la colonne %s n'est pas reconnue", column)
		}
	}
	reads := graphql.Coercion{Schema: d.Schema, Zone: d.Zone}
	for _, row := range rows[1:] {
		line := map[string]any{}
		for i, cell := range row {
			if column := strings.TrimSpace(rows[0][i]); strings.TrimSpace(cell) != "" {
				line[column] = cellValue(input.Fields.ForName(column).Type, strings.TrimSpace(cell))
			}
		}
		coerced, problems := reads.Object(input, line, "")
		read, _ := coerced.(map[string]any)
		if len(problems) == 0 && read != nil {
			lines = append(lines, read)
			continue
		}
		issues := make([]any, len(problems))
		for i, p := range problems {
			issues[i] = map[string]any{"code": "custom", "path": strings.TrimPrefix(p.Path, "."), "message": p.Message}
		}
		faults = append(faults, map[string]any{"publicId": tree.Text(line, "publicId"), "message": "Ligne invalide", "issues": issues})
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

func (d *Service) importWire(c *graphql.Call, r *records.Document) map[string]any {
	return jobWire(c, r, d.progress(r, r.Text("outcome")))
}

const noImport = "L'import %s n'existe pas"

func (d *Service) oneImport(c *graphql.Call) (any, error) {
	r, err := d.own(c, imported, c.Text("id"), noImport)
	if err != nil {
		return nil, err
	}
	return d.importWire(c, r), nil
}

func (d *Service) listImports(c *graphql.Call) (any, error) {
	siret := c.Text("siret")
	return d.list(c, imported, func(r *records.Document) any { return d.importWire(c, r) }, func(r *records.Document) bool {
		return isOwn(c, r) && (siret == "" || slices.ContainsFunc(r.Objects("associations"), func(pair map[string]any) bool {
			return tree.Text(pair, "reportedFor.siret") == siret || tree.Text(pair, "reportedAs.siret") == siret
		}))
	})
}

// importLink offers the file that was imported, or its faults line by line.
func (d *Service) importLink(c *graphql.Call) (any, error) {
	r, err := d.own(c, imported, c.Text("importId"), noImport)
	if err != nil {
		return nil, err
	}
	status := d.importWire(c, r)["status"]
	if status == "PENDING" || status == "STARTED" {
		return nil, refusal.Forbidden("L'import n'est pas encore terminé")
	}
	body := []byte(r.Text("file"))
	if c.Text("target") == "ERROR_FILE" {
		if body, err = faultRows(r); err != nil {
			return nil, err
		}
	}
	file := d.Files.Offer(r.Text("originalFileName"), "text/csv; charset=utf-8", body, linkLife)
	return map[string]any{"fileKey": r.Text("s3FileKey"), "signedUrl": file["downloadLink"]}, nil
}

func faultRows(r *records.Document) ([]byte, error) {
	rows := [][]string{{"publicId", "path", "message"}}
	for _, fault := range r.Objects("faults") {
		issues := tree.Objects(fault, "issues")
		if len(issues) == 0 {
			rows = append(rows, []string{tree.Text(fault, "publicId"), "", tree.Text(fault, "message")})
		}
		for _, issue := range issues {
			rows = append(rows, []string{tree.Text(fault, "publicId"), tree.Text(issue, "path"), tree.Text(issue, "message")})
		}
	}
	return sheet(rows)
}
