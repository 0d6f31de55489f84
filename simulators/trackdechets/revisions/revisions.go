// Package revisions changes what has been signed: one party asks, the others agree or refuse. Only the BSDD, BSDA and
// BSDASRI have revisions.
package revisions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/documents"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// The statuses of a revision and of an approval.
const (
	pending  = "PENDING"
	accepted = "ACCEPTED"
	refused  = "REFUSED"
)

const (
	entry = "revision" // the kind in the records

	notAnApprover = "Vous n'êtes pas destinataire de cette révision, ou alors cette révision a déjà été approuvée."
	notYours      = "Vous n'êtes pas autorisé à réviser ce bordereau"
	unknown       = "La révision avec l'identifiant \"%s\" n'existe pas."
)

// Service serves revisions. Make it with New; its methods expect the records to be locked.
type Service struct{ *documents.Service }

// New adds revisions to a service of documents.
func New(on *documents.Service) *Service {
	d := &Service{on}
	on.LatestRevision = func(id string) any {
		if all := d.of(id); len(all) > 0 {
			return d.revisionWire(all[0])
		}
		return nil
	}
	return d
}

// Resolvers are the root fields of revisions.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{}
	for _, k := range revised {
		lower := strings.ToLower(k.Name)
		all.Add(lower+"RevisionRequests", func(c *graphql.Call) (any, error) { return d.list(c, k) })
		all.Add("create"+k.Name+"RevisionRequest", func(c *graphql.Call) (any, error) { return d.create(c, k, c.Text("input."+lower+"Id")) })
		all.Add("cancel"+k.Name+"RevisionRequest", d.cancel)
		all.Add("submit"+k.Name+"RevisionRequestApproval", d.approve)
	}
	return all
}

// revised are the kinds that have revisions.
var revised = []*kinds.Kind{kinds.BSDD, kinds.BSDA, kinds.BSDASRI}

// create asks the other parties to change, or cancel, what has been signed. With nobody to ask it is applied at once.
func (d *Service) create(c *graphql.Call, k *kinds.Kind, id string) (any, error) {
	document, err := d.Document(k, id)
	if err != nil {
		return nil, err
	}
	input := c.Object("input")
	author, content := tree.Text(input, "authoringCompanySiret"), tree.Object(input, "content")
	if author == "" || !slices.Contains(authors(k, document), author) || c.User.ActsFor([]string{author}, companies.MayManage) == "" {
		return nil, refusal.Forbidden(notYours)
	}
	if err := d.revisable(k, document, content); err != nil {
		return nil, err
	}
	r := d.New(entry, records.NewID(), map[string]any{
		"formId": id, "author": author, "comment": tree.Text(input, "comment"), "content": tree.Clone(content),
	})
	r.Status = pending
	approvals := []any{}
	for _, siret := range approvers(k, document, author, content) {
		approvals = append(approvals, map[string]any{"approverSiret": siret, "status": pending})
	}
	r.Data["approvals"] = approvals
	if len(approvals) == 0 {
		apply(k, document, r)
	}
	return d.commit(c, document, r, author, input)
}

// approve takes one party's word. The last agreement applies the revision; one refusal ends it.
func (d *Service) approve(c *graphql.Call) (any, error) {
	r, k, document, err := d.find(c.ID())
	if err != nil {
		return nil, err
	}
	approvals := r.Objects("approvals")
	mine := slices.IndexFunc(approvals, func(approval map[string]any) bool {
		return approval["status"] == pending && c.User.ActsFor([]string{tree.Text(approval, "approverSiret")}, companies.MayManage) != ""
	})
	if r.Status != pending || mine < 0 {
		return nil, refusal.Forbidden(notAnApprover)
	}
	company := tree.Text(approvals[mine], "approverSiret")
	approvals[mine]["comment"] = c.Args["comment"]
	if !tree.Truth(c.Args, "isApproved") {
		approvals[mine]["status"] = refused
		r.Status = refused
		return d.commit(c, document, r, company, c.Args)
	}
	approvals[mine]["status"] = accepted
	pair := emitters(document)
	for _, approval := range approvals {
		if slices.Contains(pair, company) && slices.Contains(pair, tree.Text(approval, "approverSiret")) {
			approval["status"] = accepted // one of them answers for the other
		}
	}
	if !slices.ContainsFunc(approvals, func(approval map[string]any) bool { return approval["status"] == pending }) {
		apply(k, document, r)
	}
	return d.commit(c, document, r, company, c.Args)
}

