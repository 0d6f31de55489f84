package trackdechets

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var postcode = regexp.MustCompile(`\b(\d{2})\d{3}\b`)

// searchCompanies finds companies by their number, or by words of their names and addresses. Of the real one's search
// among all establishments of the country this knows the registered ones alone.
func (b *Backend) searchCompanies(c *call) (any, error) {
	clue := strings.ToLower(strings.TrimSpace(text(c.args, "clue")))
	digits := strings.ReplaceAll(clue, " ", "")
	department := text(c.args, "department")
	found := []any{}
	for _, id := range slices.Sorted(maps.Keys(b.companies)) {
		company := b.companies[id]
		about := strings.ToLower(company.Name + " " + company.Address)
		fits := clue != "" && !slices.ContainsFunc(strings.Fields(clue), func(word string) bool { return !strings.Contains(about, word) })
		in := postcode.FindStringSubmatch(company.Address)
		switch {
		case !fits && strings.ToLower(id) != digits:
			continue
		case company.VATNumber != "" && !truth(c.args, "allowForeignCompanies"):
			continue
		case department != "" && (in == nil || in[1] != department):
			continue
		}
		data := company.wire()
		data["trackdechetsId"] = company.opaqueID()
		data["codePaysEtrangerEtablissement"] = ""
		if company.VATNumber != "" {
			data["codePaysEtrangerEtablissement"] = company.VATNumber[:min(2, len(company.VATNumber))]
		}
		found = append(found, data)
	}
	return found, nil
}

// lookupDates are the fields that date a line of the registry, the first that is there counts.
var lookupDates = []string{"receptionDate", "dispatchDate", "collectionDate", "managingStartDate", "useDate", "processingDate"}

func (b *Backend) lookupWire(r *Record) map[string]any {
	siret, as := text(r.Data, "reportForCompanySiret"), text(r.Data, "reportAsCompanySiret")
	data := map[string]any{
		"publicId": text(r.Data, "publicId"), "type": text(r.Data, "type"), "siret": siret, "declaredAt": formatTime(r.UpdatedAt),
		"wasteCode": r.Data["wasteCode"], "date": formatTime(r.CreatedAt), "reportAsSiret": nil,
		"reportFor": b.registryCompany(siret), "reportAs": b.registryCompany(cmp.Or(as, siret)),
	}
	if as != "" {
		data["reportAsSiret"] = as
	}
	for _, key := range lookupDates {
		if date := text(r.Data, key); date != "" {
			data["date"] = date
			break
		}
	}
	return data
}

func (b *Backend) registryCompany(siret string) map[string]any {
	return map[string]any{"siret": siret, "orgId": siret, "name": b.companies[siret].Name}
}

// lookup finds a line by its public id; lines that were cancelled are not found.
func (b *Backend) lookup(c *call) (any, error) {
	siret, public := text(c.args, "siret"), text(c.args, "publicId")
	if !b.mayLook(c, siret) {
		return nil, notMember(siret)
	}
	r, ok := b.books.record(declarationRecord, declarationID(text(c.args, "type"), siret, public))
	if !ok {
		return nil, badInput(fmt.Sprintf("La déclaration %s n'existe pas.", public))
	}
	return b.lookupWire(r), nil
}

// mayLook: those may look who are of the company, or of one that declares for it.
func (b *Backend) mayLook(c *call, siret string) bool {
	if c.user.actsFor([]string{siret}, mayRead) != "" {
		return true
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(c.user.Roles)), func(own string) bool { return b.mayReport(c, siret, own) })
}

func (b *Backend) lookups(c *call) (any, error) {
	siret := text(c.args, "siret")
	if !b.mayLook(c, siret) {
		return nil, notMember(siret)
	}
	var nodes []node
	for _, r := range b.books.newestRecords(declarationRecord) {
		if text(r.Data, "reportForCompanySiret") != siret || !strings.Contains(text(r.Data, "publicId"), text(c.args, "publicId")) {
			continue
		}
		if kind := text(c.args, "type"); kind == "" || kind == text(r.Data, "type") {
			nodes = append(nodes, node{r.ID, b.lookupWire(r)})
		}
	}
	return connection(c.args, nodes, 10, 100)
}
