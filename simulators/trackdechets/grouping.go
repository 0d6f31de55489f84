package trackdechets

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	defaultGroupingDelay = 300 * time.Millisecond
	mostGrouped          = 250
	regrouping           = "grouping" // the name of the register's own act
)

// fraction is a form grouped in another, with the tonnes of it that are.
type fraction struct {
	id     string
	tonnes float64
}

// fractions are what a form groups: forms of annexe 2, or items of a collection round.
func (f *Form) fractions() []fraction {
	var parts []fraction
	for _, entry := range objects(f.Data, "fractions") {
		tonnes, _ := number(entry, "quantity")
		parts = append(parts, fraction{text(entry, "id"), tonnes})
	}
	return parts
}

func (f *Form) setFractions(parts []fraction) {
	entries := make([]any, len(parts))
	for i, part := range parts {
		entries[i] = map[string]any{"id": part.id, "quantity": part.tonnes}
	}
	f.Data["fractions"] = entries
}

// liveGroups are the forms that group a form now: a group refused, cancelled or deleted has freed it.
func (b *Backend) liveGroups(id string) []*Form {
	var live []*Form
	for _, group := range slices.Sorted(maps.Keys(b.books.groups[id])) {
		f := b.books.forms[group]
		if !f.Deleted && f.Status != Refused && f.Status != Canceled {
			live = append(live, f)
		}
	}
	return live
}

// quantityGrouped is how much of a form is grouped, in tonnes, leaving one group out.
func (b *Backend) quantityGrouped(id, except string) float64 {
	var sum float64
	for _, group := range b.liveGroups(id) {
		if group.ID == except {
			continue
		}
		for _, part := range group.fractions() {
			if part.id == id {
				sum += part.tonnes
			}
		}
	}
	return gram(sum)
}

// group lays the input's grouping over a form. It answers the other forms that change with it.
func (b *Backend) group(f *Form, input map[string]any) ([]*Form, error) {
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
	case f.isRound():
		return b.gather(f, sent)
	case f.kind() == "APPENDIX2":
		return nil, b.annex(f, sent)
	case len(sent) > 0:
		return nil, badInput("emitter.type doit être égal à APPENDIX1 ou APPENDIX2 lorsque `grouping` n'est pas vide")
	}
	f.setFractions(nil)
	return nil, nil
}

// annex groups forms that await it (annexe 2), in part or whole.
func (b *Backend) annex(f *Form, sent []any) error {
	if len(sent) > mostGrouped {
		return badInput(fmt.Sprintf("Vous ne pouvez pas regrouper plus de %d bordereaux initiaux", mostGrouped))
	}
	var parts []fraction
	for _, entry := range sent {
		grouped, _ := entry.(map[string]any)
		id := text(grouped, "form.id")
		initial, err := b.books.find(id, "")
		if err != nil {
			return err
		}
		if slices.ContainsFunc(parts, func(p fraction) bool { return p.id == id }) {
			return badInput(fmt.Sprintf("Le bordereau %s est présent plusieurs fois dans la liste des bordereaux à regrouper", initial.ReadableID))
		}
		if initial.Status != AwaitingGroup && initial.Status != Grouped {
			return badInput(fmt.Sprintf("Le bordereau %s n'est pas en attente de regroupement", initial.ReadableID))
		}
		if holder := initial.destination()[0]; holder != companyID(f.Data, "emitter.company") {
			return badInput(fmt.Sprintf("Le bordereau %s n'est pas en possession de l'émetteur du bordereau de regroupement", initial.ReadableID))
		}
		accepted, _ := initial.quantityAccepted()
		left := gram(accepted - b.quantityGrouped(id, f.ID))
		tonnes, named := number(grouped, "quantity")
		if !named {
			tonnes = left
		}
		switch {
		case tonnes <= 0:
			return badInput(fmt.Sprintf("La quantité regroupée du bordereau %s doit être supérieure à 0", initial.ReadableID))
		case gram(tonnes) > left:
			return badInput(fmt.Sprintf("La quantité restante à regrouper sur le bordereau %s est de %v T. Vous tentez de regrouper %v T.",
				initial.ReadableID, left, tonnes))
		}
		parts = append(parts, fraction{id, gram(tonnes)})
	}
	f.setFractions(parts)
	return nil
}

// regroupLater settles grouped forms in the background, as the register does.
func (b *Backend) regroupLater() {
	delay := b.options.GroupingDelay
	if delay < 0 {
		b.regroup()
		return
	}
	time.AfterFunc(delay, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.regroup()
	})
}

// regroup moves grouped forms to where their groups have brought them, up all chains. What cannot be written now is
// found again by the next call, and when the books are opened.
func (b *Backend) regroup() {
	for moved := true; moved && !b.closed; {
		moved = false
		for _, id := range slices.Sorted(maps.Keys(b.books.groups)) {
			initial := b.books.forms[id]
			if initial == nil || initial.Deleted {
				continue
			}
			status := b.grouped(initial)
			if status == initial.Status {
				continue
			}
			f := initial.clone()
			f.Status = status
			if b.stand(act{name: regrouping}, []*Form{f}) != nil {
				return
			}
			moved = true
		}
	}
}

// grouped is the status that a form has by its groups. A form grouped in part awaits the rest for ever.
func (b *Backend) grouped(f *Form) Status {
	if f.Status != AwaitingGroup && f.Status != Grouped {
		return f.Status
	}
	accepted, _ := f.quantityAccepted()
	if b.quantityGrouped(f.ID, "") < accepted {
		return AwaitingGroup
	}
	status := Processed
	for _, group := range b.liveGroups(f.ID) {
		if group.Status == Draft {
			return AwaitingGroup
		}
		if !slices.Contains([]Status{Processed, NoTraceability, FollowedWithPNTTD}, group.Status) {
			status = Grouped
		}
	}
	return status
}

// initials is Form.grouping of the schema.
func (b *Backend) initials(f *Form) []any {
	parts := []any{}
	for _, part := range f.fractions() {
		if initial, ok := b.books.forms[part.id]; ok {
			parts = append(parts, map[string]any{"form": b.wire(initial), "quantity": part.tonnes})
		}
	}
	return parts
}

// groupsOf is Form.groupedIn of the schema.
func (b *Backend) groupsOf(f *Form) []any {
	parts := []any{}
	for _, group := range b.liveGroups(f.ID) {
		for _, part := range group.fractions() {
			if part.id == f.ID {
				parts = append(parts, map[string]any{"form": b.wire(group), "quantity": part.tonnes})
			}
		}
	}
	return parts
}

// appendixForms lists what a company holds and may still group.
func (b *Backend) appendixForms(c *call) (any, error) {
	company := text(c.args, "siret")
	if c.user.actsFor([]string{company}, mayRead) == "" {
		return nil, notMember(company)
	}
	code := text(c.args, "wasteCode")
	answer := []any{}
	for _, f := range b.books.newestFirst() {
		accepted, _ := f.quantityAccepted()
		waiting := f.Status == AwaitingGroup || f.Status == Grouped
		if waiting && f.destination()[0] == company && gram(accepted-b.quantityGrouped(f.ID, "")) > 0 &&
			(code == "" || code == text(f.Data, "wasteDetails.code")) {
			answer = append(answer, b.wire(f))
		}
	}
	return answer, nil
}
