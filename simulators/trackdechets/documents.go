package trackdechets

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const ownCompanyMissing = "Vous ne pouvez pas créer un bordereau sur lequel votre entreprise n'apparait pas"

// documentResolvers are the root fields of every kind of document.
func documentResolvers() map[string]resolver {
	all := map[string]resolver{}
	for _, k := range documentKinds {
		add := func(name string, resolve func(*Backend, *documentKind, *call) (any, error)) {
			all[name] = resolver{resolve: func(b *Backend, c *call) (any, error) { return resolve(b, k, c) }}
		}
		lower := strings.ToLower(k.name)
		add(lower, (*Backend).document)
		add(lower+"s", (*Backend).documents)
		add(lower+"Pdf", (*Backend).documentPdf)
		add("create"+k.name, (*Backend).createDocument)
		add("createDraft"+k.name, (*Backend).createDocument)
		add("update"+k.name, (*Backend).updateDocument)
		add("publish"+k.name, (*Backend).publishDocument)
		add("sign"+k.name, (*Backend).signDocument)
		add("duplicate"+k.name, (*Backend).duplicateDocument)
		add("delete"+k.name, (*Backend).deleteDocument)
		add("create"+k.name+"Transporter", (*Backend).createHaulier)
		add("update"+k.name+"Transporter", (*Backend).updateHaulier)
		add("delete"+k.name+"Transporter", (*Backend).deleteHaulier)
	}
	return all
}

// documentParties are the companies on a document; on a draft those of its author.
func documentParties(r *Record) []string {
	if kindOf(r.Kind) == nil {
		return nil
	}
	if truth(r.Data, "isDraft") {
		return r.Owners
	}
	return documentCompanies(r)
}

func documentCompanies(r *Record) []string {
	var parties []string
	add := func(id string) {
		if id != "" && !slices.Contains(parties, id) {
			parties = append(parties, id)
		}
	}
	for _, role := range []string{"emitter", "worker", "destination", "transporter", "broker", "trader", "destination.operation.nextDestination"} {
		add(companyID(r.Data, role+".company"))
	}
	add(text(r.Data, "ecoOrganisme.siret"))
	for _, haulier := range objects(r.Data, "transporters") {
		add(companyID(haulier, "company"))
	}
	for _, intermediary := range objects(r.Data, "intermediaries") {
		add(text(intermediary, "siret"))
	}
	return parties
}

// findDocument finds a document as a copy, and the company for which the user acts on it.
func (b *Backend) findDocument(k *documentKind, c *call, asked right, otherwise string) (*Record, string, error) {
	id := text(c.args, "id")
	r, ok := b.books.record(k.name, id)
	if !ok {
		return nil, "", badInput(fmt.Sprintf("Le bordereau avec l'identifiant \"%s\" n'existe pas.", id))
	}
	company := c.user.actsFor(documentParties(r), asked)
	if company == "" {
		return nil, "", forbidden(otherwise)
	}
	return r, company, nil
}

func (b *Backend) createDocument(k *documentKind, c *call) (any, error) {
	input := object(c.args, "input")
	r := b.record(k.name, newReadableID(k.prefix, b.now()), map[string]any{})
	r.Status = "INITIAL"
	merge(r.Data, k.defaults)
	if err := b.write(k, r, input); err != nil {
		return nil, err
	}
	r.Data["isDraft"] = c.field.Name == "createDraft"+k.name
	company := c.user.actsFor(documentCompanies(r), mayManage)
	if company == "" {
		return nil, forbidden(ownCompanyMissing)
	}
	for _, id := range documentCompanies(r) {
		if c.user.Roles[id].grants(mayUpdate) {
			r.Owners = append(r.Owners, id)
		}
	}
	if err := issuesError(b.documentIssues(k, r)); err != nil {
		return nil, err
	}
	return b.commitDocument(k, c, r, company, input)
}

func (b *Backend) updateDocument(k *documentKind, c *call) (any, error) {
	input := object(c.args, "input")
	r, company, err := b.findDocument(k, c, mayUpdate, "Vous ne pouvez pas modifier un bordereau sur lequel votre entreprise n'apparait pas")
	if err != nil {
		return nil, err
	}
	before := r.clone()
	if err := b.write(k, r, input); err != nil {
		return nil, err
	}
	if c.user.actsFor(documentCompanies(r), mayUpdate) == "" {
		return nil, forbidden("Vous ne pouvez pas enlever votre établissement du bordereau")
	}
	emitter := c.user.actsFor([]string{companyID(before.Data, "emitter.company")}, mayManage) != ""
	if locked := k.changedSealed(before, r, emitter); len(locked) > 0 {
		return nil, forbidden("Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : " + strings.Join(locked, ", "))
	}
	if err := issuesError(b.documentIssues(k, r)); err != nil {
		return nil, err
	}
	return b.commitDocument(k, c, r, company, input)
}

var relayed = []string{"destination.company.name", "destination.company.siret", "destination.company.address", "destination.plannedOperationCode"}

// changedSealed names the sealed fields that an update has changed; a transporter that has signed stays as it is.
func (k *documentKind) changedSealed(before, after *Record, asEmitter bool) []string {
	var changed []string
	// A temporary storage may come in, or go out again, until the transport: the destination becomes the next one.
	relays := k.name == "Bsda" && k.reached(before) < k.by("TRANSPORT", before) &&
		!same(at(before.Data, "destination.operation.nextDestination"), at(after.Data, "destination.operation.nextDestination"))
	for _, path := range k.sealedFields(before, asEmitter) {
		if relays && slices.Contains(relayed, path) {
			continue
		}
		if path != "transporters" && !same(at(before.Data, path), at(after.Data, path)) {
			changed = append(changed, path)
		}
	}
	now := objects(after.Data, "transporters")
	for i, old := range objects(before.Data, "transporters") {
		if text(old, "transport.signature.date") != "" && (i >= len(now) || !same(old, now[i])) {
			changed = append(changed, fmt.Sprintf("transporters[%d]", i))
		}
	}
	return changed
}

