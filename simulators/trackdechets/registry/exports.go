package registry

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	// DefaultTime is how long an export or import takes.
	DefaultTime = 2 * time.Second

	exported    = "export"            // the kind, in the records, of an export of one registry
	exhaustive  = "exhaustive export" // and of one of all documents
	exportAgain = 5 * time.Minute     // until then the same export is not made again
	mostExports = 10                  // under way at once
	linkLife    = 10 * time.Minute
)

// createExport starts an export of the waste registry, which is made in the background: the caller polls.
func (d *Service) createExport(c *graphql.Call) (any, error) { return d.startExport(c, exported) }

func (d *Service) createExhaustive(c *graphql.Call) (any, error) { return d.startExport(c, exhaustive) }

func (d *Service) startExport(c *graphql.Call, kind string) (any, error) {
	sirets, err := exportedCompanies(c)
	if err != nil {
		return nil, err
	}
	start := ""
	for _, key := range []string{"_gte", "_gt", "_eq"} {
		if date := c.Text("dateRange." + key); date != "" {
			start = date
		}
	}
	if start == "" {
		return nil, refusal.BadInput("La date de début (dateRange) est requise")
	}
	data := map[string]any{
		"registryType": c.Args["registryType"], "format": c.Args["format"], "startDate": start, "sirets": sirets,
		"declarationType": "ALL", "author": c.User.Email, "where": tree.Clone(c.Args["where"]), "dateRange": tree.Clone(c.Args["dateRange"]),
		"delegateSirets": c.Args["delegateSiret"],
	}
	for _, key := range []string{"_lte", "_lt"} {
		if date := c.Text("dateRange." + key); date != "" {
			data["endDate"] = date
		}
	}
	if declared := c.Text("where.declarationType._eq"); declared != "" {
		data["declarationType"] = declared
	}
	running := 0
	for _, r := range d.Newest(kind) {
		if !isOwn(c, r) {
			continue
		}
		if status := d.exportStatus(r); status == "PENDING" || status == "STARTED" {
			running++
		}
		if tree.Same(r.Data, data) && d.Now().Sub(r.CreatedAt) < exportAgain {
			return nil, &refusal.Refusal{Code: refusal.TooManyRequests, Message: "Un export identique a été demandé il y a moins de 5 minutes."}
		}
	}
	if running >= mostExports {
		return nil, &refusal.Refusal{Code: refusal.TooManyRequests, Message: fmt.Sprintf("Vous avez déjà %d exports en cours.", mostExports)}
	}
	r := d.New(kind, records.NewID(), data)
	if _, err := d.Keep(c, r, nil); err != nil {
		return nil, err
	}
	return d.exportWire(c, r), nil
}

// exportedCompanies are the companies of an export: the one named, or all of the user's.
func exportedCompanies(c *graphql.Call) ([]any, error) {
	if siret := c.Text("siret"); siret != "" {
		if c.User.ActsFor([]string{siret}, companies.MayRead) == "" {
			return nil, refusal.NotMember(siret)
		}
		return []any{siret}, nil
	}
	return tree.Anys(slices.Sorted(maps.Keys(c.User.Roles))), nil
}

func (d *Service) exportStatus(r *records.Document) string { return d.progress(r, "SUCCESSFUL") }

func (d *Service) exportWire(c *graphql.Call, r *records.Document) map[string]any {
	listed := []any{}
	for _, siret := range tree.Texts(r.Data, "sirets") {
		listed = append(listed, d.registryCompany(siret))
	}
	data := jobWire(c, r, d.exportStatus(r))
	data["companies"] = listed
	return data
}

const noExport = "Export de registre \"%s\" non trouvé"

func (d *Service) oneExport(kind string) func(*graphql.Call) (any, error) {
	return func(c *graphql.Call) (any, error) {
		r, err := d.own(c, kind, c.Text("id"), noExport)
		if err != nil {
			return nil, err
		}
		return d.exportWire(c, r), nil
	}
}

