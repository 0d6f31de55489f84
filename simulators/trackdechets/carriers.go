package trackdechets

import (
	"fmt"
	"slices"
	"strings"
)

// mostCarriers is how many transporters a BSDD takes, one after another.
const mostCarriers = 5

const carrierHasSigned = "Ce transporteur ne peut être modifié ou supprimé : il a déjà signé son enlèvement"

// createCarrier makes a transporter that stands on no form yet; whoever holds its id may use it.
func (b *Backend) createCarrier(c *call) (any, error) {
	input, _ := clone(object(c.args, "input")).(map[string]any)
	if input == nil {
		input = map[string]any{}
	}
	b.fillCarrier(input)
	check := &check{companies: b.companies, stage: asDraft}
	check.carrier(input)
	if err := firstInvalid(check.found); err != nil {
		return nil, err
	}
	r := b.record(transporterRecord, newID(), input)
	if err := b.stand(act{c.field.Name, c.user.Email, "", input}, nil, r); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return r.wire(), nil
}

// updateCarrier changes a transporter, on a form or not, until it has signed.
func (b *Backend) updateCarrier(c *call) (any, error) {
	input := object(c.args, "input")
	f, transporter, company, err := b.carrier(c)
	if err != nil {
		return nil, err
	}
	if f == nil {
		r, _ := b.books.record(transporterRecord, text(c.args, "id"))
		merge(r.Data, input)
		b.fillCarrier(r.Data)
		if err := b.stand(act{c.field.Name, c.user.Email, "", input}, nil, r); err != nil {
			return nil, err
		}
		b.counters.Effects[c.field.Name]++
		return r.wire(), nil
	}
	merge(transporter, input)
	b.fillCarrier(transporter)
	check := &check{companies: b.companies, stage: asDraft}
	check.carrier(transporter)
	if err := firstInvalid(check.found); err != nil {
		return nil, err
	}
	if _, err := b.commit(c, f, company, input); err != nil {
		return nil, err
	}
	return clone(transporter), nil
}

// deleteCarrier takes a transporter away, and off its form.
func (b *Backend) deleteCarrier(c *call) (any, error) {
	id := text(c.args, "id")
	f, _, company, err := b.carrier(c)
	if err != nil {
		return nil, err
	}
	if f == nil {
		r, _ := b.books.record(transporterRecord, id)
		r.Deleted = true
		if err := b.stand(act{c.field.Name, c.user.Email, "", nil}, nil, r); err != nil {
			return nil, err
		}
		b.counters.Effects[c.field.Name]++
		return id, nil
	}
	f.Data["transporters"] = slices.DeleteFunc(list(f.Data, "transporters"), func(entry any) bool {
		transporter, _ := entry.(map[string]any)
		return text(transporter, "id") == id
	})
	if _, err := b.commit(c, f, company, nil); err != nil {
		return nil, err
	}
	return id, nil
}

// carrier finds a transporter that has not signed, with a copy of the form it stands on, if any.
func (b *Backend) carrier(c *call) (f *Form, transporter map[string]any, company string, err error) {
	id := text(c.args, "id")
	found, ok := b.books.forms[b.books.carriers[id]]
	if !ok || found.Deleted {
		if _, ok := b.books.record(transporterRecord, id); !ok {
			return nil, nil, "", badInput(fmt.Sprintf("Le transporteur BSDD %s n'existe pas", id))
		}
		return nil, nil, "", nil
	}
	company = c.user.actsFor(found.contributors(), mayUpdate)
	if company == "" {
		return nil, nil, "", forbidden("Vous n'êtes pas autorisé à modifier ce bordereau")
	}
	f = found.clone()
	for _, candidate := range f.transporters() {
		if text(candidate, "id") == id {
			transporter = candidate
		}
	}
	if text(transporter, "takenOverAt") != "" {
		return nil, nil, "", forbidden(carrierHasSigned)
	}
	return f, transporter, company, nil
}

// order puts the transporters named on the form, in that order: its own, and those that stand on none.
func (b *Backend) order(f *Form, ids []any) error {
	if len(ids) > mostCarriers {
		return badInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d transporteurs", mostCarriers))
	}
	kept := []any{}
	var unknown []string
	for _, id := range ids {
		name, _ := id.(string)
		own := slices.IndexFunc(f.transporters(), func(t map[string]any) bool { return text(t, "id") == name })
		if own >= 0 {
			kept = append(kept, f.transporters()[own])
			continue
		}
		r, ok := b.books.record(transporterRecord, name)
		if on := b.books.carriers[name]; !ok || on != "" {
			unknown = append(unknown, name)
			continue
		}
		r.Data["id"] = name
		kept = append(kept, r.Data)
	}
	if len(unknown) > 0 {
		return badInput("Aucun transporteur ne possède le ou les identifiants suivants : " + strings.Join(unknown, ", "))
	}
	f.Data["transporters"] = kept
	return nil
}

// fillCarrier completes a transporter that has not signed from the directory.
func (b *Backend) fillCarrier(transporter map[string]any) {
	b.fillCompany(object(transporter, "company"))
	b.fillReceipt(transporter)
}
