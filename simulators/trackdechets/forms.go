package trackdechets

import (
	"maps"
	"slices"
	"strings"
)

func (b *Backend) createForm(c *call) (any, error) {
	return b.create(c, object(c.args, "createFormInput"))
}

func (b *Backend) updateForm(c *call) (any, error) {
	return b.update(c, object(c.args, "updateFormInput"))
}

// saveForm is the older way: an update with an id, a creation without.
func (b *Backend) saveForm(c *call) (any, error) {
	input := object(c.args, "formInput")
	if text(input, "id") == "" {
		return b.create(c, input)
	}
	return b.update(c, input)
}

// newForm is an empty draft.
func (b *Backend) newForm() *Form {
	now := b.now()
	return &Form{ID: newID(), ReadableID: newReadableID("BSD", now), Status: Draft, CreatedAt: now, Data: map[string]any{}}
}

func (b *Backend) create(c *call, input map[string]any) (any, error) {
	f := b.newForm()
	also, err := b.apply(f, input)
	if err != nil {
		return nil, err
	}
	b.fill(f)
	company := c.user.actsFor(f.everyone(), mayManage)
	f.claimFor(c.user)
	if company == "" {
		if !f.isItem() {
			return nil, forbidden("Vous ne pouvez pas créer un bordereau sur lequel votre établissement n'apparaît pas")
		}
		// Whoever goes round makes the items, and owns them until they are on the round.
		for _, id := range slices.Sorted(maps.Keys(c.user.Roles)) {
			if c.user.Roles[id].grants(mayManage) {
				company = id
				f.Owners = append(f.Owners, id)
			}
		}
	}
	if err := firstInvalid(b.complaints(f, asDraft)); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input, also...)
}

func (b *Backend) update(c *call, input map[string]any) (any, error) {
	f, company, err := b.permitted(c, (*Form).contributors, mayUpdate, "Vous n'êtes pas autorisé à modifier ce bordereau")
	if err != nil {
		return nil, err
	}
	before := f.clone()
	also, err := b.apply(f, input)
	if err != nil {
		return nil, err
	}
	b.fill(f)
	if c.user.actsFor(f.everyone(), mayUpdate) == "" && (!f.isItem() || c.user.actsFor(f.Owners, mayUpdate) == "") {
		return nil, forbidden("Vous ne pouvez pas enlever votre établissement du bordereau")
	}
	if locked := sealedChanges(before, f, c.user); len(locked) > 0 {
		return nil, forbidden("Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : " + strings.Join(locked, ", "))
	}
	stage := asSealed
	if f.Status == Draft {
		stage = asDraft
		f.claimFor(c.user)
	}
	if err := firstInvalid(b.complaints(f, stage)); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input, also...)
}

// updateTransporterFields changes what the first transporter may note before it signs.
func (b *Backend) updateTransporterFields(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).firstCarrier, mayUpdate, "Vous n'êtes pas autorisé à modifier ce bordereau")
	if err != nil {
		return nil, err
	}
	if f.Status != Sealed && f.Status != SignedByProducer && f.Status != Resealed {
		return nil, badInput("Ce champ n'est pas modifiable sur un bordereau qui n'est pas en statut scellé ou signé par le producteur")
	}
	first := f.transporters()[0]
	for key, sent := range map[string]string{"numberPlate": "transporterNumberPlate", "customInfo": "transporterCustomInfo"} {
		if value, given := c.args[sent]; given {
			first[key] = value
		}
	}
	if err := firstInvalid(b.complaints(f, asSealed)); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, c.args)
}

func (f *Form) firstCarrier() []string {
	carriers := f.transporters()
	if len(carriers) == 0 {
		return nil
	}
	return []string{companyID(carriers[0], "company")}
}

// duplicateForm makes a draft like a form, without quantity and with its first transporter only.
func (b *Backend) duplicateForm(c *call) (any, error) {
	found, company, err := b.permitted(c, (*Form).contributors, mayManage, "Vous n'êtes pas autorisé à dupliquer ce bordereau")
	if err != nil {
		return nil, err
	}
	if found.isItem() {
		return nil, badInput("Impossible de dupliquer un bordereau d'annexe 1")
	}
	f := b.newForm()
	for _, key := range []string{"emitter", "recipient", "wasteDetails", "trader", "broker", "ecoOrganisme", "intermediaries", "isDirectSupply"} {
		if value, ok := found.Data[key]; ok {
			f.Data[key] = value
		}
	}
	if destination := at(found.Data, "temporaryStorageDetail.destination"); destination != nil {
		put(f.Data, "temporaryStorageDetail.destination", destination)
	}
	if carriers := found.transporters(); len(carriers) > 0 {
		f.Data["transporters"] = []any{map[string]any{"id": newID(), "company": carriers[0]["company"], "isExemptedOfReceipt": carriers[0]["isExemptedOfReceipt"]}}
	}
	put(f.Data, "wasteDetails.quantity", 0.0)
	f.Data["isDuplicateOf"] = found.ReadableID
	b.fill(f)
	f.claimFor(c.user)
	return b.commit(c, f, company, nil)
}

