package trackdechets

import "slices"

const (
	notYourSignature = "Vous ne pouvez pas signer ce bordereau"
	alreadySigned    = "Cette signature a déjà été apposée."
	wrongTransition  = "Vous ne pouvez pas passer ce bordereau à l'état souhaité."
)

// signDocument seals what was written so far.
func (b *Backend) signDocument(k *documentKind, c *call) (any, error) {
	input := object(c.args, "input")
	return b.sign(k, c, text(input, "type"), input)
}

// signWithCode is signBsdasriEmissionWithSecretCode: the emitter, or the eco-organisme, signs on another's device.
func (b *Backend) signWithCode(c *call) (any, error) {
	return b.sign(kindOf("Bsdasri"), c, "EMISSION", object(c.args, "input"))
}

func (b *Backend) sign(k *documentKind, c *call, kind string, input map[string]any) (any, error) {
	r, ok := b.books.record(k.name, text(c.args, "id"))
	if !ok {
		return nil, badInput("Le bordereau avec l'identifiant \"" + text(c.args, "id") + "\" n'existe pas.")
	}
	if r.Status == string(Canceled) {
		return nil, forbidden("Vous ne pouvez pas faire cette action, ce bordereau a été annulé")
	}
	signature, _ := k.signature(kind)
	haulier := k.nextHaulier(r)
	company, err := b.documentSigner(k, c, r, signature, haulier)
	if err != nil {
		return nil, err
	}
	if again := slices.Contains(list(r.Data, "signed"), any(kind)); again && (kind != "TRANSPORT" || haulier == nil) && !k.byPackaging(r, kind) {
		return nil, badInput(alreadySigned)
	}
	if haulier != nil && kind == "TRANSPORT" {
		b.completeHaulier(haulier)
	}
	issues := requiredIssues(k.missing(r, kind))
	if kind == "TRANSPORT" && k.several {
		issues = append(issues, b.haulageIssues(k, haulier)...)
	}
	if k.name == "Bsff" {
		issues = append(issues, packagingIssues(r, kind, text(input, "packagingId"))...)
	}
	if err := issuesError(issues); err != nil {
		return nil, err
	}
	edge := slices.IndexFunc(k.edges, func(e documentEdge) bool {
		return e.from == r.Status && e.signature == kind && (e.guard == nil || e.guard(r))
	})
	if edge < 0 || truth(r.Data, "isDraft") {
		return nil, badInput(wrongTransition)
	}
	date := text(input, "date")
	if date == "" {
		date = formatTime(b.now())
	}
	stamp := map[string]any{"date": date, "author": input["author"]}
	switch {
	case k.name == "Bsff" && (kind == "ACCEPTATION" || kind == "OPERATION"):
		signPackagings(r, kind, text(input, "packagingId"), stamp)
	case kind == "TRANSPORT" && k.several:
		put(haulier, "transport.signature", stamp)
	default:
		put(r.Data, signature.object+".signature", stamp)
		r.Status = k.edges[edge].to
	}
	if k.edges[edge].to != "" {
		r.Status = k.edges[edge].to
	}
	if !slices.Contains(list(r.Data, "signed"), any(kind)) {
		r.Data["signed"] = append(list(r.Data, "signed"), kind)
	}
	if k.several && (kind == "RECEPTION" || kind == "OPERATION") {
		r.Data["transporters"] = slices.DeleteFunc(list(r.Data, "transporters"), func(entry any) bool {
			unsigned, _ := entry.(map[string]any)
			return text(unsigned, "transport.signature.date") == ""
		})
	}
	return b.commitDocument(k, c, r, company, input, b.cascade(k, r)...)
}

// documentSigner is the company that the user signs for: by role, or by the company's code. The eco-organisme may sign
// the emission in place of the emitter.
func (b *Backend) documentSigner(k *documentKind, c *call, r *Record, signature documentSignature, haulier map[string]any) (string, error) {
	signers := []string{companyID(r.Data, signature.company)}
	asked := mayManage
	switch signature.kind {
	case "EMISSION":
		if eco := text(r.Data, "ecoOrganisme.siret"); eco != "" {
			signers = append(signers, eco)
		}
	case "TRANSPORT", "DELIVERY":
		asked = maySignTransport
		if k.several {
			signers = []string{companyID(haulier, "company")}
			if haulier == nil { // all have signed: it is the last one's second attempt
				signers = nil
				for _, signed := range objects(r.Data, "transporters") {
					signers = append(signers, companyID(signed, "company"))
				}
			}
		}
	}
	signers = slices.DeleteFunc(signers, func(id string) bool { return id == "" })
	if company := c.user.actsFor(signers, asked); company != "" {
		return company, nil
	}
	code, given := number(c.args, "input.securityCode")
	if !given || len(signers) == 0 {
		return "", forbidden(notYourSignature)
	}
	signer := signers[0]
	if text(c.args, "input.signatureAuthor") == "ECO_ORGANISME" {
		signer = signers[len(signers)-1]
	}
	return signer, b.checkCode(c.user, signer, int(code))
}

// nextHaulier is the first transporter that has not signed; nil when there is none.
func (k *documentKind) nextHaulier(r *Record) map[string]any {
	if !k.several {
		single := object(r.Data, "transporter")
		if text(single, "transport.signature.date") != "" {
			return nil
		}
		return single
	}
	for _, haulier := range objects(r.Data, "transporters") {
		if text(haulier, "transport.signature.date") == "" {
			return haulier
		}
	}
	return nil
}

// cascade ends the documents that waited to go on in one that is done now, up all chains.
func (b *Backend) cascade(k *documentKind, r *Record) []*Record {
	var ended []*Record
	if k.name == "Bsff" {
		return b.cascadePackagings(r)
	}
	if r.Status != "PROCESSED" || k.waits == "" {
		return nil
	}
	for _, key := range []string{"grouping", "forwarding", "synthesizing"} {
		for _, id := range list(r.Data, key) {
			name, _ := id.(string)
			initial, ok := b.books.record(k.name, name)
			if !ok || initial.Status != k.waits || slices.ContainsFunc(ended, func(e *Record) bool { return e.ID == name }) {
				continue
			}
			initial.Status = "PROCESSED"
			ended = append(ended, initial)
			ended = append(ended, b.cascade(k, initial)...)
		}
	}
	return ended
}
