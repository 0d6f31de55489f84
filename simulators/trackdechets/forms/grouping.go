package forms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// mostGrouped is how many forms one may group.
const mostGrouped = 250

// fraction is a form grouped in another, with the tonnes of it that are.
type fraction struct {
	id     string
	tonnes float64
}

// fractions are what a form groups: forms of annexe 2, or items of a collection round.
func fractions(f *Document) []fraction {
	var parts []fraction
	for _, entry := range f.Objects("fractions") {
		tonnes, _ := tree.Number(entry, "quantity")
		parts = append(parts, fraction{tree.Text(entry, "id"), tonnes})
	}
	return parts
}

func setFractions(f *Document, parts []fraction) {
	entries := make([]any, len(parts))
	for i, part := range parts {
		entries[i] = map[string]any{"id": part.id, "quantity": part.tonnes}
	}
	f.Data["fractions"] = entries
}

// liveGroups are the forms that group a form now: a group refused, cancelled or deleted has freed it.
func (d *Service) liveGroups(id string) []*Document {
	var live []*Document
	for _, group := range slices.Sorted(maps.Keys(d.groups[id])) {
		f, standing := d.Look(group)
		if standing && f.Status != kinds.Refused && f.Status != kinds.CanceledStatus {
			live = append(live, f)
		}
	}
	return live
}

// quantityGrouped is how much of a form is grouped, in tonnes, leaving one group out.
func (d *Service) quantityGrouped(id, except string) float64 {
	var sum float64
	for _, group := range d.liveGroups(id) {
		if group.ID == except {
			continue
		}
		for _, part := range fractions(group) {
			if part.id == id {
				sum += part.tonnes
			}
		}
	}
	return gram(sum)
}

// group lays the input's grouping over a form. It answers the other forms that change with it.
func (d *Service) group(f *Document, input map[string]any) ([]*Document, error) {
	sent, given := input["grouping"].([]any)
	if legacy, ok := input["appendix2Forms"].([]any); ok && !given {
		given = true
		for _, form := range legacy {
			sent = append(sent, map[string]any{"form": form})
		}
	}
	if !given {
		return nil, nil
	}
	switch {
	case kinds.IsRound(f):
		return d.gather(f, sent)
	case f.Text("emitter.type") == "APPENDIX2":
		return nil, d.annex(f, sent)
	case len(sent) > 0:
		return nil, refusal.BadInput("emitter.type doit être égal à APPENDIX2 ou APPENDIX1 lorsque `appendix2Forms` ou `grouping` n'est pas vide")
	}
	setFractions(f, nil)
	return nil, nil
}

// annex groups forms that await it (annexe 2), in part or whole.
func (d *Service) annex(f *Document, sent []any) error {
	if len(sent) > mostGrouped {
		return refusal.BadInput(fmt.Sprintf("Vous ne pouvez pas regrouper plus de %d bordereaux initiaux", mostGrouped))
	}
	var parts []fraction
	var unknown, twice []string
	for _, entry := range sent {
		grouped, _ := entry.(map[string]any)
		id := tree.Text(grouped, "form.id")
		initial, known := d.Find(kinds.BSDD.Name, id)
		if !known || (initial.Status != kinds.AwaitingGroup && initial.Status != kinds.Grouped) {
			unknown = append(unknown, id)
			continue
		}
		if slices.ContainsFunc(parts, func(p fraction) bool { return p.id == id }) {
			twice = append(twice, id)
			continue
		}
		if holder := kinds.Destination(initial)[0]; holder != f.Company("emitter.company") {
			return refusal.BadInput(fmt.Sprintf("Le bordereau %s n'est pas en possession de l'émetteur du bordereau de regroupement", initial.ReadableID))
		}
		accepted, _ := quantityAccepted(initial)
		left := gram(accepted - d.quantityGrouped(id, f.ID))
		tonnes, named := tree.Number(grouped, "quantity")
		if !named {
			tonnes = left
		}
		switch {
		case tonnes <= 0:
			return refusal.BadInput(fmt.Sprintf("La quantité regroupée sur le BSDD %s doit être supérieure à 0", initial.ReadableID))
		case gram(tonnes) > left:
			return refusal.BadInput(fmt.Sprintf("La quantité restante à regrouper sur le bordereau %s est de %v T. Vous tentez de regrouper %v T.",
				initial.ReadableID, left, tonnes))
		}
		parts = append(parts, fraction{id, gram(tonnes)})
	}
	switch {
	case len(unknown) > 0:
		return refusal.BadInput(fmt.Sprintf("Les BSDD initiaux %s n'existent pas ou ne sont pas en attente de regroupement", strings.Join(unknown, ", ")))
	case len(twice) > 0:
		return refusal.BadInput("Impossible d'associer plusieurs fractions du même bordereau initial sur un même bordereau de regroupement. " +
			"Identifiant du ou des bordereaux initiaux concernés : " + strings.Join(twice, ", "))
	}
	setFractions(f, parts)
	return nil
}