func (b *Backend) deleteForm(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).contributors, mayManage, "Vous n'êtes pas autorisé à supprimer ce bordereau")
	if err != nil {
		return nil, err
	}
	if f.Status == SignedByProducer {
		if company = c.user.actsFor([]string{f.signer()}, mayManage); company == "" {
			return nil, forbidden("Le producteur a signé ce bordereau, il est le seul à pouvoir le supprimer.")
		}
	} else if f.Status != Draft && f.Status != Sealed {
		return nil, forbidden("Seuls les bordereaux en brouillon ou en attente de collecte peuvent être supprimés")
	}
	f.Deleted = true
	var also []*Form
	switch {
	case f.isRound():
		also = b.items(f)
		for _, item := range also {
			item.Deleted = true
		}
	case f.isItem():
		also = b.leave(f)
	}
	return b.commit(c, f, company, nil, also...)
}

func (b *Backend) markAsSealed(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).contributors, mayManage, "Vous n'êtes pas autorisé à sceller ce bordereau")
	if err != nil {
		return nil, err
	}
	complaints := b.complaints(f, asSealed)
	if f.kind() == "APPENDIX2" && len(f.fractions()) == 0 {
		complaints = append(complaints, "Vous devez sélectionner au moins un bordereau à regrouper (annexe 2)")
	}
	if len(complaints) > 0 {
		return nil, badInput("Erreur, impossible de valider le bordereau car des champs obligatoires ne sont pas renseignés.\nErreur(s): " +
			strings.Join(complaints, "\n"))
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	if f.Status == SignedByProducer {
		f.Data["emittedAt"] = formatTime(b.now())
		f.Data["emittedBy"] = "Signature auto (particulier)"
	}
	return b.commit(c, f, company, nil)
}

// apply lays the input of createForm or updateForm over the form. It answers the other forms that change with it.
func (b *Backend) apply(f *Form, input map[string]any) ([]*Form, error) {
	_, both := input["transporter"].(map[string]any)
	ids, listed := input["transporters"].([]any)
	if both && listed {
		return nil, badInput("Vous ne pouvez pas utiliser les champs `transporter` et `transporters` en même temps")
	}
	if listed {
		if err := b.order(f, ids); err != nil {
			return nil, err
		}
	}
	rest, _ := clone(input).(map[string]any)
	if sent, given := rest["transporter"]; given {
		f.setTransporter(sent)
	}
	if customID, given := rest["customId"]; given {
		f.CustomID, _ = customID.(string)
	}
	for _, key := range []string{"id", "customId", "transporter", "transporters", "grouping", "appendix2Forms"} {
		delete(rest, key)
	}
	merge(f.Data, rest)
	switch stores := truth(f.Data, "recipient.isTempStorage"); {
	case stores && f.suite() == nil:
		f.Data["temporaryStorageDetail"] = map[string]any{"destination": map[string]any{}}
	case !stores && (f.Status == Draft || f.Status == Sealed):
		delete(f.Data, "temporaryStorageDetail")
	}
	return b.group(f, input)
}

// setTransporter lays the single transporter of an input over the first; null removes all.
func (f *Form) setTransporter(sent any) {
	input, ok := sent.(map[string]any)
	if !ok {
		f.Data["transporters"] = []any{}
		return
	}
	transporters := list(f.Data, "transporters")
	if len(transporters) == 0 {
		transporters = []any{map[string]any{"id": newID()}}
		f.Data["transporters"] = transporters
	}
	if first, ok := transporters[0].(map[string]any); ok {
		merge(first, input)
	}
}

// claimFor makes the user's companies on the form owners of the draft, beside those that are.
func (f *Form) claimFor(user *User) {
	var owners []string
	for _, id := range f.everyone() {
		owns := user.Roles[id].grants(mayUpdate) || slices.Contains(f.Owners, id)
		if owns && !slices.Contains(owners, id) {
			owners = append(owners, id)
		}
	}
	f.Owners = owners
}

// signer is the company that signs, or signed, the emission.
func (f *Form) signer() string {
	if truth(f.Data, "emittedByEcoOrganisme") {
		return text(f.Data, "ecoOrganisme.siret")
	}
	return companyID(f.Data, "emitter.company")
}
