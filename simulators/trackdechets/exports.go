package trackdechets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	exportRecord = "export" // of the waste registry

	defaultExportTime = 2 * time.Second
	exportAgain       = 5 * time.Minute // until then the same export is not made again
	mostExports       = 10              // under way at once
	exportLife        = 10 * time.Minute
)

// createExport starts an export of the waste registry, which is made in the background: the caller polls.
func (b *Backend) createExport(c *call) (any, error) {
	sirets, err := b.exported(c)
	if err != nil {
		return nil, err
	}
	start := ""
	for _, key := range []string{"_gte", "_gt", "_eq"} {
		if date := text(c.args, "dateRange."+key); date != "" {
			start = date
		}
	}
	if start == "" {
		return nil, badInput("La date de début (dateRange) est requise")
	}
	data := map[string]any{
		"registryType": c.args["registryType"], "format": c.args["format"], "startDate": start, "sirets": sirets,
		"declarationType": "ALL", "author": c.user.Email, "where": clone(c.args["where"]), "dateRange": clone(c.args["dateRange"]),
		"delegateSirets": c.args["delegateSiret"],
	}
	for _, key := range []string{"_lte", "_lt"} {
		if date := text(c.args, "dateRange."+key); date != "" {
			data["endDate"] = date
		}
	}
	if declared := text(c.args, "where.declarationType._eq"); declared != "" {
		data["declarationType"] = declared
	}
	running := 0
	for _, r := range b.books.newestRecords(exportRecord) {
		if text(r.Data, "author") != c.user.Email {
			continue
		}
		if status := b.exportStatus(r); status == "PENDING" || status == "STARTED" {
			running++
		}
		if same(r.Data, data) && b.now().Sub(r.CreatedAt) < exportAgain {
			return nil, &refusal{code: codeTooManyRequests, message: "Un export identique a été demandé il y a moins de 5 minutes."}
		}
	}
	if running >= mostExports {
		return nil, &refusal{code: codeTooManyRequests, message: fmt.Sprintf("Vous avez déjà %d exports en cours.", mostExports)}
	}
	r := b.record(exportRecord, newID(), data)
	if _, err := b.commitRecord(c, r, nil); err != nil {
		return nil, err
	}
	return b.exportWire(c, r), nil
}

// exported are the companies of an export: the one named, or all of the user's.
func (b *Backend) exported(c *call) ([]any, error) {
	if siret := text(c.args, "siret"); siret != "" {
		if c.user.actsFor([]string{siret}, mayRead) == "" {
			return nil, notMember(siret)
		}
		return []any{siret}, nil
	}
	return anys(slices.Sorted(maps.Keys(c.user.Roles))), nil
}

// exportStatus follows from the time that has passed.
func (b *Backend) exportStatus(r *Record) string {
	age := b.now().Sub(r.CreatedAt)
	switch {
	case r.Status != "":
		return r.Status // CANCELED
	case age < b.options.ExportTime/2:
		return "PENDING"
	case age < b.options.ExportTime:
		return "STARTED"
	default:
		return "SUCCESSFUL"
	}
}

func (b *Backend) exportWire(c *call, r *Record) map[string]any {
	data := r.wire()
	data["status"] = b.exportStatus(r)
	data["createdBy"] = map[string]any{"id": c.user.Email, "email": c.user.Email, "name": c.user.Name, "isAdmin": false}
	companies := []any{}
	for _, id := range list(r.Data, "sirets") {
		siret, _ := id.(string)
		companies = append(companies, map[string]any{"siret": siret, "orgId": siret, "name": b.companies[siret].Name})
	}
	data["companies"] = companies
	return data
}

func (b *Backend) ownExport(c *call, id string) (*Record, error) {
	r, ok := b.books.record(exportRecord, id)
	if !ok || text(r.Data, "author") != c.user.Email {
		return nil, badInput(fmt.Sprintf("L'export %s n'existe pas", id))
	}
	return r, nil
}