func (d *Service) listExports(kind string) func(*graphql.Call) (any, error) {
	return func(c *graphql.Call) (any, error) {
		return d.list(c, kind, func(r *records.Document) any { return d.exportWire(c, r) }, func(r *records.Document) bool { return isOwn(c, r) })
	}
}

func (d *Service) cancelExport(kind string) func(*graphql.Call) (any, error) {
	return func(c *graphql.Call) (any, error) {
		r, err := d.own(c, kind, c.Text("exportId"), noExport)
		if err != nil {
			return nil, err
		}
		if status := d.exportStatus(r); status != "PENDING" && status != "STARTED" {
			return nil, refusal.BadInput("Seuls les exports en cours peuvent être annulés")
		}
		r.Status = "CANCELED"
		if _, err := d.Keep(c, r, nil); err != nil {
			return nil, err
		}
		return d.exportWire(c, r), nil
	}
}

// exportLink offers a finished export. Its columns are the simulator's own, a few of the real one's 170 or so, and it is
// CSV whatever was asked for.
func (d *Service) exportLink(kind string) func(*graphql.Call) (any, error) {
	return func(c *graphql.Call) (any, error) {
		r, err := d.own(c, kind, c.Text("exportId"), noExport)
		if err != nil {
			return nil, refusal.Internal() // as the real service does
		}
		if d.exportStatus(r) != "SUCCESSFUL" {
			return nil, refusal.Forbidden("L'export n'est pas encore disponible au téléchargement")
		}
		raw, err := d.exportRows(r)
		if err != nil {
			return nil, err
		}
		file := d.Files.Offer("registre-"+r.ID+".csv", "text/csv; charset=utf-8", raw, linkLife)
		return map[string]any{"fileKey": r.ID, "signedUrl": file["downloadLink"]}, nil
	}
}

func (d *Service) exportRows(r *records.Document) ([]byte, error) {
	rows := [][]string{{"id", "readableId", "customId", "status", "wasteCode", "emitter", "destination", "receivedAt", "quantityReceived", "operation"}}
	period, code := r.Object("dateRange"), r.Object("where.wasteCode")
	for _, f := range slices.Backward(d.Newest(kinds.BSDD.Name)) {
		date := tree.FormatTime(f.CreatedAt)
		if received := f.Text("receivedAt"); r.Text("registryType") == "INCOMING" {
			date = received
		}
		mine := slices.ContainsFunc(registeredFor(f, r.Text("registryType")), func(id string) bool {
			return slices.Contains(r.List("sirets"), any(id))
		})
		if !mine || f.Status == kinds.Draft || date == "" || !tree.Fits(period, date) || !tree.Fits(code, f.Text("wasteDetails.code")) {
			continue
		}
		received := ""
		if tonnes, ok := f.Number("quantityReceived"); ok {
			received = fmt.Sprint(tonnes)
		}
		rows = append(rows, []string{
			f.ID, f.ReadableID, f.CustomID, string(f.Status), f.Text("wasteDetails.code"), f.Company("emitter.company"),
			kinds.Destination(f)[0], f.Text("receivedAt"), received, f.Text("processingOperationDone"),
		})
	}
	return sheet(rows)
}

// registeredFor are the companies in whose registry of a type a form stands.
func registeredFor(f *records.Document, registry string) []string {
	roles := map[string][]string{
		"OUTGOING": {"EMITTER", "ECO_ORGANISME"}, "INCOMING": {"RECIPIENT"}, "TRANSPORTED": {"TRANSPORTER"}, "MANAGED": {"TRADER", "BROKER"},
	}
	if registry == "" { // exhaustive
		return kinds.BSDD.Companies(f)
	}
	var found []string
	for _, role := range roles[registry] {
		found = append(found, kinds.BSDD.InRole(f, role)...)
	}
	return found
}