func (b *Backend) publishDocument(k *documentKind, c *call) (any, error) {
	r, company, err := b.findDocument(k, c, mayManage, "Vous ne pouvez pas publier ce bordereau")
	if err != nil {
		return nil, err
	}
	if !truth(r.Data, "isDraft") {
		return nil, forbidden("Impossible de publier un bordereau qui n'est pas un brouillon")
	}
	issues := b.documentIssues(k, r)
	if !isSynthesis(r) {
		issues = append(issues, requiredIssues(k.missing(r, "EMISSION"))...)
	}
	if err := issuesError(issues); err != nil {
		return nil, err
	}
	r.Data["isDraft"] = false
	return b.commitDocument(k, c, r, company, nil)
}

func (b *Backend) duplicateDocument(k *documentKind, c *call) (any, error) {
	found, company, err := b.findDocument(k, c, mayManage, "Vous n'êtes pas autorisé à dupliquer ce bordereau")
	if err != nil {
		return nil, err
	}
	r := b.record(k.name, newReadableID(k.prefix, b.now()), found.Data)
	r.Status = "INITIAL"
	for _, key := range []string{"signed", "grouping", "forwarding", "repackaging", "synthesizing"} {
		delete(r.Data, key)
	}
	for _, key := range []string{"reception", "operation"} {
		delete(object(r.Data, "destination"), key)
	}
	delete(object(r.Data, "worker"), "work")
	delete(object(object(r.Data, "emitter"), "emission"), "signature")
	delete(object(r.Data, "transporter"), "transport")
	if hauliers := objects(r.Data, "transporters"); len(hauliers) > 0 {
		r.Data["transporters"] = []any{map[string]any{"id": newID(), "company": hauliers[0]["company"], "recepisse": hauliers[0]["recepisse"]}}
	}
	for _, packaging := range objects(r.Data, "packagings") {
		if packaging["id"] != nil {
			packaging["id"] = newID()
		}
		delete(packaging, "acceptation")
		delete(packaging, "operation")
	}
	r.Data["isDraft"], r.Data["isDuplicateOf"] = true, found.ID
	r.Owners = []string{company}
	return b.commitDocument(k, c, r, company, nil)
}

func (b *Backend) deleteDocument(k *documentKind, c *call) (any, error) {
	r, company, err := b.findDocument(k, c, mayManage, "Vous n'êtes pas autorisé à supprimer ce bordereau")
	if err != nil {
		return nil, err
	}
	switch r.Status {
	case "INITIAL":
	case "SIGNED_BY_PRODUCER", "SIGNED_BY_EMITTER":
		if company = c.user.actsFor([]string{companyID(r.Data, "emitter.company")}, mayManage); company == "" {
			return nil, forbidden("Le producteur a signé ce bordereau, il est le seul à pouvoir le supprimer.")
		}
	default:
		return nil, forbidden("Seuls les bordereaux en brouillon ou n'ayant pas encore été signés peuvent être supprimés")
	}
	r.Deleted = true
	return b.commitDocument(k, c, r, company, nil)
}

// commitDocument makes an effect on a document stand, with what it did to others, and answers the document.
func (b *Backend) commitDocument(k *documentKind, c *call, r *Record, company string, input map[string]any, also ...*Record) (any, error) {
	entry := Entry{Name: c.field.Name, At: b.now(), User: c.user.Email, Company: company, Status: Status(r.Status), Input: input}
	for _, changed := range slices.Concat([]*Record{r}, also) {
		entry.Status = Status(changed.Status)
		changed.Log = append(changed.Log, entry)
	}
	if err := b.stand(act{c.field.Name, c.user.Email, company, input}, nil, slices.Concat([]*Record{r}, also)...); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return b.documentWire(k, r), nil
}

func (b *Backend) document(k *documentKind, c *call) (any, error) {
	r, _, err := b.findDocument(k, c, mayRead, "Vous n'êtes pas autorisé à accéder à ce bordereau")
	if err != nil {
		return nil, err
	}
	return b.documentWire(k, r), nil
}

// documents lists those of the user's companies, newest first, that fit the filter.
func (b *Backend) documents(k *documentKind, c *call) (any, error) {
	var nodes []node
	where := object(c.args, "where")
	mine := slices.Collect(maps.Keys(c.user.Roles))
	for _, r := range b.books.newestRecords(k.name) {
		if !slices.ContainsFunc(documentParties(r), func(id string) bool { return slices.Contains(mine, id) }) {
			continue
		}
		if data := b.documentWire(k, r); where == nil || fits(where, data) {
			nodes = append(nodes, node{r.ID, data})
		}
	}
	return connection(c.args, nodes, 50, 500)
}

func (b *Backend) documentPdf(k *documentKind, c *call) (any, error) {
	r, _, err := b.findDocument(k, c, mayRead, "Vous n'êtes pas autorisé à accéder à ce bordereau")
	if err != nil {
		return nil, err
	}
	return b.offer(r.ID+".pdf", "application/pdf", pdf(r.ID+" "+r.Status), downloadLife), nil
}
