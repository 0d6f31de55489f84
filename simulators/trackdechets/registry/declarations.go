package registry

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	declaration  = "declaration" // the kind, in the records, of a line
	mostLines    = 1000
	heaviestLine = 10_000 // tonnes
)

var publicID = regexp.MustCompile(`^[a-zA-Z0-9\-_./]{1,36}$`)

// Types are the mutations that declare lines to the waste registry, each with the type of its lines.
var Types = map[string]string{
	"addToSsdRegistry": "SSD", "addToIncomingWasteRegistry": "INCOMING_WASTE", "addToIncomingTexsRegistry": "INCOMING_TEXS",
	"addToOutgoingWasteRegistry": "OUTGOING_WASTE", "addToOutgoingTexsRegistry": "OUTGOING_TEXS",
	"addToTransportedRegistry": "TRANSPORTED", "addToManagedRegistry": "MANAGED",
}

// declarationID is the id in the records of a line: a public id counts within the company that it is reported for.
func declarationID(kind, siret, public string) string {
	return companies.DerivedID(strings.Join([]string{declaration, kind, siret, public}, " "))
}

// declare takes lines one after another: some may be refused, and the others stand all the same, with HTTP 200 and no
// error. A known public id without a reason is passed over in silence.
func (d *Service) declare(c *graphql.Call) (any, error) {
	lines := tree.Objects(c.Args, "lines")
	if len(lines) > mostLines {
		return nil, refusal.BadInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d lignes par appel", mostLines))
	}
	answer, changed := d.declareLines(c, Types[c.Name()], lines)
	if len(changed) > 0 {
		if err := d.Commit(c, "", nil, changed...); err != nil {
			return nil, err
		}
	}
	return map[string]any{
		"stats": map[string]any{
			"errors": float64(len(answer["errors"])), "insertions": float64(len(answer["inserted"])), "edits": float64(len(answer["edited"])),
			"cancellations": float64(len(answer["cancelled"])), "skipped": float64(len(answer["skipped"])),
		},
		"errors": answer["errors"], "inserted": answer["inserted"], "edited": answer["edited"], "cancelled": answer["cancelled"],
		"skipped": answer["skipped"],
	}, nil
}

// declareLines says of each line on which list of the answer it ends, and gives the records that have changed.
func (d *Service) declareLines(c *graphql.Call, kind string, lines []map[string]any) (answer map[string][]any, changed []*records.Document) {
	answer = map[string][]any{"errors": {}, "inserted": {}, "edited": {}, "cancelled": {}, "skipped": {}}
	staged := map[string]*records.Document{}
	for _, sent := range lines {
		public := tree.Text(sent, "publicId")
		id := declarationID(kind, tree.Text(sent, "reportForCompanySiret"), public)
		r, known := staged[id]
		if !known {
			r, known = d.Find(declaration, id)
		}
		outcome := lineOutcome(tree.Text(sent, "reason"), known)
		issues := d.lineIssues(c, kind, sent)
		if outcome == "" {
			issues = append(issues, map[string]any{
				"code": "custom", "path": "publicId", "message": "L'identifiant unique n'existe pas : il ne peut être ni modifié ni annulé",
			})
		}
		if len(issues) > 0 {
			answer["errors"] = append(answer["errors"], map[string]any{"publicId": public, "message": "Ligne invalide", "issues": issues})
			continue
		}
		answer[outcome] = append(answer[outcome], map[string]any{"publicId": public})
		if outcome == "skipped" {
			continue
		}
		if r == nil {
			r = d.New(declaration, id, map[string]any{})
		}
		data := tree.Clone(sent)
		data["type"] = kind
		r.Data, r.Deleted = data, outcome == "cancelled"
		if staged[id] == nil {
			changed = append(changed, r)
		}
		staged[id] = r
	}
	return answer, changed
}

// lineOutcome is the list of the answer that a line ends on; empty when there is nothing to edit or cancel.
func lineOutcome(reason string, known bool) string {
	switch {
	case reason == "EDIT" && known:
		return "edited"
	case reason == "CANCEL" && known:
		return "cancelled"
	case reason != "":
		return ""
	case known:
		return "skipped"
	default:
		return "inserted"
	}
}

// lineIssues lists what is wrong with a line. Weights are tonnes.
func (d *Service) lineIssues(c *graphql.Call, kind string, sent map[string]any) []any {
	var issues []any
	when := func(broken bool, path, message string) {
		if broken {
			issues = append(issues, map[string]any{"code": "custom", "path": path, "message": message})
		}
	}
	siret := tree.Text(sent, "reportForCompanySiret")
	company, registered := d.Companies[siret]
	when(!publicID.MatchString(tree.Text(sent, "publicId")), "publicId",
		"L'identifiant unique doit comporter de 1 à 36 caractères, chiffres, lettres, tirets, points, barres ou soulignés")
	when(!numbers.IsSIRET(siret, true), "reportForCompanySiret", siret+" n'est pas un SIRET valide")
	when(!d.mayReport(c, siret, tree.Text(sent, "reportAsCompanySiret")), "reportForCompanySiret",
		"Vous ne pouvez pas déclarer pour l'établissement "+siret+" : ni membre, ni délégataire")
	when(kind == "SSD" && registered && !slices.Contains(company.Types, "RECOVERY_FACILITY"), "reportForCompanySiret",
		"L'établissement n'a pas le profil Installation de valorisation de terres et sédiments, ou de sortie de statut de déchet")
	weight, _ := tree.Number(sent, "weightValue")
	when(weight <= 0, "weightValue", "Le poids doit être supérieur à 0")
	when(weight > heaviestLine, "weightValue", fmt.Sprintf("Le poids ne peut dépasser %d tonnes", heaviestLine))
	when(math.Abs(weight*1000-math.Round(weight*1000)) > 1e-6, "weightValue", "Le poids ne peut avoir plus de 3 décimales")
	now := d.Now()
	for key, value := range sent {
		written, isText := value.(string)
		if !isText || !strings.HasSuffix(key, "Date") {
			continue
		}
		date, err := time.Parse(tree.WireTime, written)
		when(err == nil && date.After(now), key, "La date ne peut être dans le futur")
	}
	code := tree.Text(sent, "wasteCode")
	when(code != "" && !kinds.WasteCodes()[spacedWaste(code)], "wasteCode", "Le code déchet n'est pas reconnu")
	return issues
}

// spacedWaste writes a waste code with its spaces: the registry tolerates their absence.
func spacedWaste(code string) string {
	digits := strings.ReplaceAll(code, " ", "")
	if len(digits) < 6 {
		return code
	}
	return digits[:2] + " " + digits[2:4] + " " + digits[4:]
}

// cancelLines takes lines back by their public ids.
func (d *Service) cancelLines(c *graphql.Call) (any, error) {
	siret, kind := c.Text("siret"), c.Text("type")
	if c.User.ActsFor([]string{siret}, companies.MayManage) == "" {
		return nil, refusal.NotMember(siret)
	}
	cancelled := []any{}
	var changed []*records.Document
	for _, id := range tree.List(c.Args, "publicIds") {
		public, _ := id.(string)
		if r, ok := d.Find(declaration, declarationID(kind, siret, public)); ok {
			r.Deleted = true
			changed = append(changed, r)
			cancelled = append(cancelled, public)
		}
	}
	if len(changed) > 0 {
		if err := d.Commit(c, siret, nil, changed...); err != nil {
			return nil, err
		}
	}
	return map[string]any{"publicIds": cancelled}, nil
}