// index keeps groups by the forms in them, and says whether a changed form has to do with any.
func (d *Service) index(before, after *Document) bool {
	grouped := len(d.groups[after.ID]) > 0
	if before != nil {
		for _, part := range fractions(before) {
			delete(d.groups[part.id], after.ID)
			grouped = true
		}
	}
	for _, part := range fractions(after) {
		if d.groups[part.id] == nil {
			d.groups[part.id] = map[string]bool{}
		}
		d.groups[part.id][after.ID] = true
		grouped = true
	}
	return grouped
}

// regroupLater settles grouped forms in the background, as the registry does.
func (d *Service) regroupLater() {
	if d.delay < 0 {
		d.regroup()
		return
	}
	time.AfterFunc(d.delay, func() {
		d.Lock()
		defer d.Unlock()
		d.regroup()
	})
}

// regroup moves grouped forms to where their groups have brought them, up all chains. What cannot be written now is
// found again by the next call, and when the records are opened.
func (d *Service) regroup() {
	for moved := true; moved && !d.Closed(); {
		moved = false
		for _, id := range slices.Sorted(maps.Keys(d.groups)) {
			found, ok := d.Look(id)
			if !ok || d.grouped(found) == found.Status {
				continue
			}
			f := found.Clone()
			f.Status = d.grouped(found)
			if d.Commit(records.Job(kinds.Regrouping), "", nil, f) != nil {
				return
			}
			moved = true
		}
	}
}

// grouped is the status that a form has by its groups. A form grouped in part awaits the rest for ever.
func (d *Service) grouped(f *Document) records.Status {
	if f.Status != kinds.AwaitingGroup && f.Status != kinds.Grouped {
		return f.Status
	}
	accepted, _ := quantityAccepted(f)
	if d.quantityGrouped(f.ID, "") < accepted {
		return kinds.AwaitingGroup
	}
	status := kinds.Processed
	for _, group := range d.liveGroups(f.ID) {
		if group.Status == kinds.Draft {
			return kinds.AwaitingGroup
		}
		if !slices.Contains([]records.Status{kinds.Processed, kinds.NoTraceability, kinds.FollowedWithPNTTD}, group.Status) {
			status = kinds.Grouped
		}
	}
	return status
}

// initials is Form.grouping of the schema.
func (d *Service) initials(f *Document) []any {
	parts := []any{}
	for _, part := range fractions(f) {
		if initial, ok := d.Look(part.id); ok {
			parts = append(parts, map[string]any{"form": d.Wire(initial), "quantity": part.tonnes})
		}
	}
	return parts
}

// groupsOf is Form.groupedIn of the schema.
func (d *Service) groupsOf(f *Document) []any {
	parts := []any{}
	for _, group := range d.liveGroups(f.ID) {
		for _, part := range fractions(group) {
			if part.id == f.ID {
				parts = append(parts, map[string]any{"form": d.Wire(group), "quantity": part.tonnes})
			}
		}
	}
	return parts
}

// appendixForms lists what a company holds and may still group.
func (d *Service) appendixForms(c *graphql.Call) (any, error) {
	company := c.Text("siret")
	if c.User.ActsFor([]string{company}, companies.MayRead) == "" {
		return nil, refusal.NotMember(company)
	}
	code := c.Text("wasteCode")
	answer := []any{}
	for _, f := range d.Newest(kinds.BSDD.Name) {
		accepted, _ := quantityAccepted(f)
		waiting := f.Status == kinds.AwaitingGroup || f.Status == kinds.Grouped
		if waiting && kinds.Destination(f)[0] == company && gram(accepted-d.quantityGrouped(f.ID, "")) > 0 &&
			(code == "" || code == f.Text("wasteDetails.code")) {
			answer = append(answer, d.Wire(f))
		}
	}
	return answer, nil
}