// cancel takes a pending revision back.
func (d *Service) cancel(c *graphql.Call) (any, error) {
	r, _, document, err := d.find(c.ID())
	if err != nil {
		return nil, err
	}
	author := r.Text("author")
	if c.User.ActsFor([]string{author}, companies.MayManage) == "" {
		return nil, refusal.Forbidden("Vous n'êtes pas autorisé à annuler cette révision.")
	}
	if r.Status != pending {
		return nil, refusal.Forbidden("Impossible d'annuler cette révision, elle n'est plus en attente de validation.")
	}
	r.Deleted = true
	if _, err := d.commit(c, document, r, author, nil); err != nil {
		return nil, err
	}
	return true, nil
}

// find finds a revision and what it is about, as copies.
func (d *Service) find(id string) (r *kinds.Document, k *kinds.Kind, document *kinds.Document, err error) {
	r, ok := d.Find(entry, id)
	if !ok {
		return nil, nil, nil, refusal.BadInput(fmt.Sprintf(unknown, id))
	}
	found, ok := d.Look(r.Text("formId"))
	if !ok {
		return nil, nil, nil, refusal.BadInput(fmt.Sprintf(kinds.BSDD.Says.NotFound, r.Text("formId")))
	}
	return r, kinds.Of(found.Kind), found.Clone(), nil
}

// of are the revisions of a document, newest first.
func (d *Service) of(id string) []*kinds.Document {
	return slices.DeleteFunc(d.Newest(entry), func(r *kinds.Document) bool { return r.Text("formId") != id })
}

// commit makes a revision stand together with its document, which counts as updated.
func (d *Service) commit(c *graphql.Call, document, r *kinds.Document, company string, input map[string]any) (any, error) {
	if err := d.Commit(c, company, input, document, r); err != nil {
		return nil, err
	}
	return d.revisionWire(r), nil
}

// list lists a company's revisions of one kind of document.
func (d *Service) list(c *graphql.Call, k *kinds.Kind) (any, error) {
	company := c.Text("siret")
	if c.User.ActsFor([]string{company}, companies.MayRead) == "" {
		return nil, refusal.NotMember(company)
	}
	status, id := c.Text("where.status"), cmp.Or(c.Text("where.bsddId._eq"), c.Text("where.bsdaId._eq"), c.Text("where.bsdasriId._eq"))
	var nodes []graphql.Node
	for _, r := range d.Newest(entry) {
		if _, ok := d.Find(k.Name, r.Text("formId")); !ok {
			continue
		}
		concerned := r.Text("author") == company || slices.ContainsFunc(r.Objects("approvals"), func(approval map[string]any) bool {
			return tree.Text(approval, "approverSiret") == company
		})
		if concerned && (status == "" || string(r.Status) == status) && (id == "" || r.Text("formId") == id) {
			nodes = append(nodes, graphql.Node{Cursor: r.ID, Value: d.revisionWire(r)})
		}
	}
	return graphql.Connection(c.Args, nodes, 10, 50)
}

// revisionWire is a revision as its type of the schema.
func (d *Service) revisionWire(r *kinds.Document) map[string]any {
	data := r.Wire()
	for _, k := range revised {
		data[strings.ToLower(k.Name)] = tree.Later(func() any {
			document, _ := d.Find(k.Name, r.Text("formId"))
			return d.Wire(document)
		})
	}
	author := d.Companies[r.Text("author")]
	data["authoringCompany"] = map[string]any{"siret": r.Text("author"), "orgId": r.Text("author"), "name": author.Name, "address": author.Address}
	content := tree.Object(data, "content")
	if content["wasteDetails"] == nil {
		content["wasteDetails"] = map[string]any{}
	}
	return data
}
