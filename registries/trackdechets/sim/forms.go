package sim

import (
	"slices"
	"strings"
)

func (b *Backend) createForm(c *call) (any, error) {
	input := object(c.args, "createFormInput")
	now := b.now()
	f := &Form{ID: newID(), ReadableID: newReadableID(now), Status: Draft, CreatedAt: now, Data: map[string]any{}}
	if err := f.apply(input); err != nil {
		return nil, err
	}
	b.fill(f)
	company := c.user.actsFor(f.everyone(), mayManage)
	if company == "" {
		return nil, forbidden("Vous ne pouvez pas créer un bordereau sur lequel votre établissement n'apparaît pas")
	}
	f.claimFor(c.user)
	if err := firstInvalid(b.complaints(f, asDraft)); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input)
}

func (b *Backend) updateForm(c *call) (any, error) {
	input := object(c.args, "updateFormInput")
	f, company, err := b.permitted(c, (*Form).contributors, mayUpdate, "Vous n'êtes pas autorisé à modifier ce bordereau")
	if err != nil {
		return nil, err
	}
	before := f.clone()
	if err := f.apply(input); err != nil {
		return nil, err
	}
	b.fill(f)
	if c.user.actsFor(f.everyone(), mayUpdate) == "" {
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
	return b.commit(c, f, company, input)
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
	return b.commit(c, f, company, nil)
}

func (b *Backend) markAsSealed(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).contributors, mayManage, "Vous n'êtes pas autorisé à sceller ce bordereau")
	if err != nil {
		return nil, err
	}
	if complaints := b.complaints(f, asSealed); len(complaints) > 0 {
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

// apply lays the input of createForm or updateForm over the form.
func (f *Form) apply(input map[string]any) error {
	_, both := input["transporter"].(map[string]any)
	ids, listed := input["transporters"].([]any)
	if both && listed {
		return badInput("Vous ne pouvez pas utiliser les champs `transporter` et `transporters` en même temps")
	}
	if listed {
		if err := f.order(ids); err != nil {
			return err
		}
	}
	rest, _ := clone(input).(map[string]any)
	if sent, given := rest["transporter"]; given {
		f.setTransporter(sent)
	}
	if customID, given := rest["customId"]; given {
		f.CustomID, _ = customID.(string)
	}
	for _, key := range []string{"id", "customId", "transporter", "transporters"} {
		delete(rest, key)
	}
	merge(f.Data, rest)
	return nil
}

// order keeps the transporters named, in that order.
func (f *Form) order(ids []any) error {
	var kept []any
	var unknown []string
	for _, id := range ids {
		transporters := f.transporters()
		i := slices.IndexFunc(transporters, func(t map[string]any) bool { return t["id"] == id })
		if i < 0 {
			name, _ := id.(string)
			unknown = append(unknown, name)
			continue
		}
		kept = append(kept, transporters[i])
	}
	if len(unknown) > 0 {
		return badInput("Aucun transporteur ne possède le ou les identifiants suivants : " + strings.Join(unknown, ", "))
	}
	f.Data["transporters"] = kept
	return nil
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