func (b *Backend) export(c *call) (any, error) {
	r, err := b.ownExport(c, text(c.args, "id"))
	if err != nil {
		return nil, err
	}
	return b.exportWire(c, r), nil
}

func (b *Backend) exports(c *call) (any, error) {
	var nodes []node
	for _, r := range b.books.newestRecords(exportRecord) {
		if text(r.Data, "author") == c.user.Email {
			nodes = append(nodes, node{r.ID, b.exportWire(c, r)})
		}
	}
	return paged(c, nodes)
}

func (b *Backend) cancelExport(c *call) (any, error) {
	r, err := b.ownExport(c, text(c.args, "exportId"))
	if err != nil {
		return nil, err
	}
	if status := b.exportStatus(r); status != "PENDING" && status != "STARTED" {
		return nil, badInput("Seuls les exports en cours peuvent être annulés")
	}
	r.Status = "CANCELED"
	if _, err := b.commitRecord(c, r, nil); err != nil {
		return nil, err
	}
	return b.exportWire(c, r), nil
}

// exportLink offers a finished export. Its columns are the simulator's own, a few of the real one's 170 or so, and it is
// CSV whatever was asked for.
func (b *Backend) exportLink(c *call) (any, error) {
	r, err := b.ownExport(c, text(c.args, "exportId"))
	if err != nil {
		return nil, err
	}
	if b.exportStatus(r) != "SUCCESSFUL" {
		return nil, forbidden("L'export n'est pas encore disponible au téléchargement")
	}
	raw, err := b.exportRows(r)
	if err != nil {
		return nil, err
	}
	file := b.offer("registre-"+r.ID+".csv", "text/csv; charset=utf-8", raw, exportLife)
	return map[string]any{"fileKey": r.ID, "signedUrl": file["downloadLink"]}, nil
}

func (b *Backend) exportRows(r *Record) ([]byte, error) {
	var sheet bytes.Buffer
	writer := csv.NewWriter(&sheet)
	writer.Comma = ';'
	rows := [][]string{{"id", "readableId", "customId", "status", "wasteCode", "emitter", "destination", "receivedAt", "quantityReceived", "operation"}}
	period := object(r.Data, "dateRange")
	code := object(r.Data, "where.wasteCode")
	for _, f := range slices.Backward(b.books.newestFirst()) {
		date := formatTime(f.CreatedAt)
		if received := text(f.Data, "receivedAt"); text(r.Data, "registryType") == "INCOMING" {
			date = received
		}
		mine := slices.ContainsFunc(registeredFor(f, text(r.Data, "registryType")), func(id string) bool {
			return slices.Contains(list(r.Data, "sirets"), any(id))
		})
		if !mine || f.Status == Draft || date == "" || !fits(period, date) || !fits(code, text(f.Data, "wasteDetails.code")) {
			continue
		}
		received := ""
		if tonnes, ok := number(f.Data, "quantityReceived"); ok {
			received = fmt.Sprint(tonnes)
		}
		rows = append(rows, []string{
			f.ID, f.ReadableID, f.CustomID, string(f.Status), text(f.Data, "wasteDetails.code"), companyID(f.Data, "emitter.company"),
			f.destination()[0], text(f.Data, "receivedAt"), received, text(f.Data, "processingOperationDone"),
		})
	}
	if err := writer.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write the export: %w", err)
	}
	return sheet.Bytes(), nil
}

// registeredFor are the companies in whose registry of a type a form stands.
func registeredFor(f *Form, registry string) []string {
	parties := f.parties()
	switch registry {
	case "OUTGOING":
		return slices.Concat(parties["EMITTER"], parties["ECO_ORGANISME"])
	case "INCOMING":
		return parties["RECIPIENT"]
	case "TRANSPORTED":
		return parties["TRANSPORTER"]
	case "MANAGED":
		return slices.Concat(parties["TRADER"], parties["BROKER"])
	}
	return nil
}
